"""Galleries of version 3 come up to version 4 with everything they held."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.domain.adapting import AdaptPolicy, Declined
from app.domain.journal import Entry, EntryKind, first_break, parse
from app.domain.matching import CalibrationPoint, MatchPolicy, Metric, Space
from app.domain.people import Person
from app.domain.templates import Origin, Template
from app.gallery.store import Store
from tests.fakes.earlier import earlier
from tests.fakes.keys import MemoryKeyStore
from tests.fakes.rows import rows_of

NOW = 1_800_000_000.0
TABLE = (CalibrationPoint(1e-4, 0.4), CalibrationPoint(1e-2, 0.8))
SPACE = Space("faces", 4, Metric.EUCLIDEAN, TABLE)
ROWS = [Entry(EntryKind.PEOPLE, NOW + each, granted=False, detail="enrolled") for each in range(5)]
FACE = np.array([0.1, -0.2, 0.3, 0.4], dtype="<f4")
INSIDE = [
    (
        "INSERT INTO people VALUES (?, ?, ?, ?, ?, NULL, NULL, ?, ?)",
        ("a1", "1001", "Ada", "employee", "active", "seated", 3),
    ),
    (
        "INSERT INTO templates (person, space, embedding, created_s) VALUES (?, ?, ?, ?)",
        ("a1", "faces", FACE.tobytes(), NOW),
    ),
    ("INSERT INTO pins VALUES (?, ?)", ("a1", "hash")),
    ("INSERT INTO erased VALUES (?)", ("b2",)),
    ("INSERT INTO evidence VALUES (?, ?, ?, ?)", (2, "a1", NOW, b"tape")),
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    keys = MemoryKeyStore()
    earlier(tmp_path / "g.db", keys, 3, INSIDE, ROWS)
    return Store(tmp_path / "g.db", keys, utc_s=lambda: NOW)


def test_everything_of_version_three_is_still_there(store: Store) -> None:
    store.open()
    assert store.info().schema >= 4
    (person,) = store.people()
    assert (person.id, person.number, person.version) == ("a1", "1001", 3)
    assert np.array_equal(rows_of(store.snapshot(SPACE)), FACE[None, :])
    assert store.carries("a1") == (False, True)
    assert store.tape(2) == b"tape"
    assert len(list(store.rows())) == len(ROWS)
    assert first_break(store.rows()) is None
    assert all(each.ok for each in store.check())
    store.close()


def test_templates_of_version_three_are_anchors_of_unknown_look(store: Store) -> None:
    store.open()
    (template,) = store.care.stored()
    assert (template.origin, template.tags, template.quality) == (
        Origin.ENROLMENT,
        frozenset(),
        None,
    )
    limits = (AdaptPolicy(enabled=True), MatchPolicy())
    entry = Entry(EntryKind.PEOPLE, NOW + 86400.0, granted=True, detail="adapted")
    assert not isinstance(store.care.adapt("a1", SPACE, FACE, limits, entry), Declined)
    store.close()


def test_nobody_of_version_three_agreed_to_anything(store: Store) -> None:
    store.open()
    assert store.care.consents() == frozenset()
    assert store.care.crop_counts() == {}
    assert store.care.asked_s("a1") is None
    store.close()


def test_it_can_be_erased_and_added_to_as_one_made_now(store: Store) -> None:
    store.open()
    store.remove_person("a1", ROWS[0])
    assert store.care.stored() == ()
    bo = store.put_person(Person("", "1", "Bo"), ROWS[0])
    store.care.add(bo.id, [Template(SPACE, FACE, frozenset({"glasses"}))], ROWS[0])
    store.close()
    store.open()
    assert store.care.stored()[0].tags == {"glasses"}
    assert parse(list(store.rows())[-1].text).person == bo.id
    store.close()


def test_it_is_brought_up_once_and_stays(store: Store) -> None:
    store.open()
    before = store.info().schema
    store.close()
    store.open()
    assert store.info().schema == before
    assert store.info().templates == {"faces": 1}
    store.close()
