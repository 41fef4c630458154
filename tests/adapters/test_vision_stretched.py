"""A flat face is stretched for the recognisers that gain by it, and nothing else is touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.source import LightProfile
from app.ports import Frame
from app.runtime import bootstrap
from app.vision.engine import Engine
from app.vision.parts import Pixels
from app.vision.pixels import FLAT_LEVELS, MOST_GAIN, grey_of, stretched
from tests.fakes.vision import astronaut, close_up, embedded_engine, embedded_pack, embedded_parts


def span(chip: Pixels) -> float:
    low, high = np.percentile(grey_of(chip), (1, 99))
    return float(high - low)


def flattened(picture: Pixels, share: float) -> Pixels:
    """As a picture in the dark or behind a veil of light: the same with less of a difference."""
    return np.asarray(np.round(picture * share + 20.0), dtype=np.uint8)


@given(
    st.integers(0, 2**32 - 1), st.integers(0, 200), st.integers(1, 255), st.sampled_from([8, 112])
)
def test_it_is_spread_at_most_twice_in_order_and_never_where_it_is_not_flat(
    seed: int, least: int, levels: int, side: int
) -> None:
    chance = np.random.default_rng(seed)
    high = min(least + levels, 255)
    chip = chance.integers(least, high, (side, side, 3), dtype=np.uint8, endpoint=True)
    before, after = chip.copy(), stretched(chip)
    assert np.array_equal(chip, before), "what was handed in is not written to"
    assert after.shape == chip.shape
    if span(chip) >= FLAT_LEVELS:
        assert after is chip
        return
    assert span(after) <= MOST_GAIN * span(chip) + 4
    assert span(after) >= min(span(chip), 240.0) - 2
    order = np.argsort(chip.ravel(), kind="stable")
    assert (np.diff(after.ravel()[order].astype(int)) >= 0).all(), "lighter stays lighter"


@pytest.mark.parametrize("level", [0, 1, 128, 255])
def test_a_chip_of_one_colour_becomes_no_noise(level: int) -> None:
    flat = np.full((112, 112, 3), level, np.uint8)
    assert len(np.unique(stretched(flat))) == 1


@pytest.fixture(scope="module")
def gaining() -> Engine:
    """The embedded models in a pack that says it gains by it."""
    pack = embedded_pack()
    engine = Engine(
        replace(pack, input=replace(pack.input, evens=True)),
        Path("nowhere"),
        lambda *_: embedded_parts(),
    )
    engine.load()
    return engine


def chip_of(engine: Engine, picture: Pixels, light: LightProfile) -> Pixels:
    engine.forget()
    frame = Frame(1, 0.0, picture, light=light)
    return engine.align(frame, engine.observe(frame).faces[0]).pixels


def test_only_a_pack_that_gains_hands_over_stretched_faces_and_only_where_it_was_said(
    gaining: Engine,
) -> None:
    dim = flattened(close_up(astronaut()), 0.3)
    as_is = chip_of(gaining, dim, LightProfile.AS_IS)
    assert span(as_is) < FLAT_LEVELS
    assert np.array_equal(chip_of(gaining, dim, LightProfile.EVENED), stretched(as_is))
    assert np.array_equal(chip_of(embedded_engine(), dim, LightProfile.EVENED), as_is)


def test_what_is_seen_of_a_frame_is_the_same_whatever_is_said_of_its_light(
    gaining: Engine,
) -> None:
    """Challenges, quality, evidence and their replay go by what is seen."""
    dim = flattened(close_up(astronaut()), 0.3)
    seen = []
    for light in LightProfile:
        gaining.forget()
        look = gaining.observe(Frame(1, 0.0, dim, light=light))
        seen.append(replace(look, faces=tuple(replace(face, track=0) for face in look.faces)))
    assert seen[0].faces
    assert seen[0] == seen[1]


def test_the_packs_that_gain_are_those_that_were_measured_to() -> None:
    """docs/decisions/0016-light-profiles.md has the figures."""
    packs = bootstrap.manifest_of_packs().packs
    assert {pack.name for pack in packs if pack.input.evens} == {"retail-0095", "retail-0095-onnx"}
