"""What a snapshot holds, as one matrix to look at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.domain.matching import Snapshot


def rows_of(snapshot: Snapshot) -> NDArray[np.float32]:
    """Copies of every row that is compared, float32 [count, d]."""
    found = [block.rows[:used] for block, used in snapshot.parts()]
    return np.concatenate([*found, np.zeros((0, snapshot.space.dimension), np.float32)])
