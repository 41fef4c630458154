"""A closer look at one aligned face: what its network answers to it, to its mirror image, and to
the same face cut out a little differently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.cv import cv2
from app.domain.anomaly import Signs, Usual
from app.ports import Chip
from app.vision.parts import Pixels, Recogniser

#: How differently a face is cut out: turned by so many degrees, scaled and shifted by such shares
#: of its size at the most. A landmark's noise between two looks moves a chip about as far.
TURN_DEG, SCALE, SHIFT = 3.0, 0.03, 0.03


@dataclass(frozen=True, slots=True)
class Examining:
    """An Examiner: `look` is an engine's own, loaded when the engine is."""

    look: Callable[[Chip], Signs]
    usual: Usual

    def examine(self, chip: Chip) -> Signs:
        return self.look(chip)


def signs_of(recogniser: Recogniser, chip: Pixels, chance: np.random.Generator) -> Signs:
    """`chance` must not be foreseeable: a picture could be made for one cut that is known."""
    answer, mirrored = recogniser.answer(chip), recogniser.answer(_mirror(chip))
    return Signs(
        length=float(np.linalg.norm(answer)),
        mirror=_apart(answer, mirrored),
        moved=recogniser.embed(moved(chip, chance)),
    )


def moved(chip: Pixels, chance: np.random.Generator) -> Pixels:
    """The chip turned, scaled and shifted a little, its edges repeated where it ends."""
    height, width = chip.shape[:2]
    turn, scale = chance.uniform(-TURN_DEG, TURN_DEG), 1.0 + chance.uniform(-SCALE, SCALE)
    matrix = cv2.getRotationMatrix2D((width / 2.0, height / 2.0), float(turn), float(scale))
    shift = chance.uniform(-SHIFT, SHIFT, 2) * (width, height)
    matrix = np.column_stack([matrix[:, :2], matrix[:, 2] + shift])
    cut = cv2.warpAffine(chip, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, dtype=np.uint8)


def _mirror(chip: Pixels) -> Pixels:
    return np.ascontiguousarray(chip[:, ::-1])


def _apart(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Cosine distance; not a number where one of them has no direction."""
    lengths = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    return 1.0 - float(one @ other) / lengths if lengths > 0.0 else float("nan")
