"""One bad template costs its person a new enrolment, and nobody else anything."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.domain.adapting import AdaptPolicy, Declined
from app.domain.events import Event, GalleryChanged, Part
from app.domain.journal import Entry, EntryKind, first_break, parse
from app.domain.matching import (
    CalibrationPoint,
    Matched,
    MatchPolicy,
    Metric,
    Snapshot,
    Space,
    Unmatched,
    identify,
    verify,
)
from app.domain.people import Person
from app.domain.templates import Fault
from app.errors import GalleryCorrupt
from app.gallery import opening, sql
from app.gallery.inspection import TEMPLATES
from app.gallery.store import Store
from app.runtime.following import Following
from app.runtime.ledger import LedgerRoom, Open
from tests.conftest import Logged
from tests.fakes.earlier import earlier
from tests.fakes.keys import MemoryKeyStore
from tests.runtime.rig import PlainHasher
from tests.runtime.rooms import LIMIT_S, at_work, now

NOW = 1_800_000_000.0
TABLE = (CalibrationPoint(1e-4, 0.4), CalibrationPoint(1e-2, 0.8))
SPACE = Space("faces", 4, Metric.EUCLIDEAN, TABLE)
SPACES = {SPACE.id: SPACE}
POLICY = MatchPolicy()
TOLD = Entry(EntryKind.PEOPLE, NOW, granted=False, detail="changed")
FACES = {
    "1001": np.array([1, 0, 0, 0], np.float32),
    "1002": np.array([0, 1, 0, 0], np.float32),
    "1003": np.array([0, 0, 1, 0], np.float32),
}
OTHER = np.array([0, 0, 0, 1], np.float32)

#: How the template of 1001 goes bad, and what is said of it.
HARM: dict[str, tuple[str, tuple[object, ...], Fault]] = {
    "half a vector": ("embedding = ?", (FACES["1001"].tobytes()[:8],), Fault.LENGTH),
    "half a number": ("embedding = ?", (FACES["1001"].tobytes()[:7],), Fault.LENGTH),
    "too long": ("embedding = ?", (FACES["1001"].tobytes() * 2,), Fault.LENGTH),
    "empty": ("embedding = ?", (b"",), Fault.LENGTH),
    "not a number": ("embedding = ?", (np.full(4, np.nan, "<f4").tobytes(),), Fault.NUMBERS),
    "infinite": ("embedding = ?", (np.full(4, np.inf, "<f4").tobytes(),), Fault.NUMBERS),
    "zero": ("embedding = ?", (bytes(16),), Fault.NUMBERS),
    "other bytes": ("embedding = ?", (OTHER.tobytes(),), Fault.ALTERED),
    "somebody else's": ("person = ?", ("id-1002",), Fault.ALTERED),
    "no seal": ("seal = ?", (None,), Fault.ALTERED),
    "another seal": ("seal = ?", (bytes(16),), Fault.ALTERED),
    "unknown space": ("space = ?", ("elsewhere",), Fault.SPACE),
}
harms = pytest.mark.parametrize("harm", HARM)


@pytest.fixture
def keys() -> MemoryKeyStore:
    return MemoryKeyStore()


@pytest.fixture
def store(tmp_path: Path, keys: MemoryKeyStore) -> Iterator[Store]:
    opened = Store(tmp_path / "g.db", keys, utc_s=lambda: NOW)
    opened.open()
    for number, face in FACES.items():
        opened.put_person(Person(f"id-{number}", number, f"Number {number}"), TOLD)
        opened.add_templates(f"id-{number}", SPACE, [face], TOLD)
    yield opened
    opened.close()


def spoil(store: Store, keys: MemoryKeyStore, change: str, values: tuple[object, ...]) -> None:
    """As a fault in a program with the key would: pages and journal stay in order."""
    loaded = keys.load()
    assert loaded is not None
    connection = sql.connect(store.path, loaded.data, opening.salt_of(loaded.data), "rw")
    connection.execute(
        f"UPDATE templates SET {change} WHERE person = 'id-1001'",  # noqa: S608 - the table above
        values,
    )
    connection.close()


def harmed(store: Store, keys: MemoryKeyStore, harm: str) -> Fault:
    change, values, fault = HARM[harm]
    spoil(store, keys, change, values)
    return fault


def asides_told(store: Store) -> list[tuple[str, str]]:
    rows = [parse(row.text) for row in store.rows()]
    return [(row.person, row.detail) for row in rows if row.detail.startswith("template-aside")]


def others_are_known(snapshot: Snapshot) -> None:
    for number in ("1002", "1003"):
        person = f"id-{number}"
        assert identify(FACES[number], snapshot, POLICY) == Matched(person)
        assert verify(FACES[number], person, snapshot, POLICY) == Matched(person)


@harms
def test_it_matches_nobody_and_everybody_else_is_known_as_before(
    store: Store, keys: MemoryKeyStore, harm: str
) -> None:
    following = Following(store)
    following.snapshot(SPACE)
    harmed(store, keys, harm)
    for snapshot in (following.snapshot(SPACE), store.snapshot(SPACE)):
        others_are_known(snapshot)
        assert set(snapshot.people) == {f"id-{number}" for number in FACES}
        for probe in (FACES["1001"], OTHER):
            assert identify(probe, snapshot, POLICY) == Unmatched()
            for number in FACES:
                assert verify(probe, f"id-{number}", snapshot, POLICY) == Unmatched()


@harms
def test_the_gallery_opens_and_an_operator_is_told_who(
    store: Store, keys: MemoryKeyStore, harm: str
) -> None:
    fault = harmed(store, keys, harm)
    store.close()
    store.open()
    (aside,) = store.asides(SPACES)
    assert aside.fault is fault
    assert aside.person == ("id-1002" if harm == "somebody else's" else "id-1001")
    said = {each.name: each for each in store.check()}
    assert not said[TEMPLATES].ok
    assert "enrol them again" in said[TEMPLATES].detail
    assert all(each.ok for name, each in said.items() if name != TEMPLATES)


@harms
def test_enrolling_them_again_takes_its_place(
    store: Store, keys: MemoryKeyStore, harm: str
) -> None:
    harmed(store, keys, harm)
    person = store.asides(SPACES)[0].person
    store.add_templates(person, SPACE, [FACES["1001"]], TOLD)
    snapshot = store.snapshot(SPACE)
    assert verify(FACES["1001"], person, snapshot, POLICY) == Matched(person)
    left = [each.fault for each in store.asides(SPACES)]
    assert left == ([Fault.SPACE] if harm == "unknown space" else [])


@harms
def test_it_is_no_anchor_and_breaks_no_adapting(
    store: Store, keys: MemoryKeyStore, harm: str
) -> None:
    harmed(store, keys, harm)
    limits = (AdaptPolicy(enabled=True, days=0), POLICY)
    made = store.care.adapt("id-1001", SPACE, FACES["1001"], limits, TOLD)
    assert isinstance(made, Declined)


def test_the_journal_tells_of_it_once(store: Store, keys: MemoryKeyStore) -> None:
    harmed(store, keys, "zero")
    for _ in range(3):
        store.note_asides(store.moved(SPACE, -1).aside, TOLD)
    ((person, detail),) = asides_told(store)
    assert person == "id-1001"
    assert detail.endswith(" not-numbers")
    assert first_break(store.rows()) is None


def test_a_kiosk_goes_on_says_it_in_its_log_and_writes_it_down(
    store: Store, keys: MemoryKeyStore, logged: Logged
) -> None:
    """Also where it goes bad while the kiosk is at work."""
    logged.allow("app.runtime.ledger")
    store.close()
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    snapshots: list[Snapshot | None] = []

    def open_store() -> Open:
        store.open()
        return Open(store, PlainHasher())

    room = LedgerRoom(open_store, SPACE, snapshots.append, tuple, events.put, now)
    with at_work(Part.GALLERY, room.work):
        assert isinstance(events.get(timeout=LIMIT_S), GalleryChanged)
        first = snapshots[-1]
        assert first is not None
        assert identify(FACES["1001"], first, POLICY) == Matched("id-1001")
        harmed(store, keys, "other bytes")
        beside = Store(store.path, keys, utc_s=lambda: NOW)
        beside.open()
        beside.put_person(Person("", "1009", "Somebody new"), TOLD)
        beside.close()
        assert isinstance(events.get(timeout=LIMIT_S), GalleryChanged)
        after = snapshots[-1]
        assert after is not None
        others_are_known(after)
        assert identify(FACES["1001"], after, POLICY) == Unmatched()
        assert identify(OTHER, after, POLICY) == Unmatched()
    store.open()
    assert [person for person, _ in asides_told(store)] == ["id-1001"]


def test_what_was_stored_before_there_were_seals_is_sealed(
    tmp_path: Path, keys: MemoryKeyStore
) -> None:
    inside = [
        (
            "INSERT INTO people VALUES (?, ?, ?, ?, ?, NULL, NULL, ?, ?)",
            ("a1", "1001", "Ada", "employee", "active", "", 3),
        ),
        (
            "INSERT INTO templates (person, space, embedding, created_s) VALUES (?, ?, ?, ?)",
            ("a1", "faces", FACES["1001"].tobytes(), NOW),
        ),
    ]
    earlier(tmp_path / "old.db", keys, 5, inside, [TOLD])
    store = Store(tmp_path / "old.db", keys, utc_s=lambda: NOW)
    store.open()
    assert store.asides(SPACES) == ()
    assert identify(FACES["1001"], store.snapshot(SPACE), POLICY) == Matched("a1")
    store.close()


def test_a_gallery_damaged_from_outside_is_still_refused(
    store: Store, keys: MemoryKeyStore
) -> None:
    store.close()
    content = bytearray(store.path.read_bytes())
    content[len(content) // 2] ^= 1
    store.path.write_bytes(content)
    with pytest.raises(GalleryCorrupt):
        store.open()
