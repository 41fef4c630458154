"""A gallery in memory, held to the same contract suite as the SQLCipher store.

For tests of what stands above a gallery. `full` makes every write fail as a full disk does.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from app.domain import lockout as rule
from app.domain.assurance import Tested
from app.domain.index import Index, Moved
from app.domain.journal import GENESIS, Entry, EntryKind, Row, Tally, canonical, link
from app.domain.lockout import Lockout, LockoutPolicy
from app.domain.matching import Embedding, Snapshot, Space
from app.domain.people import Claim, ClaimKind, Person, Status
from app.domain.source import NEVER_ENROLLED, EnrolledCamera
from app.domain.templates import Aside, Template
from app.errors import GalleryLocked, GalleryRefused, GalleryUnwritable
from app.ports import PinAttempt, Receipt, Resolution
from tests.fakes.care import Beside, Kept, MemoryCare
from tests.fakes.clock import START_UTC_S

FACE_PATH = "face"


@dataclass
class MemoryGallery:
    policy: LockoutPolicy = field(default_factory=LockoutPolicy)
    full: bool = False
    is_open: bool = False
    changes: int = 0
    known: dict[str, Person] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    templates: list[Kept] = field(default_factory=list)
    beside: Beside = field(default_factory=Beside)
    badges: dict[str, str] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)
    lockouts: dict[str, Lockout] = field(default_factory=dict)
    journal: list[Row] = field(default_factory=list)
    admin: str = ""
    enrolled: dict[str, EnrolledCamera] = field(default_factory=dict)
    results: dict[str, Tested] = field(default_factory=dict)
    keep_days: int = 7
    utc_s: Callable[[], float] = lambda: START_UTC_S
    tapes: dict[int, tuple[str, float, bytes]] = field(default_factory=dict)

    def open(self) -> None:
        self.is_open = True
        self._purge(self.utc_s())

    def close(self) -> None:
        self.is_open = False

    # -- the journal

    def record(self, entry: Entry, tally: Tally | None = None, tape: bytes = b"") -> Receipt:
        self._require_writable()
        self._refuse_stale(entry)
        self._purge(entry.utc_s)
        kept = bool(tape) and self.keep_days > 0
        if kept:
            entry = replace(entry, evidence=hashlib.sha256(tape).hexdigest())
        self._append(entry)
        if kept and (not entry.person or entry.person in self.known):
            self.tapes[len(self.journal)] = (entry.person, entry.utc_s, tape)
        if tally is not None:
            subject = FACE_PATH if tally.claim is None else self._subject(tally.claim)
            if tally.failed:
                self._fail(subject, entry.utc_s)
            else:
                self.lockouts.pop(subject, None)
        return Receipt(len(self.journal), self.face_lockout().until_s)

    def rows(self, last: int | None = None) -> Iterator[Row]:
        self._require_open()
        first = 0 if last is None else max(len(self.journal) - max(last, 0), 0)
        return iter(self.journal[first:])

    def _append(self, entry: Entry) -> None:
        if not (np.isfinite(entry.utc_s) and np.isfinite(entry.seconds)):
            raise GalleryRefused("Times are finite. Set the clock.")
        text = canonical(entry)
        previous = self.journal[-1].hash if self.journal else GENESIS
        sequence = len(self.journal) + 1
        self.journal.append(Row(sequence, text, link(previous, sequence, text)))

    def _refuse_stale(self, entry: Entry) -> None:
        if not entry.granted or (entry.kind is not EntryKind.VISIT and not entry.person):
            return
        person = self.known.get(entry.person)
        if person is None or person.version != entry.person_version:
            raise GalleryRefused("Stale. Try again.")
        begins = -np.inf if person.valid_from_s is None else person.valid_from_s
        ends = np.inf if person.valid_until_s is None else person.valid_until_s
        if person.status is not Status.ACTIVE or not begins <= entry.utc_s < ends:
            raise GalleryRefused("May not enter. Try again.")

    def tape(self, sequence: int) -> bytes:
        self._require_open()
        return self.tapes.get(sequence, ("", 0.0, b""))[2]

    def _purge(self, now_s: float) -> None:
        days_s = self.keep_days * 86400.0
        self.tapes = {
            row: kept
            for row, kept in self.tapes.items()
            if now_s - days_s < kept[1] <= now_s + days_s
        }

    # -- what is known

    def change_counter(self) -> int:
        self._require_open()
        return self.changes

    def moved(self, space: Space, since: int) -> Moved:
        """All of it every time, as a gallery may answer."""
        self._require_open()
        rows = {
            row.id: (row.person, row.embedding) for row in self.templates if row.space == space.id
        }
        return Moved(self.changes, 0, whole=True, people=dict(self.known), templates=rows)

    def note_asides(self, aside: Sequence[Aside], entry: Entry) -> None:
        """Nothing in memory goes bad by itself."""
        self._require_writable()

    def snapshot(self, space: Space) -> Snapshot:
        index = Index(space)
        index.apply(self.moved(space, -1))
        return index.snapshot()

    def people(self) -> list[Person]:
        self._require_open()
        return sorted(self.known.values(), key=lambda person: (person.name, person.id))

    def person(self, person_id: str) -> Person | None:
        self._require_open()
        return self.known.get(person_id)

    def template_counts(self) -> dict[str, int]:
        self._require_open()
        owners = [row.person for row in self.templates]
        return {person: owners.count(person) for person in owners}

    def resolve(self, claim: Claim) -> Resolution:
        self._require_open()
        return Resolution(self._claimed(claim), self.lockouts.get(self._subject(claim), Lockout()))

    def face_lockout(self) -> Lockout:
        self._require_open()
        return self.lockouts.get(FACE_PATH, Lockout())

    def admin_pin_hash(self) -> str:
        self._require_open()
        return self.admin

    def _claimed(self, claim: Claim) -> Person | None:
        text = claim.text.strip()
        match claim.kind:
            case ClaimKind.BADGE:
                return self.known.get(self.badges.get(text, ""))
            case ClaimKind.NUMBER:
                return next((p for p in self.known.values() if text and p.number == text), None)
            case ClaimKind.ADMIN:
                return None

    # -- PIN attempts

    def begin_pin(self, claim: Claim, utc_s: float) -> PinAttempt:
        self._require_writable()
        person, subject = self._claimed(claim), self._subject(claim)
        if rule.is_locked(self.lockouts.get(subject, Lockout()), utc_s):
            return PinAttempt(person, "", locked=True)
        self._fail(subject, utc_s)
        hashed = self.pins.get(person.id, "") if person else ""
        if claim.kind is ClaimKind.ADMIN:
            hashed = self.admin
        return PinAttempt(person, hashed, locked=False)

    def clear_pin_failures(self, claim: Claim) -> None:
        self._require_writable()
        self.lockouts.pop(self._subject(claim), None)

    def _subject(self, claim: Claim) -> str:
        person = self._claimed(claim)
        return f"person {person.id}" if person else f"{claim.kind.value} {claim.text.strip()}"

    def _fail(self, subject: str, utc_s: float) -> None:
        before = self.lockouts.get(subject, Lockout())
        self.lockouts[subject] = rule.fail(before, utc_s, self.policy)

    # -- changing people

    def put_person(self, person: Person, entry: Entry) -> Person:
        self._require_writable()
        old = self.known.get(person.id)
        twins = [p for p in self.known.values() if p.number == person.number and p.id != person.id]
        if not person.name.strip() or person.id in self.erased or (person.number and twins):
            raise GalleryRefused("Breaks a rule. Correct it.")
        if None not in (person.valid_from_s, person.valid_until_s):
            assert person.valid_from_s is not None
            assert person.valid_until_s is not None
            if not person.valid_from_s <= person.valid_until_s:
                raise GalleryRefused("Ends before it begins. Correct it.")
        if old is not None and old.version != person.version:
            raise GalleryRefused("Changed meanwhile. Read it again.")
        stored = replace(
            person,
            id=person.id or secrets.token_hex(8),
            version=old.version + 1 if old else 1,
        )
        self.known[stored.id] = stored
        self._changed(entry, stored)
        return stored

    def remove_person(self, person_id: str, entry: Entry) -> None:
        self._require_writable()
        person = self._existing(person_id)
        del self.known[person_id]
        self.erased.add(person_id)
        self.templates = [row for row in self.templates if row.person != person_id]
        self.beside.forget(person_id)
        self.tapes = {row: kept for row, kept in self.tapes.items() if kept[0] != person_id}
        self.badges = {text: owner for text, owner in self.badges.items() if owner != person_id}
        self.pins.pop(person_id, None)
        self.lockouts.pop(f"person {person_id}", None)
        self._changed(entry, person)

    def add_templates(
        self, person_id: str, space: Space, embeddings: Sequence[Embedding], entry: Entry
    ) -> None:
        self.care.add(person_id, [Template(space, vector) for vector in embeddings], entry)

    @property
    def care(self) -> MemoryCare:
        return MemoryCare(self)

    def set_badge(self, person_id: str, badge: str, entry: Entry) -> None:
        self._require_writable()
        self._existing(person_id)
        text = badge.strip()
        if text and self.badges.get(text, person_id) != person_id:
            raise GalleryRefused("Somebody else has this badge. Take it from them first.")
        self.badges = {t: owner for t, owner in self.badges.items() if owner != person_id}
        if text:
            self.badges[text] = person_id
        self._changed(entry, self._touch(person_id))

    def set_pin_hash(self, person_id: str, pin_hash: str, entry: Entry) -> None:
        self._require_writable()
        self._existing(person_id)
        self.pins[person_id] = pin_hash
        self.lockouts.pop(f"person {person_id}", None)
        self._changed(entry, self._touch(person_id))

    def set_admin_pin_hash(self, pin_hash: str, entry: Entry) -> None:
        self._require_writable()
        self.admin = pin_hash
        self.lockouts.pop(self._subject(Claim(ClaimKind.ADMIN, "")), None)
        self.changes += 1
        self._append(entry)

    # -- cameras

    def cameras(self) -> tuple[EnrolledCamera, ...]:
        self._require_open()
        return tuple(
            sorted(
                self.enrolled.values(), key=lambda one: (one.enrolled_utc_s, one.camera.fingerprint)
            )
        )

    def put_camera(self, enrolled: EnrolledCamera, entry: Entry) -> None:
        self._require_writable()
        if enrolled.camera.kind in NEVER_ENROLLED or not np.isfinite(enrolled.enrolled_utc_s):
            raise GalleryRefused("That is no camera. Choose a real one.")
        self._append(entry)
        self.enrolled[enrolled.camera.fingerprint] = enrolled
        self.changes += 1

    def forget_camera(self, fingerprint: str, entry: Entry) -> None:
        self._require_writable()
        if fingerprint not in self.enrolled:
            raise GalleryRefused("No such camera is enrolled. See which are.")
        self._append(entry)
        del self.enrolled[fingerprint]
        self.changes += 1

    def tested(self) -> tuple[Tested, ...]:
        self._require_open()
        return tuple(self.results[camera] for camera in sorted(self.results))

    def put_tested(self, tested: Tested, entry: Entry) -> None:
        self._require_writable()
        if not tested.conditions.camera or not np.isfinite(tested.utc_s):
            raise GalleryRefused("That is no self-test. Open the camera first.")
        self._append(entry)
        self.results[tested.conditions.camera] = tested
        self.changes += 1

    def _existing(self, person_id: str) -> Person:
        if person_id not in self.known:
            raise GalleryRefused("There is no such person. List people.")
        return self.known[person_id]

    def _touch(self, person_id: str) -> Person:
        person = self.known[person_id]
        self.known[person_id] = replace(person, version=person.version + 1)
        return self.known[person_id]

    def _changed(self, entry: Entry, person: Person) -> None:
        self.changes += 1
        self._append(replace(entry, person=person.id, person_version=person.version))

    # -- faults

    def _require_open(self) -> None:
        if not self.is_open:
            raise GalleryLocked("The gallery is not open. Open it first.")

    def _require_writable(self) -> None:
        self._require_open()
        if self.full:
            raise GalleryUnwritable("The disk is full. Free some space.")
