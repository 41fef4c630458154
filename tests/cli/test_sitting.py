"""Enrolment at the camera: a few good, differing pictures of one face, and one hint at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from app.camera.simulated import LiveVisitor, SimulatedCamera
from app.camera.stills import Still, load_photo
from app.commands import sitting
from app.commands.pictures import Picture
from app.demo.cast import sitter_of
from app.domain.liveness import Challenge
from app.domain.matching import Embedding
from app.domain.observation import Face, Observation
from app.domain.policy import QualityPolicy
from app.domain.source import Camera
from app.errors import CameraUnavailable
from app.ports import CameraFormat, Chip, FaceEngine, Frame
from app.runtime import bootstrap
from tests.cli.conftest import Foyer
from tests.fakes.faces import face, seen
from tests.fakes.lens import LENS
from tests.fakes.visitor import SPACE

FRAME_S = 0.1
#: Yaw of a head that turns slowly from one side to the other.
TURNING = [-10.0, -5.0, 0.0, 5.0, 10.0]


class Stage:
    """A camera of ten frames a second by its own clock, and an engine that sees a script.

    Each entry of the script is what one frame shows; the last goes on for ever.
    """

    name = "stage"
    space = SPACE

    def __init__(self, *script: tuple[Face, ...]) -> None:
        self._script = script
        self._number = 0
        self.closed = self.forgot = 0
        self.embedded = 0

    def identity(self) -> Camera:
        return LENS

    def open(self) -> CameraFormat:
        return CameraFormat(640, 480, 10.0, "RAW")

    def read(self) -> Frame:
        self._number += 1
        pixels = np.zeros((4, 4, 3), dtype=np.uint8)
        return Frame(self._number, self._number * FRAME_S, pixels)

    def close(self) -> None:
        self.closed += 1

    def load(self) -> None: ...

    def observe(self, frame: Frame) -> Observation:
        shown = self._script[min(frame.number, len(self._script)) - 1]
        return seen(frame.number, frame.t_s, *shown)

    def align(self, frame: Frame, face: Face) -> Chip:
        return Chip(frame.pixels)

    def embed(self, chip: Chip) -> Embedding:
        self.embedded += 1
        vector = np.zeros(SPACE.dimension, dtype=np.float32)
        vector[0] = 1.0
        return vector

    def forget(self) -> None:
        self.forgot += 1

    def sit(self) -> tuple[list[Picture], list[str]]:
        said: list[str] = []
        pictures = sitting.sit(self, self, QualityPolicy(), said.append)
        assert self.closed == 1
        assert self.forgot == 1
        return pictures, said


def heads(*yaws: float, track: int = 1) -> list[tuple[Face, ...]]:
    return [(face(track, yaw_deg=yaw),) for yaw in yaws]


def test_five_pictures_that_differ_are_taken_and_counted() -> None:
    pictures, said = Stage(*heads(*TURNING)).sit()
    assert [each.usable for each in pictures] == [True] * 5
    assert len({each.name for each in pictures}) == 5
    assert said == [f"Picture {n} of 5 is taken." for n in range(1, 6)]


def test_a_head_that_does_not_move_is_one_picture_however_long() -> None:
    stage = Stage(*heads(0.0))
    pictures, said = stage.sit()
    assert [each.usable for each in pictures] == [False]
    assert pictures[0].reason == "no-movement"
    assert "Only 1" in pictures[0].said
    assert stage.embedded == 1
    assert sitting.TURN in said


def test_three_pictures_are_enough_when_the_time_is_over() -> None:
    pictures, _ = Stage(*heads(-10.0, 0.0, 10.0)).sit()
    assert [each.usable for each in pictures] == [True] * 3


def test_two_pictures_are_not() -> None:
    pictures, _ = Stage(*heads(0.0, 10.0)).sit()
    assert [each.usable for each in pictures] == [False]


def test_somebody_else_stepping_in_begins_again() -> None:
    pictures, said = Stage(*heads(-10.0, 0.0, 10.0), *heads(*TURNING, track=2)).sit()
    assert len(pictures) == 5
    assert any("from the beginning" in each for each in said)
    assert said.count("Picture 1 of 5 is taken.") == 2


WRONG: dict[str, tuple[Face, ...]] = {
    "no-face": (),
    "several-faces": (face(1), replace(face(2), box=replace(face().box, left=430.0))),
    "too-far": (face(eye_distance_px=20.0),),
    "too-dark": (face(brightness=5.0),),
    "too-bright": (face(brightness=250.0),),
    "blurred": (face(sharpness=0.5),),
    "cut-off": (face(completeness=0.5),),
    "look-straight": (face(yaw_deg=40.0),),
}


@pytest.mark.parametrize("reason", WRONG)
def test_what_is_wrong_is_said_and_nothing_is_taken(reason: str) -> None:
    stage = Stage(WRONG[reason])
    pictures, said = stage.sit()
    assert [(each.usable, each.reason) for each in pictures] == [(False, reason)]
    assert stage.embedded == 0
    assert len(said) == 1
    assert said[0] in sitting.HINTS.values()


def test_hints_change_no_faster_than_they_can_be_read() -> None:
    flicker = [WRONG["too-dark"], WRONG["blurred"]] * 50
    _, said = Stage(*flicker, WRONG["no-face"]).sit()
    assert 2 <= len(said) <= 100 * FRAME_S / sitting.HINT_S + 2
    assert all(first != second for first, second in pairwise(said))


def test_a_camera_that_fails_is_closed() -> None:
    class Unplugged(Stage):
        def read(self) -> Frame:
            raise CameraUnavailable("The camera is gone. Plug it in.")

    stage = Unplugged(())
    with pytest.raises(CameraUnavailable):
        stage.sit()
    assert stage.closed == 1


# -- through the command


def test_without_a_camera_it_says_so(
    kiosk: Foyer, engine: FaceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Absent(Stage):
        def open(self) -> CameraFormat:
            raise CameraUnavailable("There is no camera 0. Plug one in.")

    kiosk.ok("people", "add", "--number", "1001", "--name", "Eileen")
    monkeypatch.setattr(bootstrap, "frame_source", lambda _: Absent(()))
    ran = kiosk("enrol", "1001", "--camera")
    assert ran.code == 6
    assert "Plug one in" in ran.err


class Clock:
    """A clock that moves on only when somebody waits."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic_s(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        self.now_s += seconds


