"""Evidence of face sessions in every gallery: stored with its row, gone with its days or person."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.domain.journal import Entry, first_break, parse
from app.domain.people import Person
from app.errors import GalleryRefused
from app.gallery.store import Store
from app.ports import Gallery
from tests.contract.test_gallery import ADA, CHANGE, DENIED, NOW, POLICY, grant
from tests.fakes.gallery import MemoryGallery
from tests.fakes.keys import MemoryKeyStore

TAPE = b"FT" + bytes(range(256)) * 40
DAY_S = 86400.0


@dataclass
class Place:
    """Where a gallery lies; opened again and again with other settings, at other times."""

    make: Callable[[int, float], Gallery]

    def opened(self, keep_days: int = 7, now_s: float = NOW) -> Gallery:
        gallery = self.make(keep_days, now_s)
        gallery.open()
        return gallery


@pytest.fixture(params=["memory", "sqlcipher"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    keys, held = MemoryKeyStore(), MemoryGallery(POLICY)

    def memory(keep_days: int, now_s: float) -> Gallery:
        held.keep_days, held.utc_s = keep_days, lambda: now_s
        return held

    def sealed(keep_days: int, now_s: float) -> Gallery:
        path = tmp_path / "g.db"
        return Store(path, keys, POLICY, keep_days=keep_days, utc_s=lambda: now_s)

    return Place(memory if request.param == "memory" else sealed)


def entry(gallery: Gallery, sequence: int) -> Entry:
    return parse(list(gallery.rows())[sequence - 1].text)


def test_a_tape_comes_back_with_its_row_and_the_row_names_it(place: Place) -> None:
    gallery = place.opened()
    plain = gallery.record(DENIED)
    taped = gallery.record(DENIED, None, TAPE)
    assert gallery.tape(taped.sequence) == TAPE
    assert entry(gallery, taped.sequence).evidence == hashlib.sha256(TAPE).hexdigest()
    assert gallery.tape(plain.sequence) == b""
    assert entry(gallery, plain.sequence).evidence == ""
    assert first_break(gallery.rows()) is None
    gallery.close()


def test_a_row_without_evidence_is_written_as_it_always_was(place: Place) -> None:
    gallery = place.opened()
    gallery.record(DENIED)
    assert "evidence" not in next(iter(gallery.rows())).text
    gallery.close()


def test_a_refused_grant_leaves_no_tape(place: Place) -> None:
    gallery = place.opened()
    ada = gallery.put_person(ADA, CHANGE)
    with pytest.raises(GalleryRefused):
        gallery.record(grant(replace(ada, version=9)), None, TAPE)
    assert [gallery.tape(row.sequence) for row in gallery.rows()] == [b""]
    gallery.close()


@pytest.mark.parametrize("later_s", [7 * DAY_S, -8 * DAY_S], ids=["its days over", "clock back"])
def test_a_tape_goes_when_its_days_are_over_as_the_next_row_is_written(
    place: Place, later_s: float
) -> None:
    gallery = place.opened()
    gallery.record(DENIED, None, TAPE)
    gallery.record(replace(DENIED, utc_s=NOW + 6 * DAY_S))
    assert gallery.tape(1) == TAPE
    gallery.record(replace(DENIED, utc_s=NOW + later_s), None, TAPE + b"2")
    assert [gallery.tape(n) for n in (1, 2, 3)] == [b"", b"", TAPE + b"2"]
    gallery.close()


def test_a_tape_goes_when_its_days_are_over_as_the_gallery_is_opened(place: Place) -> None:
    gallery = place.opened()
    gallery.record(DENIED, None, TAPE)
    gallery.close()
    gallery = place.opened(now_s=NOW + 6 * DAY_S)
    assert gallery.tape(1) == TAPE
    gallery.close()
    gallery = place.opened(now_s=NOW + 8 * DAY_S)
    assert gallery.tape(1) == b""
    assert entry(gallery, 1).evidence
    gallery.close()


def test_where_none_is_kept_none_is_stored_or_named_and_older_ones_go(place: Place) -> None:
    gallery = place.opened()
    gallery.record(DENIED, None, TAPE)
    gallery.close()
    gallery = place.opened(keep_days=0)
    gallery.record(DENIED, None, TAPE)
    assert [gallery.tape(n) for n in (1, 2)] == [b"", b""]
    assert entry(gallery, 2).evidence == ""
    gallery.close()


def test_what_shows_a_person_goes_with_them_and_what_shows_nobody_stays(place: Place) -> None:
    gallery = place.opened()
    ada: Person = gallery.put_person(ADA, CHANGE)
    mine = gallery.record(grant(ada), None, TAPE).sequence
    nobodys = gallery.record(DENIED, None, TAPE).sequence
    gallery.remove_person(ada.id, CHANGE)
    assert gallery.tape(mine) == b""
    assert gallery.tape(nobodys) == TAPE
    late = replace(DENIED, person=ada.id)
    assert gallery.tape(gallery.record(late, None, TAPE).sequence) == b""
    gallery.close()
