"""The colours the light layer goes by: of the skin, and of what lies around the people.

Both are means over some thousand pixels, where the sensor's noise is gone; what is left are the
changes of a per cent and less that a screen makes. Pixels are BGR uint8 [h, w, 3].
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from app.cv import cv2
from app.domain.observation import Box, Colour
from app.vision.parts import Pixels, Points

#: Across the face about this many samples are taken; more say nothing new.
ACROSS = 72
#: The surroundings are read on a grid of about this many columns.
COLUMNS = 80
#: A pixel with a channel outside of these is black or shines, and has no colour of its own.
DARK, SHINING = 10, 245
#: Of the skin's pixels, ordered by luma, those between these shares are averaged: shadows,
#: strands of hair and gloss are at the ends.
MIDDLE = (0.15, 0.85)
#: Fewer pixels than this share of what was looked at are no measure.
ENOUGH = 0.2

#: A cheek between eye, nose, mouth and jaw, drawn in from all of them: the hull of points on the
#: ways from one landmark to another. The forehead stands on the brows, between these shares of
#: the face's height, below most hair.
RIGHT_CHEEK = ((2, 31, 0.2), (2, 31, 0.8), (41, 31, 0.5), (1, 41, 0.5), (3, 48, 0.4), (3, 48, 0.8))
LEFT_CHEEK = (
    (14, 35, 0.2), (14, 35, 0.8), (46, 35, 0.5), (15, 46, 0.5), (13, 54, 0.4), (13, 54, 0.8)
)  # fmt: skip
FOREHEAD = (18, 20, 23, 25)
FOREHEAD_SHARE = (0.05, 0.18)

#: What belongs to a person: the box grown by this share of its width to each side and upwards,
#: and below it shoulders and chest down to the frame's edge, this many widths wide.
HEAD_ROOM, SHOULDERS = 0.45, 2.8
#: With less than this share of the frame left over there are no surroundings.
LEFT_OVER = 0.08


def digest_of(pixels: Pixels) -> int:
    """64 bits of SHA-256 over all bytes, never 0: equal for equal pictures only.

    Processors have instructions for it: 0.6 ms at 640 x 480 and 1.8 ms at 1280 x 720, where
    BLAKE2b took 1.2 and 4.4 (60 calls each, one core).
    """
    digest = hashlib.sha256(np.ascontiguousarray(pixels).data).digest()
    return int.from_bytes(digest[:8], "big") or 1


def skin_of(pixels: Pixels, landmarks: Points) -> Colour | None:
    """The mean colour of cheeks and forehead; None where too little of them can be seen."""
    areas = [_cheek(landmarks, RIGHT_CHEEK), _cheek(landmarks, LEFT_CHEEK), _forehead(landmarks)]
    corner, cut, step = _sampled(pixels, np.vstack(areas))
    if cut.size == 0:
        return None
    mask = np.zeros(cut.shape[:2], np.uint8)
    for area in areas:
        hull = cv2.convexHull(np.rint((area - corner) / step).astype(np.int32))
        cv2.fillConvexPoly(mask, hull, 1)
    inside = cut[mask.astype(bool)].astype(np.float32)
    clear = inside[(inside.min(axis=1) >= DARK) & (inside.max(axis=1) <= SHINING)]
    if len(clear) < ENOUGH * max(len(inside), 1) or len(clear) < ACROSS:
        return None
    luma = clear @ np.array([0.114, 0.587, 0.299], dtype=np.float32)
    low, high = (round(share * len(luma)) for share in MIDDLE)
    return _mean(clear[np.argsort(luma)[low:high]])


def backdrop_of(pixels: Pixels, faces: Iterable[Box]) -> Colour | None:
    """The mean colour of what is neither a head nor a body under it; None where that is little."""
    height, width = pixels.shape[:2]
    step = max(width // COLUMNS, 1)
    around = np.ones((height, width), bool)[step // 2 :: step, step // 2 :: step]
    for box in faces:
        room = HEAD_ROOM * box.width
        rows = slice(_cell(box.top - room, step), None)
        columns = slice(_cell(box.left - room, step), _cell(box.right + room, step))
        around[rows, columns] = False
        reach = (SHOULDERS - 1.0) / 2 * box.width
        body = slice(_cell(box.left - reach, step), _cell(box.right + reach, step))
        around[_cell(box.bottom - room, step) :, body] = False
    grid = pixels[step // 2 :: step, step // 2 :: step]
    outside = grid[around].astype(np.float32)
    clear = outside[(outside.min(axis=1) >= DARK) & (outside.max(axis=1) <= SHINING)]
    if len(clear) <= LEFT_OVER * around.size:  # of a sliver of a picture the grid is empty
        return None
    return _mean(clear)


def _cell(position_px: float, step: int) -> int:
    """The cell a position falls into; what lies before the picture is cell 0."""
    return max(int(position_px // step), 0)


def _cheek(landmarks: Points, corners: tuple[tuple[int, int, float], ...]) -> Points:
    points = [landmarks[one] + (landmarks[other] - landmarks[one]) * share
              for one, other, share in corners]  # fmt: skip
    return np.array(points)


def _forehead(landmarks: Points) -> Points:
    brows = landmarks[list(FOREHEAD)]
    up = landmarks[27] - landmarks[8]
    low, high = (brows + share * up for share in FOREHEAD_SHARE)
    return np.vstack([low, high[::-1]])


def _sampled(pixels: Pixels, around: Points) -> tuple[Points, Pixels, int]:
    """(the corner, every so-manieth pixel of the points' box, how-manieth)."""
    last = np.array([pixels.shape[1], pixels.shape[0]])
    first = np.clip(np.floor(around.min(axis=0)), 0, last).astype(int)
    end = np.clip(np.ceil(around.max(axis=0)) + 1, first, last).astype(int)
    step = max(int(end[0] - first[0]) // ACROSS, 1)
    cut = pixels[first[1] : end[1] : step, first[0] : end[0] : step]
    return first.astype(np.float64), cut, step


def _mean(pixels: NDArray[np.float32]) -> Colour:
    blue, green, red = (float(value) for value in pixels.mean(axis=0))
    return Colour(red, green, blue)
