"""Continuity on films of real people: as they are, cut together, and played round and round."""

from __future__ import annotations

from itertools import count, islice, takewhile
from pathlib import Path

import numpy as np
import pytest

from app.cv import cv2
from app.domain.continuity import ContinuityPolicy, judge
from app.domain.evidence import Evidence, Finding, Look
from app.domain.liveness import Baseline
from app.ports import Frame
from app.vision.engine import Engine
from app.vision.parts import Pixels
from tests.fakes.vision import embedded_engine

REST = Baseline(yaw_deg=0.0, pitch_deg=0.0, eye_openness=0.3, mouth_openness=0.0)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return embedded_engine()


def film(path: Path, first: int, last: int, every: int = 1) -> list[Pixels]:
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    capture = cv2.VideoCapture(str(path))
    numbers = takewhile(lambda _: capture.grab(), count())
    wanted = islice(numbers, first, last, every)
    shown = [np.asarray(capture.retrieve()[1], dtype=np.uint8) for _ in wanted]
    capture.release()
    return shown


def said(engine: Engine, pictures: list[Pixels], rate_hz: float) -> tuple[Finding, str]:
    engine.forget()
    looks = []
    for number, pixels in enumerate(pictures, start=1):
        seen = engine.observe(Frame(number, number / rate_hz, pixels))
        (face,) = seen.faces
        looks.append(Look(number, seen.t_s, seen.t_s, face, seen.digest, None))
    verdict = judge(Evidence(b"", REST, tuple(looks), ()), ContinuityPolicy())
    return verdict.finding, verdict.why


def grainy(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    """As a sensor and a codec would give it back: no two pictures are equal."""
    noisy = np.clip(pixels + chance.normal(0.0, 1.5, pixels.shape), 0, 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)


def test_somebody_talking_is_alive(engine: Engine, assets: Path) -> None:
    pictures = film(assets / "videos/liveportrait_d9.mp4", 0, 120, 2)
    assert said(engine, pictures, 15.0) == (Finding.LIVE, "")


def test_a_film_that_was_cut_together_is_refused(engine: Engine, assets: Path) -> None:
    """One person and one light throughout; the head is elsewhere from one frame to the next."""
    pictures = film(assets / "videos/inspireface_810_1684206192.mp4", 282, 320, 2)
    assert said(engine, pictures, 15.0) == (Finding.REFUSED, "cut")


def test_a_film_played_round_and_round_is_refused(engine: Engine, assets: Path) -> None:
    pictures = film(assets / "videos/liveportrait_d9.mp4", 60, 120, 2)
    chance = np.random.default_rng(1)
    assert said(engine, pictures * 2, 15.0) == (Finding.REFUSED, "repeated")
    noisy = [grainy(each, chance) for each in pictures * 2]
    assert said(engine, noisy, 15.0) == (Finding.REFUSED, "looped")
