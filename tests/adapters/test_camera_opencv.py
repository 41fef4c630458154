"""A device and a network camera: what is asked of them, and every way they fail."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.camera.address import Device, Interface, Recording, Stream
from app.camera.freeze import FreezeWatch
from app.camera.opencv import Limits, OpencvCamera, Wanted
from app.cv import cv2
from app.errors import CameraMisbehaved, CameraUnavailable
from app.ports import Frame
from tests.fakes.camera import (
    Mood,
    NetworkCamera,
    Pixels,
    ScriptedCapture,
    network_camera,
    noisy_picture,
    write_video,
)

DEVICE = Device(0, Interface.V4L2)
#: Short waits, so that a stall is seen in a moment; nothing is asserted about real durations.
QUICK = Limits(stall_s=0.6, freeze_s=0.2, misses_s=0.15, open_s=2.0, connect_s=0.5)
#: For drivers that do not come back: waiting longer for them would be for nothing.
HASTY = Limits(stall_s=0.1, open_s=0.3, close_s=0.1)


def camera_over(*captures: ScriptedCapture, limits: Limits = QUICK) -> OpencvCamera:
    """A device whose driver hands out `captures`, one an opening."""
    left = iter(captures)
    return OpencvCamera(DEVICE, Wanted(640, 480, 30.0), limits, opener=lambda *_: next(left))


def read_until_it_fails(camera: OpencvCamera, frames: int = 2000) -> Exception:
    for _ in range(frames):
        try:
            camera.read()
        except (CameraMisbehaved, CameraUnavailable) as error:
            return error
    pytest.fail("the camera never failed")


def test_asks_for_mjpg_then_size_then_rate_and_reads_back() -> None:
    capture = ScriptedCapture(accepts=frozenset({cv2.CAP_PROP_FOURCC}))
    camera = camera_over(capture)

    told = camera.open()
    camera.close()

    asked = [prop for prop, _ in capture.settings]
    assert asked[:4] == [
        cv2.CAP_PROP_FOURCC,
        cv2.CAP_PROP_FRAME_WIDTH,
        cv2.CAP_PROP_FRAME_HEIGHT,
        cv2.CAP_PROP_FPS,
    ]
    assert dict(capture.settings)[cv2.CAP_PROP_FRAME_WIDTH] == 640.0
    # The driver took MJPG and kept its own size and rate: that is what is reported.
    assert (told.encoding, told.width_px, told.height_px, told.rate_hz) == ("MJPG", 160, 120, 15.0)


def test_a_driver_without_mjpg_is_used_as_it_is() -> None:
    camera = camera_over(ScriptedCapture(accepts=frozenset()))

    assert camera.open().encoding == "YUYV"
    assert camera.read().number == 1
    camera.close()


def test_the_pictures_size_counts_and_not_what_the_driver_says() -> None:
    capture = ScriptedCapture()  # takes 640x480 and delivers 160x120

    camera = camera_over(capture)
    told = camera.open()
    camera.close()

    assert (told.width_px, told.height_px) == (160, 120)


def test_a_driver_that_does_not_open() -> None:
    capture = ScriptedCapture(opens=False)
    camera = camera_over(capture, ScriptedCapture())

    with pytest.raises(CameraUnavailable, match="cannot be opened"):
        camera.open()
    assert capture.released.is_set()
    camera.open()  # by now it is there
    assert camera.read().number == 1
    camera.close()


def test_a_camera_that_opens_and_never_delivers() -> None:
    capture = ScriptedCapture()
    capture.pictures = lambda _: None
    camera = camera_over(capture, limits=Limits(open_s=0.15))

    with pytest.raises(CameraUnavailable):
        camera.open()
    assert capture.released.wait(1.0)


def test_one_missing_picture_is_no_fault() -> None:
    capture = ScriptedCapture()
    capture.pictures = lambda number: None if number % 5 == 4 else noisy_picture(number)
    camera = camera_over(capture)
    camera.open()

    assert [camera.read().number for _ in range(20)] == list(range(1, 21))
    camera.close()


def test_unplugged() -> None:
    capture = ScriptedCapture()
    capture.pictures = lambda number: noisy_picture(number) if number < 10 else None
    camera = camera_over(capture, ScriptedCapture())
    camera.open()

    error = read_until_it_fails(camera)
    assert isinstance(error, CameraUnavailable)
    assert "stopped delivering pictures" in str(error)
    assert capture.released.wait(1.0)
    camera.close()
    camera.open()  # plugged in again
    assert camera.read().number == 1
    camera.close()


def test_a_driver_that_raises() -> None:
    def raise_in_driver(_number: int) -> Pixels | None:
        raise cv2.error("select() failed")

    capture = ScriptedCapture()
    capture.pictures = raise_in_driver
    camera = camera_over(capture)

    with pytest.raises(CameraUnavailable, match="failed in its driver"):
        camera.open()
    assert capture.released.is_set()


class HungDriver(ScriptedCapture):
    """Delivers a few pictures and then does not come back from a read until let go."""

    def __init__(self, good: int = 3) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.pictures = lambda number: self._picture(number, good)

    def _picture(self, number: int, good: int) -> Pixels:
        if number >= good:
            self.let_go.wait(20.0)
        return noisy_picture(number)


def test_a_blocked_driver_blocks_nobody() -> None:
    hung = HungDriver()
    camera = camera_over(hung, ScriptedCapture(), limits=replace(HASTY, open_s=2.0))
    camera.open()
    try:
        error = read_until_it_fails(camera)
        assert isinstance(error, CameraMisbehaved)
        assert "sent no picture" in str(error)
        camera.close()
        with pytest.raises(CameraUnavailable, match="hangs"):
            camera.open()
    finally:
        # Named while it hangs: Python 3.13 stops listing a thread shortly before it has ended.
        stuck = [each for each in threading.enumerate() if each.name.startswith("grab ")]
        hung.let_go.set()
    # The thread that was stuck releases the device itself, and then it can be used again.
    assert hung.released.wait(2.0)
    for thread in stuck:
        thread.join(2.0)
    camera.open()
    assert camera.read().number == 1
    camera.close()


def test_a_driver_blocked_while_opening() -> None:
    let_go = threading.Event()

    def open_slowly(*_: object) -> ScriptedCapture:
        let_go.wait(20.0)
        return ScriptedCapture()

    camera = OpencvCamera(DEVICE, limits=HASTY, opener=open_slowly)
    try:
        with pytest.raises(CameraUnavailable, match="does not answer"):
            camera.open()
        with pytest.raises(CameraUnavailable, match="hangs"):
            camera.open()
    finally:
        let_go.set()


def test_a_frozen_picture() -> None:
    capture = ScriptedCapture()
    capture.pictures = lambda number: noisy_picture(min(number, 5))
    camera = camera_over(capture)
    camera.open()

    error = read_until_it_fails(camera)
    assert isinstance(error, CameraMisbehaved)
    assert "repeats the same picture" in str(error)
    camera.close()


def test_a_changed_picture_size() -> None:
    capture = ScriptedCapture()
    capture.pictures = lambda number: noisy_picture(number, 160 if number < 5 else 320)
    camera = camera_over(capture)
    camera.open()

    error = read_until_it_fails(camera)
    assert isinstance(error, CameraMisbehaved)
    assert "changed its picture size" in str(error)
    camera.close()


def test_the_waits_add_up_to_less_than_a_second() -> None:
    limits = Limits()

    assert max(limits.stall_s, limits.freeze_s, limits.misses_s) < 1.0


class TestFreezeWatch:
    def frozen_after(self, pixels: Pixels, times: list[float]) -> list[bool]:
        watch = FreezeWatch(after_s=0.8)
        return [watch.is_frozen(pixels, t_s) for t_s in times]

    def test_a_repeated_picture_is_frozen_once_it_lasted(self) -> None:
        told = self.frozen_after(noisy_picture(0), [5.0, 5.4, 5.7, 5.81, 6.0])

        assert told == [False, False, False, True, True]

    def test_noise_is_life(self) -> None:
        watch = FreezeWatch(after_s=0.8)

        assert not any(watch.is_frozen(noisy_picture(n), float(n)) for n in range(10))

    def test_a_doubled_picture_is_life(self) -> None:
        watch = FreezeWatch(after_s=0.8)

        assert not any(watch.is_frozen(noisy_picture(n // 3), n / 10) for n in range(60))

    @pytest.mark.parametrize("level", [0, 3, 255])
    def test_black_and_white_prove_nothing(self, level: int) -> None:
        covered = np.full((120, 160, 3), level, np.uint8)

        assert not any(self.frozen_after(covered, [0.0, 1.0, 60.0]))

    def test_the_lens_uncovered_in_front_of_a_frozen_picture(self) -> None:
        watch = FreezeWatch(after_s=0.8)
        dark, still = np.zeros((120, 160, 3), np.uint8), noisy_picture(0)

        assert not watch.is_frozen(dark, 0.0)
        assert not watch.is_frozen(still, 5.0)
        assert watch.is_frozen(still, 5.9)


@pytest.fixture
def network() -> Iterator[NetworkCamera]:
    with network_camera() as camera:
        yield camera


@pytest.fixture
def stream(network: NetworkCamera) -> Iterator[OpencvCamera]:
    camera = OpencvCamera(Stream(network.url), limits=QUICK)
    yield camera
    camera.close()


def test_a_network_camera(stream: OpencvCamera) -> None:
    told = stream.open()
    frames: list[Frame] = [stream.read() for _ in range(10)]

    assert (told.width_px, told.height_px, told.encoding) == (160, 120, "MJPG")
    assert [frame.number for frame in frames] == list(range(1, 11))


@pytest.mark.parametrize(
    ("mood", "says"),
    [
        (Mood.STALLED, ("sent no picture", "stopped delivering")),
        (Mood.FROZEN, ("repeats the same picture",)),
        (Mood.CUT_OFF, ("stopped delivering", "sent no picture")),
    ],
)
def test_a_network_camera_that_fails_and_comes_back(
    network: NetworkCamera, stream: OpencvCamera, mood: Mood, says: tuple[str, ...]
) -> None:
    stream.open()
    stream.read()

    network.mood = mood
    error = read_until_it_fails(stream)
    assert any(text in str(error) for text in says)

    stream.close()
    network.mood = Mood.LIVE
    stream.open()
    assert [stream.read().number for _ in range(3)] == [1, 2, 3]


def test_a_dark_room_is_not_a_fault(network: NetworkCamera, stream: OpencvCamera) -> None:
    network.mood = Mood.DARK
    stream.open()

    # A second and more at 25 a second, several times what counts as frozen in the light.
    assert [stream.read().number for _ in range(30)] == list(range(1, 31))


def test_a_network_camera_that_refuses(network: NetworkCamera, stream: OpencvCamera) -> None:
    network.mood = Mood.CUT_OFF

    for _ in range(2):
        with pytest.raises(CameraUnavailable, match="Check the address, the network"):
            stream.open()


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_host_that_takes_the_call_and_never_speaks(scheme: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"{scheme}://user:secret@127.0.0.1:{listener.getsockname()[1]}/live"
        camera = OpencvCamera(Stream(url), limits=QUICK)

        with pytest.raises(CameraUnavailable) as caught:
            camera.open()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_nobody_there(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    camera = OpencvCamera(Stream(f"{scheme}://127.0.0.1:{port}/live"), limits=QUICK)

    with pytest.raises(CameraUnavailable):
        camera.open()


def test_a_recording_ends(tmp_path: Path) -> None:
    path = write_video(tmp_path / "short.avi", 4, rate_hz=100.0)
    camera = OpencvCamera(Recording(str(path)), limits=QUICK)
    told = camera.open()

    assert (told.encoding, told.rate_hz) == ("MJPG", 100.0)
    assert isinstance(read_until_it_fails(camera), CameraUnavailable)
    camera.close()


@pytest.mark.parametrize("content", [b"", b"not a video at all" * 100])
def test_a_recording_that_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(content)

    with pytest.raises(CameraUnavailable, match="Check the path and that it is a video"):
        OpencvCamera(Recording(str(path))).open()


def test_the_latest_picture_wins() -> None:
    """Whoever reads slowly sees the present and not a queue of the past."""
    delivered = threading.Event()
    count = 0

    def numbered(number: int) -> Pixels:
        nonlocal count
        count = number
        if number >= 20:
            delivered.set()
        return np.full((120, 160, 3), 60 + number % 100, np.uint8)

    capture = ScriptedCapture()
    capture.pictures = numbered
    camera = camera_over(capture)
    camera.open()
    camera.read()
    assert delivered.wait(5.0)

    assert int(camera.read().pixels[0, 0, 0]) >= 60 + 15
    camera.close()


def test_names_its_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Left to itself OpenCV tries one interface after the other; it must not be left."""
    asked: list[tuple[object, ...]] = []

    def note(*arguments: object) -> ScriptedCapture:
        asked.append(arguments)
        return ScriptedCapture(opens=False)

    monkeypatch.setattr(cv2, "VideoCapture", note)
    open_each: list[Callable[[], object]] = [
        OpencvCamera(Device(1, Interface.DSHOW), limits=QUICK).open,
        OpencvCamera(Device(0, Interface.AVFOUNDATION), limits=QUICK).open,
        OpencvCamera(Device("/dev/null", Interface.V4L2), limits=QUICK).open,
    ]
    for attempt in open_each:
        with pytest.raises(CameraUnavailable):
            attempt()

    assert asked == [
        (1, cv2.CAP_DSHOW),
        (0, cv2.CAP_AVFOUNDATION),
        ("/dev/null", cv2.CAP_V4L2),
    ]
