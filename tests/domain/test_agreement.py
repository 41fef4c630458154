"""Hand-over: the faces of one track are one person's, whenever the other one comes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.agreement import Sample, Track, answering, is_one_person
from app.domain.agreement import agrees as track_agrees
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


def agrees(samples: list[Sample], *groups: tuple[int, ...]) -> bool:
    return is_one_person(samples, STRAIGHT, groups, SPACE, POLICY)


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
    assert not is_one_person(one(person(1)), (), (), SPACE, POLICY)


def of_two(seed: int, apart: float, at: int, yaw_deg: float) -> list[Sample]:
    """Somebody in whose place another gives the answer of frame `at` and is gone again."""
    of = one(person(seed))
    other = near(person(seed), apart, seed)
    given_by = [
        Sample(frame, Pose(yaw_deg, 0.0, 0.0), other, answers=frame == at)
        for frame in range(at - 2, at + 1)
    ]
    return [each for each in of if not at - 2 <= each.frame <= at] + given_by


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(4, FACES + 2))
def test_somebody_who_only_gives_one_answer_is_seen(seed: int, at: int) -> None:
    """Nearer than a single answer may be, and turned away so that nobody is at rest then."""
    samples = of_two(seed, 0.070, at, 25.0)
    assert agrees(samples)
    assert not agrees(samples, (at - 2, at - 1, at))


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(4, FACES + 2))
def test_a_turned_head_reads_farther_than_one_at_rest(seed: int, at: int) -> None:
    """As far as films show turned faces to be, which is beyond what one at rest may differ by."""
    assert agrees(of_two(seed, 0.055, at, 20.0), (at - 2, at - 1, at))
    assert not agrees(of_two(seed, 0.055, at, 0.0), (at - 2, at - 1, at))


def test_an_answer_by_a_face_that_was_not_embedded_agrees_with_nobody() -> None:
    assert not agrees(one(person(1)), (98, 99))
    assert not agrees(one(person(1)), ())


def test_an_answer_is_its_look_and_those_before_it() -> None:
    assert answering([9, 1, 4, 5, 6, 7], (1, 6)) == ((1,), (4, 5, 6))
    assert answering([1, 2], ()) == ()


@pytest.mark.parametrize("missing", ["match", "met"])
def test_a_frame_that_was_named_and_is_not_there_agrees_with_nobody(missing: str) -> None:
    poses = dict.fromkeys(range(FACES), STRAIGHT[0])
    asked = {"match": (1, 2), "met": (5,)}
    whole = Track(poses, {0, 3, 8}, **asked)
    gone = Track(poses, {0, 3, 8}, **{**asked, missing: (99,)})
    assert track_agrees(whole, lambda _: person(1), SPACE, POLICY)
    assert not track_agrees(gone, lambda _: person(1), SPACE, POLICY)


def test_every_answer_is_embedded_with_the_looks_before_it() -> None:
    embedded: list[int] = []

    def embed(number: int) -> Embedding:
        embedded.append(number)
        return person(1)

    poses = dict.fromkeys(range(FACES), STRAIGHT[0])
    assert track_agrees(Track(poses, {0}, (1,), (5, 11)), embed, SPACE, POLICY)
    assert embedded == [0, 1, 3, 4, 5, 9, 10, 11]
