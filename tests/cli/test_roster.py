"""A table of people as spreadsheets write it: what is read, and what is said about what cannot."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands.roster import COLUMNS, Line, RosterUnusable, read
from app.domain.people import LONGEST_NAME, Need, PersonKind, is_name

TODAY = date(2026, 11, 28)


def lines(folder: Path, content: str | bytes) -> tuple[Line, ...]:
    path = folder / "people.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path, 10, TODAY)


def said(folder: Path, row: str, heading: str = ",".join(COLUMNS)) -> str:
    """What is wrong with one row; empty where nothing is."""
    (line,) = lines(folder, f"{heading}\n{row}\n")
    assert (line.wanted is None) == bool(line.faults)
    return "; ".join(line.faults)


def test_a_row_says_who_somebody_is(tmp_path: Path) -> None:
    (line,) = lines(
        tmp_path,
        "Number,Name,Kind,From,Until,Needs,Photos,Consent\n"
        "1001,Amara Okafor,Contractor,2026-12-01,2026-12-31,no-blink seated,a.jpg; b/c.png,"
        "2026-11-20\n",
    )
    wanted = line.wanted
    assert wanted is not None
    assert (line.line, wanted.number, wanted.name) == (2, "1001", "Amara Okafor")
    assert wanted.kind is PersonKind.CONTRACTOR
    assert wanted.begins_s == datetime(2026, 12, 1).astimezone().timestamp()
    assert wanted.ends_s == datetime(2027, 1, 1).astimezone().timestamp(), "the day is meant whole"
    assert wanted.needs == {Need.NO_BLINK, Need.SEATED}
    assert wanted.photos == ("a.jpg", "b/c.png")
    assert wanted.consent == date(2026, 11, 20)


@pytest.mark.parametrize(
    "content",
    [
        "number,name\n1,Ö\n".encode("utf-8-sig"),
        "number,name\n1,Ö\n".encode("utf-16"),
        "number;name\r\n1;Ö\r\n".encode(),
        "number\tname\n1\tÖ\n\n  \t \n".encode(),
        'number,name\n1,"Ö"'.encode(),
    ],
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, content: bytes) -> None:
    (line,) = lines(tmp_path, content)
    assert line.wanted is not None
    assert line.wanted.name == "Ö"


def test_lines_are_those_of_the_file_even_where_cells_have_several(tmp_path: Path) -> None:
    first, second = lines(tmp_path, 'number,name\n1,"A\nB"\n\n2,C\n')
    assert (first.line, second.line) == (2, 5)
    assert "name" in first.faults[0]
    assert second.wanted is not None


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"", "empty"),
        ("number,name\n1,Ä\n".encode("cp1252"), "line 2"),
        (b"number,name\n1,\0\n", "CSV UTF-8"),
        (b"PK\x03\x04\xff\xff", "CSV UTF-8"),
        (b"name\nA\n", "no column number"),
        (b"number,name,salary\n1,A,9\n", "salary"),
        (b"number,name,name\n1,A,A\n", "twice"),
        (b'number,name\n1,"A\n2,B\n', "line 2"),
    ],
)
def test_a_file_that_is_no_table_says_what_to_do(tmp_path: Path, content: bytes, hint: str) -> None:
    with pytest.raises(RosterUnusable, match=hint):
        lines(tmp_path, content)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(RosterUnusable, match="Check its name"):
        read(tmp_path / "none.csv", 10, TODAY)
    with pytest.raises(RosterUnusable):
        read(tmp_path, 10, TODAY)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",A", "number"),
        ("12a,A", "number"),
        ("12345678901,A", "number"),
        ("١٢,A", "number"),
        ("1,", "name"),
        ("1,=HYPERLINK(1)", "formula"),
        ("+1,A", "formula"),
        (f"1,{'x' * (LONGEST_NAME + 1)}", "name"),
        ("1,A\u202eB", "name"),
        ("1,A,chef", "kind"),
        ("1,A,,2026-13-01", "from"),
        ("1,A,,01.12.2026", "from"),
        ("1,A,,2026-12-31,2026-12-01", "until"),
        ("1,A,,2026-12-01T08:00,2026-12-01T08:00", "until"),
        ("1,A,,,,no-sleep", "needs"),
        ("1,A,,,,,,yes", "consent"),
        ("1,A,,,,,,2026-11-29", "consent"),
        ("1,A,,,,,,2026-11-20,more", "cells"),
        ("1,A,,9999-12-31T23:59,9999-12-31", "until"),
    ],
)
def test_a_row_with_a_fault_is_not_taken_and_says_why(tmp_path: Path, row: str, fault: str) -> None:
    assert fault in said(tmp_path, row)


def test_every_fault_of_a_row_is_said_at_once(tmp_path: Path) -> None:
    faults = said(tmp_path, "x,=1,chef,soon,2026-12-01,fast,,maybe")
    assert all(name in faults for name in ("number", "name", "kind", "from", "needs", "consent"))


def test_a_number_that_stands_twice_is_nobodys(tmp_path: Path) -> None:
    first, other, second = lines(tmp_path, "number,name\n1,A\n2,B\n1,C\n")
    assert first.wanted is second.wanted is None
    assert "line 4" in first.faults[0]
    assert "line 2" in second.faults[0]
    assert other.wanted is not None


@pytest.mark.parametrize(
    "name",
    [
        "Đặng Thị Hương",
        "محمد رضایی",
        "می\u200cخواهم",  # noqa: RUF001
        "नीलम\u200dक्ष",
        "李 小龍",
        "🦊 Reineke",
        "O'Brien-Nuñez",
    ],
)
def test_names_of_every_script_are_names(tmp_path: Path, name: str) -> None:
    assert said(tmp_path, f'1,"{name}"') == ""


@pytest.mark.parametrize(
    "name", ["", " ", "\u200d", "a\nb", "\u202eabc", "\u2067x", "\ud800", "\x7f"]
)
def test_what_cannot_be_shown_is_no_name(name: str) -> None:
    assert not is_name(name)


@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=8))
def test_whatever_stands_in_a_table_each_row_is_taken_or_explained(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("number", "name"))
    writer.writerows(rows)
    try:
        found = lines(tmp_path_factory.mktemp("any"), text.getvalue().encode("utf-8"))
    except (RosterUnusable, UnicodeEncodeError):
        return
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert len(found) <= len(filled)
    assert all((line.wanted is None) == bool(line.faults) for line in found)
