"""A recogniser as the manifest describes it, whatever runs its network."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.matching import Embedding
from app.vision.alignment import aligned
from app.vision.inputs import prepared
from app.vision.manifest import Input, Output
from app.vision.parts import Pixels, Points

#: A shorter vector has no direction that means anything.
LEAST_LENGTH = 1e-12


class Runs(Protocol):
    """A loaded network: the picture as `prepared` makes it, in; finite float32 [d] out."""

    def run(self, picture: NDArray[np.float32]) -> NDArray[np.float32]: ...


class DescribedRecogniser:
    """Cuts, feeds and finishes by the pack's conventions alone."""

    def __init__(self, network: Runs, convention: Input, output: Output) -> None:
        self._network = network
        self._convention = convention
        self._output = output

    def align(self, pixels: Pixels, landmarks: Points) -> Pixels:
        return aligned(pixels, landmarks, self._convention)

    def answer(self, chip: Pixels) -> NDArray[np.float32]:
        return self._network.run(prepared(chip, self._convention))

    def embed(self, chip: Pixels) -> Embedding:
        """The network's answer to the chip, and to its mirror image where the pack says so."""
        answer = self.answer(chip)
        if self._output.mirrored:
            answer = answer + self.answer(chip[:, ::-1])
        if self._output.unit:
            answer = answer / max(float(np.linalg.norm(answer)), LEAST_LENGTH)
        return np.asarray(answer, dtype=np.float32)
