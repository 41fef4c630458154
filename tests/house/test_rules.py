"""The rules hold for the project, and each complains about a tree that breaks it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.house import rules
from tests.house.rules import RULES, Rule

LATER = "TO" + "DO"
SPOILED: dict[Rule, dict[str, str]] = {
    rules.no_qt_in_app: {"app/a.py": "def f():\n    from PySide6.QtCore import QObject\n"},
    rules.no_packages_where_none_belong: {"packaging/__init__.py": ""},
    rules.short_modules: {"app/a.py": "\n" * (rules.LONGEST_MODULE_LINES + 1)},
    rules.only_our_own_text: {"resources/font.ttf": "", "app/weights.json": "\0"},
    rules.nothing_left_for_later: {"docs/a.md": f"{LATER}: say more\n"},
    rules.no_sleep_in_tests: {
        "tests/test_a.py": "import time\ntime.sleep(1)\n",
        "tests/test_b.py": "from time import sleep\n",
    },
    rules.docstrings: {"app/a.py": "x = 1\n"},
    rules.two_commands: {
        "README.md": "## Run\n```sh\nmake run\n```\n## Test\n```\n" + rules.COMMANDS["Test"]
    },
}


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """What is or would be committed; deleted ones are not there any more."""
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        pytest.skip("which files belong to the project is known to git only, which is not here")
    ours = ["-c", f"safe.directory={PROJECT}", "ls-files", "-z"]
    listed = subprocess.run(
        [git, *ours, "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    named = [Path(name) for name in sorted(set(listed.split("\0"))) if name]
    return [file for file in named if (PROJECT / file).is_file()]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps(rule: Rule, files: list[Path]) -> None:
    assert rule(PROJECT, files) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_tree_that_breaks_it_is_found(rule: Rule, tmp_path: Path) -> None:
    for name, text in SPOILED[rule].items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    spoiled = sorted(file.relative_to(tmp_path) for file in tmp_path.rglob("*") if file.is_file())
    complaints = rule(tmp_path, spoiled)
    assert len(complaints) >= len(spoiled), complaints
