"""Telling a frozen picture from a still scene.

The noise of a live sensor changes pixels in every frame, so frames that repeat exactly for most
of a second come from a hung driver, decoder or network camera. A covered lens or a blinding
light can clip the noise away: a frame that is nearly black or white all over proves nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Every fourth pixel each way is compared: 19,200 noisy pixels of a 640x480 frame.
_STEP = 4
#: Mean level, 0..255, beyond which the noise may be clipped.
DARK, BRIGHT = 16.0, 245.0


class FreezeWatch:
    """Told every frame, says since when the picture has not changed."""

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._last: NDArray[np.uint8] | None = None
        self._since_s = 0.0

    def is_frozen(self, pixels: NDArray[np.uint8], t_s: float) -> bool:
        """Whether `pixels` [h, w, 3] repeat what was first seen `after_s` seconds ago or more."""
        sample = pixels[::_STEP, ::_STEP].copy()
        if self._last is None or not np.array_equal(sample, self._last):
            self._last, self._since_s = sample, t_s
            return False
        return t_s - self._since_s >= self._after_s and DARK <= float(sample.mean()) <= BRIGHT
