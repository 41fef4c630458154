"""How often something happens, from how often it was seen: exact Clopper-Pearson bounds.

Exact means that the stated confidence is never undercut, whatever the true rate is (Clopper and
Pearson, Biometrika 26, 1934); a handful of trials is what an operator can do, and every
approximation is wrong there. Found by halving on the binomial distribution itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

#: What FIELD, NIST and ISO/IEC 19795-1 state rates with.
CONFIDENCE = 0.95
#: A double between 0 and 1 has no more binary digits to find.
HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Interval:
    """Rates, 0..1, both ends included."""

    low: float
    high: float


def interval(events: int, trials: int, confidence: float = CONFIDENCE) -> Interval:
    """Two-sided: as much doubt below as above. Without trials nothing is known, 0 to 1."""
    each_side = (1.0 + confidence) / 2.0
    return Interval(lower(events, trials, each_side), upper(events, trials, each_side))


@lru_cache(maxsize=1024)
def upper(events: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """The rate is at most this with `confidence`, one-sided: 0 of 59 gives 5 %, 0 of 299 1 %.

    Raises ValueError for counts or a confidence that cannot be.
    """
    _check(events, trials, confidence)
    if events == trials:
        return 1.0
    doubt = 1.0 - confidence
    ways = [_log_ways(trials, seen) for seen in range(events + 1)]
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        if _at_most(ways, trials, middle) > doubt:
            low = middle
        else:
            high = middle
    return high


def lower(events: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """The rate is at least this with `confidence`, one-sided. Raises as `upper` does."""
    _check(events, trials, confidence)
    return 1.0 - upper(trials - events, trials, confidence)


def fewest_without(limit: float, confidence: float = CONFIDENCE) -> int:
    """How many trials without a single event hold the rate to at most `limit`, above 0."""
    if not 0.0 < limit < 1.0:
        raise ValueError(f"{limit} is not a rate that can be shown")
    trials = max(math.ceil(math.log(1.0 - confidence) / math.log1p(-limit)), 1)
    while upper(0, trials, confidence) > limit:
        trials += 1
    return trials


def _check(events: int, trials: int, confidence: float) -> None:
    if not 0 <= events <= trials:
        raise ValueError(f"{events} of {trials} is not a count")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"{confidence} is not a confidence")


def _log_ways(trials: int, seen: int) -> float:
    """The logarithm of `trials` over `seen`."""
    return math.lgamma(trials + 1) - math.lgamma(seen + 1) - math.lgamma(trials - seen + 1)


def _at_most(ways: list[float], trials: int, rate: float) -> float:
    """How likely it is to see fewer than `len(ways)` events at this true rate, 0 < rate < 1."""
    hit, miss = math.log(rate), math.log1p(-rate)
    return math.fsum(
        math.exp(each + seen * hit + (trials - seen) * miss) for seen, each in enumerate(ways)
    )
