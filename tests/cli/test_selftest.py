"""`foyer liveness selftest`: trials in a terminal, and what is kept of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from app.commands import selftest, trying
from app.domain.assurance import Species, Trial
from app.domain.liveness import Challenge
from app.domain.observation import Observation
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.source import Camera, EnrolledCamera, SourceKind
from app.errors import CameraMisbehaved, CameraUnavailable
from app.ports import CameraFormat, Chip, Frame
from app.runtime import bootstrap
from tests.cli.conftest import ADMIN_PIN, Foyer
from tests.fakes.faces import Actor, Habits
from tests.fakes.lens import LENS
from tests.fakes.visitor import SPACE

FRAME_S = 1 / 15
POLICY = Policy()
STILL = Habits(does=lambda _asked: None)
PIN = f"{ADMIN_PIN}\n"


@dataclass
class Terminal:
    """A camera of fifteen frames a second by its own clock, before it an actor who reads what
    the terminal says, and the engine that measures them."""

    actor: Actor | None = None
    lens: Camera = LENS
    name: str = "terminal"
    space: Any = SPACE
    frames: int = 0
    opened: int = 0
    said: list[str] = field(default_factory=list)

    def identity(self) -> Camera:
        return self.lens

    def open(self) -> CameraFormat:
        self.opened += 1
        return CameraFormat(640, 480, 15.0, "RAW")

    def read(self) -> Frame:
        self.frames += 1
        return Frame(self.frames, self.frames * FRAME_S, np.zeros((4, 4, 3), dtype=np.uint8))

    def close(self) -> None:
        self.opened -= 1

    def load(self) -> None: ...

    def tell(self, line: str) -> None:
        self.said.append(line)

    def observe(self, frame: Frame) -> Observation:
        prompts = {said: challenge for challenge, said in trying.PROMPTS.items()}
        prompt: Challenge | None = prompts.get(self.said[-1]) if self.said else None
        if self.actor is None:
            return Observation(frame.number, frame.t_s, 640, 480, ())
        (seen,) = self.actor.look(frame.t_s, prompt)
        return replace(seen, frame=frame.number)

    def align(self, frame: Frame, face: object) -> Chip:
        raise AssertionError("nobody is compared in a trial")

    embed = align

    def forget(self) -> None: ...

    def tries(self, species: Species, camera: Camera = LENS) -> Trial:
        return trying.trial(self, self, camera, species, POLICY, self.tell)  # type: ignore[arg-type]


# -- one trial


def test_a_person_who_follows_the_lines_is_let_through() -> None:
    terminal = Terminal(Actor())
    trial = terminal.tries(Species.GENUINE)
    assert (trial.accepted, trial.counted) == (True, True)
    assert trying.REST in terminal.said
    assert {*trying.PROMPTS.values()} & {*terminal.said}
    assert terminal.opened == 0


def test_a_print_that_is_held_still_is_refused() -> None:
    trial = Terminal(Actor(STILL)).tries(Species.PRINT)
    assert (trial.accepted, trial.counted) == (False, True)
    assert trial.reason is Reason.CHALLENGE_MISSED


def test_nothing_before_the_camera_counts_for_nothing() -> None:
    trial = Terminal().tries(Species.PHONE)
    assert (trial.accepted, trial.counted, trial.reason) == (False, False, Reason.NO_FACE)


def test_another_camera_ends_it() -> None:
    terminal = Terminal(Actor(), lens=replace(LENS, bus="elsewhere"))
    with pytest.raises(CameraMisbehaved, match="Another camera"):
        terminal.tries(Species.GENUINE)
    assert terminal.opened == 0


def test_every_challenge_has_its_line() -> None:
    assert set(trying.PROMPTS) == set(Challenge)


# -- the command


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    there = Terminal()
    monkeypatch.setattr(bootstrap, "frame_source", lambda _settings: there)
    monkeypatch.setattr(bootstrap, "face_engine", lambda _settings: there)
    return there


@pytest.fixture
def enrolled(kiosk: Foyer, terminal: Terminal) -> Foyer:
    kiosk.ok("liveness", "camera", "enrol", stdin=PIN)
    return kiosk


Ends = Callable[[Species], Trial]


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """How trials end, one after the other; then every attack is refused and every person not."""
    script: list[bool] = []

    def trial(_source: object, _engine: object, _camera: object, of: Species, *_: object) -> Trial:
        return Trial(of, accepted=script.pop(0) if script else of is Species.GENUINE)

    monkeypatch.setattr(trying, "trial", trial)
    return script


def test_what_was_counted_is_stored_shown_and_journalled(enrolled: Foyer, ends: list[bool]) -> None:
    ends += [True, False, False]
    ran = enrolled.ok("liveness", "selftest", "--json", stdin=f"{PIN}g\ng\np\ns\n")
    assert ran.document["stored"] is True
    assert ran.document["genuine"]["n"] == 2
    assert ran.document["genuine"]["refused"] == 1
    assert ran.document["species"]["print"]["n"] == 1
    shown = enrolled("liveness", "selftest", "--show", "--json")
    assert shown.code == 1
    (result,) = shown.document["results"]
    assert shown.document["tier"] == "untested"
    assert (result["holds"], result["genuine"]["n"]) == (True, 2)
    journal = enrolled.ok("audit", "tail", "--json").out
    assert f"selftest-untested {LENS.fingerprint[:12]}" in journal


def test_enough_trials_make_the_camera_trusted(enrolled: Foyer, ends: list[bool]) -> None:
    many = "g\n" * 30 + "p\n" * 29 + "h\n" * 29 + "t\n" * 29
    ran = enrolled.ok("liveness", "selftest", stdin=f"{PIN}{many}s\n")
    assert "a face alone may open a door" in ran.out
    shown = enrolled.ok("liveness", "selftest", "--show", "--json")
    assert shown.document["tier"] == "trusted"
    assert shown.document["results"][0]["species"]["tablet"]["upper95"] < 0.1
    assert "trusted" in enrolled.ok("liveness", "selftest", "--show").out


def test_a_second_sitting_goes_on_with_the_first(enrolled: Foyer, ends: list[bool]) -> None:
    enrolled.ok("liveness", "selftest", stdin=f"{PIN}g\np\ns\n")
    again = enrolled.ok("liveness", "selftest", "--json", stdin=f"{PIN}g\ns\n")
    assert again.document["genuine"]["n"] == 2
    anew = enrolled.ok("liveness", "selftest", "--json", stdin=f"{PIN}a\ng\ns\n")
    assert anew.document["genuine"]["n"] == 1
    assert anew.document["species"]["print"]["n"] == 0


def test_another_limit_makes_the_stored_result_stale(enrolled: Foyer, ends: list[bool]) -> None:
    enrolled.ok("liveness", "selftest", stdin=f"{PIN}g\ns\n")
    stricter = ("--set", "policy.liveness.turn_deg=16")
    shown = enrolled(*stricter, "liveness", "selftest", "--show", "--json")
    assert shown.document["results"][0]["holds"] is False
    assert "other limits" in enrolled(*stricter, "liveness", "selftest", "--show").out


def test_a_slip_is_taken_back_and_leaving_stores_nothing(enrolled: Foyer, ends: list[bool]) -> None:
    ends += [True]
    ran = enrolled("liveness", "selftest", "--json", stdin=f"{PIN}h\nu\nu\nh\nx\nq\n")
    assert ran.code == 1
    assert ran.document["stored"] is False
    assert ran.document["species"]["phone"] == {
        **ran.document["species"]["tablet"],
        "n": 1,
        "rate": 0.0,
        "interval95": [0.0, 0.975],
        "upper95": 0.95,
    }
    assert "Choose one of" in ran.err
    assert enrolled("liveness", "selftest", "--show", "--json").document["results"] == []


def test_nothing_to_store_is_said(enrolled: Foyer, ends: list[bool]) -> None:
    ran = enrolled("liveness", "selftest", stdin=f"{PIN}s\n")
    assert ran.code == 1
    assert "nothing to store" in ran.err


def test_a_camera_that_fails_in_a_trial_is_said_and_not_counted(
    enrolled: Foyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> Trial:
        raise CameraUnavailable("It was unplugged. Plug it in again.")

    monkeypatch.setattr(trying, "trial", gone)
    ran = enrolled("liveness", "selftest", "--json", stdin=f"{PIN}g\n")
    assert "Not counted. It was unplugged." in ran.err
    assert ran.document["genuine"]["n"] == 0


def test_it_needs_the_administrators_pin(enrolled: Foyer, ends: list[bool]) -> None:
    ran = enrolled("liveness", "selftest", stdin="000000\ng\ns\n")
    assert ran.code == 4
    assert "not the administrator's PIN" in ran.err
    assert enrolled("liveness", "selftest", "--show", "--json").document["results"] == []


def test_a_camera_nobody_enrolled_is_not_tested(kiosk: Foyer, terminal: Terminal) -> None:
    ran = kiosk("liveness", "selftest", stdin=PIN)
    assert ran.code == 6
    assert "foyer liveness camera enrol" in ran.err


@pytest.mark.parametrize("kind", [SourceKind.SIMULATED, SourceKind.VIRTUAL, SourceKind.RECORDING])
def test_what_is_no_camera_is_not_tested(
    kiosk: Foyer, terminal: Terminal, kind: SourceKind
) -> None:
    terminal.lens = replace(LENS, kind=kind)
    ran = kiosk("liveness", "selftest", stdin=PIN)
    assert ran.code == 6
    assert f"camera-{kind}" in ran.err


def test_without_a_camera_it_says_so(kiosk: Foyer, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_: Terminal) -> CameraFormat:
        raise CameraUnavailable("There is no camera. Plug one in.")

    monkeypatch.setattr(Terminal, "open", nothing)
    monkeypatch.setattr(Terminal, "close", lambda _: None)
    monkeypatch.setattr(bootstrap, "frame_source", lambda _settings: Terminal())
    ran = kiosk("liveness", "selftest", stdin=PIN)
    assert ran.code == 6
    assert "There is no camera" in ran.err
    shown = kiosk("liveness", "selftest", "--show", "--json")
    assert shown.code == 1
    assert "could not be opened" in shown.document["trouble"]


def test_a_kiosk_that_lights_the_face_is_tested_at_its_screen(enrolled: Foyer) -> None:
    ran = enrolled("--set", "liveness.light=require", "liveness", "selftest", stdin=PIN)
    assert ran.code == 2
    assert "service screen" in ran.err


def test_a_reason_that_cannot_be_written_is_refused_before_anything(enrolled: Foyer) -> None:
    ran = enrolled("liveness", "selftest", "--reason", "x" * 81, stdin=PIN)
    assert ran.code == 2


def test_a_result_without_an_enrolled_camera_bears_nothing(
    enrolled: Foyer, ends: list[bool], terminal: Terminal
) -> None:
    many = "g\n" * 30 + "p\n" * 29 + "h\n" * 29 + "t\n" * 29
    enrolled.ok("liveness", "selftest", stdin=f"{PIN}{many}s\n")
    terminal.lens = replace(LENS, ids="1234:5678")
    shown = enrolled("liveness", "selftest", "--show", "--json")
    assert (shown.code, shown.document["tier"]) == (1, "untested")
    assert shown.document["fault"] == "camera-not-enrolled"


def test_the_words_for_tiers_are_complete() -> None:
    assert len(set(selftest.BEARS.values())) == 3
    assert EnrolledCamera(LENS, 0.0).camera == LENS
