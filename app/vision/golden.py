"""A network's self-test: one made-up picture to which its answer is known.

The digest proves the file; this proves what is done with it: the channel order, the input
convention, the arithmetic of this machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.domain.matching import Embedding, is_usable
from app.errors import ModelRejected
from app.vision.manifest import Golden, Pack
from app.vision.parts import Pixels


def chip(width_px: int, height_px: int) -> Pixels:
    """Soft stripes, faint in blue and strong in red; made of whole numbers, so the same
    everywhere. uint8 [height, width, 3] BGR.
    """
    y, x = np.mgrid[0:height_px, 0:width_px]
    phases = (3 * x + y, x + 4 * y, 2 * x - 3 * y)
    waves = [np.abs(phase % 510 - 255) for phase in phases]  # between 0 and 255
    return np.stack([waves[0] // 4, waves[1] // 2, waves[2]], axis=-1).astype(np.uint8)


def check(pack: Pack, embedding: Embedding) -> None:
    """Raises ModelRejected unless `embedding` of the chip is the pack's golden one; where none is
    known, unless it is an embedding at all."""
    if embedding.shape != (pack.space.dimension,) or not is_usable(embedding, pack.space):
        raise _rejected(pack.name)
    if pack.golden is not None:
        check_numbers(pack.name, pack.golden, embedding)


def check_numbers(pack: str, golden: Golden, answer: NDArray[np.float32]) -> None:
    """Raises ModelRejected unless the `answer` to the chip begins with the golden numbers."""
    values = np.array(golden.values)
    if len(values) > len(answer) or not np.allclose(
        answer[: len(values)], values, rtol=0.0, atol=golden.tolerance
    ):
        raise _rejected(pack)


def _rejected(pack: str) -> ModelRejected:
    return ModelRejected(
        f"The model pack {pack} does not compute what it should on this machine "
        "(golden embedding). Install this version of the kiosk again; until then use PIN "
        "or badge."
    )
