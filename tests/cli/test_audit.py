"""`foyer audit`: the chain over every row, and the first one that does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.commands.audit import _Walk, _wanting
from app.domain.journal import GENESIS, link
from app.ports import HighWater
from tests.cli.conftest import Foyer
from tests.cli.test_gallery import store_of

TRIGGERS = ("journal_is_never_altered", "journal_is_never_shortened")


@pytest.fixture
def busy(kiosk: Foyer) -> Foyer:
    """With a gallery whose journal has five rows."""
    for number in range(1001, 1005):
        kiosk.ok("people", "add", "--number", str(number), "--name", f"Person {number}")
    return kiosk


@contextmanager
def tampering(foyer: Foyer) -> Iterator[Any]:
    """A connection of somebody who has the key and took the guards away."""
    gallery = store_of(foyer)
    connection = gallery._open().connection
    for trigger in TRIGGERS:
        connection.execute(f"DROP TRIGGER {trigger}")
    yield connection
    gallery.close()


def test_a_whole_journal_is_said_to_be_whole(busy: Foyer) -> None:
    shown = busy.ok("audit", "verify", "--json").document
    assert shown["sound"]
    assert shown["rows"] == shown["high_water"] == 5
    assert shown["first_broken"] is None
    said = busy.ok("audit", "verify").out
    assert "5 rows" in said
    assert shown["head"] in said


def test_a_row_that_was_altered_is_found(busy: Foyer) -> None:
    with tampering(busy) as connection:
        connection.execute(
            "UPDATE journal SET text = replace(text, 'person-added', 'person-erased') "
            "WHERE sequence = 3"
        )
    ran = busy("audit", "verify")
    assert ran.code == 1
    assert "row 3" in ran.out
    assert "altered" in ran.out
    shown = busy("audit", "verify", "--json")
    assert shown.code == 1
    assert shown.document["first_broken"] == {"row": 3, "why": "the row was altered"}
    assert busy("gallery", "check").code == 1


def test_a_row_that_was_taken_out_is_found(busy: Foyer) -> None:
    with tampering(busy) as connection:
        connection.execute("DELETE FROM journal WHERE sequence = 2")
    ran = busy("audit", "verify", "--json")
    assert ran.code == 1
    assert ran.document["first_broken"] == {"row": 2, "why": "a row is missing"}


def test_a_chain_forged_to_its_end_does_not_open(busy: Foyer) -> None:
    """With every hash made anew the chain holds, but the key provider remembers another."""
    with tampering(busy) as connection:
        previous = GENESIS
        for sequence, text in connection.execute("SELECT sequence, text FROM journal").fetchall():
            forged = text.replace("person-added", "person-erased")
            previous = link(previous, sequence, forged)
            connection.execute(
                "UPDATE journal SET text = ?, hash = ? WHERE sequence = ?",
                (forged, previous, sequence),
            )
    ran = busy("audit", "verify")
    assert ran.code == 4
    assert "row 5 is not the one" in ran.err


def test_a_row_that_is_no_entry_is_found_and_read_past(busy: Foyer) -> None:
    with tampering(busy) as connection:
        connection.execute("UPDATE journal SET text = 'nonsense' WHERE sequence = 4")
    said = busy.ok("audit", "tail").out
    assert "cannot be read" in said
    rows = busy.ok("audit", "tail", "--json").document["rows"]
    assert [row["row"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[3]["readable"] is False


@pytest.mark.parametrize(
    ("mark", "row"),
    [
        (None, 5),
        (HighWater(7, "h", 7), 6),
        (HighWater(5, "another", 5), 5),
        (HighWater(5, "marked", 5), None),
    ],
)
def test_what_the_key_provider_remembers_has_to_be_there(
    mark: HighWater | None, row: int | None
) -> None:
    found = _wanting(_Walk(mark, rows=5, head="h", marked="marked"))
    assert (found.sequence if found else None) == row


def test_an_unreadable_row_in_a_sound_chain_is_told() -> None:
    found = _wanting(_Walk(HighWater(5, "h", 5), rows=5, head="h", marked="h", unreadable=2))
    assert found is not None
    assert (found.sequence, "read" in found.why) == (2, True)


def test_the_tail_shows_the_newest_rows_last(busy: Foyer) -> None:
    busy.ok("people", "remove", "1002", "--yes")
    said = busy.ok("audit", "tail", "-n", "2").out.splitlines()
    assert [line.split()[0] for line in said] == ["row", "5", "6"]
    assert "person-added" in said[1]
    assert "1004" in said[1]
    assert "person-erased" in said[2]
    assert "erased" in said[2].split()
    (row,) = busy.ok("audit", "tail", "--last", "1", "--json").document["rows"]
    assert (row["row"], row["kind"], row["detail"]) == (6, "people", "person-erased")
    assert len(busy.ok("audit", "tail").out.splitlines()) == 7


def test_the_tail_names_nobody(busy: Foyer) -> None:
    assert "Person" not in busy.ok("audit", "tail").out


@pytest.mark.parametrize("count", ["-1", "many", "1.5", "9999999999"])
def test_a_number_of_rows_that_is_none_is_usage(foyer: Foyer, count: str) -> None:
    assert foyer("audit", "tail", "-n", count).code == 2
