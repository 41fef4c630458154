"""The gallery in memory: step by step it is what it would be if it were made anew."""

from __future__ import annotations

import gc
import math
import weakref
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.domain import index as indices
from app.domain.enrolment import doubles_of
from app.domain.index import Index, Moved, snapshot_of
from app.domain.matching import (
    CalibrationPoint,
    Embedding,
    Matched,
    MatchPolicy,
    Metric,
    Snapshot,
    Space,
    Unsure,
    distances_in,
    identify,
    squares_of,
    verify,
)
from app.domain.people import Person, Status
from app.domain.spaces import without

POINTS = (CalibrationPoint(1e-4, 0.4), CalibrationPoint(1e-2, 0.8))
SPACES = [Space("flat", 5, Metric.EUCLIDEAN, POINTS), Space("round", 5, Metric.COSINE, POINTS)]
NAMES = ("ada", "bo", "cy", "di", "eve")
#: Few places, near each other and twice the same, so that ties and doubles come about.
FACES = [
    np.asarray(numbers, dtype=np.float32)
    for numbers in (
        (1.0, 0, 0, 0, 0),
        (1.0, 0.1, 0, 0, 0),
        (0.9, 0.1, 0.1, 0, 0),
        (0, 1.0, 0, 0, 0),
        (0, 0.7, 0.7, 0, 0),
        (0, 0, 0, 1.0, 0),
        (0.3, 0.3, 0.3, 0.3, 0.3),
    )
]
BROKEN = [
    np.full(5, math.nan, np.float32),
    np.zeros(5, np.float32),
    np.ones(6, np.float32),
    np.zeros(0, np.float32),
]
POLICIES = (MatchPolicy(), MatchPolicy(margin=0.0), MatchPolicy(fpir=1e-2, margin=0.3))
keys = st.integers(1, 20)
names = st.sampled_from(NAMES)
faces = st.sampled_from(FACES + BROKEN)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indices, "ROWS", 3)


@dataclass
class Held:
    """A snapshot somebody goes on comparing with, and what was in it."""

    snapshot: Snapshot
    rows: dict[int, Embedding] = field(default_factory=dict)


def rows_by_key(snapshot: Snapshot) -> dict[int, Embedding]:
    return {
        int(block.keys[row]): block.rows[row].copy()
        for block, used in snapshot.parts()
        for row in range(used)
    }


