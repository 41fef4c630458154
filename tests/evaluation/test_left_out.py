"""Figures a condition leaves nothing of to judge: not played, not counted, and said to be so."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.camera.head import Stance
from app.camera.room import empty_room
from app.camera.stills import Still, installed_photo
from app.domain.policy import Policy
from app.evaluation import genuine
from app.evaluation.genuine import Condition
from app.evaluation.kit import Kit
from app.evaluation.outcomes import Outcome, genuine_json, left_out
from app.evaluation.people import Model, cannot_act, model_at
from app.evaluation.protocol import GENUINE, Plan, Share, Worker
from app.evaluation.scenes import Lens
from app.vision.engine import Engine
from tests.fakes.vision import embedded_engine

#: A fifth of the light leaves a face of luma 20 to 30; the gate asks for 40.
NIGHT = Condition("night", Lens(gain=0.2))
DAY = Condition("day", Lens())


@pytest.fixture(scope="module")
def engine() -> Engine:
    return embedded_engine()


@pytest.fixture(scope="module")
def photo() -> Path:
    return installed_photo(Still.ASTRONAUT)


@pytest.fixture(scope="module")
def model(engine: Engine, photo: Path) -> Model:
    made = model_at(photo, engine)
    assert isinstance(made, Model)
    return made


@pytest.fixture
def kit(engine: Engine, model: Model) -> Kit:
    return Kit(engine, Policy(), empty_room(), model, model, 7)


def test_a_face_the_kiosk_would_ask_more_light_for_is_left_out(kit: Kit) -> None:
    assert genuine.unfit(kit, NIGHT) == "too-dark"
    assert genuine.unfit(kit, DAY) == ""


def test_a_movement_that_the_camera_does_not_deliver_is_named(model: Model, engine: Engine) -> None:
    still = model.puppet.paint(Stance(), 0.0, 0.0, empty_room())
    why = cannot_act(model, engine, Policy(), empty_room(), lambda _: still.copy())
    assert why == "turn-left does not show"


def test_what_is_left_out_is_not_played(
    engine: Engine, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(genuine, "CONDITIONS", (NIGHT,))
    worker = Worker(engine, Policy())
    found = worker.play(Share(photo, photo, (0, 1)), Plan((), 2, 1))
    assert [(each.left_out, each.looks) for each in found] == [("too-dark", 0)] * 2


def test_what_is_left_out_is_neither_a_visit_nor_a_refusal() -> None:
    played = Outcome(GENUINE, "plain", "off", True, "", (), "", 10, 20.0, 0.5)
    told = genuine_json([played, left_out("too-dark", GENUINE, "off", "night")])
    assert (told["n"], told["refused"], told["left_out"]) == (1, 0, {"too-dark": 1})
    by = told["by_condition"]
    assert isinstance(by, dict)
    assert (by["night"]["n"], by["night"]["rate"]) == (0, None)
    assert by["night"]["left_out"] == {"too-dark": 1}
