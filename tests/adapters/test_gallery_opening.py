"""Whatever is wrong with a gallery file, opening says what and changes nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from app.domain.journal import first_break
from app.domain.people import Person
from app.errors import (
    GalleryCorrupt,
    GalleryError,
    GalleryLocked,
    GalleryTooNew,
    GalleryUnwritable,
    KeyStoreError,
)
from app.gallery import opening, sql
from app.gallery.store import Store
from app.ports import HighWater
from tests.adapters.sealed import CHANGE, EVENT, FILES, key_store, path, refused
from tests.fakes.keys import MemoryKeyStore
from tests.fakes.pages import main_pages

__all__ = ["key_store", "path"]  # fixtures, known here by their names


# -- what a sound gallery is


def test_a_new_gallery_is_private_and_encrypted(tmp_path: Path, key_store: MemoryKeyStore) -> None:
    store = Store(tmp_path / "new" / "deep" / "g.db", key_store)
    store.open()
    store.put_person(Person("", "1", "Ada Lovelace"), CHANGE)
    folder = store.path.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        assert b"Lovelace" not in file.read_bytes()
        assert b"SQLite format 3" not in file.read_bytes()
    assert {file.name for file in folder.iterdir()} == {*FILES, "g.db-reserve"}
    store.close()


def test_pages_are_really_decrypted_by_the_proof_reader(
    path: Path, key_store: MemoryKeyStore
) -> None:
    """The tool other proofs lean on finds what is there."""
    assert key_store.keys is not None
    assert any(b"Ada" in page for page in main_pages(path, key_store.keys.data))


def test_every_connection_is_set_up_as_promised(path: Path, key_store: MemoryKeyStore) -> None:
    store = Store(path, key_store)
    store.open()
    connection = store._open().connection
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "temp_store": 2,
        "trusted_schema": 0,
        "foreign_keys": 1,
        "cell_size_check": 1,
        "cipher_memory_security": "1",
        "cipher_page_size": "8192",
        "user_version": len(opening.migrations()),
        "busy_timeout": sql.BUSY_MS,
    }
    assert {name: sql.pragma(connection, name) for name in expected} == expected
    assert sql.pragma(connection, "cipher_version")
    store.close()


def test_a_gallery_opened_by_another_library_stays_closed(path: Path) -> None:
    with closing(sqlite3.connect(path)) as plain, pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT * FROM people")


def test_info_says_nothing_personal(path: Path, key_store: MemoryKeyStore) -> None:
    store = Store(path, key_store)
    store.open()
    info = store.info()
    assert (info.people, info.journal_rows, info.erased) == (1, 21, 0)
    assert info.key_provider == "memory"
    assert info.journal_head == next(store.rows(last=1)).hash
    assert "Ada" not in repr(info)
    store.close()


def test_a_sound_gallery_passes_every_check(path: Path, key_store: MemoryKeyStore) -> None:
    store = Store(path, key_store)
    store.open()
    findings = store.check()
    assert [finding.name for finding in findings] == [
        "page authentication",
        "database structure",
        "references",
        "templates",
        "enrolled cameras",
        "self-tests",
        "journal chain",
        "high-water mark",
    ]
    assert all(finding.ok for finding in findings)
    store.close()


# -- keys


def test_the_wrong_key(path: Path) -> None:
    other = MemoryKeyStore("another seed")
    other.create()
    assert "another key" in refused(Store(path, other), GalleryLocked)


def test_no_key(path: Path) -> None:
    assert "no key" in refused(Store(path, MemoryKeyStore()), GalleryLocked)


def test_a_key_provider_that_fails(path: Path) -> None:
    class Failing(MemoryKeyStore):
        def load(self) -> None:
            raise KeyStoreError("Locked. Unlock it.")

    refused(Store(path, Failing()), KeyStoreError)


# -- what is not a gallery


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"SQ", "not a Foyer gallery"),
        (b"hello, this is not a database at all", "not a Foyer gallery"),
        (bytes(8192), "not a Foyer gallery"),
        (hashlib.sha512(b"garbage").digest() * 1024, "not a Foyer gallery"),
    ],
    ids=["zero bytes", "two bytes", "text", "zeros", "garbage"],
)
def test_a_file_that_is_no_gallery(
    path: Path, key_store: MemoryKeyStore, content: bytes, word: str
) -> None:
    path.write_bytes(content)
    assert word in refused(Store(path, key_store), GalleryCorrupt)
    assert path.read_bytes() == content


def test_a_plaintext_database(path: Path, key_store: MemoryKeyStore) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("CREATE TABLE people (id)")
    assert "without encryption" in refused(Store(path, key_store), GalleryCorrupt)


def test_a_folder(tmp_path: Path, key_store: MemoryKeyStore) -> None:
    key_store.create()
    (tmp_path / "g.db").mkdir()
    assert "not a file" in refused(Store(tmp_path / "g.db", key_store), GalleryCorrupt)


@pytest.mark.parametrize("keep", [17, 100, 8191, 8192, 8193, 20_000, -8192, -4096, -1])
def test_a_truncated_gallery(path: Path, key_store: MemoryKeyStore, keep: int) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:keep])
    refused(Store(path, key_store), GalleryCorrupt)


def test_a_gallery_with_bytes_behind_it(path: Path, key_store: MemoryKeyStore) -> None:
    content = path.read_bytes()
    path.write_bytes(content + bytes(8192))
    refused(Store(path, key_store), GalleryCorrupt)


def test_every_kind_of_byte_is_guarded(path: Path, key_store: MemoryKeyStore) -> None:
    """One changed bit anywhere: some of each page, all of the header and of a page's end."""
    content = path.read_bytes()
    assert len(content) % 8192 == 0
    places = [*range(16), *range(len(content) - 80, len(content), 7)]
    places += range(16, len(content), 1021)
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << (place % 8)
        path.write_bytes(changed)
        with pytest.raises((GalleryCorrupt, GalleryLocked)):
            Store(path, key_store).open()
        assert path.read_bytes() == changed
    path.write_bytes(content)
    store = Store(path, key_store)
    store.open()
    assert len(store.people()) == 1
    store.close()


