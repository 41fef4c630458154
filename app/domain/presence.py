"""Who is in the house, as far as the journal tells: for a fire, and for the receptionist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.journal import Entry, EntryKind, Purpose


@dataclass(frozen=True, slots=True)
class Present:
    """`since_s`: when they came, UTC seconds; `last_s`: when they were seen last."""

    person: str
    since_s: float
    last_s: float


def present(entries: Iterable[Entry], since_s: float) -> tuple[Present, ...]:
    """Everybody who came in at or after `since_s` and did not clock out since, in order of coming.

    A door that nobody clocks out at keeps them on the list: a list for a fire may name somebody
    who has left, but never leave out somebody who has not. For the same reason an entry that was
    taken back ("Not me") leaves whoever was let in before on the list.
    """
    there: dict[str, Present] = {}
    ordered = sorted(entries, key=lambda each: each.utc_s)
    taken_back = {each.visit for each in ordered if each.kind is EntryKind.DISPUTE}
    for each in ordered:
        if each.kind is not EntryKind.VISIT or not each.granted or not each.person:
            continue
        if each.utc_s < since_s or each.visit in taken_back:
            continue
        if each.purpose is Purpose.CLOCK_OUT:
            there.pop(each.person, None)
            continue
        before = there.get(each.person)
        came_s = each.utc_s if before is None else before.since_s
        there[each.person] = Present(each.person, came_s, each.utc_s)
    return tuple(sorted(there.values(), key=lambda found: found.since_s))
