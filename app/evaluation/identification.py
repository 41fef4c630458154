"""Naming somebody (1:N) as the kiosk does it: galleries of many sizes, and strangers among them.

The decision is the kiosk's own, `matching.identify` with its threshold for the number of templates
and its margin, so that what is measured is what is promised: how often a stranger is named (FPIR),
and how often somebody who is enrolled is not (FNIR), after ISO/IEC 19795-1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.index import snapshot_of
from app.domain.matching import (
    Embedding,
    Matched,
    MatchPolicy,
    Space,
    Unsure,
    fuse,
    identify,
)

SIZES = (10, 100, 1000, 3000)
#: Pictures of one person that are enrolled, and that are compared as one, as at the kiosk.
ENROLLED, COMPARED = 3, 3
#: A stranger at the least for every four enrolled, or the gallery is not tried.
FEWEST_STRANGERS = 0.2
#: Galleries are drawn anew until this many strangers were tried, and as often as this at least and
#: at the most.
WANTED, FEWEST_DRAWS, MOST_DRAWS = 20_000, 2, 40
DRAWS = 400

Group = Mapping[str, Sequence[Embedding]]


@dataclass(frozen=True, slots=True)
class Identified:
    """A gallery of `gallery` people with `templates` templates on average. Rates are 0..1;
    intervals 95 %, over people. `unsure`: shares of strangers and of the enrolled who were asked
    for a badge or a PIN; neither counts as named, and the enrolled among them count in `fnir`."""

    gallery: int
    templates: float
    fpir: float
    fpir_interval: tuple[float, float]
    n_strangers: int
    fnir: float
    fnir_interval: tuple[float, float]
    n_enrolled: int
    misnamed: int
    unsure_strangers: float
    unsure_enrolled: float
    draws: int


@dataclass(slots=True)
class _Tally:
    """What came of the probes of each person: how many, and how many of them ended badly."""

    n: dict[str, int]
    bad: dict[str, int]
    unsure: int = 0

    def add(self, person: str, *, bad: bool, unsure: bool) -> None:
        self.n[person] = self.n.get(person, 0) + 1
        self.bad[person] = self.bad.get(person, 0) + bad
        self.unsure += unsure

    @property
    def total(self) -> int:
        return sum(self.n.values())

    @property
    def rate(self) -> float:
        return sum(self.bad.values()) / max(self.total, 1)

    def interval(self) -> tuple[float, float]:
        """95 %, from drawing people again and again; with no error the rule of three, counted in
        people, as one person's tries are alike."""
        if not self.n:
            return 0.0, 1.0
        if not sum(self.bad.values()):
            return 0.0, min(3.0 / len(self.n), 1.0)
        people = list(self.n)
        n = np.array([self.n[each] for each in people], dtype=np.float64)
        bad = np.array([self.bad[each] for each in people], dtype=np.float64)
        chance = np.random.default_rng(19795)
        drawn = [chance.integers(0, len(people), len(people)) for _ in range(DRAWS)]
        rates = [bad[each].sum() / n[each].sum() for each in drawn]
        low, high = np.percentile(rates, [2.5, 97.5])
        return float(low), float(high)


def sizes_for(people: int) -> tuple[int, ...]:
    """The sizes that leave enough strangers, and the largest that does where that is another."""
    largest = int(people * (1.0 - FEWEST_STRANGERS))
    usual = tuple(size for size in SIZES if size <= largest)
    next_up = next((size for size in SIZES if size > largest), 0)
    return (*usual, largest) if next_up and largest > max(usual, default=1) * 1.5 else usual


def identification(
    group: Group, space: Space, policy: MatchPolicy, seed: int
) -> tuple[Identified, ...]:
    """Every size of gallery that the group allows."""
    return tuple(
        _of_size(group, size, space, policy, np.random.default_rng((seed, size)))
        for size in sizes_for(len(group))
    )


def _of_size(
    group: Group, size: int, space: Space, policy: MatchPolicy, chance: np.random.Generator
) -> Identified:
    strangers, enrolled = _Tally({}, {}), _Tally({}, {})
    misnamed, templates, draws = 0, 0, 0
    names = sorted(group)
    while draws < MOST_DRAWS and (strangers.total < WANTED or draws < FEWEST_DRAWS):
        draws += 1
        order = [names[int(place)] for place in chance.permutation(len(names))]
        inside, outside = order[:size], order[size:]
        shown = {name: _split(group[name], chance) for name in inside}
        pairs = [(name, each) for name, (own, _) in shown.items() for each in own]
        snapshot = snapshot_of(1, space, {}, pairs)
        templates += len(pairs)
        for name in outside:
            found = identify(_probe(group[name], chance), snapshot, policy)
            strangers.add(name, bad=isinstance(found, Matched), unsure=isinstance(found, Unsure))
        for name, (_, left) in shown.items():
            if not left:
                continue
            found = identify(_probe(left, chance), snapshot, policy)
            right = isinstance(found, Matched) and found.person == name
            misnamed += isinstance(found, Matched) and not right
            enrolled.add(name, bad=not right, unsure=isinstance(found, Unsure))
    return Identified(
        gallery=size,
        templates=templates / draws,
        fpir=strangers.rate,
        fpir_interval=strangers.interval(),
        n_strangers=strangers.total,
        fnir=enrolled.rate,
        fnir_interval=enrolled.interval(),
        n_enrolled=enrolled.total,
        misnamed=misnamed,
        unsure_strangers=strangers.unsure / max(strangers.total, 1),
        unsure_enrolled=enrolled.unsure / max(enrolled.total, 1),
        draws=draws,
    )


def _split(
    pictures: Sequence[Embedding], chance: np.random.Generator
) -> tuple[list[Embedding], list[Embedding]]:
    """Those that are enrolled, and those left to be compared, where there are enough."""
    order = [pictures[int(place)] for place in chance.permutation(len(pictures))]
    own = max(min(ENROLLED, len(order) - 1), 1)
    return order[:own], order[own:]


def _probe(pictures: Sequence[Embedding], chance: np.random.Generator) -> NDArray[np.float32]:
    """The mean of a few pictures, as the kiosk takes it of a few frames."""
    order = chance.permutation(len(pictures))[:COMPARED]
    return fuse([pictures[int(place)] for place in order])
