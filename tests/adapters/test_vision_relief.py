"""What a second camera says of heads, sheets and screens; all of them rendered."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from app.domain.depth import DepthPolicy, SecondKind
from app.domain.observation import Relief
from app.ports import Plane
from app.vision.relief import relief_of
from tests.fakes.depths import (
    EYES_MM,
    depth_of,
    depth_plane,
    head_at,
    infrared_plane,
)
from tests.fakes.heads import Shape, bent, flat, solid

LIMITS = DepthPolicy()


def nose_mm(shape: Shape, yaw_deg: float = 0.0, pitch_deg: float = 0.0, **faults: float) -> float:
    values = depth_of(shape, yaw_deg, pitch_deg, **faults)  # type: ignore[arg-type]
    at, _ = head_at(shape, yaw_deg, pitch_deg)
    return relief_of(depth_plane(values), at).nose_mm


def skin_ratio(plane: Plane) -> float:
    return relief_of(plane, head_at()[0]).skin_ratio


@pytest.mark.parametrize("yaw_deg", [-15.0, 0.0, 12.0])
@pytest.mark.parametrize("pitch_deg", [-10.0, 0.0, 10.0])
def test_a_nose_stands_out_wherever_the_head_is_turned(yaw_deg: float, pitch_deg: float) -> None:
    assert nose_mm(solid, yaw_deg, pitch_deg) > 1.5 * LIMITS.min_nose_mm


@pytest.mark.parametrize(("yaw_deg", "pitch_deg"), [(0, 0), (30, 0), (-20, 15), (0, -30)])
def test_a_flat_sheet_has_no_relief_however_it_is_tilted(yaw_deg: float, pitch_deg: float) -> None:
    assert nose_mm(flat, yaw_deg, pitch_deg) == pytest.approx(0.0, abs=1.5)


@pytest.mark.parametrize("axis_deg", [0.0, 45.0, 90.0])
def test_a_sheet_bent_round_the_face_stays_below_the_limit(axis_deg: float) -> None:
    """A radius of 60 mm: round a bottle."""
    assert nose_mm(bent(60.0 / EYES_MM, axis_deg)) < LIMITS.min_nose_mm


def test_noise_and_holes_of_a_desk_camera_hardly_move_it() -> None:
    """2 % of the distance in every pixel, a fifth of them missing; median of nine looks."""

    def seen(shape: Shape) -> float:
        looks = [nose_mm(shape, noise_share=0.02, holes=0.2, seed=seed) for seed in range(9)]
        return float(np.median(looks))

    assert seen(solid) > 1.5 * LIMITS.min_nose_mm
    assert seen(flat) < 0.6 * LIMITS.min_nose_mm


def test_where_there_are_too_many_holes_nothing_is_measured() -> None:
    assert math.isnan(nose_mm(solid, holes=0.7))
    values = depth_of()
    tip = head_at()[0][30].astype(int)
    values[tip[1] - 6 : tip[1] + 7, tip[0] - 6 : tip[0] + 7] = 0
    assert math.isnan(relief_of(depth_plane(values), head_at()[0]).nose_mm)


def test_the_second_cameras_own_size_and_place_are_allowed_for() -> None:
    """Half the size, and seen 30 pixels further right."""
    shifted = np.zeros((240, 350), np.uint16)
    shifted[:, 30:] = depth_of()[::2, ::2]
    plane = replace(depth_plane(shifted), affine=((0.5, 0.0, 30.0), (0.0, 0.5, 0.0)))
    at, _ = head_at()
    assert relief_of(plane, at).nose_mm == pytest.approx(nose_mm(solid), abs=3.0)


def test_infrared_tells_a_head_before_a_wall_from_a_screen() -> None:
    """A wall twice as far is four times darker; a screen gives back a twentieth."""
    person = skin_ratio(infrared_plane(skin=140, around=40))
    phone = skin_ratio(infrared_plane(skin=9, around=40, held=7))
    dark_screen_fills_the_view = skin_ratio(infrared_plane(skin=9, around=8))
    assert person > LIMITS.min_skin_ratio
    assert phone < LIMITS.min_skin_ratio
    assert dark_screen_fills_the_view < LIMITS.min_skin_ratio


def test_a_person_before_a_sunlit_window_is_not_accused() -> None:
    assert math.isnan(skin_ratio(infrared_plane(skin=140, around=230)))


@pytest.mark.parametrize("kind", [SecondKind.DEPTH, SecondKind.INFRARED])
@pytest.mark.parametrize(
    "landmarks",
    [
        np.full((68, 2), math.nan),
        np.full((68, 2), 5.0),
        head_at()[0] + 5000.0,
        head_at()[0] - 300.0,
        head_at()[0] * 40.0,
    ],
    ids=["not numbers", "one point", "far outside", "half outside", "huge"],
)
def test_landmarks_that_cannot_be_are_not_measured(kind: SecondKind, landmarks: np.ndarray) -> None:
    depth, infrared = depth_plane(depth_of()), infrared_plane(140, 40)
    seen = relief_of(depth if kind is SecondKind.DEPTH else infrared, landmarks)
    assert math.isnan(seen.nose_mm)
    assert math.isnan(seen.skin_ratio)


def test_each_camera_tells_its_own_and_nothing_of_the_other() -> None:
    at, _ = head_at()
    depth = relief_of(depth_plane(depth_of()), at)
    infrared = relief_of(infrared_plane(140, 40), at)
    assert math.isnan(depth.skin_ratio)
    assert math.isnan(infrared.nose_mm)
    assert isinstance(depth, Relief)
