"""Results of self-tests: kept by every gallery, and believed only where the signature holds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.assurance import Conditions, Count, Trials, canonical
from app.domain.assurance import Tested as Result
from app.domain.journal import Entry, EntryKind, parse
from app.errors import GalleryLocked, GalleryRefused, GalleryUnwritable
from app.gallery import opening, sql, trials
from app.gallery.store import Store
from app.ports import Gallery
from tests.fakes.gallery import MemoryGallery
from tests.fakes.keys import MemoryKeyStore

NOW_S = 1_800_000_000.0
ENTRY = Entry(EntryKind.ADMIN, NOW_S, granted=True, detail="selftest-trusted abc")
ONE, OTHER = "a1" * 32, "b2" * 32
CLEAN = Trials(Count(30, 1), Count(29), Count(29), Count(29))
RESULT = Result(CLEAN, Conditions(ONE, "0.1.0 embedded", "c3" * 32), NOW_S)
SECOND = replace(RESULT, conditions=replace(RESULT.conditions, camera=OTHER))


def test_a_new_gallery_knows_of_no_test(gallery: Gallery) -> None:
    assert gallery.tested() == ()


def test_what_was_stored_comes_back_and_is_journalled(gallery: Gallery) -> None:
    before = gallery.change_counter()
    gallery.put_tested(RESULT, ENTRY)
    assert gallery.tested() == (RESULT,)
    assert gallery.change_counter() > before
    assert parse(list(gallery.rows())[-1].text) == ENTRY


def test_the_newest_of_a_camera_takes_the_place_of_the_one_before(gallery: Gallery) -> None:
    worse = replace(RESULT, trials=Trials(), utc_s=NOW_S + 1)
    for each in (RESULT, SECOND, worse):
        gallery.put_tested(each, ENTRY)
    assert gallery.tested() == (worse, SECOND)


@pytest.mark.parametrize(
    "bad",
    [
        replace(RESULT, utc_s=math.nan),
        replace(RESULT, utc_s=math.inf),
        replace(RESULT, conditions=replace(RESULT.conditions, camera="")),
    ],
    ids=["no time", "never", "no camera"],
)
def test_a_result_of_nothing_is_refused(gallery: Gallery, bad: Result) -> None:
    with pytest.raises(GalleryRefused):
        gallery.put_tested(bad, ENTRY)
    assert gallery.tested() == ()
    assert not list(gallery.rows())


def test_a_closed_gallery_knows_of_no_test(make: Callable[[], Gallery]) -> None:
    gallery = make()
    for use in (gallery.tested, lambda: gallery.put_tested(RESULT, ENTRY)):
        with pytest.raises(GalleryLocked):
            use()


def test_a_full_disk_stores_nothing() -> None:
    gallery = MemoryGallery(full=True)
    gallery.open()
    with pytest.raises(GalleryUnwritable):
        gallery.put_tested(RESULT, ENTRY)
    assert gallery.tested() == ()


# -- the store alone


@pytest.fixture
def keys() -> MemoryKeyStore:
    return MemoryKeyStore()


@pytest.fixture
def path(tmp_path: Path, keys: MemoryKeyStore) -> Path:
    """A closed gallery with two results in it."""
    store = Store(tmp_path / "g.db", keys)
    store.open()
    for each in (RESULT, SECOND):
        store.put_tested(each, ENTRY)
    store.close()
    return tmp_path / "g.db"


def altered(path: Path, keys: MemoryKeyStore, statement: str, *values: object) -> Store:
    """The store, opened again after somebody with the file's key changed rows behind its back."""
    assert keys.keys is not None
    key = keys.keys.data
    connection = sql.connect(path, key, opening.salt_of(key), "rw")
    connection.execute(statement, values)
    connection.close()
    store = Store(path, keys)
    store.open()
    return store


def test_what_was_stored_is_there_after_a_restart(path: Path, keys: MemoryKeyStore) -> None:
    store = Store(path, keys)
    store.open()
    assert store.tested() == (RESULT, SECOND)
    assert all(each.ok for each in store.check())
    store.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("result", canonical(replace(RESULT, trials=Trials(*[Count(299)] * 4)))),
        ("result", canonical(replace(RESULT, utc_s=NOW_S + 1))),
        ("result", canonical(RESULT) + " "),
        ("result", ""),
        ("signature", b""),
        ("signature", bytes(32)),
        ("camera", "d4" * 32),
    ],
)
def test_a_row_that_was_altered_bears_nothing(
    path: Path, keys: MemoryKeyStore, column: str, value: object
) -> None:
    statements = {
        "result": "UPDATE trials SET result = ? WHERE camera = ?",
        "signature": "UPDATE trials SET signature = ? WHERE camera = ?",
        "camera": "UPDATE trials SET camera = ? WHERE camera = ?",
    }
    store = altered(path, keys, statements[column], value, ONE)
    assert store.tested() == (SECOND,)
    faults = [each for each in store.check() if not each.ok]
    assert [each.name for each in faults] == ["self-tests"]
    assert "test it again" in faults[0].detail
    store.close()


def test_a_result_cannot_be_moved_to_another_camera(path: Path, keys: MemoryKeyStore) -> None:
    """Its text and its signature are whole; the row only says that they are another camera's."""
    statement = (
        "UPDATE trials SET (result, signature) = "
        "(SELECT result, signature FROM trials WHERE camera = ?) WHERE camera = ?"
    )
    store = altered(path, keys, statement, ONE, OTHER)
    assert store.tested() == (RESULT,)
    store.close()


def test_a_result_signed_by_another_kiosk_bears_nothing(path: Path, keys: MemoryKeyStore) -> None:
    foreign = MemoryKeyStore(seed="another kiosk").create()
    text = canonical(RESULT)
    signed = trials.signature(foreign, text)
    assert keys.keys is not None
    assert signed != trials.signature(keys.keys, text)
    assert signed != trials.signature(replace(keys.keys, badge=bytes(32)), text)
    store = altered(path, keys, "UPDATE trials SET signature = ? WHERE camera = ?", signed, ONE)
    assert store.tested() == (SECOND,)
    store.close()


def test_who_holds_only_the_key_of_the_file_cannot_sign(keys: MemoryKeyStore) -> None:
    """The signature follows the badge key, not the one that opens the database."""
    mine = keys.create()
    other_file = replace(mine, data=bytes(32), pepper=bytes(32))
    assert trials.signature(mine, "x") == trials.signature(other_file, "x")
    assert trials.signature(mine, "x") != trials.signature(mine, "y")
