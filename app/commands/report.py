"""`foyer report`: who is in the house, hours worked, and whether every way in is as quick."""

from __future__ import annotations

import argparse
import csv
import html
import io
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.commands.context import Context, Misused, json_argument
from app.commands.opened import opened
from app.commands.tables import lines
from app.domain import attendance, parity, presence
from app.domain.journal import Entry, parse
from app.domain.people import Person

if TYPE_CHECKING:
    from app.gallery.store import Store

EXAMPLES = """
examples:
  foyer report presence                       who came in the last 24 hours and did not clock out
  foyer report presence --out list.html       the same to print, for a fire drill
  foyer report attendance --from 2026-11-01 --until 2026-11-30 --out november.csv
  foyer report parity --json                  is whoever shows no face served as quickly?

Times are those of --zone, or of this machine. Reports read this kiosk's own journal, offline.
"""
#: How far back a list of who is here goes: longer than any shift.
PRESENT_HOURS = 24
ERASED = "(erased)"
#: A cell that begins so would be run by a spreadsheet.
FORMULAS = "=+-@\t\r"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    here = actions.add_parser("presence", help="who is in the house")
    here.add_argument(
        "--hours", type=_hours, default=PRESENT_HOURS, metavar="H", help="who came in these hours"
    )
    hours = actions.add_parser("attendance", help="shifts, hours a day and a week, what is missing")
    hours.add_argument("--from", dest="since", type=_day, metavar="DATE", help="the first day")
    hours.add_argument("--until", type=_day, metavar="DATE", help="the last day")
    equal = actions.add_parser("parity", help="seconds, taps and failures of each way in")
    for each in (here, hours):
        each.add_argument(
            "--out", type=Path, metavar="FILE", help="write it there, to print or read"
        )
    for each in (here, hours, equal):
        each.add_argument("--zone", default="", metavar="NAME", help="as Europe/Berlin")
        json_argument(each)


def _hours(text: str) -> float:
    hours = float(text)
    if not 0.0 < hours <= 24.0 * 366:
        raise argparse.ArgumentTypeError("give hours, more than 0 and at most a year's")
    return hours


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-11-28") from fault


def run(context: Context) -> int:
    reports: dict[str, Callable[[Context, Store, tzinfo | None], None]] = {
        "presence": _presence,
        "attendance": _attendance,
        "parity": _parity,
    }
    zone = _zone(context.args.zone)
    with opened(context) as gallery:
        reports[context.args.action](context, gallery, zone)
    return 0


