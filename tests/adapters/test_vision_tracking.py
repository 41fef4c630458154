"""Numbers for faces: kept while they overlap, fresh when they do not, never given twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.observation import Box
from app.vision.tracking import KEPT_S, Tracker

HERE, THERE = Box(100.0, 100.0, 80.0, 80.0), Box(400.0, 100.0, 80.0, 80.0)
STEP_S = 1 / 15


def moved(box: Box, right: float) -> Box:
    return Box(box.left + right, box.top, box.width, box.height)


def test_a_face_that_moves_a_little_keeps_its_number() -> None:
    tracker = Tracker()
    numbers = [tracker.assign([moved(HERE, 20.0 * n)], n * STEP_S)[0] for n in range(10)]
    assert numbers == [1] * 10


def test_a_face_somewhere_else_is_another_face() -> None:
    tracker = Tracker()
    assert tracker.assign([HERE], 0.0) == [1]
    assert tracker.assign([THERE], STEP_S) == [2]


def test_two_faces_keep_theirs_in_whatever_order_they_are_found() -> None:
    tracker = Tracker()
    assert tracker.assign([HERE, THERE], 0.0) == [1, 2]
    assert tracker.assign([moved(THERE, 5.0), moved(HERE, 5.0)], STEP_S) == [2, 1]


def test_one_number_is_not_shared_by_two_boxes_over_one_face() -> None:
    tracker = Tracker()
    tracker.assign([HERE], 0.0)
    assert tracker.assign([moved(HERE, 2.0), moved(HERE, 10.0)], STEP_S) == [1, 2]


def test_a_short_gap_is_forgiven_and_a_long_one_is_not() -> None:
    tracker = Tracker()
    tracker.assign([HERE], 0.0)
    tracker.assign([], KEPT_S / 2)
    assert tracker.assign([HERE], KEPT_S) == [1]
    tracker.assign([], KEPT_S + STEP_S)
    assert tracker.assign([HERE], 2 * KEPT_S + STEP_S) == [2]


def test_a_clock_that_starts_anew_ends_every_track() -> None:
    tracker = Tracker()
    tracker.assign([HERE], 100.0)
    assert tracker.expected(1.0) == ()
    assert tracker.assign([HERE], 1.0) == [2]


def test_forgetting_ends_tracks_but_numbers_go_on() -> None:
    tracker = Tracker()
    tracker.assign([HERE], 0.0)
    tracker.forget()
    assert tracker.expected(STEP_S) == ()
    assert tracker.assign([HERE], STEP_S) == [2]


boxes = st.lists(
    st.builds(Box, *(st.floats(0, 500) for _ in range(2)), *(st.floats(20, 200) for _ in range(2))),
    max_size=4,
)


@given(st.lists(st.tuples(boxes, st.floats(0.0, 1.0)), max_size=12))
def test_no_number_returns_after_its_face_was_lost(looks: list[tuple[list[Box], float]]) -> None:
    tracker = Tracker()
    t_s = 0.0
    last_seen: dict[int, float] = {}
    highest = 0
    for found, gap_s in looks:
        t_s += gap_s
        numbers = tracker.assign(found, t_s)
        assert len(set(numbers)) == len(numbers)
        for number in numbers:
            if number in last_seen:
                assert t_s - last_seen[number] <= KEPT_S
            else:
                assert number > highest
            last_seen[number] = t_s
        highest = max([highest, *numbers])
