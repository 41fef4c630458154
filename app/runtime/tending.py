"""What the io thread does for the care of templates: jobs nobody waits for, and one they do.

None of it is on the way to a decision. A job that fails is a fault of the gallery like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.domain import ageing, spaces
from app.domain.ageing import Due
from app.domain.effects import NoteAsked, Tend
from app.domain.events import Event, Moment, Renewed
from app.domain.journal import Entry, EntryKind, Factor
from app.domain.matching import Embedding, Snapshot, Space
from app.domain.policy import Policy
from app.domain.shadow import Comparison
from app.domain.templates import Template
from app.errors import GalleryRefused
from app.ports import Gallery

#: How often the time at work is written down.
ON_S = 600.0


@dataclass(frozen=True, slots=True, eq=False)
class Follow:
    """Let a person's adaptive template follow this face, as far as the rules go."""

    person: str
    space: Space
    embedding: Embedding = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Silent:
    """A job nobody is told the end of."""

    what: Tend | NoteAsked | Follow | Comparison
    ticket: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class StoreRenewed:
    """The person said yes to this template. `version`: theirs when they did."""

    ticket: int
    person: str
    version: int
    template: Template = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tending:
    """`live` decides; `legacy` and `shadow` are the spaces beside it, None where there is none.
    `use` is handed their snapshots, the legacy one without whoever `live` knows."""

    policy: Policy
    live: Space
    legacy: Space | None = None
    shadow: Space | None = None
    use: Callable[[Snapshot | None, Snapshot | None], None] = lambda _legacy, _shadow: None

    def refresh(self, snapshot: Callable[[Space], Snapshot], live: Snapshot) -> None:
        """`snapshot`: the gallery of another space as it is now."""
        legacy = snapshot(self.legacy) if self.legacy is not None else None
        shadow = snapshot(self.shadow) if self.shadow is not None else None
        self.use(spaces.without(legacy, live.places.keys()) if legacy else None, shadow)

    def due(self, gallery: Gallery, entry: Entry) -> Due | None:
        """Why the person this entry lets in by face should renew it, unless they were asked."""
        seen = entry.granted and entry.kind is EntryKind.VISIT and Factor.FACE in entry.factors
        if not (seen and entry.person):
            return None
        care, limits = gallery.care, self.policy.ageing
        asked_s = care.asked_s(entry.person)
        if asked_s is not None and abs(entry.utc_s - asked_s) < limits.ask_again_days * 86400.0:
            return None
        stored = care.stored(entry.person)
        trend = care.trend(entry.person, self.live.id)
        return ageing.due(stored, self.live.id, trend, entry.utc_s, limits)

    def do(self, gallery: Gallery, job: Silent, t: Moment) -> None:
        match job.what:
            case Tend(person=person, space=space, share=share):
                gallery.care.note_visit(person, space, share, self.policy.ageing)
            case NoteAsked(person=person, detail=detail, utc_s=utc_s):
                gallery.care.note_asked(person, _entry(utc_s, detail))
            case Follow(person=person, space=space, embedding=embedding):
                limits = (self.policy.adapting, self.policy.matching)
                told = _entry(t.utc_s, "template-adapted")
                gallery.care.adapt(person, space, embedding, limits, told)
            case Comparison() as seen:
                gallery.care.note_comparison(seen)

    def store(self, gallery: Gallery, job: StoreRenewed, t: Moment) -> Event:
        """Raises GalleryRefused where the person is not as they were when they said yes."""
        person = gallery.person(job.person)
        if person is None or person.version != job.version:
            raise GalleryRefused("The person changed while they stood here. Ask them again.")
        entry = _entry(t.utc_s, "face-renewed-with-consent")
        gallery.care.add(job.person, [job.template], entry)
        return Renewed(t, job.ticket)


def _entry(utc_s: float, detail: str) -> Entry:
    return Entry(EntryKind.PEOPLE, utc_s, granted=False, detail=detail)