class Directed(SimulatedCamera):
    """A simulated visitor who turns to one side and the other while pictures are taken."""

    def read(self) -> Frame:
        turns = (Challenge.TURN_LEFT, None, Challenge.TURN_RIGHT, None, Challenge.LOOK_UP, None)
        self.ask(turns[int(self.clock.now_s / 2.0) % len(turns)])
        return super().read()

    clock: Clock


@pytest.fixture
def directed(engine: FaceEngine) -> Callable[[object], SimulatedCamera]:
    clock = Clock()
    visitor = LiveVisitor(sitter_of(engine, load_photo(Still.ASTRONAUT)))
    camera = Directed(visitor, rate_hz=8.0, monotonic_s=clock.monotonic_s, wait=clock.wait)
    camera.clock = clock
    return lambda _: camera


def test_a_visitor_at_the_camera_is_enrolled_and_known_by_it(
    kiosk: Foyer,
    directed: Callable[[object], SimulatedCamera],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Real engine, rendered frames: the face from the camera is the one of the photograph."""
    from app.camera.stills import installed_photo

    monkeypatch.setattr(bootstrap, "frame_source", directed)
    kiosk.ok("people", "add", "--number", "1001", "--name", "Eileen")
    kiosk.ok("people", "add", "--number", "1002", "--name", "Somebody")
    shown = kiosk.ok("enrol", "1001", "--camera", "--json").document
    assert shown["stored"]
    assert len(shown["images"]) >= sitting.LEAST
    double = kiosk("enrol", "1002", str(installed_photo(Still.ASTRONAUT)))
    assert double.code == 1
    assert "Eileen (1001)" in double.out
