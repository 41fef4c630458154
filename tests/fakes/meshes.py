"""The mesh's network without weights: it answers every picture alike."""

from __future__ import annotations

import numpy as np

from app.vision import mesh
from app.vision.onnx import Numbers


class Answering:
    """Answers every picture alike: `places` of the vertices in the network's picture, [478, 3]."""

    def __init__(self, places: Numbers, logit: float) -> None:
        self.answers = {
            mesh.PLACES: np.asarray(places, dtype=np.float32).ravel(),
            mesh.PRESENCE: np.array([logit], dtype=np.float32),
        }
        self.looks = 0

    def run(self, picture: Numbers) -> dict[str, Numbers]:
        assert picture.shape == (256, 256, 3)
        self.looks += 1
        return self.answers


def spread() -> Numbers:
    """Vertices all over the picture."""
    drawn = np.random.default_rng(1).uniform(40.0, 216.0, (mesh.VERTICES, 3))
    return np.asarray(drawn, dtype=np.float32)
