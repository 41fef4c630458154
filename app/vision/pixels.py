"""The few picture operations that several measures share, typed once."""

from __future__ import annotations

import numpy as np

from app.cv import cv2
from app.vision.parts import Pixels

#: Contrast limit and tiles of the local equalisation.
CLIP, TILES = 3.0, (8, 8)


def grey_of(pixels: Pixels) -> Pixels:
    """Luma, uint8 [h, w], of a BGR picture."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def resized(pixels: Pixels, scale: float) -> Pixels:
    """Scaled by one factor; areas are averaged when it gets smaller."""
    scale = max(scale, 1.0 / min(pixels.shape[:2]))  # a sliver keeps its last pixel
    if scale == 1.0:
        return pixels
    way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=way), np.uint8)


def evened(pixels: Pixels) -> Pixels:
    """A grey picture with its light evened out locally, as BGR again."""
    even = cv2.createCLAHE(CLIP, TILES).apply(grey_of(pixels))
    return np.asarray(cv2.cvtColor(even, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
