"""What the layers cost beside detection is measured, and holds what is promised."""

from __future__ import annotations

import numpy as np

from app.camera.room import empty_room
from app.camera.stills import Still, installed_photo
from app.evaluation.added import FRAMES, PROMISE_MS, added_ms, frames_of
from app.evaluation.people import Model, model_at
from app.ports import Frame
from tests.fakes.vision import embedded_engine


def test_the_layers_add_less_to_a_look_than_is_promised() -> None:
    engine = embedded_engine()
    model = model_at(installed_photo(Still.ASTRONAUT), engine)
    assert isinstance(model, Model)
    found = added_ms(frames_of(model), engine, None)
    assert len(found) == FRAMES // 2
    assert 0.0 < np.median(found) < PROMISE_MS


def test_frames_without_a_face_are_not_counted() -> None:
    frames = [Frame(number, number / 15.0, empty_room()) for number in (1, 2)]
    assert added_ms(frames, embedded_engine(), None) == []
