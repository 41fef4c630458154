"""Recordings as a camera: a video file or a folder of pictures, frame for frame.

Unlike `opencv` on a file, nothing is skipped and frames carry the recording's own times, so that
the same recording always makes the same observations.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.camera.portrait import Pixels
from app.cv import cv2
from app.domain.source import Camera, SourceKind
from app.errors import CameraMisbehaved, CameraUnavailable
from app.ports import CameraFormat, Frame

_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff")
#: Pictures in a folder, and videos that do not say, are shown at this rate.
_DEFAULT_RATE_HZ = 15.0
_FASTEST_HZ = 240.0
#: Keeps times rising where a file repeats one.
_TICK_S = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class _Still:
    """A picture of the recording, and its time since the recording's beginning, seconds."""

    pixels: Pixels
    at_s: float


@dataclass(frozen=True, slots=True, eq=False)
class _Reel:
    """An opened recording; closing `stills` lets go of the file."""

    rate_hz: float
    encoding: str
    stills: Generator[_Still]


class ReplayCamera:
    """A FrameSource over a recording.

    `rate_hz` None: the recording's own rate, whatever it varies. `loop`: begin again at the
    end, with times that go on. `wait` pauses for so many seconds; tests hand in one that moves
    `monotonic_s` on.
    """

    def __init__(
        self,
        path: Path,
        *,
        rate_hz: float | None = None,
        loop: bool = False,
        monotonic_s: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self.name = f"recording {path.name}"
        self._path = path
        self._rate_hz = rate_hz
        self._loop = loop
        self._monotonic_s = monotonic_s
        self._wait = wait or threading.Event().wait
        self._stills: Generator[_Still] | None = None
        #: The first picture, from opening on until it is read.
        self._first: _Still | None = None
        self._size = (0, 0)
        self._opened_s = 0.0
        self._number = 0
        self._last_s = float("-inf")

    def identity(self) -> Camera:
        width_px, height_px = self._size
        return Camera(
            SourceKind.RECORDING, self.name, "file", width_px=width_px, height_px=height_px
        )

    def open(self) -> CameraFormat:
        """Raises CameraUnavailable where there is no picture at all to be read."""
        self.close()
        reel = self._reel()
        stills = self._shown(reel)
        first = next(stills, None)
        if first is None:
            raise CameraUnavailable(f"The {self.name} holds no picture. Check that it is a video.")
        self._stills, self._first = stills, first
        self._opened_s = self._monotonic_s()
        self._number = 0
        height, width = first.pixels.shape[:2]
        self._size = (width, height)
        return CameraFormat(width, height, reel.rate_hz, reel.encoding)

    def read(self) -> Frame:
        if self._stills is None:
            raise CameraUnavailable(f"The {self.name} is closed. Open it before reading.")
        still, self._first = self._first or next(self._stills, None), None
        if still is None:
            raise CameraUnavailable(f"The {self.name} has ended. Open it again to see it again.")
        due_s = self._opened_s + still.at_s
        pause_s = due_s - self._monotonic_s()
        if pause_s > 0:
            self._wait(pause_s)
        still.pixels.flags.writeable = False
        self._number += 1
        self._last_s = max(due_s, self._last_s + _TICK_S)
        return Frame(self._number, self._last_s, still.pixels)

    def close(self) -> None:
        if self._stills is not None:
            self._stills.close()
        self._stills = self._first = None

    def _reel(self) -> _Reel:
        if not self._path.exists():
            raise CameraUnavailable(
                f"The {self.name} is not there. Check the path in camera.source: {self._path}"
            )
        reel = _folder if self._path.is_dir() else _video
        return reel(self._path, self._rate_hz)

    def _shown(self, reel: _Reel) -> Generator[_Still]:
        """Every picture in turn; with `loop` for ever, each round beginning after the last."""
        began_s, at_s, shape = 0.0, -_TICK_S, None
        while True:
            before_s = at_s
            with closing(reel.stills) as stills:
                for still in stills:
                    if shape not in (None, still.pixels.shape):
                        raise CameraMisbehaved(
                            f"The {self.name} changes its picture size. Use pictures of one size."
                        )
                    shape = still.pixels.shape
                    at_s = max(began_s + still.at_s, at_s + _TICK_S)
                    yield _Still(still.pixels, at_s)
            if not self._loop or at_s == before_s:
                return
            began_s = at_s + 1.0 / reel.rate_hz
            reel = self._reel()


def _video(path: Path, rate_hz: float | None) -> _Reel:
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        raise CameraUnavailable(f"The recording {path.name} cannot be played. Is it a video?")
    own_hz = capture.get(cv2.CAP_PROP_FPS)
    known = 0.0 < own_hz <= _FASTEST_HZ
    return _Reel(
        rate_hz or (own_hz if known else _DEFAULT_RATE_HZ), "video", _decoded(capture, rate_hz)
    )


def _decoded(capture: cv2.VideoCapture, rate_hz: float | None) -> Generator[_Still]:
    """Frames with the times the file gives them, or with those of `rate_hz`."""
    try:
        number, first_s = 0, 0.0
        while True:
            there, pixels = capture.read()
            if not there or pixels is None:
                return
            told_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
            first_s = told_s if number == 0 else first_s
            at_s = number / rate_hz if rate_hz else told_s - first_s
            yield _Still(np.asarray(pixels, dtype=np.uint8), at_s)
            number += 1
    finally:
        capture.release()


def _folder(path: Path, rate_hz: float | None) -> _Reel:
    pictures = sorted(each for each in path.iterdir() if each.suffix.lower() in _PICTURES)
    rate_hz = rate_hz or _DEFAULT_RATE_HZ
    return _Reel(rate_hz, "pictures", _loaded(pictures, rate_hz))


def _loaded(pictures: list[Path], rate_hz: float) -> Generator[_Still]:
    for number, picture in enumerate(pictures):
        yield _Still(_loaded_one(picture), number / rate_hz)


def _loaded_one(picture: Path) -> Pixels:
    try:
        pixels = cv2.imread(str(picture), cv2.IMREAD_COLOR)
    except cv2.error:  # more pixels than `app.cv` allows
        pixels = None
    if pixels is None:
        raise CameraUnavailable(f"The picture {picture.name} cannot be read. Remove it.")
    return np.asarray(pixels, dtype=np.uint8)
