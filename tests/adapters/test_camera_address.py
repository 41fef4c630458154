"""The camera setting: every form it may have, and clear words for every other."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.camera.address import Address, Device, Interface, Recording, Stream, parse_address
from app.camera.choose import source_at
from app.camera.opencv import OpencvCamera
from app.camera.replay import ReplayCamera
from app.errors import CameraUnavailable, SettingsError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("0", Device(0, Interface.V4L2)),
        (" 2 ", Device(2, Interface.V4L2)),
        ("dshow:1", Device(1, Interface.DSHOW)),
        ("MSMF:0", Device(0, Interface.MSMF)),
        (
            "/dev/v4l/by-id/usb-Cam_1234-video-index0",
            Device("/dev/v4l/by-id/usb-Cam_1234-video-index0", Interface.V4L2),
        ),
        ("/dev/video2", Device("/dev/video2", Interface.V4L2)),
        ("http://10.0.0.5:8080/video", Stream("http://10.0.0.5:8080/video")),
        ("rtsp://door.example/live", Stream("rtsp://door.example/live")),
        ("file:/home/kiosk/walk.mp4", Recording("/home/kiosk/walk.mp4")),
        ("file:///home/kiosk/walk.mp4", Recording("/home/kiosk/walk.mp4")),
        ("file:walk.mp4", Recording("walk.mp4")),
    ],
)
def test_understands(text: str, address: Address) -> None:
    assert parse_address(text, "linux") == address


@pytest.mark.parametrize(
    ("platform", "interface"),
    [
        ("linux", Interface.V4L2),
        ("win32", Interface.MSMF),
        ("darwin", Interface.AVFOUNDATION),
    ],
)
def test_a_number_means_the_platforms_own_interface(platform: str, interface: Interface) -> None:
    assert parse_address("0", platform) == Device(0, interface)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-1", "camera", "usb:0", "file:", "dshow:", "dshow:front", "/home/me/video.mp4"],
)
def test_says_what_may_be_written(text: str) -> None:
    with pytest.raises(SettingsError, match="Use a number such as 0"):
        parse_address(text)


@pytest.mark.parametrize("text", ["rtsp://", "http:/x", "rtsp://me:secret@", "http://h:99999/"])
def test_a_bad_stream_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_address(text)

    assert "secret" not in str(caught.value)


def test_a_password_is_never_shown() -> None:
    address = parse_address("rtsp://me:secret@door.example:554/live?token=hidden")

    assert str(address) == "rtsp://door.example:554/live"
    assert "secret" not in repr(address)
    camera = OpencvCamera(address)
    assert camera.name == "rtsp://door.example:554/live"


def test_each_address_gets_its_source(tmp_path: Path) -> None:
    assert isinstance(source_at("0", 640, 480, 30.0), OpencvCamera)
    assert isinstance(source_at("rtsp://door.example/live", 640, 480, 30.0), OpencvCamera)
    assert isinstance(source_at(f"file:{tmp_path}", 640, 480, 30.0), ReplayCamera)


def test_a_device_that_is_not_there_fails_at_once() -> None:
    camera = source_at("/dev/v4l/by-id/usb-nothing-video-index0", 640, 480, 30.0)

    for _ in range(3):
        with pytest.raises(CameraUnavailable, match="is not there"):
            camera.open()
