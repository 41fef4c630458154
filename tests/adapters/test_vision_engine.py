"""The engine on pictures: nobody, two, half, dark, far, blurred, and people who come and go."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.cv import cv2
from app.domain.observation import Box, Observation
from app.domain.policy import QualityPolicy
from app.domain.quality import fault
from app.domain.reasons import Reason
from app.ports import Frame
from app.vision.engine import Engine
from app.vision.manifest import Golden
from app.vision.parts import Parts, Pixels, Points
from app.vision.stills import best_face
from tests.fakes.vision import (
    ColourRecogniser,
    GivenLandmarks,
    ListedDetector,
    admiral,
    astronaut,
    close_up,
    embedded_engine,
    embedded_pack,
    embedded_parts,
)

POLICY = QualityPolicy()
GREY = np.full((480, 640, 3), 100, dtype=np.uint8)
STEP_S = 1 / 15


@pytest.fixture(scope="module")
def shared() -> Engine:
    return embedded_engine()


@pytest.fixture
def engine(shared: Engine) -> Engine:
    shared.forget()
    return shared


def look(engine: Engine, picture: Pixels, number: int = 1, t_s: float | None = None) -> Observation:
    return engine.observe(Frame(number, number * STEP_S if t_s is None else t_s, picture))


def side_by_side() -> Pixels:
    left, right = close_up(astronaut(), width=320), close_up(admiral(), width=320)
    return np.concatenate([left, right], axis=1)


def scaled(picture: Pixels, scale: float) -> Pixels:
    """Farther away, in the middle of a grey frame of the same size."""
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    whole = GREY.copy()
    top, left = (480 - small.shape[0]) // 2, (640 - small.shape[1]) // 2
    whole[top : top + small.shape[0], left : left + small.shape[1]] = small
    return whole


def darkened(picture: Pixels, share: float) -> Pixels:
    noise = np.random.default_rng(1).normal(0.0, 2.0, picture.shape)
    return np.clip(picture * share + noise, 0, 255).astype(np.uint8)


def turned(picture: Pixels, share: float) -> Pixels:
    """Narrowed, as a head is by turning; keeps the frame's size."""
    narrow = cv2.resize(picture, None, fx=share, fy=1.0, interpolation=cv2.INTER_AREA)
    beyond = 640 - narrow.shape[1]
    sides = (0, 0, beyond // 2, beyond - beyond // 2)
    return np.asarray(cv2.copyMakeBorder(narrow, *sides, cv2.BORDER_REPLICATE), dtype=np.uint8)


def reason(engine: Engine, picture: Pixels) -> Reason | None:
    found = best_face(engine, Frame(1, 0.0, picture), POLICY)
    return found if isinstance(found, Reason) else None


def test_a_good_picture_passes(engine: Engine) -> None:
    assert reason(engine, close_up(astronaut())) is None
    assert reason(engine, close_up(admiral())) is None


def test_measures_of_a_good_picture_are_those_of_a_calm_face(engine: Engine) -> None:
    (face,) = look(engine, close_up(astronaut())).faces
    assert 0.25 < face.eye_openness < 0.4
    assert 0.0 <= face.mouth_openness < 0.25  # she smiles with her teeth
    assert 70 < face.quality.eye_distance_px < 100
    assert face.quality.completeness == pytest.approx(1.0)
    eyes = np.array(face.landmarks[36:48]).mean(axis=0)
    assert face.box.left < eyes[0] < face.box.right


@pytest.mark.parametrize(
    "nobody",
    [
        GREY,
        np.zeros_like(GREY),
        np.full_like(GREY, 255),
        np.random.default_rng(0).integers(0, 255, GREY.shape, dtype=np.uint8),
        close_up(astronaut())[::-1],
        np.zeros((1, 1, 3), dtype=np.uint8),
        np.zeros((5, 700, 3), dtype=np.uint8),
    ],
    ids=["grey", "black", "white", "noise", "upside down", "one pixel", "a sliver"],
)
def test_nobody_is_seen_where_nobody_is(engine: Engine, nobody: Pixels) -> None:
    assert look(engine, nobody).faces == ()
    assert reason(engine, nobody) is Reason.NO_FACE


def test_two_people_are_two_faces(engine: Engine) -> None:
    seen = look(engine, side_by_side())
    assert len(seen.faces) == 2
    assert len({face.track for face in seen.faces}) == 2
    assert reason(engine, side_by_side()) is Reason.SEVERAL_FACES


@pytest.mark.parametrize("shift_px", [250, 310])
def test_half_a_face_never_passes(engine: Engine, shift_px: int) -> None:
    half = np.roll(close_up(astronaut()), -shift_px, axis=1)
    half[:, -shift_px:] = 100
    assert reason(engine, half) in {Reason.CUT_OFF, Reason.NO_FACE}


def test_a_face_at_the_edge_is_told_to_come_in(engine: Engine) -> None:
    edge = np.roll(close_up(astronaut()), -228, axis=1)
    edge[:, -228:] = 100
    assert reason(engine, edge) is Reason.CUT_OFF


def test_a_far_face_is_told_to_come_nearer(engine: Engine) -> None:
    assert reason(engine, scaled(close_up(astronaut()), 0.45)) is Reason.TOO_FAR


def test_a_face_that_fills_the_frame_is_told_to_step_back(engine: Engine) -> None:
    near = cv2.resize(close_up(astronaut())[60:420, 140:500], (480, 480))
    policy = replace(POLICY, max_width_share=0.45)
    found = best_face(engine, Frame(1, 0.0, np.asarray(near, dtype=np.uint8)), policy)
    assert found is Reason.TOO_NEAR


@pytest.mark.parametrize("share", [0.2, 0.1])
def test_a_dark_face_is_found_and_told_so(engine: Engine, share: float) -> None:
    assert reason(engine, darkened(close_up(astronaut()), share)) is Reason.TOO_DARK


def test_a_glaring_face_is_told_so(engine: Engine) -> None:
    glare = np.clip(close_up(astronaut()).astype(int) * 3 // 2 + 30, 0, 255).astype(np.uint8)
    assert reason(engine, glare) is Reason.TOO_BRIGHT


def test_a_blurred_face_is_told_so(engine: Engine) -> None:
    blurred = np.asarray(cv2.GaussianBlur(close_up(astronaut()), (0, 0), 6.0), dtype=np.uint8)
    assert reason(engine, blurred) is Reason.BLURRED


def test_dim_light_hardly_moves_the_landmarks(engine: Engine) -> None:
    """Stretching the face's own brightness is what makes this so."""
    (bright,) = look(engine, close_up(astronaut())).faces
    engine.forget()
    (dim,) = look(engine, darkened(close_up(astronaut()), 0.15)).faces
    off = np.linalg.norm(np.array(bright.landmarks) - np.array(dim.landmarks), axis=1).mean()
    assert off < 0.04 * bright.quality.eye_distance_px
    assert abs(bright.eye_openness - dim.eye_openness) < 0.05


def test_a_face_from_80_pixels_wide_is_found_in_a_camera_frame(engine: Engine) -> None:
    (face,) = look(engine, scaled(close_up(astronaut()), 0.5)).faces
    assert 75 < face.box.width < 105


def test_large_photographs_need_no_larger_face_than_an_eighth(engine: Engine) -> None:
    large = np.asarray(cv2.resize(astronaut(), None, fx=4.0, fy=4.0), dtype=np.uint8)
    (face,) = look(engine, large).faces
    assert 300 < face.box.width < 440


def test_a_face_that_stays_keeps_its_number_however_it_narrows(engine: Engine) -> None:
    shares = [1.0, 0.97, 0.93, 0.89, 0.85, 0.89, 0.93, 0.97, 1.0] * 2
    picture = close_up(astronaut())
    tracks = []
    for number, share in enumerate(shares):
        faces = look(engine, turned(picture, share), number).faces
        tracks.append([face.track for face in faces])
    assert tracks == [tracks[0]] * len(shares)
    assert len(tracks[0]) == 1


def test_a_second_person_is_noticed_within_half_a_second(engine: Engine) -> None:
    alone = side_by_side()
    alone[:, 320:] = 100
    number = 0
    for number in range(1, 12):
        assert len(look(engine, alone, number).faces) == 1
    noticed = [
        number + step for step in range(1, 9)
        if len(look(engine, side_by_side(), number + step).faces) == 2
    ]  # fmt: skip
    assert noticed
    assert (noticed[0] - number) * STEP_S <= 0.5


def test_whoever_returns_after_a_second_has_a_new_number(engine: Engine) -> None:
    (before,) = look(engine, close_up(astronaut()), 1).faces
    look(engine, GREY, 2)
    (after,) = look(engine, close_up(astronaut()), 3, t_s=1.5).faces
    assert after.track > before.track


def test_the_same_frame_gives_the_same_numbers_again(engine: Engine) -> None:
    (first,) = look(engine, close_up(astronaut())).faces
    engine.forget()
    (again,) = look(engine, close_up(astronaut())).faces
    assert replace(again, track=first.track) == first


def test_a_frame_is_never_written_to(engine: Engine) -> None:
    picture = close_up(astronaut())
    before = picture.copy()
    picture.flags.writeable = False
    seen = look(engine, picture)
    engine.align(Frame(1, 0.0, picture), seen.faces[0])
    assert np.array_equal(picture, before)


def upright() -> Points:
    """Plausible landmarks in shares of the box: eyes where eyes are, the rest in the middle."""
    shape = np.full((68, 2), 0.5)
    shape[36:42] = (0.3, 0.35)
    shape[42:48] = (0.7, 0.35)
    return shape + np.random.default_rng(2).uniform(-0.02, 0.02, (68, 2))


def spoilt(index: int, x: float, y: float) -> Points:
    shape = upright()
    shape[index] = (x, y)
    return shape


def engine_with(shape: Points, box: Box) -> Engine:
    """A real engine over parts that see `box` and mark it with `shape`."""
    pack = replace(embedded_pack(), golden=Golden((0.0, 0.0, 0.0), 256.0))
    pack = replace(pack, space=replace(pack.space, dimension=3))
    parts = Parts(ListedDetector([box]), GivenLandmarks(shape), ColourRecogniser())
    engine = Engine(pack, Path("nowhere"), lambda *_: parts)
    engine.load()
    return engine


def test_plausible_landmarks_make_a_face() -> None:
    seen = look(engine_with(upright(), Box(200.0, 100.0, 200.0, 200.0)), GREY)
    assert len(seen.faces) == 1
    assert fault(seen.faces[0], (), seen, POLICY, frontal=False) is not None  # flat grey


@pytest.mark.parametrize(
    "shape",
    [
        spoilt(7, math.nan, 0.5),
        spoilt(7, 0.5, math.inf),
        spoilt(7, 3.0, 0.5),
        spoilt(7, 0.5, -2.0),
        np.full((68, 2), 0.5),
        upright()[:5],
    ],
    ids=["not a number", "infinite", "far right", "far above", "all in one place", "five points"],
)
def test_a_face_with_impossible_landmarks_is_dropped(shape: Points) -> None:
    assert look(engine_with(shape, Box(200.0, 100.0, 200.0, 200.0)), GREY).faces == ()


def test_a_face_that_is_mostly_outside_the_frame_is_dropped() -> None:
    assert look(engine_with(upright(), Box(-160.0, 100.0, 200.0, 200.0)), GREY).faces == ()


@given(
    left=st.floats(-400, 900),
    top=st.floats(-400, 700),
    width=st.floats(1, 900),
    height=st.floats(1, 900),
)
def test_no_box_a_detector_may_report_stops_the_engine(
    left: float, top: float, width: float, height: float
) -> None:
    box = Box(left, top, width, height)
    for face in look(engine_with(upright(), box), GREY).faces:
        assert 0.0 <= face.quality.completeness <= 1.0 + 1e-9
        assert np.isfinite([face.quality.sharpness, face.quality.brightness]).all()


@settings(max_examples=40)
@given(
    left=st.floats(-300, 620),
    top=st.floats(-300, 460),
    side=st.floats(1, 900),
)
def test_real_landmarks_are_given_wherever_a_box_touches_the_frame(
    left: float, top: float, side: float
) -> None:
    box = Box(left, top, side, side)
    assume(box.overlap(Box(0.0, 0.0, 640.0, 480.0)) > 0)
    landmarks = embedded_parts().landmarker.mark(close_up(astronaut()), box)
    assert landmarks is not None
    assert landmarks.shape == (68, 2)
    assert np.isfinite(landmarks).all()


def test_a_dropped_face_ends_no_other_ones_track() -> None:
    engine = engine_with(upright(), Box(200.0, 100.0, 200.0, 200.0))
    (first,) = look(engine, GREY, 1, t_s=0.0).faces
    (second,) = look(engine, GREY, 2, t_s=0.36).faces
    assert first.track == second.track
