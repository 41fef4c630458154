"""`foyer doctor`: looks at everything, falls ill from nothing, and says what to do."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from app import doctor
from app.domain import assurance
from app.domain.assurance import Count, Trials
from app.domain.journal import Entry, EntryKind
from app.domain.people import Person
from app.domain.source import Camera, SourceKind
from app.errors import CameraUnavailable, KeyStoreError, ModelRejected
from app.ports import CameraFormat, FaceEngine, Frame
from app.runtime import bootstrap
from app.settings import load
from tests.cli.conftest import Foyer, Ran
from tests.cli.test_gallery import store_of
from tests.fakes.lens import ENROLLED, LENS

MISSING = {"libxcb-cursor.so.0", "libEGL.so.1"}


class StillCamera:
    """Delivers frames at a steady rate of its own clock."""

    name = "still camera"
    lens = LENS

    def __init__(self, rate_hz: float) -> None:
        self._period_s = 1.0 / rate_hz
        self._number = 0
        self.closed = False

    def identity(self) -> Camera:
        return self.lens

    def open(self) -> CameraFormat:
        return CameraFormat(640, 480, 30.0, "MJPG")

    def read(self) -> Frame:
        self._number += 1
        return SimpleNamespace(t_s=self._number * self._period_s)  # type: ignore[return-value]

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def _leave_this_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor hardens its own process, which here is the tests'."""
    monkeypatch.setattr(doctor, "harden", list)


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> StillCamera:
    source = StillCamera(30.0)
    monkeypatch.setattr(bootstrap, "frame_source", lambda _: source)
    return source


def checks(ran: Ran) -> dict[str, tuple[str, str, str]]:
    found = ran.document["checks"]
    return {each["name"]: (each["state"], each["said"], each["cure"]) for each in found}


TESTED = Trials(Count(30, 1), Count(29), Count(29), Count(29))


def enrol(kiosk: Foyer, trials: Trials = TESTED) -> None:
    """The camera is enrolled, and was tested with this result."""
    policy = bootstrap.policy_of(load(None, dict(os.environ), {}))
    now = assurance.conditions_of(LENS.fingerprint, policy)
    entry = Entry(EntryKind.ADMIN, 0.0, granted=True, detail="test")
    gallery = store_of(kiosk)
    gallery.put_camera(ENROLLED, entry)
    gallery.put_tested(assurance.Tested(trials, now, time.time()), entry)
    gallery.close()


def test_a_machine_where_all_is_well_has_nothing_to_mend(
    kiosk: Foyer, engine: FaceEngine, camera: StillCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "missing_libraries", dict)
    monkeypatch.setenv("DISPLAY", ":0")
    enrol(kiosk)
    ran = kiosk.ok("doctor", "--json")
    assert ran.document["healthy"] is True
    found = checks(ran)
    assert {state for state, _, _ in found.values()} == {"ok"}
    assert "640x480 MJPG, 30 a second" in found["camera"][1]
    assert f"{LENS.fingerprint[:12]}, trusted" in found["camera"][1]
    assert "encrypted with the operator's passphrase" in found["keys"][1]
    assert "anybody 3 movements, 3.8 effective bits of 6.1" in found["challenges"][1]
    assert "no-mouth 4 movements, 3.7 effective bits of 6.7" in found["challenges"][1]
    assert "no-head-movement another factor" in found["challenges"][1]
    assert camera.closed
    assert "Ready to run." in kiosk.ok("doctor").out


def test_a_fault_is_exit_code_one_and_every_fault_has_a_cure(
    foyer: Foyer, engine: FaceEngine, camera: StillCamera
) -> None:
    foyer.settings({"FOYER_DOOR_COMMAND": "/nowhere/relay", "FOYER_READER_BADGE": "/dev/nothing"})
    ran = foyer("doctor", "--json")
    assert ran.code == 1
    found = checks(ran)
    assert found["door"][0] == found["badge reader"][0] == "fault"
    assert "door.command" in found["door"][2]
    assert all(cure for state, _, cure in found.values() if state != "ok")
    assert not foyer.gallery.parent.exists(), "a doctor makes nothing"


# -- system libraries


def refusing(names: set[str]) -> Callable[[str], object]:
    def load_library(name: str) -> object:
        if name in names:
            raise OSError(f"{name}: cannot open shared object file")
        return None

    return load_library


