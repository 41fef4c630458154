"""The import contracts of pyproject.toml hold, and every one of them can be broken."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.conftest import PROJECT

#: For every contract: a line that, at the end of this module, breaks it.
SPOILED = {
    "The domain is pure": ("app/domain/access.py", "import time"),
    "The domain does not know how it is shown": (
        "app/domain/access.py",
        "import app.presentation",
    ),
    "No Qt below the user interface": ("app/presentation.py", "import PySide6"),
    "The user interface meets the house at the kernel": ("ui/__init__.py", "import app.gallery"),
    "Adapters do not know each other": ("app/camera/__init__.py", "import app.vision"),
    "Adapters do not know who runs them": ("app/vision/__init__.py", "import app.runtime"),
    "Only bootstrap and the command line know adapters": (
        "app/runtime/kernel.py",
        "import app.camera",
    ),
}


def lint_imports(project: Path) -> tuple[dict[str, str], str]:
    """KEPT or BROKEN for every contract by its name, and all that was printed."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
            "--no-logo",
        ],
        cwd=project,
        check=False,
        capture_output=True,
        text=True,
    )
    verdicts = re.findall(r"^(.+?) (KEPT|BROKEN)", done.stdout, re.MULTILINE)
    return dict(verdicts), done.stdout + done.stderr


def contracts() -> set[str]:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


def test_every_contract_is_kept() -> None:
    verdicts, printed = lint_imports(PROJECT)
    assert verdicts == dict.fromkeys(contracts(), "KEPT"), printed


def test_every_contract_can_be_broken(tmp_path: Path) -> None:
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    for package in ("app", "ui"):
        shutil.copytree(
            PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    for module, line in SPOILED.values():
        with (tmp_path / module).open("a", encoding="utf-8") as text:
            text.write(f"\n{line}\n")
    verdicts, printed = lint_imports(tmp_path)
    assert verdicts == dict.fromkeys(contracts(), "BROKEN"), printed
