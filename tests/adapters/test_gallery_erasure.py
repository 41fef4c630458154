"""P6: a person erased is gone from the file, its free pages and its log, and stays gone."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.domain.adapting import AdaptPolicy
from app.domain.ageing import AgeingPolicy
from app.domain.journal import Entry, EntryKind, Tally, parse
from app.domain.matching import CalibrationPoint, MatchPolicy, Metric, Space
from app.domain.people import Claim, ClaimKind, Person
from app.domain.shadow import Comparison, Kind
from app.domain.templates import Origin, Template
from app.errors import GalleryError
from app.gallery import lockouts, opening, sql
from app.gallery.caring import OF_A_FACE
from app.gallery.people import badge_hash
from app.gallery.store import Store
from tests.fakes.keys import MemoryKeyStore
from tests.fakes.pages import occurrences
from tests.fakes.rows import rows_of

NOW = 1_800_000_000.0
CHANGE = Entry(EntryKind.PEOPLE, NOW, granted=False, detail="enrolled")
ERASED = Entry(EntryKind.PEOPLE, NOW, granted=False, detail="erased")
SPACE = Space("faces-128", 128, Metric.EUCLIDEAN, ())
WIDE = Space("faces-512", 512, Metric.COSINE, ())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "g.db", MemoryKeyStore())
    store.open()
    yield store
    store.close()


def enrol(store: Store, draw: random.Random) -> dict[str, bytes]:
    """Somebody with everything one can have; returns every trace to look for, by what it is."""
    token = f"{draw.getrandbits(64):016x}"
    person = store.put_person(Person("", f"nr{token}", f"Name {token}"), CHANGE)
    store.put_person(replace(person, name=f"Married {token}"), CHANGE)
    traces = {
        "id": person.id.encode(),
        "number": f"nr{token}".encode(),
        "name": f"Married {token}".encode(),
        "earlier name": f"Name {token}".encode(),
        "badge": badge_hash(b"?", token),
        "pin": f"pin-hash-{token}".encode(),
    }
    store.set_badge(person.id, token, CHANGE)
    store.set_pin_hash(person.id, f"old-pin-hash-{token}", CHANGE)
    store.set_pin_hash(person.id, f"pin-hash-{token}", CHANGE)
    store.begin_pin(Claim(ClaimKind.NUMBER, f"nr{token}"), NOW)
    for space in (SPACE, WIDE):
        values = np.array([draw.gauss(0, 1) for _ in range(space.dimension)], dtype="<f4")
        store.add_templates(person.id, space, [values, values * 2], CHANGE)
        raw = values.tobytes()
        traces |= {f"{space.id} start": raw[:16], f"{space.id} end": raw[-16:]}
    keys = store.key_store.load()
    assert keys is not None
    traces["badge"] = badge_hash(keys.badge, token)
    return traces


def left(store: Store, traces: dict[str, bytes]) -> dict[str, int]:
    keys = store.key_store.load()
    assert keys is not None
    return {
        what: found
        for what, trace in traces.items()
        if (found := occurrences(store.path, keys.data, trace))
    }


def test_the_search_finds_everything_before_an_erasure(store: Store) -> None:
    """Otherwise finding nothing afterwards would prove nothing."""
    traces = enrol(store, random.Random(1))
    assert set(left(store, traces)) == set(traces) - {"earlier name"}


def test_a_renamed_persons_old_name_is_gone_too(store: Store) -> None:
    traces = enrol(store, random.Random(1))
    assert left(store, {"earlier name": traces["earlier name"]}) == {}


def test_an_erased_person_leaves_only_an_opaque_id(store: Store) -> None:
    """Among others who stay, while the gallery is open: no closing, no vacuum helps."""
    draw = random.Random(2)
    people = [enrol(store, draw) for _ in range(12)]
    draw.shuffle(people)
    while people:
        gone = people.pop()
        store.remove_person(gone["id"].decode(), ERASED)
        assert set(left(store, gone)) == {"id"}
        for staying in people[:1]:
            assert "name" in left(store, staying)
    assert store.info().lockouts == 0
    assert store.info().badges == 0
    assert store.info().pins == 0
    assert store.info().templates == {}


def test_a_withdrawn_face_is_gone_from_the_file_and_badge_and_pin_stay(store: Store) -> None:
    draw = random.Random(6)
    people = [enrol(store, draw) for _ in range(3)]
    store.care.withdraw(people[1]["id"].decode(), ERASED)
    faces = {f"{space.id} {end}" for space in (SPACE, WIDE) for end in ("start", "end")}
    assert set(left(store, people[1])) == {"id", "number", "name", "badge", "pin"}
    assert faces <= set(left(store, people[0]))


def test_no_table_about_faces_is_left_out_of_a_withdrawal(store: Store) -> None:
    """Every table that names people is about their face, or among those that are not."""
    keys = store.key_store.load()
    assert keys is not None
    reader = sql.connect(store.path, keys.data, opening.salt_of(keys.data), "ro")
    tables = [row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    named = {
        table
        for table in tables
        for column in reader.execute(f"PRAGMA table_info({table})")
        if column[1] in ("person", "other")
    }
    reader.close()
    others = {"badges", "pins", "lockouts", "erased", "moves", "shadows"}
    assert named - others == set(OF_A_FACE)


def test_the_id_that_stays_says_nothing_about_the_person(store: Store) -> None:
    first = store.put_person(Person("", "1", "Ada"), CHANGE)
    store.remove_person(first.id, ERASED)
    second = store.put_person(Person("", "1", "Ada"), CHANGE)
    assert first.id != second.id
    int(first.id, 16)


def test_the_log_is_empty_after_every_change_to_people(store: Store) -> None:
    log = store.path.with_name("g.db-wal")
    store.record(replace(CHANGE, kind=EntryKind.VISIT), Tally(None, failed=True))
    assert log.stat().st_size > 0
    store.put_person(Person("", "1", "Ada"), CHANGE)
    assert log.stat().st_size == 0


def test_an_erasure_while_another_process_reads_is_finished_later(store: Store) -> None:
    """A reader keeps the log; as soon as it is done, looking for changes empties it."""
    traces = enrol(store, random.Random(3))
    keys = store.key_store.load()
    assert keys is not None
    reader = sql.connect(store.path, keys.data, opening.salt_of(keys.data), "rw")
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM people").fetchone() == (1,)
    store.remove_person(traces["id"].decode(), ERASED)
    assert "name" in left(store, traces)
    store.change_counter()
    assert "name" in left(store, traces)
    reader.execute("COMMIT")
    store.change_counter()
    assert set(left(store, traces)) == {"id"}
    reader.close()


def test_reading_the_journal_slowly_does_not_hold_up_an_erasure(store: Store) -> None:
    traces = enrol(store, random.Random(4))
    rows = store.rows()
    next(rows)
    store.remove_person(traces["id"].decode(), ERASED)
    assert set(left(store, traces)) == {"id"}
    assert sum(1 for _ in rows) == 6


def test_no_older_copy_brings_the_person_back(store: Store) -> None:
    traces = enrol(store, random.Random(5))
    store.close()
    before = store.path.read_bytes()
    store.open()
    store.remove_person(traces["id"].decode(), ERASED)
    store.close()
    store.path.write_bytes(before)
    with pytest.raises(GalleryError, match="older copy"):
        store.open()


def test_unknown_claims_are_bounded_and_the_locked_ones_stay(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lockouts, "MOST_UNKNOWN", 8)
    locked = Claim(ClaimKind.NUMBER, "locked")
    for _ in range(5):
        store.begin_pin(locked, NOW)
    ada = store.put_person(Person("", "known", "Ada"), CHANGE)
    store.begin_pin(Claim(ClaimKind.NUMBER, "known"), NOW)
    for number in range(30):
        store.begin_pin(Claim(ClaimKind.NUMBER, f"guess {number}"), NOW + number * 0.1)
    assert store.info().lockouts == 8 + 1
    assert store.begin_pin(locked, NOW + 5).locked
    assert store.resolve(Claim(ClaimKind.NUMBER, "known")).lockout.failures == 1
    assert store.resolve(Claim(ClaimKind.NUMBER, "guess 29")).lockout.failures == 1
    assert store.resolve(Claim(ClaimKind.NUMBER, "guess 1")).lockout.failures == 0
    store.remove_person(ada.id, ERASED)
    assert store.info().lockouts == 8


def test_the_lockout_table_names_nobody(store: Store) -> None:
    store.begin_pin(Claim(ClaimKind.NUMBER, "123456789"), NOW)
    store.begin_pin(Claim(ClaimKind.BADGE, "04AABBCCDD"), NOW)
    assert left(store, {"number": b"123456789", "badge": b"04AABBCCDD"}) == {}


# -- evidence of face sessions


def traces_of(tape: bytes) -> dict[str, bytes]:
    """On its own page, and at the end of the last page it overflows to."""
    return {"tape's start": tape[100:116], "tape's end": tape[-16:]}


def visited(store: Store, draw: random.Random, person: Person) -> bytes:
    """A visit in which somebody was recognised, with three pages of evidence."""
    tape = draw.randbytes(20_000)
    seen = Entry(EntryKind.VISIT, NOW, granted=False, person=person.id)
    store.record(seen, None, tape)
    assert left(store, traces_of(tape)).keys() == traces_of(tape).keys()
    return tape


@pytest.fixture
def dated(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "g.db", MemoryKeyStore(), utc_s=lambda: NOW)
    store.open()
    yield store
    store.close()


def test_evidence_goes_from_every_page_with_its_person(dated: Store) -> None:
    person = dated.put_person(Person("", "1", "Ada"), CHANGE)
    tape = visited(dated, random.Random(2), person)
    dated.remove_person(person.id, ERASED)
    assert left(dated, traces_of(tape)) == {}


def test_evidence_goes_from_every_page_when_its_days_are_over(dated: Store) -> None:
    """The io thread asks for the counter twice a second; that empties the log."""
    person = dated.put_person(Person("", "1", "Ada"), CHANGE)
    tape = visited(dated, random.Random(3), person)
    dated.record(Entry(EntryKind.VISIT, NOW + 8 * 86400.0, granted=False))
    dated.change_counter()
    assert left(dated, traces_of(tape)) == {}


def test_evidence_goes_from_every_page_when_the_gallery_is_opened_late(dated: Store) -> None:
    person = dated.put_person(Person("", "1", "Ada"), CHANGE)
    tape = visited(dated, random.Random(4), person)
    dated.close()
    later = Store(dated.path, dated.key_store, utc_s=lambda: NOW + 8 * 86400.0)
    later.open()
    later.close()
    assert left(dated, traces_of(tape)) == {}


# -- what is kept beside templates

CALIBRATED = replace(SPACE, calibration=(CalibrationPoint(1e-4, 0.4), CalibrationPoint(1e-2, 0.8)))
UNDONE = replace(CHANGE, detail="undone {id}", utc_s=NOW + 2e7)


def cared_for(store: Store, draw: random.Random) -> tuple[str, dict[str, bytes]]:
    """Somebody with all of it, and every trace of theirs that can be told from others'."""
    person = store.put_person(Person("", f"{draw.getrandbits(32)}", "Ada"), CHANGE)
    values = np.array([draw.gauss(0, 0.1) for _ in range(SPACE.dimension)], dtype="<f4")
    store.care.add(person.id, [Template(CALIBRATED, values)], CHANGE)
    picture = draw.randbytes(30_000)
    store.care.set_consent(person.id, CHANGE, given=True)
    store.care.keep_crops(person.id, [picture], CHANGE)
    share, other = draw.random(), draw.randbytes(4)
    store.care.note_visit(person.id, "faces-128", share, AgeingPolicy())
    store.care.note_asked(person.id, replace(CHANGE, utc_s=NOW + 1))
    traces = {
        "template": values.tobytes()[:24],
        "picture's start": picture[100:124],
        "picture's end": picture[-24:],
        "trend": struct.pack(">d", share),
    }
    limits = (AdaptPolicy(enabled=True), MatchPolicy())
    for month in (1, 2):
        visit = values.copy()
        visit[:4] += np.frombuffer(other, dtype=np.uint8) / np.float32(5000.0)
        entry = replace(CHANGE, detail="adapted", utc_s=NOW + month * 31 * 86400.0)
        store.care.note_on(31 * 86400.0)
        assert isinstance(store.care.adapt(person.id, CALIBRATED, visit, limits, entry), int)
        adaptive = rows_of(store.snapshot(CALIBRATED))[-1]
        traces[f"adaptive {month}"] = adaptive.tobytes()[:16]
    seen = Comparison("faces-128", "faces-512", Kind.OTHER_PERSON, person.id, person.id, NOW)
    store.care.note_comparison(seen)
    return person.id, traces


