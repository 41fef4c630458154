"""Doors and cues are programs an administrator named: run without a shell, told no secret."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from app.actuators import CommandCues, CommandDoor, NoDoor, SilentCues
from app.domain.journal import Entry, EntryKind
from app.errors import DoorError
from tests.conftest import Logged

ENTRY = Entry(EntryKind.VISIT, 0.0, granted=True, person="p-1", visit="abc123")


def python(*code: str) -> list[str]:
    return [sys.executable, "-c", "\n".join(code)]


def test_the_door_command_is_told_the_visit_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOYER_PASSPHRASE", "open sesame")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials")
    out = tmp_path / "environment"
    code = python("import os", f"open({str(out)!r}, 'w').write(repr(dict(os.environ)))")
    CommandDoor(code, 10.0).release(ENTRY)
    told = out.read_text()
    assert "'FOYER_VISIT': 'abc123'" in told
    assert "sesame" not in told
    assert "CREDENTIALS_DIRECTORY" not in told
    assert "p-1" not in told


@pytest.mark.parametrize(
    ("command", "timeout_s", "said"),
    [
        (python("raise SystemExit(3)"), 10.0, "code 3"),
        (python("import signal", "signal.pause()"), 0.2, "did not answer"),
        (["/no/such/program"], 1.0, "could not be run"),
    ],
)
def test_a_door_that_does_not_acknowledge_is_an_error(
    command: list[str], timeout_s: float, said: str
) -> None:
    with pytest.raises(DoorError, match=said):
        CommandDoor(command, timeout_s).release(ENTRY)


def test_a_command_is_never_read_by_a_shell(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    CommandDoor([*python("import sys"), f"; touch {trap}"], 10.0).release(ENTRY)
    assert not trap.exists()


def test_without_a_door_the_release_is_only_logged() -> None:
    NoDoor().release(ENTRY)


def test_a_cue_is_spoken_once_and_never_waited_for(tmp_path: Path) -> None:
    out = tmp_path / "said"
    cues = CommandCues(python("import sys", f"open({str(out)!r}, 'a').write(sys.argv[1])"))
    before = threading.active_count()
    cues.say("granted")
    assert threading.active_count() == before
    cues._speaking.wait(10.0)  # type: ignore[union-attr]
    cues.close()
    assert out.read_text() == "granted"


def test_a_cue_that_cannot_be_run_is_only_a_note(logged: Logged) -> None:
    cues = CommandCues(["/no/such/program"])
    cues.say("granted")
    cues.close()
    logged.expect("app.actuators", "could not be run")


def test_silence_is_an_answer() -> None:
    cues = SilentCues()
    cues.say("granted")
    cues.close()
