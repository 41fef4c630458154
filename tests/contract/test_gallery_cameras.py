"""Enrolled cameras: named by an administrator, journalled, and never one that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.journal import Entry, EntryKind, first_break, parse
from app.domain.source import EnrolledCamera, LightProfile, SourceKind, canonical
from app.errors import GalleryLocked, GalleryRefused, GalleryUnwritable
from app.gallery import opening, sql
from app.gallery.store import Store
from app.ports import Gallery
from tests.fakes.earlier import earlier
from tests.fakes.gallery import MemoryGallery
from tests.fakes.keys import MemoryKeyStore
from tests.fakes.lens import ENROLLED, LENS

NOW = 1_800_000_000.0
ENTRY = Entry(EntryKind.ADMIN, NOW, granted=True, detail="camera-enrolled")
LATER = EnrolledCamera(replace(LENS, kind=SourceKind.NETWORK, name="Tür · 門"), NOW)


def details(gallery: Gallery) -> list[str]:
    return [parse(row.text).detail for row in gallery.rows()]


def test_none_is_enrolled_at_first(gallery: Gallery) -> None:
    assert gallery.cameras() == ()


def test_cameras_come_back_as_put_oldest_first_and_each_is_journalled(gallery: Gallery) -> None:
    gallery.put_camera(LATER, ENTRY)
    gallery.put_camera(ENROLLED, replace(ENTRY, detail="another"))
    assert gallery.cameras() == (ENROLLED, LATER)
    assert details(gallery) == ["camera-enrolled", "another"]
    assert first_break(gallery.rows()) is None


def test_a_running_kiosk_can_see_that_something_changed(gallery: Gallery) -> None:
    counts = [gallery.change_counter()]
    gallery.put_camera(ENROLLED, ENTRY)
    counts.append(gallery.change_counter())
    gallery.forget_camera(LENS.fingerprint, ENTRY)
    counts.append(gallery.change_counter())
    assert counts == sorted(set(counts))


def test_the_same_camera_again_takes_its_own_place(gallery: Gallery) -> None:
    gallery.put_camera(ENROLLED, ENTRY)
    gallery.put_camera(EnrolledCamera(LENS, NOW), ENTRY)
    assert gallery.cameras() == (EnrolledCamera(LENS, NOW),)


@pytest.mark.parametrize("light", LightProfile)
def test_what_is_said_of_a_cameras_light_is_kept(gallery: Gallery, light: LightProfile) -> None:
    gallery.put_camera(ENROLLED, ENTRY)
    before = gallery.change_counter()
    gallery.put_camera(replace(ENROLLED, light=light), replace(ENTRY, detail="camera-light"))
    assert gallery.cameras() == (replace(ENROLLED, light=light),)
    assert gallery.change_counter() > before, "a running kiosk sees it"
    assert details(gallery)[-1] == "camera-light"


def test_a_light_nobody_knows_opens_nothing_and_is_told(tmp_path: Path) -> None:
    store = Store(tmp_path / "g.db", MemoryKeyStore())
    store.open()
    store.put_camera(ENROLLED, ENTRY)
    store._open().connection.execute("UPDATE cameras SET light = 'dazzling'")
    assert store.cameras() == ()
    (said,) = [each for each in store.check() if not each.ok]
    assert said.name == "enrolled cameras"
    store.close()


def test_a_forgotten_camera_is_gone_and_nobody_forgets_one_that_is_not_there(
    gallery: Gallery,
) -> None:
    gallery.put_camera(ENROLLED, ENTRY)
    gallery.put_camera(LATER, ENTRY)
    gallery.forget_camera(LENS.fingerprint, replace(ENTRY, detail="forgotten"))
    assert gallery.cameras() == (LATER,)
    for fingerprint in (LENS.fingerprint, "", "%", LATER.camera.fingerprint[:12]):
        with pytest.raises(GalleryRefused):
            gallery.forget_camera(fingerprint, ENTRY)
    assert gallery.cameras() == (LATER,)
    assert details(gallery)[2:] == ["forgotten"]


@pytest.mark.parametrize("kind", [SourceKind.VIRTUAL, SourceKind.RECORDING, SourceKind.SIMULATED])
def test_what_cannot_be_a_camera_is_not_enrolled_nor_journalled(
    gallery: Gallery, kind: SourceKind
) -> None:
    with pytest.raises(GalleryRefused):
        gallery.put_camera(EnrolledCamera(replace(LENS, kind=kind), NOW), ENTRY)
    assert gallery.cameras() == ()
    assert details(gallery) == []


@pytest.mark.parametrize("at_s", [float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(gallery: Gallery, at_s: float) -> None:
    with pytest.raises(GalleryRefused):
        gallery.put_camera(EnrolledCamera(LENS, at_s), ENTRY)
    assert gallery.cameras() == ()


def test_a_closed_gallery_knows_no_camera(make: Callable[[], Gallery]) -> None:
    gallery = make()
    for use in (gallery.cameras, lambda: gallery.put_camera(ENROLLED, ENTRY)):
        with pytest.raises(GalleryLocked):
            use()


def test_a_full_disk_enrols_nothing() -> None:
    gallery = MemoryGallery(full=True)
    gallery.open()
    with pytest.raises(GalleryUnwritable):
        gallery.put_camera(ENROLLED, ENTRY)
    assert gallery.cameras() == ()


# -- the store alone


def altered(path: Path, keys: MemoryKeyStore, statement: str, *values: object) -> Store:
    """The store, opened again after somebody with the key changed rows behind its back."""
    assert keys.keys is not None
    key = keys.keys.data
    connection = sql.connect(path, key, opening.salt_of(key), "rw")
    connection.execute(statement, values)
    connection.close()
    store = Store(path, keys)
    store.open()
    return store


WHOLE = '{"bus":"","driver":"","height_px":0,"ids":"","kind":"device","name":"","width_px":0}'


@pytest.mark.parametrize(
    "text",
    [
        "not JSON",
        "{}",
        "[]",
        "null",
        '{"kind":"device"}',
        WHOLE.replace('"width_px":0', '"width_px":"x"'),
        WHOLE.replace("device", "virtual"),
        WHOLE,
    ],
)
def test_a_row_that_is_not_what_its_fingerprint_says_enrols_nothing(
    tmp_path: Path, text: str
) -> None:
    keys = MemoryKeyStore()
    store = Store(tmp_path / "g.db", keys)
    store.open()
    store.put_camera(ENROLLED, ENTRY)
    store.put_camera(LATER, ENTRY)
    store.close()
    statement = "UPDATE cameras SET camera = ? WHERE fingerprint = ?"
    store = altered(tmp_path / "g.db", keys, statement, text, LENS.fingerprint)
    assert store.cameras() == (LATER,)
    faults = [each for each in store.check() if not each.ok]
    assert [each.name for each in faults] == ["enrolled cameras"]
    assert "enrol it again" in faults[0].detail
    store.close()


def test_a_gallery_of_the_version_before_is_brought_up_and_asks_for_a_camera(
    tmp_path: Path,
) -> None:
    keys = MemoryKeyStore()
    hashed = ("UPDATE gallery SET admin_pin_hash = ?", ("hash",))
    earlier(tmp_path / "g.db", keys, 1, [hashed], [ENTRY])
    store = Store(tmp_path / "g.db", keys)
    store.open()
    assert store.admin_pin_hash() == "hash"
    assert store.cameras() == ()
    store.put_camera(ENROLLED, ENTRY)
    assert store.cameras() == (ENROLLED,)
    assert all(each.ok for each in store.check())
    store.close()


def test_a_camera_of_the_version_before_light_was_known_stays_as_it_is(tmp_path: Path) -> None:
    keys = MemoryKeyStore()
    row = (LENS.fingerprint, canonical(LENS), ENROLLED.enrolled_utc_s)
    earlier(tmp_path / "g.db", keys, 6, [("INSERT INTO cameras VALUES (?, ?, ?)", row)], [ENTRY])
    store = Store(tmp_path / "g.db", keys)
    store.open()
    assert store.cameras() == (ENROLLED,)
    store.close()
