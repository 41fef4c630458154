"""Exact bounds: against published figures, against the definition, and against scipy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import rates
from app.evaluation.metrics import Rate

counts = st.integers(1, 120).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("trials", "bound"), [(29, 0.0981), (59, 0.0495), (299, 0.00997), (2995, 0.000999)]
)
def test_nothing_seen_bounds_the_rate_as_the_rule_of_three_says(trials: int, bound: float) -> None:
    assert rates.upper(0, trials) == pytest.approx(bound, rel=2e-3)
    assert rates.upper(0, trials) == pytest.approx(1 - 0.05 ** (1 / trials), rel=1e-12)


@pytest.mark.parametrize(
    ("events", "trials", "low", "high"),
    [
        # Two-sided 95 %; 10 of 100 and 1 of 10 stand in most textbooks' tables.
        (10, 100, 0.0490, 0.1762),
        (1, 10, 0.0025, 0.4450),
        (0, 30, 0.0, 0.1157),
        (30, 30, 0.8843, 1.0),
        (0, 0, 0.0, 1.0),
    ],
)
def test_intervals_of_the_tables(events: int, trials: int, low: float, high: float) -> None:
    found = rates.interval(events, trials)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@given(counts, st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_they_are_the_quantiles_of_the_beta_distribution(
    count: tuple[int, int], confidence: float
) -> None:
    beta = pytest.importorskip("scipy.stats").beta
    events, trials = count
    found = rates.interval(events, trials, confidence)
    doubt = (1 - confidence) / 2
    low = beta.ppf(doubt, events, trials - events + 1) if events else 0.0
    high = beta.ppf(1 - doubt, events + 1, trials - events) if events < trials else 1.0
    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high, abs=1e-9)


@given(counts)
def test_at_the_bound_so_few_events_are_as_unlikely_as_promised(count: tuple[int, int]) -> None:
    events, trials = count
    if events == trials:
        assert rates.upper(events, trials) == 1.0
        return
    p = rates.upper(events, trials)
    seen = math.fsum(
        math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(events + 1)
    )
    assert seen == pytest.approx(0.05, rel=1e-6)


@given(counts)
def test_bounds_hold_the_rate_between_them_and_mirror_each_other(count: tuple[int, int]) -> None:
    events, trials = count
    found = rates.interval(events, trials)
    assert 0.0 <= found.low <= events / trials <= found.high <= 1.0
    mirrored = rates.interval(trials - events, trials)
    assert found.low == pytest.approx(1.0 - mirrored.high, abs=1e-12)


@given(counts)
def test_an_error_more_loosens_and_a_good_trial_more_tightens(count: tuple[int, int]) -> None:
    events, trials = count
    assert rates.upper(events, trials + 1) <= rates.upper(events, trials)
    if events < trials:
        assert rates.upper(events + 1, trials) > rates.upper(events, trials)


@pytest.mark.parametrize(("limit", "trials"), [(0.10, 29), (0.05, 59), (0.01, 299), (0.26, 10)])
def test_how_many_clean_trials_a_limit_takes(limit: float, trials: int) -> None:
    assert rates.fewest_without(limit) == trials
    assert rates.upper(0, trials) <= limit < rates.upper(0, trials - 1)


@pytest.mark.parametrize(("events", "trials"), [(-1, 3), (4, 3), (0, -1)])
def test_counts_that_cannot_be_are_refused(events: int, trials: int) -> None:
    with pytest.raises(ValueError, match="not a count"):
        rates.upper(events, trials)
    with pytest.raises(ValueError, match="not a count"):
        Rate(events, trials)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.2, math.nan])
def test_a_confidence_that_cannot_be_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="not a confidence"):
        rates.upper(0, 3, confidence)


@pytest.mark.parametrize("limit", [0.0, 1.0, math.nan])
def test_no_number_of_trials_shows_never_or_always(limit: float) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        rates.fewest_without(limit)


def test_a_published_rate_is_rounded_to_the_safe_side() -> None:
    said = Rate(0, 299).as_json("accepted")
    assert said == {
        "n": 299,
        "accepted": 0,
        "rate": 0.0,
        "interval95": [0.0, 0.01227],
        "upper95": 0.00997,
    }
    assert rates.interval(0, 299).high <= 0.01227


@given(counts)
def test_rounding_never_claims_more_than_was_shown(count: tuple[int, int]) -> None:
    rate = Rate(*count)
    said = rate.as_json("refused")
    ends = said["interval95"]
    assert isinstance(ends, list)
    assert ends[0] <= rate.interval95.low + 1e-9
    assert ends[1] >= rate.interval95.high - 1e-9
    assert float(str(said["upper95"])) >= rate.upper95 - 1e-9


def test_without_a_trial_there_is_no_rate() -> None:
    assert Rate(0, 0).value is None
    assert Rate(0, 0).upper95 == 1.0
