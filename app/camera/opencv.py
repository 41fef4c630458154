"""Cameras through OpenCV: devices of this machine, streams, and recordings played as if live."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never, cast

from app.camera.address import Address, Device, Interface, Recording, Stream
from app.camera.freeze import FreezeWatch
from app.camera.grabber import Capture, Grabber, Patience, Shot, Started
from app.camera.identity import camera_at
from app.camera.steady import SteadyCapture
from app.cv import cv2
from app.domain.source import Camera
from app.errors import CameraMisbehaved, CameraUnavailable
from app.ports import CameraFormat, Frame

_BACKENDS = {
    Interface.V4L2: cv2.CAP_V4L2,
    Interface.MSMF: cv2.CAP_MSMF,
    Interface.DSHOW: cv2.CAP_DSHOW,
    Interface.AVFOUNDATION: cv2.CAP_AVFOUNDATION,
}
_UNKNOWN_RATE_HZ = 25.0
#: Files and streams without a rate report nonsense such as 90000.
_FASTEST_HZ = 240.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """The format asked of a device; what it really gives is read back."""

    width_px: int = 640
    height_px: int = 480
    rate_hz: float = 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. Stall and freeze are to be noticed within one second (issue), with room to tell.

    `open_s`: a USB camera takes up to about two seconds to its first picture. `connect_s`: a
    network camera's answer. `close_s`: longer than a V4L2 read may block (1 s, `app.cv`).
    """

    stall_s: float = 0.8
    freeze_s: float = 0.8
    misses_s: float = 0.3
    open_s: float = 3.0
    connect_s: float = 2.5
    close_s: float = 1.5


#: Opens what `address` names; a capture that is not opened means that it is not there.
Opener = Callable[[Address, Limits], Capture]
#: What the system says an address leads to; see `identity.camera_at`.
Identify = Callable[[Address, int, int], Camera]


class OpencvCamera:
    """A FrameSource over `cv2.VideoCapture`. Closing and opening again is how to recover.

    `steady`: ask the device to stop adjusting exposure and white balance once they settled.
    """

    def __init__(
        self,
        address: Address,
        wanted: Wanted | None = None,
        limits: Limits | None = None,
        *,
        monotonic_s: Callable[[], float] = time.monotonic,
        opener: Opener | None = None,
        identify: Identify = camera_at,
        steady: bool = False,
    ) -> None:
        self.name = str(address)
        self._address = address
        self._wanted = wanted or Wanted()
        self._limits = limits or Limits()
        self._monotonic_s = monotonic_s
        self._opener = opener or open_capture
        self._identify = identify
        self._steady = steady
        self._grabber: Grabber | None = None
        self._abandoned: Grabber | None = None
        self._format = CameraFormat(0, 0, 0.0, "")
        self._freeze = FreezeWatch(self._limits.freeze_s)
        self._first: Shot | None = None
        self._number = 0
        self._last_s = float("-inf")

    def identity(self) -> Camera:
        return self._identify(self._address, self._format.width_px, self._format.height_px)

    def open(self) -> CameraFormat:
        """Open, negotiate and wait for the first picture; at once an error if it is not there."""
        self.close()
        if self._abandoned is not None and self._abandoned.is_running():
            raise CameraUnavailable(f"The driver of {self.name} hangs. Unplug the camera once.")
        self._abandoned = None
        _check_there(self._address)
        self._grabber = Grabber(self.name, self._start, self._monotonic_s, self._patience())
        try:
            first = self._grabber.take(self._limits.open_s)
        except CameraUnavailable:
            self.close()
            raise
        if first is None:
            self.close()
            raise CameraUnavailable(f"{self.name} does not answer. Check its cable and power.")
        self._first = first
        height, width = first.pixels.shape[:2]
        self._format = CameraFormat(width, height, self._format.rate_hz, self._format.encoding)
        self._freeze = FreezeWatch(self._limits.freeze_s)
        self._number = 0
        return self._format

    def read(self) -> Frame:
        if self._grabber is None:
            raise CameraUnavailable(f"{self.name} is closed. Open it before reading.")
        shot, self._first = self._first, None
        shot = shot or self._grabber.take(self._limits.stall_s)
        if shot is None:
            waited_s = self._limits.stall_s
            raise CameraMisbehaved(f"{self.name} sent no picture for {waited_s:.1f} s.")
        pixels = shot.pixels
        if pixels.shape != (self._format.height_px, self._format.width_px, 3):
            raise CameraMisbehaved(f"{self.name} changed its picture size to {pixels.shape}.")
        if self._is_live() and self._freeze.is_frozen(pixels, shot.t_s):
            raise CameraMisbehaved(f"{self.name} repeats the same picture. Replug the camera.")
        pixels.flags.writeable = False
        self._number += 1
        # A coarse clock may give two pictures one time; a microsecond keeps them in order.
        self._last_s = max(shot.t_s, self._last_s + 1e-6)
        return Frame(self._number, self._last_s, pixels)

    def close(self) -> None:
        grabber, self._grabber = self._grabber, None
        self._first = None
        if grabber is not None and not grabber.stop(self._limits.close_s):
            self._abandoned = grabber

    def _is_live(self) -> bool:
        return not isinstance(self._address, Recording)

    def _patience(self) -> Patience:
        # A recording that has no picture has no more pictures.
        misses_s = self._limits.misses_s if self._is_live() else 0.0
        return Patience(misses_s, self._limits.open_s if self._is_live() else 0.0)

    def _start(self) -> Started:
        """Open and negotiate; on the grabber's thread."""
        capture = self._opener(self._address, self._limits)
        if not capture.isOpened():
            capture.release()
            raise CameraUnavailable(f"{self.name} cannot be opened. {_advice(self._address)}")
        if isinstance(self._address, Device):
            _negotiate(capture, self._wanted)
            if self._steady and self._address.interface is Interface.V4L2:
                capture = SteadyCapture(capture, self._monotonic_s)
        rate_hz = capture.get(cv2.CAP_PROP_FPS)
        self._format = CameraFormat(
            int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            rate_hz if 0.0 < rate_hz <= _FASTEST_HZ else 0.0,
            _four_letters(int(capture.get(cv2.CAP_PROP_FOURCC))),
        )
        pace_s = 0.0 if self._is_live() else 1.0 / (self._format.rate_hz or _UNKNOWN_RATE_HZ)
        return Started(capture, pace_s)


