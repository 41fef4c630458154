"""Data files are found in a checkout, in an installed wheel and in a frozen bundle alike."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app import resources
from app.resources import library_file, resource
from tests.conftest import PROJECT


def test_in_a_checkout_they_lie_where_they_are_named() -> None:
    assert resource("models/manifest.toml") == PROJECT / "models" / "manifest.toml"
    assert resource("resources").is_dir()


def test_installed_ones_go_before_a_stranger_of_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = tmp_path / "resources" / "theme.toml"
    ours = tmp_path / "app" / "_data" / "resources" / "theme.toml"
    for file in (stranger, ours):
        file.parent.mkdir(parents=True)
        file.touch()
    monkeypatch.setattr(resources, "_APP", tmp_path / "app")
    assert resource("resources/theme.toml") == ours


def test_a_missing_file_says_what_to_do() -> None:
    with pytest.raises(FileNotFoundError, match=r"resources/nothing is missing.*Install Foyer"):
        resource("resources/nothing")


def test_a_librarys_file_is_found_without_importing_it() -> None:
    found = library_file("face_recognition_models", "models/shape_predictor_68_face_landmarks.dat")
    assert found.stat().st_size > 1_000_000
    assert "face_recognition_models" not in sys.modules


@pytest.mark.parametrize("package", ["face_recognition_models", "no_such_library"])
def test_a_missing_librarys_file_says_what_to_do(package: str) -> None:
    with pytest.raises(FileNotFoundError, match=f"weights of {package} is missing. Install"):
        library_file(package, "weights")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the backend that pip would run, without pip's network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", build, str(folder)], cwd=PROJECT, check=True, capture_output=True
    )
    (built,) = folder.glob("foyer_kiosk-*.whl")
    return built


def test_the_wheel_carries_every_module_and_every_data_file(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        str(file.relative_to(PROJECT))
        for package in ("app", "ui")
        for file in (PROJECT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    expected |= {
        f"app/_data/{file.relative_to(PROJECT)}"
        for file in (PROJECT / "resources").rglob("*")
        if file.is_file()
    }
    assert expected - names == set()
    assert "app/_data/models/manifest.toml" in names
    assert any(name.startswith("app/gallery/schema/") for name in names)


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    for name in zipfile.ZipFile(wheel).namelist():
        top = name.split("/")[0]
        assert top in ("app", "ui") or top.endswith(".dist-info"), name


def test_an_installed_wheel_finds_its_data_far_from_the_checkout(
    wheel: Path, tmp_path: Path
) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    script = (
        "from app.resources import resource; import app; "
        "print(app.__file__, resource('models/manifest.toml'), resource('resources'))"
    )
    found = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, 'site'); {script}"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert all(Path(path).is_relative_to(tmp_path / "site") for path in found), found
