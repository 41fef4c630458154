"""What holds for every test: no screen, no strangers' settings, nothing left behind.

A test fails when a thread it started is still alive afterwards, when anything was logged at
WARNING or above that it did not `expect`, and (by pytest-qt's settings in pyproject.toml) when
Qt itself complained.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

# Before anything imports Qt: no test opens a window on somebody's desk.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.pop("QT_STYLE_OVERRIDE", None)
# Before anything imports app: a developer's own kiosk is neither read nor written.
for _name in [name for name in os.environ if name.startswith("FOYER_")]:
    if _name not in {"FOYER_ASSETS", "FOYER_CATALOGUE"}:
        del os.environ[_name]
_home = tempfile.TemporaryDirectory(prefix="foyer-tests-")
for _kind in ("CONFIG", "DATA", "STATE"):
    os.environ[f"XDG_{_kind}_HOME"] = str(Path(_home.name, _kind.lower()))

import pytest  # noqa: E402 - after the environment is settled
from hypothesis import settings  # noqa: E402

# OpenCV changes the environment Qt reads when it is imported; `app.cv` undoes that, whichever
# test comes first.
import app.cv  # noqa: E402, F401

# The same examples every time; `HYPOTHESIS_PROFILE=explore` looks for new ones.
settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

PROJECT = Path(__file__).resolve().parent.parent

THREAD_GRACE_S = 2.0
"""How long a thread that was told to stop may take to end after its test."""

ALLOWED_THREADS = {
    "TMonitor": "tqdm keeps one watchdog for the process's progress bars and offers no stop",
    "_DummyThread": "not started by Python: a native thread (Qt's, a codec's) that called in once",
}


@pytest.fixture(scope="session")
def assets() -> Path:
    """The folder of real faces, videos and models; see its own README."""
    named = os.environ.get("FOYER_ASSETS")
    folder = Path(named) if named else PROJECT.parent / "shared" / "assets"
    if not (folder / "identities").is_dir():
        pytest.skip(f"no real pictures: {folder} is absent (set FOYER_ASSETS to name another)")
    return folder


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    leaked = threads_left(before, THREAD_GRACE_S)
    if leaked:
        pytest.fail("threads still alive after the test: " + ", ".join(map(repr, leaked)))


def threads_left(before: set[threading.Thread], grace_s: float) -> list[threading.Thread]:
    """Threads that are not in `before` and do not end within `grace_s` seconds altogether."""
    deadline_s = time.monotonic() + grace_s
    started = [
        thread
        for thread in threading.enumerate()
        if thread not in before and type(thread).__name__ not in ALLOWED_THREADS
    ]
    for thread in started:
        thread.join(max(deadline_s - time.monotonic(), 0.0))
    return [thread for thread in started if thread.is_alive()]


class Logged(logging.Handler):
    """Every record at WARNING or above, until a test says it was expected."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.unexpected: list[logging.LogRecord] = []
        self._allowed: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not any(_fits(record, *allowed) for allowed in self._allowed):
            self.unexpected.append(record)

    def expect(self, logger: str, text: str = "") -> list[logging.LogRecord]:
        """Take the records of `logger` (or below it) that contain `text`; there must be one."""
        found = [record for record in self.unexpected if _fits(record, logger, text)]
        assert found, f"{logger} logged nothing with {text!r}; logged: {self.texts()}"
        self.unexpected = [record for record in self.unexpected if record not in found]
        return found

    def allow(self, logger: str, text: str = "") -> None:
        """From now on such records may come or not, where that is a matter of timing."""
        self._allowed.append((logger, text))

    def texts(self) -> list[str]:
        return [f"{each.levelname} {each.name}: {each.getMessage()}" for each in self.unexpected]


def _fits(record: logging.LogRecord, logger: str, text: str) -> bool:
    named = record.name == logger or record.name.startswith(f"{logger}.")
    return named and text in record.getMessage()


@pytest.fixture(autouse=True)
def logged() -> Iterator[Logged]:
    """Ask for this to `expect` or `allow` what is logged at WARNING or above."""
    handler = Logged()
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield handler
    finally:
        root.removeHandler(handler)
    if handler.unexpected:
        pytest.fail("unexpected log records:\n" + "\n".join(handler.texts()))
