"""The gallery port on SQLCipher: what is one transaction, and what happens around it.

Every change commits durably, then moves the high-water mark in the key store, then returns; a
change to people or their credentials also empties the write-ahead log, so that what was deleted
is gone from it. Open it and use it on one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from app.domain import lockout as rule
from app.domain.assurance import Tested
from app.domain.index import Index, Moved
from app.domain.journal import Entry, EntryKind, Row, Tally
from app.domain.lockout import Lockout, LockoutPolicy
from app.domain.matching import Embedding, Snapshot, Space
from app.domain.people import Claim, ClaimKind, Person
from app.domain.reasons import Reason
from app.domain.source import EnrolledCamera
from app.domain.templates import Aside, Template
from app.errors import (
    GalleryError,
    GalleryLocked,
    GalleryUnwritable,
    KeyStoreError,
)
from app.gallery import (
    cameras,
    evidence,
    inspection,
    journal,
    lockouts,
    moves,
    opening,
    people,
    seals,
    templates,
    trials,
)
from app.gallery.care_store import CareShelf
from app.gallery.inspection import Finding, GalleryInfo
from app.gallery.reserve import Reserve
from app.gallery.sql import (
    BUSY_MS,
    Connection,
    DiskFull,
    errors_told,
    transaction,
    truncate_log,
)
from app.ports import HighWater, Keys, KeyStore, PinAttempt, Receipt, Resolution

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Session:
    """What an open gallery holds. `shrink_due`: the write-ahead log may still hold deleted rows."""

    connection: Connection
    keys: Keys
    shrink_due: bool = False


@dataclass(slots=True)
class Store:
    """A gallery at `path`. `create`: make a new one even where the key store remembers one.

    Without `create` a missing file is made only when the key store has no high-water mark.
    Evidence of face sessions is kept for `keep_days`, 0 for never, by the clock `utc_s`. Pictures
    for the next model are kept with `crops` alone; without it those there are go on opening.
    """

    path: Path
    key_store: KeyStore
    policy: LockoutPolicy = field(default_factory=LockoutPolicy)
    create: bool = False
    keep_days: int = 7
    crops: bool = False
    utc_s: Callable[[], float] = time.time
    _session: _Session | None = None

    # -- opening and closing

    def open(self) -> None:
        if self._session is not None:
            return
        keys, mark = self.key_store.load(), self.key_store.high_water()
        if not opening.is_there(self.path):
            with opening.only_creator(self.path):
                keys, mark = opening.create(self.path, self.key_store, anew=self.create)
        if keys is None:
            raise GalleryLocked(
                f"The key provider {self.key_store.name} has no key for {self.path}. Choose the "
                "provider and gallery id it was made with."
            )
        try:
            connection = opening.open_file(self.path, keys, mark)
        except DiskFull:
            if not self._reserve.release():
                raise
            connection = opening.open_file(self.path, keys, mark)
        self._session = _Session(connection, keys)
        try:
            self._first_mark(mark)
        except (GalleryError, KeyStoreError):
            self.close()
            raise
        self._reserve.hold()
        with suppress(GalleryUnwritable):  # tried again with the next row
            self._with_reserve(self._purge)

    def _purge(self) -> None:
        """Lets go of evidence whose days are over, and of pictures no policy keeps."""
        now_s = self.utc_s()
        if not self.crops and self.care.crop_counts():
            self.care.forget_all_crops(Entry(EntryKind.SYSTEM, now_s, granted=True))
        with self._reading() as session:
            due = evidence.is_overdue(session.connection, now_s, self.keep_days)
        if due:
            with self._writing() as session:
                session.shrink_due |= evidence.purge(session.connection, now_s, self.keep_days)

    def _first_mark(self, mark: HighWater | None) -> None:
        """Must be there before anything is written: later its absence means tampering."""
        with self._reading() as session:
            here = opening.how_far(session.connection)
        if mark is None or mark.changes > here.changes:
            self.key_store.set_high_water(opening.FRESH)

    def close(self) -> None:
        """May be called at any time, also twice."""
        session, self._session = self._session, None
        if session is None:
            return
        try:
            if session.shrink_due:
                self._shrink(session, wait_ms=BUSY_MS)
        finally:
            session.connection.close()

    # -- the journal

    def record(self, entry: Entry, tally: Tally | None = None, tape: bytes = b"") -> Receipt:
        lets_in = entry.granted and entry.kind is EntryKind.VISIT
        if lets_in and not self._reserve.hold():
            raise GalleryUnwritable(
                "The disk is nearly full. Free some space; nobody is let in until then."
            )

        def append() -> Receipt:
            with self._writing() as session:
                journal.refuse_stale(session.connection, entry)
                session.shrink_due |= evidence.purge(
                    session.connection, entry.utc_s, self.keep_days
                )
                sequence = evidence.append(session.connection, entry, tape, self.keep_days)
                if tally is not None:
                    lockouts.count(
                        session.connection, session.keys.badge, tally, entry.utc_s, self.policy
                    )
                face = lockouts.read(session.connection, lockouts.face_path(session.keys.badge))
            return Receipt(sequence, face.until_s)

        if not lets_in:
            return self._with_reserve(append)
        try:
            return append()
        except GalleryUnwritable:
            self._take_back(entry)
            raise

    def _take_back(self, entry: Entry) -> None:
        """After a grant that is not acknowledged, though its row may stand: a refusal, if it can
        be written at all, so that the journal never ends with somebody let in who was not."""
        session = self._open()
        refusal = replace(entry, granted=False, reason=Reason.CANNOT_RECORD)
        with suppress(GalleryError), errors_told(), transaction(session.connection):
            journal.append(session.connection, refusal)
            session.connection.execute("UPDATE gallery SET writes = writes + 1")

    def rows(self, last: int | None = None) -> Iterator[Row]:
        return journal.rows(self._open().connection, last)

    def tape(self, sequence: int) -> bytes:
        with self._reading() as session:
            return evidence.of(session.connection, sequence)

    # -- what is known

    def change_counter(self) -> int:
        session = self._open()
        if session.shrink_due:
            self._shrink(session, wait_ms=0)
        with errors_told():
            row = session.connection.execute("SELECT changes FROM gallery").fetchone()
        return int(row[0])

    def moved(self, space: Space, since: int) -> Moved:
        with self._reading() as session:
            return moves.since(session.connection, space, since)

    def asides(self, spaces: Mapping[str, Space]) -> tuple[Aside, ...]:
        """Every template that is put aside, or of none of these spaces; reads all of them."""
        with self._reading() as session:
            return tuple(seals.faulty(session.connection, spaces))

    def note_asides(self, aside: Sequence[Aside], entry: Entry) -> None:
        def note() -> None:
            with self._writing() as session:
                moves.note(session.connection, aside, entry)

        self._with_reserve(note)

    def snapshot(self, space: Space) -> Snapshot:
        index = Index(space)
        index.apply(self.moved(space, -1))
        return index.snapshot()

    def people(self) -> list[Person]:
        with self._reading() as session:
            return people.everybody(session.connection)

    def person(self, person_id: str) -> Person | None:
        with self._reading() as session:
            return people.by_id(session.connection, person_id)

    def template_counts(self) -> dict[str, int]:
        with self._reading() as session:
            return templates.counts(session.connection)

    def resolve(self, claim: Claim) -> Resolution:
        with self._reading() as session:
            person = people.by_claim(session.connection, session.keys.badge, claim)
            subject = lockouts.subject_of(session.keys.badge, claim, person)
            return Resolution(person, lockouts.read(session.connection, subject))

    def face_lockout(self) -> Lockout:
        with self._reading() as session:
            return lockouts.read(session.connection, lockouts.face_path(session.keys.badge))

    def admin_pin_hash(self) -> str:
        with self._reading() as session:
            return people.admin_pin_hash(session.connection)

    # -- PIN attempts

    def begin_pin(self, claim: Claim, utc_s: float) -> PinAttempt:
        return self._with_reserve(lambda: self._begin_pin(claim, utc_s))

    def _begin_pin(self, claim: Claim, utc_s: float) -> PinAttempt:
        """The same statements whether or not the claim or the PIN exists."""
        with self._writing() as session:
            person = people.by_claim(session.connection, session.keys.badge, claim)
            subject = lockouts.subject_of(session.keys.badge, claim, person)
            hashed = people.pin_hash(session.connection, claim, person)
            before = lockouts.read(session.connection, subject)
            locked = rule.is_locked(before, utc_s)
            # A try that is refused unseen does not count, or anybody could lock anybody out for
            # good by going on; it is written all the same, so that it takes as long.
            after = before if locked else rule.fail(before, utc_s, self.policy)
            lockouts.write(session.connection, subject, after, utc_s)
        return PinAttempt(person, "" if locked else hashed, locked)

    def clear_pin_failures(self, claim: Claim) -> None:
        with self._writing() as session:
            cleared = Tally(claim, failed=False)
            lockouts.count(session.connection, session.keys.badge, cleared, 0.0, self.policy)

    # -- changing people

    def put_person(self, person: Person, entry: Entry) -> Person:
        with self._changing() as session:
            stored = people.put(session.connection, person)
            journal.append(session.connection, journal.about(entry, stored))
        return stored

    def remove_person(self, person_id: str, entry: Entry) -> None:
        def erase() -> None:
            with self._changing() as session:
                gone = people.erase(session.connection, person_id)
                journal.append(session.connection, journal.about(entry, gone))

        self._with_reserve(erase)

    def add_templates(
        self, person_id: str, space: Space, embeddings: Sequence[Embedding], entry: Entry
    ) -> None:
        self.care.add(person_id, [Template(space, each) for each in embeddings], entry)

    def set_badge(self, person_id: str, badge: str, entry: Entry) -> None:
        with self._changing() as session:
            person = people.touch(session.connection, person_id)
            people.set_badge(session.connection, session.keys.badge, person_id, badge)
            journal.append(session.connection, journal.about(entry, person))

    def set_pin_hash(self, person_id: str, pin_hash: str, entry: Entry) -> None:
        """A new PIN starts without failures."""
        with self._changing() as session:
            person = people.touch(session.connection, person_id)
            people.set_pin_hash(session.connection, person_id, pin_hash)
            lockouts.clear_person(session.connection, person_id)
            journal.append(session.connection, journal.about(entry, person))

    def set_admin_pin_hash(self, pin_hash: str, entry: Entry) -> None:
        with self._changing() as session:
            session.connection.execute("UPDATE gallery SET admin_pin_hash = ?", (pin_hash,))
            admin = lockouts.subject_of(session.keys.badge, Claim(ClaimKind.ADMIN, ""), None)
            lockouts.clear(session.connection, admin)
            journal.append(session.connection, entry)

    # -- what is kept beside templates

    @property
    def care(self) -> CareShelf:
        return CareShelf(self._reading, self._writing, self._changing)

    # -- cameras

    def cameras(self) -> tuple[EnrolledCamera, ...]:
        with self._reading() as session:
            return cameras.everyone(session.connection)

    def put_camera(self, enrolled: EnrolledCamera, entry: Entry) -> None:
        with self._changing() as session:
            cameras.put(session.connection, enrolled)
            journal.append(session.connection, entry)

    def forget_camera(self, fingerprint: str, entry: Entry) -> None:
        with self._changing() as session:
            cameras.erase(session.connection, fingerprint)
            journal.append(session.connection, entry)

    def tested(self) -> tuple[Tested, ...]:
        with self._reading() as session:
            return trials.everyone(session.connection, session.keys)

    def put_tested(self, tested: Tested, entry: Entry) -> None:
        with self._changing() as session:
            trials.put(session.connection, session.keys, tested)
            journal.append(session.connection, entry)

    # -- for the command line

    def carries(self, person_id: str) -> tuple[bool, bool]:
        """Whether the person has a badge, and whether a PIN."""
        with self._reading() as session:
            return people.carries(session.connection, person_id)

    def info(self) -> GalleryInfo:
        with self._reading() as session:
            return inspection.info(self.path, session.connection, self.key_store)

    def check(self) -> tuple[Finding, ...]:
        """Everything that can be verified, in order; reads the whole file."""
        session = self._open()
        with errors_told():
            return inspection.check(session.connection, self.key_store)

    # -- how

    @property
    def _reserve(self) -> Reserve:
        return Reserve(self.path.with_name(self.path.name + "-reserve"))

    def _open(self) -> _Session:
        if self._session is None:
            raise GalleryLocked("The gallery is not open. Open it first.")
        return self._session

    @contextmanager
    def _reading(self) -> Iterator[_Session]:
        session = self._open()
        with errors_told(), transaction(session.connection, "DEFERRED"):
            yield session

    @contextmanager
    def _writing(self) -> Iterator[_Session]:
        """One durable transaction, then the mark."""
        session = self._open()
        with errors_told(), transaction(session.connection):
            yield session
            session.connection.execute("UPDATE gallery SET writes = writes + 1")
        self._raise_mark()

    @contextmanager
    def _changing(self) -> Iterator[_Session]:
        """A write after which snapshots are stale and nothing deleted stays in the log."""
        with self._writing() as session:
            yield session
            moves.trim(session.connection)
            session.connection.execute("UPDATE gallery SET changes = changes + 1")
            session.shrink_due = True
        self._shrink(session, wait_ms=BUSY_MS)

    def _shrink(self, session: _Session, wait_ms: int) -> None:
        """Empties the write-ahead log, or leaves it due while another process reads.

        The change itself is durable by now, so a failure here must never look like one that
        could be tried again: raises GalleryUnwritable, not DiskFull.
        """
        try:
            try:
                session.shrink_due = truncate_log(session.connection, wait_ms)
            except DiskFull:
                if not self._reserve.release():
                    raise
                session.shrink_due = truncate_log(session.connection, wait_ms)
        except DiskFull as error:
            raise GalleryUnwritable(
                "The change is stored, but what it deleted is still in the log because the disk "
                "is full. Free some space; the log is emptied at the next chance."
            ) from error

    def _raise_mark(self) -> None:
        """Tells the key store how far the gallery is. Raises GalleryUnwritable.

        Under the write lock: two processes could otherwise leave the lower of two marks.
        """
        connection = self._open().connection
        with errors_told(), transaction(connection):
            mark = opening.how_far(connection)
            try:
                try:
                    self.key_store.set_high_water(mark)
                except KeyStoreError:
                    # The mark may lie on the same full disk.
                    if not self._reserve.release():
                        raise
                    self.key_store.set_high_water(mark)
            except KeyStoreError as error:
                raise GalleryUnwritable(
                    f"The high-water mark could not be moved. {error}"
                ) from error

    def _with_reserve(self, work: Callable[[], Answer]) -> Answer:
        """Does the work, if need be with the space kept back for it."""
        try:
            return work()
        except DiskFull:
            if not self._reserve.release():
                raise
            return work()
