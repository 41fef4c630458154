"""`packaging/setup` does what is needed, no more, and says what to do where it cannot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.doctor import LIBRARIES
from tests.conftest import PROJECT
from tests.fakes.machine import Machine, new_machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return new_machine(tmp_path, PROJECT)


def test_the_first_run_installs_and_the_second_does_nothing(machine: Machine) -> None:
    first = machine.setup()
    assert (first.returncode, first.stderr) == (0, "")
    assert machine.calls() == ["venv", "pip ."]
    second = machine.setup()
    assert second.stdout == "foyer: ready, nothing has changed\n"
    assert machine.calls() == []


def test_dev_adds_to_what_is_there_and_contains_it(machine: Machine) -> None:
    machine.setup()
    machine.calls()
    machine.setup("--dev")
    assert machine.calls() == ["pip .[dev]"]
    machine.setup()
    machine.setup("--dev")
    assert machine.calls() == []


def test_a_changed_project_is_installed_again(machine: Machine) -> None:
    machine.setup()
    machine.calls()
    with (machine.project / "pyproject.toml").open("a") as text:
        text.write("# changed\n")
    machine.setup()
    assert machine.calls() == ["pip ."]


def test_a_run_that_was_cut_short_starts_afresh(machine: Machine) -> None:
    failed = machine.setup(PIP_FAILS="yes")
    assert failed.returncode == 1
    assert "no such distribution" in failed.stderr
    machine.calls()
    assert machine.setup().returncode == 0
    assert machine.calls() == ["venv", "pip ."]


def test_a_python_that_went_away_is_replaced(machine: Machine) -> None:
    machine.setup()
    machine.calls()
    (machine.project / ".venv" / "bin" / "python").unlink()
    machine.setup()
    assert machine.calls() == ["venv", "pip ."]


def test_a_library_that_no_longer_loads_is_installed_afresh(machine: Machine) -> None:
    machine.setup()
    machine.calls()
    assert machine.setup(BROKEN="yes").returncode == 1
    assert machine.calls() == ["venv", "pip ."]


def test_without_a_python_it_names_debians_package(machine: Machine) -> None:
    failed = machine.setup(NO_PYTHON="yes")
    assert failed.returncode == 1
    assert failed.stderr.count("\n") == 1
    assert "python3-venv" in failed.stderr
    assert machine.calls() == []


def test_root_installs_exactly_the_missing_libraries(machine: Machine) -> None:
    assert machine.setup(MISSING="libEGL.so.1 libdbus-1.so.3").returncode == 0
    assert machine.calls() == ["venv", "apt-get libegl1 libdbus-1-3", "pip ."]


def test_empty_package_lists_are_fetched_first(machine: Machine) -> None:
    assert machine.setup(MISSING="libEGL.so.1", OLD_LISTS="yes").returncode == 0
    assert machine.calls()[1:3] == ["apt-get update", "apt-get libegl1"]


def test_sudo_is_used_where_it_asks_no_password(machine: Machine) -> None:
    assert machine.setup(MISSING="libEGL.so.1", USER_ID="1000", SUDO="yes").returncode == 0
    assert machine.calls()[1:3] == ["sudo", "apt-get libegl1"]


def test_without_rights_it_prints_the_one_line_to_run(machine: Machine) -> None:
    failed = machine.setup(MISSING="libGL.so.1 libglib-2.0.so.0", USER_ID="1000")
    assert failed.returncode == 1
    line = "sudo apt-get install -y --no-install-recommends libgl1 libglib2.0-0\n"
    assert failed.stderr.endswith(line)
    assert machine.calls() == ["venv"]


def test_a_display_asks_for_what_a_window_needs(machine: Machine) -> None:
    machine.setup(MISSING="libxcb-cursor.so.0")
    assert "apt-get libxcb-cursor0" not in machine.calls()
    machine.setup(MISSING="libxcb-cursor.so.0", DISPLAY=":0")
    assert machine.calls() == ["apt-get libxcb-cursor0"]
    failed = machine.setup(MISSING="libxcb-cursor.so.0", DISPLAY=":0", USER_ID="1000")
    assert failed.returncode == 1


def test_a_developer_gets_the_missing_tools_but_does_not_wait_for_them(machine: Machine) -> None:
    (machine.home / "bin" / "gnome-keyring-daemon").unlink()
    assert machine.setup("--dev").returncode == 0
    assert "apt-get gnome-keyring" in machine.calls()
    unable = machine.setup("--dev", USER_ID="1000")
    assert unable.returncode == 0
    assert "sudo apt-get install -y gnome-keyring" in unable.stdout
    machine.calls()
    machine.setup("--dev", MISSING="libxcb-cursor.so.0")
    assert machine.calls() == ["apt-get libxcb-cursor0 gnome-keyring"]


def test_it_installs_all_that_the_doctor_looks_for() -> None:
    script = (PROJECT / "packaging" / "setup").read_text(encoding="utf-8")
    table = dict(re.findall(r"^(lib\S+\.so\S*) +(lib[a-z0-9.+-]+)", script, re.MULTILINE))
    assert LIBRARIES.items() <= table.items()


def test_anything_else_is_refused(machine: Machine) -> None:
    assert machine.setup("--devel").returncode == 2
    assert machine.setup("--dev", "extra").returncode == 2
    assert machine.calls() == []
