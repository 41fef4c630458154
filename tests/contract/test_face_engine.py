"""What every face engine does, real or scripted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from app.domain.matching import is_usable
from app.domain.observation import Box, Face, Pose, Quality
from app.errors import ModelError
from app.ports import FaceEngine, Frame
from app.vision.engine import Engine
from tests.fakes.vision import (
    ScriptedEngine,
    astronaut,
    close_up,
    embedded_engine,
    embedded_pack,
)

FACE = Face(
    track=1,
    box=Box(234.0, 154.0, 180.0, 180.0),
    landmarks=tuple((324.0 + x, 244.0) for x in range(68)),
    pose=Pose(0.0, 0.0, 0.0),
    eye_openness=0.3,
    mouth_openness=0.0,
    quality=Quality(86.0, 146.0, 156.0, 56.0, 1.0),
)


@dataclass(frozen=True)
class Case:
    """A loaded engine; the script makes the fake see what the real one sees in the frames."""

    engine: FaceEngine

    def look(self, number: int, *, somebody: bool = True) -> tuple[Face, ...]:
        if isinstance(self.engine, ScriptedEngine):
            self.engine.say(*([FACE] if somebody else []))
        return self.engine.observe(frame(number, somebody=somebody)).faces


@pytest.fixture(params=["embedded", "scripted"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "embedded":
        return Case(embedded_engine())
    engine = ScriptedEngine()
    engine.load()
    return Case(engine)


def frame(number: int, *, somebody: bool = True) -> Frame:
    pixels = close_up(astronaut()) if somebody else np.full((480, 640, 3), 90, dtype=np.uint8)
    pixels.flags.writeable = False
    return Frame(number, number / 15.0, pixels)


def test_its_space_is_described_well_enough_to_decide_with(case: Case) -> None:
    space = case.engine.space
    assert space.id
    assert space.dimension > 0
    assert len(space.calibration) >= 2


def test_an_observation_carries_the_frames_number_time_and_size(case: Case) -> None:
    seen = case.engine.observe(frame(7, somebody=False))
    assert (seen.frame, seen.t_s) == (7, 7 / 15.0)
    assert (seen.width_px, seen.height_px) == (640, 480)
    assert seen.faces == ()


def test_a_face_is_finite_and_inside_the_frame(case: Case) -> None:
    (face,) = case.look(1)
    assert len(face.landmarks) == 68
    assert np.isfinite(face.landmarks).all()
    assert face.track >= 1
    assert 0 <= face.box.left < face.box.right <= 640
    assert 0 <= face.box.top < face.box.bottom <= 480
    assert face.quality.eye_distance_px > 0


def test_one_face_keeps_one_number(case: Case) -> None:
    tracks = {case.look(number)[0].track for number in range(1, 9)}
    assert len(tracks) == 1


def test_a_number_is_never_given_twice(case: Case) -> None:
    tracks = []
    for number in range(1, 5):
        tracks.append(case.look(number)[0].track)
        case.engine.forget()
    assert tracks == sorted(set(tracks))


def test_nobody_is_there_after_everybody_left(case: Case) -> None:
    assert case.look(1)
    assert case.look(2, somebody=False) == ()


def test_a_chip_is_a_colour_picture_and_its_embedding_belongs_to_the_space(case: Case) -> None:
    (face,) = case.look(1)
    chip = case.engine.align(frame(1), face)
    assert chip.pixels.ndim == 3
    assert chip.pixels.shape[2] == 3
    assert chip.pixels.dtype == np.uint8
    embedding = case.engine.embed(chip)
    assert embedding.dtype == np.float32
    assert is_usable(embedding, case.engine.space)


def test_the_same_chip_gives_the_same_embedding(case: Case) -> None:
    (face,) = case.look(1)
    chip = case.engine.align(frame(1), face)
    assert np.array_equal(case.engine.embed(chip), case.engine.embed(chip))


@pytest.mark.parametrize("kind", ["embedded", "scripted"])
def test_what_is_not_loaded_says_so(kind: str, tmp_path: object) -> None:
    from pathlib import Path

    engine: FaceEngine = (
        Engine(embedded_pack(), Path(str(tmp_path))) if kind == "embedded" else ScriptedEngine()
    )
    with pytest.raises(ModelError):
        engine.observe(frame(1))
