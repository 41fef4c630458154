"""Faces grow away from their templates. When somebody's should be taken again.

What is kept is one running level for each person and space: how far their granted visits lay from
their templates, as a share of the distance at which they would no longer be recognised. It only
ever makes a reminder; it decides nothing and is shown to nobody.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.templates import Stored

MONTH_S = 30.44 * 86400.0


class Due(StrEnum):
    """Why a face should be taken again. OLD_SPACE: only the model that is being left knows it."""

    OLD_SPACE = "old-space"
    DRIFTED = "drifted"
    AGED = "aged"


@dataclass(frozen=True, slots=True)
class AgeingPolicy:
    """`weight`: of the newest visit in the running level; with 0.2 the last ten visits make up
    nine tenths of it. `visits`: fewest before it says anything. `share`: of the claim threshold,
    from which a reminder is due. `months`: age of the newest template from which one is due.
    `ask_again_days`: how long who was asked is left alone."""

    weight: float = 0.2
    visits: int = 5
    share: float = 0.85
    months: int = 24
    ask_again_days: int = 7


@dataclass(frozen=True, slots=True)
class Trend:
    """`level` is a share of the threshold, 0 where there was no visit yet."""

    visits: int = 0
    level: float = 0.0


def after(trend: Trend, share: float, policy: AgeingPolicy) -> Trend:
    """The trend after one more granted visit; a share that is no number changes nothing."""
    if not (math.isfinite(share) and share >= 0.0):
        return trend
    weight = max(policy.weight, 1.0 / (trend.visits + 1))
    return Trend(trend.visits + 1, trend.level + weight * (share - trend.level))


def due(
    templates: Sequence[Stored], space: str, trend: Trend, utc_s: float, policy: AgeingPolicy
) -> Due | None:
    """Why a person with these templates should renew their face in `space`, if at all.

    Nobody without any template: a face they did not give is not missed.
    """
    if not templates:
        return None
    here = [each for each in templates if each.space == space]
    if not here:
        return Due.OLD_SPACE
    if trend.visits >= policy.visits and trend.level >= policy.share:
        return Due.DRIFTED
    newest_s = max(each.created_s for each in here)
    return Due.AGED if utc_s - newest_s > policy.months * MONTH_S else None
