"""Two cameras as one: what belongs to one moment comes together, and a broken half is a fault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.camera.address import Device, Interface
from app.camera.choose import second_at, source_at
from app.camera.depth_camera import DepthDevice, DepthFolder
from app.camera.opencv import Limits, Wanted
from app.camera.paired import FROZEN_S, NEAREST_S, Infrared, PairedCamera, Reading, least_trusted
from app.camera.replay import ReplayCamera
from app.cv import cv2
from app.domain.depth import SecondKind
from app.domain.source import Camera, SourceKind
from app.errors import CameraError, CameraMisbehaved, CameraUnavailable, SettingsError
from app.ports import CameraFormat, Frame
from app.runtime import bootstrap
from app.settings import load
from app.vision.relief import relief_of
from tests.fakes.camera import ScriptedCapture
from tests.fakes.depths import depth_of, head_at
from tests.fakes.heads import flat, solid


class At:
    """Either camera: pictures at the times it is told, then what it is told to raise."""

    kind = SecondKind.DEPTH

    def __init__(self, name: str, *times_s: float, then: CameraError | None = None) -> None:
        self.name = name
        self.opened = 0
        self.closed = 0
        self.fault_on_open: CameraError | None = None
        self._times_s = iter(times_s)
        self._then = then or CameraUnavailable("It ended.")
        self._number = 0

    def identity(self) -> Camera:
        return Camera(SourceKind.DEVICE, self.name, "uvcvideo", f"usb-{self.name}", "1234:5678")

    def open(self) -> CameraFormat:
        self.opened += 1
        if self.fault_on_open is not None:
            raise self.fault_on_open
        return CameraFormat(64, 48, 30.0, "TEST")

    def close(self) -> None:
        self.closed += 1

    def next_s(self) -> float:
        self._number += 1
        for t_s in self._times_s:
            return t_s
        raise self._then


class Colour(At):
    def read(self) -> Frame:
        return Frame(self._number + 1, self.next_s(), np.full((48, 64, 3), 7, np.uint8))


class Second(At):
    """Each reading holds its own number; `same` holds one for ever."""

    def __init__(
        self, *times_s: float, then: CameraError | None = None, same: int | None = None
    ) -> None:
        super().__init__("depth", *times_s, then=then)
        self.same = same
        self.sends_depth = True

    def open(self) -> None:  # type: ignore[override]
        super().open()

    def read(self) -> Reading:
        t_s = self.next_s()
        value = self._number if self.same is None else self.same
        depth = np.full((24, 32), value, np.uint16)
        return Reading(t_s, depth if self.sends_depth else depth.astype(np.uint8))


def which(frame: Frame) -> int | None:
    """The number of the reading that came with the frame."""
    return None if frame.second is None else int(frame.second.values[0, 0])


def opened(colour: Colour, second: Second) -> PairedCamera:
    pair = PairedCamera(colour, second)
    pair.open()
    return pair


def test_each_frame_comes_with_the_reading_nearest_in_time() -> None:
    pair = opened(
        Colour("colour", 1.000, 1.033, 1.062, 1.100), Second(0.990, 1.020, 1.050, 1.080, 1.130)
    )
    assert [which(pair.read()) for _ in range(4)] == [1, 2, 3, 4]


def test_a_reading_of_another_moment_is_left_out() -> None:
    late = 1.0 + NEAREST_S + 0.001
    pair = opened(Colour("colour", 1.0, 2.0), Second(late, 2.0 - NEAREST_S + 0.001, 5.0))
    assert [which(pair.read()) for _ in range(2)] == [None, 2]


def test_times_are_the_colour_cameras_and_pixels_untouched() -> None:
    frame = opened(Colour("colour", 1.5), Second(1.5)).read()
    assert (frame.t_s, frame.pixels.shape) == (1.5, (48, 64, 3))
    assert frame.second is not None
    assert frame.second.affine == ((0.5, 0.0, 0.0), (0.0, 0.5, 0.0))
    assert not frame.second.values.flags.writeable


def test_a_second_camera_that_fails_fails_the_pair() -> None:
    pair = opened(
        Colour("colour", 1.0, 1.1), Second(1.0, then=CameraUnavailable("unplugged. Plug it in."))
    )
    pair.read()
    with pytest.raises(CameraUnavailable, match="unplugged"):
        pair.read()


def test_a_second_camera_that_is_not_there_leaves_nothing_open() -> None:
    colour, second = Colour("colour", 1.0), Second(1.0)
    second.fault_on_open = CameraUnavailable("not there")
    with pytest.raises(CameraUnavailable):
        PairedCamera(colour, second).open()
    assert colour.closed == 1


def test_closing_closes_both_whatever_the_first_says() -> None:
    colour, second = Colour("colour"), Second()
    pair = opened(colour, second)
    pair.close()
    assert (colour.closed, second.closed) == (1, 1)


def test_times_that_never_come_up_are_a_fault_and_not_a_wait() -> None:
    pair = opened(Colour("colour", 1e6), Second(*(0.01 * n for n in range(1000))))
    with pytest.raises(CameraMisbehaved, match="do not follow"):
        pair.read()


def test_a_second_camera_that_hangs_on_one_picture_is_noticed() -> None:
    times_s = [1.0 + n / 15 for n in range(30)]
    pair = opened(Colour("colour", *times_s), Second(*times_s, same=700))
    for _ in range(int(FROZEN_S * 15)):
        pair.read()
    with pytest.raises(CameraMisbehaved, match="repeats"):
        pair.read()
    nothing_in_range = opened(Colour("colour", *times_s), Second(*times_s, same=0))
    assert all(which(nothing_in_range.read()) == 0 for _ in times_s)


def test_readings_of_another_kind_are_refused() -> None:
    second = Second(1.0)
    second.sends_depth = False
    with pytest.raises(CameraUnavailable, match="delivers no depth"):
        opened(Colour("colour", 1.0), second).read()


def test_either_camera_swapped_is_another_camera() -> None:
    one = PairedCamera(Colour("a"), Second()).identity()
    other_colour = PairedCamera(Colour("b"), Second()).identity()
    second = Second()
    second.name = "another depth"
    other_second = PairedCamera(Colour("a"), second).identity()
    prints = {each.fingerprint for each in (one, other_colour, other_second)}
    assert len(prints) == 3
    assert one.kind is SourceKind.DEVICE


def test_a_pair_is_trusted_as_far_as_its_weaker_half() -> None:
    for kind in SourceKind:
        assert least_trusted((SourceKind.DEVICE, kind)) is kind
        assert least_trusted((kind, SourceKind.VIRTUAL)) is SourceKind.VIRTUAL


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A pair of recordings: grey colour pictures, and depth of a head, then of a sheet."""
    for name in ("colour", "depth"):
        (tmp_path / name).mkdir()
    for number in range(6):
        picture = np.random.default_rng(number).integers(0, 255, (480, 640, 3)).astype(np.uint8)
        cv2.imwrite(str(tmp_path / "colour" / f"{number:03}.png"), picture)
        depth = depth_of(solid if number < 3 else flat, noise_share=0.01, seed=number)
        cv2.imwrite(str(tmp_path / "depth" / f"{number:03}.png"), depth)
    return tmp_path


