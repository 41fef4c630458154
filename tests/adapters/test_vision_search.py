"""Where the search looks for a face that is known, and what it makes of one that is hard to see."""

from __future__ import annotations

import numpy as np

from app.domain.observation import Box
from app.vision.parts import Found, Pixels
from app.vision.search import Search

FACE = Box(250.0, 150.0, 140.0, 140.0)
FRAME_WIDTH = 640
STEP_S = 1 / 15


class ContrastDetector:
    """Sees one face, at `place` of whatever it is given, where the picture has `contrast`.

    Sure of it in a whole frame only with four times as much, as a head turned far is. `asked`:
    the widths of the pictures it was given."""

    def __init__(self, place: Box, contrast: float) -> None:
        self.place = place
        self.contrast = contrast
        self.asked: list[int] = []

    def find(self, pixels: Pixels, smallest_px: float, *, eager: bool) -> list[Found]:
        self.asked.append(pixels.shape[1])
        needed = self.contrast if eager else 4.0 * self.contrast
        return [Found(self.place, 1.0)] if pixels.std() >= needed else []


def dim() -> Pixels:
    """A frame with little contrast, which evening out brings back."""
    chance = np.random.default_rng(0)
    return chance.integers(40, 52, (480, FRAME_WIDTH, 3)).astype(np.uint8)


def within_cut(box: Box) -> Box:
    """Where `box` lies in the part of the frame that is searched around it."""
    return Box(0.5 * box.width, 0.5 * box.height, box.width, box.height)


def search_with(detector: ContrastDetector) -> Search:
    """It looked everywhere a moment ago, so nothing but the known face is due."""
    search = Search(detector)
    search.look(dim(), 0.0, ())
    detector.asked.clear()
    return search


def test_a_known_face_is_looked_for_again_with_its_light_evened_out() -> None:
    detector = ContrastDetector(within_cut(FACE), contrast=8.0)
    assert dim().std() < detector.contrast
    found = search_with(detector).look(dim(), STEP_S, (FACE,))
    assert [each.box for each in found] == [FACE]
    assert all(width < FRAME_WIDTH for width in detector.asked)
    assert len(detector.asked) == 2


def test_a_face_that_is_seen_is_not_looked_for_twice() -> None:
    detector = ContrastDetector(within_cut(FACE), contrast=1.0)
    assert search_with(detector).look(dim(), STEP_S, (FACE,))
    assert len(detector.asked) == 1


def test_evening_out_makes_no_face_of_one_that_lies_elsewhere() -> None:
    elsewhere = Box(0.0, 0.0, 60.0, 60.0)
    detector = ContrastDetector(elsewhere, contrast=8.0)
    assert search_with(detector).look(dim(), STEP_S, (FACE,)) == []
