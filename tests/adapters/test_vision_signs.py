"""A closer look at a face: what it says of a real network, and what is read from the manifest."""

from __future__ import annotations

import base64
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.errors import ModelMissing, ModelRejected
from app.ports import Chip
from app.vision import golden, listing, onsite
from app.vision.engine import Engine
from app.vision.signs import moved, signs_of
from tests.fakes.vision import embedded_engine, embedded_pack, embedded_parts

CHIP = golden.chip(150, 150)
TABLE: dict[str, Any] = {
    "lengths": [1.0, 2.0],
    "apart": 0.1,
    "mirror": 0.1,
    "crops": 0.1,
    "drift": 0.1,
    "centres": base64.encodebytes(bytes([127, *[0] * 127, 0, 129, *[0] * 126])).decode(),
    "data": "made up",
    "faces": 200,
    "measured": date(2026, 11, 28),
}


def test_the_signs_of_a_face_are_those_of_its_network() -> None:
    recogniser = embedded_parts().recogniser
    answer, mirrored = recogniser.answer(CHIP), recogniser.answer(CHIP[:, ::-1].copy())
    signs = signs_of(recogniser, CHIP, np.random.default_rng(1))
    assert signs.length == pytest.approx(float(np.linalg.norm(answer)))
    cosine = answer @ mirrored / (np.linalg.norm(answer) * np.linalg.norm(mirrored))
    assert signs.mirror == pytest.approx(1.0 - float(cosine), abs=1e-5)
    again = recogniser.embed(moved(CHIP, np.random.default_rng(1)))
    assert np.array_equal(signs.moved, again)


def test_a_moved_chip_is_nearly_the_same_and_never_the_same_twice() -> None:
    chance = np.random.default_rng(2)
    one, other = moved(CHIP, chance), moved(CHIP, chance)
    assert one.shape == other.shape == CHIP.shape
    assert not np.array_equal(one, other)
    inner = np.s_[20:-20, 20:-20]
    assert np.abs(one[inner].astype(int) - CHIP[inner]).mean() < 25.0


def test_an_engine_looks_closer_only_once_it_is_loaded() -> None:
    with pytest.raises(ModelMissing):
        Engine(embedded_pack(), Path("nowhere")).examine(Chip(CHIP))
    assert embedded_engine().examine(Chip(CHIP)).length > 0.0


def test_what_is_usual_is_read_as_it_was_written() -> None:
    space = embedded_pack().space
    drawn = np.random.default_rng(3).normal(size=(5, space.dimension)).astype(np.float32)
    centres = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    found = listing.ordinary({**TABLE, "centres": listing.centres_text(centres)}, space)
    assert found.usual.lengths == (1.0, 2.0)
    assert (found.usual.centres * centres).sum(axis=1).min() > 0.999
    assert (found.faces, found.measured) == (200, date(2026, 11, 28))


@pytest.mark.parametrize(
    "wrong",
    [
        {"lengths": [2.0, 1.0]},
        {"lengths": [1.0]},
        {"apart": 0.0},
        {"mirror": -0.1},
        {"crops": 2.1},
        {"drift": float("nan")},
        {"centres": "no base64!"},
        {"centres": ""},
        {"centres": base64.b64encode(bytes(100)).decode()},
        {"centres": base64.b64encode(bytes(128)).decode()},
        {"more": 1},
        {"faces": 0},
    ],
)
def test_what_cannot_be_usual_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        listing.ordinary({**TABLE, **wrong}, embedded_pack().space)


def test_what_is_usual_on_site_goes_before_what_came_with_the_pack(tmp_path: Path) -> None:
    pack = embedded_pack()
    path = onsite.write_usual(pack, tmp_path, TABLE)
    found = onsite.applied(pack, tmp_path).ordinary
    assert found is not None
    assert found.usual.lengths == (1.0, 2.0)
    for wrong in ("", "[]", json.dumps({"space": "another"}), "x" * 70_000):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(ModelRejected, match="anomaly --calibrate"):
            onsite.applied(pack, tmp_path)