def test_damage_under_an_open_gallery_is_never_read_as_something_else(
    path: Path, key_store: MemoryKeyStore
) -> None:
    """A use may still be answered from memory; if not it fails, and it never answers wrongly."""
    content = path.read_bytes()
    for page in range(1, len(content) // 8192):
        path.write_bytes(content)
        store = Store(path, key_store)
        store.open()
        uses: tuple[Callable[[], object], ...] = (
            store.people,
            partial(lambda store: list(store.rows()), store),
        )
        sound = [use() for use in uses]
        store.close()
        store.open()
        with path.open("r+b") as file:
            file.seek(page * 8192 + 4000)
            file.write(bytes(16))
        assert not store.check()[0].ok
        for use, expected in zip(uses, sound, strict=True):
            with suppress(GalleryCorrupt):
                assert use() == expected
        store.close()


# -- another version


def test_a_gallery_of_a_later_version(path: Path, key_store: MemoryKeyStore) -> None:
    assert key_store.keys is not None
    key = key_store.keys.data
    connection = sql.connect(path, key, opening.salt_of(key), "rw")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert "Update Foyer" in refused(Store(path, key_store), GalleryTooNew)


def test_migrations_are_numbered_without_gaps() -> None:
    folder = Path(opening.__file__).parent / "schema"
    names = sorted(file.name for file in folder.glob("*.sql"))
    assert names == [f"{number + 1:04}.sql" for number in range(len(opening.migrations()))]


def test_a_migration_that_fails_leaves_the_version_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key_store: MemoryKeyStore
) -> None:
    store = Store(tmp_path / "g.db", key_store)
    store.open()
    store.record(EVENT)
    store.close()
    good = opening.migrations()
    broken = [*good, "CREATE TABLE extra (a);\nCREATE TABLE people (a);"]
    monkeypatch.setattr(opening, "migrations", lambda: broken)
    with pytest.raises(GalleryError):
        Store(tmp_path / "g.db", key_store).open()
    monkeypatch.setattr(opening, "migrations", lambda: [*good, "CREATE TABLE extra (a);"])
    store = Store(tmp_path / "g.db", key_store)
    store.open()
    assert store.info().schema == len(good) + 1
    assert first_break(store.rows()) is None
    store.close()


# -- what cannot be written


@pytest.fixture
def read_only_folder(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Makes `tmp_path` read-only: by permissions, or for root (who ignores them) by a mount."""
    mounted = False

    def protect() -> None:
        nonlocal mounted
        if os.geteuid() != 0:
            tmp_path.chmod(0o500)
            return
        for options in ("bind", "remount,ro,bind"):
            mount = ["mount", "-o", options, str(tmp_path), str(tmp_path)]
            if subprocess.run(mount, check=False, capture_output=True).returncode:
                pytest.skip("root may not mount here, and permissions do not stop root")
            mounted = True

    yield protect
    if mounted:
        subprocess.run([shutil.which("umount") or "umount", str(tmp_path)], check=True)
    elif os.geteuid() != 0:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(sys.platform != "linux", reason="a read-only mount is made the Linux way")
def test_a_read_only_disk(
    path: Path, key_store: MemoryKeyStore, read_only_folder: Callable[[], None]
) -> None:
    read_only_folder()
    assert "read-only" in refused(Store(path, key_store), GalleryUnwritable)


@pytest.mark.skipif(sys.platform != "linux", reason="a read-only mount is made the Linux way")
def test_a_new_gallery_on_a_read_only_disk(
    tmp_path: Path, key_store: MemoryKeyStore, read_only_folder: Callable[[], None]
) -> None:
    read_only_folder()
    refused(Store(tmp_path / "g.db", key_store), GalleryUnwritable)
    refused(Store(tmp_path / "deep" / "g.db", key_store), GalleryUnwritable)


def test_a_folder_in_the_way(tmp_path: Path, key_store: MemoryKeyStore) -> None:
    (tmp_path / "file").write_text("in the way")
    refused(Store(tmp_path / "file" / "g.db", key_store), GalleryUnwritable)


def test_permissions_that_were_loosened_are_tightened(
    path: Path, key_store: MemoryKeyStore
) -> None:
    path.chmod(0o644)
    store = Store(path, key_store)
    store.open()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    store.close()


def test_a_library_that_cannot_encrypt_is_refused(
    path: Path, key_store: MemoryKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where sqlcipher3 was replaced by something of the same name."""
    monkeypatch.setattr(dbapi2, "connect", sqlite3.connect)
    message = refused(Store(path, key_store), GalleryLocked)
    assert "cannot encrypt" in message


def test_a_sqlite_with_a_known_fault_is_refused(
    path: Path, key_store: MemoryKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "OLDEST_SQLITE", (99, 0, 0))
    assert "too old" in refused(Store(path, key_store), GalleryLocked)


def test_the_high_water_mark_is_what_the_gallery_says(
    path: Path, key_store: MemoryKeyStore
) -> None:
    store = Store(path, key_store)
    store.open()
    (head,) = store.rows(last=1)
    assert key_store.mark == HighWater(head.sequence, head.hash, changes=21)
    store.close()
