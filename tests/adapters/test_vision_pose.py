"""Which way is left: the signs of the pose, on geometry and on a photograph."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.cv import cv2
from app.domain.observation import Pose
from app.ports import Frame
from app.vision.engine import Engine
from app.vision.parts import Pixels, Points
from app.vision.pose import MEAN_FACE, RIGID, pose_of
from tests.fakes.vision import astronaut, close_up, embedded_engine


def seen(yaw_deg: float = 0.0, pitch_deg: float = 0.0, roll_deg: float = 0.0) -> Points:
    """The mean face turned, as a camera sees it: x right, y down; only rigid points are set.

    Written out as what happens to the picture: turning to the own left takes the nose (which is
    nearest, so at negative depth) to the right of the picture, looking up takes it up, and
    tilting to the own left shoulder takes the crown to the right.
    """
    x, y, depth = np.array(MEAN_FACE).T
    yaw, pitch, roll = (math.radians(angle) for angle in (yaw_deg, pitch_deg, roll_deg))
    x, y = x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll)
    y, depth = (
        y * math.cos(pitch) + depth * math.sin(pitch),
        depth * math.cos(pitch) - y * math.sin(pitch),
    )
    x, depth = x * math.cos(yaw) - depth * math.sin(yaw), depth * math.cos(yaw)
    points = np.zeros((68, 2))
    points[list(RIGID)] = np.stack([x, y], axis=1) * 1.7 + (320.0, 240.0)
    return points


@pytest.mark.parametrize("yaw_deg", [-35.0, -10.0, 0.0, 20.0])
@pytest.mark.parametrize("pitch_deg", [-20.0, 0.0, 15.0])
@pytest.mark.parametrize("roll_deg", [-25.0, 0.0, 10.0])
def test_a_turned_mean_face_reads_as_it_was_turned(
    yaw_deg: float, pitch_deg: float, roll_deg: float
) -> None:
    pose = pose_of(seen(yaw_deg, pitch_deg, roll_deg))
    assert pose.yaw_deg == pytest.approx(yaw_deg, abs=0.2)
    assert pose.pitch_deg == pytest.approx(pitch_deg, abs=0.2)
    assert pose.roll_deg == pytest.approx(roll_deg, abs=0.2)


def test_mouth_chin_and_lids_do_not_move_the_head() -> None:
    still = seen()
    speaking = still.copy()
    moving = [index for index in range(68) if index not in RIGID]
    speaking[moving] += 40.0
    assert pose_of(speaking) == pose_of(still)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return embedded_engine()


def pose_in(engine: Engine, picture: Pixels) -> Pose:
    engine.forget()
    return engine.observe(Frame(1, 0.0, picture)).faces[0].pose


def rotated(angle_deg: float) -> Pixels:
    """Turned clockwise as the viewer sees it, about the face."""
    matrix = cv2.getRotationMatrix2D((324.0, 244.0), -angle_deg, 1.0)
    picture = cv2.warpAffine(close_up(astronaut()), matrix, (640, 480))
    return np.asarray(picture, dtype=np.uint8)


def test_the_photograph_looks_into_the_lens(engine: Engine) -> None:
    pose = pose_in(engine, close_up(astronaut()))
    assert abs(pose.yaw_deg) < 5.0
    assert abs(pose.pitch_deg) < 8.0
    assert abs(pose.roll_deg) < 5.0


def test_a_crown_to_the_viewers_right_is_the_persons_own_left(engine: Engine) -> None:
    straight = pose_in(engine, rotated(0.0)).roll_deg
    assert pose_in(engine, rotated(15.0)).roll_deg - straight == pytest.approx(15.0, abs=3.0)
    assert pose_in(engine, rotated(-15.0)).roll_deg - straight == pytest.approx(-15.0, abs=3.0)


def test_the_mirror_image_turns_and_tilts_the_other_way(engine: Engine) -> None:
    pose = pose_in(engine, rotated(12.0))
    mirrored = pose_in(engine, np.ascontiguousarray(rotated(12.0)[:, ::-1]))
    assert mirrored.yaw_deg == pytest.approx(-pose.yaw_deg, abs=4.0)
    assert mirrored.roll_deg == pytest.approx(-pose.roll_deg, abs=3.0)
    assert mirrored.pitch_deg == pytest.approx(pose.pitch_deg, abs=3.0)
