"""A measured figure: what, unit, how often, median and 95th percentile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Figure:
    """`limit` is what the project promises for `judged` (median, p95 or p99), None if nothing.

    `at_most` False: the figure has to reach the limit instead of staying below it.
    """

    name: str
    unit: str
    n: int
    median: float
    p95: float
    p99: float
    limit: float | None = None
    judged: str = "median"
    at_most: bool = True

    @property
    def holds(self) -> bool:
        """Whether the promise is kept; a figure without a limit always holds."""
        if self.limit is None:
            return True
        value = {"median": self.median, "p95": self.p95, "p99": self.p99}[self.judged]
        return value <= self.limit if self.at_most else value >= self.limit

    def as_json(self) -> dict[str, object]:
        return {
            "unit": self.unit,
            "n": self.n,
            "median": self.median,
            "p95": self.p95,
            "p99": self.p99,
            "limit": self.limit,
            "judged": self.judged,
            "holds": self.holds,
        }


def figure(
    name: str,
    unit: str,
    samples: list[float],
    limit: float | None = None,
    judged: str = "median",
    *,
    at_most: bool = True,
) -> Figure:
    """The figure of `samples` (at least one)."""
    median, p95, p99 = (float(np.percentile(samples, share)) for share in (50, 95, 99))
    return Figure(
        name=name,
        unit=unit,
        n=len(samples),
        median=round(median, 3),
        p95=round(p95, 3),
        p99=round(p99, 3),
        limit=limit,
        judged=judged,
        at_most=at_most,
    )


def time_ms(work: Callable[[], object], times: int, warm_up: int = 1) -> list[float]:
    """Wall milliseconds of each of `times` calls, after `warm_up` calls that do not count."""
    for _ in range(warm_up):
        work()
    samples = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        samples.append((time.perf_counter() - began) * 1000.0)
    return samples


def cpu_ms(work: Callable[[], object], times: int, warm_up: int = 1) -> list[float]:
    """Milliseconds of this thread's processor time for each of `times` calls: what other programs
    take of the machine does not count, though they still share its caches and its memory."""
    for _ in range(warm_up):
        work()
    samples = []
    for _ in range(times):
        began = time.thread_time()
        work()
        samples.append((time.thread_time() - began) * 1000.0)
    return samples
