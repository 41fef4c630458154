"""Error rates counted over made-up embeddings whose errors are known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.matching import CalibrationPoint, MatchPolicy, Metric, Space
from app.evaluation.averaged import every_fusion
from app.evaluation.identification import identification, sizes_for
from app.evaluation.verification import (
    RATES,
    Counts,
    Sides,
    accuracy,
    best_threshold,
    distances_between,
    verify,
)


def collection(people: int, each: int, spread: float, seed: int = 1) -> Sides:
    """Pictures of people: unit vectors about one middle a person."""
    chance = np.random.default_rng(seed)
    middles = chance.normal(size=(people, 32))
    rows = np.repeat(middles, each, axis=0) + spread * chance.normal(size=(people * each, 32))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return Sides(unit.astype(np.float32), np.repeat(np.arange(people, dtype=np.int32), each))


def every_pair(side: Sides) -> tuple[list[float], list[float]]:
    """Genuine and impostor cosine distances, one by one."""
    genuine: list[float] = []
    impostor: list[float] = []
    for one, other in itertools.combinations(range(len(side.rows)), 2):
        apart = 1.0 - float(side.rows[one] @ side.rows[other])
        (genuine if side.owners[one] == side.owners[other] else impostor).append(apart)
    return genuine, impostor


@settings(max_examples=15, deadline=None)
@given(st.integers(3, 40), st.integers(2, 5), st.floats(0.1, 1.5), st.integers(0, 99))
def test_rates_are_those_of_counting_every_pair(
    people: int, each: int, spread: float, seed: int
) -> None:
    side = collection(people, each, spread, seed)
    genuine, impostor = every_pair(side)
    found = verify(side, side, Metric.COSINE, same=True)
    assert found.impostor.n == len(impostor)
    assert sum(len(own) for own in found.genuine) == len(genuine)
    for row in found.rows:
        assert np.mean(np.array(impostor) < row.threshold - 2e-5) <= row.fmr
        assert np.mean(np.array(impostor) < row.threshold + 2e-5) >= row.fmr - 1.5 / len(impostor)
        assert row.fnmr == pytest.approx(np.mean(np.array(genuine) >= row.threshold), abs=0.01)
        assert row.fnmr_interval[0] <= row.fnmr_interval[1]


def test_a_rate_without_enough_errors_is_not_spoken_of() -> None:
    side = collection(20, 2, 0.4)  # 760 pairs of strangers
    assert [row.fmr for row in verify(side, side, Metric.COSINE, same=True).rows] == []
    larger = collection(60, 3, 0.4)  # 15,930
    rows = verify(larger, larger, Metric.COSINE, same=True).rows
    assert [row.fmr for row in rows] == [1e-2, 1e-3]
    assert set(RATES) > {row.fmr for row in rows}


def test_intervals_hold_the_rate_and_shrink_with_more_people() -> None:
    few, many = (
        verify(side, side, Metric.COSINE, same=True).rows[0]
        for side in (collection(40, 3, 0.9), collection(300, 3, 0.9))
    )
    for row in (few, many):
        assert row.fmr_interval[0] <= row.fmr <= row.fmr_interval[1]
        assert row.fnmr_interval[0] <= row.fnmr <= row.fnmr_interval[1]
    width = [each.fnmr_interval[1] - each.fnmr_interval[0] for each in (few, many)]
    assert width[1] < width[0]


def test_probes_and_templates_may_be_different_pictures() -> None:
    probes, templates = collection(50, 1, 0.3, 3), collection(50, 2, 0.3, 3)
    found = verify(probes, templates, Metric.COSINE, same=False)
    assert found.impostor.n == 50 * 98
    assert sum(len(own) for own in found.genuine) == 100


def test_euclidean_spaces_are_counted_in_their_own_unit() -> None:
    side = collection(50, 3, 0.4)
    longer = Sides(side.rows * 20.0, side.owners)
    (row, *_) = verify(longer, longer, Metric.EUCLIDEAN, same=True).rows
    apart = distances_between(longer.rows, longer.rows, Metric.EUCLIDEAN)
    strangers = apart[side.owners[:, None] != side.owners[None, :]]
    assert np.mean(strangers < row.threshold) == pytest.approx(row.fmr, abs=2e-3)


def test_counts_keep_to_their_steps() -> None:
    counts = Counts(2.0)
    counts.add(np.array([0.1, 0.2, 0.3, 1.9, 2.5]))
    assert counts.n == 5
    assert counts.share_below(0.25) == pytest.approx(0.4)
    assert counts.distance_at(0.4) == pytest.approx(0.3, abs=1e-4)
    assert counts.distance_at(0.0) == pytest.approx(0.1, abs=1e-4)


@given(st.lists(st.tuples(st.floats(0, 2), st.booleans()), min_size=1, max_size=60))
def test_no_other_threshold_answers_more_pairs_rightly(pairs: list[tuple[float, bool]]) -> None:
    apart, genuine = np.array([a for a, _ in pairs]), np.array([g for _, g in pairs])
    best = best_threshold(apart, genuine)
    right = np.sum((apart < best) == genuine)
    for other in [*apart, *(apart + 1e-9), 0.0, 3.0]:
        assert right >= np.sum((apart < other) == genuine)


def test_accuracy_is_judged_on_pairs_that_the_threshold_was_not_chosen_on() -> None:
    chance = np.random.default_rng(1)
    genuine = np.arange(400) % 2 == 0
    apart = np.where(genuine, chance.normal(0.3, 0.05, 400), chance.normal(0.8, 0.05, 400))
    folds = np.arange(400) // 40
    assert accuracy(apart, genuine, folds) == 1.0
    noise = chance.uniform(0, 1, 400)
    assert 0.4 < accuracy(noise, genuine, folds) < 0.6


# ---- naming somebody ----

SPACE = Space(
    "made",
    32,
    Metric.COSINE,
    tuple(CalibrationPoint(fmr, apart) for fmr, apart in ((1e-6, 0.2), (1e-4, 0.3), (1e-2, 0.5))),
)


def group_of(side: Sides) -> dict[str, list[np.ndarray]]:
    return {
        f"p{who}": [side.rows[row] for row in np.flatnonzero(side.owners == who)]
        for who in np.unique(side.owners)
    }


def test_people_who_are_alike_only_to_themselves_are_named_and_strangers_are_not() -> None:
    found = identification(group_of(collection(200, 4, 0.1)), SPACE, MatchPolicy(), 1)
    assert [each.gallery for each in found] == [10, 100, 160]
    for each in found:
        assert each.fpir == 0.0
        assert 0.0 < each.fpir_interval[1] < 0.05
        assert each.fnir < 0.02
        assert each.misnamed == 0


def test_a_threshold_that_is_too_wide_shows_as_strangers_who_are_named() -> None:
    wide = Space(
        "wide", 32, Metric.COSINE, (CalibrationPoint(1e-9, 0.8), CalibrationPoint(1e-2, 0.9))
    )
    (small, *_) = identification(group_of(collection(60, 3, 0.2)), wide, MatchPolicy(margin=0), 1)
    assert small.fpir > 0.2


def test_galleries_leave_enough_strangers() -> None:
    assert sizes_for(2879) == (10, 100, 1000, 2303)
    assert sizes_for(40) == (10, 32)
    assert sizes_for(5749) == (10, 100, 1000, 3000)


def test_strangers_are_compared_with_others_only() -> None:
    side = collection(12, 2, 0.5)
    whole = verify(side, side, Metric.COSINE, same=False)
    found = verify(side, side, Metric.COSINE, same=False, strangers=frozenset({0, 1, 2}))
    assert found.impostor.n == whole.impostor.n == 12 * 11 * 4
    assert sum(len(own) for own in found.genuine) == 9 * 4


@settings(max_examples=10, deadline=None)
@given(st.integers(5, 30), st.floats(0.3, 1.5), st.integers(0, 99))
def test_a_band_goes_about_its_curve(people: int, spread: float, seed: int) -> None:
    side = collection(people, 3, spread, seed)
    found = verify(side, side, Metric.COSINE, same=True)
    rates, missed = found.curve()
    low, high = found.band(rates)
    assert len(low) == len(high) == len(rates)
    assert np.all(low <= high)
    assert np.mean((low <= missed + 1e-9) & (missed - 1e-9 <= high)) > 0.8


def test_whoever_has_too_few_pictures_is_a_stranger_to_others() -> None:
    """Five people with six pictures each, and five with three: those are templates and probes for
    others, and never compared with a mean of the same pictures."""
    rich, poor = collection(5, 6, 0.2), collection(5, 3, 0.2, seed=2)
    rows = np.concatenate([rich.rows, poor.rows])
    side = Sides(rows, np.concatenate([rich.owners, poor.owners + 5]).astype(np.int32))
    found = every_fusion(side, Metric.COSINE, 1)["3+3"]
    assert sum(len(own) for own in found.genuine) == 5
    assert min(float(own.min()) for own in found.genuine) > 0.0
    assert found.impostor.n == 10 * 9


def test_no_error_seen_is_not_no_error_possible() -> None:
    side = collection(30, 3, 0.01)
    row = verify(side, side, Metric.COSINE, same=True).rows[0]
    assert row.fnmr == 0.0
    assert row.fnmr_interval[0] == 0.0
    assert row.fnmr_interval[1] == pytest.approx(0.1)
