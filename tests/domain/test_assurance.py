"""What a self-test bears: how many trials, under which conditions, for how long."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import assurance, rates
from app.domain.assurance import (
    ATTACKS,
    Conditions,
    Count,
    Species,
    Trial,
    Trials,
    accepted,
    canonical,
    conditions_of,
    limits_digest,
    parse,
    shown_by,
    tier_of,
)
from app.domain.journal import Factor, Purpose
from app.domain.liveness_policy import LivenessPolicy
from app.domain.policy import STANDARD_FACTORS, Policy, QualityPolicy
from app.domain.tiers import AssurancePolicy, FaceAlone, Tier

LIMITS = AssurancePolicy()
CLEAN = Count(29, 0)
ENOUGH = Trials(Count(30, 1), CLEAN, CLEAN, CLEAN)
SHORT = Trials(Count(10, 1), Count(10, 0), Count(10, 0), Count(10, 0))
POLICY = Policy(engine="0.1.0 embedded")
CAMERA = "ab" * 32
NOW = conditions_of(CAMERA, POLICY)
THEN_S = 1_800_000_000.0
DAY_S = 86_400.0
ENTER = Purpose.ENTER
FACE = frozenset({Factor.FACE})
NUMBERED = frozenset({Factor.FACE, Factor.NUMBER})

counts = st.integers(0, 60).flatmap(
    lambda n: st.builds(Count, st.just(n), st.integers(0, min(n, 3)))
)
trials = st.builds(Trials, counts, counts, counts, counts)


def with_count(of: Trials, species: Species, count: Count) -> Trials:
    return replace(of, **{species.value: count})


# -- how many trials


def test_what_a_long_test_and_a_short_one_bear() -> None:
    assert shown_by(ENOUGH, LIMITS) is Tier.TRUSTED
    assert shown_by(SHORT, LIMITS) is Tier.LIMITED
    assert shown_by(Trials(), LIMITS) is Tier.UNTESTED


@pytest.mark.parametrize("species", ATTACKS)
def test_every_instrument_has_to_be_tried_often_enough(species: Species) -> None:
    assert shown_by(with_count(ENOUGH, species, Count(28, 0)), LIMITS) is Tier.LIMITED
    assert shown_by(with_count(ENOUGH, species, Count(9, 0)), LIMITS) is Tier.UNTESTED
    assert shown_by(with_count(ENOUGH, species, Count()), LIMITS) is Tier.UNTESTED


@pytest.mark.parametrize("species", ATTACKS)
@pytest.mark.parametrize("n", [29, 100, 1000])
def test_one_attack_that_passed_leaves_nothing(species: Species, n: int) -> None:
    assert shown_by(with_count(ENOUGH, species, Count(n, 1)), LIMITS) is Tier.UNTESTED


def test_a_camera_that_refuses_everybody_is_not_trusted_for_it() -> None:
    refuses = with_count(ENOUGH, Species.GENUINE, Count(30, 30))
    assert shown_by(refuses, LIMITS) is Tier.UNTESTED
    assert shown_by(with_count(ENOUGH, Species.GENUINE, Count(0, 0)), LIMITS) is Tier.UNTESTED
    assert shown_by(with_count(ENOUGH, Species.GENUINE, Count(30, 2)), LIMITS) is Tier.LIMITED
    assert shown_by(with_count(ENOUGH, Species.GENUINE, Count(19, 0)), LIMITS) is Tier.TRUSTED


@given(trials, st.sampled_from(Species))
def test_an_error_more_never_raises_the_tier(of: Trials, species: Species) -> None:
    order = list(Tier)
    before = of.of(species)
    worse = with_count(of, species, Count(before.n + 1, before.errors + 1))
    assert order.index(shown_by(worse, LIMITS)) <= order.index(shown_by(of, LIMITS))


@given(trials)
def test_trust_means_that_the_exact_bounds_are_kept(of: Trials) -> None:
    if shown_by(of, LIMITS) is Tier.TRUSTED:
        for species in ATTACKS:
            count = of.of(species)
            assert count.errors == 0
            assert rates.upper(count.errors, count.n) <= LIMITS.trusted_apcer
        assert rates.upper(of.genuine.errors, of.genuine.n) <= LIMITS.trusted_bpcer


# -- under which conditions, and for how long


def result(**other: object) -> assurance.Tested:
    return replace(assurance.Tested(ENOUGH, NOW, THEN_S), **other)  # type: ignore[arg-type]


def test_a_test_holds_under_its_own_conditions() -> None:
    assert tier_of([result()], NOW, THEN_S + DAY_S, POLICY) is Tier.TRUSTED
    assert tier_of([], NOW, THEN_S, POLICY) is Tier.UNTESTED


@pytest.mark.parametrize("what", ["camera", "engine", "limits"])
def test_another_camera_program_or_limit_makes_it_stale(what: str) -> None:
    other = replace(NOW, **{what: "cd" * 32})
    assert tier_of([result()], other, THEN_S, POLICY) is Tier.UNTESTED


def test_without_a_camera_there_is_no_test() -> None:
    nobody = replace(NOW, camera="")
    assert tier_of([result(conditions=nobody)], nobody, THEN_S, POLICY) is Tier.UNTESTED


@pytest.mark.parametrize(
    ("later_s", "tier"),
    [
        (0.0, Tier.TRUSTED),
        (365 * DAY_S, Tier.TRUSTED),
        (365 * DAY_S + 1, Tier.UNTESTED),
        (-1.0, Tier.UNTESTED),
        (math.nan, Tier.UNTESTED),
        (math.inf, Tier.UNTESTED),
    ],
)
def test_a_test_is_neither_old_nor_of_the_future(later_s: float, tier: Tier) -> None:
    assert tier_of([result()], NOW, THEN_S + later_s, POLICY) is tier


def test_a_time_that_is_none_is_no_test() -> None:
    assert tier_of([result(utc_s=math.nan)], NOW, THEN_S, POLICY) is Tier.UNTESTED


def test_the_newest_test_counts_also_where_it_is_worse() -> None:
    worse = result(trials=Trials(), utc_s=THEN_S + 1)
    assert tier_of([worse, result()], NOW, THEN_S + 2, POLICY) is Tier.UNTESTED


def test_only_the_demo_and_tests_assume_a_tier() -> None:
    assumed = replace(POLICY, assumed_tier=Tier.TRUSTED)
    assert tier_of([], NOW, THEN_S, assumed) is Tier.TRUSTED
    lowered = replace(POLICY, assumed_tier=Tier.UNTESTED)
    assert tier_of([result()], NOW, THEN_S, lowered) is Tier.UNTESTED


def test_the_digest_follows_what_a_session_goes_by() -> None:
    plain = limits_digest(POLICY)
    assert plain == limits_digest(Policy())
    assert plain != limits_digest(replace(POLICY, liveness=LivenessPolicy(turn_deg=15.5)))
    assert plain != limits_digest(replace(POLICY, quality=QualityPolicy(min_contrast=13.0)))


def test_the_digest_leaves_out_what_no_trial_depends_on() -> None:
    other = replace(POLICY, mode="clock", number_length=4, assumed_tier=Tier.LIMITED)  # type: ignore[arg-type]
    assert limits_digest(other) == limits_digest(POLICY)


def test_no_layer_is_left_out_of_the_digest() -> None:
    """A policy field of a layer that is added later changes the digest by itself."""
    known = {each.name for each in fields(Policy)}
    assert known >= assurance.NOT_TESTED
    for layer in ("solidity", "light", "passive", "continuity", "depth", "quality", "liveness"):
        assert layer not in assurance.NOT_TESTED


def test_the_digest_is_the_same_in_every_process() -> None:
    one = replace(POLICY, accepted=STANDARD_FACTORS)
    assert len(limits_digest(one)) == 64
    assert json.loads(json.dumps(assurance._plain(frozenset({"b", "a"})))) == ["a", "b"]


# -- what suffices


@pytest.mark.parametrize(
    ("tier", "opens", "with_number"),
    [
        (Tier.UNTESTED, False, False),
        (Tier.LIMITED, False, True),
        (Tier.TRUSTED, True, True),
    ],
)
def test_what_the_face_alone_opens(tier: Tier, opens: bool, with_number: bool) -> None:
    enough = accepted(POLICY, tier, ENTER, weak=False)
    assert (FACE in enough) is opens
    assert any(each <= NUMBERED for each in enough) is with_number
    for second in (Factor.PIN, Factor.BADGE):
        assert any(each <= FACE | {second} for each in enough)
    assert frozenset({Factor.BADGE, Factor.PIN}) in enough
    assert frozenset({Factor.NUMBER, Factor.PIN}) in enough


@pytest.mark.parametrize("tier", Tier)
def test_a_face_in_doubt_opens_no_door_alone(tier: Tier) -> None:
    enough = accepted(POLICY, tier, ENTER, weak=True)
    assert not any(each <= NUMBERED for each in enough)
    assert FACE | {Factor.PIN} in enough


@pytest.mark.parametrize("purpose", [Purpose.CLOCK_IN, Purpose.CLOCK_OUT])
@pytest.mark.parametrize("tier", Tier)
def test_a_clock_goes_by_the_face_as_before(tier: Tier, purpose: Purpose) -> None:
    assert accepted(POLICY, tier, purpose, weak=True) == POLICY.accepted


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("tier", Tier)
def test_a_part_of_a_face_is_never_enough_alone(tier: Tier, purpose: Purpose) -> None:
    enough = accepted(POLICY, tier, purpose, weak=False, partial=True)
    assert not any(each <= NUMBERED for each in enough)
    assert FACE | {Factor.PIN} in enough


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("tier", Tier)
def test_never_is_never(tier: Tier, purpose: Purpose) -> None:
    never = replace(POLICY, face_alone=FaceAlone.NEVER)
    enough = accepted(never, tier, purpose, weak=False)
    assert not any(each <= NUMBERED for each in enough)
    assert FACE | {Factor.PIN} in enough


factors = st.frozensets(st.frozensets(st.sampled_from(Factor)))


@given(factors, st.sampled_from(Tier), st.sampled_from(Purpose), st.booleans())
def test_assurance_only_ever_asks_for_more(
    of: frozenset[frozenset[Factor]], tier: Tier, purpose: Purpose, weak: bool
) -> None:
    policy = replace(POLICY, accepted=of)
    for each in accepted(policy, tier, purpose, weak=weak):
        assert each
        assert each in of or each - {Factor.PIN} in of


# -- counting, and the text that is signed


@pytest.mark.parametrize(
    ("species", "passed", "errors"),
    [
        (Species.GENUINE, True, 0),
        (Species.GENUINE, False, 1),
        (Species.PHONE, True, 1),
        (Species.PHONE, False, 0),
    ],
)
def test_a_trial_counts_and_can_be_taken_back(species: Species, passed: bool, errors: int) -> None:
    trial = Trial(species, accepted=passed)
    after = ENOUGH.plus(trial)
    before = ENOUGH.of(species)
    assert after.of(species) == Count(before.n + 1, before.errors + errors)
    assert after.total == ENOUGH.total + 1
    assert after.plus(trial, -1) == ENOUGH


@given(trials, st.floats(0, 4e9), st.text(), st.text())
def test_the_stored_text_gives_the_result_back(
    of: Trials, utc_s: float, camera: str, engine: str
) -> None:
    whole = assurance.Tested(of, Conditions(camera, engine, "limits"), utc_s)
    assert parse(canonical(whole)) == whole
    assert canonical(whole).isascii()


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "[]",
        "{}",
        canonical(result()).replace('"print"', '"paint"'),
        canonical(result(trials=Trials(Count(1, 2)))),
        canonical(result(trials=Trials(Count(-1, -1)))),
    ],
)
def test_a_text_that_is_none_is_told(broken: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        parse(broken)
