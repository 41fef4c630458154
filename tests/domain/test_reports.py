"""Reports from a journal: hours that add up, a list for a fire that leaves nobody out, and whether
who shows no face is served as quickly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import attendance, parity, presence
from app.domain.attendance import Missing, Punch, Shift
from app.domain.journal import Entry, EntryKind, Factor, Purpose
from app.domain.reasons import Reason

BERLIN = ZoneInfo("Europe/Berlin")
FACE = frozenset({Factor.FACE})
BADGE_PIN = frozenset({Factor.BADGE, Factor.PIN})
HOUR = 3600.0


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def visit(
    utc_s: float, purpose: Purpose = Purpose.CLOCK_IN, person: str = "p-1", *, granted: bool = True
) -> Entry:
    return Entry(
        EntryKind.VISIT,
        utc_s,
        granted,
        purpose,
        FACE,
        None if granted else Reason.NOT_RECOGNISED,
        person,
        visit=f"{person}-{utc_s}",
        seconds=4.0,
        taps=1,
    )


def leave(utc_s: float, person: str = "p-1") -> Entry:
    return visit(utc_s, Purpose.CLOCK_OUT, person)


def shifts(*entries: Entry) -> tuple[Shift, ...]:
    return attendance.shifts(attendance.punches(entries))


def test_in_and_out_make_a_shift_and_pressing_twice_makes_no_other() -> None:
    came, went = at("2026-11-26 08:00"), at("2026-11-26 16:30")
    found = shifts(visit(came), visit(came + 120), visit(came + 400), leave(went), leave(went + 60))
    assert found == (Shift("p-1", came, went),)
    assert found[0].seconds == 8.5 * HOUR


def test_the_same_journal_read_twice_or_out_of_order_says_the_same() -> None:
    entries = [visit(0.0), leave(8 * HOUR), visit(24 * HOUR), leave(30 * HOUR)]
    assert shifts(*entries, *entries) == shifts(*reversed(entries)) == shifts(*entries)


def test_what_was_refused_or_taken_back_is_no_clock_event() -> None:
    taken_back = visit(0.0)
    dispute = replace(taken_back, kind=EntryKind.DISPUTE, granted=False, reason=Reason.DISPUTED)
    assert shifts(taken_back, dispute, visit(10.0, granted=False)) == ()
    assert shifts(visit(0.0, Purpose.ENTER)) == ()


def test_an_end_nobody_clocked_is_named_and_not_guessed() -> None:
    assert shifts(visit(0.0)) == (Shift("p-1", 0.0, None, Missing.OUT),)
    assert shifts(leave(0.0)) == (Shift("p-1", None, 0.0, Missing.IN),)
    two = shifts(visit(0.0), visit(24 * HOUR), leave(32 * HOUR))
    assert two == (Shift("p-1", 0.0, None, Missing.OUT), Shift("p-1", 24 * HOUR, 32 * HOUR))
    late = shifts(visit(0.0), leave(17 * HOUR))
    assert [each.missing for each in late] == [Missing.OUT, Missing.IN]
    assert sum(each.seconds for each in late) == 0.0


def test_a_night_belongs_to_both_its_days() -> None:
    night = shifts(visit(at("2026-11-26 22:00")), leave(at("2026-11-27 06:00")))
    days = attendance.seconds_by_day(night, BERLIN)
    assert days == {date(2026, 11, 26): 2 * HOUR, date(2026, 11, 27): 6 * HOUR}


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 7.0), ("2026-10-25", 9.0)])
def test_a_night_in_which_the_clocks_change_has_the_hours_that_passed(
    day: str, hours: float
) -> None:
    before = date.fromisoformat(day).toordinal() - 1
    came = at(f"{date.fromordinal(before)} 22:00")
    night = shifts(visit(came), leave(at(f"{day} 06:00")))
    assert night[0].seconds == hours * HOUR
    days = attendance.seconds_by_day(night, BERLIN)
    assert sum(days.values()) == hours * HOUR
    assert days[date.fromisoformat(day)] == (hours - 2.0) * HOUR


def test_weeks_are_those_of_iso_8601() -> None:
    assert attendance.week_of(date(2026, 1, 1)) == "2026-W01"
    assert attendance.week_of(date(2027, 1, 3)) == "2026-W53"


STEPS = st.lists(
    st.tuples(st.floats(1.0, 30 * HOUR), st.sampled_from([Purpose.CLOCK_IN, Purpose.CLOCK_OUT])),
    max_size=30,
)


@given(STEPS, st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "UTC"]))
def test_no_hour_is_lost_doubled_or_made_up(steps: list[tuple[float, Purpose]], zone: str) -> None:
    now_s, punches = at("2026-03-20 00:00"), []
    for after, purpose in steps:
        now_s += after
        punches.append(Punch("p-1", purpose, now_s))
    found = attendance.shifts(punches)
    whole = sum(each.seconds for each in found)
    days = attendance.seconds_by_day(found, ZoneInfo(zone))
    assert sum(days.values()) == pytest.approx(whole, abs=1e-3)
    assert all(0.0 < seconds <= 25 * HOUR for seconds in days.values())
    ends = [end for each in found for end in (each.in_s, each.out_s) if end is not None]
    assert sorted(ends) == [punch.utc_s for punch in punches], "every clock event is in one shift"
    assert all(each.seconds <= attendance.LONGEST_S for each in found)


# -- presence


def here(entries: Iterable[Entry], since_s: float = 0.0) -> list[str]:
    return [each.person for each in presence.present(entries, since_s)]


def test_who_came_and_did_not_clock_out_is_here() -> None:
    entries = [
        visit(10.0, Purpose.ENTER, "a"),
        visit(20.0, Purpose.CLOCK_IN, "b"),
        visit(30.0, Purpose.CLOCK_IN, "c"),
        leave(40.0, "c"),
        visit(50.0, Purpose.ENTER, "d", granted=False),
    ]
    assert here(entries) == ["a", "b"]
    assert here(entries, since_s=15.0) == ["b"]
    assert here([*entries, visit(60.0, Purpose.ENTER, "c")]) == ["a", "b", "c"]


def test_coming_again_keeps_when_somebody_came_first() -> None:
    (found,) = presence.present([visit(10.0, Purpose.ENTER), visit(90.0, Purpose.ENTER)], 0.0)
    assert (found.since_s, found.last_s) == (10.0, 90.0)


def test_who_was_let_in_as_somebody_else_is_not_on_the_list_by_that_name() -> None:
    wrong = visit(10.0, Purpose.ENTER, "a")
    dispute = replace(wrong, kind=EntryKind.DISPUTE, granted=False)
    assert here([wrong, dispute]) == []


# -- parity


def entry(factors: frozenset[Factor], seconds: float, taps: int, reason: Reason | None) -> Entry:
    granted = reason is None
    return Entry(
        EntryKind.VISIT,
        0.0,
        granted,
        Purpose.ENTER,
        factors,
        reason,
        "p" if granted else "",
        seconds=seconds,
        taps=taps,
    )


def test_each_way_has_its_seconds_taps_and_failures() -> None:
    faces = [entry(FACE, float(s), 1, None) for s in range(1, 22)]
    faces += [entry(FACE, 9.0, 1, Reason.CHALLENGE_MISSED)] * 4
    faces += [entry(FACE, 9.0, 1, Reason.SUSPENDED)]
    badges = [entry(BADGE_PIN, 11.5, 2, None)] * 20
    first, second = parity.ways([*badges, *faces, entry(frozenset(), 1.0, 1, Reason.DISPUTED)])
    assert (first.name, first.visits, first.failed) == ("face", 25, 4)
    assert (first.seconds, first.slow_s, first.taps) == (11.0, 19.0, 1)
    assert (second.name, second.seconds, second.failed) == ("badge+pin", 11.5, 0)
    found = parity.compared([first, second])
    assert found is not None
    assert (found.more_s, found.more_taps, found.equal) == (0.5, 1, True)


def test_a_way_that_takes_longer_or_more_taps_is_not_as_quick() -> None:
    faces = [entry(FACE, 4.0, 1, None)] * 20
    slow = [entry(BADGE_PIN, 6.0, 2, None)] * 20
    long_winded = [entry(BADGE_PIN, 4.0, 3, None)] * 20
    for badges in (slow, long_winded):
        found = parity.compared(parity.ways([*faces, *badges]))
        assert found is not None
        assert not found.equal


def test_few_visits_are_not_compared() -> None:
    faces = [entry(FACE, 4.0, 1, None)] * 20
    assert parity.compared(parity.ways([*faces, *[entry(BADGE_PIN, 4.0, 1, None)] * 19])) is None
    assert parity.compared(parity.ways(faces)) is None
    (only,) = parity.ways([entry(FACE, 3.0, 1, Reason.NOT_LIVE)])
    assert (only.seconds, only.slow_s, only.taps) == (None, None, None)


def test_times_are_those_of_the_zone_asked_for() -> None:
    assert attendance.day_of(at("2026-11-26 23:30"), BERLIN) == date(2026, 11, 26)
    assert attendance.day_of(at("2026-11-26 23:30"), ZoneInfo("Asia/Tokyo")) == date(2026, 11, 27)
    midnight = datetime(2026, 11, 26, tzinfo=UTC).timestamp()
    assert attendance.day_of(midnight, UTC) == date(2026, 11, 26)