def _zone(name: str) -> tzinfo | None:
    """None: the zone of this machine."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise Misused(
            f"There is no time zone {name!r}. Write it as in the IANA list: Europe/Berlin, UTC."
        ) from fault


def _entries(gallery: Store) -> list[Entry]:
    """What can be read of the journal; `foyer audit verify` says what cannot."""
    found = []
    for row in gallery.rows():
        try:
            found.append(parse(row.text))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _told(utc_s: float, zone: tzinfo | None) -> str:
    moment = datetime.fromtimestamp(utc_s, UTC).astimezone(zone)
    return moment.isoformat(sep=" ", timespec="minutes")


def _known(gallery: Store) -> Mapping[str, Person]:
    return {person.id: person for person in gallery.people()}


def _called(person_id: str, known: Mapping[str, Person]) -> tuple[str, str, str]:
    """Number, name and kind; who was erased has none."""
    person = known.get(person_id)
    return ("", ERASED, "") if person is None else (person.number, person.name, person.kind.value)


# -- presence


def _presence(context: Context, gallery: Store, zone: tzinfo | None) -> None:
    now_s = time.time()
    found = presence.present(_entries(gallery), now_s - context.args.hours * 3600.0)
    known = _known(gallery)
    rows = [
        (*_called(each.person, known), _told(each.since_s, zone), _told(each.last_s, zone))
        for each in found
    ]
    headings = ("number", "name", "kind", "came", "last seen")
    context.print(f"{len(rows)} people in the house, {_told(now_s, zone)}")
    for line in lines(headings, rows) if rows else ():
        context.print(line)
    if context.args.out is not None:
        _write(context, context.args.out, _page(rows, _told(now_s, zone)))
    names = ("number", "name", "kind", "since", "last")
    people = [
        {"person": each.person, **dict(zip(names, row, strict=True))}
        for each, row in zip(found, rows, strict=True)
    ]
    context.answer({"at": _told(now_s, zone), "hours": context.args.hours, "present": people})


def _page(rows: Sequence[tuple[str, ...]], at: str) -> str:
    """A list to print: large type, a box to tick for each."""
    said = ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows]
    cells = "".join(f"<tr><td class=box></td>{row}</tr>" for row in said)
    return (
        "<!doctype html><meta charset=utf-8><title>Who is in the house</title><style>"
        "body{font:16pt sans-serif;margin:2cm}table{border-collapse:collapse;width:100%}"
        "td,th{border-bottom:1px solid #888;padding:.35em .5em;text-align:left}"
        ".box{width:1.1em;border:2px solid #000}tr{break-inside:avoid}</style>"
        f"<h1>{len(rows)} people in the house</h1><p>{html.escape(at)}</p>"
        "<table><thead><tr><th></th><th>Number</th><th>Name</th><th>Kind</th>"
        "<th>Came</th><th>Last seen</th></tr></thead>"
        f"<tbody>{cells}</tbody></table>"
    )


def _write(context: Context, path: Path, text: str) -> None:
    """Whole or not at all. Raises Misused."""
    whole = path.with_name(f".{path.name}.writing")
    try:
        whole.write_text(text, encoding="utf-8", newline="")
        whole.replace(path)
    except OSError as fault:
        whole.unlink(missing_ok=True)
        raise Misused(
            f"{path} cannot be written ({fault.strerror}). Name another --out."
        ) from fault
    context.print(f"written: {path}")


# -- attendance


def _attendance(context: Context, gallery: Store, zone: tzinfo | None) -> None:
    args = context.args
    if args.since and args.until and args.since > args.until:
        raise Misused(f"--from {args.since} is after --until {args.until}. Exchange them.")
    known = _known(gallery)
    worked = [
        shift
        for shift in attendance.shifts(attendance.punches(_entries(gallery)))
        if _within(_first_day(shift, zone), args.since, args.until)
    ]
    people = [
        _hours_of(person, [each for each in worked if each.person == person], known, zone)
        for person in dict.fromkeys(each.person for each in worked)
    ]
    for each in people:
        context.print(f"{each['number']} {each['name']}: {each['hours']:.2f} h")
        for week, hours in each["weeks"].items():
            context.print(f"  {week}  {hours:.2f} h")
        for lost in each["missing"]:
            context.print(f"  {lost['missing']} is missing: {lost['in'] or lost['out']}")
    if not people:
        context.print("Nobody clocked in or out in these days.")
    if args.out is not None:
        _write(context, args.out, _csv(worked, known, zone))
    context.answer({"people": people})


def _first_day(shift: attendance.Shift, zone: tzinfo | None) -> date:
    at = shift.in_s if shift.in_s is not None else shift.out_s
    return attendance.day_of(at or 0.0, zone)


def _within(day: date, since: date | None, until: date | None) -> bool:
    return (since is None or day >= since) and (until is None or day <= until)


def _hours_of(
    person: str, own: list[attendance.Shift], known: Mapping[str, Person], zone: tzinfo | None
) -> dict[str, Any]:
    number, name, _ = _called(person, known)
    days = attendance.seconds_by_day(own, zone)
    weeks: dict[str, float] = {}
    for day, seconds in sorted(days.items()):
        week = attendance.week_of(day)
        weeks[week] = weeks.get(week, 0.0) + seconds
    return {
        "person": person,
        "number": number,
        "name": name,
        "hours": round(sum(days.values()) / 3600.0, 4),
        "days": {str(day): round(seconds / 3600.0, 4) for day, seconds in sorted(days.items())},
        "weeks": {week: round(seconds / 3600.0, 4) for week, seconds in weeks.items()},
        "shifts": [_shift(each, zone) for each in own],
        "missing": [_shift(each, zone) for each in own if each.missing is not None],
    }


def _shift(shift: attendance.Shift, zone: tzinfo | None) -> dict[str, Any]:
    return {
        "in": _told(shift.in_s, zone) if shift.in_s is not None else None,
        "out": _told(shift.out_s, zone) if shift.out_s is not None else None,
        "hours": round(shift.seconds / 3600.0, 4),
        "missing": shift.missing.value if shift.missing is not None else None,
    }


def _csv(worked: list[attendance.Shift], known: Mapping[str, Person], zone: tzinfo | None) -> str:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(("number", "name", "in", "out", "hours", "missing"))
    for each in worked:
        number, name, _ = _called(each.person, known)
        said = _shift(each, zone)
        cells = (number, name, said["in"] or "", said["out"] or "", said["hours"], said["missing"])
        table.writerow(_harmless(cell) for cell in cells)
    return text.getvalue()


def _harmless(cell: object) -> object:
    """A name a spreadsheet would take for a formula is shown, not run."""
    if isinstance(cell, str) and cell.startswith(tuple(FORMULAS)):
        return f"'{cell}"
    return "" if cell is None else cell


# -- parity


def _parity(context: Context, gallery: Store, _: tzinfo | None) -> None:
    found = parity.ways(_entries(gallery))
    rows = [
        (
            way.name,
            str(way.visits),
            f"{100.0 * way.failed / way.visits:.1f} %",
            _number(way.seconds, 1),
            _number(way.slow_s, 1),
            _number(way.taps, 0),
        )
        for way in found
    ]
    headings = ("way in", "visits", "failed", "seconds", "slowest tenth", "taps")
    for line in lines(headings, rows) if rows else ("Nobody has come in yet.",):
        context.print(line)
    result = parity.compared(found)
    if result is None:
        context.print(
            f"Not compared: a way with a face and one without need {parity.FEWEST} entries each."
        )
    else:
        context.print(
            f"{result.without} takes {result.more_s:+.1f} s and {result.more_taps:+.0f} taps "
            f"against {result.with_face}: {'as quick' if result.equal else 'not as quick'}."
        )
    context.answer(
        {
            "ways": [
                {
                    "way": way.name,
                    "visits": way.visits,
                    "failed": way.failed,
                    "median_s": way.seconds,
                    "p90_s": way.slow_s,
                    "taps": way.taps,
                }
                for way in found
            ],
            "compared": None
            if result is None
            else {
                "with_face": result.with_face,
                "without": result.without,
                "more_s": round(result.more_s, 3),
                "more_taps": result.more_taps,
                "equal": result.equal,
            },
        }
    )


def _number(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:.{decimals}f}"
