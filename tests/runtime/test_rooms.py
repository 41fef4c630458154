"""What the rooms hand on, keep and let go of, at the moments when parts come and go."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.domain.effects import Identify, Rest, Watch
from app.domain.events import (
    Condition,
    EffectFailed,
    Event,
    Identified,
    Looked,
    Part,
)
from app.domain.index import snapshot_of
from app.domain.journal import Entry, EntryKind
from app.domain.matching import MatchPolicy
from app.domain.people import Claim, ClaimKind
from app.domain.picture import Picture
from app.domain.source import Camera, LightProfile
from app.ports import CameraFormat, Chip, Frame
from app.runtime import eyes
from app.runtime.eyes import CameraRoom, VisionRoom
from app.runtime.mailbox import Mailbox
from tests.conftest import Logged
from tests.fakes.visitor import SPACE, EmptyCamera, PuppetEngine, Visitor, face_of
from tests.runtime.rig import BADGE, PERSON
from tests.runtime.rooms import LIMIT_S, at_work, frame_of, now

ENTRY = Entry(EntryKind.VISIT, 0.0, granted=False)
CLAIM = Claim(ClaimKind.BADGE, BADGE)


class ScriptedCamera(EmptyCamera):
    """Delivers a frame for every `let`; says when it waits for the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.let: queue.SimpleQueue[Frame | Exception] = queue.SimpleQueue()
        self.reading = threading.Semaphore(0)
        self.closing = threading.Semaphore(0)
        self.may_close = threading.Event()
        self.may_close.set()

    def open(self) -> CameraFormat:
        return CameraFormat(4, 4, 30.0, "raw")

    def read(self) -> Frame:
        self.reading.release()
        given = self.let.get(timeout=LIMIT_S)
        if isinstance(given, Exception):
            raise given
        return given

    def close(self) -> None:
        self.closing.release()
        self.may_close.wait(LIMIT_S)


@dataclass
class Room:
    camera: ScriptedCamera = field(default_factory=ScriptedCamera)
    frames: Mailbox[Frame] = field(default_factory=Mailbox)
    pictures: Mailbox[Picture] = field(default_factory=Mailbox)
    events: list[Event] = field(default_factory=list)
    picture_of: Callable[[Frame], Picture] = lambda frame: Picture(1, 1, bytes([frame.number] * 3))
    light_of: Callable[[Camera], LightProfile] = lambda camera: LightProfile.AS_IS

    def __post_init__(self) -> None:
        self.room = CameraRoom(
            self.camera,
            self.frames,
            self.pictures,
            self._picture,
            self.events.append,
            now,
            self._light,
        )
        self.camera.let.put(frame_of(1))

    def _picture(self, frame: Frame) -> Picture:
        return self.picture_of(frame)

    def _light(self, camera: Camera) -> LightProfile:
        return self.light_of(camera)

    @contextmanager
    def watching(self) -> Any:
        with at_work(Part.CAMERA, self.room.work) as told:
            assert self.camera.reading.acquire(timeout=LIMIT_S)
            self.room.wake()
            assert self.camera.reading.acquire(timeout=LIMIT_S)
            try:
                yield told
            finally:
                self.camera.may_close.set()
                self.room.rest()
                self.camera.let.put(frame_of(99))


def test_a_frame_under_way_when_one_visitor_follows_another_reaches_neither() -> None:
    """Asleep and awake again during one read: what was read is the visitor's who went."""
    eye = Room()
    with eye.watching():
        eye.room.rest()
        eye.room.wake()
        eye.camera.let.put(frame_of(2))
        assert eye.camera.reading.acquire(timeout=LIMIT_S)
        assert eye.frames.take() is None
        assert eye.pictures.take() is None
        eye.camera.let.put(frame_of(3))
        assert eye.camera.reading.acquire(timeout=LIMIT_S)
        taken = eye.frames.take()
        assert taken is not None
        assert taken.number == 3


def test_no_picture_is_left_behind_by_a_camera_told_to_rest_while_it_draws_one() -> None:
    """The next visitor must not see the last one, not even while the device takes to close."""
    drawing, draw = threading.Event(), threading.Event()

    def slowly(frame: Frame) -> Picture:
        drawing.set()
        draw.wait(LIMIT_S)
        return Picture(1, 1, bytes(3))

    eye = Room(picture_of=slowly)
    with eye.watching():
        while eye.camera.closing.acquire(blocking=False):
            pass
        eye.camera.may_close.clear()
        eye.camera.let.put(frame_of(2))
        assert drawing.wait(LIMIT_S)
        eye.room.rest()
        draw.set()
        assert eye.camera.closing.acquire(timeout=LIMIT_S)
        assert eye.pictures.take() is None
        assert eye.frames.take() is None


def test_a_camera_that_failed_in_a_way_nobody_foresaw_is_found_again(logged: Logged) -> None:
    """It is asleep by then: nobody can wake it, so it has to look for itself."""
    eye = Room()
    with eye.watching() as told:
        eye.room.rest()
        eye.camera.let.put(RuntimeError("a driver's own"))
        assert told.get(timeout=LIMIT_S) == (Condition.LOST, "defect-RuntimeError")
        eye.camera.let.put(frame_of(1))
        assert told.get(timeout=LIMIT_S) == (Condition.READY, "")
    logged.expect("app.runtime.supervisor", "a driver's own")


