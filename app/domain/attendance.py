"""Hours from clock events: what a kiosk wrote down, made into shifts, days and weeks.

An event is counted once however often it was sent or pressed: the same again within five minutes
is the same event. A shift may go over midnight; its hours then belong to both days. Whatever has
no other end is named and never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from app.domain.journal import Entry, EntryKind, Purpose

#: The same event again within this many seconds is no other one.
DUPLICATE_S = 300.0
#: Nobody works longer in one go: an end that comes later belongs to a beginning nobody saw.
LONGEST_S = 16 * 3600.0


class Missing(StrEnum):
    """Which end of a shift was not clocked."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Punch:
    """Somebody clocked in or out, UTC seconds."""

    person: str
    purpose: Purpose
    utc_s: float


@dataclass(frozen=True, slots=True)
class Shift:
    """From in to out, UTC seconds; one of them None, and `missing` says which."""

    person: str
    in_s: float | None
    out_s: float | None
    missing: Missing | None = None

    @property
    def seconds(self) -> float:
        """How long it was; 0 where an end is missing."""
        return self.out_s - self.in_s if self.in_s is not None and self.out_s is not None else 0.0


def punches(entries: Iterable[Entry]) -> tuple[Punch, ...]:
    """The clock events of a journal in order of time, without what was taken back and without
    doubles."""
    there = list(entries)
    disputed = {each.visit for each in there if each.kind is EntryKind.DISPUTE}
    refused = {each.visit for each in there if each.kind is EntryKind.VISIT and not each.granted}
    clocked = [
        Punch(each.person, each.purpose, each.utc_s)
        for each in there
        if each.kind is EntryKind.VISIT
        and each.granted
        and each.person
        and each.purpose in (Purpose.CLOCK_IN, Purpose.CLOCK_OUT)
        and each.visit not in disputed | refused
    ]
    clocked.sort(key=lambda punch: punch.utc_s)
    counted: list[Punch] = []
    last: dict[str, Punch] = {}
    for punch in clocked:
        before = last.get(punch.person)
        last[punch.person] = punch
        again = before is not None and before.purpose is punch.purpose
        if not (again and before is not None and punch.utc_s - before.utc_s <= DUPLICATE_S):
            counted.append(punch)
    return tuple(counted)


def shifts(clocked: Sequence[Punch]) -> tuple[Shift, ...]:
    """By person and time. An in without an out before the next in, or longer ago than LONGEST_S,
    lacks its out; and the other way round."""
    by_person: dict[str, list[Punch]] = defaultdict(list)
    for punch in clocked:
        by_person[punch.person].append(punch)
    return tuple(shift for person in sorted(by_person) for shift in _of(by_person[person]))


def _of(own: Sequence[Punch]) -> Iterable[Shift]:
    begun: Punch | None = None
    for punch in own:
        if punch.purpose is Purpose.CLOCK_IN:
            if begun is not None:
                yield Shift(begun.person, begun.utc_s, None, Missing.OUT)
            begun = punch
        elif begun is not None and punch.utc_s - begun.utc_s <= LONGEST_S:
            yield Shift(punch.person, begun.utc_s, punch.utc_s)
            begun = None
        else:
            if begun is not None:
                yield Shift(begun.person, begun.utc_s, None, Missing.OUT)
                begun = None
            yield Shift(punch.person, None, punch.utc_s, Missing.IN)
    if begun is not None:
        yield Shift(begun.person, begun.utc_s, None, Missing.OUT)


def seconds_by_day(worked: Iterable[Shift], zone: tzinfo | None) -> Mapping[date, float]:
    """Seconds truly passed on each day of `zone` (None: this machine's), split at its midnights:
    a day on which the clocks change has an hour more or less."""
    found: dict[date, float] = defaultdict(float)
    for shift in worked:
        if shift.in_s is None or shift.out_s is None:
            continue
        at = shift.in_s
        while at < shift.out_s:
            day = day_of(at, zone)
            until = min(_midnight_after(day, zone), shift.out_s)
            found[day] += until - at
            at = until
    return found


def day_of(utc_s: float, zone: tzinfo | None) -> date:
    return datetime.fromtimestamp(utc_s, UTC).astimezone(zone).date()


def _midnight_after(day: date, zone: tzinfo | None) -> float:
    return datetime.combine(day + timedelta(days=1), time(0), zone).timestamp()


def week_of(day: date) -> str:
    """The week of ISO 8601, as 2026-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
