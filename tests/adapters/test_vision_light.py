"""The colours the light layer goes by: of skin and surroundings, and the digest of a frame."""

from __future__ import annotations

import numpy as np
import pytest

from app.camera.stills import Still, load_photo
from app.domain.observation import Box, Colour
from app.vision import light
from app.vision.parts import Pixels, Points

GREY = 120


def plain(blue: int, green: int, red: int) -> Pixels:
    return np.full((480, 640, 3), (blue, green, red), np.uint8)


def marks(x: float = 320.0, y: float = 200.0, width: float = 140.0) -> Points:
    """68 points of a frontal face whose jaw is so wide, with what the areas hang on in place."""
    points = np.zeros((68, 2))
    angles = np.linspace(np.pi, 0.0, 17)
    points[:17] = np.column_stack([np.cos(angles) * 0.5, np.sin(angles) * 0.62 + 0.02])
    points[17:27] = np.column_stack([np.linspace(-0.42, 0.42, 10), np.full(10, -0.22)])
    points[27:31] = np.column_stack([np.zeros(4), np.linspace(-0.08, 0.16, 4)])
    points[31:36] = np.column_stack([np.linspace(-0.1, 0.1, 5), np.full(5, 0.2)])
    points[36:42] = (-0.22, -0.08)
    points[42:48] = (0.22, -0.08)
    points[48:68] = (0.0, 0.4)
    points[48], points[54] = (-0.18, 0.4), (0.18, 0.4)
    return np.asarray(points * width + (x, y))


BOX = Box(250.0, 130.0, 140.0, 140.0)


def test_skin_is_what_its_pixels_are() -> None:
    assert light.skin_of(plain(60, 90, 150), marks()) == Colour(150.0, 90.0, 60.0)


@pytest.mark.parametrize("width", [50.0, 140.0, 300.0])
def test_neither_eyes_nor_mouth_nor_gloss_nor_shadow_are_skin(width: float) -> None:
    """A white shine and a black lock of hair over a tenth of each area change nothing."""
    pixels = plain(60, 90, 150)
    where = marks(width=width)
    for point, colour in ((37, 255), (44, 255), (51, 200), (57, 200)):
        x, y = where[point].astype(int)
        reach = max(int(width * 0.04), 1)
        pixels[y - reach : y + reach, x - reach : x + reach] = colour
    x, y = (where[2] * 0.5 + where[31] * 0.5).astype(int)
    reach = max(int(width * 0.03), 1)
    pixels[y : y + reach, x : x + reach] = 255
    pixels[y + reach : y + 2 * reach, x : x + reach] = 0
    seen = light.skin_of(pixels, where)
    assert seen == Colour(150.0, 90.0, 60.0)


def test_a_change_of_one_per_cent_is_seen_through_the_noise() -> None:
    chance = np.random.default_rng(3)

    def noisy(red: float) -> Pixels:
        picture = np.array((60.0, 90.0, red)) + chance.normal(0.0, 3.0, (480, 640, 3))
        return np.clip(np.rint(picture), 0, 255).astype(np.uint8)

    before, after = (light.skin_of(noisy(red), marks()) for red in (150.0, 151.5))
    assert before is not None
    assert after is not None
    assert after.red - before.red == pytest.approx(1.5, abs=0.35)


@pytest.mark.parametrize("value", [0, 255])
def test_skin_that_is_black_or_cut_off_has_no_colour(value: int) -> None:
    assert light.skin_of(plain(value, value, value), marks()) is None


@pytest.mark.parametrize("x", [-400.0, 5.0, 635.0, 1400.0])
def test_a_face_at_or_beyond_the_edge_is_no_crash(x: float) -> None:
    light.skin_of(plain(60, 90, 150), marks(x=x))
    light.backdrop_of(plain(60, 90, 150), [Box(x, 400.0, 140.0, 140.0)])


def test_surroundings_are_what_neither_head_nor_body_is() -> None:
    pixels = plain(40, 80, 120)
    pixels[100:330, 200:440] = (10, 200, 10)  # head and hair
    pixels[270:, 140:500] = (200, 20, 20)  # shoulders
    assert light.backdrop_of(pixels, [BOX]) == Colour(120.0, 80.0, 40.0)
    mixed = light.backdrop_of(pixels, [])
    assert mixed is not None
    assert mixed != Colour(120.0, 80.0, 40.0)


def test_a_face_that_fills_the_frame_leaves_no_surroundings() -> None:
    assert light.backdrop_of(plain(40, 80, 120), [Box(150.0, 40.0, 340.0, 340.0)]) is None


def test_lamps_and_black_corners_are_no_surroundings() -> None:
    pixels = plain(40, 80, 120)
    pixels[:60], pixels[:, :60] = 255, 0
    assert light.backdrop_of(pixels, [BOX]) == Colour(120.0, 80.0, 40.0)


def test_two_frames_have_one_digest_only_if_they_are_the_same() -> None:
    picture = load_photo(Still.ASTRONAUT)
    same, other = picture.copy(), picture.copy()
    other[-1, -1, 2] ^= 1
    assert light.digest_of(picture) == light.digest_of(same)
    assert light.digest_of(picture) != light.digest_of(other)
    assert 0 < light.digest_of(picture) < 2**64
    turned = np.ascontiguousarray(picture)[:, ::-1]  # not contiguous
    assert light.digest_of(turned) == light.digest_of(turned.copy())
