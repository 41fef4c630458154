"""A camera that is asked to stop adjusting itself while the screen lights somebody's face.

    settling ──SETTLE_S──▶ asked to hold ──PROVE_S──▶ holding
                                 └──the picture changed──▶ given back, for this opening

It is asked once its own automatics had time to settle, with the values they found. Many cameras
ignore that, and some report a stale exposure, with which the picture turns dark or bright: what
is asked is therefore looked at, and given back where it did not do good. Nothing depends on it:
the light layer compares skin with what is around it, which an adjustment changes alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from app.camera.grabber import Capture
from app.cv import cv2

#: Webcams find their exposure within about half a second of the first picture.
SETTLE_S = 0.6
#: How long the picture is watched afterwards, and by how much its mean may have changed since:
#: somebody who leans in changes it too.
PROVE_S = 0.4
CHANGED = 0.25


@dataclass(frozen=True, slots=True)
class Held:
    """A switch of the driver with its value for off, and the number it would adjust by itself."""

    switch: int
    off: float
    number: int


#: Video4Linux's own values: 1 is manual exposure, 3 automatic (V4L2_EXPOSURE_*). DirectShow does
#: not give the automatics back once they were stopped (OpenCV issue 17019), and would leave the
#: camera like that for every other program: there and elsewhere nothing is asked.
V4L2_HELD = (
    Held(cv2.CAP_PROP_AUTO_EXPOSURE, 1.0, cv2.CAP_PROP_EXPOSURE),
    Held(cv2.CAP_PROP_AUTO_WB, 0.0, cv2.CAP_PROP_WB_TEMPERATURE),
)


class Holding(Enum):
    SETTLING = auto()
    ASKED = auto()
    HOLDING = auto()
    GIVEN_BACK = auto()


class SteadyCapture:
    """A Capture over another one, on the same thread; what was asked is given back at the end."""

    def __init__(self, capture: Capture, monotonic_s: Callable[[], float]) -> None:
        self.holding = Holding.SETTLING
        self._capture = capture
        self._monotonic_s = monotonic_s
        self._first_s: float | None = None
        self._asked_s = 0.0
        self._mean = 0.0
        self._before: list[tuple[Held, float]] = []

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self._capture.isOpened()

    def get(self, propId: int, /) -> float:  # noqa: N803
        return self._capture.get(propId)

    def set(self, propId: int, value: float, /) -> bool:  # noqa: N803
        return self._capture.set(propId, value)

    def read(self) -> tuple[bool, NDArray[np.uint8] | None]:
        there, pixels = self._capture.read()
        if there and pixels is not None and pixels.size:
            self._consider(pixels)
        return there, pixels

    def release(self) -> None:
        self._give_back()
        self._capture.release()

    def _consider(self, pixels: NDArray[np.uint8]) -> None:
        now_s = self._monotonic_s()
        if self._first_s is None:
            self._first_s = now_s
        match self.holding:
            case Holding.SETTLING if now_s - self._first_s >= SETTLE_S:
                self._mean, self._asked_s = _mean_of(pixels), now_s
                self._hold()
                self.holding = Holding.ASKED if self._before else Holding.GIVEN_BACK
            case Holding.ASKED if now_s - self._asked_s >= PROVE_S:
                good = abs(_mean_of(pixels) - self._mean) <= CHANGED * max(self._mean, 1.0)
                if not good:
                    self._give_back()
                self.holding = Holding.HOLDING if good else Holding.GIVEN_BACK
            case _:
                pass

    def _hold(self) -> None:
        """Stop each automatic the driver has, at what it found."""
        for each in V4L2_HELD:
            switch, number = self._capture.get(each.switch), self._capture.get(each.number)
            # -1 and 0: the driver does not have it; or it is off already, which is not ours.
            if switch <= 0.0 or switch == each.off or number <= 0.0:
                continue
            if self._capture.set(each.switch, each.off):
                self._before.append((each, switch))
                self._capture.set(each.number, number)

    def _give_back(self) -> None:
        while self._before:
            each, switch = self._before.pop()
            self._capture.set(each.switch, switch)


def _mean_of(pixels: NDArray[np.uint8]) -> float:
    return float(pixels[::16, ::16].mean())
