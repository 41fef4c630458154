"""Errors of one comparison (1:1) over a whole collection, after ISO/IEC 19795-1.

Distances are counted in fine steps instead of being kept, so that ten thousand pictures, fifty
million comparisons, take a few seconds and no memory to speak of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.domain.matching import Metric

#: Steps of a histogram; a cosine distance lies within 0 and 2, so that one is 1e-5 of it.
STEPS = 200_000
BLOCK = 1024
RATES = (1e-2, 1e-3, 1e-4, 1e-5)
#: A rate is not spoken of unless that many errors are expected at it.
FEWEST_ERRORS = 10
#: Draws of a bootstrap.
DRAWS = 400
TOP = 97.5

Rows = NDArray[np.float32]
Numbers = NDArray[np.float64]


@dataclass(slots=True)
class Counts:
    """Histogram of distances from 0 to `most`; int64 [STEPS]."""

    most: float
    steps: NDArray[np.int64] = field(default_factory=lambda: np.zeros(STEPS, np.int64))

    def add(self, distances: NDArray[np.floating]) -> None:
        place = np.clip(distances.ravel() * (STEPS / self.most), 0, STEPS - 1).astype(np.int64)
        self.steps += np.bincount(place, minlength=STEPS)

    @property
    def n(self) -> int:
        return int(self.steps.sum())

    def share_below(self, distance: float) -> float:
        """How many of the distances are smaller, 0..1."""
        return float(self.steps[: round(distance * STEPS / self.most)].sum()) / max(self.n, 1)

    def distance_at(self, rate: float) -> float:
        """The largest step at which no more than `rate` of the distances are smaller."""
        allowed = np.floor(rate * self.n)
        below = np.concatenate([[0], np.cumsum(self.steps)])
        return float(np.searchsorted(below, allowed, side="right") - 1) * self.most / STEPS


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """What is compared with what: `rows` float32 [n, d] of the people `owners` int32 [n]."""

    rows: Rows
    owners: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Row:
    """At `threshold` the false match rate is `fmr`; intervals are 95 %, over people."""

    fmr: float
    threshold: float
    fnmr: float
    fnmr_interval: tuple[float, float]
    fmr_interval: tuple[float, float]
    n_genuine: int
    n_impostor: int


@dataclass(frozen=True, slots=True, eq=False)
class Verified:
    """`genuine` are the distances of each person's own comparisons, by person."""

    rows: tuple[Row, ...]
    impostor: Counts
    genuine: tuple[Numbers, ...]

    def curve(self) -> tuple[Numbers, Numbers]:
        """False match rates and false non-match rates, both ascending and descending with the
        threshold, for a plot."""
        rates = np.logspace(-6, -0.5, 60)
        rates = rates[rates * max(self.impostor.n, 1) >= 1.0]
        own = np.sort(np.concatenate(self.genuine)) if self.genuine else np.zeros(0)
        missed = [
            1.0 - np.searchsorted(own, self.impostor.distance_at(rate)) / max(len(own), 1)
            for rate in rates
        ]
        return rates, np.array(missed)

    def band(self, rates: Numbers) -> tuple[Numbers, Numbers]:
        """At each false match rate the 95 % interval of the false non-match rate, over people."""
        limits = [self.impostor.distance_at(float(rate)) for rate in rates]
        both = [_missed_interval(self.genuine, limit) for limit in limits]
        return np.array([low for low, _ in both]), np.array([high for _, high in both])


def distances_between(one: Rows, other: Rows, metric: Metric) -> Rows:
    """Every row with every other, float32 [n, m]."""
    products = one @ other.T
    own, theirs = np.einsum("ij,ij->i", one, one), np.einsum("ij,ij->i", other, other)
    if metric is Metric.COSINE:
        found = 1.0 - products / np.sqrt(np.maximum(own[:, None] * theirs[None, :], 1e-24))
    else:
        found = np.sqrt(np.maximum(own[:, None] + theirs[None, :] - 2.0 * products, 0.0))
    return np.asarray(found, dtype=np.float32)


def most_distance(sides: Sequence[Sides], metric: Metric) -> float:
    """No distance between rows of these is larger."""
    if metric is Metric.COSINE:
        return 2.0
    longest = max(float(np.linalg.norm(side.rows, axis=1).max()) for side in sides)
    return 2.0 * max(longest, 1e-6)


def verify(
    probes: Sides,
    templates: Sides,
    metric: Metric,
    *,
    same: bool,
    strangers: frozenset[int] = frozenset(),
) -> Verified:
    """Every probe with every template. `same`: both are the same pictures, each pair counts once
    and none with itself. `strangers` are compared with others only, and never with themselves."""
    most = most_distance((probes, templates), metric)
    impostor = Counts(most)
    genuine: dict[int, list[Numbers]] = {}
    for at, apart, own in _blocks(probes, templates, metric, same=same):
        impostor.add(apart[~own & np.isfinite(apart)])
        for place in np.flatnonzero((own & np.isfinite(apart)).any(axis=1)):
            if int(probes.owners[at + place]) in strangers:
                continue
            found = apart[place][own[place] & np.isfinite(apart[place])].astype(np.float64)
            genuine.setdefault(int(probes.owners[at + place]), []).append(found)
    by_person = tuple(np.concatenate(each) for each in genuine.values())
    thresholds = [
        (rate, impostor.distance_at(rate)) for rate in RATES if rate * impostor.n >= FEWEST_ERRORS
    ]
    false = _false_matches(probes, templates, metric, thresholds, same=same)
    total = sum(len(each) for each in by_person)

    def row(rate: float, threshold: float) -> Row:
        missed = _missed_interval(by_person, threshold)
        matched = _interval(false[threshold])
        fnmr = _missed(by_person, threshold)
        return Row(rate, threshold, fnmr, missed, matched, total, impostor.n)

    rows = [row(rate, threshold) for rate, threshold in thresholds]
    return Verified(tuple(rows), impostor, by_person)


