"""A face chip as a network wants it, by the manifest's input convention."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.vision.manifest import Channels, Input
from app.vision.parts import Pixels


def prepared(chip: Pixels, convention: Input) -> NDArray[np.float32]:
    """float32 [3, h, w] from a BGR chip: (pixel - mean) * scale, in the network's channel order.

    The one place where a colour order is turned.
    """
    ordered = chip if convention.channels is Channels.BGR else chip[:, :, ::-1]
    shifted = ordered.astype(np.float32) - np.array(convention.mean, dtype=np.float32)
    return np.ascontiguousarray((shifted * np.float32(convention.scale)).transpose(2, 0, 1))
