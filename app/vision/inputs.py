"""A face chip as a network wants it, by the manifest's input convention."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.vision.manifest import Channels, Input, Layout, Scaling
from app.vision.parts import Pixels

#: A picture of one colour has no deviation to divide by; FaceNet's own floor is one over the
#: square root of the number of values, which is this for 160 x 160 x 3.
LEAST_DEVIATION = 1.0 / 277.0


def prepared(chip: Pixels, convention: Input) -> NDArray[np.float32]:
    """float32 [3, h, w] or [h, w, 3], as the convention's layout has it, from a BGR chip: scaled,
    in the network's channel order.

    The one place where a colour order is turned.
    """
    ordered = chip if convention.channels is Channels.BGR else chip[:, :, ::-1]
    values = ordered.astype(np.float32)
    if convention.scaling is Scaling.PICTURE:
        scaled = (values - values.mean()) / np.float32(max(float(values.std()), LEAST_DEVIATION))
    else:
        shifted = values - np.array(convention.mean, dtype=np.float32)
        scaled = shifted * np.array(convention.scale, dtype=np.float32)
    if convention.layout is Layout.NCHW:
        scaled = scaled.transpose(2, 0, 1)
    return np.ascontiguousarray(scaled, dtype=np.float32)