class HeldEngine(PuppetEngine):
    """Waits in `observe` and in `forget` when told to; remembers what it aligned."""

    def __init__(self) -> None:
        super().__init__(Visitor())
        self.chips: list[Chip] = []

    def align(self, frame: Frame, face: Any) -> Chip:
        self.chips.append(super().align(frame, face))
        self.chips[-1].pixels.fill(7)
        return self.chips[-1]


@dataclass
class Sight:
    engine: Any = field(default_factory=HeldEngine)
    frames: Mailbox[Frame] = field(default_factory=Mailbox)
    events: queue.SimpleQueue[Event] = field(default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        self.room = VisionRoom(self.engine, self.frames, MatchPolicy(), self.events.put, now)

    def look(self, number: int) -> Looked:
        self.frames.put(frame_of(number))
        event = self.events.get(timeout=LIMIT_S)
        assert isinstance(event, Looked)
        return event


def identify(ticket: int, visit: bytes, *frames: int) -> Identify:
    return Identify(ticket, visit, frames, frames, claimed=False, person="")


def test_a_frame_taken_before_a_visit_began_is_not_observed_for_it() -> None:
    """Taken for the visitor before, and the next one's `Watch` came before it was looked at."""
    sight = Sight()
    taken = threading.Event()
    go_on = threading.Event()

    class HeldMailbox(Mailbox[Frame]):
        def take(self, timeout_s: float = 0.0) -> Frame | None:
            frame = super().take(timeout_s)
            if frame is not None and frame.number == 2:
                taken.set()
                go_on.wait(LIMIT_S)
            return frame

    sight.frames = HeldMailbox()
    sight.room = VisionRoom(sight.engine, sight.frames, MatchPolicy(), sight.events.put, now)
    with at_work(Part.VISION, sight.room.work):
        sight.room.ask(Watch(b"one"))
        while sight.events.empty():
            sight.frames.put(frame_of(1))
        assert isinstance(sight.events.get(), Looked)
        sight.frames.clear()
        sight.frames.put(frame_of(2))
        assert taken.wait(LIMIT_S)
        sight.room.ask(Rest())
        sight.room.ask(Watch(b"two"))
        go_on.set()
        looked = []
        while (b"two", 3) not in looked:
            sight.frames.put(frame_of(3))
            event = sight.events.get(timeout=LIMIT_S)
            assert isinstance(event, Looked)
            looked.append((event.visit, event.observation.frame))
    assert (b"two", 2) not in looked


def test_every_face_kept_is_overwritten_also_the_ones_that_made_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(eyes, "CHIPS_KEPT", 2)
    sight = Sight()
    sight.room._visit = b"one"
    for number in range(1, 4):
        sight.room._observe(b"one", frame_of(number))
    first, *others = sight.engine.chips
    assert not first.pixels.any(), "pushed out by newer ones"
    assert all(chip.pixels.any() for chip in others)
    sight.room._forget()
    assert not any(chip.pixels.any() for chip in sight.engine.chips)


def test_an_engine_that_cannot_even_forget_still_answers_what_it_was_asked(
    logged: Logged,
) -> None:
    logged.allow("app.runtime.supervisor")
    sight = Sight()

    class Unforgetting(HeldEngine):
        def observe(self, frame: Frame) -> Any:
            sight.room.ask(identify(5, b"one", 1))
            raise RuntimeError("observe")

        def forget(self) -> None:
            if self.broken:
                raise RuntimeError("forget")

        broken = False

    sight.engine = engine = Unforgetting()
    sight.room = VisionRoom(engine, sight.frames, MatchPolicy(), sight.events.put, now)
    with at_work(Part.VISION, sight.room.work) as told:
        sight.room.ask(Watch(b"one"))
        sight.room.ask(identify(4, b"one"))
        assert isinstance(sight.events.get(timeout=LIMIT_S), EffectFailed)
        engine.broken = True
        sight.frames.put(frame_of(1))
        answer = sight.events.get(timeout=LIMIT_S)
        assert told.get(timeout=LIMIT_S)[0] is Condition.LOST
    assert isinstance(answer, EffectFailed)
    assert (answer.ticket, answer.code) == (5, "vision")


def test_without_a_gallery_no_face_is_anybodys() -> None:
    sight = Sight()
    sight.room.use(snapshot_of(1, SPACE, {PERSON.id: PERSON}, [(PERSON.id, face_of(0))]))
    sight.room._visit = b"one"
    sight.room._observe(b"one", frame_of(1))
    sight.room._answer(identify(1, b"one", 1))
    sight.room.use(None)
    sight.room._answer(identify(2, b"one", 1))
    sight.events.get()
    first, second = sight.events.get(), sight.events.get()
    assert isinstance(first, Identified)
    assert isinstance(second, EffectFailed)
