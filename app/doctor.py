"""What `foyer doctor` looks at: each check says how it is, and what to do when it is not well.

A check never raises: whatever it meets becomes a finding. None of them changes anything, except
that a camera is opened for a moment and the face models are loaded once.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain import assurance
from app.domain import source as cameras
from app.domain.assurance import Tested
from app.domain.journal import parse
from app.domain.source import Camera, EnrolledCamera, SourceFault
from app.domain.tiers import Tier
from app.errors import FoyerError, GalleryError, KeyStoreError, SettingsError
from app.resources import library_file, resource
from app.runtime.hardening import harden

if TYPE_CHECKING:
    from app.domain.liveness_policy import LivenessPolicy
    from app.domain.people import Need
    from app.settings import Settings
    from app.vision.manifest import Pack


#: People a finding names; the rest are counted.
NAMED = 5


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
#: Nobody had this program in 2024 (UTC seconds); a clock that says so is wrong.
EARLIEST_UTC_S = 1_735_689_600
#: How far the newest row of the journal may be ahead before the clock is taken to be wrong.
AHEAD_S = 60.0
RATE_FRAMES = 20

Check = Callable[["Settings"], Finding]


def examine(read_settings: Callable[[], Settings]) -> Iterator[Finding]:
    """Every finding, in order, as it is made; what needs settings only where they can be read."""
    for name, look in MACHINE:
        yield looked(name, look)
    settings = None
    try:
        settings = read_settings()
    except SettingsError as fault:
        yield _trouble("settings", fault)
    if settings is not None:
        yield _settings(settings)
        for name, check in KIOSK:
            yield looked(name, partial(check, settings))


def looked(name: str, look: Callable[[], Finding]) -> Finding:
    """What the check found, or why it could not look."""
    try:
        return look()
    except (FoyerError, FileNotFoundError) as fault:
        return _trouble(name, fault)
    except Exception as fault:  # noqa: BLE001 - a doctor that falls ill helps nobody
        said = f"{type(fault).__name__}: {fault}"
        return Finding(name, State.FAULT, said, "This was not foreseen: please report it.")


def _trouble(name: str, fault: Exception) -> Finding:
    """Our own messages say what happened and, after a full stop, what to do."""
    said, _, cure = str(fault).partition(". ")
    return Finding(name, State.FAULT, said, cure or "Run the doctor again once that is mended.")


def _settings(settings: Settings) -> Finding:
    changed = [each for each in settings.table.values() if each.origin != "default"]
    said = f"{len(changed)} of {len(settings.table)} set, all within their limits"
    return Finding("settings", State.OK, said)


def _python() -> Finding:
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


def _libraries() -> Finding:
    if sys.platform != "linux":
        return Finding("window libraries", State.OK, "they come with Qt on this system")
    missing = missing_libraries()
    if not missing:
        return Finding("window libraries", State.OK, f"all {len(LIBRARIES)} can be loaded")
    said = f"missing: {', '.join(missing)}"
    # Without a display no window could be opened anyway, and everything else works.
    state = State.FAULT if _has_display() else State.WARNING
    return Finding("window libraries", state, said, install_line(missing))


def install_line(missing: dict[str, str]) -> str:
    """The one line that installs what is missing, where that is known."""
    if shutil.which("apt-get") is None:
        return "Install the packages of your system that have these libraries."
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"Run: {sudo}apt-get install {' '.join(sorted(set(missing.values())))}"


def _has_display() -> bool:
    return bool(os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"))


def _display() -> Finding:
    if sys.platform != "linux" or _has_display():
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
        people, has_pin = len(gallery.people()), bool(gallery.admin_pin_hash())
        newest_s = max((parse(row.text).utc_s for row in gallery.rows(1)), default=0.0)
    finally:
        gallery.close()
    said = f"{path} opens; {people} people"
    if newest_s > time.time() + AHEAD_S:
        cure = "Set the clock: it was put back, and contracts are kept by it."
        return Finding("gallery", State.FAULT, f"{said}; its newest row is in the future", cure)
    if not has_pin:
        cure = "Run: foyer gallery set-pin"
        return Finding("gallery", State.WARNING, f"{said}; no administrator's PIN is set", cure)
    return Finding("gallery", State.OK, said)


def _templates(settings: Settings) -> Finding:
    """Whether every stored template can be compared; one that cannot is its person's affair."""
    from app.runtime import bootstrap  # noqa: PLC0415

    if not settings.gallery.path.exists():
        return Finding("templates", State.OK, "none yet")
    spaces = {pack.space.id: pack.space for pack in bootstrap.manifest_of_packs().packs}
    gallery = bootstrap.open_gallery(settings)
    try:
        aside = gallery.asides(spaces)
        people = {each.id: each for each in gallery.people()}
    finally:
        gallery.close()
    if not aside:
        return Finding("templates", State.OK, "all can be compared")
    faults = {each.person: each.fault for each in aside}
    who = [f"{people[each].number or each} ({faults[each]})" for each in sorted(faults)]
    more = f" and {len(who) - NAMED} more" if len(who) > NAMED else ""
    said = f"{len(aside)} put aside, which match nobody: of {', '.join(who[:NAMED])}{more}"
    cure = "Enrol them again, which takes their place: foyer enrol NUMBER --camera"
    return Finding("templates", State.WARNING, said, cure)


