"""Every type holds under `mypy --strict`; a state without a screen is found here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

SPOILED = """
from typing import assert_never


class Open: ...


class Shut: ...


def screen(state: Open | Shut) -> str:
    match state:
        case Open():
            return "open"
        case _:
            assert_never(state)
"""


def mypy(*arguments: str) -> str:
    """What mypy has to say; nothing when it is content. Its cache stays in the project."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", *arguments]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.timeout(900)  # without a cache, on a small machine
def test_no_type_errors() -> None:
    if said := mypy():
        pytest.fail(said, pytrace=False)


def test_a_state_without_a_screen_would_be_found(tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled.py"
    spoiled.write_text(SPOILED)
    assert 'incompatible type "Shut"' in mypy("--config-file=", "--strict", str(spoiled))
