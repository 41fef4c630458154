"""The passive layer: half of the looks decide, and what cannot be judged is not held against."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import admission
from app.domain.evidence import Evidence, Finding, Layer, Look
from app.domain.liveness import Baseline
from app.domain.observation import Colour, Pose
from app.domain.passive import PassivePolicy, judge
from app.domain.policy import Policy
from tests.fakes.faces import face

POLICY = PassivePolicy(threshold=0.2)
REST = Baseline(yaw_deg=4.0, pitch_deg=-3.0, eye_openness=0.3, mouth_openness=0.0)


def look(score: float | None, yaw_deg: float = 4.0, eyes_px: float = 80.0) -> Look:
    seen = face()
    quality = replace(seen.quality, eye_distance_px=eyes_px)
    seen = replace(seen, live_score=score, pose=Pose(yaw_deg, -3.0, 0.0), quality=quality)
    return Look(1, 1.0, 1.0, seen, 0, None)


def lit(score: float, face_luma: float, around_luma: float) -> Look:
    """A look at a face so bright before something so bright."""
    seen = look(score)
    quality = replace(seen.face.quality, brightness=face_luma)
    around = Colour(around_luma, around_luma, around_luma)
    return replace(seen, face=replace(seen.face, quality=quality), backdrop=around)


def said(*looks: Look, policy: PassivePolicy = POLICY) -> tuple[Finding, str]:
    verdict = judge(Evidence(b"", REST, looks, ()), policy)
    return verdict.finding, verdict.why


def scores(*values: float | None) -> tuple[Look, ...]:
    return tuple(look(value) for value in values)


def test_without_a_pack_there_is_no_such_layer() -> None:
    assert said(*scores(0.0, 0.0, 0.0), policy=PassivePolicy()) == (Finding.ABSENT, "")


def test_half_of_the_scores_decide_and_looks_without_one_do_not_count() -> None:
    assert said(*scores(0.9, None, 0.0, None, 0.8)) == (Finding.LIVE, "")
    assert said(*scores(0.1, 0.9, None, 0.0)) == (Finding.REFUSED, "spoof-like")


def test_the_threshold_itself_is_alive_and_just_below_is_not() -> None:
    below = math.nextafter(0.2, 0.0)
    assert said(*scores(0.2, 0.2, 0.2))[0] is Finding.LIVE
    assert said(*scores(below, below, below))[0] is Finding.REFUSED


@pytest.mark.parametrize("values", [(), (None, None, None, None), (0.0, 0.0, None)])
def test_too_few_scores_neither_admit_nor_accuse(values: tuple[float | None, ...]) -> None:
    assert said(*scores(*values)) == (Finding.INCONCLUSIVE, "too-few-looks")


def test_in_the_dark_it_tells_nothing_and_dark_skin_in_good_light_is_not_the_dark() -> None:
    assert said(*[lit(0.05, 40.0, 45.0)] * 9) == (Finding.INCONCLUSIVE, "too-few-looks")
    assert said(*[lit(0.05, 40.0, 120.0)] * 9) == (Finding.REFUSED, "spoof-like")
    assert said(*[lit(0.9, 40.0, 120.0)] * 9)[0] is Finding.LIVE
    assert said(*[lit(math.nan, math.nan, math.nan)] * 9)[0] is Finding.INCONCLUSIVE


def test_a_few_looks_just_light_enough_do_not_speak_for_a_visit_in_the_dark() -> None:
    dark, light = lit(0.05, 79.0, 45.0), lit(0.05, 81.0, 45.0)
    assert said(*[light] * 4, *[dark] * 5) == (Finding.INCONCLUSIVE, "badly-lit")
    assert said(*[light] * 5, *[dark] * 4) == (Finding.REFUSED, "spoof-like")
    assert said(*[light] * 9, policy=replace(POLICY, min_lit=math.nan))[0] is Finding.INCONCLUSIVE


def test_where_a_pack_is_in_use_it_must_have_had_its_say() -> None:
    assert Layer.PASSIVE not in admission.required(Policy())
    assert Layer.PASSIVE in admission.required(Policy(passive=POLICY))


def test_turned_and_small_faces_do_not_count() -> None:
    straight = scores(0.9, 0.9, 0.9)
    turned = [look(0.0, yaw_deg=4.0 + 15.1) for _ in range(9)]
    small = [look(0.0, eyes_px=39.0) for _ in range(9)]
    assert said(*straight, *turned, *small)[0] is Finding.LIVE
    assert said(*turned, *small)[0] is Finding.INCONCLUSIVE
    at_rest = [look(0.0, yaw_deg=4.0 + 14.9) for _ in range(9)]
    assert said(*straight, *at_rest)[0] is Finding.REFUSED


@pytest.mark.parametrize("score", [math.nan, -0.1, 1.1, math.inf])
def test_what_is_no_score_denies(score: float) -> None:
    assert said(*scores(0.9, 0.9, 0.9, 0.9, score)) == (Finding.REFUSED, "score-unusable")


def test_a_limit_that_is_no_number_denies() -> None:
    assert said(*scores(1.0, 1.0, 1.0), policy=PassivePolicy(math.nan))[0] is Finding.REFUSED


@given(st.lists(st.floats(0, 1) | st.none(), max_size=40))
def test_no_score_makes_it_better_by_being_lower(values: list[float | None]) -> None:
    lower = [None if value is None else value / 2 for value in values]
    if said(*scores(*values))[0] is Finding.REFUSED:
        assert said(*scores(*lower))[0] is Finding.REFUSED


def test_the_verdict_says_what_it_went_by() -> None:
    measures = dict(judge(Evidence(b"", REST, scores(0.5, 0.7, 0.6), ()), POLICY).measures)
    assert measures == {"looks": 3.0, "median": 0.6, "lowest": 0.5}
