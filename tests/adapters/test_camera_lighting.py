"""The screen's light in pictures: physics by hand, a visitor who stands in it, a photograph too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.camera.held_photo import HeldPhoto
from app.camera.lighting import GLASS, AutoWhite, Glow, factors, glow_of, grown, lit, reached
from app.camera.portrait import Pixels, Sitter
from app.camera.puppet import over
from app.camera.simulated import LiveVisitor, SimulatedCamera
from app.camera.stills import Still, load_photo
from app.domain import light, reflection
from app.domain.evidence import Evidence, Finding, Look
from app.domain.light import Hue, LightPolicy
from app.domain.liveness import Baseline
from app.domain.observation import Face
from app.ports import FaceEngine, Frame
from app.settings import load
from app.vision.light import backdrop_of, skin_of
from tests.fakes.vision import embedded_engine

RED = Glow((1.0, 0.0, 0.0), share=1.0)
NONCE = bytes(range(16))


def grey(value: int = 100) -> Pixels:
    return np.full((48, 64, 3), value, np.uint8)


def test_light_is_added_in_linear_light() -> None:
    """As much red again as there was doubles the linear red: 100 becomes 100 · 2^(1/2.2)."""
    assert lit(grey(), RED, 1.0)[0, 0].tolist() == [100, 100, round(100 * 2 ** (1 / 2.2))]
    assert lit(grey(250), RED, 1.0)[0, 0].tolist() == [250, 250, 255]
    assert lit(grey(0), RED, 1.0).max() == 0


def test_whoever_is_twice_as_far_gets_a_quarter() -> None:
    assert reached(1.2) == pytest.approx(0.25)
    assert reached(0.6) == 1.0
    near, far = (factors(RED, reached(metres))[2] ** 2.2 - 1.0 for metres in (0.6, 1.2))
    assert near == pytest.approx(4.0 * far)


def test_a_map_of_what_is_near_lights_each_place_by_its_own_share() -> None:
    near = np.zeros((48, 64), np.float32)
    near[:, 32:] = 1.0
    seen = lit(grey(), RED, near)
    assert (seen[:, :32] == 100).all()
    assert (seen[:, 32:] == lit(grey(), RED, 1.0)[:, 32:]).all()


def test_no_light_is_no_change_and_alpha_stays() -> None:
    picture = grey()
    assert lit(picture, None, 1.0) is picture
    assert lit(picture, glow_of(None), 1.0) is picture
    figure = np.dstack([grey(), np.full((48, 64), 77, np.uint8)])
    assert (lit(figure, RED, 1.0)[..., 3] == 77).all()
    assert glow_of(Hue.SKY) == Glow(light.LINEAR[Hue.SKY])


def test_automatic_white_balance_takes_a_cast_away_slowly() -> None:
    camera = AutoWhite(pull=1.0, slow_s=0.5)
    camera.balanced(grey(), 0.0)
    cast = grown(grey(), (1.0, 1.0, 1.3))
    soon = camera.balanced(cast, 0.05)[0, 0]
    late = [camera.balanced(cast, 0.05 + n * 0.1)[0, 0] for n in range(1, 60)][-1]
    assert soon[2] > 120
    assert int(late.max()) - int(late.min()) <= 2


# -- a visitor, a sheet and the room, seen through the camera and judged


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    return embedded_engine()


@pytest.fixture(scope="module")
def astronaut(engine: FaceEngine) -> Face:
    return engine.observe(Frame(1, 0.0, load_photo(Still.ASTRONAUT))).faces[0]


def test_the_camera_shows_a_visitor_in_the_light_more_than_the_room(astronaut: Face) -> None:
    now = [0.0]
    visitor = LiveVisitor(Sitter(load_photo(Still.ASTRONAUT), astronaut.landmarks))
    camera = SimulatedCamera(visitor, monotonic_s=lambda: now[0], wait=lambda _s: None)
    camera.open()
    means = {}
    for hue in (None, Hue.GREEN, Hue.ROSE):
        camera.shine(hue)
        now[0] += 0.01
        pixels = camera.read().pixels.astype(float)
        means[hue] = (pixels[200:260, 290:350].mean(axis=(0, 1)), pixels[:60].mean(axis=(0, 1)))
    face = means[Hue.ROSE][0] / means[Hue.GREEN][0]
    wall = means[Hue.ROSE][1] / means[Hue.GREEN][1]
    assert face[2] / face[1] > 1.03  # more red against green
    assert face[0] / face[1] > 1.03  # and more blue
    assert 1.0 < wall[2] / wall[1] < 1.0 + (face[2] / face[1] - 1.0) / 4
    assert (means[Hue.GREEN][0] > means[None][0]).all()
    camera.shine(None)
    now[0] += 0.01
    assert camera.read().pixels[200:260, 290:350].mean() == pytest.approx(
        means[None][0].mean(), abs=0.3
    )


def filmed(sheet: HeldPhoto, where: Face, returned: float) -> Evidence:
    """Four seconds of a sheet that returns this share of the screen's light, and no detector:
    the face's place on the trembling sheet is taken for the astronaut's own."""
    room = np.full((480, 640, 3), 130, np.uint8)
    looks = []
    for number in range(60):
        t_s = number / 15
        hue = light.shown(NONCE, t_s - 0.2, LightPolicy())
        glow = glow_of(hue, 0.15)
        figure = lit(sheet.figure(0.0, 0.0), glow, returned)
        pixels = over(figure, lit(room, glow, reached(2.5)))
        noise = np.random.default_rng(number).normal(0.0, 1.5, pixels.shape)
        pixels = np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8)
        skin = skin_of(pixels, np.array(where.landmarks))
        one = replace(where, skin=skin)
        looks.append(Look(number + 1, t_s, t_s, one, 0, backdrop_of(pixels, [where.box])))
    return Evidence(NONCE, Baseline(0.0, 0.0, 0.3, 0.0), tuple(looks), (), 0.0)


def test_a_print_reflects_like_skin_and_a_phone_does_not(
    engine: FaceEngine, astronaut: Face
) -> None:
    """What the layer can and cannot tell: a print passes here and is left to other layers."""
    sheet = HeldPhoto(Sitter(load_photo(Still.ASTRONAUT), astronaut.landmarks))
    room = np.full((480, 640, 3), 130, np.uint8)
    where = engine.observe(Frame(2, 9.0, sheet.paint(0.0, room, 0.0, 1.0))).faces[0]
    policy = load(None, {}, {}).policy().light
    assert reflection.judge(filmed(sheet, where, 1.0), policy).finding is Finding.LIVE
    assert reflection.judge(filmed(sheet, where, GLASS), policy).finding is not Finding.LIVE
    assert reflection.judge(filmed(sheet, where, 0.0), policy).finding is not Finding.LIVE
