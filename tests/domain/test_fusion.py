"""Several pictures of one face as one."""

from __future__ import annotations

import numpy as np
import pytest

from app.domain.fusion import fuse

ONE, OTHER = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)


def test_every_picture_counts_alike() -> None:
    assert fuse([ONE, OTHER]).tolist() == [0.5, 0.5]
    assert fuse([ONE]).tolist() == [1.0, 0.0]
    assert fuse([ONE, OTHER]).dtype == np.float32


def test_weights_count_where_they_are_given() -> None:
    assert fuse([ONE, OTHER], [3.0, 1.0]).tolist() == [0.75, 0.25]
    assert fuse([ONE, OTHER], [2.0, 0.0]).tolist() == [1.0, 0.0]
    assert fuse([ONE, OTHER], [7.0, 7.0]).tolist() == fuse([ONE, OTHER]).tolist()


@pytest.mark.parametrize(
    "weights", [[1.0], [0.0, 0.0], [1.0, -0.5], [1.0, float("nan")], [float("inf"), 1.0], []]
)
def test_weights_that_weigh_nothing_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weight"):
        fuse([ONE, OTHER], weights)
