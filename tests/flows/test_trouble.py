"""When parts fail: whatever it is, the answer is no, and the other way in stays open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.effects import CheckPin, Identify, Record, Resolve
from app.domain.events import Button, Condition, GalleryChanged, Part
from app.domain.journal import Factor
from app.domain.policy import Mode
from app.domain.reasons import Reason
from app.domain.states import Attract, Showing
from tests.fakes.faces import freezes, looped, shuffled, stutters, unmeasured
from tests.fakes.lens import ENROLLED
from tests.fakes.people import AMARA, IVO
from tests.flows.stage import Stage, Worker
from tests.flows.story import (
    TRUSTING,
    Line,
    answers_after,
    fails,
    given,
    holds_badge,
    journal_ends,
    never_answers,
    part,
    person_walks_up,
    presses,
    shows,
    still_shows,
    story,
    the_door_opened,
    the_door_stayed_shut,
    time_passes,
    types,
    works_again,
)

Lines = tuple[Line, ...]

BY_FACE: Lines = (person_walks_up(AMARA), presses(Button.USE_FACE))
BY_CLAIM: Lines = (person_walks_up(AMARA), holds_badge(AMARA), presses(Button.USE_FACE))
BY_PIN: Lines = (holds_badge(AMARA), types(AMARA.pin), presses(Button.CONFIRM))

WORKERS: dict[str, tuple[Worker, Lines, Reason]] = {
    "whose claim it is": (Resolve, BY_CLAIM, Reason.FAULT),
    "whose face it is": (Identify, BY_FACE, Reason.FAULT),
    "whether the PIN is right": (CheckPin, BY_PIN, Reason.FAULT),
    "the record of a face": (Record, BY_FACE, Reason.CANNOT_RECORD),
    "the record of a PIN": (Record, BY_PIN, Reason.CANNOT_RECORD),
}


@pytest.mark.parametrize(("worker", "lines", "reason"), WORKERS.values(), ids=WORKERS)
def test_a_worker_that_fails_denies(worker: Worker, lines: Lines, reason: Reason) -> None:
    story(
        fails(worker),
        *lines,
        shows("busy", within_s=15.0),
        shows("denied", reason, within_s=0.5),
        the_door_stayed_shut(),
    )


@pytest.mark.parametrize(("worker", "lines", "reason"), WORKERS.values(), ids=WORKERS)
def test_a_worker_that_never_answers_denies(worker: Worker, lines: Lines, reason: Reason) -> None:
    told = story(
        never_answers(worker),
        *lines,
        shows("busy", within_s=15.0),
        time_passes(5.1),
        works_again(worker),
        shows("denied", reason),
        the_door_stayed_shut(),
    )
    assert told.sounds[-1] == "denied"


@pytest.mark.parametrize(("worker", "lines", "reason"), WORKERS.values(), ids=WORKERS)
def test_an_answer_that_comes_too_late_is_not_heard(
    worker: Worker, lines: Lines, reason: Reason
) -> None:
    story(
        answers_after(worker, 5.0),
        *lines,
        shows("busy", within_s=15.0),
        time_passes(4.0),
        works_again(worker),
        shows("denied", reason, within_s=6.0),
        time_passes(3.0),
        still_shows("denied"),
        the_door_stayed_shut(),
    )


def test_a_late_answer_does_not_win_against_a_tick_that_was_not_handled_yet() -> None:
    """The machine slept: the record's answer is the first thing the kiosk hears, a minute late."""

    def sleeps(stage: Stage) -> None:
        stage.run(0.5)
        stage.now_s += 60.0
        stage.next_tick_s = stage.now_s + 1.0

    story(
        answers_after(Record, 2.0),
        *BY_PIN,
        sleeps,
        shows("denied", Reason.CANNOT_RECORD),
        the_door_stayed_shut(),
    )


def test_a_grant_that_could_not_be_recorded_is_followed_by_a_row_that_says_so() -> None:
    """The late row of the grant may still reach the disk; the next one says nothing opened."""
    told = story(
        answers_after(Record, 6.0),
        *BY_PIN,
        shows("denied", Reason.CANNOT_RECORD),
        time_passes(7.0),
        the_door_stayed_shut(),
        journal_ends(Reason.CANNOT_RECORD, {Factor.BADGE, Factor.PIN}),
    )
    granted, refused = told.journal
    assert (granted.granted, refused.granted) == (True, False)
    assert granted.visit == refused.visit