def test_missing_libraries_are_one_line_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = doctor.missing_libraries(refusing(MISSING))
    assert set(missing) == MISSING
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert doctor.install_line(missing) == "Run: sudo apt-get install libegl1 libxcb-cursor0"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert doctor.install_line(missing) == "Run: apt-get install libegl1 libxcb-cursor0"
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert "apt-get" not in doctor.install_line(missing)


@pytest.mark.parametrize(("display", "state"), [(":0", doctor.State.FAULT), ("", "warning")])
def test_missing_libraries_are_a_fault_only_where_a_window_could_open(
    monkeypatch: pytest.MonkeyPatch, display: str, state: str
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", display)
    missing = doctor.missing_libraries(refusing(MISSING))
    monkeypatch.setattr(doctor, "missing_libraries", lambda: missing)
    finding = dict(doctor.MACHINE)["window libraries"]()
    assert finding.state == state
    assert "libxcb-cursor.so.0" in finding.said


# -- whatever is broken


def test_broken_settings_are_a_finding_and_the_machine_is_still_looked_at(foyer: Foyer) -> None:
    ran = foyer("doctor", "--json", "--set", "policy.liveness.challenges=1")
    assert ran.code == 1
    found = checks(ran)
    assert found["settings"][0] == "fault"
    assert "policy.liveness.challenges" in found["settings"][1]
    assert set(found) == {*dict(doctor.MACHINE), "settings"}


@pytest.mark.parametrize(
    ("maker", "fault", "check"),
    [
        ("key_store", KeyStoreError("No keyring is running. Start one."), "keys"),
        ("face_engine", ModelRejected("It was altered. Install it again."), "models"),
        ("frame_source", CameraUnavailable("It is not there. Plug it in."), "camera"),
        ("frame_source", ZeroDivisionError("a driver's bug"), "camera"),
        ("face_engine", FileNotFoundError("The manifest is missing. Install it again."), "models"),
    ],
)
def test_no_broken_part_keeps_the_others_from_being_looked_at(
    foyer: Foyer,
    engine: FaceEngine,
    camera: StillCamera,
    monkeypatch: pytest.MonkeyPatch,
    maker: str,
    fault: Exception,
    check: str,
) -> None:
    def broken(_: object) -> object:
        raise fault

    monkeypatch.setattr(bootstrap, maker, broken)
    found = checks(foyer("doctor", "--json"))
    assert set(found) == {*dict(doctor.MACHINE), "settings", *dict(doctor.KIOSK)}
    state, said, cure = found[check]
    assert state == "fault"
    assert str(fault).partition(".")[0] in said
    assert cure


def test_a_broken_gallery_is_told_apart_and_left_alone(
    kiosk: Foyer, engine: FaceEngine, camera: StillCamera
) -> None:
    kiosk.gallery.write_bytes(b"not a gallery at all")
    found = checks(kiosk("doctor", "--json"))
    assert found["gallery"][0] == "fault"
    assert str(kiosk.gallery) in found["gallery"][1]
    assert found["camera"][0] == "warning", "the camera is not to blame"
    assert "not known" in found["camera"][1]
    assert kiosk.gallery.read_bytes() == b"not a gallery at all"


@pytest.mark.parametrize(
    ("change", "fault"), [("seal = NULL", "altered"), ("space = 'elsewhere'", "unknown-space")]
)
def test_a_template_that_cannot_be_used_is_told_with_whose_it_is_and_what_to_do(
    kiosk: Foyer, engine: FaceEngine, camera: StillCamera, change: str, fault: str
) -> None:
    told = Entry(EntryKind.PEOPLE, 0.0, granted=False, detail="test")
    space = bootstrap.face_pack(load(None, dict(os.environ), {})).space
    gallery = store_of(kiosk)
    person = gallery.put_person(Person("", "4711", "Ada Nguyen"), told)
    gallery.add_templates(person.id, space, [np.ones(space.dimension, np.float32)], told)
    assert checks(kiosk("doctor", "--json"))["templates"][0] == "ok"
    gallery._open().connection.execute(f"UPDATE templates SET {change}")  # noqa: S608 - see above
    gallery.close()
    state, said, cure = checks(kiosk("doctor", "--json"))["templates"]
    assert state == "warning"
    assert f"4711 ({fault})" in said
    assert "Ada" not in said
    assert "foyer enrol" in cure


def test_a_clock_that_was_put_back_is_noticed_by_the_journal(
    kiosk: Foyer, engine: FaceEngine, camera: StillCamera
) -> None:
    settings = load(None, dict(os.environ), {})
    gallery = bootstrap.open_gallery(settings)
    gallery.record(Entry(EntryKind.SYSTEM, 4_000_000_000.0, granted=False, detail="later"))
    gallery.close()
    state, said, cure = checks(kiosk("doctor", "--json"))["gallery"]
    assert state == "fault"
    assert "future" in said
    assert "clock" in cure


@pytest.mark.parametrize(
    ("lens", "word"),
    [
        (LENS, "camera-none-enrolled"),
        (replace(LENS, kind=SourceKind.VIRTUAL), "camera-virtual"),
        (replace(LENS, kind=SourceKind.SIMULATED), "camera-simulated"),
        (replace(LENS, kind=SourceKind.RECORDING), "camera-recording"),
    ],
)
def test_a_camera_the_face_path_does_not_go_by_is_a_warning(
    kiosk: Foyer, engine: FaceEngine, camera: StillCamera, lens: Camera, word: str
) -> None:
    """Not a fault: the kiosk runs, and badges and PINs work."""
    camera.lens = lens
    ran = kiosk.ok("doctor", "--json")
    state, said, cure = checks(ran)["camera"]
    assert (state, word in said) == ("warning", True)
    assert "foyer liveness camera enrol" in cure or "camera.source" in cure


def test_another_camera_than_the_one_enrolled_is_noticed(
    kiosk: Foyer, engine: FaceEngine, camera: StillCamera
) -> None:
    enrol(kiosk)
    camera.lens = replace(LENS, ids="046d:082d:ZZZZZZ")
    state, said, _ = checks(kiosk.ok("doctor", "--json"))["camera"]
    assert (state, "camera-not-enrolled" in said) == ("warning", True)


def test_a_camera_nobody_tested_is_a_warning(
    kiosk: Foyer, engine: FaceEngine, camera: StillCamera
) -> None:
    enrol(kiosk, Trials())
    state, said, cure = checks(kiosk.ok("doctor", "--json"))["camera"]
    assert (state, "untested" in said) == ("warning", True)
    assert "foyer liveness selftest" in cure


def test_a_slow_camera_is_a_warning(
    kiosk: Foyer, engine: FaceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "frame_source", lambda _: StillCamera(7.5))
    enrol(kiosk)
    state, said, cure = checks(kiosk("doctor", "--json"))["camera"]
    assert state == "warning"
    assert "8 a second" in said
    assert "light" in cure


def test_keys_that_are_only_for_demonstrations_are_a_warning(
    foyer: Foyer, engine: FaceEngine, camera: StillCamera
) -> None:
    found = checks(foyer("doctor", "--json", "--set", "gallery.keys=ephemeral"))
    assert found["keys"][0] == "warning"
    assert "gallery.keys" in found["keys"][2]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_a_fault(
    foyer: Foyer, engine: FaceEngine, camera: StillCamera, tmp_path: Path
) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        found = checks(foyer("doctor", "--json"))
    finally:
        tmp_path.chmod(stat.S_IRWXU)
    assert found["disk"][0] == "fault"


@pytest.mark.parametrize(
    ("pack", "state", "says"),
    [
        ("embedded", "ok", "ask a lawyer"),
        ("esp-mbf", "warning", "not for commercial use"),
    ],
)
def test_what_the_pack_in_use_may_be_used_for_and_was_measured_on_is_told(
    foyer: Foyer, engine: FaceEngine, camera: StillCamera, pack: str, state: str, says: str
) -> None:
    found = checks(foyer("doctor", "--json", "--set", f"models.pack={pack}"))
    assert found["models"][0] == state
    assert says in found["models"][1]
    assert "Labeled Faces in the Wild" in found["models"][1]
    assert bool(found["models"][2]) == (state == "warning")


def test_memory_that_could_be_dumped_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "harden", lambda: ["core dumps could not be switched off"])
    finding = dict(doctor.MACHINE)["core dumps"]()
    assert finding.state is doctor.State.WARNING
    assert "core_pattern" in finding.cure