def frames(pair: PairedCamera) -> Iterator[Frame]:
    pair.open()
    while True:
        try:
            yield pair.read()
        except CameraUnavailable:
            pair.close()
            return


def test_a_recorded_pair_plays_together(recorded: Path) -> None:
    now = [100.0]

    def wait(pause_s: float) -> None:
        now[0] += pause_s

    colour = ReplayCamera(recorded / "colour", monotonic_s=lambda: now[0], wait=wait)
    pair = PairedCamera(colour, DepthFolder(recorded / "depth", monotonic_s=lambda: now[0]))
    at, _ = head_at()
    told = [relief_of(frame.second, at).nose_mm for frame in frames(pair) if frame.second]
    assert len(told) == 6
    assert min(told[:3]) > 20.0
    assert max(told[3:]) < 8.0
    assert pair.identity().kind is SourceKind.RECORDING


def test_settings_make_a_pair(recorded: Path) -> None:
    flags = {
        "camera.source": f"file:{recorded / 'colour'}",
        "camera.second": f"file:{recorded / 'depth'}",
        "camera.second_align": "0.5 0 1 0 0.5 2",
    }
    settings = load(None, {}, flags)
    assert settings.policy().second is SecondKind.DEPTH
    source = bootstrap.frame_source(settings)
    assert isinstance(source, PairedCamera)
    source.open()
    second = source.read().second
    source.close()
    assert second is not None
    assert second.affine == ((0.5, 0.0, 1.0), (0.0, 0.5, 2.0))


