"""Where depth pictures come from: a folder of recorded ones, or a device that sends plain ones.

Not tried on hardware. OpenCV hands out 16-bit pictures of V4L2 devices only in the format Y16,
raw; cameras that need a library of their maker's own (RealSense, Kinect) are not read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.camera.address import Device, Recording
from app.camera.grabber import Grabber, Patience, Started
from app.camera.identity import camera_at
from app.camera.opencv import Limits, Opener, open_capture
from app.camera.paired import Reading
from app.cv import cv2
from app.domain.depth import SecondKind
from app.domain.source import Camera
from app.errors import CameraMisbehaved, CameraUnavailable

#: As recorded folders of colour pictures are shown, so that pair and pair belong together.
_RATE_HZ = 15.0
_CURE = "Record 16-bit grey PNG pictures in millimetres, or name another camera.second."


class DepthFolder:
    """Recorded depth: 16-bit PNG pictures in the order of their names, 15 a second."""

    kind = SecondKind.DEPTH

    def __init__(self, path: Path, *, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self.name = f"depth recording {path.name}"
        self._path = path
        self._monotonic_s = monotonic_s
        self._pictures: list[Path] | None = None
        self._opened_s = 0.0
        self._shown = 0

    def identity(self) -> Camera:
        return camera_at(Recording(str(self._path)))

    def open(self) -> None:
        if not self._path.is_dir():
            raise CameraUnavailable(f"The folder {self._path} is not there. {_CURE}")
        self._pictures = sorted(self._path.glob("*.png"))
        self._opened_s = self._monotonic_s()
        self._shown = 0

    def read(self) -> Reading:
        if self._pictures is None:
            raise CameraUnavailable(f"The {self.name} is closed. Open it before reading.")
        if self._shown >= len(self._pictures):
            raise CameraUnavailable(f"The {self.name} has ended. Open it again to see it again.")
        picture = self._pictures[self._shown]
        t_s = self._opened_s + self._shown / _RATE_HZ
        self._shown += 1
        try:
            values = cv2.imread(str(picture), cv2.IMREAD_UNCHANGED)
        except cv2.error:  # more pixels than `app.cv` allows
            values = None
        if values is None or values.dtype != np.uint16:
            raise CameraUnavailable(f"{picture.name} of the {self.name} is no depth. {_CURE}")
        return Reading(t_s, np.asarray(values, dtype=np.uint16))

    def close(self) -> None:
        self._pictures = None


class DepthDevice:
    """A V4L2 device that sends depth in millimetres as Y16."""

    kind = SecondKind.DEPTH

    def __init__(
        self,
        device: Device,
        *,
        monotonic_s: Callable[[], float] = time.monotonic,
        opener: Opener = open_capture,
        limits: Limits | None = None,
    ) -> None:
        self.name = f"depth {device}"
        self._device = device
        self._monotonic_s = monotonic_s
        self._opener = opener
        self._limits = limits or Limits()
        self._grabber: Grabber | None = None
        self._wait_s = 0.0

    def identity(self) -> Camera:
        return replace(camera_at(self._device), width_px=0, height_px=0)

    def open(self) -> None:
        self.close()
        patience = Patience(self._limits.misses_s, self._limits.open_s)
        self._grabber = Grabber(self.name, self._start, self._monotonic_s, patience)
        self._wait_s = self._limits.open_s

    def read(self) -> Reading:
        if self._grabber is None:
            raise CameraUnavailable(f"The {self.name} is closed. Open it before reading.")
        shot, self._wait_s = self._grabber.take(self._wait_s), self._limits.stall_s
        if shot is None:
            raise CameraMisbehaved(f"The {self.name} sent no picture. Check its cable and power.")
        values = np.asarray(shot.pixels)
        if values.dtype != np.uint16 or values.ndim != 2:  # noqa: PLR2004 - one plane
            raise CameraUnavailable(
                f"The {self.name} sends {values.dtype} of the shape {values.shape} instead of "
                "depth. Choose a camera that sends Y16, or set camera.second_kind to infrared."
            )
        return Reading(shot.t_s, values)

    def close(self) -> None:
        grabber, self._grabber = self._grabber, None
        if grabber is not None:
            grabber.stop(self._limits.close_s)

    def _start(self) -> Started:
        capture = self._opener(self._device, self._limits)
        if not capture.isOpened():
            capture.release()
            raise CameraUnavailable(
                f"The {self.name} cannot be opened. Plug it in and check permissions."
            )
        capture.set(cv2.CAP_PROP_FOURCC, float(cv2.VideoWriter.fourcc(*"Y16 ")))
        capture.set(cv2.CAP_PROP_CONVERT_RGB, 0.0)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1.0)
        return Started(capture)