def _models(settings: Settings) -> Finding:
    from app.runtime import bootstrap  # noqa: PLC0415

    engine = bootstrap.face_engine(settings)
    began = time.perf_counter()
    engine.load()
    took_s = time.perf_counter() - began
    pack = bootstrap.face_pack(settings)
    proved = "digests and golden embedding" if pack.golden else "digests"
    said = f"{pack.name}: {proved} right, loaded in {took_s:.1f} s; {_meaning(pack)}"
    if pack.commercial.value == "no":
        cure = "Whoever earns money with this kiosk needs another: foyer models install recommended"
        return Finding("models", State.WARNING, f"{said}; not for commercial use", cure)
    disputed = "; commercial use is disputed, ask a lawyer: foyer models list"
    return Finding("models", State.OK, said + disputed * (pack.commercial.value == "ask"))


def _meaning(pack: Pack) -> str:
    """What its distances were measured on; a pack that was not measured does not load."""
    evidence = pack.evidence
    if evidence is None:
        return "its distances were never measured"
    return f"measured {evidence.measured} on {evidence.data}"


def _camera(settings: Settings) -> Finding:
    from app.runtime import bootstrap  # noqa: PLC0415

    source = bootstrap.frame_source(settings)
    try:
        got = source.open()
        times = [source.read().t_s for _ in range(RATE_FRAMES)]
        camera = source.identity()
    finally:
        source.close()
    rate = (len(times) - 1) / max(times[-1] - times[0], 1e-6)
    said = f"{source.name}: {got.width_px}x{got.height_px} {got.encoding}, {rate:.0f} a second"
    try:
        fault, tier = _standing(settings, camera)
    except (GalleryError, KeyStoreError):
        said = f"{said}; whether it is enrolled is not known"
        return Finding("camera", State.WARNING, said, "Mend the gallery first; see above.")
    if fault is not None:
        said = f"{said}; the face path is closed: {fault}"
        return Finding("camera", State.WARNING, said, cameras.CURES[fault])
    said = f"{said}; enrolled as {camera.fingerprint[:12]}, {tier}"
    if rate < settings.camera.rate_hz / 2:
        cure = "Give it more light, or lower camera.rate_hz."
        return Finding("camera", State.WARNING, said, cure)
    if tier is Tier.UNTESTED:
        cure = "At doors a face needs the PIN as well. To change that: foyer liveness selftest"
        return Finding("camera", State.WARNING, said, cure)
    return Finding("camera", State.OK, said)


def _standing(settings: Settings, camera: Camera) -> tuple[SourceFault | None, Tier]:
    """Why a kiosk here would not go by this camera, and what its self-test bears."""
    from app.runtime import bootstrap  # noqa: PLC0415

    enrolled: tuple[EnrolledCamera, ...] = ()
    tested: tuple[Tested, ...] = ()
    if settings.gallery.path.exists():
        gallery = bootstrap.open_gallery(settings)
        try:
            enrolled, tested = gallery.cameras(), gallery.tested()
        finally:
            gallery.close()
    policy = bootstrap.policy_of(settings)
    now = assurance.conditions_of(camera.fingerprint, policy)
    tier = assurance.tier_of(tested, now, time.time(), policy)
    return cameras.refusal(camera, enrolled, policy.admits), tier


def _badge_reader(settings: Settings) -> Finding:
    named = settings.reader.badge
    if not named.startswith("/"):
        said = {"keyboard": "types into the window, like a keyboard"}.get(named, "none")
        return Finding("badge reader", State.OK, said)
    if not Path(named).exists():
        cure = "Plug it in, or correct reader.badge; ls /dev/input/by-id shows what is there."
        return Finding("badge reader", State.FAULT, f"{named} is not there", cure)
    if not os.access(named, os.R_OK):
        cure = "Put the kiosk's user into the group input, then log in again."
        return Finding("badge reader", State.FAULT, f"{named} may not be read", cure)
    return Finding("badge reader", State.OK, named)