@pytest.fixture
def caring(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "g.db", MemoryKeyStore(), crops=True)
    store.open()
    yield store
    store.close()


def test_what_is_kept_beside_templates_goes_from_every_page_with_its_person(caring: Store) -> None:
    draw = random.Random(7)
    first, second = cared_for(caring, draw), cared_for(caring, draw)
    assert set(left(caring, first[1])) == set(first[1])
    caring.remove_person(first[0], ERASED)
    assert left(caring, first[1]) == {}
    assert set(left(caring, second[1])) == set(second[1])
    assert caring.care.comparison_report("faces-128", "faces-512").visits == 1


def test_kept_pictures_go_from_every_page_with_the_consent(caring: Store) -> None:
    person, traces = cared_for(caring, random.Random(8))
    pictures = {what: trace for what, trace in traces.items() if what.startswith("picture")}
    caring.care.set_consent(person, CHANGE, given=False)
    assert left(caring, pictures) == {}


def test_kept_pictures_go_from_every_page_once_encoded_again(caring: Store) -> None:
    person, traces = cared_for(caring, random.Random(9))
    pictures = {what: trace for what, trace in traces.items() if what.startswith("picture")}
    again = Template(WIDE, np.ones(512, np.float32), origin=Origin.RE_ENCODED)
    caring.care.re_encode(person, [again], CHANGE)
    assert left(caring, pictures) == {}


def test_kept_pictures_go_from_every_page_when_no_policy_keeps_them(caring: Store) -> None:
    _, traces = cared_for(caring, random.Random(10))
    pictures = {what: trace for what, trace in traces.items() if what.startswith("picture")}
    caring.close()
    strict = Store(caring.path, caring.key_store)
    strict.open()
    assert strict.care.crop_counts() == {}
    assert parse(list(strict.rows())[-1].text).detail == "kept-pictures-erased 1"
    strict.close()
    assert left(caring, pictures) == {}


def test_an_update_taken_back_leaves_nothing_of_what_it_made(caring: Store) -> None:
    person, traces = cared_for(caring, random.Random(11))
    for update in reversed(caring.care.updates(person)):
        caring.care.undo(update.id, UNDONE)
    made = {what: trace for what, trace in traces.items() if what.startswith("adaptive")}
    assert left(caring, made) == {}
    assert set(left(caring, {"template": traces["template"]})) == {"template"}
