"""`foyer config`: shows what is in force and why, and writes a file that explains itself."""

from __future__ import annotations

import re
from pathlib import Path

from app.options import options
from app.settings import load
from tests.cli.conftest import Foyer


def test_every_setting_is_shown_with_its_limits(foyer: Foyer) -> None:
    said = foyer.ok("config", "show").out
    for option in options().values():
        assert option.key in said
        assert option.allowed in said


def test_the_origin_is_shown_where_it_is_asked_for(foyer: Foyer, tmp_path: Path) -> None:
    file = tmp_path / "k.toml"
    file.write_text("kiosk.place = 'Gate'")
    said = foyer.ok("--config", str(file), "config", "show", "--origin").out
    lines = {line.split()[0]: line for line in said.splitlines() if line}
    assert str(file) in lines["kiosk.place"]
    assert "FOYER_GALLERY_KEYS" in lines["gallery.keys"]
    assert "default" in lines["kiosk.mode"]
    assert "FOYER_GALLERY_KEYS" not in foyer.ok("config", "show").out


def test_programs_read_values_origins_and_limits(foyer: Foyer) -> None:
    shown = foyer.ok("config", "show", "--json", "--set", "camera.width_px=1280").document
    assert set(shown["settings"]) == set(options())
    width = shown["settings"]["camera.width_px"]
    assert (width["value"], width["origin"]) == (1280, "--set camera.width_px")
    assert (width["low"], width["high"], width["unit"]) == (160, 3840, "px")
    assert width["variable"] == "FOYER_CAMERA_WIDTH_PX"


def test_a_cameras_password_and_the_passphrase_are_never_shown(foyer: Foyer) -> None:
    foyer.settings({"FOYER_CAMERA_SOURCE": "rtsp://guard:hunter2@camera.local/1"})
    for words in (("show",), ("show", "--origin"), ("show", "--json")):
        said = foyer.ok("config", *words).out
        assert "camera.local" in said
        assert "hunter2" not in said
        assert "correct horse" not in said


def test_a_written_file_changes_nothing_until_it_is_edited(foyer: Foyer, tmp_path: Path) -> None:
    file = tmp_path / "new" / "kiosk.toml"
    assert str(file) in foyer.ok("--config", str(file), "config", "init").out
    assert load(file, {}, {}).policy() == load(None, {}, {}).policy()
    assert all(each.origin == "default" for each in load(file, {}, {}).table.values())


def test_every_line_of_a_written_file_can_be_switched_on(foyer: Foyer, tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    foyer.ok("--config", str(file), "config", "init")
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"^#(?=[a-z_]+ = )", "", text, flags=re.MULTILINE), encoding="utf-8")
    settings = load(file, {}, {})
    for key, option in options().items():
        assert settings.table[key].value == option.default
        assert settings.table[key].origin == str(file)
        assert option.why in text


def test_an_existing_file_is_never_written_over(foyer: Foyer, tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text("kiosk.theme = 'dark'")
    ran = foyer("--config", str(file), "config", "init")
    assert ran.code == 3
    assert str(file) in ran.err
    assert "move it away" in ran.err
    assert file.read_text() == "kiosk.theme = 'dark'"


def test_a_file_that_cannot_be_written_says_where_to_go(foyer: Foyer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = foyer("--config", str(tmp_path / "file" / "kiosk.toml"), "config", "init")
    assert ran.code == 3
    assert "--config" in ran.err


def test_a_wrong_setting_stops_every_command_before_it_begins(foyer: Foyer) -> None:
    for words in (("gallery", "info"), ("people", "list"), ("models", "verify")):
        ran = foyer(*words, "--set", "policy.liveness.challenges=1")
        assert ran.code == 3, words
        assert "policy.liveness.challenges" in ran.err
    assert not foyer.gallery.parent.exists()
