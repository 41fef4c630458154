"""Real people on video: followed without a break, and what they do shows in the numbers.

The clips come with the assets (see their README for who blinks how often); 15 looks a second.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from app.cv import cv2
from app.domain.liveness import Challenge, baseline_of, deflection
from app.domain.liveness_policy import LivenessPolicy
from app.domain.observation import Face, Observation
from app.ports import Frame
from app.vision.engine import Engine
from tests.fakes.vision import embedded_engine

POLICY = LivenessPolicy()
#: Looks without a closed eye that end a blink.
ONE_BLINK = 4


@pytest.fixture(scope="module")
def engine() -> Engine:
    return embedded_engine()


def watch(engine: Engine, path: Path, frames: int = 600) -> list[Observation]:
    """Every second of the first frames of a clip of about 30 a second."""
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    engine.forget()
    film = cv2.VideoCapture(str(path))
    seen = []
    number = 0
    while number < frames and film.grab():
        number += 1
        if number % 2:
            pixels = np.asarray(film.retrieve()[1], dtype=np.uint8)
            seen.append(engine.observe(Frame(number, number / 30.0, pixels)))
    film.release()
    return seen


def alone(seen: list[Observation]) -> list[Face]:
    """The one face of every look, all of one track."""
    assert [len(each.faces) for each in seen] == [1] * len(seen)
    faces = [each.faces[0] for each in seen]
    assert len({face.track for face in faces}) == 1
    return faces


def blinks(faces: list[Face]) -> int:
    """How often eyes close below the policy's share of this person's usual.

    Landmarks may slip for a look while lids move, so closures that follow each other within
    a quarter of a second are one.
    """
    usual = baseline_of(tuple(faces))
    shut = [
        look
        for look, face in enumerate(faces)
        if deflection(Challenge.BLINK, face, usual, POLICY) >= 1.0
    ]
    return sum(now - before > ONE_BLINK for before, now in pairwise([-ONE_BLINK - 1, *shut]))


def test_every_blink_of_a_frequent_blinker_shows(engine: Engine, assets: Path) -> None:
    faces = alone(watch(engine, assets / "videos" / "liveportrait_d9.mp4"))
    assert 12 <= blinks(faces) <= 14  # 13 by the assets' count


def test_a_person_who_turns_nods_and_blinks_is_never_lost(engine: Engine, assets: Path) -> None:
    faces = alone(watch(engine, assets / "videos" / "inspireface_810_1684206192.mp4"))
    yaw = [face.pose.yaw_deg for face in faces]
    pitch = [face.pose.pitch_deg for face in faces]
    assert max(yaw) - median(yaw) > 1.5 * POLICY.turn_deg
    assert max(pitch) - median(pitch) > POLICY.look_up_deg
    assert 4 <= blinks(faces) <= 8  # 6 by the assets' count, one of them turned away


def test_open_eyes_do_not_blink_and_closed_lips_do_not_open(engine: Engine, assets: Path) -> None:
    faces = alone(watch(engine, assets / "videos" / "liveportrait_s18.mp4", 150))
    calm = faces[15:75]  # between the two blinks of the clip
    usual = baseline_of(tuple(calm))
    for challenge in (Challenge.BLINK, Challenge.OPEN_MOUTH, Challenge.LOOK_UP):
        assert max(deflection(challenge, face, usual, POLICY) for face in calm) < 0.6


def test_a_wide_open_mouth_counts(engine: Engine, assets: Path) -> None:
    faces = alone(watch(engine, assets / "videos" / "liveportrait_d12.mp4"))
    usual = baseline_of(tuple(faces))
    assert max(deflection(Challenge.OPEN_MOUTH, face, usual, POLICY) for face in faces) > 2.0
