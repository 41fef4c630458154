"""How much of the eyes and of the mouth can be seen, from the pixels and not from the landmarks.

Landmarks are put into every face, also into one behind a mask. What a mask, a hand or dark
glasses take away is what only eyes and mouths have: lips are redder than the skin around them,
the lower face has light and shade, an eye is darker than its lids. All three are differences of
logarithms, which neither the light's strength nor its colour changes. The face is looked at
small, where noise and lashes are gone.

Set against 2,000 photographs of Labeled Faces in the Wild, with masks, hands and glasses drawn on
150 of them (docs/decisions/0012-quality.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.cv import cv2
from app.vision.parts import Pixels, Points
from app.vision.pixels import grey_of, resized

Values = NDArray[np.float32]

#: The face upright, this wide and high, with this distance between the eyes and this much above.
SIDE_PX = 64
EYES_PX = 28.0
ABOVE_EYES_PX = 20.0
#: Noise of a pixel or two is no lip.
SMOOTH_PX = 0.7

#: Logarithms of brightnesses; the offset keeps the noise of black from being a difference.
LOGS = np.log(np.arange(256, dtype=np.float32) + 8.0)

#: Rows and columns of the small face. Lips, and what they are compared with; mouth and chin.
LIPS, AROUND_LIPS = np.s_[42:56, 18:46], np.s_[36:60, 12:52]
LOWER_FACE = np.s_[36:60, 16:48]
CHEEKS = (np.s_[28:34, 12:22], np.s_[28:34, 42:52])
#: The person's right and left eye, and the eye with its lids.
EYES = (np.s_[15:26, 10:27], np.s_[15:26, 38:55])
SOCKETS = (np.s_[10:30, 8:29], np.s_[10:30, 36:57])

#: What light and shade of the lower face count beside the redness of the lips; and alone, in a
#: picture whose upper face has less colour than this, as infrared has.
SHADE_SHARE, SHADE_ALONE = 0.2, 0.4
COLOURLESS = 0.03


@dataclass(frozen=True, slots=True)
class Seen:
    """As `domain.observation.Quality` has them."""

    eye_contrast: float
    eye_shade: float
    mouth_contrast: float


def seen_of(pixels: Pixels, right: Points, left: Points) -> Seen:
    """Of the face whose eyes are at `right` and `left` (of the person) in a BGR frame."""
    face = _small(pixels, right, left)
    logs = LOGS[face]
    redness, luma = logs[:, :, 2] - logs[:, :, 1], LOGS[grey_of(face)]
    cheek = _at(np.concatenate([luma[each].ravel() for each in CHEEKS]), 0.5)
    return Seen(
        eye_contrast=min(
            _at(luma[socket], 0.5) - _at(luma[eye], 0.05)
            for eye, socket in zip(EYES, SOCKETS, strict=True)
        ),
        eye_shade=sum(cheek - _at(luma[eye], 0.85) for eye in EYES) / len(EYES),
        mouth_contrast=_mouth(redness, luma),
    )


def _mouth(redness: Values, luma: Values) -> float:
    shade = _at(luma[LOWER_FACE], 0.95) - _at(luma[LOWER_FACE], 0.05)
    if _at(np.abs(redness), 0.9) < COLOURLESS:
        return SHADE_ALONE * shade
    return _at(redness[LIPS], 0.95) - _at(redness[AROUND_LIPS], 0.5) + SHADE_SHARE * shade


def _at(values: Values, share: float) -> float:
    """The value that this share of them is not above."""
    place = round(share * (values.size - 1))
    return float(np.partition(values, place, axis=None)[place])


def _small(pixels: Pixels, right: Points, left: Points) -> Pixels:
    """The face with its eyes level, BGR uint8 [64, 64, 3]; outside the frame edges repeat."""
    middle, between = (left + right) / 2.0, left - right
    distance = max(float(np.hypot(*between)), 1.0)
    last = np.array([pixels.shape[1] - 1, pixels.shape[0] - 1])
    corner = np.clip(np.floor(middle - 2.0 * distance), 0, last).astype(int)
    end = np.maximum(np.ceil(middle + 2.0 * distance), corner + 1).astype(int)
    scale = EYES_PX / distance
    # Averaged by a whole number of pixels, which is ten times quicker, and the rest while turning.
    shrink = 1.0 / max(math.floor(1.0 / scale), 1)
    cut = resized(pixels[corner[1] : end[1], corner[0] : end[0]], shrink)
    angle = float(np.degrees(np.arctan2(between[1], between[0])))
    x, y = (middle - corner) * shrink
    matrix = cv2.getRotationMatrix2D((float(x), float(y)), angle, scale / shrink)
    matrix[:, 2] += (SIDE_PX / 2.0 - x, ABOVE_EYES_PX - y)
    face = cv2.warpAffine(cut, matrix, (SIDE_PX, SIDE_PX), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.GaussianBlur(face, (0, 0), SMOOTH_PX), dtype=np.uint8)
