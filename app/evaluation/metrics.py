"""Rates as they are published: never without the count and the exact interval."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain import rates
from app.domain.rates import Interval

#: Decimals of a published rate: one in ten thousand is the finest that is ever promised.
DECIMALS = 5
#: What the search for a bound may leave of itself; far below the last decimal.
SLACK = 1e-12


@dataclass(frozen=True, slots=True)
class Rate:
    """`events` of `n`: attacks accepted (APCER where they were real ones), or people refused
    (BPCER). Raises ValueError for counts that cannot be."""

    events: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.events <= self.n:
            raise ValueError(f"{self.events} of {self.n} is not a count")

    @property
    def value(self) -> float | None:
        """The rate seen, 0..1; None without a trial."""
        return self.events / self.n if self.n else None

    @property
    def interval95(self) -> Interval:
        """Two-sided Clopper-Pearson."""
        return rates.interval(self.events, self.n)

    @property
    def upper95(self) -> float:
        """One-sided, as FIELD's figures are: 0 of 299 gives 1 %."""
        return rates.upper(self.events, self.n)

    def as_json(self, events: str) -> dict[str, object]:
        """The count under the name `events`, rounded to the safe side."""
        both = self.interval95
        return {
            "n": self.n,
            events: self.events,
            "rate": None if self.value is None else round(self.value, DECIMALS),
            "interval95": [_down(both.low), _up(both.high)],
            "upper95": _up(self.upper95),
        }


def _up(rate: float) -> float:
    rounded = round(rate, DECIMALS)
    return (
        rounded if rounded >= rate - SLACK else min(round(rounded + 10**-DECIMALS, DECIMALS), 1.0)
    )


def _down(rate: float) -> float:
    rounded = round(rate, DECIMALS)
    return (
        rounded if rounded <= rate + SLACK else max(round(rounded - 10**-DECIMALS, DECIMALS), 0.0)
    )
