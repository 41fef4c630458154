"""`foyer liveness camera`: an administrator names the camera, by PIN, and only a camera."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.domain.journal import EntryKind, parse
from app.domain.source import Camera, SourceKind
from app.errors import CameraUnavailable
from app.ports import CameraFormat, Frame
from app.runtime import bootstrap
from tests.cli.conftest import ADMIN_PIN, Foyer
from tests.cli.test_gallery import store_of
from tests.fakes.camera import write_video
from tests.fakes.lens import LENS

PIN = f"{ADMIN_PIN}\n"
ANOTHER = replace(LENS, ids="046d:082d:ZZZZZZ")


class Camcorder:
    """A source that is what the test says, where it is there at all."""

    name = "camera 0"

    def __init__(self) -> None:
        self.lens = LENS
        self.fault: CameraUnavailable | None = None
        self.is_open = False

    def identity(self) -> Camera:
        return self.lens if self.fault is None else replace(self.lens, width_px=0, height_px=0)

    def open(self) -> CameraFormat:
        if self.fault is not None:
            raise self.fault
        self.is_open = True
        return CameraFormat(self.lens.width_px, self.lens.height_px, 30.0, "MJPG")

    def read(self) -> Frame:
        return Frame(1, 0.0, np.zeros((4, 4, 3), dtype=np.uint8))

    def close(self) -> None:
        self.is_open = False


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> Camcorder:
    source = Camcorder()
    monkeypatch.setattr(bootstrap, "frame_source", lambda _: source)
    monkeypatch.setattr(bootstrap, "video_devices", list)
    return source


def journal(kiosk: Foyer) -> list[tuple[EntryKind, bool, str]]:
    gallery = store_of(kiosk)
    entries = [parse(row.text) for row in gallery.rows()][1:]
    gallery.close()
    return [(each.kind, each.granted, each.detail) for each in entries]


def enrolled(kiosk: Foyer) -> list[Camera]:
    gallery = store_of(kiosk)
    found = [each.camera for each in gallery.cameras()]
    gallery.close()
    return found


def test_it_shows_the_camera_and_what_to_do_and_enrols_nothing(
    kiosk: Foyer, camera: Camcorder
) -> None:
    ran = kiosk("liveness", "camera")
    assert ran.code == 1
    for said in (LENS.name, LENS.bus, LENS.ids, "640x480", LENS.fingerprint[:12]):
        assert said in ran.out
    assert "foyer liveness camera enrol" in ran.out
    assert enrolled(kiosk) == []
    assert journal(kiosk) == []
    assert not camera.is_open


def test_an_administrator_enrols_it_by_pin_and_the_journal_says_so(
    kiosk: Foyer, camera: Camcorder
) -> None:
    kiosk.ok("liveness", "camera", "enrol", "--reason", "new camera", stdin=PIN)
    assert enrolled(kiosk) == [LENS]
    assert journal(kiosk) == [
        (EntryKind.ADMIN, True, f"camera-enrolled {LENS.fingerprint[:12]}: new camera")
    ]
    ran = kiosk.ok("liveness", "camera", "--json")
    assert ran.document["fault"] == ""
    assert ran.document["camera"]["fingerprint"] == LENS.fingerprint
    assert [each["fingerprint"] for each in ran.document["enrolled"]] == [LENS.fingerprint]
    assert not camera.is_open


def test_once_more_changes_nothing_and_asks_for_nothing(kiosk: Foyer, camera: Camcorder) -> None:
    kiosk.ok("liveness", "camera", "enrol", stdin=PIN)
    ran = kiosk.ok("liveness", "camera", "enrol")
    assert "already" in ran.out
    assert len(journal(kiosk)) == 1
    assert not camera.is_open


def test_an_administrator_says_how_its_light_is_treated(kiosk: Foyer, camera: Camcorder) -> None:
    short = LENS.fingerprint[:12]
    kiosk.ok("liveness", "camera", "enrol", stdin=PIN)
    assert "light" not in kiosk.ok("liveness", "camera").out
    ran = kiosk.ok("liveness", "camera", "light", short, "evened", "--json", stdin=PIN)
    assert ran.document["light"] == "evened"
    assert journal(kiosk)[-1] == (EntryKind.ADMIN, True, f"camera-light evened {short}")
    shown = kiosk.ok("liveness", "camera", "--json")
    assert [each["light"] for each in shown.document["enrolled"]] == ["evened"]
    assert "(light evened)" in kiosk.ok("liveness", "camera").out
    kiosk.ok("liveness", "camera", "light", short, "as-is", stdin=PIN)
    kiosk.ok("liveness", "camera", "light", short, "as-is")
    assert [detail.split()[:2] for _, _, detail in journal(kiosk)[1:]] == [
        ["camera-light", "evened"],
        ["camera-light", "as-is"],
    ], "what changes nothing is not written down, and asks for no PIN"


@pytest.mark.parametrize(("pack", "used"), [("embedded", False), ("retail-0095", True)])
def test_a_pack_that_does_not_gain_by_it_says_so(
    kiosk: Foyer, camera: Camcorder, pack: str, used: bool
) -> None:
    kiosk.ok("liveness", "camera", "enrol", stdin=PIN)
    words = ("liveness", "camera", "light", LENS.fingerprint[:12], "evened")
    ran = kiosk.ok("--set", f"models.pack={pack}", *words, stdin=PIN)
    assert ("changes nothing" in ran.out) is not used
    again = kiosk.ok("--set", f"models.pack={pack}", *words, "--json")
    assert again.document["used"] is used


@pytest.mark.parametrize(
    "words",
    [("light",), ("light", "abcd"), ("light", "abcd", "bright"), ("enrol", "abcd", "as-is")],
)
def test_a_light_that_is_none_is_a_misuse(
    kiosk: Foyer, camera: Camcorder, words: tuple[str, ...]
) -> None:
    kiosk.ok("liveness", "camera", "enrol", stdin=PIN)
    ran = kiosk("liveness", "camera", *words)
    assert ran.code == 2
    assert len(journal(kiosk)) == 1


def test_nobody_else_says_how_light_is_treated(kiosk: Foyer, camera: Camcorder) -> None:
    kiosk.ok("liveness", "camera", "enrol", stdin=PIN)
    short = LENS.fingerprint[:12]
    assert kiosk("liveness", "camera", "light", short, "evened", stdin="000000\n").code != 0
    assert kiosk("liveness", "camera", "light", "0000000", "evened", stdin=PIN).code != 0
    assert not [detail for _, _, detail in journal(kiosk) if detail.startswith("camera-light ev")]


@pytest.mark.parametrize("pin", ["000000\n", "\n", "", f"{ADMIN_PIN}0\n"])
def test_nobody_else_enrols_a_camera(kiosk: Foyer, camera: Camcorder, pin: str) -> None:
    ran = kiosk("liveness", "camera", "enrol", "--json", stdin=pin)
    assert ran.code in {2, 4}
    assert "error" in ran.document
    assert enrolled(kiosk) == []
    assert not any(granted for _, granted, _ in journal(kiosk))
    assert not camera.is_open


def test_guessing_the_pin_is_counted_and_written_down(kiosk: Foyer, camera: Camcorder) -> None:
    for _ in range(6):
        kiosk("liveness", "camera", "enrol", stdin="000000\n")
    ran = kiosk("liveness", "camera", "enrol", stdin=PIN)
    assert ran.code == 4
    assert "Too many" in ran.err
    assert enrolled(kiosk) == []
    details = [detail for _, _, detail in journal(kiosk)]
    assert details[0] == "camera-enrolment-wrong"
    assert details[-1] == "camera-enrolment-locked"


@pytest.mark.parametrize("kind", [SourceKind.VIRTUAL, SourceKind.RECORDING, SourceKind.SIMULATED])
def test_what_is_no_camera_is_refused_before_a_pin_is_asked_for(
    kiosk: Foyer, camera: Camcorder, kind: SourceKind
) -> None:
    camera.lens = replace(LENS, kind=kind)
    ran = kiosk("liveness", "camera", "enrol", stdin=PIN)
    assert ran.code == 6
    assert kind.value in ran.err
    assert enrolled(kiosk) == []
    assert kiosk("liveness", "camera").code == 1


def test_a_real_recording_is_refused(kiosk: Foyer, tmp_path: Path) -> None:
    path = write_video(tmp_path / "visitor.avi", 5)
    words = ("--set", f"camera.source=file:{path}", "liveness", "camera")
    assert kiosk(*words, "enrol", stdin=PIN).code == 6
    ran = kiosk(*words, "--json")
    assert (ran.code, ran.document["fault"]) == (1, "camera-recording")


@pytest.mark.parametrize("kind", [SourceKind.NETWORK, SourceKind.UNKNOWN])
def test_what_is_less_sure_is_enrolled_with_a_word_of_caution(
    kiosk: Foyer, camera: Camcorder, kind: SourceKind
) -> None:
    camera.lens = replace(LENS, kind=kind)
    ran = kiosk.ok("liveness", "camera", "enrol", stdin=PIN)
    assert "in its place" in ran.out or "in the camera's place" in ran.out
    assert enrolled(kiosk) == [camera.lens]


def test_a_password_in_the_address_is_never_shown(kiosk: Foyer) -> None:
    address = "rtsp://porter:s3cret@127.0.0.1:9/one?key=s3cret"
    for words in ((), ("enrol",), ("--json",)):
        ran = kiosk("--set", f"camera.source={address}", "liveness", "camera", *words, stdin=PIN)
        assert ran.code in {1, 6}
        assert "s3cret" not in ran.out + ran.err
        assert "porter" not in ran.out + ran.err


def test_a_camera_that_does_not_open_is_not_enrolled(kiosk: Foyer, camera: Camcorder) -> None:
    camera.fault = CameraUnavailable("It is not there. Plug it in.")
    assert kiosk("liveness", "camera", "enrol", stdin=PIN).code == 6
    ran = kiosk("liveness", "camera", "--json")
    assert ran.code == 1
    assert ran.document["trouble"] == "It is not there. Plug it in."
    assert enrolled(kiosk) == []


def test_forgetting_takes_the_beginning_of_a_fingerprint_and_the_pin(
    kiosk: Foyer, camera: Camcorder
) -> None:
    kiosk.ok("liveness", "camera", "enrol", stdin=PIN)
    camera.lens = ANOTHER
    kiosk.ok("liveness", "camera", "enrol", stdin=PIN)
    prefix = LENS.fingerprint[:8]
    assert kiosk("liveness", "camera", "forget", prefix, stdin="000000\n").code == 4
    assert enrolled(kiosk) == [LENS, ANOTHER]
    kiosk.ok("liveness", "camera", "forget", prefix, stdin=PIN)
    assert enrolled(kiosk) == [ANOTHER]
    assert journal(kiosk)[-1][2] == f"camera-forgotten {LENS.fingerprint[:12]}"
    assert kiosk("liveness", "camera", "forget", prefix, stdin=PIN).code == 4


@pytest.mark.parametrize(
    "words", [("forget",), ("forget", "abc"), ("forget", "%%%%"), ("show", "abcd"), ("enrol", "x")]
)
def test_a_line_that_names_no_camera_is_a_wrong_line(
    kiosk: Foyer, camera: Camcorder, words: tuple[str, ...]
) -> None:
    ran = kiosk("liveness", "camera", *words, stdin=PIN)
    assert ran.code == 2
    assert not camera.is_open


def test_devices_of_the_machine_are_listed_with_their_standing(
    kiosk: Foyer, camera: Camcorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.ok("liveness", "camera", "enrol", stdin=PIN)
    loop = replace(LENS, kind=SourceKind.VIRTUAL, name="OBS", width_px=0, height_px=0)
    shut = replace(LENS, width_px=0, height_px=0)
    there = [("/dev/video0", shut), ("/dev/video9", loop)]
    monkeypatch.setattr(bootstrap, "video_devices", lambda: there)
    ran = kiosk.ok("liveness", "camera")
    first, second = (line for line in ran.out.splitlines() if "/dev/video" in line)
    assert "enrolled at 640x480" in first
    assert "virtual" in second
    assert "enrolled" not in second
