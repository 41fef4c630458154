"""Plans: what may be asked, how evenly they are drawn, how much a recording gets for nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.liveness import HEAD, TURNS, Challenge
from app.domain.liveness_policy import LivenessPolicy
from app.domain.people import Need
from app.domain.planner import (
    LONGEST,
    Plan,
    allowed,
    effective_bits,
    plan,
    plan_for,
    plans,
    stated_bits,
    steps_for,
)
from app.options import LIMITS

POLICY = LivenessPolicy()
LEANING = LivenessPolicy(move_closer=True)
NOBODY = frozenset[Need]()
ALL = allowed(NOBODY, POLICY)
SIX = allowed(NOBODY, LEANING)

nonces = st.binary(min_size=16, max_size=32)
needs = st.frozensets(st.sampled_from(Need))
policies = st.builds(
    LivenessPolicy,
    challenges=st.integers(2, 5),
    entropy_bits=st.floats(0.0, 7.0),
    move_closer=st.booleans(),
)


@given(nonces, needs, policies)
def test_every_plan_can_be_done_by_whom_it_is_for_and_has_its_bits(
    nonce: bytes, has: frozenset[Need], policy: LivenessPolicy
) -> None:
    choices = allowed(has, policy)
    drawn = plan_for(nonce, has, policy)
    assert drawn == plan_for(bytes(nonce), frozenset(has), policy)
    if not drawn:
        longest = plans(choices, LONGEST)
        assert effective_bits(longest) < policy.entropy_bits or not longest
        return
    assert set(drawn) <= set(choices)
    assert policy.challenges <= len(drawn) <= LONGEST
    assert all(before is not after for before, after in pairwise(drawn))
    assert TURNS & set(drawn) or Need.NO_HEAD_MOVEMENT in has
    assert effective_bits(plans(choices, len(drawn))) >= policy.entropy_bits


@given(needs, policies)
def test_a_plan_has_no_more_steps_than_the_budget_needs(
    has: frozenset[Need], policy: LivenessPolicy
) -> None:
    choices = allowed(has, policy)
    steps = steps_for(choices, policy)
    for fewer in range(policy.challenges, steps):
        assert not effective_bits(plans(choices, fewer)) >= policy.entropy_bits or not plans(
            choices, fewer
        )


@pytest.mark.parametrize(
    ("need", "excluded"),
    [
        (Need.NO_HEAD_MOVEMENT, {*HEAD, Challenge.MOVE_CLOSER}),
        (Need.NO_BLINK, {Challenge.BLINK}),
        (Need.NO_MOUTH, {Challenge.OPEN_MOUTH}),
        (Need.NO_LIGHT, set()),
        (Need.SEATED, {Challenge.MOVE_CLOSER}),
    ],
)
def test_a_need_excludes_what_it_names(need: Need, excluded: set[Challenge]) -> None:
    assert set(SIX) == set(Challenge)
    assert set(SIX) - set(allowed(frozenset({need}), LEANING)) == excluded


def test_leaning_in_is_asked_only_where_it_was_switched_on() -> None:
    assert set(SIX) - set(ALL) == {Challenge.MOVE_CLOSER}


@pytest.mark.parametrize(("steps", "degrees"), [(2, 13), (3, 67)])
def test_every_plan_is_as_likely_as_every_other(steps: int, degrees: int) -> None:
    """Chi-squared at p = 0.001: 34.5 for 13 degrees of freedom, 107.3 for 67."""
    drawn = Counter(plan(n.to_bytes(16, "big"), ALL, steps) for n in range(20_000))
    assert len(drawn) == degrees + 1
    expected = 20_000 / len(drawn)
    squares = sum((times - expected) ** 2 / expected for times in drawn.values())
    assert squares < {13: 34.5, 67: 107.3}[degrees]


def answered(film: Plan, asked: Plan) -> bool:
    """Whether a recording of these movements, which blinks all the while, answers the plan.

    A movement that is not the one asked for ends it, as `liveness` does.
    """
    left = list(asked)
    for made in (*film, None):
        while left and left[0] is Challenge.BLINK:
            left.pop(0)
        if not left:
            return True
        if made is not left.pop(0):
            return False
    return False


@pytest.mark.parametrize("has", [NOBODY, {Need.NO_BLINK}, {Need.NO_MOUTH}, {Need.NO_HEAD_MOVEMENT}])
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_effective_bits_are_what_the_best_of_all_recordings_leaves(
    has: frozenset[Need], steps: int
) -> None:
    choices = allowed(frozenset(has), LEANING)
    possible = plans(choices, steps)
    movements = [each for each in choices if each is not Challenge.BLINK]
    films = (film for length in range(steps + 2) for film in product(movements, repeat=length))
    best = max(sum(answered(film, each) for each in possible) for film in films)
    assert 2 ** -effective_bits(possible) == pytest.approx(best / len(possible))
    assert effective_bits(possible) <= stated_bits(possible)


def test_what_the_standard_says_of_itself() -> None:
    possible = plans(ALL, steps_for(ALL, POLICY))
    assert len(possible) == 68
    assert 2 ** effective_bits(possible) == pytest.approx(13.6)


def test_the_highest_budget_that_can_be_set_is_within_reach() -> None:
    highest = LIMITS["liveness.entropy_bits"][2]
    assert steps_for(ALL, replace(POLICY, entropy_bits=highest)) == LONGEST
