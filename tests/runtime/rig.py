"""A whole house in numbers: real kernel, rooms and threads, fakes where the world would be."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from app.actuators import SilentCues
from app.domain.journal import Entry, EntryKind
from app.domain.liveness_policy import LivenessPolicy
from app.domain.people import Person, Secret
from app.domain.picture import Picture
from app.domain.policy import Policy, TimingPolicy
from app.domain.tiers import Tier
from app.ports import Frame
from app.presentation import DeniedView, GrantedView, VerifyView, View
from app.runtime.beside import Others
from app.runtime.clock import SystemClock
from app.runtime.eyes import NOBODY_ELSE
from app.runtime.house import House, Parts
from app.runtime.ledger import Open
from tests.fakes.gallery import MemoryGallery
from tests.fakes.lens import ENROLLED
from tests.fakes.visitor import SPACE, EmptyCamera, PuppetEngine, Visitor, face_of

BADGE, NUMBER, PIN = "04A1B2C3", "1001", "2468"
PERSON = Person("p-1", NUMBER, "Amara Okafor")

#: The same rules in less time: a run of the whole house takes a fraction of a second.
QUICK = Policy(
    liveness=LivenessPolicy(steady_s=0.05, framing_s=2.0, step_s=2.0, stall_s=0.5),
    timing=TimingPolicy(answer_s=0.6, granted_s=30.0, denied_s=30.0),
    assumed_tier=Tier.TRUSTED,
)


class PlainHasher:
    """Compares as is: what hashing costs is proved elsewhere."""

    def hash(self, pin: Secret) -> str:
        return f"plain:{pin.text}"

    def verify(self, pin_hash: str, pin: Secret) -> bool:
        return bool(pin_hash) and pin_hash == self.hash(pin)


@dataclass
class CountingDoor:
    """Remembers every release, and how many granted rows the journal held at that moment."""

    gallery: MemoryGallery
    name: str = "counting"
    released: list[str] = field(default_factory=list)
    granted_rows: list[int] = field(default_factory=list)

    def release(self, entry: Entry) -> None:
        self.released.append(entry.visit)
        rows = [row for row in self.gallery.journal if '"granted":true' in row.text]
        self.granted_rows.append(len(rows))


def furnished() -> MemoryGallery:
    """A gallery that knows one person with a face, a badge and a PIN, and the camera."""
    gallery = MemoryGallery()
    gallery.open()
    note = Entry(EntryKind.PEOPLE, 0.0, granted=False, detail="test")
    gallery.put_person(PERSON, note)
    gallery.add_templates(PERSON.id, SPACE, [face_of(0)], note)
    gallery.set_badge(PERSON.id, BADGE, note)
    gallery.set_pin_hash(PERSON.id, PlainHasher().hash(Secret(PIN)), note)
    gallery.put_camera(ENROLLED, note)
    gallery.close()
    return gallery


def no_picture(frame: Frame) -> Picture:
    return Picture(1, 1, bytes(3))


@dataclass
class Rig:
    """Every part can be replaced before `running`."""

    visitor: Visitor = field(default_factory=Visitor)
    gallery: MemoryGallery = field(default_factory=furnished)
    policy: Policy = QUICK
    source: Any = None
    engine: Any = None
    ledger: Any = None
    hasher: Any = field(default_factory=PlainHasher)
    cues: Any = field(default_factory=SilentCues)
    others: Others = NOBODY_ELSE
    picture_of: Callable[[Frame], Picture] = no_picture
    views: queue.SimpleQueue[View] = field(default_factory=queue.SimpleQueue)
    seen: list[View] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.door = CountingDoor(self.gallery)
        self.source = self.source or EmptyCamera()
        self.engine = self.engine or PuppetEngine(self.visitor)
        self.ledger = self.ledger or self.gallery

    @contextmanager
    def running(self) -> Iterator[House]:
        parts = Parts(
            source=self.source,
            engine=self.engine,
            open_gallery=self._open,
            door=self.door,
            cues=self.cues,
            clock=SystemClock(),
            picture_of=self.picture_of,
            others=self.others,
        )
        house = House(parts, self.policy, again_s=0.05)
        house.listen(self._see)
        house.start()
        try:
            yield house
        finally:
            house.stop()

    def _open(self) -> Open:
        self.ledger.open()
        return Open(self.ledger, self.hasher)

    def _see(self, view: View) -> None:
        self.visitor.ask(view.prompt if isinstance(view, VerifyView) else None)
        self.seen.append(view)
        self.views.put(view)

    def wait_for(self, wanted: Callable[[View], bool], patience_s: float = 8.0) -> View | None:
        deadline_s = time.monotonic() + patience_s
        while True:
            try:
                view = self.views.get(timeout=max(deadline_s - time.monotonic(), 0.0))
            except queue.Empty:
                return None
            if wanted(view):
                return view

    def result(self, patience_s: float = 8.0) -> View | None:
        return self.wait_for(lambda v: isinstance(v, GrantedView | DeniedView), patience_s)
