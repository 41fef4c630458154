"""A capture device on a thread of its own, so that a blocked driver blocks nobody else.

The thread opens the device, reads as fast as it delivers and keeps only the latest picture in
one slot. Whoever wants a picture waits for the slot with a limit.

A thread inside a driver cannot be interrupted. Where the driver's own wait can be limited it is
(`app.cv` sets V4L2's to a second, `opencv` FFmpeg's with OPEN and READ_TIMEOUT_MSEC), so `stop`
joins in time. Media Foundation, DirectShow and AVFoundation have no such limit: there `stop` may
give up waiting. The thread then still ends, and releases the device itself, as soon as the
driver returns; releasing it from outside would free memory the driver is writing to.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.cv import cv2
from app.errors import CameraError, CameraUnavailable

#: A device that answers at once that it has no picture is asked again this much later.
_PAUSE_S = 0.02


class Capture(Protocol):
    """What is used of `cv2.VideoCapture`."""

    def isOpened(self) -> bool: ...  # noqa: N802 - OpenCV's name

    def get(self, propId: int, /) -> float: ...  # noqa: N803

    def set(self, propId: int, value: float, /) -> bool: ...  # noqa: N803

    def read(self) -> tuple[bool, NDArray[np.uint8] | None]: ...

    def release(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture, BGR, and when it was handed over by the driver, monotonic seconds."""

    pixels: NDArray[np.uint8]
    t_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Started:
    """An opened capture. `pace_s`: wait this long after each picture (a recording), else 0."""

    capture: Capture
    pace_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long, in seconds, a source may answer at once that it has no picture.

    `misses_s`: before it counts as gone; `first_s`: the same before its first picture.
    """

    misses_s: float
    first_s: float


class Grabber:
    """Runs one capture from opening to release. `start` is called on the new thread."""

    def __init__(
        self,
        name: str,
        start: Callable[[], Started],
        monotonic_s: Callable[[], float],
        patience: Patience,
    ) -> None:
        self._name = name
        self._start = start
        self._monotonic_s = monotonic_s
        self._patience = patience
        self._stopping = threading.Event()
        self._news = threading.Condition()
        self._slot: Shot | None = None
        self._failure: CameraError | None = None
        self._thread = threading.Thread(target=self._run, name=f"grab {name}")
        self._thread.start()

    def take(self, within_s: float) -> Shot | None:
        """The latest picture nobody took yet; None if there is none in time.

        Raises the error that ended the capture, after the last picture was taken.
        """
        with self._news:
            self._news.wait_for(lambda: self._slot or self._failure, within_s)
            shot, self._slot = self._slot, None
            if shot is None and self._failure is not None:
                raise self._failure
            return shot

    def stop(self, within_s: float) -> bool:
        """End the thread; False if the driver did not let go in time."""
        self._stopping.set()
        self._thread.join(within_s)
        return not self.is_running()

    def is_running(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            started = self._start()
            try:
                self._grab(started)
            finally:
                started.capture.release()
        except CameraError as error:
            self._fail(error)
        except cv2.error as error:
            self._fail(CameraUnavailable(f"{self._name} failed in its driver ({error.err})."))

    def _grab(self, started: Started) -> None:
        seen = False
        last_s = self._monotonic_s()
        while not self._stopping.is_set():
            there, pixels = started.capture.read()
            now_s = self._monotonic_s()
            pause_s = started.pace_s
            if there and pixels is not None and pixels.size:
                seen, last_s = True, now_s
                with self._news:
                    self._slot = Shot(pixels, now_s)
                    self._news.notify_all()
            elif now_s - last_s >= (self._patience.misses_s if seen else self._patience.first_s):
                raise CameraUnavailable(self._gone(seen=seen))
            else:
                pause_s = _PAUSE_S
            if pause_s:
                self._stopping.wait(pause_s)

    def _gone(self, *, seen: bool) -> str:
        if seen:
            return f"{self._name} stopped delivering pictures. Check its cable and power."
        return f"{self._name} opened but delivers no picture. Check that nothing else uses it."

    def _fail(self, error: CameraError) -> None:
        with self._news:
            self._failure = error
            self._news.notify_all()
