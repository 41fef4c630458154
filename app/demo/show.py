"""The demo, from an empty temporary folder to a report: everything real but the visitor.

Real models look at real pixels, the gallery is a real encrypted file, and the window is the one
a kiosk shows. Only the camera and the people in front of it are simulated, and every screen
says so.
"""

from __future__ import annotations

import importlib
import json
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from app.camera.simulated import SimulatedCamera
from app.camera.stills import Still, load_photo
from app.demo.cast import CameraStage, cast
from app.demo.player import EXPECTED, Credentials, Player, VisitKind, VisitReport
from app.domain.journal import Entry, EntryKind
from app.domain.people import Person, Secret
from app.domain.policy import Mode
from app.domain.source import SourceKind
from app.domain.tiers import Tier
from app.errors import ModelMissing
from app.gallery.keys import EphemeralKeys
from app.ports import FaceEngine, Frame, KeyStore
from app.presentation import View
from app.runtime import bootstrap
from app.runtime.house import House

if TYPE_CHECKING:
    from app.settings import Settings

EMPLOYEE = Person("demo-employee", "1001", "Eileen")
CREDENTIALS = Credentials(badge="04A2B91C5D6E80", number="1001", pin="246810")
ADMIN_PIN = "314159"
STAYS = (
    "The window stays open to be tried out: close it, or press Ctrl+C here. "
    f"Number {CREDENTIALS.number} with PIN {CREDENTIALS.pin} signs in; Ctrl+Shift+F12 and "
    f"{ADMIN_PIN} open the service screen."
)


class Capture(Protocol):
    """A picture of the screen that was asked for; see ui/bridge.py."""

    def wait(self) -> bool: ...

    def save(self, path: Path) -> bool: ...


class Bridge(Protocol):
    """What the demo needs of the window's bridge; see ui/bridge.py."""

    def deliver(self, view: View) -> None: ...

    def quit(self) -> None: ...

    def capture(self) -> Capture: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline; `t_s` seconds since the demo began."""

    t_s: float
    text: str


@dataclass(slots=True)
class Timeline:
    """What happened when, told as it happens."""

    tell: Callable[[str], None]
    began_s: float = field(default_factory=time.monotonic)
    lines: list[Line] = field(default_factory=list)

    def add(self, text: str) -> None:
        line = Line(round(time.monotonic() - self.began_s, 2), text)
        self.lines.append(line)
        self.tell(f"{line.t_s:7.2f} s  {text}")


@dataclass(frozen=True, slots=True)
class DemoReport:
    visits: tuple[VisitReport, ...]
    screenshots: Path
    complete: bool = True

    @property
    def none_wrong(self) -> bool:
        """Whether every visit that came to an end came to the right one."""
        return all(visit.as_expected for visit in self.visits)

    @property
    def as_expected(self) -> bool:
        return self.complete and bool(self.visits) and self.none_wrong

    def as_json(self) -> dict[str, object]:
        return {
            "visits": [visit.as_json() for visit in self.visits],
            "screenshots": str(self.screenshots),
        }


def has_display() -> bool:
    """Whether a window can be shown at all."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def play(
    settings: Settings,
    visits: tuple[VisitKind, ...],
    folder: Path,
    tell: Callable[[str], None],
    *,
    offscreen: bool,
    stay: bool = False,
) -> DemoReport:
    """Play `visits` once and leave pictures and a timeline in `folder`.

    `stay`: leave the window open afterwards until somebody closes it. Main thread only.
    """
    timeline = Timeline(tell)
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with TemporaryDirectory(prefix="foyer-demo-gallery-") as private:
        house, stage = furnish(settings, Path(private), timeline.add)
        run = _Run(house, stage, visits, folder, timeline, stay=stay)
        code = _show(house, run, settings, offscreen=offscreen)
    reports = tuple(run.reports)
    report = DemoReport(reports, folder, complete=len(reports) == len(visits))
    if code != 0 or not report.complete:
        timeline.add("The window was closed before every visit was played")
    (folder / "timeline.txt").write_text(
        "".join(f"{line.t_s:7.2f} s  {line.text}\n" for line in timeline.lines), encoding="utf-8"
    )
    (folder / "visits.json").write_text(json.dumps(report.as_json(), indent=2), encoding="utf-8")
    return report


def furnish(
    settings: Settings, private: Path, tell: Callable[[str], None]
) -> tuple[House, CameraStage]:
    """A house with one enrolled employee and a simulated camera, its gallery in `private`."""
    temporary = replace(
        settings,
        gallery=replace(settings.gallery, path=private / "gallery.db"),
        kiosk=replace(settings.kiosk, mode=Mode.DOOR),
        door=replace(settings.door, command=()),
    )
    tell("Loading the face models and checking every digest")
    engine = bootstrap.face_engine(temporary)
    engine.load()
    keys = EphemeralKeys()
    tell("Enrolling Eileen in a new encrypted gallery; its keys live only in memory")
    enrol(temporary, keys, engine)
    camera = SimulatedCamera(seed=secrets.randbits(32))
    stage = CameraStage(camera, cast(engine))
    # An animated photograph passes here and in no kiosk; see app/domain/source.py.
    policy = replace(
        temporary.policy(),
        admits=frozenset({SourceKind.SIMULATED}),
        assumed_tier=Tier.TRUSTED,
    )
    instead = bootstrap.Replacements(
        source=camera, engine=engine, keys=keys, readers=(), policy=policy
    )
    return bootstrap.build(temporary, instead), stage


