"""The empty reception the simulated camera looks into, and the noise of its sensor."""

from __future__ import annotations

import numpy as np

from app.camera.portrait import FRAME_HEIGHT, FRAME_WIDTH, Pixels
from app.cv import cv2

#: Rectangles of the drawn room: left, top, right, bottom in pixels, and BGR.
_FURNITURE = (
    ((30, 40, 210, 330), (232, 226, 214)),  # a window
    ((116, 40, 124, 330), (176, 172, 166)),
    ((30, 178, 210, 186), (176, 172, 166)),
    ((470, 90, 600, 400), (128, 140, 150)),  # a door
    ((484, 108, 586, 250), (150, 164, 172)),
    ((0, 396, 640, 480), (104, 112, 120)),  # the floor
    ((250, 120, 420, 210), (150, 158, 148)),  # a picture
)
_PLANT = ((438, 372), (36, 74), (86, 122, 92))


def empty_room() -> Pixels:
    """An out-of-focus lobby, uint8 [480, 640, 3] BGR, always the same."""
    shade = np.linspace(1.04, 0.86, FRAME_WIDTH)[None, :, None]
    wall = np.ones((FRAME_HEIGHT, FRAME_WIDTH, 1)) * np.array((188.0, 190.0, 188.0)) * shade
    room = np.ascontiguousarray(wall, dtype=np.uint8)
    for (left, top, right, bottom), colour in _FURNITURE:
        cv2.rectangle(room, (left, top), (right, bottom), colour, -1)
    centre, axes, green = _PLANT
    cv2.ellipse(room, centre, axes, 0, 0, 360, green, -1)
    return np.asarray(cv2.GaussianBlur(room, (0, 0), 13.0), dtype=np.uint8)


class SensorNoise:
    """Adds read noise of about 1.6 grey levels; no two consecutive frames get the same.

    One large field is drawn once and cut at a random place for every frame: drawing a million
    numbers a frame would cost more than the rest of the picture.
    """

    def __init__(self, seed: int = 0) -> None:
        self._chance = np.random.default_rng(seed)
        size = (FRAME_HEIGHT + _SPARE, FRAME_WIDTH + _SPARE, 3)
        grain = np.rint(self._chance.standard_normal(size, dtype=np.float32) * _SIGMA)
        self._lighter = np.clip(grain, 0, 255).astype(np.uint8)
        self._darker = np.clip(-grain, 0, 255).astype(np.uint8)
        self._last = (-1, -1)

    def add(self, frame: Pixels) -> Pixels:
        """A new frame, uint8 [480, 640, 3]."""
        place = self._last
        while place == self._last:
            top, left = self._chance.integers(0, _SPARE, 2)
            place = int(top), int(left)
        self._last = place
        rows = slice(place[0], place[0] + FRAME_HEIGHT)
        columns = slice(place[1], place[1] + FRAME_WIDTH)
        lighter = cv2.add(frame, self._lighter[rows, columns])
        return np.asarray(cv2.subtract(lighter, self._darker[rows, columns]), dtype=np.uint8)


_SPARE = 64
_SIGMA = 1.6