def open_capture(address: Address, limits: Limits) -> Capture:
    """The real thing; may block for as long as the limits and the driver allow."""
    match address:
        case Device(where, interface):
            backend = _BACKENDS[interface]
            if isinstance(where, str):
                return cast("Capture", cv2.VideoCapture(where, backend))
            return cast("Capture", cv2.VideoCapture(where, backend))
        case Stream(url):
            waits = [
                cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
                int(limits.connect_s * 1000),
                cv2.CAP_PROP_READ_TIMEOUT_MSEC,
                int(limits.stall_s * 1000),
            ]
            return cast("Capture", cv2.VideoCapture(url, cv2.CAP_FFMPEG, waits))
        case Recording(path):
            return cast("Capture", cv2.VideoCapture(path, cv2.CAP_FFMPEG))
        case _:
            assert_never(address)


def _negotiate(capture: Capture, wanted: Wanted) -> None:
    """Ask for MJPG first: uncompressed, USB 2 carries 640x480 at 30 a second and no more."""
    mjpg = cv2.VideoWriter.fourcc(*"MJPG")
    capture.set(cv2.CAP_PROP_FOURCC, float(mjpg))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, float(wanted.width_px))
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, float(wanted.height_px))
    capture.set(cv2.CAP_PROP_FPS, wanted.rate_hz)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1.0)


def _four_letters(code: int) -> str:
    """`MJPG`, `YUYV`, `h264` …; empty where the driver did not say."""
    letters = (code & 0xFFFFFFFF).to_bytes(4, "little").rstrip(b"\0 ")
    return letters.decode("ascii") if letters.isalnum() and letters.isascii() else ""


def _check_there(address: Address) -> None:
    """What can be known without a driver: a path that is not there fails at once."""
    match address:
        case Device(str(path), _) | Recording(path):
            if not Path(path).exists():
                raise CameraUnavailable(f"{path} is not there. {_advice(address)}")
        case _:
            pass


def _advice(address: Address) -> str:
    match address:
        case Device():
            return "Plug the camera in, close other programs that use it, and check permissions."
        case Stream():
            return "Check the address, the network and the camera's user name and password."
        case Recording():
            return "Check the path and that it is a video."
        case _:
            assert_never(address)
