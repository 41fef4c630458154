"""Replay memory: a film of a session is known again, the same person's next session is not."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from app.camera.acting import Actor
from app.domain import memory
from app.domain.continuity import ContinuityPolicy
from app.domain.liveness import Challenge
from app.domain.memory import MemoryPolicy, Remembered, echo_of, remember
from app.domain.observation import Face
from tests.fakes.faces import face

POLICY = MemoryPolicy()
NEAREST = ContinuityPolicy().replay_distance
PLAN = (Challenge.TURN_LEFT, Challenge.BLINK, Challenge.LOOK_UP)
STEP_S = 1.6
Seen = tuple[float, Face]


def visit(seed: int, plan: tuple[Challenge, ...] = PLAN, rate_hz: float = 20.0) -> list[Seen]:
    """What is measured of one visit of the simulated person; asked from second 1 on."""
    actor, chance = Actor(seed), np.random.default_rng(seed)
    began_s = 20.0 * seed
    seen = []
    for number in range(int((1.0 + STEP_S * len(plan)) * rate_hz)):
        t_s = number / rate_hz
        step = int((t_s - 1.0) / STEP_S) if t_s >= 1.0 else -1
        actor.ask(plan[step] if step >= 0 else None, began_s + t_s)
        look = actor.look(began_s + t_s)
        stance, noise = look.stance, chance.normal(0.0, 1.0, 4)
        at = face(
            yaw_deg=0.78 * stance.yaw_deg + 0.2 * float(noise[0]),
            pitch_deg=0.71 * stance.pitch_deg + 0.2 * float(noise[1]),
            eyes=0.32 * (1.0 - 0.7 * look.closed) + 0.004 * float(noise[2]),
            mouth=0.03 + 0.5 * look.opened + 0.004 * float(noise[3]),
        )
        pose = replace(at.pose, roll_deg=stance.roll_deg)
        x_px, y_px = stance.shift_x_px, stance.shift_y_px
        marks = tuple((x + x_px, y + y_px) for x, y in at.landmarks)
        seen.append((t_s, replace(at, pose=pose, landmarks=marks)))
    return seen


def filmed(
    of: list[Seen], seed: int = 9, speed: float = 1.0, late_s: float = 0.0, flip: int = 1
) -> list[Seen]:
    """The same visit shown to the camera again: noise, another pace, smaller, mirrored."""
    chance = np.random.default_rng(seed)
    again = []
    for t_s, at in of:
        noise = chance.normal(0.0, 1.0, 4)
        pose = replace(
            at.pose,
            yaw_deg=flip * 0.97 * at.pose.yaw_deg + 0.2 * float(noise[0]),
            pitch_deg=at.pose.pitch_deg + 0.2 * float(noise[1]) + 2.0,
            roll_deg=flip * at.pose.roll_deg,
        )
        marks = tuple((300.0 + flip * 0.8 * x, 0.8 * y) for x, y in at.landmarks)
        quality = replace(at.quality, eye_distance_px=0.8 * at.quality.eye_distance_px)
        shown = replace(at, pose=pose, landmarks=marks, quality=quality)
        if t_s >= late_s:
            again.append((100.0 + t_s * speed, shown))
    return again


def kept(*visits: list[Seen]) -> tuple[Remembered, ...]:
    earlier: tuple[Remembered, ...] = ()
    for number, seen in enumerate(visits):
        earlier = remember(earlier, str(number), seen, float(number), POLICY)
    return earlier


@pytest.mark.parametrize("speed", [0.93, 1.0, 1.06])
@pytest.mark.parametrize("flip", [1, -1])
def test_a_film_of_a_session_is_known_again(speed: float, flip: int) -> None:
    earlier = kept(visit(1), visit(2), visit(3))
    again = filmed(visit(2), speed=speed, late_s=0.3, flip=flip)
    echo = echo_of(again, 100.0 + speed, earlier)
    assert echo.visit == "1"
    assert echo.distance < NEAREST


def test_the_same_person_doing_the_same_again_is_not() -> None:
    """Thirteen visits with one plan, each compared with all before it: 78 pairs."""
    visits = [visit(seed) for seed in range(10, 23)]
    earlier = kept(*visits)
    for number, seen in enumerate(visits):
        echo = echo_of(seen, 1.0, earlier[:number])
        assert echo.distance >= NEAREST


def test_another_plan_is_far_away() -> None:
    other = (Challenge.OPEN_MOUTH, Challenge.TURN_RIGHT, Challenge.TURN_LEFT)
    assert echo_of(visit(1, other), 1.0, kept(visit(1), visit(2))).distance > 2 * NEAREST


def test_a_bounded_number_is_kept_for_a_bounded_time() -> None:
    policy = MemoryPolicy(sessions=3, keep_h=1.0)
    earlier: tuple[Remembered, ...] = ()
    for number in range(5):
        earlier = remember(earlier, str(number), visit(1), number * 900.0, policy)
    assert [each.visit for each in earlier] == ["2", "3", "4"]
    assert [each.visit for each in memory.recent(earlier, 2700.0 + 3599.0, policy)] == ["3", "4"]
    assert all(len(each.motion) < 8_000 for each in earlier)


def _unusable() -> Iterator[list[Seen]]:
    seen = visit(1)
    yield []
    yield seen[:1]
    yield [(t_s, replace(at, landmarks=())) for t_s, at in seen]
    yield [(t_s, replace(at, eye_openness=math.nan)) for t_s, at in seen]
    yield [(math.nan, at) for _, at in seen]


@pytest.mark.parametrize("seen", list(_unusable()))
def test_what_was_not_measured_is_neither_kept_nor_compared(seen: list[Seen]) -> None:
    assert remember((), "0", seen, 0.0, POLICY) == ()
    assert echo_of(seen, 1.0, kept(visit(1))).distance == math.inf


def test_nothing_in_memory_is_a_picture_or_a_name() -> None:
    (only,) = kept(visit(1))
    assert np.frombuffer(only.motion, dtype=np.float32).size % len(memory.CHANNELS) == 0
    assert hashlib.sha256(only.motion).digest() == hashlib.sha256(kept(visit(1))[0].motion).digest()