def _door(settings: Settings) -> Finding:
    command = settings.door.command
    if not command:
        return Finding("door", State.OK, "none is wired; the journal is the release")
    if shutil.which(command[0]) is None:
        cure = "Correct door.command, or make the program executable."
        return Finding("door", State.FAULT, f"{command[0]} cannot be run", cure)
    return Finding("door", State.OK, f"{command[0]} (not tried: it would open)")


def _language(settings: Settings) -> Finding:
    language = settings.kiosk.language
    if language != "en":
        try:
            resource(f"resources/locale/foyer_{language}.ts")
        except FileNotFoundError:
            cure = "Correct kiosk.language; until then everything is in English."
            said = f"there is no translation {language!r}"
            return Finding("language", State.WARNING, said, cure)
    return Finding("language", State.OK, language)


def _disk(settings: Settings) -> Finding:
    """Where the gallery is or will be, at its nearest folder that is there."""
    path = settings.gallery.path.absolute()
    folder = next(each for each in (path, *path.parents) if each.is_dir())
    free = shutil.disk_usage(folder).free // 2**20
    if not os.access(folder, os.W_OK):
        cure = "Make it writable for the kiosk's user, or name another gallery.path."
        return Finding("disk", State.FAULT, f"{folder} is read-only", cure)
    if free < ROOM_MIB:
        cure = f"Free some space: at least {ROOM_MIB} MiB."
        return Finding("disk", State.WARNING, f"{free} MiB free in {folder}", cure)
    return Finding("disk", State.OK, f"{free // 1024} GiB free in {folder}")


def _clock() -> Finding:
    now_s = time.time()
    said = time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(now_s))
    if now_s < EARLIEST_UTC_S:
        cure = "Set the clock: contracts are kept by it."
        return Finding("clock", State.FAULT, f"{said} is in the past", cure)
    return Finding("clock", State.OK, said)


def _core_dumps() -> Finding:
    """Templates, keys and pictures are in memory, so memory is never to be written anywhere."""
    if sys.platform == "win32":
        cure = "Switch off dumps of foyer in Windows Error Reporting."
        return Finding("core dumps", State.WARNING, "not looked at on Windows", cure)
    gaps = harden()
    if gaps:
        cure = "Switch core dumps off for the whole machine: sysctl kernel.core_pattern=/dev/null"
        return Finding("core dumps", State.WARNING, "; ".join(gaps), cure)
    return Finding("core dumps", State.OK, "switched off, and nobody may trace this program")


def _challenges(settings: Settings) -> Finding:
    """How hard a visit's movements are to foresee, where all may be asked for and per need."""
    from app.domain.people import Need  # noqa: PLC0415
    from app.domain.planner import allowed, steps_for  # noqa: PLC0415

    policy = settings.policy().liveness
    everybody = frozenset[Need]()
    profiles = ("anybody", everybody), *((need.value, frozenset({need})) for need in Need)
    said = "; ".join(f"{name} {_bits(needs, policy)}" for name, needs in profiles)
    if not steps_for(allowed(everybody, policy), policy):
        cure = "Nobody can use the face. Lower policy.liveness.entropy_bits."
        return Finding("challenges", State.FAULT, said, cure)
    return Finding("challenges", State.OK, said)


def _bits(needs: frozenset[Need], policy: LivenessPolicy) -> str:
    """Effective bits count what a recording does not get for nothing, see app.domain.planner."""
    from app.domain import planner  # noqa: PLC0415

    choices = planner.allowed(needs, policy)
    steps = planner.steps_for(choices, policy)
    if not steps:
        return "another factor"
    possible = planner.plans(choices, steps)
    bits = f"{planner.effective_bits(possible):.1f} effective bits"
    return f"{steps} movements, {bits} of {planner.stated_bits(possible):.1f}"


def _fonts() -> Finding:
    path = library_file("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf")
    return Finding("fonts", State.OK, f"at the least {path.name}, loaded by the window itself")


#: What can be looked at without settings, and what cannot.
MACHINE: tuple[tuple[str, Callable[[], Finding]], ...] = (
    ("python", _python),
    ("window libraries", _libraries),
    ("display", _display),
    ("fonts", _fonts),
    ("clock", _clock),
    ("core dumps", _core_dumps),
)
KIOSK: tuple[tuple[str, Check], ...] = (
    ("language", _language),
    ("disk", _disk),
    ("keys", _keys),
    ("gallery", _gallery),
    ("templates", _templates),
    ("models", _models),
    ("camera", _camera),
    ("badge reader", _badge_reader),
    ("door", _door),
    ("challenges", _challenges),
)
