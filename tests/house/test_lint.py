"""The code is as ruff's settings in pyproject.toml want it; `ruff check --fix` mends most."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

CHECK = ("check", "--quiet")
FORMAT = ("format", "--check", "--diff", "--quiet")


def ruff(*arguments: str, folder: Path = PROJECT) -> str:
    """What ruff has to say; nothing when it is content."""
    command = [sys.executable, "-m", "ruff", *arguments]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.parametrize("command", [CHECK, FORMAT], ids=lambda command: command[0])
def test_ruff_is_content(command: tuple[str, ...]) -> None:
    if said := ruff(*command):
        pytest.fail(said, pytrace=False)


def test_bad_code_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes((PROJECT / "pyproject.toml").read_bytes())
    (tmp_path / "spoiled.py").write_text("import os\ndef f( ):\n  eval('1')\n")
    found = ruff(*CHECK, "--output-format=concise", folder=tmp_path)
    assert "F401" in found
    assert "S307" in found
    assert "spoiled.py" in ruff(*FORMAT, folder=tmp_path)
