"""Signing in without a face: a first-class way, from every screen."""

from __future__ import annotations

from dataclasses import replace

from app.domain.events import Button, Condition, Part
from app.domain.journal import Factor, Purpose
from app.domain.policy import Mode
from app.domain.reasons import Reason
from app.presentation import ClaimView, PinView
from tests.fakes.people import AMARA, BRUNO
from tests.flows.story import (
    TRUSTING,
    holds_badge,
    journal_ends,
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
)


def test_badge_and_pin() -> None:
    story(
        shows("attract"),
        holds_badge(AMARA),
        shows("pin", "badge", 0),
        types(AMARA.pin),
        still_shows("pin", len(AMARA.pin)),
        presses(Button.CONFIRM),
        shows("granted", "Amara"),
        the_door_opened(),
        journal_ends(factors={Factor.BADGE, Factor.PIN}, person=AMARA, purpose=Purpose.ENTER),
    )


def test_number_and_pin() -> None:
    story(
        presses(Button.USE_BADGE_OR_PIN),
        shows("claim", ""),
        types("10019"),
        presses(Button.ERASE),
        still_shows("claim", "1001"),
        presses(Button.CONFIRM),
        shows("pin", "number"),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", "Amara"),
        the_door_opened(),
        journal_ends(factors={Factor.NUMBER, Factor.PIN}, person=AMARA),
    )


def test_a_badge_alone_is_a_user_name() -> None:
    story(
        holds_badge(AMARA),
        presses(Button.CONFIRM, Button.DONE, Button.RETRY),
        still_shows("pin"),
        the_door_stayed_shut(),
    )


def test_a_wrong_pin_and_an_unknown_number_look_the_same() -> None:
    """From the moment the number is confirmed, every screen and every moment is the same."""
    told = []
    for number in (AMARA.person.number, "4711"):
        stage = story(
            types(number),
            presses(Button.CONFIRM),
            types("0000"),
            presses(Button.CONFIRM),
            shows("denied", Reason.WRONG_CREDENTIALS),
            journal_ends(Reason.WRONG_CREDENTIALS, {Factor.NUMBER, Factor.PIN}),
        )
        told.append([each for each in stage.views if not isinstance(each[1], ClaimView)])
    assert told[0] == told[1]


def test_a_badge_in_the_middle_of_a_face_session() -> None:
    stage = story(
        person_walks_up(BRUNO),
        presses(Button.USE_FACE),
        shows("verify", 1),
        holds_badge(AMARA),
        shows("pin", "badge"),
        journal_ends(Reason.CANCELLED, {Factor.FACE}),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", "Amara"),
        journal_ends(factors={Factor.BADGE, Factor.PIN}, person=AMARA),
    )
    assert stage.watched is None


def test_the_other_door_in_the_middle_of_a_face_session() -> None:
    """Choosing the badge is a change of mind, not another visit."""
    stage = story(
        person_walks_up(BRUNO),
        presses(Button.USE_FACE),
        shows("verify", 1),
        presses(Button.USE_BADGE_OR_PIN),
        shows("claim"),
        types(BRUNO.person.number),
        presses(Button.CONFIRM),
        types(BRUNO.pin),
        presses(Button.CONFIRM),
        shows("granted", "Bruno"),
        journal_ends(factors={Factor.NUMBER, Factor.PIN}, person=BRUNO),
    )
    assert len(stage.journal) == 1


def test_a_claim_is_kept_when_the_face_is_given_up_for_the_pin() -> None:
    story(
        person_walks_up(BRUNO),
        holds_badge(AMARA),
        presses(Button.USE_FACE),
        shows("verify", 1),
        presses(Button.USE_BADGE_OR_PIN),
        shows("pin", "badge"),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", "Amara"),
        journal_ends(factors={Factor.BADGE, Factor.PIN}, person=AMARA),
    )


def test_a_reader_that_reads_twice_does_not_cost_the_typed_digits() -> None:
    story(
        holds_badge(AMARA),
        types("100"),
        holds_badge(AMARA),
        still_shows("pin", 3),
        holds_badge(BRUNO),
        still_shows("pin", 0),
        journal_ends(Reason.CANCELLED, {Factor.BADGE}),
    )


def test_a_badge_read_twice_is_a_sign_of_life() -> None:
    story(
        holds_badge(AMARA),
        time_passes(6.0),
        holds_badge(AMARA),
        time_passes(6.0),
        still_shows("pin"),
    )


def test_a_badge_keeps_what_its_holder_chose() -> None:
    story(
        presses(Button.CLOCK_OUT, Button.USE_FACE),
        holds_badge(AMARA),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", Purpose.CLOCK_OUT),
        policy=replace(TRUSTING, mode=Mode.CLOCK),
    )


def test_an_empty_badge_is_no_badge() -> None:
    story(holds_badge(""), still_shows("attract"))


def test_badge_and_pin_go_on_without_a_camera() -> None:
    story(
        part(Part.CAMERA, Condition.LOST, "camera-unavailable"),
        part(Part.VISION, Condition.FAILED, "model-missing"),
        shows("attract", "unavailable"),
        presses(Button.USE_FACE),
        still_shows("attract"),
        holds_badge(AMARA),
        shows("pin", "unavailable"),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", "Amara"),
        the_door_opened(),
    )


def test_a_key_that_is_no_digit_types_nothing() -> None:
    story(
        types("a"),
        types("²"),
        types("٣"),
        still_shows("claim", ""),
        presses(Button.CONFIRM),
        still_shows("claim", ""),
    )


def test_numbers_and_pins_have_a_longest_length() -> None:
    told = story(
        types("12345678901234"),
        still_shows("claim", "1234567890"),
        presses(Button.CONFIRM),
        types("12345678901234"),
    )
    assert isinstance(told.view, PinView)
    assert told.view.typed == 12


def test_a_pin_too_short_is_not_tried() -> None:
    told = story(holds_badge(AMARA), types("100"), presses(Button.CONFIRM), still_shows("pin", 3))
    assert not told.journal


def test_digits_can_be_taken_back() -> None:
    story(
        types("12"),
        presses(Button.ERASE, Button.ERASE, Button.ERASE),
        still_shows("claim", ""),
        types("1001"),
        presses(Button.CONFIRM),
        types(AMARA.pin + "9"),
        presses(Button.ERASE, Button.CONFIRM),
        shows("granted", "Amara"),
    )


def test_every_way_in_takes_as_many_taps_but_for_one_and_the_journal_counts_them() -> None:
    """Typing is none: a number and a PIN are as long as they are."""
    ways = {
        "face": (person_walks_up(AMARA), presses(Button.USE_FACE)),
        "badge": (holds_badge(AMARA), shows("pin"), types(AMARA.pin), presses(Button.CONFIRM)),
        "number": (
            presses(Button.USE_BADGE_OR_PIN),
            types("1001"),
            presses(Button.CONFIRM),
            shows("pin"),
            types("9"),
            presses(Button.ERASE),
            types(AMARA.pin),
            presses(Button.CONFIRM),
        ),
    }
    taps = {
        name: story(*way, shows("granted", "Amara", within_s=20.0), policy=TRUSTING)
        .journal[-1]
        .taps
        for name, way in ways.items()
    }
    assert taps == {"face": 1, "badge": 1, "number": 3}


def test_taps_are_counted_anew_for_whoever_comes_next() -> None:
    stage = story(
        presses(Button.USE_BADGE_OR_PIN),
        presses(Button.CANCEL),
        shows("attract"),
        holds_badge(AMARA),
        shows("pin"),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", "Amara"),
    )
    assert stage.journal[-1].taps == 1