def test_a_contract_that_ends_while_its_record_is_written_opens_nothing() -> None:
    def one_second_before_the_end(stage: Stage) -> None:
        assert IVO.person.valid_until_s is not None
        stage.utc_offset_s = IVO.person.valid_until_s - 1.0 - stage.now_s

    told = story(
        holds_badge(IVO),
        types(IVO.pin),
        one_second_before_the_end,
        answers_after(Record, 1.5),
        presses(Button.CONFIRM),
        shows("denied", Reason.ENDED),
        the_door_stayed_shut(),
    )
    assert told.journal[0].granted
    assert not told.journal[-1].granted


def test_a_contract_is_kept_to_the_second() -> None:
    def before_the_end(seconds: float) -> Line:
        def line(stage: Stage) -> None:
            assert IVO.person.valid_until_s is not None
            stage.utc_offset_s = IVO.person.valid_until_s - seconds - stage.now_s

        return line

    way: Lines = (holds_badge(IVO), types(IVO.pin))
    confirm = presses(Button.CONFIRM)
    story(*way, before_the_end(1.0), confirm, shows("granted", "Ivo"), the_door_opened())
    story(*way, before_the_end(0.0), confirm, shows("denied", Reason.ENDED))


def test_losing_the_camera_in_mid_session_leaves_badge_and_pin() -> None:
    story(
        *BY_FACE,
        shows("verify", 1),
        part(Part.CAMERA, Condition.LOST, "camera-unavailable"),
        shows("denied", Reason.CAMERA_LOST, "unavailable"),
        *BY_PIN,
        shows("granted", "Amara"),
        the_door_opened(),
        part(Part.CAMERA, Condition.READY),
        time_passes(6.2),
        still_shows("attract", "open"),
    )


def test_losing_the_badge_reader_does_not_disturb_a_face_session() -> None:
    story(
        *BY_FACE,
        shows("verify", 1),
        part(Part.READER, Condition.LOST, "reader"),
        still_shows("verify", 1),
        shows("granted", "Amara", within_s=15.0),
    )


def test_losing_the_camera_does_not_disturb_who_types_a_pin() -> None:
    story(
        holds_badge(AMARA),
        types(AMARA.pin),
        part(Part.CAMERA, Condition.LOST, "camera-unavailable"),
        still_shows("pin", len(AMARA.pin), "unavailable"),
        presses(Button.CONFIRM),
        shows("granted", "Amara"),
    )


GALLERY_LOST_AT: dict[str, Lines] = {
    "attract": (),
    "claim": (types("12"),),
    "pin": (holds_badge(AMARA), types("12")),
    "framing": (*BY_FACE, time_passes(0.5)),
    "challenge": (*BY_FACE, shows("verify", 1)),
    "resolving": (never_answers(Resolve), *BY_CLAIM),
    "identifying": (never_answers(Identify), *BY_FACE, shows("busy")),
    "checking the PIN": (never_answers(CheckPin), *BY_PIN),
    "recording": (answers_after(Record, 0.5), *BY_PIN, time_passes(0.1)),
    "granted": (*BY_PIN, shows("granted")),
    "denied": (holds_badge(AMARA), types("0000"), presses(Button.CONFIRM), shows("denied")),
}


@pytest.mark.parametrize("condition", [Condition.LOST, Condition.FAILED])
@pytest.mark.parametrize("lines", GALLERY_LOST_AT.values(), ids=GALLERY_LOST_AT)
def test_without_the_gallery_nobody_is_let_in(lines: Lines, condition: Condition) -> None:
    """Whatever was going on: out of service at once, nothing opens, and nothing lives on."""

    def nobody_is_kept_waiting(stage: Stage) -> None:
        assert isinstance(stage.kiosk.screen, Attract | Showing)
        assert stage.watched is None

    told = story(
        *lines,
        fails(Record),
        part(Part.GALLERY, condition, "gallery-unwritable"),
        still_shows("out-of-service", "gallery-unwritable"),
        nobody_is_kept_waiting,
        works_again(Resolve, Identify, CheckPin),
        *BY_PIN,
        *BY_FACE,
        time_passes(20.0),
        still_shows("out-of-service"),
        works_again(Record),
        part(Part.GALLERY, Condition.READY),
        still_shows("attract"),
        *BY_PIN,
        shows("granted", "Amara"),
    )
    granted_before = 1 if lines == GALLERY_LOST_AT["granted"] else 0
    assert len(told.doors) == granted_before + 1


def test_nothing_goes_before_the_gallery_is_open() -> None:
    story(
        part(Part.GALLERY, Condition.STARTING),
        still_shows("busy", "waking"),
        *BY_PIN,
        *BY_FACE,
        still_shows("busy", "waking"),
        part(Part.GALLERY, Condition.READY),
        still_shows("attract"),
    )


