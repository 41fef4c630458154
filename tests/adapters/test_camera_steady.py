"""Holding exposure and white balance: asked late, looked at, given back, or simply ignored."""

from __future__ import annotations

import numpy as np
import pytest

from app.camera.address import Device, Interface
from app.camera.opencv import OpencvCamera
from app.camera.steady import PROVE_S, SETTLE_S, Holding, SteadyCapture
from app.cv import cv2
from tests.fakes.camera import Pixels, ScriptedCapture
from tests.fakes.clock import HandClock

EXPOSURE, AUTO_EXPOSURE = cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTO_EXPOSURE
WHITE, AUTO_WHITE = cv2.CAP_PROP_WB_TEMPERATURE, cv2.CAP_PROP_AUTO_WB
AUTOMATIC = {AUTO_EXPOSURE: 3.0, EXPOSURE: 157.0, AUTO_WHITE: 1.0, WHITE: 4600.0}


class Driver:
    """A Video4Linux webcam with automatics; `obeys`: whether setting them does anything."""

    def __init__(self, *, obeys: bool = True, brightness: float = 120.0) -> None:
        self.values = dict(AUTOMATIC)
        self.asked: list[tuple[int, float]] = []
        self.released = False
        self.brightness = brightness
        self._obeys = obeys

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def get(self, prop: int, /) -> float:
        return self.values.get(prop, -1.0)

    def set(self, prop: int, value: float, /) -> bool:
        self.asked.append((prop, value))
        if self._obeys:
            self.values[prop] = value
        return self._obeys

    def read(self) -> tuple[bool, Pixels | None]:
        return True, np.full((48, 64, 3), self.brightness, np.uint8)

    def release(self) -> None:
        self.released = True


def watched(driver: Driver, *, until_s: float) -> tuple[SteadyCapture, HandClock]:
    """Read at 20 a second until so long after the first picture."""
    clock = HandClock()
    steady = SteadyCapture(driver, clock.monotonic_s)
    began_s = clock.monotonic_s()
    steady.read()
    while clock.monotonic_s() - began_s < until_s:
        clock.advance(0.05)
        assert steady.read()[0]
    return steady, clock


def test_nothing_is_asked_before_the_camera_has_settled() -> None:
    driver = Driver()
    steady, _ = watched(driver, until_s=SETTLE_S - 0.1)
    assert driver.asked == []
    assert steady.holding is Holding.SETTLING


def test_it_is_asked_to_keep_what_it_found_and_gets_it_back() -> None:
    driver = Driver()
    steady, _ = watched(driver, until_s=SETTLE_S + PROVE_S + 0.2)
    assert steady.holding is Holding.HOLDING
    assert driver.asked == [
        (AUTO_EXPOSURE, 1.0),
        (EXPOSURE, 157.0),
        (AUTO_WHITE, 0.0),
        (WHITE, 4600.0),
    ]
    steady.release()
    assert (driver.values[AUTO_EXPOSURE], driver.values[AUTO_WHITE]) == (3.0, 1.0)
    assert driver.released


def test_a_camera_that_ignores_it_goes_on_as_it_is() -> None:
    driver = Driver(obeys=False)
    steady, _ = watched(driver, until_s=SETTLE_S + PROVE_S + 0.2)
    assert steady.holding is Holding.GIVEN_BACK
    assert driver.values == AUTOMATIC
    asked = len(driver.asked)
    steady.read()
    steady.release()
    assert len(driver.asked) == asked  # it is not asked again and again
    assert driver.released


@pytest.mark.parametrize("brightness", [40.0, 250.0])
def test_a_picture_that_turned_dark_or_bright_gives_everything_back(brightness: float) -> None:
    """Its exposure was an old one: some drivers report the last manual value."""
    driver = Driver()
    steady, clock = watched(driver, until_s=SETTLE_S + 0.06)
    assert driver.values[AUTO_EXPOSURE] == 1.0
    driver.brightness = brightness
    clock.advance(PROVE_S)
    steady.read()
    assert steady.holding is Holding.GIVEN_BACK
    assert (driver.values[AUTO_EXPOSURE], driver.values[AUTO_WHITE]) == (3.0, 1.0)


def test_what_an_administrator_switched_off_stays_off() -> None:
    driver = Driver()
    driver.values[AUTO_EXPOSURE] = 1.0
    steady, _ = watched(driver, until_s=SETTLE_S + PROVE_S + 0.2)
    steady.release()
    assert AUTO_EXPOSURE not in dict(driver.asked)
    assert driver.values[AUTO_EXPOSURE] == 1.0


def test_a_camera_without_these_controls_is_left_alone() -> None:
    driver = Driver()
    driver.values.clear()
    watched(driver, until_s=SETTLE_S + PROVE_S + 0.2)
    assert driver.asked == []


@pytest.mark.parametrize(
    ("interface", "wanted", "held"),
    [
        (Interface.V4L2, True, True),
        (Interface.V4L2, False, False),
        (Interface.DSHOW, True, False),
        (Interface.MSMF, True, False),
    ],
)
def test_only_a_video4linux_device_is_asked_and_only_with_light(
    interface: Interface, *, wanted: bool, held: bool
) -> None:
    """One that ignores everything delivers its pictures all the same."""
    capture = ScriptedCapture(accepts=frozenset())
    camera = OpencvCamera(Device(0, interface), opener=lambda *_: capture, steady=wanted)
    started = camera._start()
    assert isinstance(started.capture, SteadyCapture) is held
    assert started.capture.read()[0]
    started.capture.release()
    assert capture.released.is_set()
