"""What is read of a gallery after a change is what changed, whoever changed it, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.domain.adapting import AdaptPolicy
from app.domain.journal import Entry, EntryKind
from app.domain.matching import CalibrationPoint, Embedding, MatchPolicy, Metric, Snapshot, Space
from app.domain.people import Person, Status
from app.domain.templates import Origin, Template
from app.errors import GalleryRefused
from app.gallery import moves
from app.gallery.store import Store
from app.runtime.following import Following
from tests.fakes.keys import MemoryKeyStore
from tests.fakes.rows import rows_of

NOW = 1_800_000_000.0
TABLE = (CalibrationPoint(1e-4, 0.4), CalibrationPoint(1e-2, 0.8))
SPACE = Space("faces", 4, Metric.EUCLIDEAN, TABLE)
OTHER = Space("others", 3, Metric.COSINE, TABLE)
TOLD = Entry(EntryKind.PEOPLE, NOW, granted=False, detail="changed")
ADA = Person("", "1001", "Ada Nguyen")


@pytest.fixture
def keys() -> MemoryKeyStore:
    return MemoryKeyStore()


@pytest.fixture
def store(tmp_path: Path, keys: MemoryKeyStore) -> Iterator[Store]:
    opened = Store(tmp_path / "g.db", keys, utc_s=lambda: NOW)
    opened.open()
    yield opened
    opened.close()


def face(chance: np.random.Generator, space: Space = SPACE) -> Embedding:
    return chance.standard_normal(space.dimension).astype(np.float32)


def content(snapshot: Snapshot) -> list[tuple[str, bytes]]:
    names = [snapshot.names[owner] for owner in snapshot.owners]
    return sorted(zip(names, [row.tobytes() for row in rows_of(snapshot)], strict=True))


def same(one: Snapshot, other: Snapshot) -> bool:
    return (
        content(one) == content(other)
        and one.people == other.people
        and one.ids == other.ids
        and one.version == other.version
    )


def test_nothing_moved_is_nothing(store: Store) -> None:
    first = store.moved(SPACE, -1)
    assert first.whole
    assert not store.moved(SPACE, first.position).whole
    for each in (first, store.moved(SPACE, first.position)):
        assert (each.version, each.position, each.people, each.templates) == (0, 0, {}, {})


def test_what_moved_is_all_that_is_read(store: Store) -> None:
    chance = np.random.default_rng(1)
    for _ in range(20):
        person = store.put_person(Person("", "", "Somebody"), TOLD)
        store.add_templates(person.id, SPACE, [face(chance)], TOLD)
    before = store.moved(SPACE, -1)
    ada = store.put_person(ADA, TOLD)
    one, two = face(chance), face(chance)
    store.add_templates(ada.id, SPACE, [one, two], TOLD)
    after = store.moved(SPACE, before.position)
    assert not after.whole
    assert after.people == {ada.id: store.person(ada.id)}
    assert [(each[0], each[1].tobytes()) for each in after.templates.values() if each] == [
        (ada.id, one.tobytes()),
        (ada.id, two.tobytes()),
    ]
    assert store.moved(OTHER, before.position).templates == dict.fromkeys(after.templates)


def test_an_erased_person_takes_the_templates_along(store: Store) -> None:
    chance = np.random.default_rng(2)
    ada = store.put_person(ADA, TOLD)
    store.add_templates(ada.id, SPACE, [face(chance), face(chance)], TOLD)
    before = store.moved(SPACE, -1)
    store.remove_person(ada.id, TOLD)
    after = store.moved(SPACE, before.position)
    assert after.people == {ada.id: None}
    assert after.templates == dict.fromkeys(before.templates)


def test_an_updated_template_and_its_undoing_are_moves(store: Store) -> None:
    ada = store.put_person(ADA, TOLD)
    here = np.array([0.1, 0.2, 0.3, 0.4], np.float32)
    store.add_templates(ada.id, SPACE, [here], TOLD)
    following = Following(store)
    following.snapshot(SPACE)
    limits = (AdaptPolicy(enabled=True, days=0), MatchPolicy())
    later = replace(TOLD, utc_s=NOW + 9e6)
    made = store.care.adapt(ada.id, SPACE, here + np.float32(0.05), limits, later)
    assert isinstance(made, int)
    adapted = following.snapshot(SPACE)
    assert adapted.size == 2
    assert same(adapted, store.snapshot(SPACE))
    store.care.undo(made, later)
    assert following.snapshot(SPACE).size == 1
    assert not rows_of(adapted)[1].any()


def test_who_has_not_looked_for_long_reads_everything(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "KEPT", 5)
    chance = np.random.default_rng(3)
    ada = store.put_person(ADA, TOLD)
    early = store.moved(SPACE, -1)
    for _ in range(6):
        store.add_templates(ada.id, SPACE, [face(chance)], TOLD)
    late = store.moved(SPACE, early.position)
    assert late.whole
    assert len(late.templates) == 6
    assert store.moved(SPACE, late.position + 1).whole, "a place this gallery never came to"
    assert not store.moved(SPACE, late.position).whole


@pytest.mark.parametrize("seed", range(6))
def test_following_a_gallery_is_reading_it_anew_every_time(
    tmp_path: Path, keys: MemoryKeyStore, store: Store, seed: int
) -> None:
    """Two programs change one file in turn; the kept index is never told by whom."""
    chance = np.random.default_rng(seed)
    beside = Store(tmp_path / "g.db", keys, utc_s=lambda: NOW)
    beside.open()
    following = Following(store)
    limits = (AdaptPolicy(enabled=True, days=0), MatchPolicy())
    try:
        for step in range(40):
            one = (store, beside)[int(chance.integers(2))]
            told = replace(TOLD, utc_s=NOW + 9e6 * step)
            people = one.people()
            who = people[int(chance.integers(len(people)))] if people else None
            match int(chance.integers(7)):
                case _ if who is None or len(people) < 3:
                    one.put_person(Person("", "", f"Number {step}"), told)
                case 0 | 1:
                    fresh = [face(chance) for _ in range(int(chance.integers(1, 4)))]
                    one.add_templates(who.id, SPACE, fresh, told)
                case 2:
                    renewed = Template(OTHER, face(chance, OTHER), origin=Origin.RE_ENCODED)
                    one.care.re_encode(who.id, [renewed], told)
                case 3:
                    one.remove_person(who.id, told)
                case 4:
                    one.put_person(replace(who, status=Status.SUSPENDED), told)
                case 5:
                    known = one.snapshot(SPACE).of(who.id)[0]
                    near = known[0] + np.float32(0.02) if len(known) else face(chance)
                    one.care.adapt(who.id, SPACE, near, limits, told)
                case _:
                    with suppress(GalleryRefused):
                        one.care.undo(int(chance.integers(1, 6)), told)
            if chance.random() < 0.6:
                for space in (SPACE, OTHER):
                    assert same(following.snapshot(space), store.snapshot(space))
    finally:
        beside.close()
    for space in (SPACE, OTHER):
        assert same(following.snapshot(space), store.snapshot(space))


def test_a_fault_while_reading_is_followed_by_reading_everything(store: Store) -> None:
    ada = store.put_person(ADA, TOLD)
    store.add_templates(ada.id, SPACE, [np.ones(4, np.float32)], TOLD)
    following = Following(store)
    following.snapshot(SPACE)
    store.close()
    with pytest.raises(Exception, match="not open"):
        following.snapshot(SPACE)
    store.open()
    assert same(following.snapshot(SPACE), store.snapshot(SPACE))
