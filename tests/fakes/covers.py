"""Masks, hands and glasses drawn on a photographed face, by its 68 landmarks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.cv import cv2
from app.vision.parts import Pixels, Points

Cover = Callable[[Pixels, Points], Pixels]
RIGHT_EYE, LEFT_EYE, EYES, MOUTH = slice(36, 42), slice(42, 48), slice(36, 48), slice(48, 68)
#: Fractions of a pixel that polygons are drawn with, as a power of two.
FINE = 3


def mask(colour: tuple[int, int, int]) -> Cover:
    """From the bridge of the nose to under the chin, in BGR, with three pleats."""

    def cover(pixels: Pixels, marks: Points) -> Pixels:
        up = np.array([0.0, -0.15 * eyes_px(marks)])
        cheeks = [(marks[15] + marks[35]) / 2 + up, 0.6 * marks[28] + 0.4 * marks[29],
                  (marks[1] + marks[31]) / 2 + up]  # fmt: skip
        jaw = marks[1:16] + 0.06 * (marks[1:16] - marks[30])
        worn = _painted(pixels, np.vstack([jaw, cheeks]), colour)
        for share in (0.35, 0.5, 0.65):
            side = [
                (1 - share) * marks[one] + share * marks[two] for one, two in ((2, 5), (14, 11))
            ]
            middle = (1 - share) * marks[33] + share * marks[8]
            pleat = np.array([side[0], middle, side[1]]).astype(np.int32)
            cv2.polylines(worn, [pleat], False, [0.85 * each for each in colour], 1, cv2.LINE_AA)
        return worn

    return cover


def hand(place: slice, wide: float, high: float) -> Cover:
    """Four fingers of the face's own skin before these landmarks; sizes in eye distances."""

    def cover(pixels: Pixels, marks: Points) -> Pixels:
        size = np.array([wide, high]) * eyes_px(marks)
        cheek = np.rint((marks[1] + marks[2] + marks[31] + marks[41]) / 4).astype(int)
        around = pixels[cheek[1] - 2 : cheek[1] + 3, cheek[0] - 2 : cheek[0] + 3].reshape(-1, 3)
        skin = np.median(around, axis=0) * 0.9
        middle = marks[place].mean(axis=0)
        held = _painted(pixels, middle + _rounded() * size, skin)
        for finger in (-0.5, 0.0, 0.5):
            ends = middle + np.array([[-0.9, finger], [0.9, finger]]) * size
            one, two = (tuple(int(each) for each in end) for end in ends)
            cv2.line(held, one, two, [0.72 * float(each) for each in skin], 1, cv2.LINE_AA)
        return held

    return cover


def dark_glasses(pixels: Pixels, marks: Points) -> Pixels:
    size = np.array([0.40, 0.27]) * eyes_px(marks)
    for eye in (RIGHT_EYE, LEFT_EYE):
        middle = marks[eye].mean(axis=0) + np.array([0.0, 0.06 * eyes_px(marks)])
        pixels = _painted(pixels, middle + _rounded() * size, (22, 20, 20))
    return pixels


COVERS: dict[str, Cover] = {
    "blue mask": mask((200, 170, 120)),
    "white mask": mask((215, 215, 215)),
    "black mask": mask((35, 32, 32)),
    "beige mask": mask((150, 175, 205)),
    "hand on the mouth": hand(MOUTH, 0.75, 0.5),
    "hand on both eyes": hand(EYES, 1.0, 0.35),
    "hand on one eye": hand(RIGHT_EYE, 0.45, 0.4),
    "dark glasses": dark_glasses,
}


def eyes_px(marks: Points) -> float:
    return float(np.hypot(*(marks[LEFT_EYE].mean(axis=0) - marks[RIGHT_EYE].mean(axis=0))))


def _rounded() -> NDArray[np.float64]:
    """A rectangle of half sizes 1 with round corners."""
    turn = np.linspace(0.0, 2.0 * np.pi, 40)
    round_ = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return np.asarray(np.sign(round_) * np.abs(round_) ** 0.6, dtype=np.float64)


def _painted(
    pixels: Pixels, outline: Points, colour: NDArray[np.float64] | tuple[int, ...]
) -> Pixels:
    """With a soft edge and a weave of its own."""
    area = np.zeros(pixels.shape[:2], np.uint8)
    corners = np.rint(outline * (1 << FINE)).astype(np.int32)
    cv2.fillPoly(area, [corners], 255, cv2.LINE_AA, FINE)
    share = cv2.GaussianBlur(area, (0, 0), 1.0).astype(np.float32)[:, :, None] / 255.0
    weave = np.random.default_rng(5).normal(0.0, 4.0, (*pixels.shape[:2], 1))
    layer = np.asarray(colour, dtype=np.float32) + weave
    return np.asarray(np.clip(pixels * (1.0 - share) + layer * share, 0, 255), dtype=np.uint8)
