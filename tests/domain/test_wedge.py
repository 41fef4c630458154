"""A badge reader that types is told from a person by time: never wrongly, never twice."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.wedge import (
    ALPHABET,
    TERMINATORS,
    Badge,
    Dropped,
    Heard,
    Spoilt,
    Typed,
    Wedge,
    WedgePolicy,
    due_s,
    feed,
    flush,
)

POLICY = WedgePolicy()
Key = tuple[str, float]
BADGES = st.text(sorted(ALPHABET), min_size=POLICY.shortest, max_size=POLICY.longest)
READER_GAPS = st.floats(0.0, POLICY.gap_s * 0.999)
HUMAN_GAPS = st.floats(POLICY.gap_s * 1.001, 3.0)
ENDS = st.sampled_from(["", "\r", "\n", "\t", "\r\n"])
LATER = 10.0


def play(keys: list[Key], policy: WedgePolicy = POLICY) -> list[tuple[float, Heard]]:
    """What is heard, and when, with a timer that calls `flush` exactly when it is due."""
    wedge = Wedge()
    heard: list[tuple[float, Heard]] = []
    for key, t_s in [*keys, ("", LATER + (keys[-1][1] if keys else 0))]:
        due = due_s(wedge, policy)
        if due is not None and due <= t_s:
            wedge, more = flush(wedge, due, policy)
            heard += [(due, each) for each in more]
        if key:
            wedge, more = feed(wedge, key, t_s, policy)
            heard += [(t_s, each) for each in more]
    assert due_s(wedge, policy) is None, "nothing is left waiting"
    return heard


def burst(text: str, start_s: float = 0.0, gap_s: float = 0.0015) -> list[Key]:
    return [(character, start_s + gap_s * place) for place, character in enumerate(text)]


def what(heard: list[tuple[float, Heard]]) -> list[Heard]:
    return [each for _, each in heard]


# -- a person


@given(st.lists(st.tuples(st.sampled_from("0123456789\r\tabcX%\b é"), HUMAN_GAPS), max_size=40))
def test_a_persons_keys_all_come_through_in_order_and_never_make_a_badge(
    steps: list[tuple[str, float]],
) -> None:
    keys, t_s = [], 0.0
    for character, gap_s in steps:
        t_s += gap_s
        keys.append((character, t_s))
    heard = play(keys)
    assert all(isinstance(each, Typed) for each in what(heard))
    assert "".join(each.text for _, each in heard if isinstance(each, Typed)) == "".join(
        character for character, _ in keys
    )


@given(st.lists(HUMAN_GAPS, min_size=1, max_size=20))
def test_a_persons_digit_shows_within_the_pause(gaps_s: list[float]) -> None:
    times = [sum(gaps_s[: place + 1]) for place in range(len(gaps_s))]
    heard = play([("7", t_s) for t_s in times])
    assert len(heard) == len(times)
    for down_s, (shown_s, _) in zip(times, heard, strict=True):
        assert shown_s - down_s <= POLICY.pause_s * 1.001


def test_two_fingers_landing_together_are_still_a_person() -> None:
    assert what(play([("1", 0.0), ("2", 0.003), ("3", 0.2)])) == [Typed("12"), Typed("3")]
    assert what(play([("1", 0.0), ("2", 0.003), ("\r", 0.006)])) == [Typed("12"), Typed("\r")]


def test_a_person_s_enter_is_not_held_up() -> None:
    assert play([("\r", 1.0)]) == [(1.0, Typed("\r"))]


# -- a reader


@given(BADGES, st.data(), ENDS)
def test_any_burst_is_one_badge(text: str, data: st.DataObject, end: str) -> None:
    gaps_s = data.draw(st.lists(READER_GAPS, min_size=len(text + end), max_size=len(text + end)))
    keys, t_s = [], 5.0
    for character, gap_s in zip(text + end, gaps_s, strict=True):
        t_s += gap_s
        keys.append((character, t_s))
    assert what(play(keys)) == [Badge(text)]


@given(st.lists(st.tuples(BADGES, ENDS, st.floats(0.6, 5.0)), max_size=6))
def test_badges_one_after_another_are_each_read_once(
    visits: list[tuple[str, str, float]],
) -> None:
    keys: list[Key] = []
    t_s = 0.0
    for text, end, wait_s in visits:
        t_s += wait_s
        read = burst(text + end, t_s)
        keys += read
        t_s = read[-1][1]
    assert what(play(keys)) == [Badge(text) for text, _, _ in visits]


@given(st.text("0123456789", min_size=1, max_size=6), BADGES, ENDS)
def test_a_badge_between_typed_digits_disturbs_neither(pin: str, text: str, end: str) -> None:
    before = [(digit, 0.1 * place) for place, digit in enumerate(pin)]
    middle = burst(text + end, 1.0)
    after = [(digit, 2.0 + 0.1 * place) for place, digit in enumerate(pin)]
    digits = [Typed(digit) for digit in pin]
    assert what(play([*before, *middle, *after])) == [*digits, Badge(text), *digits]


def test_a_badge_is_told_at_its_enter_or_after_the_pause() -> None:
    assert play(burst("04A1B2C3\r", 0.0, 0.001)) == [(0.008, Badge("04A1B2C3"))]
    ((t_s, heard),) = play(burst("04A1B2C3", 0.0, 0.001))
    assert heard == Badge("04A1B2C3")
    assert t_s == pytest.approx(0.007 + POLICY.pause_s)


@pytest.mark.parametrize("late_s", [0.001, 0.05, 0.3])
def test_a_second_or_late_terminator_of_a_reader_confirms_nothing(late_s: float) -> None:
    keys = burst("04A1B2C3\r")
    assert what(play([*keys, ("\n", keys[-1][1] + late_s)])) == [Badge("04A1B2C3")]
    keys = burst("04A1B2C3")
    assert what(play([*keys, ("\r", keys[-1][1] + late_s)])) == [Badge("04A1B2C3")]


# -- what is not read


@pytest.mark.parametrize("end", ["", "\r"])
def test_a_burst_cut_short_is_dropped(end: str) -> None:
    assert what(play(burst("04A" + end))) == [Dropped(Spoilt.CUT_SHORT)]


def test_where_the_reader_always_ends_a_burst_without_an_end_was_cut_short() -> None:
    policy = WedgePolicy(needs_end=True)
    assert what(play(burst("04A1B2"), policy)) == [Dropped(Spoilt.CUT_SHORT)]
    assert what(play(burst("04A1B2C3\r"), policy)) == [Badge("04A1B2C3")]


@given(st.integers(POLICY.longest + 1, 5000), ENDS)
def test_an_overlong_burst_is_dropped_once_and_whole(length: int, end: str) -> None:
    assert what(play(burst("7" * length + end))) == [Dropped(Spoilt.TOO_LONG)]


def test_no_more_is_kept_than_can_be_a_badge() -> None:
    wedge = Wedge()
    for key, t_s in burst("7" * 100_000, gap_s=0.0001):
        wedge, _ = feed(wedge, key, t_s, POLICY)
    assert len(wedge.kept) == POLICY.longest + 1


@pytest.mark.parametrize("odd", ["\x00", "\x1b", "é", "\ud800", "😀", "", "ab", "\x7f"])
def test_a_burst_with_a_strange_key_is_dropped(odd: str) -> None:
    wedge, heard = Wedge(), list[Heard]()
    for place, key in enumerate(["0", "4", odd, "A", "1", "\r"]):
        wedge, more = feed(wedge, key, place * 0.001, POLICY)
        heard += more
    assert heard == [Dropped(Spoilt.STRANGE)]


def test_a_second_card_too_soon_is_not_read() -> None:
    first, second = burst("CARD-ONE\r"), burst("CARD-TWO\r", 0.1)
    assert what(play([*first, *second])) == [Badge("CARD-ONE"), Dropped(Spoilt.TWO_AT_ONCE)]
    again = burst("CARD-ONE\r", 0.1)
    assert what(play([*first, *again])) == [Badge("CARD-ONE"), Dropped(Spoilt.REPEATED)]
    later = burst("CARD-TWO\r", 1.0)
    assert what(play([*first, *later])) == [Badge("CARD-ONE"), Badge("CARD-TWO")]


@given(
    st.lists(st.tuples(st.text(max_size=2), st.floats(allow_nan=True, allow_infinity=True))),
    st.lists(st.floats(allow_nan=True), max_size=3),
)
def test_no_input_whatever_raises_or_is_kept_for_long(
    keys: list[Key], flushes_s: list[float]
) -> None:
    wedge = Wedge()
    for key, t_s in keys:
        wedge, _ = feed(wedge, key, t_s, POLICY)
        for flush_s in flushes_s:
            wedge, _ = flush(wedge, flush_s, POLICY)
        assert len(wedge.kept) <= POLICY.longest + 1
    wedge, _ = flush(wedge, float("nan"), POLICY)
    assert wedge.kept == ""


def test_nothing_is_flushed_before_its_time() -> None:
    wedge, _ = feed(Wedge(), "7", 1.0, POLICY)
    assert flush(wedge, 1.0 + POLICY.pause_s * 0.99, POLICY) == (wedge, ())
    assert flush(wedge, 1.0 + POLICY.pause_s, POLICY)[1] == (Typed("7"),)
    assert flush(Wedge(), 99.0, POLICY) == (Wedge(), ())


def test_secrets_are_not_in_representations() -> None:
    wedge, _ = feed(Wedge(), "7", 1.0, POLICY)
    for value in (Badge("04A1B2C3"), Typed("4711"), wedge):
        assert not any(digit in repr(value) for digit in ("04A1", "4711", "7"))


def test_the_limits_leave_room_on_both_sides() -> None:
    """FIELD: a reader 1-2 ms, a fast person 60 ms."""
    limits = [0.002, POLICY.gap_s, POLICY.pause_s, 0.060]
    assert all(earlier * 1.5 < later for earlier, later in pairwise(limits))
    assert ALPHABET.isdisjoint(TERMINATORS)
