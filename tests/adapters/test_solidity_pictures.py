"""Solidity on pixels: the embedded pack's landmarks of an animated head, and of a tilted print."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from app.camera.portrait import Pixels
from app.camera.simulated import LiveVisitor, SimulatedCamera
from app.cv import cv2
from app.domain import solidity
from app.domain.evidence import Evidence, Finding, Look
from app.domain.liveness import Challenge, Met, baseline_of
from app.domain.observation import Observation
from app.domain.solidity import Movement, SolidityPolicy, measure, upright
from app.ports import Frame
from app.vision.engine import Engine
from tests.fakes.sitters import astronaut
from tests.fakes.vision import embedded_engine

POLICY = SolidityPolicy()
REST = 6


@pytest.fixture(scope="module")
def engine() -> Engine:
    return embedded_engine()


def looks_of(seen: list[Observation]) -> tuple[Look, ...]:
    return tuple(
        Look(each.frame, each.t_s, each.t_s, face, each.frame, None)
        for each in seen
        for face in each.faces[:1]
    )


def evidence_of(looks: tuple[Look, ...], challenge: Challenge) -> Evidence:
    """The session's, had it asked after the first looks and met the movement in the last."""
    rest = baseline_of(tuple(look.face for look in looks[:REST]))
    met = Met(challenge, looks[-1].frame, looks[-1].t_s, looks[REST - 1].t_s)
    return Evidence(bytes(16), rest, looks, (met,))


def acted(engine: Engine, challenge: Challenge) -> list[Observation]:
    """The animated astronaut at rest and then doing what is asked, 15 looks a second."""
    engine.forget()
    now_s = [0.0]

    def wait(seconds: float) -> None:
        now_s[0] += seconds

    camera = SimulatedCamera(
        LiveVisitor(astronaut()), rate_hz=15.0, monotonic_s=lambda: now_s[0], wait=wait
    )
    camera.open()
    seen = []
    for number in range(20):
        if number == REST:
            camera.ask(challenge)
        seen.append(engine.observe(camera.read()))
    return seen


@pytest.mark.parametrize("challenge", [Challenge.TURN_LEFT, Challenge.TURN_RIGHT])
def test_an_animated_head_is_solid(engine: Engine, challenge: Challenge) -> None:
    """That a photograph which is animated well enough passes is known; see the threat model."""
    looks = looks_of(acted(engine, challenge))
    verdict = solidity.judge(evidence_of(looks, challenge), POLICY)
    assert verdict.finding is Finding.LIVE, verdict


def tilted(photo: Pixels, yaw_deg: float, lens: float = 4.0) -> Pixels:
    """A print of the photograph, turned about its upright middle; `lens` in its widths."""
    height, width = photo.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    x = (corners[:, 0] - width / 2) / width
    near = lens / (lens + x * math.sin(math.radians(yaw_deg)))
    seen_x = x * math.cos(math.radians(yaw_deg)) * near * width + width / 2
    seen_y = (corners[:, 1] - height / 2) * near + height / 2
    seen = np.column_stack([seen_x, seen_y]).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, seen)
    return np.asarray(cv2.warpPerspective(photo, matrix, (width, height)), np.uint8)


@pytest.mark.parametrize("yaw_deg", [-45.0, 45.0])
def test_a_tilted_print_is_none(engine: Engine, yaw_deg: float) -> None:
    """Measured as if its turn had counted: as a rule it does not even read as one."""
    photo = cv2.resize(astronaut().photo[:300], None, fx=2.0, fy=2.0)
    course = [0.0] * REST + [yaw_deg * share for share in (0.3, 0.6, 0.8, 1.0, 1.0, 1.0)]
    engine.forget()
    seen = [
        engine.observe(Frame(number, number / 15.0, tilted(np.asarray(photo), turn_deg)))
        for number, turn_deg in enumerate(course, start=1)
    ]
    marks = upright(looks_of(seen))
    assert marks is not None
    assert len(marks) == len(course)
    measures = measure(Movement("turn-left", 15.0, marks[:REST], marks[REST:-3], marks[-3:]))
    assert measures is not None
    flat = measures.contrast > POLICY.max_contrast
    assert flat or measures.rigidity < POLICY.min_rigidity, measures


def test_a_real_person_who_turns_is_solid(engine: Engine, assets: Path) -> None:
    """The one clip of the assets whose person turns as a kiosk asks for, from its rest."""
    path = assets / "videos" / "inspireface_810_1684206192.mp4"
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    engine.forget()
    film = cv2.VideoCapture(str(path))
    seen = []
    for number in range(1, 346):
        if not film.grab():
            break
        if number % 2 == 0:
            pixels = np.asarray(film.retrieve()[1], dtype=np.uint8)
            seen.append(engine.observe(Frame(number, number / 30.0, pixels)))
    film.release()
    looks = looks_of(seen)
    rest = min(range(len(looks) - REST), key=lambda at: _unrest(looks[at : at + REST]))
    still = looks[rest : rest + REST]
    level_deg = baseline_of(tuple(look.face for look in still)).yaw_deg
    far = [look for look in looks if look.face.pose.yaw_deg - level_deg >= POLICY.turn_deg]
    assert len(far) >= POLICY.peak_looks
    marks = upright((*still, *far))
    assert marks is not None
    turn_deg = float(np.median([look.face.pose.yaw_deg - level_deg for look in far]))
    measures = measure(Movement("turn-left", turn_deg, marks[:REST], marks[:0], marks[REST:]))
    assert measures is not None
    assert measures.contrast <= POLICY.max_contrast, measures
    assert measures.rigidity >= POLICY.min_rigidity, measures
    assert measures.relief >= POLICY.min_relief, measures


def _unrest(looks: tuple[Look, ...]) -> float:
    """How far these looks are from looking straight and still, degrees."""
    yaw = [look.face.pose.yaw_deg for look in looks]
    pitch = [look.face.pose.pitch_deg for look in looks]
    return max(map(abs, yaw)) + max(pitch) - min(pitch)
