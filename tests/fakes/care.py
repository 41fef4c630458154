"""The care port in memory, beside `MemoryGallery` and held to the same contract suite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from app.domain import adapting, ageing, shadow
from app.domain.adapting import AdaptPolicy, Anchor, Declined, Known
from app.domain.ageing import AgeingPolicy, Trend
from app.domain.journal import Entry
from app.domain.matching import Embedding, MatchPolicy, Space, is_usable
from app.domain.shadow import Comparison, Kind, Report
from app.domain.templates import Origin, Stored, Template, Update
from app.errors import GalleryRefused

if TYPE_CHECKING:
    from tests.fakes.gallery import MemoryGallery

MOST_CROPS = 8


@dataclass(frozen=True, eq=False)
class Kept:
    """One template."""

    id: int
    person: str
    space: str
    embedding: Embedding
    template: Template
    created_s: float
    anchor: int = 0


@dataclass
class Beside:
    """What is kept beside templates."""

    next_id: int = 1
    trends: dict[tuple[str, str], Trend] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)
    consents: set[str] = field(default_factory=set)
    crops: list[tuple[str, bytes]] = field(default_factory=list)
    updates: list[tuple[Update, Kept | None]] = field(default_factory=list)
    on_s: float = 0.0
    made_on_s: dict[int, float] = field(default_factory=dict)
    seen: list[Comparison] = field(default_factory=list)

    def forget(self, person_id: str) -> None:
        self.trends = {key: each for key, each in self.trends.items() if key[0] != person_id}
        self.asked.pop(person_id, None)
        self.consents.discard(person_id)
        self.crops = [each for each in self.crops if each[0] != person_id]
        self.updates = [each for each in self.updates if each[0].person != person_id]
        self.seen = [each for each in self.seen if person_id not in (each.person, each.other)]


@dataclass(frozen=True)
class MemoryCare:
    gallery: MemoryGallery

    @property
    def _kept(self) -> Beside:
        return self.gallery.beside

    def add(self, person_id: str, new: Sequence[Template], entry: Entry) -> None:
        self.gallery._require_writable()
        self.gallery._existing(person_id)
        rows = [self._row(person_id, each, entry.utc_s) for each in new]
        for each in new:
            self._kept.trends.pop((person_id, each.space.id), None)
        self.gallery.templates += rows
        self.gallery._changed(entry, self.gallery._touch(person_id))

    def _row(self, person_id: str, new: Template, utc_s: float) -> Kept:
        with np.errstate(over="ignore"):
            vector = np.array(new.embedding, dtype=np.float32)
        one_word = all(word.split() == [word] for word in new.tags)
        good = new.quality is None or 0.0 <= new.quality <= 1.0
        made_here = new.origin is Origin.ADAPTIVE
        if not is_usable(vector, new.space) or not one_word or not good or made_here:
            raise GalleryRefused("Not a template. Take the picture again.")
        return self._numbered(Kept(0, person_id, new.space.id, vector, new, utc_s))

    def _numbered(self, row: Kept) -> Kept:
        self._kept.next_id += 1
        return replace(row, id=self._kept.next_id)

    def stored(self, person_id: str | None = None) -> tuple[Stored, ...]:
        self.gallery._require_open()
        return tuple(
            Stored(
                row.id,
                row.person,
                row.space,
                row.template.origin,
                row.template.tags,
                row.template.quality,
                row.created_s,
            )
            for row in self.gallery.templates
            if person_id in (None, row.person)
        )

    def withdraw(self, person_id: str, entry: Entry) -> None:
        self.gallery._require_writable()
        self.gallery._existing(person_id)
        self.gallery.templates = [
            each for each in self.gallery.templates if each.person != person_id
        ]
        self._kept.forget(person_id)
        self.gallery._changed(entry, self.gallery._touch(person_id))

    # -- ageing

    def note_visit(self, person_id: str, space: str, share: float, policy: AgeingPolicy) -> None:
        self.gallery._require_writable()
        moved = ageing.after(self.trend(person_id, space), share, policy)
        if moved.visits and person_id in self.gallery.known:
            self._kept.trends[(person_id, space)] = moved

    def trend(self, person_id: str, space: str) -> Trend:
        self.gallery._require_open()
        return self._kept.trends.get((person_id, space), Trend())

    def trends(self, space: str) -> dict[str, Trend]:
        self.gallery._require_open()
        return {key[0]: each for key, each in self._kept.trends.items() if key[1] == space}

    def asked_s(self, person_id: str) -> float | None:
        self.gallery._require_open()
        return self._kept.asked.get(person_id)

    def note_asked(self, person_id: str, entry: Entry) -> None:
        self.gallery._require_writable()
        person = self.gallery._existing(person_id)
        self._kept.asked[person_id] = entry.utc_s
        self.gallery._append(replace(entry, person=person.id, person_version=person.version))

    # -- kept pictures

    def consents(self) -> frozenset[str]:
        self.gallery._require_open()
        return frozenset(self._kept.consents)

    def set_consent(self, person_id: str, entry: Entry, *, given: bool) -> None:
        self.gallery._require_writable()
        self.gallery._existing(person_id)
        if given:
            self._kept.consents.add(person_id)
        else:
            self._kept.consents.discard(person_id)
            self._forget_crops(person_id)
        self.gallery._changed(entry, self.gallery._touch(person_id))

    def keep_crops(self, person_id: str, pictures: Sequence[bytes], entry: Entry) -> None:
        self.gallery._require_writable()
        person = self.gallery._existing(person_id)
        if person_id not in self._kept.consents or not all(pictures):
            raise GalleryRefused("Not agreed. Ask them first.")
        mine = [*self.crops(person_id), *pictures][-MOST_CROPS:]
        self._forget_crops(person_id)
        self._kept.crops += [(person_id, picture) for picture in mine]
        self.gallery._changed(entry, person)

    def _forget_crops(self, person_id: str) -> None:
        self._kept.crops = [each for each in self._kept.crops if each[0] != person_id]

    def crops(self, person_id: str) -> tuple[bytes, ...]:
        self.gallery._require_open()
        return tuple(picture for owner, picture in self._kept.crops if owner == person_id)

    def crop_counts(self) -> dict[str, int]:
        self.gallery._require_open()
        owners = [owner for owner, _ in self._kept.crops]
        return {owner: owners.count(owner) for owner in owners}

    def re_encode(self, person_id: str, new: Sequence[Template], entry: Entry) -> None:
        self.add(person_id, new, entry)
        self._forget_crops(person_id)

    # -- adaptive updates

    def note_on(self, seconds: float) -> None:
        self.gallery._require_writable()
        if np.isfinite(seconds) and seconds > 0.0:
            self._kept.on_s += seconds

    def adapt(
        self,
        person_id: str,
        space: Space,
        visit: Embedding,
        limits: tuple[AdaptPolicy, MatchPolicy],
        entry: Entry,
    ) -> int | Declined:
        self.gallery._require_writable()
        mine = [r for r in self.gallery.templates if (r.person, r.space) == (person_id, space.id)]
        before = next((r for r in mine if r.template.origin is Origin.ADAPTIVE), None)
        made = [u for u, _ in self._kept.updates if u.person == person_id]
        known = Known(
            [Anchor(r.id, r.embedding) for r in mine if r is not before],
            None if before is None else before.embedding,
            max((u.made_s for u in made), default=None),
            max((self._kept.made_on_s[u.id] for u in made), default=None),
            self._kept.on_s,
        )
        proposed = adapting.propose(visit, known, space, entry.utc_s, *limits)
        if isinstance(proposed, Declined):
            return proposed
        template = Template(space, proposed.embedding, origin=Origin.ADAPTIVE)
        row = Kept(
            0, person_id, space.id, proposed.embedding, template, entry.utc_s, proposed.anchor
        )
        row = self._numbered(row) if before is None else replace(row, id=before.id)
        self.gallery.templates = [r for r in self.gallery.templates if r is not before] + [row]
        number = len(self._kept.updates) + 1
        update = Update(
            number, person_id, space.id, row.id, proposed.anchor, entry.utc_s, undone_s=None
        )
        self._kept.updates.append((update, before))
        self._kept.made_on_s[number] = self._kept.on_s
        told = replace(entry, detail=f"{entry.detail} {number}")
        self.gallery._changed(told, self.gallery._touch(person_id))
        return number

    def updates(self, person_id: str) -> tuple[Update, ...]:
        self.gallery._require_open()
        return tuple(update for update, _ in self._kept.updates if update.person == person_id)

    def undo(self, update_id: int, entry: Entry) -> Update:
        self.gallery._require_writable()
        found = [pair for pair in self._kept.updates if pair[0].id == update_id]
        if not found:
            raise GalleryRefused("There is no such update. List them.")
        update, before = found[0]
        standing = [
            u.id for u, _ in self._kept.updates if u.template == update.template and not u.undone_s
        ]
        if max(standing, default=0) != update_id:
            raise GalleryRefused("It is not the newest. Undo that first.")
        rows = [row for row in self.gallery.templates if row.id != update.template]
        self.gallery.templates = rows if before is None else [*rows, before]
        place = self._kept.updates.index(found[0])
        self._kept.updates[place] = (replace(update, undone_s=entry.utc_s), None)
        told = replace(entry, detail=entry.detail.replace("{id}", str(update_id)))
        self.gallery._changed(told, self.gallery._touch(update.person))
        return update

    # -- comparisons

    def note_comparison(self, seen: Comparison) -> None:
        self.gallery._require_writable()
        if all(each in self.gallery.known for each in (seen.person, seen.other) if each):
            self._kept.seen.append(seen)

    def comparison_report(self, live: str, shadow: str) -> Report:
        self.gallery._require_open()
        seen = [each for each in self._kept.seen if (each.live, each.shadow) == (live, shadow)]
        kinds = {kind: sum(each.kind is kind for each in seen) for kind in Kind}
        people = {each.person for each in seen if each.person}
        compared = {each.person for each in seen if each.kind is not Kind.NOT_COMPARABLE}
        return _report(kinds, len(people - compared))


def _report(kinds: dict[Kind, int], uncompared: int) -> Report:
    return shadow.report_of(kinds, uncompared)
