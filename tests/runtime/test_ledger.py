"""The io thread: nothing asked is lost, done late, or kept longer than needed."""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.domain.effects import CheckPin, Record
from app.domain.events import (
    Condition,
    EffectFailed,
    Event,
    GalleryChanged,
    Part,
    PinChecked,
)
from app.domain.journal import Entry, EntryKind
from app.domain.matching import Snapshot
from app.domain.people import Claim, ClaimKind, Secret
from app.errors import GalleryUnwritable
from app.runtime.ledger import LedgerRoom, Open
from tests.conftest import Logged
from tests.fakes.gallery import MemoryGallery
from tests.fakes.visitor import SPACE
from tests.runtime.rig import BADGE, PERSON, PIN, PlainHasher, furnished
from tests.runtime.rooms import LIMIT_S, at_work, now

ENTRY = Entry(EntryKind.VISIT, 0.0, granted=False)
CLAIM = Claim(ClaimKind.BADGE, BADGE)


@dataclass
class Books:
    gallery: Any = field(default_factory=furnished)
    hasher: Any = field(default_factory=PlainHasher)
    events: queue.SimpleQueue[Event] = field(default_factory=queue.SimpleQueue)
    snapshots: list[Snapshot | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = LedgerRoom(
            self._open, SPACE, self.snapshots.append, tuple, self.events.put, now
        )

    def _open(self) -> Open:
        self.gallery.open()
        return Open(self.gallery, self.hasher)

    def answer(self) -> Event:
        """The next event but for what the gallery says by itself."""
        while isinstance(event := self.events.get(timeout=LIMIT_S), GalleryChanged):
            pass
        return event


class TracedSecret(Secret):
    """Tells when nobody holds it any more."""

    __slots__ = ("__weakref__",)


def test_no_pin_stays_on_the_thread_that_checked_it() -> None:
    idle = threading.Semaphore(0)

    class Watched(MemoryGallery):
        def change_counter(self) -> int:
            idle.release()
            return super().change_counter()

    known = furnished()
    gallery = Watched()
    for name in ("known", "templates", "badges", "pins", "journal", "changes"):
        setattr(gallery, name, getattr(known, name))
    books = Books(gallery)
    with at_work(Part.GALLERY, books.room.work):
        pin = TracedSecret(PIN)
        held = weakref.ref(pin)
        books.room.ask(CheckPin(1, CLAIM, pin))
        del pin
        answer = books.answer()
        assert isinstance(answer, PinChecked)
        while idle.acquire(blocking=False):
            pass
        assert idle.acquire(timeout=LIMIT_S), "idle again"
        assert held() is None


def test_a_gallery_that_is_gone_leaves_nobody_known(logged: Logged) -> None:
    """Whoever is erased while it is away must not stay in memory, nor be recognised from it."""
    logged.allow("app.runtime.supervisor")
    books = Books()
    with at_work(Part.GALLERY, books.room.work) as told:
        assert isinstance(books.snapshots[-1], Snapshot)
        books.gallery.full = True
        books.room.ask(Record(1, ENTRY, None))
        assert isinstance(books.answer(), EffectFailed)
        assert told.get(timeout=LIMIT_S)[0] is Condition.LOST
        assert books.snapshots[1] is None
        assert told.get(timeout=LIMIT_S)[0] is Condition.READY
        assert isinstance(books.snapshots[2], Snapshot)
    assert books.snapshots[-1] is None


class LatePut:
    """A queue whose next `put` only arrives when the room had every chance to close meanwhile."""

    def __init__(self, inner: Any, break_it: Callable[[], None], gone: threading.Event) -> None:
        self._inner = inner
        self._break_it = break_it
        self._gone = gone

    def put(self, job: Any) -> None:
        self._break_it()
        self._gone.wait(0.3)
        self._inner.put(job)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_what_is_asked_while_the_gallery_goes_down_is_answered_and_never_done_later(
    logged: Logged,
) -> None:
    """An old visit's record or PIN must not wait for the gallery to come back."""
    logged.allow("app.runtime.supervisor")
    books = Books()
    gone = threading.Event()
    closing = books.gallery.close

    def close() -> None:
        closing()
        gone.set()

    books.gallery.close = close
    with at_work(Part.GALLERY, books.room.work) as told:
        rows = len(books.gallery.journal)
        jobs = books.room._jobs

        def break_it() -> None:
            books.gallery.full = True
            jobs.put(Record(1, ENTRY, None))

        books.room._jobs = LatePut(jobs, break_it, gone)  # type: ignore[assignment]
        books.room.ask(Record(2, ENTRY, None))
        books.room._jobs = jobs
        assert told.get(timeout=LIMIT_S)[0] is Condition.LOST
        books.gallery.full = False
        answers = [books.answer(), books.answer()]
    assert [(type(each), each.ticket) for each in answers] == [  # type: ignore[union-attr]
        (EffectFailed, 1),
        (EffectFailed, 2),
    ]
    assert len(books.gallery.journal) == rows


def test_changes_are_looked_for_also_while_there_is_always_something_to_do() -> None:
    books = Books()
    with at_work(Part.GALLERY, books.room.work):
        asked = threading.Event()

        class Busy(PlainHasher):
            """Asks for the next check before the present one ends: the queue is never empty."""

            def verify(self, pin_hash: str, pin: Secret) -> bool:
                if not books.gallery.erased:
                    books.gallery.remove_person(PERSON.id, ENTRY)
                if not asked.is_set():
                    books.room.ask(CheckPin(9, CLAIM, Secret("0000")))
                return False

        books.hasher.__class__ = Busy
        books.room.ask(CheckPin(1, CLAIM, Secret("0000")))
        tickets = 0
        while tickets < 50 and not (books.snapshots[-1] and not books.snapshots[-1].people):
            tickets += isinstance(books.events.get(timeout=LIMIT_S), PinChecked)
        asked.set()
        assert tickets < 50


def test_a_full_gallery_keeps_saying_so(logged: Logged) -> None:
    logged.allow("app.runtime.supervisor")
    books = Books()
    with at_work(Part.GALLERY, books.room.work):
        books.gallery.full = True
        books.room.ask(Record(1, ENTRY, None))
        answer = books.answer()
    assert isinstance(answer, EffectFailed)
    assert answer.code == GalleryUnwritable.code
