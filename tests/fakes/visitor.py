"""A camera and an engine with one cooperative person in front of them, in numbers only.

`Visitor` is the person; `EmptyCamera` delivers grey frames on time; `PuppetEngine` reads the
visitor's pose instead of pixels. Together they let the whole house run in milliseconds.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from app.domain.liveness import Challenge
from app.domain.matching import CalibrationPoint, Embedding, Metric, Space
from app.domain.observation import Box, Face, Observation, Pose, Quality
from app.domain.source import Camera
from app.ports import CameraFormat, Chip, Frame
from tests.fakes import heads
from tests.fakes.lens import LENS

SPACE = Space(
    id="numbers-8",
    dimension=8,
    metric=Metric.EUCLIDEAN,
    calibration=(
        CalibrationPoint(1e-6, 0.30),
        CalibrationPoint(1e-4, 0.45),
        CalibrationPoint(1e-2, 0.60),
    ),
)
REST = Face(
    track=1,
    box=Box(220, 120, 200, 200),
    landmarks=heads.landmarks(),
    pose=Pose(0.0, 0.0, 0.0),
    eye_openness=0.32,
    mouth_openness=0.02,
    quality=Quality(80.0, 200.0, 128.0, 40.0, 1.0),
)
FRAME_S = 1 / 60


#: Looks a movement takes there and back: nobody's head jumps.
LOOKS_OF_A_MOVEMENT = 4


def face_of(person: int) -> Embedding:
    """A unit vector a person is known by."""
    vector = np.zeros(SPACE.dimension, dtype=np.float32)
    vector[person] = 1.0
    return vector


class Visitor:
    """Does what is asked, at once and for as long as it is asked; may be somebody else."""

    def __init__(self, person: int = 0) -> None:
        self.person = person
        self._asked: Challenge | None = None
        self._doing: Challenge | None = None
        self._far = 0
        self._looks = 0

    def ask(self, challenge: Challenge | None) -> None:
        if challenge is not self._asked:
            self._asked = challenge
            self._looks = 0

    def look(self) -> Face:
        """At rest for the first looks after a prompt, so as not to answer before a person can."""
        self._looks += 1
        wanted = self._asked if self._looks % 48 > 12 else None
        if self._far == 0:
            self._doing = wanted
        towards = 1 if wanted is not None and wanted is self._doing else -1
        self._far = min(max(self._far + towards, 0), LOOKS_OF_A_MOVEMENT)
        return _face(self._doing, self._far / LOOKS_OF_A_MOVEMENT)


def _face(doing: Challenge | None, share: float) -> Face:
    """Somebody that far into a movement. Eyes and mouth know no half."""
    match doing:
        case None:
            return REST
        case Challenge.TURN_LEFT:
            return _held(25.0 * share, 0.0)
        case Challenge.TURN_RIGHT:
            return _held(-25.0 * share, 0.0)
        case Challenge.LOOK_UP:
            return _held(0.0, 20.0 * share)
        case Challenge.BLINK:
            return replace(REST, eye_openness=0.1) if share else REST
        case Challenge.OPEN_MOUTH:
            return replace(REST, mouth_openness=0.6) if share else REST
        case Challenge.MOVE_CLOSER:
            return _held(0.0, 0.0, 80.0 + 30.0 * share)


def _held(yaw_deg: float, pitch_deg: float, eye_distance_px: float = 80.0) -> Face:
    return replace(
        REST,
        pose=Pose(yaw_deg, pitch_deg, 0.0),
        landmarks=heads.landmarks(yaw_deg, pitch_deg, eye_distance_px),
        quality=replace(REST.quality, eye_distance_px=eye_distance_px),
    )


class EmptyCamera:
    """Grey frames, sixty a second by the real clock; the engine does not look at them."""

    name = "empty"
    #: What it says it is; a test may change it at any moment.
    lens = LENS

    def __init__(self) -> None:
        self._wait = threading.Event()
        self._number = 0
        self._start_s = 0.0

    def identity(self) -> Camera:
        return self.lens

    def open(self) -> CameraFormat:
        return CameraFormat(64, 48, 60.0, "raw")

    def read(self) -> Frame:
        import time

        self._wait.wait(FRAME_S)
        self._number += 1
        pixels = np.full((48, 64, 3), 128, dtype=np.uint8)
        return Frame(self._number, time.monotonic(), pixels)

    def close(self) -> None: ...


class PuppetEngine:
    """Observes the visitor instead of the frame."""

    space = SPACE

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def load(self) -> None: ...

    def observe(self, frame: Frame) -> Observation:
        face = self._visitor.look()
        return Observation(frame.number, frame.t_s, 640, 480, (face,))

    def align(self, frame: Frame, face: Face) -> Chip:
        return Chip(np.full((4, 4, 3), self._visitor.person, dtype=np.uint8))

    def embed(self, chip: Chip) -> Embedding:
        return face_of(int(chip.pixels[0, 0, 0]))

    def forget(self) -> None: ...
