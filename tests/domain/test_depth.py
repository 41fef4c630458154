"""The second camera's layer: flat things are refused, and silence lets nobody in alone."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from app.domain import admission, layers
from app.domain.depth import DepthPolicy, SecondKind, judge
from app.domain.evidence import Evidence, Finding, Layer, Look
from app.domain.liveness import Baseline
from app.domain.observation import Pose, Relief
from app.domain.policy import Policy
from tests.fakes.faces import face

POLICY = DepthPolicy()
REST = Baseline(yaw_deg=2.0, pitch_deg=0.0, eye_openness=0.3, mouth_openness=0.0)
NAN = math.nan


def look(relief: Relief | None, yaw_deg: float = 2.0) -> Look:
    seen = replace(face(), relief=relief, pose=Pose(yaw_deg, 0.0, 0.0))
    return Look(1, 1.0, 1.0, seen, 0, None)


def depths(*values: float) -> tuple[Look, ...]:
    return tuple(look(Relief(value, NAN)) for value in values)


def ratios(*values: float) -> tuple[Look, ...]:
    return tuple(look(Relief(NAN, value)) for value in values)


def said(
    looks: tuple[Look, ...], kind: SecondKind = SecondKind.DEPTH, policy: DepthPolicy = POLICY
) -> tuple[Finding, str]:
    verdict = judge(Evidence(b"", REST, looks, ()), policy, kind)
    return verdict.finding, verdict.why


def test_without_a_second_camera_there_is_no_such_layer() -> None:
    assert said(depths(*[0.0] * 9), SecondKind.NONE) == (Finding.ABSENT, "")


def test_a_head_passes_and_what_is_flat_is_refused() -> None:
    assert said(depths(30, 28, 31, 29, 30)) == (Finding.LIVE, "")
    assert said(depths(0, 2, -3, 1, 0)) == (Finding.REFUSED, "flat")
    assert said(depths(-30, -28, -31, -29, -30)) == (Finding.REFUSED, "flat")


def test_skin_passes_and_what_returns_no_infrared_is_refused() -> None:
    infrared = SecondKind.INFRARED
    assert said(ratios(3, 4, 3, 2, 3), infrared) == (Finding.LIVE, "")
    assert said(ratios(0.2, 0.3, 0.2, 1.0, 0.2), infrared) == (Finding.REFUSED, "no-skin-response")


def test_half_of_the_looks_decide() -> None:
    assert said(depths(30, 0, 30, 0, 30))[0] is Finding.LIVE
    assert said(depths(0, 30, 0, 30, 0))[0] is Finding.REFUSED


def test_the_limit_itself_passes() -> None:
    assert said(depths(*[POLICY.min_nose_mm] * 5))[0] is Finding.LIVE
    assert said(depths(*[math.nextafter(POLICY.min_nose_mm, 0.0)] * 5))[0] is Finding.REFUSED


@pytest.mark.parametrize(
    "looks",
    [(), depths(NAN, NAN, NAN, NAN, NAN, NAN), depths(30, 30, 30, 30), (look(None),) * 9],
    ids=["no looks", "holes", "too few", "no plane"],
)
def test_a_camera_that_could_not_measure_accuses_nobody(looks: tuple[Look, ...]) -> None:
    assert said(looks) == (Finding.INCONCLUSIVE, "too-few-looks")


def test_the_other_kind_of_second_camera_says_nothing_here() -> None:
    assert said(ratios(3, 3, 3, 3, 3, 3))[0] is Finding.INCONCLUSIVE


def test_turned_looks_do_not_count() -> None:
    turned = tuple(look(Relief(-20.0, NAN), yaw_deg=2.0 + 15.1) for _ in range(20))
    assert said((*depths(30, 30, 30, 30, 30), *turned))[0] is Finding.LIVE


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_what_is_no_distance_denies(value: float) -> None:
    assert said(depths(*[value] * 5))[0] is Finding.REFUSED


def test_a_limit_that_is_no_number_denies() -> None:
    policy = DepthPolicy(min_nose_mm=NAN)
    assert said(depths(*[30.0] * 5), policy=policy)[0] is Finding.REFUSED


def test_a_second_camera_has_to_have_its_say_before_the_face_counts_alone() -> None:
    policy = Policy(second=SecondKind.DEPTH)
    assert admission.required(policy) - admission.required(Policy()) == {Layer.DEPTH}
    for looks, doubt in ((depths(*[30.0] * 5), False), (depths(NAN, NAN), True)):
        verdict = judge(Evidence(b"", REST, looks, ()), policy.depth, policy.second)
        assert layers.in_doubt((verdict,), frozenset({Layer.DEPTH})) is doubt
        assert layers.refusal((verdict,)) is None
