"""The front door: quick help, one line for every trouble, one exit code for every kind of it."""

from __future__ import annotations

import importlib
import json
import os
import random
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import __version__, cli, commands, errors
from app.commands.context import Misused
from app.errors import FoyerError
from tests.cli.conftest import Foyer
from tests.conftest import PROJECT

HEAVY = ("cv2", "dlib", "PySide6", "onnxruntime", "insightface", "skimage", "matplotlib", "keyring")


def classes(root: type[FoyerError]) -> Iterator[type[FoyerError]]:
    yield root
    for child in root.__subclasses__():
        yield from classes(child)


def modules_after(*words: str) -> set[str]:
    """What a fresh interpreter has imported once the command is done."""
    script = (
        "import json, sys\nfrom app import cli\n"
        "try:\n    cli.main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=PROJECT, env={**os.environ}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(json.loads(done.stderr.splitlines()[-1]))


# -- help


def test_help_loads_nothing_that_takes_time() -> None:
    loaded = modules_after("--help")
    assert not loaded & {*HEAVY, "numpy", "sqlcipher3", "tqdm"}


def test_showing_settings_loads_no_camera_model_window_or_database() -> None:
    assert not modules_after("config", "show") & {*HEAVY, "sqlcipher3"}


def test_the_help_lists_every_command_and_every_exit_code(foyer: Foyer) -> None:
    said = foyer.ok("--help").out
    assert all(f"    {name} " in said for name in cli.COMMANDS)
    assert {code for _, code in cli.EXIT_CODES} <= set(map(int, re.findall(r"\b\d+\b", said)))
    assert "130" in (commands.__doc__ or "")


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_has_a_module_and_a_help(foyer: Foyer, name: str) -> None:
    module = importlib.import_module(f"app.commands.{name}")
    assert callable(module.add_arguments)
    assert callable(module.run)
    said = foyer.ok(name, "--help").out
    assert f"foyer {name}" in said


def test_the_version_is_the_packages(foyer: Foyer) -> None:
    assert foyer.ok("--version").out == f"foyer {__version__}\n"


# -- reading the line


def test_nothing_and_nonsense_are_usage(foyer: Foyer) -> None:
    assert foyer().code == cli.EXIT_USAGE
    nonsense = foyer("enroll")
    assert nonsense.code == cli.EXIT_USAGE
    assert "enrol" in nonsense.err
    assert foyer("people").code == cli.EXIT_USAGE
    assert foyer("config", "show", "--set", "novalue").code == cli.EXIT_USAGE


@pytest.mark.parametrize(
    "words",
    [
        ("--set", "kiosk.theme=dark", "config", "show", "--json"),
        ("config", "show", "--json", "--set", "kiosk.theme=dark"),
        ("--set", "kiosk.theme=light", "config", "show", "--json", "--set", "kiosk.theme=dark"),
    ],
)
def test_settings_may_stand_before_or_after_the_command(foyer: Foyer, words: tuple[str]) -> None:
    assert foyer.ok(*words).document["settings"]["kiosk.theme"]["value"] == "dark"


def test_a_value_that_is_a_commands_name_is_still_a_value(foyer: Foyer, tmp_path: Path) -> None:
    file = tmp_path / "people"
    file.write_text("kiosk.theme = 'dark'")
    shown = foyer.ok("--config", str(file), "config", "show", "--json")
    assert shown.document["settings"]["kiosk.theme"]["origin"] == str(file)


# -- trouble


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Lets `foyer config show` fail."""

    def fail(fault: BaseException) -> None:
        def run(_: object) -> int:
            raise fault

        monkeypatch.setattr("app.commands.config.run", run)

    return fail


@pytest.mark.parametrize("kind", sorted(classes(FoyerError), key=str))
def test_every_error_is_one_line_with_the_exit_code_of_its_kind(
    foyer: Foyer, failing: Callable[[BaseException], None], kind: type[FoyerError]
) -> None:
    failing(kind("It broke. Mend it."))
    ran = foyer("config", "show")
    documented: dict[type[FoyerError], int] = {
        Misused: 2,
        errors.SettingsError: 3,
        errors.GalleryError: 4,
        errors.KeyStoreError: 4,
        errors.ModelError: 5,
        errors.CameraError: 6,
        errors.ImageError: 6,
    }
    expected = next((code for of, code in documented.items() if issubclass(kind, of)), 1)
    assert ran.code == expected
    assert ran.err == "foyer: It broke. Mend it.\n"
    assert ran.out == ""


def test_where_a_program_reads_trouble_is_one_document_too(
    foyer: Foyer, failing: Callable[[BaseException], None]
) -> None:
    failing(errors.GalleryLocked("It is locked. Open it."))
    ran = foyer("config", "show", "--json")
    assert ran.document == {
        "error": {"code": "gallery-locked", "message": "It is locked. Open it."}
    }


def test_a_defect_says_so_without_a_stack_trace(
    foyer: Foyer, failing: Callable[[BaseException], None]
) -> None:
    failing(ZeroDivisionError("division"))
    ran = foyer("config", "show")
    assert ran.code == cli.EXIT_DEFECT
    assert len(ran.err.splitlines()) == 1
    assert "FOYER_DEBUG=1" in ran.err


def test_a_stack_trace_is_shown_where_it_was_asked_for(
    foyer: Foyer, failing: Callable[[BaseException], None]
) -> None:
    foyer.settings({"FOYER_DEBUG": "1"})
    failing(ZeroDivisionError("division"))
    assert "Traceback" in foyer("config", "show").err


def test_the_keyboard_stops_it_quietly(
    foyer: Foyer, failing: Callable[[BaseException], None]
) -> None:
    failing(KeyboardInterrupt())
    ran = foyer("config", "show")
    assert (ran.code, ran.err) == (cli.EXIT_STOPPED, "foyer: Stopped.\n")


def test_a_reader_that_goes_away_is_no_defect() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "app", "config", "show"],
            cwd=PROJECT, stdout=write, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    finally:
        os.close(write)
    assert done.returncode != cli.EXIT_DEFECT
    assert done.stderr == ""


WORDS = shlex.split(
    "show init info check set-pin list add remove set-badge verify tail --json --origin --set "
    "--config kiosk.theme=dark kiosk.theme=x = --last -1 0 --yes --name --number 1001 --until "
    "2026-13-45 --none --help --anew --reason -- - nobody.db '' ' ' é '\n'"
)


def test_no_line_however_odd_is_a_defect(
    kiosk: Foyer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    dice = random.Random(20261121)
    odd = [*WORDS, "\udcff", "a" * 5000]
    codes = set()
    for _ in range(400):
        first = dice.choice(["config", "gallery", "people", "audit", "--set"])
        words = [first, *dice.choices(odd, k=dice.randint(0, 6))]
        ran = kiosk(*words, stdin=dice.choice(["", "4711\n", "\x00\n"]))
        codes.add(ran.code)
        assert ran.code in {0, 1, 2, 3, 4}, (words, ran)
        assert "Traceback" not in ran.err, words
    assert codes >= {0, 2, 4}


def test_the_process_of_the_command_line_leaves_no_core_behind() -> None:
    resource = pytest.importorskip("resource", reason="POSIX only")
    assert resource.RLIM_INFINITY
    script = (
        "import resource, sys\nfrom app import cli\nsys.argv = ['foyer', 'config', 'show']\n"
        "cli.main()\nprint(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "(0, 0)"
