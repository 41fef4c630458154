"""A table of people, as a spreadsheet saves it, read into rows that can be stored: every fault is
named with its line, its column and what to do, and no row with a fault is taken."""

from __future__ import annotations

import argparse
import csv
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from app.commands.context import json_argument
from app.domain.people import Need, PersonKind, is_name
from app.errors import FoyerError

#: Larger files are no table of one house's people.
LARGEST_BYTES, MOST_ROWS = 32 * 1024 * 1024, 100_000
NEEDED = ("number", "name")
COLUMNS = (*NEEDED, "kind", "from", "until", "needs", "photos", "consent")
DELIMITERS = ",;\t"
#: A cell that begins so is a formula that was saved instead of its value.
FORMULAS = "=+@"
WHOLE_DAY = len("2026-12-31")


class RosterUnusable(FoyerError):
    """The file as a whole cannot be read as a table of people."""

    code = "roster"


def add_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser("import", help="many people at once, from a table")
    said = f"a table with the columns {', '.join(COLUMNS)}; the first two are needed"
    parser.add_argument("file", type=Path, metavar="FILE.csv", help=said)
    parser.add_argument(
        "--photos", type=Path, metavar="DIR", help="their pictures, named in the table or 1001.jpg"
    )
    parser.add_argument("--dry-run", action="store_true", help="read the table, store nothing")
    parser.add_argument("--reason", default="", help="why, for the journal; no names")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="J")
    json_argument(parser)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody who is to be here. `photos`: names of files; `consent`: the day on which they agreed
    that their face is stored, None where they did not."""

    number: str
    name: str
    kind: PersonKind = PersonKind.EMPLOYEE
    begins_s: float | None = None
    ends_s: float | None = None
    needs: frozenset[Need] = frozenset()
    photos: tuple[str, ...] = ()
    consent: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `wanted` is None where there are `faults`."""

    line: int
    number: str
    wanted: Wanted | None
    faults: tuple[str, ...] = ()


def read(path: Path, longest_number: int, today: date) -> tuple[Line, ...]:
    """Every row that is not empty. Raises RosterUnusable."""
    rows = _rows(_text(path), path)
    try:
        headings = [cell.strip().lower() for cell in next(rows)[1]]
    except StopIteration:
        raise RosterUnusable(f"{path} is empty. Its first line has to name {_listed()}.") from None
    _check(headings, path)
    found: list[Line] = []
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(found) >= MOST_ROWS:
            raise RosterUnusable(f"{path} has more than {MOST_ROWS} rows. Split it.")
        found.append(_line(line, cells, headings, longest_number, today))
    return _without_doubles(found)