def test_without_a_second_camera_nothing_is_paired(recorded: Path) -> None:
    settings = load(None, {}, {"camera.source": f"file:{recorded / 'colour'}"})
    assert settings.policy().second is SecondKind.NONE
    assert isinstance(bootstrap.frame_source(settings), ReplayCamera)


@pytest.mark.parametrize("text", ["1 2 3", "1 2 3 4 5 x", "1 2 3 4 5 inf", "1 2 3 4 5 6 7"])
def test_an_alignment_that_is_not_six_numbers_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match=r"camera\.second_align"):
        load(None, {}, {"camera.second_align": text})


def test_an_infrared_camera_is_any_camera_but_the_first(recorded: Path) -> None:
    address = f"file:{recorded / 'colour'}"
    colour = source_at(address, 640, 480, 30.0)
    with pytest.raises(SettingsError, match="the same camera"):
        second_at(address, SecondKind.INFRARED, colour, Wanted())
    other = second_at(f"file:{recorded / 'depth'}", SecondKind.INFRARED, colour, Wanted())
    assert isinstance(other, Infrared)
    other.open()
    reading = other.read()
    other.close()
    assert reading.values.dtype == np.uint8
    assert reading.values.shape == (480, 640)


def test_a_stream_carries_no_depth(recorded: Path) -> None:
    colour = source_at(f"file:{recorded / 'colour'}", 640, 480, 30.0)
    with pytest.raises(SettingsError, match="carries no depth"):
        second_at("rtsp://camera/depth", SecondKind.DEPTH, colour, Wanted())


def test_pictures_that_are_no_depth_are_named(recorded: Path) -> None:
    folder = DepthFolder(recorded / "colour")
    with pytest.raises(CameraUnavailable, match="closed"):
        folder.read()
    folder.open()
    with pytest.raises(CameraUnavailable, match=r"000\.png .* is no depth"):
        folder.read()
    with pytest.raises(CameraUnavailable, match="is not there"):
        DepthFolder(recorded / "none").open()


def device(pictures: list[np.ndarray], *, opens: bool = True) -> DepthDevice:
    capture = ScriptedCapture(opens=opens)
    capture.read = lambda: (True, pictures[0])  # type: ignore[method-assign]
    limits = Limits(open_s=2.0, stall_s=0.5, misses_s=0.1)
    address = Device("/dev/video9", Interface.V4L2)
    return DepthDevice(address, opener=lambda *_: capture, limits=limits)


def test_a_device_is_read_raw_and_must_send_depth() -> None:
    camera = device([depth_of()])
    with pytest.raises(CameraUnavailable, match="closed"):
        camera.read()
    camera.open()
    assert camera.read().values.dtype == np.uint16
    camera.close()
    wrong = device([np.zeros((4, 4, 3), np.uint8)])
    wrong.open()
    with pytest.raises(CameraUnavailable, match="instead of depth"):
        wrong.read()
    wrong.close()
    gone = device([], opens=False)
    gone.open()
    with pytest.raises(CameraUnavailable, match="cannot be opened"):
        gone.read()
    gone.close()