class Steps(RuleBasedStateMachine):
    """Any sequence of changes, several at a time; older snapshots stay in use meanwhile."""

    space = SPACES[0]

    def __init__(self) -> None:
        super().__init__()
        self.index = Index(self.space)
        self.version = 0
        self.people: dict[str, Person] = {}
        self.templates: dict[int, tuple[str, Embedding]] = {}
        self.held: list[Held] = []
        self.moved_people: dict[str, Person | None] = {}
        self.moved: dict[int, tuple[str, Embedding] | None] = {}

    # -- changes, told together at the next `tell`

    @rule(key=keys, name=names, face=faces)
    def put(self, key: int, name: str, face: Embedding) -> None:
        """A new template, or another one under the number of one there was."""
        self._know(Person(name, name, name.title()))
        self.templates[key] = self.moved[key] = (name, face)

    @rule(key=keys)
    def take(self, key: int) -> None:
        self.templates.pop(key, None)
        self.moved[key] = None

    @rule(name=names)
    def erase(self, name: str) -> None:
        self.people.pop(name, None)
        self.moved_people[name] = None
        for key in [key for key, (owner, _) in self.templates.items() if owner == name]:
            self.take(key)

    @rule(name=names)
    def suspend(self, name: str) -> None:
        if name in self.people:
            self._know(replace(self.people[name], status=Status.SUSPENDED, version=self.version))

    def _know(self, person: Person) -> None:
        self.people[person.id] = self.moved_people[person.id] = person

    @rule()
    def tell(self) -> None:
        self._apply(Moved(self._next(), 0, False, self.moved_people, self.moved))

    @rule()
    def tell_everything(self) -> None:
        self._apply(Moved(self._next(), 0, True, dict(self.people), dict(self.templates)))

    def _next(self) -> int:
        self.version += 1
        return self.version

    def _apply(self, moved: Moved) -> None:
        self.index.apply(moved)
        self.moved_people, self.moved = {}, {}
        self._old_ones_are_as_they_were()
        snapshot = self.index.snapshot()
        self._is_as_if_made_anew(snapshot)
        self.held.append(Held(snapshot, rows_by_key(snapshot)))

    @rule()
    def let_go(self) -> None:
        self.held = self.held[1:]

    # -- what must hold

    def _old_ones_are_as_they_were(self) -> None:
        """But for what is gone: that is nowhere any more, and infinitely far."""
        for held in self.held:
            for block, used in held.snapshot.parts():
                for row in range(used):
                    key = int(block.keys[row])
                    if key == -1:
                        assert math.isnan(block.squares[row])
                        assert not block.rows[row].any()
                    else:
                        assert np.array_equal(block.rows[row], held.rows[key])
                    assert key == -1 or key in held.rows
            gone = held.rows.keys() - self.templates.keys()
            assert not gone & rows_by_key(held.snapshot).keys()
            assert all(
                np.isfinite(one) == (key != -1)
                for one, key in zip(
                    distances_in(FACES[0], held.snapshot),
                    [int(k) for block, n in held.snapshot.parts() for k in block.keys[:n]],
                    strict=True,
                )
            )

    def _is_as_if_made_anew(self, snapshot: Snapshot) -> None:
        rows = [self.templates[key] for key in sorted(self.templates)]
        anew = snapshot_of(self.version, self.space, self.people, rows)
        assert (snapshot.version, snapshot.size) == (anew.version, anew.size)
        assert snapshot.ids == anew.ids
        assert snapshot.people == anew.people
        for probe in (*FACES, *BROKEN):
            for policy in POLICIES:
                assert identify(probe, snapshot, policy) == identify(probe, anew, policy)
                for name in (*NAMES, "nobody", ""):
                    assert verify(probe, name, snapshot, policy) == verify(
                        probe, name, anew, policy
                    )
        for probe in FACES:
            assert sorted(distances_in(probe, snapshot)) == sorted(distances_in(probe, anew))
        for name in NAMES:
            assert doubles_of(name, snapshot, POLICIES[0]) == doubles_of(name, anew, POLICIES[0])
        for some in ({"ada"}, {"bo", "eve"}, set(NAMES)):
            left = [row for row in rows if row[0] not in some]
            fewer = snapshot_of(self.version, self.space, self.people, left)
            cut = without(snapshot, some)
            assert (cut.size, cut.ids) == (fewer.size, fewer.ids)
            for probe in FACES:
                assert identify(probe, cut, POLICIES[0]) == identify(probe, fewer, POLICIES[0])

    @invariant()
    def rows_lie_close(self) -> None:
        usable = sum(len(held.rows) for held in self.held[-1:])
        blocks = len(self.index._blocks)
        assert blocks == -(-usable // indices.ROWS) or self.index._count != usable


class RoundSteps(Steps):
    space = SPACES[1]


for machine in (Steps, RoundSteps):
    machine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestFlat = Steps.TestCase
TestRound = RoundSteps.TestCase


def test_what_is_erased_leaves_every_block_that_anybody_still_holds() -> None:
    """Also a block from before a change that the person had nothing to do with."""
    index = Index(SPACES[0])
    people: dict[str, Person | None] = {name: Person(name, name, name) for name in NAMES}
    rows = {key: (name, FACES[key]) for key, name in enumerate(NAMES)}
    index.apply(Moved(1, 1, True, people, dict(rows)))
    first = index.snapshot()
    index.apply(Moved(2, 2, False, {}, {0: None}))
    second = index.snapshot()
    index.apply(Moved(3, 3, False, {"bo": None}, {1: None}))
    for each in (first, second, index.snapshot()):
        held = np.concatenate([block.rows for block in each.blocks])
        assert not (held == FACES[0]).all(axis=1).any()
        assert not (held == FACES[1]).all(axis=1).any()
        assert verify(FACES[1], "bo", each, MatchPolicy()) != Matched("bo")
        assert identify(FACES[3], each, MatchPolicy()) == Matched("di")


def test_a_block_nobody_holds_any_more_is_overwritten() -> None:
    snapshot = snapshot_of(1, SPACES[0], {}, [("ada", FACES[0])])
    rows, block = snapshot.blocks[0].rows, weakref.ref(snapshot.blocks[0])
    del snapshot
    gc.collect()
    assert block() is None
    assert not rows.any()


def test_one_change_leaves_the_other_blocks_where_they_are() -> None:
    index = Index(SPACES[0])
    rows = {key: (f"p{key}", FACES[key % 7]) for key in range(30)}
    index.apply(Moved(1, 1, True, {}, dict(rows)))
    before = index.snapshot()
    index.apply(Moved(2, 2, False, {}, {4: None, 40: ("p40", FACES[0])}))
    after = index.snapshot()
    moved = [one is not other for one, other in zip(before.blocks, after.blocks, strict=True)]
    assert moved == [False, True, *[False] * 7, True]


def test_a_row_says_the_same_bits_wherever_it_stands() -> None:
    """Neither its place nor its neighbours nor the block's length may move a distance."""
    chance = np.random.default_rng(3)
    for size in (3, 128, 512, 513):
        rows = chance.standard_normal((40, size)).astype(np.float32)
        probe = chance.standard_normal(size).astype(np.float32)
        whole = np.einsum("ij,j->i", rows, probe)
        norms = squares_of(rows)
        for low in range(40):
            for length in (1, 2, 3, 5, 40 - low):
                part = rows[low : low + length].copy()
                assert np.array_equal(np.einsum("ij,j->i", part, probe), whole[low : low + length])
                assert np.array_equal(squares_of(part), norms[low : low + length])


@pytest.mark.parametrize("margin", [0.0, 0.08])
def test_a_tie_between_two_people_is_never_decided_by_their_rows_places(margin: float) -> None:
    for order in (("ada", "bo"), ("bo", "ada")):
        twins = snapshot_of(1, SPACES[0], {}, [(name, FACES[0]) for name in order])
        assert identify(FACES[0], twins, MatchPolicy(margin=margin)) == Unsure()
