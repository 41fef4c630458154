"""`foyer audit`: whether the journal holds, and what it says."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.commands.context import Context, json_argument
from app.commands.opened import opened
from app.commands.tables import lines
from app.domain.journal import GENESIS, Broken, Entry, Row, first_break, parse

if TYPE_CHECKING:
    from app.gallery.store import Store
    from app.ports import HighWater

EXAMPLES = """
examples:
  foyer audit verify            does every row follow from the one before, and is none missing?
  foyer audit tail              the newest rows
  foyer audit tail --last 100   more of them
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="check the whole chain and the high-water mark")
    json_argument(verify)
    tail = actions.add_parser("tail", help="print the newest rows")
    tail.add_argument("--last", type=int, default=20, metavar="N", help="default: %(default)s")
    json_argument(tail)


def run(context: Context) -> int:
    return _verify(context) if context.args.action == "verify" else _tail(context)


@dataclass(slots=True)
class _Walk:
    """Remembers what it passes, so that one reading of the journal answers everything."""

    mark_at: int
    rows: int = 0
    head: str = GENESIS
    at_mark: str = GENESIS
    unreadable: int = 0

    def past(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            self.rows, self.head = row.sequence, row.hash
            if row.sequence == self.mark_at:
                self.at_mark = row.hash
            if not self.unreadable and not _readable(row):
                self.unreadable = row.sequence
            yield row


def _readable(row: Row) -> bool:
    try:
        parse(row.text)
    except (ValueError, KeyError, TypeError):
        return False
    return True


def _verify(context: Context) -> int:
    with opened(context) as gallery:
        mark = gallery.key_store.high_water()
        walk = _Walk(mark.sequence if mark else 0)
        known = gallery.info().journal_rows
        rows = context.progress(walk.past(gallery.rows()), known, "journal")
        faults = list(_faults(first_break(rows), walk, mark))
    context.answer(
        {
            "sound": not faults,
            "rows": walk.rows,
            "head": walk.head,
            "high_water": mark.sequence if mark else None,
            "faults": faults,
        }
    )
    for fault in faults:
        context.print(f"The journal does not hold: {fault}")
    if faults:
        context.print("Keep the file as it is, take the kiosk out of service, and find out why.")
        return 1
    context.print(f"The journal holds: {walk.rows} rows, each following from the one before,")
    context.print("and none of those the key provider remembers is missing.")
    context.print(f"Head: {walk.head}")
    return 0


def _faults(broken: Broken | None, walk: _Walk, mark: HighWater | None) -> Iterator[str]:
    if broken is not None:
        yield f"row {broken.sequence}: {broken.why}."
        return
    if walk.unreadable:
        yield f"row {walk.unreadable} cannot be read by this version."
    if mark is None:
        yield "the key provider holds no high-water mark, so that missing rows could not be told."
    elif walk.rows < mark.sequence:
        yield f"it ends at row {walk.rows}, the key provider remembers row {mark.sequence}."
    elif walk.at_mark != mark.head:
        yield f"row {mark.sequence} is not the one the key provider remembers."


def _tail(context: Context) -> int:
    with opened(context) as gallery:
        entries = [(row, parse(row.text)) for row in gallery.rows(max(context.args.last, 1))]
        names = _names(gallery)
    context.answer(
        {"rows": [{"sequence": row.sequence, **_document(entry)} for row, entry in entries]}
    )
    headings = ["row", "when", "what", "outcome", "why", "shown", "who"]
    cells = [_cells(row, entry, names) for row, entry in entries]
    for line in lines(headings, cells):
        context.print(line)
    return 0


def _names(gallery: Store) -> dict[str, str]:
    return {person.id: person.name for person in gallery.people()}


def _document(entry: Entry) -> dict[str, object]:
    return {
        "utc_s": entry.utc_s,
        "kind": entry.kind.value,
        "granted": entry.granted,
        "purpose": entry.purpose,
        "factors": sorted(entry.factors),
        "reason": entry.reason,
        "person": entry.person,
        "visit": entry.visit,
        "seconds": entry.seconds,
        "detail": entry.detail,
    }


def _cells(row: Row, entry: Entry, names: dict[str, str]) -> list[str]:
    when = datetime.fromtimestamp(entry.utc_s).astimezone().isoformat(" ", "seconds")
    return [
        str(row.sequence),
        when,
        entry.kind.value,
        "granted" if entry.granted else "refused",
        entry.detail or entry.reason or entry.purpose or "",
        "+".join(sorted(entry.factors)),
        names.get(entry.person, entry.person),
    ]
