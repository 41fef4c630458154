"""An older gallery put back, a lost one, and one made anew: told apart, and never mixed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.people import Claim, ClaimKind
from app.errors import (
    GalleryCorrupt,
    GalleryRolledBack,
    GalleryUnwritable,
    KeyStoreError,
)
from app.gallery import opening
from app.gallery.store import Store
from tests.adapters.sealed import EVENT, key_store, path, refused
from tests.fakes.keys import MemoryKeyStore

__all__ = ["key_store", "path"]  # fixtures, known here by their names


# -- older copies


def copy_of(path: Path, to: Path) -> Path:
    shutil.copy(path, to)
    return to


def test_an_older_copy_put_back(path: Path, key_store: MemoryKeyStore, tmp_path: Path) -> None:
    old = copy_of(path, tmp_path / "old")
    store = Store(path, key_store)
    store.open()
    store.record(EVENT)
    store.close()
    newest = copy_of(path, tmp_path / "newest")
    shutil.copy(old, path)
    message = refused(Store(path, key_store), GalleryRolledBack)
    assert "row 21" in message
    assert "row 22" in message
    shutil.copy(newest, path)
    store = Store(path, key_store)
    store.open()
    assert all(finding.ok for finding in store.check())
    store.close()


def test_an_older_copy_that_would_take_back_pin_failures(
    path: Path, key_store: MemoryKeyStore, tmp_path: Path
) -> None:
    """No journal row was added in between, and it is noticed all the same."""
    old = copy_of(path, tmp_path / "old")
    store = Store(path, key_store)
    store.open()
    store.begin_pin(Claim(ClaimKind.NUMBER, "1"), EVENT.utc_s)
    store.close()
    shutil.copy(old, path)
    refused(Store(path, key_store), GalleryRolledBack)


def test_another_branch_of_history(path: Path, key_store: MemoryKeyStore, tmp_path: Path) -> None:
    """As long as the true one, from the same beginning, and still not it."""
    old, mark = copy_of(path, tmp_path / "old"), key_store.mark
    store = Store(path, key_store)
    store.open()
    store.record(replace(EVENT, detail="true"))
    store.close()
    true_mark = key_store.mark
    shutil.copy(old, path)
    key_store.mark = mark
    store = Store(path, key_store)
    store.open()
    for _ in range(3):
        store.record(replace(EVENT, detail="false"))
    store.close()
    key_store.mark = true_mark
    assert "not the one" in refused(Store(path, key_store), GalleryRolledBack)


def test_a_lost_write_ahead_log(path: Path, key_store: MemoryKeyStore, tmp_path: Path) -> None:
    """What was acknowledged lies in the log until a checkpoint; without it the file is older."""
    store = Store(path, key_store)
    store.open()
    store.record(EVENT)
    copy_of(path, tmp_path / "main only")
    copy_of(path.with_name("g.db-wal"), tmp_path / "log")
    store.close()
    shutil.copy(tmp_path / "main only", path)
    refused(Store(path, key_store), GalleryRolledBack)
    log = bytearray((tmp_path / "log").read_bytes())
    log[40] ^= 1
    path.with_name("g.db-wal").write_bytes(log)
    refused(Store(path, key_store), GalleryRolledBack)
    shutil.copy(tmp_path / "log", path.with_name("g.db-wal"))
    store = Store(path, key_store)
    store.open()
    assert len(list(store.rows())) == 22
    store.close()


def test_a_database_newer_than_its_mark_is_a_crash_not_an_attack(
    path: Path, key_store: MemoryKeyStore
) -> None:
    """The program died between the commit and the mark."""
    store = Store(path, key_store)
    store.open()
    key_store.refuses_marks = True
    with pytest.raises(GalleryUnwritable, match="high-water mark"):
        store.record(EVENT)
    store.close()
    key_store.refuses_marks = False
    store = Store(path, key_store)
    store.open()
    assert len(list(store.rows())) == 22
    store.record(EVENT)
    assert key_store.mark is not None
    assert key_store.mark.sequence == 23
    store.close()


def test_a_mark_that_disappeared(path: Path, key_store: MemoryKeyStore) -> None:
    key_store.mark = None
    assert "no high-water mark" in refused(Store(path, key_store), GalleryRolledBack)


def test_a_crash_right_after_creation_is_no_reason_to_refuse(
    tmp_path: Path, key_store: MemoryKeyStore
) -> None:
    key_store.create()
    assert key_store.keys is not None
    opening.create_file(tmp_path / "g.db", key_store.keys.data, None)
    store = Store(tmp_path / "g.db", key_store)
    store.open()
    assert key_store.mark == opening.FRESH
    store.close()


# -- a missing file


def test_a_gallery_that_is_gone_is_not_made_again(path: Path, key_store: MemoryKeyStore) -> None:
    path.unlink()
    assert "is gone" in refused(Store(path, key_store), GalleryRolledBack)
    assert not path.exists()


def test_a_gallery_made_again_on_purpose_remembers_what_it_replaces(
    path: Path, key_store: MemoryKeyStore, tmp_path: Path
) -> None:
    lost, keys = key_store.mark, key_store.keys
    assert lost is not None
    old = copy_of(path, tmp_path / "old")
    path.unlink()
    store = Store(path, key_store, create=True)
    store.open()
    assert store.info().replaces == f"{lost.sequence}:{lost.head}"
    assert store.people() == []
    store.record(EVENT)
    store.close()
    assert key_store.keys == keys
    store = Store(path, key_store, create=True)
    store.open()
    assert len(list(store.rows())) == 1, "create does not replace what is there"
    store.close()
    shutil.copy(old, path)
    refused(Store(path, key_store), GalleryRolledBack)


def test_a_replacement_interrupted_before_its_mark_goes_on(
    path: Path, key_store: MemoryKeyStore
) -> None:
    path.unlink()
    key_store.refuses_marks = True
    with pytest.raises(KeyStoreError):
        Store(path, key_store, create=True).open()
    key_store.refuses_marks = False
    store = Store(path, key_store)
    store.open()
    assert key_store.mark == opening.FRESH
    store.close()


def test_remains_of_a_lost_gallery_are_not_mixed_into_a_new_one(
    path: Path, key_store: MemoryKeyStore
) -> None:
    path.unlink()
    path.with_name("g.db-wal").write_bytes(b"remains")
    message = refused(Store(path, key_store, create=True), GalleryCorrupt)
    assert "g.db-wal" in message
    assert path.with_name("g.db-wal").read_bytes() == b"remains"
