"""Faces made to be taken for somebody else, by asking a network again and again how near they are.

Nothing is known of the network but its answers (no gradients): a random change is kept where it
brings the face nearer. Two ways: noise too faint to be seen over the whole face, in squares that
become smaller (after M. Andriushchenko et al., "Square Attack", 2020), and a printed band across
the eyes, as broad as glasses, in any colours (after M. Sharif et al., "Accessorize to a Crime",
2016). Both are made for one aligned picture: whoever can put that before the network holds the
camera's wire, not its lens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.cv import cv2
from app.vision.parts import Pixels

#: How much the faint noise may change a value of 0..255.
FAINT = 12
#: Share of the face a square of noise covers at first, and at the least.
SQUARE_FIRST, SQUARE_LEAST = 0.25, 0.02
#: The band across the eyes: top, bottom, left, right as shares of an aligned face, and its cells.
BAND = (0.22, 0.42, 0.12, 0.88)
CELLS = (16, 6)
#: Share of the cells that are changed at once, at first and at the least; by how much (deviation).
CELLS_FIRST, CELLS_LEAST, STEP = 0.5, 0.05, 90.0
#: A forger goes on until the face is this share of the limit away, not just below it.
INSIDE = 0.95

Changes = NDArray[np.float64]
Nearness = Callable[[Pixels], float]


class Forgery(StrEnum):
    NOISE = "noise"
    BAND = "band"


@dataclass(frozen=True, slots=True, eq=False)
class Forged:
    """`reached`: the face `chip`, uint8 [h, w, 3] BGR, lies within the limit."""

    kind: Forgery
    reached: bool
    queries: int
    chip: Pixels = field(repr=False)


def forge(
    kind: Forgery,
    chip: Pixels,
    distance: Nearness,
    limit: float,
    budget: int,
    chance: np.random.Generator,
) -> Forged:
    """Change `chip` until `distance` says less than `limit`, or `budget` questions were asked."""
    changes, apply, change = _ways(kind, chip, chance)
    best, nearest, queries = chip, distance(chip), 0
    while nearest > INSIDE * limit and queries < budget:
        tried = change(changes, (1.0 - queries / budget) ** 2)
        candidate = apply(tried)
        found = distance(candidate)
        queries += 1
        if found < nearest:
            best, nearest, changes = candidate, found, tried
    return Forged(kind, bool(nearest < limit), queries, best)


Way = tuple[Changes, Callable[[Changes], Pixels], Callable[[Changes, float], Changes]]


def _ways(kind: Forgery, chip: Pixels, chance: np.random.Generator) -> Way:
    """Where to begin, how changes become a picture, and how they are changed again."""
    return _noise(chip, chance) if kind is Forgery.NOISE else _band(chip, chance)


def _noise(chip: Pixels, chance: np.random.Generator) -> Way:
    height, width = chip.shape[:2]

    def apply(changes: Changes) -> Pixels:
        return np.clip(chip + changes, 0, 255).astype(np.uint8)

    def change(changes: Changes, left: float) -> Changes:
        share = max(SQUARE_FIRST * left, SQUARE_LEAST)
        side = max(int(np.sqrt(share) * min(height, width)), 3)
        top, at = chance.integers(0, height - side + 1), chance.integers(0, width - side + 1)
        changed = changes.copy()
        changed[top : top + side, at : at + side] = chance.choice((-FAINT, 0, FAINT), 3)
        return changed

    return np.zeros(chip.shape), apply, change


def _band(chip: Pixels, chance: np.random.Generator) -> Way:
    height, width = chip.shape[:2]
    top, bottom = round(BAND[0] * height), round(BAND[1] * height)
    left, right = round(BAND[2] * width), round(BAND[3] * width)
    size = (right - left, bottom - top)

    def apply(changes: Changes) -> Pixels:
        worn = chip.copy()
        worn[top:bottom, left:right] = cv2.resize(changes, size, interpolation=cv2.INTER_NEAREST)
        return worn

    def change(changes: Changes, left: float) -> Changes:
        cells = chance.random(changes.shape[:2]) < max(CELLS_FIRST * left, CELLS_LEAST)
        step = chance.normal(0.0, STEP, changes.shape) * cells[:, :, None]
        return np.clip(changes + step, 0.0, 255.0)

    own = cv2.resize(chip[top:bottom, left:right], CELLS, interpolation=cv2.INTER_AREA)
    return np.asarray(own, dtype=np.float64), apply, change
