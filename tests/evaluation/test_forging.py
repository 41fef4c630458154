"""A forger keeps what brings a face nearer, asks no more than allowed, and changes no more."""

from __future__ import annotations

import numpy as np
import pytest

from app.evaluation.forging import BAND, FAINT, Forgery, forge
from app.vision.parts import Pixels
from tests.fakes.vision import embedded_parts

CHIP = np.full((60, 50, 3), 120, dtype=np.uint8)


def reds(chip: Pixels) -> float:
    """A network that wants everything red: how far from that a picture is."""
    return float(1.0 - chip[:, :, 2].mean() / 255.0)


@pytest.mark.parametrize("kind", list(Forgery))
def test_it_comes_nearer_until_it_is_there(kind: Forgery) -> None:
    limit = reds(CHIP) - 0.02
    made = forge(kind, CHIP, reds, limit, 400, np.random.default_rng(1))
    assert made.reached
    assert 0 < made.queries <= 400
    assert reds(made.chip) < limit


@pytest.mark.parametrize("kind", list(Forgery))
def test_it_gives_up_when_it_has_asked_enough(kind: Forgery) -> None:
    asked = []

    def never(chip: Pixels) -> float:
        asked.append(chip.shape)
        return 1.0

    made = forge(kind, CHIP, never, 0.1, 25, np.random.default_rng(2))
    assert (made.reached, made.queries, len(asked)) == (False, 25, 26)
    assert np.array_equal(made.chip, CHIP)


def test_noise_stays_faint_and_a_band_stays_in_its_place() -> None:
    noisy = forge(Forgery.NOISE, CHIP, reds, 0.0, 200, np.random.default_rng(3)).chip
    assert np.abs(noisy.astype(int) - CHIP).max() == FAINT
    worn = forge(Forgery.BAND, CHIP, reds, 0.0, 200, np.random.default_rng(4)).chip
    changed = np.argwhere((worn != CHIP).any(axis=2))
    top, bottom, left, right = BAND
    assert changed[:, 0].min() >= round(top * 60)
    assert changed[:, 0].max() < round(bottom * 60)
    assert changed[:, 1].min() >= round(left * 50)
    assert changed[:, 1].max() < round(right * 50)


def test_the_same_chance_forges_the_same_face() -> None:
    recogniser = embedded_parts().recogniser
    chip = np.random.default_rng(5).integers(0, 256, (150, 150, 3)).astype(np.uint8)
    aim = recogniser.embed(np.ascontiguousarray(chip[::-1]))

    def apart(seen: Pixels) -> float:
        return 1.0 - float(recogniser.embed(seen) @ aim)

    one, other = (
        forge(Forgery.NOISE, chip, apart, 0.0, 10, np.random.default_rng(6)) for _ in range(2)
    )
    assert np.array_equal(one.chip, other.chip)
    assert apart(one.chip) <= apart(chip)
