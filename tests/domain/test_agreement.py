"""Hand-over: the faces of one track are one person's, whenever the other one comes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.agreement import Sample, ending, is_one_person
from app.domain.matching import CalibrationPoint, Embedding, MatchPolicy, Metric, Space
from app.domain.observation import Pose

#: The embedded pack's calibration.
POINTS = ((1e-5, 0.0366), (1e-4, 0.0498), (1e-3, 0.0632), (1e-2, 0.0806))
SPACE = Space("s", 64, Metric.COSINE, tuple(CalibrationPoint(*each) for each in POINTS))
POLICY = MatchPolicy()
STRAIGHT = (Pose(0.0, 0.0, 0.0),)
FACES = 12


def person(seed: int) -> Embedding:
    return np.asarray(np.random.default_rng(seed).normal(size=64), dtype=np.float32)


def near(one: Embedding, apart: float, seed: int) -> Embedding:
    """Somebody at this cosine distance."""
    unit = one / np.linalg.norm(one)
    away = np.random.default_rng(seed + 777).normal(size=64)
    away -= unit * (away @ unit)
    angle = math.acos(1.0 - apart)
    other = unit * math.cos(angle) + away / np.linalg.norm(away) * math.sin(angle)
    return np.asarray(other, dtype=np.float32)


def sample(frame: int, of: Embedding, yaw_deg: float = 0.0, *, answers: bool = False) -> Sample:
    """One look: 0.02 from the person's own middle, as in recorded videos."""
    return Sample(frame, Pose(yaw_deg, 0.0, 0.0), near(of, 0.02, frame), answers)


def one(of: Embedding, count: int = FACES) -> list[Sample]:
    return [sample(frame, of) for frame in range(count)]


def agrees(samples: list[Sample]) -> bool:
    return is_one_person(samples, STRAIGHT, SPACE, POLICY)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(6, 30))
def test_one_person_agrees(seed: int, count: int) -> None:
    turned = sample(count, near(person(seed), 0.04, seed + 50_000), 20.0, answers=True)
    assert agrees([*one(person(seed), count), turned])


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(3, FACES - 3), st.booleans())
def test_a_stretch_of_somebody_else_is_seen(seed: int, at: int, back: bool) -> None:
    """Also of somebody quite alike: 0.1 is nearer than 98 of 100 pairs of strangers."""
    of, other = person(seed), near(person(seed), 0.1, seed)
    end = at + 3 if back else FACES
    samples = one(of)
    samples[at:end] = [sample(frame, other) for frame in range(at, end)]
    assert not agrees(samples)


def test_whoever_answers_has_to_be_who_is_matched() -> None:
    of = person(1)
    assert not agrees([*one(of), sample(20, near(of, 0.15, 3), 20.0, answers=True)])
    assert agrees([*one(of), sample(20, near(of, 0.15, 3), 40.0)])  # too far to be told


@pytest.mark.parametrize("pitch_deg", [5.0, 9.0, 13.0, -20.0])
def test_whose_face_reads_higher_at_rest_is_compared_all_the_same(pitch_deg: float) -> None:
    of, other = person(4), near(person(4), 0.13, 5)
    came = [
        Sample(frame, Pose(0.0, pitch_deg, 0.0), near(other, 0.001, frame)) for frame in range(4)
    ]
    rest = [sample(frame, of) for frame in range(4, 16)]
    assert agrees(rest)
    assert not agrees([*came, *rest])


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_agrees_with_nobody(value: float) -> None:
    broken = sample(5, person(1))
    broken.embedding[3] = value
    assert not agrees([*one(person(1)), broken])


def test_nothing_at_rest_agrees_with_nothing() -> None:
    assert not agrees([])
    assert not agrees([sample(1, person(1), 30.0)])
    assert not is_one_person(one(person(1)), (), SPACE, POLICY)


@settings(max_examples=60)
@given(st.integers(0, 10_000))
def test_somebody_who_only_gives_the_last_answer_is_seen(seed: int) -> None:
    """About as near as a single answer may be, and turned so far that nobody is at rest then."""
    of, other = person(seed), near(person(seed), 0.07, seed)
    answered = [sample(FACES + at, other, 25.0, answers=at == 2) for at in range(3)]
    assert not agrees([*one(of), *(replace(each, ends=True) for each in answered)])


def test_the_end_is_the_last_looks_up_to_the_last_answer() -> None:
    assert ending([9, 1, 4, 5, 6, 7], (1, 6)) == (4, 5, 6)
    assert ending([6, 1], (1, 6)) == (1, 6)
    assert ending([1, 2], ()) == ()
