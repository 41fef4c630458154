"""What a model pack's loader hands to the engine: three parts, each doing one thing.

Pictures are uint8 [h, w, 3] BGR and points float64 [n, 2] (x, y) in pixels of the picture they
were found in. The loader of another kind of pack fulfils the same three Protocols.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.matching import Embedding
from app.domain.observation import Box

Pixels = NDArray[np.uint8]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """A face a detector saw; `score` is the detector's own, higher is surer."""

    box: Box
    score: float


class Detector(Protocol):
    """Finds faces at least `smallest_px` wide; `eager` accepts weaker ones, for a place where a
    face was a moment ago."""

    def find(self, pixels: Pixels, smallest_px: float, *, eager: bool) -> list[Found]: ...


class Landmarker(Protocol):
    """The 68 points of the iBUG 300-W markup of the face in `box`, float64 [68, 2]; None where it
    can tell that there is no face."""

    def mark(self, pixels: Pixels, box: Box) -> Points | None: ...


class Recogniser(Protocol):
    """Cuts a face out the way its network wants it (uint8 [h, w, 3] BGR), and embeds that.
    `answer` is what the network itself says to one cut, float32 [d] of any length."""

    def align(self, pixels: Pixels, landmarks: Points) -> Pixels: ...

    def answer(self, chip: Pixels) -> NDArray[np.float32]: ...

    def embed(self, chip: Pixels) -> Embedding: ...


class LiveScorer(Protocol):
    """How alive a face looks, 0..1; None where this look cannot tell or is left out. `load` comes
    first and raises ModelMissing or ModelRejected; `forget` begins anew with the next face."""

    def load(self) -> None: ...

    def score(self, pixels: Pixels, landmarks: Points) -> float | None: ...

    def forget(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """`yaw_share`: what a yaw read off this landmarker's points is multiplied by. Every limit on it
    was set with dlib's, which read 85 % of a turn; so a degree is the same head whatever marks
    it."""

    detector: Detector
    landmarker: Landmarker
    recogniser: Recogniser
    yaw_share: float = 1.0
