"""A window on a real X display: mapped, of the right size, not blank, and closed by Ctrl+C."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import cv2
import numpy as np
import pytest

PROJECT = Path(__file__).resolve().parents[2]
LIMIT_S = 120
SCREEN_PX = (1080, 1920)
WINDOW_PX = (540, 960)
FEWEST_COLOURS = 20
NEEDED = ("Xvfb", "xwininfo", "import")


def _program(name: str) -> str:
    """Where it is; the fixture skipped the test where it is not."""
    return shutil.which(name) or name


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of our own, on a display number it found free itself."""
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed (Debian: xvfb x11-utils imagemagick)")
    reading, writing = os.pipe()
    screen = "{}x{}x24".format(*SCREEN_PX)
    server = subprocess.Popen(
        [_program("Xvfb"), "-displayfd", str(writing), "-screen", "0", screen, "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb ended before it had a display"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(LIMIT_S)


def environment(display: str, home: Path) -> dict[str, str]:
    """As in a desktop session, with a clean home."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FOYER_", "QT_", "XDG_")) and name not in {"WAYLAND_DISPLAY", "CI"}
    }
    return {**kept, "DISPLAY": display, "HOME": str(home), "PYTHONUNBUFFERED": "1"}


def mapped_window(display: str) -> str:
    """The id of the mapped window of the demo's size; every window is listed where none is."""
    command = [_program("xwininfo"), "-display", display, "-root", "-tree"]
    tree = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    size = "{}x{}+".format(*WINDOW_PX)
    for line in tree.splitlines():
        found = re.match(r"\s+(0x[0-9a-f]+) ", line)
        if found and size in line:
            state = subprocess.run(
                [_program("xwininfo"), "-display", display, "-id", found[1]],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            if "IsViewable" in state:
                return found[1]
    raise AssertionError(f"no mapped window of {size} in:\n{tree}")


def pixels_of(display: str, window: str, path: Path) -> np.ndarray:
    """What the X server shows of it, BGR."""
    command = [_program("import"), "-display", display, "-window", window, str(path)]
    subprocess.run(command, check=True, capture_output=True)
    picture = cv2.imread(str(path))
    assert picture is not None
    return picture


@pytest.mark.timeout(LIMIT_S)
def test_the_demo_shows_a_window_stays_and_closes_on_ctrl_c(display: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        demo = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "app", "demo", "--visits", "badge", "--out", str(tmp_path)],
                cwd=PROJECT,
                env=environment(display, tmp_path),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        stack.callback(_end, demo)
        assert demo.stdout is not None
        told = ""
        for line in demo.stdout:
            told += line
            if "The window stays open" in line:
                break
        assert "let in" in told, told
        assert "The window stays open" in told, told
        window = mapped_window(display)
        picture = pixels_of(display, window, tmp_path / "window.png")
        assert picture.shape == (WINDOW_PX[1], WINDOW_PX[0], 3)
        assert len(np.unique(picture.reshape(-1, 3), axis=0)) >= FEWEST_COLOURS, "it is blank"
        demo.send_signal(signal.SIGINT)
        told += demo.stdout.read()
        assert demo.wait(LIMIT_S) == 0, told
        assert "As it should be" in told


def _end(demo: subprocess.Popen[str]) -> None:
    """Whatever failed, nothing is left running."""
    if demo.poll() is None:
        with suppress(ProcessLookupError):
            demo.kill()
