"""Continuity: fresh pictures of one head pass; pictures again, loops, cuts and replays do not."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.continuity import ContinuityPolicy, judge
from app.domain.evidence import Echo, Evidence, Finding, Look
from app.domain.liveness import Baseline
from app.domain.observation import Face
from tests.fakes.faces import face

POLICY = ContinuityPolicy()
REST = Baseline(yaw_deg=0.0, pitch_deg=0.0, eye_openness=0.3, mouth_openness=0.0)
RATE_HZ = 15.0


def jittered(of: Face, chance: np.random.Generator, size_px: float = 0.3) -> Face:
    """The same face as a landmarker reads it once more."""
    marks = np.array(of.landmarks) + chance.normal(0.0, size_px, (68, 2))
    return replace(of, landmarks=tuple((float(x), float(y)) for x, y in marks))


def sways(count: int = 60, seed: int = 0) -> tuple[Look, ...]:
    """Somebody who looks about a little; every picture is another."""
    chance = np.random.default_rng(seed)
    phases = chance.uniform(0.0, 6.0, 2)
    looks = []
    for number in range(1, count + 1):
        t_s = number / RATE_HZ
        yaw_deg = 4.0 * math.sin(1.7 * t_s + phases[0])
        seen = face(yaw_deg=yaw_deg, pitch_deg=2.0 * math.sin(1.1 * t_s + phases[1]))
        looks.append(Look(number, t_s, t_s + 0.03, jittered(seen, chance), number, None))
    return tuple(looks)


def said(looks: tuple[Look, ...], echo: Echo | None = None) -> tuple[Finding, str]:
    verdict = judge(Evidence(b"", REST, looks, (), None, echo or Echo()), POLICY)
    return verdict.finding, verdict.why


def shown_again(look: Look, at: Look) -> Look:
    return replace(at, digest=look.digest)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_a_face_that_looks_about_is_alive(seed: int) -> None:
    assert said(sways(seed=seed)) == (Finding.LIVE, "")


def test_a_picture_that_comes_again_is_no_sensors() -> None:
    looks = list(sways())
    looks[40] = shown_again(looks[10], looks[40])
    assert said(tuple(looks)) == (Finding.REFUSED, "repeated")


def test_a_buffer_handed_out_twice_and_a_ring_that_slips_are_forgiven() -> None:
    looks = list(sways())
    for at in range(20, 40, 2):
        looks[at] = shown_again(looks[at - 1], looks[at])
    looks[45] = shown_again(looks[43], looks[45])
    assert said(tuple(looks)) == (Finding.LIVE, "")


@pytest.mark.parametrize(("stays", "word"), [(15, ""), (17, "frozen")])
def test_a_picture_may_stay_for_a_moment_and_no_longer(stays: int, word: str) -> None:
    looks = list(sways())
    for at in range(20, 20 + stays):
        looks[at] = shown_again(looks[20], looks[at])
    assert said(tuple(looks))[1] == word


def test_unknown_digests_accuse_nobody() -> None:
    assert said(tuple(replace(look, digest=0) for look in sways())) == (Finding.LIVE, "")


def test_what_was_told_long_after_it_was_seen_is_stale() -> None:
    looks = list(sways())
    for late_s in (2.5, math.nan):
        looks[30] = replace(looks[30], now_s=looks[30].t_s + late_s)
        assert said(tuple(looks)) == (Finding.REFUSED, "stale")


@pytest.mark.parametrize("period", [15, 20, 30])
def test_a_loop_is_seen_through_other_noise(period: int) -> None:
    chance = np.random.default_rng(5)
    looks = sways()
    looped = tuple(
        replace(look, face=jittered(looks[at % period].face, chance, 0.08))
        for at, look in enumerate(looks)
    )
    assert said(looped) == (Finding.REFUSED, "looped")


def test_a_cut_to_another_place_is_no_movement() -> None:
    looks = sways()
    aside = [tuple((x + 40.0, y) for x, y in look.face.landmarks) for look in looks]
    apart = [
        replace(look, face=replace(look.face, landmarks=aside[at])) if at >= 30 else look
        for at, look in enumerate(looks)
    ]
    assert said(tuple(apart)) == (Finding.REFUSED, "cut")


def test_a_cut_to_a_face_of_other_proportions_in_the_same_place_is_seen() -> None:
    looks = sways()
    nose = range(27, 36)
    apart = []
    for at, look in enumerate(looks):
        marks = list(look.face.landmarks)
        if at >= 30:
            for point in nose:
                x, y = marks[point]
                marks[point] = (x + (6.0 if point % 2 else -6.0), y + 5.0)
        apart.append(replace(look, face=replace(look.face, landmarks=tuple(marks))))
    assert said(tuple(apart)) == (Finding.REFUSED, "cut")


def test_a_quick_turn_is_no_cut() -> None:
    """A head turns with up to 300 degrees a second, and takes its time to begin and end."""
    chance = np.random.default_rng(2)
    looks = []
    for number in range(1, 61):
        t_s = number / RATE_HZ
        share = min(max((t_s - 2.0) / 0.25, 0.0), 1.0)
        seen = face(yaw_deg=30.0 * (3.0 * share**2 - 2.0 * share**3))
        looks.append(Look(number, t_s, t_s, jittered(seen, chance), number, None))
    assert said(tuple(looks)) == (Finding.LIVE, "")


@pytest.mark.parametrize(
    ("distance", "word"), [(0.7, "replayed"), (math.nan, "replayed"), (1.3, ""), (math.inf, "")]
)
def test_an_echo_of_an_earlier_session_is_refused(distance: float, word: str) -> None:
    assert said(sways(), Echo(distance, "ab"))[1] == word


def test_without_landmarks_it_cannot_tell() -> None:
    bare = tuple(replace(look, face=replace(look.face, landmarks=())) for look in sways())
    assert said(bare) == (Finding.INCONCLUSIVE, "unmeasured")
    assert said(()) == (Finding.INCONCLUSIVE, "unmeasured")


@given(st.lists(st.sampled_from([math.nan, math.inf, -1e300, 0.0, 5.0]), max_size=30))
def test_whatever_the_landmarks_say_it_answers(values: list[float]) -> None:
    looks = list(sways(24))
    for at, value in enumerate(values):
        at = at % len(looks)  # noqa: PLW2901
        marks = ((value, value), *looks[at].face.landmarks[1:])
        looks[at] = replace(looks[at], face=replace(looks[at].face, landmarks=marks))
    assert isinstance(said(tuple(looks))[0], Finding)
