"""Installing, choosing and removing packs from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.commands import packs, settings_file
from app.errors import SettingsError
from app.resources import resource
from app.vision import listing
from tests.cli.conftest import Foyer

GENUINE = listing.parse(resource("models/manifest.toml").read_text(encoding="utf-8"))


@pytest.fixture
def kiosk(foyer: Foyer, tmp_path: Path) -> Foyer:
    foyer.settings({"FOYER_MODELS_FOLDER": str(tmp_path / "models")})
    return foyer


def test_a_licence_that_forbids_earning_money_has_to_be_accepted(
    kiosk: Foyer, assets: Path
) -> None:
    ran = kiosk("models", "install", "esp-mbf", "--from", str(assets / "models"))
    assert ran.code == 2
    assert "--accept-licence" in ran.err
    assert "NO commercial use" in ran.out
    done = kiosk.ok(
        "models", "install", "esp-mbf", "--from", str(assets / "models"), "--accept-licence"
    )
    assert "works" in done.out


def test_a_pack_is_installed_used_and_removed(kiosk: Foyer, assets: Path, tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text("# ours\n[kiosk]\ntheme = 'dark'\n", encoding="utf-8")
    name = "retail-0095-onnx"
    kiosk.ok("models", "install", name, "--from", str(assets / "models"))
    listed = kiosk.ok("models", "list", "--json").document["packs"]
    assert {each["name"] for each in listed if each["installed"]} == {"embedded", name}
    used = kiosk.ok("--config", str(config), "models", "use", name, "--json").document
    assert used["in_force"]
    assert config.read_text(encoding="utf-8").startswith("# ours\n[kiosk]\ntheme = 'dark'\n")
    shown = kiosk.ok("--config", str(config), "models", "verify", "--json").document
    assert (shown["pack"], shown["sound"]) == (name, True)
    refused = kiosk("--config", str(config), "models", "remove", name)
    assert refused.code == 2
    assert "in use" in refused.err
    gone = kiosk.ok("models", "remove", name, "--json").document["deleted"]
    assert len(gone) == 2
    assert not any(Path(each).exists() for each in gone)


def settings_in(folder: Path) -> str:
    """A settings file that says nothing yet."""
    config = folder / "kiosk.toml"
    config.write_text("", encoding="utf-8")
    return str(config)


def test_the_journal_says_which_pack_was_chosen(
    foyer: Foyer, new_gallery: Path, tmp_path: Path
) -> None:
    config = settings_in(tmp_path)
    before = foyer.ok("--config", config, "models", "use", "embedded", "--json").document
    assert not before["recorded"]  # there is no gallery yet
    shutil.copytree(new_gallery, foyer.gallery.parent)
    done = foyer.ok("--config", config, "models", "use", "embedded", "--json").document
    assert done["recorded"]
    assert "pack-chosen: embedded" in foyer.ok("audit", "tail").out


def test_a_journal_that_cannot_be_written_is_told(foyer: Foyer, tmp_path: Path) -> None:
    foyer.gallery.parent.mkdir(parents=True, exist_ok=True)
    foyer.gallery.write_bytes(b"no gallery")
    ran = foyer.ok("--config", settings_in(tmp_path), "models", "use", "embedded")
    assert "The journal says nothing of this change" in ran.err


def test_a_pack_that_is_not_there_is_not_used(kiosk: Foyer, tmp_path: Path) -> None:
    ran = kiosk("--config", str(tmp_path / "none.toml"), "models", "use", "foamliu")
    assert ran.code in {3, 5}
    assert not (tmp_path / "none.toml").exists()


def test_recommended_names_a_pack_that_may_be_used(kiosk: Foyer, tmp_path: Path) -> None:
    ran = kiosk("models", "install", "recommended", "--from", str(tmp_path))
    assert ran.code == 5
    assert "face_detection_yunet_2023mar.onnx" in ran.err
    assert "NO commercial use" not in ran.out


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[models]\npack = "x"\n'),
        ("[kiosk]\na = 1\n", '[kiosk]\na = 1\n\n[models]\npack = "x"\n'),
        ('[models]\n#pack = "embedded"\n', '[models]\npack = "x"\n'),
        (
            '[models]\n# pack of it\npack = "e" # mine\n[kiosk]\npack = "k"\n',
            '[models]\n# pack of it\npack = "x"\n[kiosk]\npack = "k"\n',
        ),
        ("[models]\nfolder = 'f'\n", "[models]\npack = \"x\"\nfolder = 'f'\n"),
    ],
)
def test_one_line_of_a_settings_file_is_changed(before: str, after: str, tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(before, encoding="utf-8")
    settings_file.put(path, "models.pack", "x")
    assert path.read_text(encoding="utf-8") == after


def test_a_file_written_in_another_way_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text('models.pack = "e"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"Open it and set"):
        settings_file.put(path, "models.pack", "x")
    assert path.read_text(encoding="utf-8") == 'models.pack = "e"\n'


def test_every_pack_of_the_manifest_can_be_named() -> None:
    assert {packs.named(GENUINE, pack.name).name for pack in GENUINE.packs} == {
        pack.name for pack in GENUINE.packs
    }