def enrol(settings: Settings, keys: KeyStore, engine: FaceEngine) -> None:
    """One employee with a face, a badge and a PIN, and an administrator's PIN."""
    note = Entry(EntryKind.PEOPLE, time.time(), granted=True, detail="demo")
    photo = load_photo(Still.ASTRONAUT)
    frame = Frame(1, 0.0, photo)
    face = engine.observe(frame).faces[0]
    engine.forget()
    gallery = bootstrap.store(settings, keys, create=True)
    gallery.open()
    try:
        loaded = keys.load()
        if loaded is None:
            raise ModelMissing("The demo's keys are gone. Start it again.")
        hasher = bootstrap.pin_hasher(loaded)
        gallery.put_person(EMPLOYEE, note)
        chip = engine.align(frame, face)
        gallery.add_templates(EMPLOYEE.id, engine.space, [engine.embed(chip)], note)
        gallery.set_badge(EMPLOYEE.id, CREDENTIALS.badge, note)
        gallery.set_pin_hash(EMPLOYEE.id, hasher.hash(Secret(CREDENTIALS.pin)), note)
        gallery.set_admin_pin_hash(hasher.hash(Secret(ADMIN_PIN)), note)
    finally:
        gallery.close()


class _Run:
    """The visits, on a thread of their own beside the window."""

    def __init__(
        self,
        house: House,
        stage: CameraStage,
        visits: tuple[VisitKind, ...],
        folder: Path,
        timeline: Timeline,
        *,
        stay: bool,
    ) -> None:
        self.reports: list[VisitReport] = []
        self._house = house
        self._visits = visits
        self._folder = folder
        self._timeline = timeline
        self._stay = stay
        self._bridge: Bridge | None = None
        self._player = Player(house, stage, CREDENTIALS, self._keep)
        self._thread = threading.Thread(target=self._play, name="demo", daemon=False)
        self._album: list[tuple[str, Capture]] = []
        self._saved = 0

    def start(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._house.listen(bridge.deliver)
        self._house.listen(self._player.see)
        self._house.when_quit(bridge.quit)
        self._house.start()
        self._thread.start()

    def join(self) -> None:
        if self._thread.ident is not None:
            self._thread.join()

    def give_up(self) -> None:
        """The window is gone: whatever is waited for will not come."""
        self._player.give_up()

    def _play(self) -> None:
        try:
            if not self._player.wait_until_ready():
                self._timeline.add("The kiosk did not become ready: see foyer doctor")
                return
            self._timeline.add("The kiosk is ready; the camera sleeps until somebody chooses")
            for kind in self._visits:
                if self._broken_off():
                    return
                report = self._player.play(kind)
                if self._broken_off() and report.outcome != EXPECTED[kind]:
                    return  # broken off: it did not end in this way, nor in any other
                self.reports.append(report)
                self._save_album()
                self._timeline.add(_told(report))
            if self._stay and not self._broken_off():
                self._timeline.add(f"Everything was played. {STAYS}")
        finally:
            if self._bridge is not None and not self._stay:
                self._bridge.quit()

    def _broken_off(self) -> bool:
        return not self._player.goes_on

    def _keep(self, scene: str) -> None:
        """A picture of what is shown now; it is packed later, between visits."""
        if self._bridge is not None:
            capture = self._bridge.capture()
            capture.wait()
            self._album.append((scene, capture))

    def _save_album(self) -> None:
        """Between visits, when nobody waits for the screen."""
        for scene, capture in self._album:
            self._saved += 1
            capture.save(self._folder / f"{self._saved:02d}-{scene}.png")
        self._album.clear()


def _told(report: VisitReport) -> str:
    what = {
        VisitKind.EMPLOYEE: "The employee shows her face",
        VisitKind.STRANGER: "A stranger shows their face",
        VisitKind.PHOTO: "Somebody holds up the employee's photograph",
        VisitKind.BADGE: "The employee holds up her badge and types her PIN",
        VisitKind.NUMBER: "The employee types her number and her PIN",
        VisitKind.CLAIM: "The employee holds up her badge and shows her face",
    }[report.visit]
    ended = "let in" if report.outcome == "granted" else f"refused ({report.reason})"
    return f"{what}: {ended} after {report.seconds:.1f} s"


def _show(house: House, run: _Run, settings: Settings, *, offscreen: bool) -> int:
    """The window, on this thread, until the visits are played or it is closed."""
    ui = importlib.import_module("ui.application")
    size = (1080, 1920) if offscreen else (540, 960)
    options = ui.UiOptions(
        house_name=settings.kiosk.house_name,
        size_px=size,
        theme=ui.ThemeName(settings.kiosk.theme),
        language=settings.kiosk.language,
    )
    try:
        code: int = ui.run(house.kernel, house.pictures, options, run.start)
    finally:
        run.give_up()
        run.join()
        house.stop()
    return code
