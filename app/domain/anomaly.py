"""Whether a face's embedding came about as those of real faces do.

A picture can be made, pixel by pixel, so that a network takes one person for another. What it
took to get there shows at times: the answer is longer or shorter than real faces' are, lies where
none of them lie, differs much between the face and its mirror image, or moves when the face is cut
out a little differently. Each of these asks for a second factor; none refuses, and none admits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from app.domain.matching import Embedding, Metric, distances, fuse


class Oddity(StrEnum):
    """LENGTH: of the network's answer. APART: from every cluster of real faces. MIRROR: the mirror
    image is another face. CROPS: so is a slightly different cut. DRIFT: such cuts are farther from
    the person who was recognised."""

    LENGTH = "length"
    APART = "apart"
    MIRROR = "mirror"
    CROPS = "crops"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """One aligned face, looked at closer. `length`: the norm of the network's answer before
    anything is done to it. `mirror`: the cosine distance of the answers to the face and to its
    mirror image. `moved`: the embedding, [d], of the same face cut out a little differently."""

    length: float
    mirror: float
    moved: Embedding = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """What is usual of real faces in one space: limits beyond which a face is odd.

    `lengths`: from, to. `apart`: cosine distance to the nearest of `centres`, float32 [k, d] of
    length 1. `mirror` and `crops`: cosine distances. `drift`: how much farther the moved cuts are
    from the person's nearest template than the face itself, as a share of the claim threshold.
    """

    lengths: tuple[float, float]
    apart: float
    mirror: float
    crops: float
    drift: float
    centres: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Measures:
    """The numbers that are held against the limits, means over the faces of one visit."""

    length: float
    apart: float
    mirror: float
    crops: float
    drift: float


def measures(
    faces: Sequence[Embedding],
    signs: Sequence[Signs],
    centres: NDArray[np.float32],
    drift: float = 0.0,
) -> Measures:
    """Of one visit's faces and what was seen of each, in the same order; raises ValueError where
    there is none, or not the same number of both."""
    if not faces or len(faces) != len(signs):
        raise ValueError("every face needs its signs, and there has to be one")
    return Measures(
        length=fmean(each.length for each in signs),
        apart=float(distances(fuse(list(faces)), centres, Metric.COSINE).min()),
        mirror=fmean(each.mirror for each in signs),
        crops=fmean(
            float(distances(each.moved, face[None, :], Metric.COSINE)[0])
            for face, each in zip(faces, signs, strict=True)
        ),
        drift=drift,
    )


def oddities(seen: Measures, usual: Usual) -> frozenset[Oddity]:
    """What is odd about a face; whatever is not a number is odd."""
    shortest, longest = usual.lengths
    within = {
        Oddity.LENGTH: shortest <= seen.length <= longest,
        Oddity.APART: seen.apart <= usual.apart,
        Oddity.MIRROR: seen.mirror <= usual.mirror,
        Oddity.CROPS: seen.crops <= usual.crops,
        Oddity.DRIFT: seen.drift <= usual.drift,
    }
    return frozenset(oddity for oddity, usually in within.items() if not usually)
