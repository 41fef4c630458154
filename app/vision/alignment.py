"""A face cut out the way a recogniser was trained to see it, from the house's 68 points."""

from __future__ import annotations

import numpy as np

from app.cv import cv2
from app.vision.manifest import Input
from app.vision.parts import Pixels, Points
from app.vision.passive import face_box

#: Of the iBUG 300-W markup: the tip of the nose and the corners of the mouth.
NOSE, MOUTH_RIGHT, MOUTH_LEFT = 30, 48, 54
RIGHT_EYE, LEFT_EYE = slice(36, 42), slice(42, 48)


def five_of(landmarks: Points) -> Points:
    """Middles of the eyes, tip of the nose, corners of the mouth, float64 [5, 2]; of each pair
    the one that is left in the picture first. `landmarks` float64 [68, 2]."""
    return np.stack(
        [
            landmarks[RIGHT_EYE].mean(axis=0),
            landmarks[LEFT_EYE].mean(axis=0),
            landmarks[NOSE],
            landmarks[MOUTH_RIGHT],
            landmarks[MOUTH_LEFT],
        ]
    )


def aligned(pixels: Pixels, landmarks: Points, convention: Input) -> Pixels:
    """The face as `convention` wants it, uint8 [height_px, width_px, 3] BGR; what lies beyond the
    picture is black. `pixels` uint8 [h, w, 3] BGR, `landmarks` float64 [68, 2]."""
    matrix = (
        similarity(five_of(landmarks), np.array(convention.points, dtype=np.float64))
        if convention.points
        else _square(landmarks, convention)
    )
    size = (convention.width_px, convention.height_px)
    return np.asarray(cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)


def similarity(source: Points, target: Points) -> Points:
    """The turn, scale and shift that brings `source` nearest to `target` in the least squares,
    float64 [2, 3] (S. Umeyama, 1991; in the plane it is one linear equation)."""
    from_middle, to_middle = source.mean(axis=0), target.mean(axis=0)
    one, other = source - from_middle, target - to_middle
    spread = max(float((one**2).sum()), 1e-9)
    along = float((one * other).sum()) / spread
    across = float((one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).sum()) / spread
    turn = np.array([[along, -across], [across, along]])
    return np.hstack([turn, (to_middle - turn @ from_middle)[:, None]])


def _square(landmarks: Points, convention: Input) -> Points:
    """The upright square around the face's box, `margin` times as large, float64 [2, 3]."""
    box = face_box(landmarks)
    side = max(box.width, box.height) * convention.margin
    left, top = box.left + (box.width - side) / 2.0, box.top + (box.height - side) / 2.0
    across, down = convention.width_px / side, convention.height_px / side
    return np.array([[across, 0.0, -left * across], [0.0, down, -top * down]])
