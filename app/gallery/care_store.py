"""The care port on SQLCipher: each change with its journal row in one transaction.

A shelf of the store: it borrows the store's ways of reading and writing, and owns nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.adapting import AdaptPolicy, Declined
from app.domain.ageing import AgeingPolicy, Trend
from app.domain.journal import Entry
from app.domain.matching import Embedding, MatchPolicy, Space
from app.domain.shadow import Comparison, Report
from app.domain.templates import Stored, Template, Update
from app.gallery import caring, journal, people, templates
from app.gallery.sql import Connection


class Held(Protocol):
    """An open gallery, within a transaction."""

    @property
    def connection(self) -> Connection: ...


Way = Callable[[], AbstractContextManager[Held]]


@dataclass(frozen=True, slots=True)
class CareShelf:
    """`changing`: a write after which snapshots are stale, and nothing deleted stays in the log."""

    reading: Way
    writing: Way
    changing: Way

    # -- templates

    def add(self, person_id: str, new: Sequence[Template], entry: Entry) -> None:
        with self.changing() as held:
            person = people.touch(held.connection, person_id)
            templates.add(held.connection, person_id, new, entry.utc_s)
            journal.append(held.connection, journal.about(entry, person))

    def stored(self, person_id: str | None = None) -> tuple[Stored, ...]:
        with self.reading() as held:
            return tuple(templates.stored(held.connection, person_id))

    def withdraw(self, person_id: str, entry: Entry) -> None:
        with self.changing() as held:
            person = people.touch(held.connection, person_id)
            caring.withdraw(held.connection, person_id)
            journal.append(held.connection, journal.about(entry, person))

    # -- ageing

    def note_visit(self, person_id: str, space: str, share: float, policy: AgeingPolicy) -> None:
        with self.writing() as held:
            caring.note_visit(held.connection, person_id, space, share, policy)

    def trend(self, person_id: str, space: str) -> Trend:
        with self.reading() as held:
            return caring.trend(held.connection, person_id, space)

    def trends(self, space: str) -> dict[str, Trend]:
        with self.reading() as held:
            return caring.trends(held.connection, space)

    def asked_s(self, person_id: str) -> float | None:
        with self.reading() as held:
            return caring.asked_s(held.connection, person_id)

    def note_asked(self, person_id: str, entry: Entry) -> None:
        with self.writing() as held:
            person = people.existing(held.connection, person_id)
            caring.note_asked(held.connection, person_id, entry.utc_s)
            journal.append(held.connection, journal.about(entry, person))

    # -- kept pictures

    def consents(self) -> frozenset[str]:
        with self.reading() as held:
            return caring.consents(held.connection)

    def set_consent(self, person_id: str, entry: Entry, *, given: bool) -> None:
        with self.changing() as held:
            person = people.touch(held.connection, person_id)
            caring.set_consent(held.connection, person_id, entry.utc_s, given=given)
            journal.append(held.connection, journal.about(entry, person))

    def keep_crops(self, person_id: str, pictures: Sequence[bytes], entry: Entry) -> None:
        with self.changing() as held:
            person = people.existing(held.connection, person_id)
            caring.keep_crops(held.connection, person_id, pictures, entry.utc_s)
            journal.append(held.connection, journal.about(entry, person))

    def crops(self, person_id: str) -> tuple[bytes, ...]:
        with self.reading() as held:
            return caring.crops(held.connection, person_id)

    def crop_counts(self) -> dict[str, int]:
        with self.reading() as held:
            return caring.crop_counts(held.connection)

    def re_encode(self, person_id: str, new: Sequence[Template], entry: Entry) -> None:
        """Stores the templates and lets the pictures they were made from go, or neither."""
        with self.changing() as held:
            person = people.touch(held.connection, person_id)
            templates.add(held.connection, person_id, new, entry.utc_s)
            caring.forget_crops(held.connection, person_id)
            journal.append(held.connection, journal.about(entry, person))

    def forget_all_crops(self, entry: Entry) -> int:
        with self.changing() as held:
            gone = caring.forget_crops(held.connection, None)
            journal.append(held.connection, replace(entry, detail=f"kept-pictures-erased {gone}"))
        return gone

    # -- adaptive updates

    def note_on(self, seconds: float) -> None:
        with self.writing() as held:
            caring.note_on(held.connection, seconds)

    def adapt(
        self,
        person_id: str,
        space: Space,
        visit: Embedding,
        limits: tuple[AdaptPolicy, MatchPolicy],
        entry: Entry,
    ) -> int | Declined:
        with self.changing() as held:
            made = caring.adapt(held.connection, person_id, space, visit, entry.utc_s, limits)
            if not isinstance(made, Declined):
                person = people.touch(held.connection, person_id)
                told = replace(entry, detail=f"{entry.detail} {made}")
                journal.append(held.connection, journal.about(told, person))
        return made

    def updates(self, person_id: str) -> tuple[Update, ...]:
        with self.reading() as held:
            return caring.updates(held.connection, person_id)

    def undo(self, update_id: int, entry: Entry) -> Update:
        with self.changing() as held:
            update = caring.undo(held.connection, update_id, entry.utc_s)
            person = people.touch(held.connection, update.person)
            told = replace(entry, detail=entry.detail.replace("{id}", str(update_id)))
            journal.append(held.connection, journal.about(told, person))
        return update

    # -- comparisons with a shadow pack

    def note_comparison(self, seen: Comparison) -> None:
        with self.writing() as held:
            caring.note_comparison(held.connection, seen)

    def comparison_report(self, live: str, shadow: str) -> Report:
        with self.reading() as held:
            return caring.comparison_report(held.connection, live, shadow)

    def forget_comparisons(self, entry: Entry) -> None:
        with self.changing() as held:
            caring.forget_comparisons(held.connection)
            journal.append(held.connection, entry)
