"""A face that came about oddly is called odd, by what is odd about it; a usual one is not."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.anomaly import Measures, Oddity, Signs, Usual, measures, oddities

CENTRES = np.eye(3, 4, dtype=np.float32)
USUAL = Usual((1.0, 2.0), 0.3, 0.1, 0.05, 0.2, CENTRES)
FINE = Measures(1.5, 0.2, 0.05, 0.03, 0.1)
NAMES = {
    "length": Oddity.LENGTH,
    "apart": Oddity.APART,
    "mirror": Oddity.MIRROR,
    "crops": Oddity.CROPS,
    "drift": Oddity.DRIFT,
}


def test_every_measure_has_its_limit() -> None:
    assert {each.name for each in fields(Measures)} == set(NAMES)
    assert set(NAMES.values()) == set(Oddity)
    assert oddities(FINE, USUAL) == frozenset()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_too_far_is_named_and_nothing_else(name: str) -> None:
    assert oddities(replace(FINE, **{name: 2.5}), USUAL) == {NAMES[name]}
    assert oddities(replace(FINE, **{name: math.nan}), USUAL) == {NAMES[name]}
    assert oddities(replace(FINE, **{name: math.inf}), USUAL) == {NAMES[name]}


def test_the_limits_themselves_are_usual() -> None:
    edge = Measures(2.0, USUAL.apart, USUAL.mirror, USUAL.crops, USUAL.drift)
    assert oddities(edge, USUAL) == frozenset()
    assert oddities(replace(edge, length=1.0), USUAL) == frozenset()
    assert oddities(replace(edge, length=math.nextafter(1.0, 0.0)), USUAL) == {Oddity.LENGTH}


@pytest.mark.parametrize(
    ("limits", "odd"),
    [
        (replace(USUAL, lengths=(math.nan, math.nan)), Oddity.LENGTH),
        (replace(USUAL, apart=math.nan), Oddity.APART),
        (replace(USUAL, mirror=math.nan), Oddity.MIRROR),
        (replace(USUAL, crops=math.nan), Oddity.CROPS),
        (replace(USUAL, drift=math.nan), Oddity.DRIFT),
    ],
)
def test_a_limit_that_is_no_number_calls_everything_odd(limits: Usual, odd: Oddity) -> None:
    assert oddities(FINE, limits) == {odd}


@given(st.sampled_from(list(NAMES)), st.floats(0.0, 1.0))
def test_nothing_becomes_usual_by_being_farther_off(name: str, by: float) -> None:
    for seen in (FINE, Measures(1.9, 0.35, 0.15, 0.06, 0.3)):
        farther = replace(seen, **{name: getattr(seen, name) + by})
        if name != "length" or seen.length >= USUAL.lengths[0]:
            assert oddities(seen, USUAL) <= oddities(farther, USUAL)


def test_faces_of_one_visit_are_judged_by_their_means() -> None:
    face = np.array([1.0, 0.1, 0.0, 0.0], np.float32)
    moved = np.array([1.0, 0.2, 0.0, 0.0], np.float32)
    signs = [Signs(1.0, 0.02, moved), Signs(2.0, 0.04, face)]
    seen = measures([face, face], signs, CENTRES, 0.15)
    assert seen.length == pytest.approx(1.5)
    assert seen.mirror == pytest.approx(0.03)
    assert seen.apart == pytest.approx(1.0 - 1.0 / math.hypot(1.0, 0.1), abs=1e-6)
    cosine = (1.0 + 0.02) / (math.hypot(1.0, 0.1) * math.hypot(1.0, 0.2))
    assert seen.crops == pytest.approx((1.0 - cosine) / 2.0, abs=1e-6)
    assert seen.drift == 0.15


def test_a_face_that_is_none_is_odd_in_every_way() -> None:
    nothing = np.full(4, np.nan, np.float32)
    seen = measures([nothing], [Signs(math.nan, math.nan, nothing)], CENTRES, math.nan)
    assert oddities(seen, USUAL) == set(Oddity)


def test_there_has_to_be_something_to_judge() -> None:
    with pytest.raises(ValueError, match="signs"):
        measures([], [], CENTRES)
    with pytest.raises(ValueError, match="signs"):
        measures([CENTRES[0]], [], CENTRES)
