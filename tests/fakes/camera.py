"""Cameras that do as the test says: a FrameSource, a driver, and a network camera on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.cv import cv2
from app.domain.source import Camera
from app.errors import CameraError, CameraUnavailable
from app.ports import CameraFormat, Frame
from tests.fakes.lens import LENS

Pixels = NDArray[np.uint8]


def noisy_picture(number: int, width: int = 160, height: int = 120) -> Pixels:
    """A grey picture with a sensor's noise, another one for every number."""
    chance = np.random.default_rng(number)
    return chance.integers(100, 140, (height, width, 3)).astype(np.uint8)


def write_video(path: Path, frames: int, rate_hz: float = 20.0) -> Path:
    """An MJPG video of noisy pictures, 160x120."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), rate_hz, (160, 120))
    for number in range(frames):
        writer.write(noisy_picture(number))
    writer.release()
    return path


class ScriptedCamera:
    """A FrameSource that plays pictures and raises errors in the order they are written down.

    `monotonic_s` stamps the frames, `pass_time` is told how long each takes.
    """

    def __init__(
        self,
        script: Sequence[Pixels | CameraError],
        monotonic_s: Callable[[], float],
        pass_time: Callable[[float], None],
        period_s: float = 1 / 30,
    ) -> None:
        self.name = "scripted camera"
        self.openings = 0
        self._script = script
        self._monotonic_s = monotonic_s
        self._pass_time = pass_time
        self._period_s = period_s
        self._left: Iterator[Pixels | CameraError] | None = None
        self._number = 0

    def identity(self) -> Camera:
        return replace(LENS, width_px=160, height_px=120)

    def open(self) -> CameraFormat:
        self.openings += 1
        self._left = iter(self._script)
        self._number = 0
        return CameraFormat(160, 120, 1 / self._period_s, "scripted")

    def read(self) -> Frame:
        if self._left is None:
            raise CameraUnavailable("The scripted camera is closed. Open it first.")
        self._pass_time(self._period_s)
        line = next(self._left, None)
        if line is None:
            raise CameraUnavailable("The script has ended. Write more of it.")
        if isinstance(line, CameraError):
            raise line
        pixels = line.copy()
        pixels.flags.writeable = False
        self._number += 1
        return Frame(self._number, self._monotonic_s(), pixels)

    def close(self) -> None:
        self._left = None


class ScriptedCapture:
    """A driver as `cv2.VideoCapture` shows it; written down what was set, in order.

    It delivers a new noisy picture at every read until told otherwise.
    """

    def __init__(self, *, opens: bool = True, accepts: frozenset[int] | None = None) -> None:
        self.settings: list[tuple[int, float]] = []
        self.released = threading.Event()
        self.pictures: Callable[[int], Pixels | None] = noisy_picture
        self._opens = opens
        self._accepts = accepts
        self._values: dict[int, float] = {
            cv2.CAP_PROP_FOURCC: float(cv2.VideoWriter.fourcc(*"YUYV")),
            cv2.CAP_PROP_FRAME_WIDTH: 160.0,
            cv2.CAP_PROP_FRAME_HEIGHT: 120.0,
            cv2.CAP_PROP_FPS: 15.0,
        }
        self._reads = 0
        self._tick = threading.Event()

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self._opens

    def get(self, prop: int, /) -> float:
        return self._values.get(prop, 0.0)

    def set(self, prop: int, value: float, /) -> bool:
        self.settings.append((prop, value))
        taken = self._accepts is None or prop in self._accepts
        if taken:
            self._values[prop] = value
        return taken

    def read(self) -> tuple[bool, Pixels | None]:
        self._tick.wait(0.005)
        picture = self.pictures(self._reads)
        self._reads += 1
        return picture is not None, picture

    def release(self) -> None:
        self.released.set()


class Mood(Enum):
    LIVE = "live"
    STALLED = "stalled"
    FROZEN = "frozen"
    CUT_OFF = "cut off"
    DARK = "dark"


class NetworkCamera:
    """An MJPEG camera over HTTP that changes its mood when told to."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.mood = Mood.LIVE
        self.quit = threading.Event()
        self._number = 0
        self._jpeg = b""

    def is_cut_off(self) -> bool:
        return self.mood is Mood.CUT_OFF

    def next_jpeg(self) -> bytes:
        """What it sends now; empty for nothing."""
        match self.mood:
            case Mood.LIVE:
                self._number += 1
                self._jpeg = _jpeg(noisy_picture(self._number))
            case Mood.DARK:
                self._jpeg = _jpeg(np.zeros((120, 160, 3), np.uint8))
            case Mood.FROZEN:
                pass
            case Mood.STALLED | Mood.CUT_OFF:
                return b""
        return self._jpeg


def _jpeg(pixels: Pixels) -> bytes:
    return bytes(cv2.imencode(".jpg", pixels)[1].tobytes())


@contextmanager
def network_camera(rate_hz: float = 25.0) -> Iterator[NetworkCamera]:
    """The camera, served on a free port of this machine until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if camera.is_cut_off():
                self.send_error(503)
                return
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
            self.end_headers()
            while not camera.quit.wait(1 / rate_hz) and not camera.is_cut_off():
                jpeg = camera.next_jpeg()
                head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                try:
                    if jpeg:
                        self.wfile.write(b"--picture\r\n" + head.encode() + jpeg + b"\r\n")
                except OSError:
                    return

        def log_message(self, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    camera = NetworkCamera(f"http://127.0.0.1:{server.server_port}/stream")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="network camera")
    thread.start()
    try:
        yield camera
    finally:
        camera.quit.set()
        server.shutdown()
        server.server_close()
        thread.join()