def _listed() -> str:
    return f"the columns {', '.join(NEEDED)} and, where wanted, {', '.join(COLUMNS[2:])}"


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise RosterUnusable(f"{path} is larger than {LARGEST_BYTES // 2**20} MiB. Split it.")
        content = path.read_bytes()
    except OSError as fault:
        raise RosterUnusable(
            f"{path} cannot be read ({fault.strerror}). Check its name."
        ) from fault
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise RosterUnusable(
            f"{path} is not UTF-8 (line {line}). Save it again as: CSV UTF-8, comma delimited."
        ) from fault
    if "\0" in text:
        raise RosterUnusable(f"{path} is no table of text. Save it again as: CSV UTF-8.")
    return text


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line numbers, from 1, and cells."""
    heading = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise RosterUnusable(
                f"{path}, line {begins}: quotes do not fit together ({fault}). "
                "Correct that line, or save the table again as CSV."
            ) from fault
        yield begins, cells
        begins = reader.line_num + 1


def _check(headings: Sequence[str], path: Path) -> None:
    missing = [name for name in NEEDED if name not in headings]
    unknown = [name for name in headings if name and name not in COLUMNS]
    if missing:
        raise RosterUnusable(
            f"{path}: the first line names no column {' and no column '.join(missing)}. "
            f"It has to name {_listed()}."
        )
    if unknown:
        raise RosterUnusable(
            f"{path}: there is no column {unknown[0]!r}. Rename or remove it; known are "
            f"{', '.join(COLUMNS)}."
        )
    if len(set(headings)) != len(headings):
        raise RosterUnusable(f"{path}: a column is named twice in the first line. Keep one.")


def _line(
    line: int, cells: Sequence[str], headings: Sequence[str], longest_number: int, today: date
) -> Line:
    if len(cells) > len(headings):
        said = f"it has {len(cells)} cells, but the first line names {len(headings)} columns"
        return Line(line, "", None, (said,))
    given = {name: cell.strip() for name, cell in zip(headings, cells, strict=False) if name}
    row = _Row(given, longest_number, today)
    wanted = row.wanted()
    return Line(line, given.get("number", ""), None if row.faults else wanted, tuple(row.faults))


class _Row:
    """One row being read; `faults` grows."""

    def __init__(self, given: dict[str, str], longest_number: int, today: date) -> None:
        self._given = given
        self._longest = longest_number
        self._today = today
        self.faults: list[str] = []

    def wanted(self) -> Wanted:
        for name, cell in self._given.items():
            if cell.startswith(tuple(FORMULAS)):
                self._fault(name, "holds a formula; paste the value instead")
        begins_s, ends_s = self._moment("from"), self._moment("until", end=True)
        if begins_s is not None and ends_s is not None and not begins_s < ends_s:
            self._fault("until", "is not after from; exchange or correct them")
        return Wanted(
            number=self._number(),
            name=self._name(),
            kind=self._kind(),
            begins_s=begins_s,
            ends_s=ends_s,
            needs=self._needs(),
            photos=tuple(each.strip() for each in self._cell("photos").split(";") if each.strip()),
            consent=self._consent(),
        )

    def _cell(self, name: str) -> str:
        return self._given.get(name, "")

    def _fault(self, name: str, what: str) -> None:
        self.faults.append(f"{name} {what}")

    def _number(self) -> str:
        number = self._cell("number")
        if not (number.isascii() and number.isdigit() and len(number) <= self._longest):
            self._fault("number", f"has 1 to {self._longest} digits, as it is typed at the kiosk")
        return number

    def _name(self) -> str:
        name = self._cell("name")
        if not is_name(name):
            self._fault("name", "has 1 to 200 characters that can be shown; correct it")
        return name

    def _kind(self) -> PersonKind:
        word = self._cell("kind").lower()
        try:
            return PersonKind(word) if word else PersonKind.EMPLOYEE
        except ValueError:
            self._fault("kind", f"is one of {', '.join(PersonKind)}")
            return PersonKind.EMPLOYEE

    def _needs(self) -> frozenset[Need]:
        words = self._cell("needs").replace(";", " ").split()
        known = {need.value for need in Need}
        unknown = [word for word in words if word not in known]
        if unknown:
            self._fault("needs", f"has no {unknown[0]!r}; known are {', '.join(sorted(known))}")
        return frozenset(Need(word) for word in words if word in known)

    def _moment(self, name: str, *, end: bool = False) -> float | None:
        """UTC seconds; a day that ends something is meant whole."""
        text = self._cell(name)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
            if end and len(text) <= WHOLE_DAY and moment.time() == time():
                moment += timedelta(days=1)
            return moment.timestamp()
        except (ValueError, OverflowError, OSError):
            self._fault(name, f"is no date: {text!r}; write it as 2026-12-31 or 2026-12-31T18:00")
            return None

    def _consent(self) -> date | None:
        text = self._cell("consent")
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self._fault("consent", "is the day on which they agreed, as 2026-11-28, or empty")
            return None
        if day > self._today:
            self._fault("consent", "lies in the future; nobody has agreed yet")
        return day


def _without_doubles(lines: Sequence[Line]) -> tuple[Line, ...]:
    """A number that stands there twice is nobody's: both rows are refused."""
    places: dict[str, list[int]] = {}
    for each in lines:
        if each.number:
            places.setdefault(each.number, []).append(each.line)
    found = []
    for each in lines:
        others = [line for line in places.get(each.number, ()) if line != each.line]
        if others:
            said = f"number stands also in line {others[0]}; keep one of the two"
            found.append(Line(each.line, each.number, None, (*each.faults, said)))
        else:
            found.append(each)
    return tuple(found)