def test_the_face_path_waits_for_its_parts_and_the_badge_does_not() -> None:
    story(
        part(Part.VISION, Condition.STARTING),
        still_shows("attract", "waking"),
        presses(Button.USE_FACE),
        still_shows("attract", "waking"),
        *BY_PIN,
        shows("granted"),
    )


def face_locked_for(seconds: float) -> Line:
    def line(stage: Stage) -> None:
        until_s = stage.moment.utc_s + seconds
        stage.face_locked_until_s = until_s
        stage.tell(GalleryChanged(stage.moment, 1, 1, until_s, (ENROLLED,)))

    return line


def test_a_change_of_the_gallery_is_taken_in_without_disturbing_anybody() -> None:
    def changed(stage: Stage) -> None:
        stage.tell(GalleryChanged(stage.moment, 12, 34, 0.0))
        assert (stage.kiosk.people, stage.kiosk.templates) == (12, 34)

    story(
        holds_badge(AMARA),
        types("100"),
        changed,
        still_shows("pin", 3),
    )


def test_a_locked_face_path_pauses_and_comes_back() -> None:
    """Claims have a lock-out of their own: a claimed person need not wait for strangers."""
    story(
        face_locked_for(30.0),
        still_shows("attract", "paused"),
        *BY_FACE,
        still_shows("attract", "paused"),
        presses(Button.USE_BADGE_OR_PIN),
        shows("claim", "paused"),
        holds_badge(AMARA),
        shows("pin", "open"),
        presses(Button.USE_FACE),
        shows("granted", "Amara", within_s=15.0),
        time_passes(30.0),
        still_shows("attract", "open"),
        *BY_FACE,
        shows("verify"),
    )


def test_the_failure_that_locks_the_face_path_locks_it_from_its_record_on() -> None:
    def locks_with_the_next_row(stage: Stage) -> None:
        stage.face_locked_until_s = stage.moment.utc_s + 60.0

    story(
        locks_with_the_next_row,
        person_walks_up("a stranger"),
        presses(Button.USE_FACE),
        shows("denied", Reason.NOT_RECOGNISED, "paused", within_s=15.0),
        presses(Button.RETRY),
        still_shows("attract", "paused"),
    )


def test_a_lock_is_learnt_from_a_row_that_came_too_late() -> None:
    def locks_with_the_next_row(stage: Stage) -> None:
        stage.face_locked_until_s = stage.moment.utc_s + 60.0

    story(
        locks_with_the_next_row,
        answers_after(Record, 6.0),
        person_walks_up("a stranger"),
        presses(Button.USE_FACE),
        shows("denied", Reason.NOT_RECOGNISED, "open", within_s=15.0),
        shows("denied", Reason.NOT_RECOGNISED, "paused", within_s=2.0),
    )


def test_a_locked_claim_is_refused_before_the_camera_wakes() -> None:
    told = story(
        given(locked={AMARA.badge}),
        *BY_CLAIM,
        shows("denied", Reason.LOCKED, within_s=1.0),
    )
    assert told.watched is None


@pytest.mark.parametrize(
    ("name", "granted"),
    [("stutters", True), ("shuffled", True), ("looped", False), ("freezes", False), ("nan", False)],
)
def test_frames_that_repeat_or_swap_change_nothing_and_those_that_stop_deny(
    name: str, granted: bool
) -> None:
    twist = {
        "stutters": stutters(),
        "shuffled": shuffled(),
        "looped": looped(0.8),
        "freezes": freezes(0.8),
        "nan": unmeasured(0.8),
    }[name]
    told = story(
        person_walks_up(AMARA, twist),
        presses(Button.USE_FACE),
        shows("granted" if granted else "denied", within_s=15.0),
    )
    assert len(told.doors) == int(granted)
    if not granted:
        reason = told.journal[-1].reason
        assert reason is (Reason.TRACK_LOST if name == "nan" else Reason.CAMERA_LOST)


def test_a_camera_that_takes_three_seconds_to_open_is_waited_for() -> None:
    story(given(camera_wakes_s=3.0), *BY_FACE, shows("granted", within_s=15.0))


def test_a_time_clock_that_cannot_record_says_no() -> None:
    story(
        fails(Record),
        *BY_PIN,
        shows("denied", Reason.CANNOT_RECORD),
        policy=replace(TRUSTING, mode=Mode.CLOCK_IN),
    )
