"""What every camera does, whatever is behind it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.camera.address import Recording
from app.camera.opencv import OpencvCamera
from app.camera.paired import Infrared, PairedCamera
from app.camera.replay import ReplayCamera
from app.camera.simulated import SimulatedCamera
from app.errors import CameraError
from app.ports import FrameSource
from tests.fakes.camera import ScriptedCamera, noisy_picture, write_video
from tests.fakes.clock import HandClock

FRAMES = 12


@pytest.fixture(
    params=["opencv", "replay-video", "replay-pictures", "simulated", "paired", "scripted"]
)
def camera(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FrameSource]:
    clock = HandClock()
    source: FrameSource
    match request.param:
        case "opencv":
            path = write_video(tmp_path / "video.avi", FRAMES, rate_hz=100.0)
            source = OpencvCamera(Recording(str(path)))
        case "replay-video":
            path = write_video(tmp_path / "video.avi", FRAMES)
            source = ReplayCamera(path, monotonic_s=clock.monotonic_s, wait=clock.advance)
        case "replay-pictures":
            from app.cv import cv2

            for number in range(FRAMES):
                cv2.imwrite(str(tmp_path / f"{number:02}.png"), noisy_picture(number))
            source = ReplayCamera(tmp_path, monotonic_s=clock.monotonic_s, wait=clock.advance)
        case "simulated":
            source = SimulatedCamera(monotonic_s=clock.monotonic_s, wait=clock.advance)
        case "paired":
            script = [noisy_picture(number) for number in range(2 * FRAMES)]
            both = [ScriptedCamera(script, clock.monotonic_s, clock.advance) for _ in range(2)]
            source = PairedCamera(both[0], Infrared(both[1]))
        case _:
            script = [noisy_picture(number) for number in range(FRAMES)]
            source = ScriptedCamera(script, clock.monotonic_s, clock.advance)
    yield source
    source.close()


def test_says_what_it_delivers_and_delivers_that(camera: FrameSource) -> None:
    told = camera.open()
    frame = camera.read()

    assert frame.pixels.shape == (told.height_px, told.width_px, 3)
    assert frame.pixels.dtype == np.uint8
    assert frame.pixels.flags.c_contiguous
    assert told.rate_hz >= 0.0
    assert camera.name


def test_says_what_it_is_at_any_time_and_how_large_once_it_was_open(camera: FrameSource) -> None:
    before = camera.identity()
    told = camera.open()
    during = camera.identity()
    camera.close()

    assert before.kind is during.kind
    assert before.fingerprint
    assert (during.width_px, during.height_px) == (told.width_px, told.height_px)
    assert camera.identity() == during
    camera.open()
    assert camera.identity() == during


def test_numbers_and_times_rise(camera: FrameSource) -> None:
    camera.open()
    frames = [camera.read() for _ in range(5)]

    assert [frame.number for frame in frames] == [1, 2, 3, 4, 5]
    times = [frame.t_s for frame in frames]
    assert all(earlier < later for earlier, later in itertools.pairwise(times))


def test_nobody_can_change_a_picture(camera: FrameSource) -> None:
    camera.open()
    pixels = camera.read().pixels

    with pytest.raises(ValueError, match="read-only"):
        pixels[0, 0] = 0


def test_a_picture_kept_does_not_change(camera: FrameSource) -> None:
    camera.open()
    first = camera.read().pixels
    copy = first.copy()
    camera.read()
    camera.read()

    assert np.array_equal(first, copy)


def test_pictures_differ(camera: FrameSource) -> None:
    camera.open()

    assert not np.array_equal(camera.read().pixels, camera.read().pixels)


def test_closing_twice_is_harmless(camera: FrameSource) -> None:
    camera.close()
    camera.open()
    camera.read()
    camera.close()
    camera.close()


def test_a_closed_camera_cannot_be_read(camera: FrameSource) -> None:
    with pytest.raises(CameraError):
        camera.read()
    camera.open()
    camera.close()
    with pytest.raises(CameraError):
        camera.read()


def test_opens_again_and_times_go_on(camera: FrameSource) -> None:
    told = camera.open()
    last = [camera.read() for _ in range(3)][-1]
    camera.close()

    assert camera.open() == told
    again = camera.read()
    assert again.number >= 1
    assert again.t_s > last.t_s


def test_opens_again_without_being_closed(camera: FrameSource) -> None:
    camera.open()
    camera.read()
    camera.open()

    assert camera.read().number >= 1
