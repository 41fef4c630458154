"""An adaptive template never leaves its anchor's reach, and never moves twice in 30 days."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.adapting import DAY_S, AdaptPolicy, Anchor, Declined, Known, Proposed, propose
from app.domain.matching import (
    CalibrationPoint,
    Embedding,
    MatchPolicy,
    Metric,
    Space,
    distances,
    threshold_at,
)

TABLE = (CalibrationPoint(1e-4, 0.4), CalibrationPoint(1e-2, 0.8))
ON = AdaptPolicy(enabled=True)
MATCHING = MatchPolicy()
NOW = 1_800_000_000.0
SPACES = [Space(str(metric), 6, metric, TABLE) for metric in Metric]


def bound(space: Space, policy: AdaptPolicy = ON) -> float:
    return policy.bound_share * threshold_at(space, MATCHING.claim_fmr)


def apart(one: Embedding, other: Embedding, space: Space) -> float:
    return float(distances(one, other[None, :], space.metric)[0])


def unit(draw: np.random.Generator, dimension: int = 6) -> Embedding:
    values = draw.normal(size=dimension)
    return np.asarray(values / np.linalg.norm(values), dtype=np.float32)


steps = st.lists(
    st.tuples(
        st.integers(0, 2**32 - 1),  # which way the face is said to have gone
        st.floats(0.0, 0.6),  # how far
        st.floats(0.0, 70.0),  # days that pass
        st.floats(0.0, 1.0),  # for how much of them the kiosk is switched on
        st.sampled_from([0.0, -0.5, -31.0, -400.0, 31.0, 400.0]),  # days the clock is wrong
        st.booleans(),  # undone right after
    ),
    min_size=1,
    max_size=40,
)


@pytest.mark.parametrize("space", SPACES, ids=[space.id for space in SPACES])
@given(steps=steps, anchors=st.integers(1, 3), pull=st.booleans())
@settings(deadline=None, max_examples=150)
def test_no_sequence_of_updates_leaves_the_bound_or_comes_twice_in_thirty_days(
    space: Space,
    steps: list[tuple[int, float, float, float, float, bool]],
    anchors: int,
    pull: bool,
) -> None:
    """`pull`: every visit is aimed on from where the template already is, as an attacker would."""
    draw = np.random.default_rng(7)
    enrolled = [Anchor(number, unit(draw)) for number in range(anchors)]
    known, real_s, made_s = Known(enrolled), NOW, list[float]()
    for seed, far, days, switched_on, wrong, undone in steps:
        real_s += days * DAY_S
        clock_s = real_s + wrong * DAY_S
        known = replace(known, on_s=known.on_s + days * switched_on * DAY_S)
        start = known.adaptive if pull and known.adaptive is not None else enrolled[0].embedding
        visit = np.asarray(start + far * unit(np.random.default_rng(seed)), np.float32)
        proposed = propose(visit, known, space, clock_s, ON, MATCHING)
        if isinstance(proposed, Declined):
            continue
        anchor = next(each for each in enrolled if each.id == proposed.anchor)
        assert apart(proposed.embedding, anchor.embedding, space) <= bound(space)
        assert all(real_s - earlier >= ON.days * DAY_S - 1e-3 for earlier in made_s)
        made_s.append(real_s)
        before = known.adaptive
        known = replace(
            known,
            adaptive=proposed.embedding,
            updated_s=max(clock_s, known.updated_s or clock_s),
            updated_on_s=known.on_s,
        )
        if undone:
            known = replace(known, adaptive=before)


@pytest.fixture(params=SPACES, ids=[space.id for space in SPACES])
def space(request: pytest.FixtureRequest) -> Space:
    chosen: Space = request.param
    return chosen


FACE = unit(np.random.default_rng(1))


def moved(by: float) -> Embedding:
    other = unit(np.random.default_rng(2))
    return np.asarray(FACE + by * other, dtype=np.float32)


def test_a_template_follows_a_near_visit_a_little(space: Space) -> None:
    proposed = propose(moved(0.1), Known([Anchor(3, FACE)]), space, NOW, ON, MATCHING)
    assert isinstance(proposed, Proposed)
    assert proposed.anchor == 3
    assert 0.0 < apart(proposed.embedding, FACE, space) < apart(moved(0.1), FACE, space)


@pytest.mark.parametrize(
    ("visit", "known", "policy", "why"),
    [
        (moved(0.1), Known([Anchor(1, FACE)]), AdaptPolicy(), Declined.OFF),
        (moved(0.1), Known([]), ON, Declined.NO_ANCHOR),
        (np.full(6, np.nan, np.float32), Known([Anchor(1, FACE)]), ON, Declined.NOT_USABLE),
        (np.zeros(6, np.float32), Known([Anchor(1, FACE)]), ON, Declined.NOT_USABLE),
        (-FACE, Known([Anchor(1, FACE)]), ON, Declined.TOO_FAR),
        (moved(0.1), Known([Anchor(1, FACE)], None, NOW - DAY_S), ON, Declined.TOO_SOON),
        (moved(0.1), Known([Anchor(1, FACE)], None, NOW + DAY_S), ON, Declined.TOO_SOON),
        (moved(0.1), Known([Anchor(1, FACE)], None, None, 5.0, 9.0), ON, Declined.TOO_SOON),
        (moved(0.1), Known([Anchor(1, FACE)], -FACE), ON, Declined.OUT_OF_BOUND),
    ],
)
def test_why_nothing_changes(
    space: Space, visit: Embedding, known: Known, policy: AdaptPolicy, why: Declined
) -> None:
    assert propose(visit, known, space, NOW, policy, MATCHING) is why


def test_time_that_is_no_number_changes_nothing(space: Space) -> None:
    known = Known([Anchor(1, FACE)], updated_s=NOW)
    for utc_s in (float("nan"), float("-inf")):
        assert isinstance(propose(moved(0.1), known, space, utc_s, ON, MATCHING), Declined)


def test_only_the_enrolment_counts_as_near_and_not_what_was_adapted(space: Space) -> None:
    """A visit near the adaptive template and far from every anchor moves nothing."""
    aside = unit(np.random.default_rng(3))
    far = np.asarray(aside - (aside @ FACE) * FACE, dtype=np.float32)
    known = Known([Anchor(1, FACE)], adaptive=far)
    assert propose(far, known, space, NOW, ON, MATCHING) is Declined.TOO_FAR
