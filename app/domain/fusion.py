"""Several pictures of one person as one: the frames of a track, the pictures of an enrolment.

The mean, every picture counting alike. Weights by sharpness, by how straight the head is, by a
quality model and by how near a picture is to the others were measured and win nothing over
pictures that passed the gate (docs/decisions/0012-quality.md); they stay possible so that they
can be measured again with another recogniser. Which pictures come here is decided before: whole,
straight and sharp ones first (`kept`).

Where a person has several templates, the nearest one counts (`matching`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.domain import matching
from app.domain.matching import Embedding


def fuse(pictures: Sequence[Embedding], weights: Sequence[float] | None = None) -> Embedding:
    """One embedding, float32 [d], of one or more of one face and one space.

    `weights`: one for each, finite, none below 0 and not all 0. Raises ValueError for others.
    """
    if weights is None:
        return matching.fuse(list(pictures))
    shares = np.asarray(weights, dtype=np.float64)
    usable = len(shares) == len(pictures) > 0 and np.isfinite(shares).all() and shares.min() >= 0.0
    if not (usable and shares.sum() > 0.0):
        raise ValueError("each picture needs a weight of 0 or more, and one of them more than 0")
    rows = np.stack(pictures).astype(np.float64)
    return np.asarray(shares @ rows / shares.sum(), dtype=np.float32)
