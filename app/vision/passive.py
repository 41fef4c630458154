"""How alive a face looks: the anti-spoof pack's score of one face in one frame.

The networks look at what surrounds the face as much as at the face: edges of a screen or a sheet,
fingers, a second background. So they see the face's box enlarged, whole, and where the picture
does not hold enough around the face there is no score at all.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.cv import cv2
from app.domain.observation import Box
from app.errors import ModelMissing
from app.vision import golden
from app.vision.inputs import prepared
from app.vision.manifest import AntispoofPack
from app.vision.onnx import Network, Numbers
from app.vision.packs import load_verified
from app.vision.parts import Pixels, Points

#: A forehead's height over that of the landmarks, which end at the brows. With it their bounding
#: box is the one YuNet draws, an ancestor of which made the networks' training boxes: median
#: difference 1 to 2 % of its size (149 photographs of Labeled Faces in the Wild).
FOREHEAD = 0.36
#: Every how many looks a score is taken: 10 ms a time on a busy core, and neighbours say the same.
EVERY = 2
#: Shifts of the box in turn, in shares of its size, so that one unlucky cut does not decide. On
#: 261 photographs the scores of the five differ by 0.03 (median).
SHIFTS = ((0.0, 0.0), (-0.06, 0.0), (0.06, 0.0), (0.0, -0.06), (0.0, 0.06))


class PassiveScorer:
    """Scores faces with one anti-spoof pack; `models` is the models folder. One thread."""

    def __init__(self, pack: AntispoofPack, models: Path) -> None:
        self._pack = pack
        self._models = models
        self._networks: tuple[Network, ...] = ()
        self._looks = 0

    def load(self) -> None:
        """Verified bytes, and what they compute; raises ModelMissing or ModelRejected."""
        source = self._pack.input
        shape = (1, 3, source.height_px, source.width_px)
        picture = prepared(golden.chip(source.width_px, source.height_px), source)
        networks = []
        for scorer in self._pack.scorers:
            content = load_verified(scorer.file, self._models)
            network = Network(content, scorer.file.name, shape, self._pack.classes)
            golden.check_numbers(self._pack.name, scorer.golden, network.run(picture))
            networks.append(network)
        self._networks = tuple(networks)

    def score(self, pixels: Pixels, landmarks: Points) -> float | None:
        """How alive the face with these 68 landmarks looks, 0..1; None where this look is left
        out, or shows too little around the face. `pixels` uint8 [h, w, 3] BGR."""
        if not self._networks:
            raise ModelMissing("The anti-spoof pack is not loaded. Load it before its use.")
        self._looks += 1
        turn, left_over = divmod(self._looks, EVERY)
        if left_over:
            return None
        shift = SHIFTS[turn % len(SHIFTS)]
        return self.score_at(pixels, landmarks, shift)

    def score_at(
        self, pixels: Pixels, landmarks: Points, shift: tuple[float, float] = (0.0, 0.0)
    ) -> float | None:
        """The score of one cut, whose turn it may not be."""
        box = face_box(landmarks)
        if not room_of(pixels, box) >= self._pack.least_enlargement:
            return None
        scores = [
            self._live(network.run(self._cut(pixels, box, scorer.enlargement, shift)))
            for scorer, network in zip(self._pack.scorers, self._networks, strict=True)
        ]
        return float(np.mean(scores))

    def forget(self) -> None:
        """Begin anew with the next face."""
        self._looks = 0

    def _cut(
        self, pixels: Pixels, box: Box, enlargement: float, shift: tuple[float, float]
    ) -> Numbers:
        source = self._pack.input
        part = cut(pixels, box, enlargement, shift)
        chip = cv2.resize(part, (source.width_px, source.height_px))
        return prepared(np.asarray(chip, dtype=np.uint8), source)

    def _live(self, answers: Numbers) -> float:
        shares = np.exp(answers - np.max(answers))
        return float(shares[self._pack.live]) / float(shares.sum())


def face_box(landmarks: Points) -> Box:
    """The box from hairline to chin and from ear to ear of 68 landmarks."""
    left, top = landmarks.min(axis=0)
    right, bottom = landmarks.max(axis=0)
    above = FOREHEAD * (bottom - top)
    return Box(float(left), float(top - above), float(right - left), float(bottom - top + above))


def room_of(pixels: Pixels, box: Box) -> float:
    """How many times as large the box could be drawn inside the picture."""
    height, width = pixels.shape[:2]
    return float(min((width - 1) / max(box.width, 1.0), (height - 1) / max(box.height, 1.0)))


def cut(pixels: Pixels, box: Box, enlargement: float, shift: tuple[float, float]) -> Pixels:
    """The box enlarged about its shifted middle, and moved inside the picture, as upstream cuts:
    never larger than the picture, and squeezed into a square afterwards."""
    height, width = pixels.shape[:2]
    times = min(enlargement, room_of(pixels, box))
    wide, high = box.width * times, box.height * times
    across = box.left + box.width * (0.5 + shift[0]) - wide / 2
    down = box.top + box.height * (0.5 + shift[1]) - high / 2
    left = int(np.clip(across, 0, width - 1 - wide))
    top = int(np.clip(down, 0, height - 1 - high))
    return pixels[top : int(top + high) + 1, left : int(left + wide) + 1]
