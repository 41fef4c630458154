"""Whatever is wrong with a gallery: exit code 4, one clear line, and not a byte changed."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.people import Secret
from app.gallery.passphrase import Cost, PassphraseKeys
from tests.cli.conftest import PASSPHRASE, Foyer

COMMANDS = (
    ("gallery", "info"),
    ("gallery", "check"),
    ("people", "add", "--number", "1002", "--name", "Bo"),
    ("people", "remove", "1001", "--yes"),
    ("audit", "verify"),
    ("enrol", "1001", "photo.jpg"),
)


@pytest.fixture
def kiosk(kiosk: Foyer) -> Foyer:
    """With one person in the gallery."""
    kiosk.ok("people", "add", "--number", "1001", "--name", "Amara")
    return kiosk


def contents(folder: Path) -> dict[str, str]:
    """Digests of everything but SQLite's shared memory and an empty log, which are scratch."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if not file.name.endswith("-shm")
        and not (file.name.endswith("-wal") and file.stat().st_size == 0)
    }


def refused_by_all(kiosk: Foyer, *words: str) -> None:
    """Every command gives up alike, and says these words."""
    before = contents(kiosk.gallery.parent)
    for command in COMMANDS:
        ran = kiosk(*command)
        assert ran.code == 4, (command, ran)
        assert ran.out == ""
        assert len(ran.err.splitlines()) == 1
        for word in words:
            assert word in ran.err, ran.err
        assert contents(kiosk.gallery.parent) == before


def test_a_wrong_passphrase(kiosk: Foyer) -> None:
    kiosk.settings({"FOYER_PASSPHRASE": "not the right one at all"})
    refused_by_all(kiosk, "passphrase does not open", str(kiosk.key_file))


def test_no_passphrase(kiosk: Foyer) -> None:
    kiosk.settings({"FOYER_PASSPHRASE": ""})
    refused_by_all(kiosk, "FOYER_PASSPHRASE")


def test_the_key_of_another_gallery(kiosk: Foyer) -> None:
    mark = kiosk.gallery.with_name("gallery.db.mark")
    kiosk.key_file.unlink()
    mark.unlink()
    cheap = Cost(passes=1, memory_kib=8, lanes=1)
    PassphraseKeys(kiosk.key_file, mark, lambda: Secret(PASSPHRASE), cheap).create()
    refused_by_all(kiosk, "another key", str(kiosk.gallery))


def test_no_key_at_all(kiosk: Foyer) -> None:
    kiosk.key_file.unlink()
    kiosk.gallery.with_name("gallery.db.mark").unlink()
    refused_by_all(kiosk, "no key", str(kiosk.gallery))


def plaintext(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE people (id)")
    database.close()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5000])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[20_000] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (plaintext, "without encryption"),
        (cut, "cut short"),
        (emptied, "empty"),
        (flipped, "altered"),
    ],
)
def test_a_file_that_is_not_the_gallery_it_was(
    kiosk: Foyer, spoil: Callable[[Path], None], word: str
) -> None:
    spoil(kiosk.gallery)
    refused_by_all(kiosk, word, str(kiosk.gallery), "copy back")


def test_an_older_gallery_put_back(kiosk: Foyer, tmp_path: Path) -> None:
    shutil.copy(kiosk.gallery, tmp_path / "old")
    kiosk.ok("people", "remove", "1001", "--yes")
    shutil.copy(tmp_path / "old", kiosk.gallery)
    refused_by_all(kiosk, "older copy", "newest")


def test_a_high_water_mark_that_disappeared(kiosk: Foyer) -> None:
    kiosk.gallery.with_name("gallery.db.mark").unlink()
    refused_by_all(kiosk, "high-water mark")


def test_a_folder_in_its_place(kiosk: Foyer) -> None:
    kiosk.gallery.unlink()
    kiosk.gallery.mkdir()
    for command in COMMANDS:
        ran = kiosk(*command)
        assert ran.code == 4
        assert "not a file" in ran.err
