"""When a face should be taken again: by its trend, its age, or because its model goes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ageing import MONTH_S, AgeingPolicy, Due, Trend, after, due
from app.domain.templates import Origin, Stored

POLICY = AgeingPolicy()
NOW = 1_800_000_000.0
CALM = Trend(20, 0.4)


def stored(space: str = "new", age_months: float = 1.0) -> Stored:
    made_s = NOW - age_months * MONTH_S
    return Stored(1, "a", space, Origin.ENROLMENT, frozenset(), None, made_s)


@given(st.lists(st.floats(0.0, 10.0), min_size=1, max_size=60))
def test_a_level_stays_among_what_was_seen(shares: list[float]) -> None:
    trend = Trend()
    for share in shares:
        trend = after(trend, share, POLICY)
    assert trend.visits == len(shares)
    assert min(shares) - 1e-9 <= trend.level <= max(shares) + 1e-9


def test_the_first_visits_weigh_alike_and_later_ones_fade() -> None:
    trend = after(after(Trend(), 0.2, POLICY), 0.4, POLICY)
    assert trend.level == pytest.approx(0.3)
    for _ in range(10):
        trend = after(trend, 0.9, POLICY)
    assert 0.8 < trend.level < 0.9


@pytest.mark.parametrize("share", [math.nan, math.inf, -0.1])
def test_what_is_no_share_changes_nothing(share: float) -> None:
    assert after(CALM, share, POLICY) == CALM


@pytest.mark.parametrize(
    ("templates", "trend", "why"),
    [
        ([], CALM, None),
        ([stored()], CALM, None),
        ([stored("old")], CALM, Due.OLD_SPACE),
        ([stored("old"), stored()], CALM, None),
        ([stored()], Trend(5, 0.85), Due.DRIFTED),
        ([stored()], Trend(4, 0.99), None),
        ([stored(age_months=23.9)], CALM, None),
        ([stored(age_months=24.1)], CALM, Due.AGED),
        ([stored(age_months=40), stored(age_months=2)], CALM, None),
        ([stored("old", 40), stored(age_months=2)], CALM, None),
    ],
)
def test_when_a_face_is_due(templates: list[Stored], trend: Trend, why: Due | None) -> None:
    assert due(templates, "new", trend, NOW, POLICY) is why