def _blocks(
    probes: Sides, templates: Sides, metric: Metric, *, same: bool
) -> Iterator[tuple[int, Rows, NDArray[np.bool_]]]:
    """Distances of some probes to all templates, infinite where a pair does not count, and which
    are of one person."""
    for at in range(0, len(probes.rows), BLOCK):
        some = slice(at, at + BLOCK)
        apart = distances_between(probes.rows[some], templates.rows, metric)
        if same:
            place = np.arange(at, at + len(apart))[:, None]
            apart[place >= np.arange(len(templates.rows))[None, :]] = np.inf
        yield at, apart, probes.owners[some][:, None] == templates.owners[None, :]


def _missed(by_person: Sequence[Numbers], threshold: float) -> float:
    """The share of genuine comparisons at or beyond the threshold."""
    if not by_person:
        return 0.0
    return float(np.mean(np.concatenate(by_person) >= threshold))


def _missed_interval(by_person: Sequence[Numbers], threshold: float) -> tuple[float, float]:
    """95 %, over people; with no error the rule of three, counted in people, as drawing anew what
    has no error finds none."""
    if not _missed(by_person, threshold):
        return 0.0, min(3.0 / max(len(by_person), 1), 1.0)
    return _interval(_missed_redrawn(by_person, threshold))


Redraw = Callable[[np.random.Generator], float]


def _missed_redrawn(by_person: Sequence[Numbers], threshold: float) -> Redraw:
    """How the false non-match rate comes out with other people drawn; counted once, not anew with
    every draw."""
    errors = np.array([np.sum(each >= threshold) for each in by_person], dtype=np.float64)
    counts = np.array([len(each) for each in by_person], dtype=np.float64)

    def redraw(chance: np.random.Generator) -> float:
        if not len(errors):
            return 0.0
        drawn = chance.integers(0, len(errors), len(errors))
        return float(errors[drawn].sum() / max(counts[drawn].sum(), 1.0))

    return redraw


def _interval(redraw: Redraw) -> tuple[float, float]:
    """95 %, from drawing people again and again."""
    chance = np.random.default_rng(19795)
    drawn = [redraw(chance) for _ in range(DRAWS)]
    low, high = np.percentile(drawn, [100.0 - TOP, TOP])
    return float(low), float(high)


def _false_matches(
    probes: Sides,
    templates: Sides,
    metric: Metric,
    thresholds: Sequence[tuple[float, float]],
    *,
    same: bool,
) -> dict[float, Redraw]:
    """For each threshold how its false match rate comes out with other people drawn."""
    pairs: dict[float, list[NDArray[np.int64]]] = {limit: [] for _, limit in thresholds}
    for at, apart, own in _blocks(probes, templates, metric, same=same):
        for _, limit in thresholds:
            rows, columns = np.nonzero((apart < limit) & ~own)
            owners = np.stack([probes.owners[at + rows], templates.owners[columns]], axis=1)
            pairs[limit].append(owners.astype(np.int64))
    people = int(max(probes.owners.max(), templates.owners.max())) + 1
    sizes = (_sizes(probes, people), _sizes(templates, people))
    return {
        limit: _redraw_of(np.concatenate(found), sizes, people, same=same)
        for limit, found in pairs.items()
    }


def _sizes(side: Sides, people: int) -> Numbers:
    return np.bincount(side.owners, minlength=people).astype(np.float64)


def _redraw_of(
    pairs: NDArray[np.int64], sizes: tuple[Numbers, Numbers], people: int, *, same: bool
) -> Redraw:
    there = np.flatnonzero(sizes[0] + sizes[1])

    def redraw(chance: np.random.Generator) -> float:
        weights = np.bincount(chance.choice(there, len(there)), minlength=people).astype(float)
        found = float((weights[pairs[:, 0]] * weights[pairs[:, 1]]).sum())
        one, other = weights * sizes[0], weights * sizes[1]
        # A person drawn twice is still one person.
        total = float(one.sum() * other.sum() - (one * other).sum())
        return found / max(total / 2.0 if same else total, 1.0)

    return redraw


def accuracy(distances: Numbers, genuine: NDArray[np.bool_], folds: NDArray[np.int64]) -> float:
    """The share of right answers, each fold judged at the threshold that is best on the others."""
    right = 0
    for fold in np.unique(folds):
        inside = folds == fold
        limit = best_threshold(distances[~inside], genuine[~inside])
        right += int(np.sum((distances[inside] < limit) == genuine[inside]))
    return right / max(len(distances), 1)


def best_threshold(distances: Numbers, genuine: NDArray[np.bool_]) -> float:
    """The threshold with most right answers: what is nearer is one person."""
    if not len(distances):
        return 0.0
    order = np.argsort(distances, kind="stable")
    found, own = distances[order], genuine[order]
    right = np.concatenate([[0], np.cumsum(own)]) + np.concatenate(
        [np.cumsum((~own)[::-1])[::-1], [0]]
    )
    # Between two that are equal no threshold can come.
    apart = np.concatenate([[True], found[1:] > found[:-1], [True]])
    best = int(np.argmax(np.where(apart, right, -1)))
    if best == 0:
        return float(found[0])
    if best == len(found):
        return float(np.nextafter(found[-1], np.inf))
    below, above = float(found[best - 1]), float(found[best])
    middle = (below + above) / 2.0
    return middle if middle > below else above
