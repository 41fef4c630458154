"""Eyes for tests: an engine that sees what it is told, parts that do, and the real one shared.

`ScriptedEngine` needs no models. `embedded_engine` is the real thing; its weights (a hundred
megabytes of landmarks) are loaded once for all tests of a run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.cv import cv2
from app.domain.matching import CalibrationPoint, Embedding, Metric, Space
from app.domain.observation import Box, Face, Observation
from app.errors import ModelMissing
from app.ports import Chip, Frame
from app.resources import library_file, resource
from app.vision import listing
from app.vision.engine import Engine
from app.vision.loading import load_parts
from app.vision.manifest import Pack
from app.vision.parts import Found, Parts, Pixels, Points

SPACE = Space(
    "scripted",
    8,
    Metric.COSINE,
    (CalibrationPoint(1e-4, 0.1), CalibrationPoint(1e-2, 0.2)),
)


class ScriptedEngine:
    """Returns queued looks, one a frame, and nobody when they run out.

    `say` queues the faces of one frame. Track numbers are kept as scripted, only moved up after
    `forget`, since a number is never given twice. A face's embedding is `people[track]` as
    scripted; unscripted tracks get a vector of their own.
    """

    space = SPACE

    def __init__(
        self, looks: Iterable[tuple[Face, ...]] = (), people: Mapping[int, Embedding] | None = None
    ) -> None:
        self._looks = deque(looks)
        self._people = dict(people or {})
        self._loaded = False
        self._moved_up = 0
        self._highest = 0

    def say(self, *faces: Face) -> None:
        self._looks.append(faces)

    def load(self) -> None:
        self._loaded = True

    def observe(self, frame: Frame) -> Observation:
        self._require_loaded()
        said = self._looks.popleft() if self._looks else ()
        faces = tuple(replace(face, track=face.track + self._moved_up) for face in said)
        self._highest = max([self._highest, *(face.track for face in faces)])
        height, width = frame.pixels.shape[:2]
        return Observation(frame.number, frame.t_s, width, height, faces)

    def align(self, frame: Frame, face: Face) -> Chip:
        self._require_loaded()
        return Chip(np.full((2, 2, 3), face.track - self._moved_up, dtype=np.uint8))

    def embed(self, chip: Chip) -> Embedding:
        self._require_loaded()
        track = int(chip.pixels[0, 0, 0])
        return self._people.get(track, embedding_of(track))

    def forget(self) -> None:
        self._moved_up = self._highest

    def _require_loaded(self) -> None:
        if not self._loaded:
            raise ModelMissing("The scripted engine is not loaded. Load it before its use.")


def embedding_of(person: int) -> Embedding:
    """A vector of length 1 that is its own person's; two people are about 1 apart (cosine)."""
    drawn = np.random.default_rng(person).normal(size=SPACE.dimension)
    return np.asarray(drawn / np.linalg.norm(drawn), dtype=np.float32)


class ListedDetector:
    """Finds the listed boxes wherever they lie inside the picture it is given, at scale 1.

    It is told about the whole frame; when asked about a part it cannot know which, so it is meant
    for a search that looks everywhere (one frame, or frames further apart than the search waits).
    """

    def __init__(self, boxes: list[Box]) -> None:
        self.boxes = boxes
        self.calls = 0

    def find(self, pixels: Pixels, smallest_px: float, *, eager: bool) -> list[Found]:
        self.calls += 1
        return [] if eager else [Found(box, 1.0) for box in self.boxes]


class GivenLandmarks:
    """Marks every face with the same landmarks, float64 [68, 2], moved into its box."""

    def __init__(self, shape: Points) -> None:
        self.shape = shape

    def mark(self, pixels: Pixels, box: Box) -> Points:
        return self.shape * (box.width, box.height) + (box.left, box.top)


class ColourRecogniser:
    """The mean colour of the whole frame as an embedding of three numbers."""

    def align(self, pixels: Pixels, landmarks: Points) -> Pixels:
        return pixels

    def answer(self, chip: Pixels) -> Embedding:
        return self.embed(chip)

    def embed(self, chip: Pixels) -> Embedding:
        return np.asarray(chip.reshape(-1, 3).mean(axis=0), dtype=np.float32)


def embedded_pack() -> Pack:
    """As the project's own manifest describes it."""
    text = resource("models/manifest.toml").read_text(encoding="utf-8")
    return listing.parse(text).pack("embedded")


def embedded_engine() -> Engine:
    """The real engine, loaded, with no tracks; its weights are shared by all tests."""
    engine = Engine(embedded_pack(), Path("nowhere"), lambda *_: embedded_parts())
    engine.load()
    return engine


@cache
def embedded_parts() -> Parts:
    """The real pack's parts, loaded once for all tests of a run."""
    return load_parts(embedded_pack(), Path("nowhere"))


@cache
def _photo(package: str, path: str) -> NDArray[np.uint8]:
    pixels = np.asarray(cv2.imread(str(library_file(package, path))), dtype=np.uint8)
    pixels.flags.writeable = False
    return pixels


def astronaut() -> Pixels:
    """Eileen Collins by NASA, public domain, [512, 512, 3] BGR; her face is 88 pixels wide."""
    return _photo("skimage", "data/astronaut.png")


def admiral() -> Pixels:
    """Grace Hopper by the US Navy, public domain, [600, 512, 3] BGR."""
    return _photo("matplotlib", "mpl-data/sample_data/grace_hopper.jpg")


def close_up(photo: Pixels, width: int = 640, height: int = 480) -> Pixels:
    """The upper part of a portrait, its face about 180 pixels wide, as a camera frame."""
    scale = 2.0 if photo.shape[0] < 600 else 1.1
    large = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    middle = int((224 if photo.shape[0] < 600 else 260) * scale)
    left = max(middle - width // 2, 0)
    cut = large[:height, left : left + width]
    beyond = (0, height - cut.shape[0], 0, width - cut.shape[1])
    whole = cv2.copyMakeBorder(cut, *beyond, cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(np.asarray(whole, dtype=np.uint8))
