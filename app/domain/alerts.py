"""What security staff should look at, written down beside the visit it is about."""

from __future__ import annotations

from dataclasses import replace

from app.domain.effects import Effect, Record
from app.domain.events import Identified
from app.domain.journal import Entry, EntryKind, Factor
from app.domain.matching import Matched
from app.domain.states import Kiosk, Visit


def raised(kiosk: Kiosk, visit: Visit, event: Identified) -> tuple[Kiosk, tuple[Effect, ...]]:
    """An odd face that is somebody's is told, whatever becomes of the visit. Nobody waits for the
    answer, as nothing depends on it."""
    if not (event.odd and isinstance(event.match, Matched)):
        return kiosk, ()
    ticket = kiosk.ticket + 1
    entry = Entry(
        kind=EntryKind.ALERT,
        utc_s=event.t.utc_s,
        granted=False,
        factors=frozenset({Factor.FACE}),
        person=event.match.person,
        visit=visit.id,
        detail="-".join(("odd", *sorted(event.odd))),
    )
    return replace(kiosk, ticket=ticket), (Record(ticket, entry, None),)
