"""The chain shows any change to what was written; the text says exactly what the entry said."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.journal import (
    GENESIS,
    Broken,
    Entry,
    EntryKind,
    Factor,
    Purpose,
    Row,
    canonical,
    first_break,
    link,
    parse,
)
from app.domain.reasons import Reason

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
SECONDS = st.floats(allow_nan=False, allow_infinity=False)
ENTRIES = st.builds(
    Entry,
    kind=st.sampled_from(EntryKind),
    utc_s=SECONDS,
    granted=st.booleans(),
    purpose=st.none() | st.sampled_from(Purpose),
    factors=st.frozensets(st.sampled_from(Factor)),
    reason=st.none() | st.sampled_from(Reason),
    person=TEXT,
    person_version=st.integers(0, 1 << 40),
    visit=TEXT,
    seconds=SECONDS,
    detail=TEXT,
    evidence=st.just("") | st.binary(min_size=32, max_size=32).map(bytes.hex),
)
CHAINS = st.lists(ENTRIES, min_size=1, max_size=12)


def chain(entries: list[Entry], previous: str = GENESIS) -> list[Row]:
    rows: list[Row] = []
    for sequence, entry in enumerate(entries, 1):
        text = canonical(entry)
        previous = link(previous, sequence, text)
        rows.append(Row(sequence, text, previous))
    return rows


@given(ENTRIES)
def test_an_entry_comes_back_from_its_text(entry: Entry) -> None:
    assert parse(canonical(entry)) == entry
    assert canonical(parse(canonical(entry))) == canonical(entry)


OLD_ROW = (
    '{"detail":"challenge","factors":["face"],"granted":false,"kind":"visit","person":"",'
    '"person_version":0,"purpose":"enter","reason":"track-lost","seconds":2.5,'
    '"utc_s":1794000000.0,"visit":"00ff00ff00ff00ff"}'
)


def test_a_row_from_before_there_was_evidence_is_read_and_written_as_it_was() -> None:
    assert parse(OLD_ROW).evidence == ""
    assert canonical(parse(OLD_ROW)) == OLD_ROW


@given(ENTRIES)
def test_the_text_is_canonical_json(entry: Entry) -> None:
    text = canonical(entry)
    fields = json.loads(text)
    again = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert again == text
    assert "\n" not in text


@given(CHAINS)
def test_an_untouched_chain_holds(entries: list[Entry]) -> None:
    assert first_break(chain(entries)) is None


def test_an_empty_chain_holds() -> None:
    assert first_break([]) is None


@given(CHAINS, st.data())
def test_an_altered_text_is_found_where_it_is(entries: list[Entry], data: st.DataObject) -> None:
    rows = chain(entries)
    place = data.draw(st.integers(0, len(rows) - 1))
    text = canonical(data.draw(ENTRIES.filter(lambda entry: entry != entries[place])))
    rows[place] = replace(rows[place], text=text)
    assert first_break(rows) == Broken(place + 1, "the row was altered")


@given(CHAINS, st.data())
def test_a_missing_row_is_found_unless_it_is_the_last(
    entries: list[Entry], data: st.DataObject
) -> None:
    """That the end is not missing is what the high-water mark is for."""
    rows = chain(entries)
    place = data.draw(st.integers(0, len(rows) - 1))
    del rows[place]
    expected = None if place == len(rows) else Broken(place + 1, "a row is missing")
    assert first_break(rows) == expected


@given(CHAINS.filter(lambda entries: len(entries) > 1), st.data())
def test_swapped_or_repeated_rows_are_found(entries: list[Entry], data: st.DataObject) -> None:
    rows = chain(entries)
    place = data.draw(st.integers(0, len(rows) - 2))
    swapped = [*rows]
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    broken = first_break(swapped)
    assert broken is not None
    assert broken.sequence == place + 1
    repeated = [*rows[: place + 1], *rows[place:]]
    broken = first_break(repeated)
    assert broken is not None
    assert broken.sequence == place + 2


@given(CHAINS, st.data())
def test_a_row_rewritten_with_a_fitting_hash_breaks_the_next(
    entries: list[Entry], data: st.DataObject
) -> None:
    rows = chain([*entries, *entries])
    place = data.draw(st.integers(0, len(rows) - 2))
    text = canonical(replace(parse(rows[place].text), detail="something else entirely"))
    previous = rows[place - 1].hash if place else GENESIS
    rows[place] = Row(place + 1, text, link(previous, place + 1, text))
    assert first_break(rows) == Broken(place + 2, "the row was altered")


def test_the_same_entries_at_another_place_have_other_hashes() -> None:
    entry = Entry(EntryKind.SYSTEM, 0.0, granted=False)
    first, second = chain([entry, entry])
    assert first.text == second.text
    assert first.hash != second.hash
    assert link(GENESIS, 1, "x") != link(GENESIS, 2, "x")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"kind": "visit"}',
        canonical(Entry(EntryKind.VISIT, 0.0, False))[:-1],
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        parse(text)
