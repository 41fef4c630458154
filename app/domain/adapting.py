"""Adaptive templates: a template that follows a face, within bounds that never move.

Off unless an administrator switches it on. A person has at most one adaptive template in a space,
beside those of their enrolment. It may follow only as far as a fixed distance from an enrolled
template, its anchor, and no update ever replaces an anchor: whoever fed it wrong faces for years
would still end where the enrolment says. Not more often than once in 30 days, by the clock and by
the time the kiosk was switched on, which never runs faster than time itself: so whatever is done to
the clock buys nothing. A kiosk that is switched off at night waits longer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from app.domain.journal import Factor
from app.domain.matching import (
    Embedding,
    MatchPolicy,
    Metric,
    Space,
    distances,
    is_usable,
    threshold_at,
)

DAY_S = 86400.0
#: What has to be proved in the same visit.
FACTORS = frozenset({Factor.BADGE, Factor.PIN, Factor.FACE})


@dataclass(frozen=True, slots=True)
class AdaptPolicy:
    """`probe_share`: of the claim threshold, how near the visit has to be to an enrolled template.
    `bound_share`: of the same, how far an adaptive template may be from its anchor. `weight`: of
    the visit in what the template becomes. `days`: between two updates of one person."""

    enabled: bool = False
    probe_share: float = 0.7
    bound_share: float = 0.5
    weight: float = 0.3
    days: int = 30


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """An enrolled template: `id` is its row."""

    id: int
    embedding: Embedding = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A person in one space. `adaptive` is their adaptive template, None before the first;
    `updated_s` and `updated_on_s`: when the last update was made, undone or not, by the clock
    (UTC) and by the kiosk's time switched on, None without one; `on_s`: the latter now. Seconds."""

    anchors: Sequence[Anchor]
    adaptive: Embedding | None = field(default=None, repr=False)
    updated_s: float | None = None
    updated_on_s: float | None = None
    on_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Proposed:
    anchor: int
    embedding: Embedding = field(repr=False)


class Declined(StrEnum):
    OFF = "off"
    TOO_SOON = "too-soon"
    NOT_USABLE = "not-usable"
    NO_ANCHOR = "no-anchor"
    TOO_FAR = "too-far"
    OUT_OF_BOUND = "out-of-bound"


def propose(
    visit: Embedding,
    known: Known,
    space: Space,
    utc_s: float,
    policy: AdaptPolicy,
    matching: MatchPolicy,
) -> Proposed | Declined:
    """What the adaptive template becomes after a visit, or why nothing changes.

    Raises ValueError for a space without a calibration.
    """
    if not policy.enabled:
        return Declined.OFF
    if not _is_time(known, utc_s, policy.days * DAY_S):
        return Declined.TOO_SOON
    visit = np.asarray(visit, dtype=np.float32)
    anchors = [each for each in known.anchors if is_usable(each.embedding, space)]
    if not is_usable(visit, space):
        return Declined.NOT_USABLE
    if not anchors:
        return Declined.NO_ANCHOR
    limit = threshold_at(space, matching.claim_fmr)
    apart = distances(visit, np.stack([each.embedding for each in anchors]), space.metric)
    anchor = anchors[int(np.argmin(apart))]
    if not float(apart.min()) < policy.probe_share * limit:
        return Declined.TOO_FAR
    moved = _blend(known.adaptive, visit, anchor.embedding, space, policy.weight)
    bound = policy.bound_share * limit
    if not (is_usable(moved, space) and is_within(moved, anchor.embedding, space, bound)):
        return Declined.OUT_OF_BOUND
    return Proposed(anchor.id, moved)


def _is_time(known: Known, utc_s: float, wait_s: float) -> bool:
    by_clock = known.updated_s is None or utc_s - known.updated_s >= wait_s
    by_use = known.updated_on_s is None or known.on_s - known.updated_on_s >= wait_s
    return math.isfinite(utc_s) and by_clock and by_use


def is_within(template: Embedding, anchor: Embedding, space: Space, bound: float) -> bool:
    """Whether a template is no farther than `bound` from its anchor."""
    return bool(distances(template, anchor[None, :], space.metric)[0] <= bound)


def _blend(
    before: Embedding | None, visit: Embedding, anchor: Embedding, space: Space, weight: float
) -> Embedding:
    """`before`, or the anchor where there was none, moved towards the visit by `weight`."""
    start = before if before is not None and is_usable(before, space) else anchor
    if space.metric is Metric.COSINE:
        start, visit = _of_length_one(start), _of_length_one(visit)
    return np.asarray((1.0 - weight) * start + weight * visit, dtype=np.float32)


def _of_length_one(embedding: Embedding) -> Embedding:
    wide = np.asarray(embedding, dtype=np.float64)
    return np.asarray(wide / np.sqrt(wide @ wide), dtype=np.float32)
