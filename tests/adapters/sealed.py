"""A closed gallery with a person and some rows in it, and how to see that nothing changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.domain.journal import Entry, EntryKind
from app.domain.people import Person
from app.errors import (
    GalleryLocked,
)
from app.gallery.store import Store
from tests.fakes.keys import MemoryKeyStore

CHANGE = Entry(EntryKind.PEOPLE, 1_800_000_000.0, granted=False, detail="enrolled")
EVENT = Entry(EntryKind.SYSTEM, 1_800_000_000.0, granted=False, detail="started")
FILES = ("g.db", "g.db-wal", "g.db-shm")


@pytest.fixture
def key_store() -> MemoryKeyStore:
    return MemoryKeyStore()


@pytest.fixture
def path(tmp_path: Path, key_store: MemoryKeyStore) -> Path:
    """A closed gallery with a person and some rows in it."""
    store = Store(tmp_path / "g.db", key_store)
    store.open()
    store.put_person(Person("", "1", "Ada"), CHANGE)
    for _ in range(20):
        store.record(EVENT)
    store.close()
    return tmp_path / "g.db"


def contents(path: Path) -> dict[str, str]:
    """Digests of the database and its log; the shared memory beside them is scratch."""
    files = [path, path.with_name(path.name + "-wal")]
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.is_file() and file.stat().st_size
    }


def refused(store: Store, kind: type[Exception]) -> str:
    """The message of the refusal, after checking that it left every byte as it was."""
    before = contents(store.path)
    with pytest.raises(kind) as error:
        store.open()
    assert type(error.value) is kind
    assert contents(store.path) == before
    with pytest.raises(GalleryLocked):
        store.people()
    message = str(error.value)
    assert ". " in message, "says what happened, then what to do"
    return message
