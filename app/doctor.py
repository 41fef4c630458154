"""What `foyer doctor` looks at: each check says how it is, and what to do when it is not well.

A check never raises: whatever it meets becomes a finding. None of them changes anything, except
that a camera is opened for a moment and the face models are loaded once.
"""

from __future__ import annotations

import ctypes
import math
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.events import Moment
from app.errors import FoyerError

if TYPE_CHECKING:
    from app.settings import Settings


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """`said`: how it is. `cure`: what to do, empty when it is well."""

    name: str
    state: State
    said: str
    cure: str = ""


#: What Qt needs for a real window on Linux, by the loader's name, and Debian's package for it.
LIBRARIES: dict[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
#: Less than this and the journal will not be able to grow for long.
ROOM_MIB = 500
#: This version was not made before it; a clock that says so is wrong.
EARLIEST_UTC_S = 1_790_000_000
RATE_FRAMES = 20

Check = Callable[["Settings"], Finding]


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, in order, as it is made."""
    for name, check in CHECKS:
        try:
            yield check(settings)
        except FoyerError as fault:
            said, _, cure = str(fault).partition(". ")
            yield Finding(name, State.FAULT, said, cure or "See the manual.")
        except Exception as fault:  # noqa: BLE001 - a doctor that falls ill helps nobody
            said = f"{type(fault).__name__}: {fault}"
            yield Finding(name, State.FAULT, said, "This was not foreseen: please report it.")


def _python(_: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < (3, 11):  # noqa: UP036 - somebody may start it with another Python
        return Finding("python", State.FAULT, version, "Run: sh packaging/setup")
    return Finding("python", State.OK, version)


def missing_libraries(load: Callable[[str], object] = ctypes.CDLL) -> dict[str, str]:
    """The libraries the dynamic loader cannot load, with their packages."""
    missing = {}
    for library, package in LIBRARIES.items():
        try:
            load(library)
        except OSError:
            missing[library] = package
    return missing


def _libraries(_: Settings) -> Finding:
    if sys.platform != "linux":
        return Finding("window libraries", State.OK, "they come with Qt on this system")
    missing = missing_libraries()
    if not missing:
        return Finding("window libraries", State.OK, f"all {len(LIBRARIES)} can be loaded")
    packages = " ".join(sorted(set(missing.values())))
    line = f"Run: sudo apt-get install {packages}"
    return Finding("window libraries", State.WARNING, f"missing: {', '.join(missing)}", line)


def _display(_: Settings) -> Finding:
    if sys.platform != "linux" or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"):
        return Finding("display", State.OK, "there is one")
    cure = "Start the kiosk in a desktop session; `foyer demo` runs without one."
    return Finding("display", State.WARNING, "none was found", cure)


def _keys(settings: Settings) -> Finding:
    from app.runtime import bootstrap  # noqa: PLC0415 - only when asked

    store = bootstrap.key_store(settings)
    known = "has keys" if store.load() is not None else "has no keys yet"
    state = State.WARNING if store.name == "ephemeral" else State.OK
    cure = "Choose another gallery.keys for a real kiosk." if state is State.WARNING else ""
    return Finding("keys", state, f"{store.name} {known}. {store.explanation}", cure)


def _gallery(settings: Settings) -> Finding:
    from app.runtime import bootstrap  # noqa: PLC0415

    path = settings.gallery.path
    if not path.exists():
        return Finding(
            "gallery", State.WARNING, f"{path} does not exist", "Run: foyer gallery init"
        )
    gallery = bootstrap.open_gallery(settings)
    try:
        people = len(gallery.people())
    finally:
        gallery.close()
    return Finding("gallery", State.OK, f"{path} opens; {people} people")


def _models(settings: Settings) -> Finding:
    from app.runtime import bootstrap  # noqa: PLC0415

    engine = bootstrap.face_engine(settings)
    began = time.perf_counter()
    engine.load()
    took_s = time.perf_counter() - began
    said = f"{settings.models.pack}: digests and golden embedding right, loaded in {took_s:.1f} s"
    return Finding("models", State.OK, said)


def _camera(settings: Settings) -> Finding:
    from app.runtime import bootstrap  # noqa: PLC0415

    source = bootstrap.frame_source(settings)
    try:
        got = source.open()
        times = [source.read().t_s for _ in range(RATE_FRAMES)]
    finally:
        source.close()
    rate = (len(times) - 1) / max(times[-1] - times[0], 1e-6)
    said = f"{source.name}: {got.width_px}x{got.height_px} {got.encoding}, {rate:.0f} a second"
    if rate < settings.camera.rate_hz / 2:
        cure = "Give it more light, or lower camera.rate_hz."
        return Finding("camera", State.WARNING, said, cure)
    return Finding("camera", State.OK, said)


def _disk(settings: Settings) -> Finding:
    folder = next(each for each in (settings.gallery.path, *settings.gallery.path.parents)
                  if each.is_dir())  # fmt: skip
    free = shutil.disk_usage(folder).free // 2**20
    if not os.access(folder, os.W_OK):
        return Finding("disk", State.FAULT, f"{folder} is read-only", "Make it writable.")
    if free < ROOM_MIB:
        cure = f"Free some space: at least {ROOM_MIB} MiB."
        return Finding("disk", State.WARNING, f"{free} MiB free in {folder}", cure)
    return Finding("disk", State.OK, f"{free // 1024} GiB free in {folder}")


def _clock(_: Settings) -> Finding:
    now = Moment(time.monotonic(), time.time())
    said = time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(now.utc_s))
    if now.utc_s < EARLIEST_UTC_S:
        cure = "Set the clock: contracts are kept by it."
        return Finding("clock", State.FAULT, f"{said} is in the past", cure)
    return Finding("clock", State.OK, said)


def _memory(_: Settings) -> Finding:
    if sys.platform == "win32":
        return Finding("core dumps", State.WARNING, "not looked at on Windows", "Switch them off.")
    pattern = Path("/proc/sys/kernel/core_pattern")
    where = pattern.read_text(encoding="utf-8").strip() if pattern.exists() else "unknown"
    said = f"`foyer run` switches its own off; this system would send them to {where}"
    return Finding("core dumps", State.OK, said)


def _challenges(settings: Settings) -> Finding:
    from app.domain.liveness import Challenge  # noqa: PLC0415

    steps, choices = settings.policy().liveness.challenges, len(Challenge)
    bits = math.log2(choices * (choices - 1) ** (steps - 1))
    said = f"{steps} of {choices} movements, {bits:.1f} bits a visit"
    return Finding("challenges", State.OK, said)


def _fonts(_: Settings) -> Finding:
    from app.resources import library_file  # noqa: PLC0415

    path = library_file("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf")
    return Finding("fonts", State.OK, f"at the least {path.name}, loaded by the window itself")


CHECKS: tuple[tuple[str, Check], ...] = (
    ("python", _python),
    ("window libraries", _libraries),
    ("display", _display),
    ("fonts", _fonts),
    ("keys", _keys),
    ("gallery", _gallery),
    ("models", _models),
    ("camera", _camera),
    ("disk", _disk),
    ("clock", _clock),
    ("core dumps", _memory),
    ("challenges", _challenges),
)
