"""Signing in by face: walking up to the kiosk, or saying first who one is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.effects import Watch
from app.domain.events import Button, Looked
from app.domain.journal import Factor, Purpose
from app.domain.kiosk import STANDARD_PURPOSE
from app.domain.policy import Mode
from app.domain.reasons import Reason
from app.presentation import VerifyView
from tests.fakes.faces import Actor, Habits
from tests.fakes.people import AMARA, BRUNO, GRETA, HIRO, STRANGER
from tests.flows.stage import START_S, Stage
from tests.flows.story import (
    TRUSTING,
    asks,
    given,
    holds_badge,
    journal_ends,
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


def test_walking_up() -> None:
    stage = story(
        person_walks_up(AMARA),
        shows("attract"),
        asks("turn-left", "blink", "look-up"),
        presses(Button.USE_FACE),
        shows("verify", None, False),
        shows("verify", "turn-left", 1),
        shows("verify", None, Reason.LOOK_STRAIGHT),
        shows("verify", "blink", 2),
        shows("verify", "look-up", 3),
        shows("busy"),
        shows("granted", "Amara"),
        the_door_opened(),
        journal_ends(factors={Factor.FACE}, person=AMARA, purpose=Purpose.ENTER),
        time_passes(6.1),
        still_shows("attract"),
    )
    assert stage.sounds == ["step-met", "step-met", "granted"]


def test_a_whole_visit_takes_less_than_eight_seconds() -> None:
    """With a camera that takes three seconds to wake, and half a second to compare."""
    stage = story(
        person_walks_up(AMARA, habits=Habits(reaction_s=0.35, fps=15.0, noise=1.0)),
        given(camera_wakes_s=3.0),
        asks("turn-left", "turn-right"),
        presses(Button.USE_FACE),
        shows("granted", within_s=8.0),
    )
    assert stage.now_s - START_S < 8.0


def test_the_camera_sleeps_until_somebody_chooses_their_face() -> None:
    stage = story(person_walks_up(AMARA), time_passes(5.0), holds_badge(AMARA), time_passes(5.0))
    assert not any(isinstance(effect, Watch) for _, _, effects in stage.done for effect in effects)


def test_badge_then_face() -> None:
    story(
        person_walks_up(AMARA),
        holds_badge(AMARA),
        shows("pin", "badge"),
        presses(Button.USE_FACE),
        shows("verify", True),
        shows("granted", "Amara", within_s=15.0),
        the_door_opened(),
        journal_ends(factors={Factor.FACE, Factor.BADGE}, person=AMARA),
    )


def test_typed_number_then_face() -> None:
    story(
        person_walks_up(AMARA),
        types(AMARA.person.number),
        shows("claim", "1001"),
        presses(Button.CONFIRM),
        shows("pin", "number"),
        presses(Button.USE_FACE),
        shows("granted", "Amara", within_s=15.0),
        journal_ends(factors={Factor.FACE, Factor.NUMBER}, person=AMARA),
    )


def test_a_claim_is_only_granted_to_the_claimed_person() -> None:
    story(
        person_walks_up(BRUNO),
        holds_badge(AMARA),
        presses(Button.USE_FACE),
        shows("denied", Reason.NOT_RECOGNISED, within_s=15.0),
        the_door_stayed_shut(),
        journal_ends(Reason.NOT_RECOGNISED, {Factor.FACE, Factor.BADGE}),
    )


def test_a_number_that_is_nobodys_takes_the_same_way() -> None:
    story(
        person_walks_up(AMARA),
        types("777777"),
        presses(Button.CONFIRM),
        shows("pin", "number"),
        presses(Button.USE_FACE),
        shows("verify", True),
        shows("denied", Reason.NOT_RECOGNISED, within_s=15.0),
        the_door_stayed_shut(),
    )


def test_twins_are_asked_for_a_badge_and_then_it_works() -> None:
    story(
        person_walks_up(AMARA),
        given(twins={AMARA.person.id}),
        presses(Button.USE_FACE),
        shows("denied", Reason.UNSURE, within_s=15.0),
        holds_badge(AMARA),
        presses(Button.USE_FACE),
        shows("granted", "Amara", within_s=15.0),
        the_door_opened(),
    )


def test_a_needs_profile_is_never_asked_for_what_it_excludes() -> None:
    stage = story(
        person_walks_up(GRETA),
        holds_badge(GRETA),
        presses(Button.USE_FACE),
        shows("granted", "Greta", within_s=15.0),
    )
    prompts = {view.prompt for _, view in stage.views if isinstance(view, VerifyView)}
    assert {None} < prompts <= {None, "turn-left", "turn-right", "look-up"}


def test_a_profile_that_excludes_too_much_sends_elsewhere_at_once() -> None:
    """The camera does not even wake, and the other way in is open."""
    stage = story(
        person_walks_up(HIRO),
        holds_badge(HIRO),
        presses(Button.USE_FACE),
        shows("denied", Reason.FACE_UNAVAILABLE, within_s=0.1),
        holds_badge(HIRO),
        types(HIRO.pin),
        presses(Button.CONFIRM),
        shows("granted", "Hiro"),
    )
    assert not any(isinstance(view, VerifyView) for _, view in stage.views)
    assert not any(isinstance(effect, Watch) for _, _, effects in stage.done for effect in effects)


def test_a_second_session_in_one_visit_is_asked_anew() -> None:
    """The promise that holds in every story: no two sessions share a nonce."""
    story(
        person_walks_up(AMARA),
        holds_badge(AMARA),
        presses(Button.USE_FACE),
        shows("verify", 1),
        presses(Button.USE_BADGE_OR_PIN),
        shows("pin"),
        presses(Button.USE_FACE),
        shows("granted", "Amara", within_s=15.0),
    )


def test_frames_of_another_visit_are_not_looked_at() -> None:
    """Somebody else does in front of another session what this one asks for."""
    bystander = Actor()

    def plays_along(stage: Stage) -> None:
        for _ in range(150):
            stage.run(0.1)
            view = stage.view
            prompt = view.prompt if isinstance(view, VerifyView) else None
            for observation in bystander.look(stage.now_s, prompt):
                later = replace(observation, frame=observation.frame + 1000)
                stage.tell(Looked(stage.moment, b"not this visit..", later))

    story(
        person_walks_up(AMARA, habits=Habits(does=lambda _asked: None)),
        presses(Button.USE_FACE),
        plays_along,
        still_shows("denied", Reason.CHALLENGE_MISSED),
        the_door_stayed_shut(),
    )


def test_trying_again_after_a_refusal() -> None:
    told = story(
        person_walks_up(STRANGER),
        presses(Button.USE_FACE),
        shows("denied", Reason.NOT_RECOGNISED, within_s=15.0),
        person_walks_up(AMARA),
        presses(Button.RETRY),
        shows("verify"),
        shows("granted", "Amara", within_s=15.0),
    )
    assert told.journal[0].visit != told.journal[1].visit


def test_not_me_takes_a_grant_back() -> None:
    stage = story(
        person_walks_up(BRUNO),
        presses(Button.USE_FACE),
        shows("granted", "Bruno", within_s=15.0),
        presses(Button.NOT_ME),
        shows("denied", Reason.DISPUTED),
        journal_ends(Reason.DISPUTED, {Factor.FACE}, BRUNO),
        presses(Button.NOT_ME),
        still_shows("denied", Reason.DISPUTED),
        presses(Button.USE_BADGE_OR_PIN),
        shows("claim"),
        types(BRUNO.person.number),
        presses(Button.CONFIRM),
        types(BRUNO.pin),
        presses(Button.CONFIRM),
        shows("granted", "Bruno"),
    )
    assert [entry.kind for entry in stage.journal] == ["visit", "dispute", "visit"]


def test_not_me_is_only_said_to_a_grant() -> None:
    stage = story(
        person_walks_up(STRANGER),
        presses(Button.USE_FACE),
        shows("denied", within_s=15.0),
        presses(Button.NOT_ME),
        still_shows("denied", Reason.NOT_RECOGNISED),
    )
    assert len(stage.journal) == 1


@pytest.mark.parametrize(
    ("mode", "purpose"),
    [(Mode.CLOCK_IN, Purpose.CLOCK_IN), (Mode.CLOCK_OUT, Purpose.CLOCK_OUT)],
)
def test_a_time_clock_records_and_opens_nothing(mode: Mode, purpose: Purpose) -> None:
    story(
        person_walks_up(AMARA),
        shows("attract", purpose, False),
        presses(Button.USE_FACE),
        shows("granted", "Amara", purpose, within_s=15.0),
        journal_ends(person=AMARA, purpose=purpose),
        the_door_stayed_shut(),
        policy=replace(TRUSTING, mode=mode),
    )


def test_on_a_clock_for_both_the_person_chooses_for_themselves_only() -> None:
    story(
        person_walks_up(AMARA),
        shows("attract", Purpose.CLOCK_IN, True),
        presses(Button.CLOCK_OUT),
        shows("attract", Purpose.CLOCK_OUT),
        presses(Button.USE_FACE),
        shows("granted", Purpose.CLOCK_OUT, within_s=15.0),
        holds_badge(BRUNO),
        types(BRUNO.pin),
        presses(Button.CONFIRM),
        shows("granted", "Bruno", Purpose.CLOCK_IN),
        policy=replace(TRUSTING, mode=Mode.CLOCK),
    )


def test_changing_ones_mind_before_signing_in() -> None:
    story(
        presses(Button.CLOCK_OUT),
        shows("attract", Purpose.CLOCK_OUT),
        time_passes(5.0),
        presses(Button.CLOCK_IN),
        shows("attract", Purpose.CLOCK_IN),
        presses(Button.CLOCK_OUT),
        time_passes(8.5),
        still_shows("attract", Purpose.CLOCK_OUT),
        policy=replace(TRUSTING, mode=Mode.CLOCK),
    )


@pytest.mark.parametrize("mode", [Mode.DOOR, Mode.CLOCK_IN, Mode.CLOCK_OUT])
def test_what_a_kiosk_is_for_is_not_chosen_where_it_is_not_offered(mode: Mode) -> None:
    expected = STANDARD_PURPOSE[mode]
    told = story(
        presses(Button.CLOCK_IN, Button.CLOCK_OUT, Button.CLOCK_IN),
        holds_badge(AMARA),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", "Amara", expected),
        presses(Button.DONE, Button.CLOCK_OUT),
        holds_badge(AMARA),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", "Amara", expected),
        policy=replace(TRUSTING, mode=mode),
    )
    assert len(told.doors) == (2 if mode is Mode.DOOR else 0)


def test_who_was_refused_tries_again_for_the_same_purpose() -> None:
    story(
        presses(Button.CLOCK_OUT),
        holds_badge(AMARA),
        types("0000"),
        presses(Button.CONFIRM),
        shows("denied", Reason.WRONG_CREDENTIALS),
        holds_badge(AMARA),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", Purpose.CLOCK_OUT),
        policy=replace(TRUSTING, mode=Mode.CLOCK),
    )


def test_a_choice_nobody_followed_up_is_forgotten() -> None:
    story(
        presses(Button.CLOCK_OUT),
        time_passes(9.1),
        still_shows("attract", Purpose.CLOCK_IN),
        policy=replace(TRUSTING, mode=Mode.CLOCK),
    )


def test_face_and_pin_where_both_are_owed() -> None:
    both = frozenset({frozenset({Factor.FACE, Factor.PIN})})
    story(
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("pin", within_s=15.0),
        the_door_stayed_shut(),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", "Amara"),
        the_door_opened(),
        journal_ends(factors={Factor.FACE, Factor.PIN}, person=AMARA),
        policy=replace(TRUSTING, accepted=both),
    )


def test_a_face_and_another_persons_pin_are_not_two_factors() -> None:
    both = frozenset({frozenset({Factor.FACE, Factor.PIN})})
    story(
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("pin", within_s=15.0),
        types(BRUNO.pin),
        presses(Button.CONFIRM),
        shows("denied", Reason.WRONG_CREDENTIALS),
        the_door_stayed_shut(),
        policy=replace(TRUSTING, accepted=both),
    )


def test_a_face_owed_a_pin_is_forgotten_when_the_face_begins_anew() -> None:
    """Amara shows her face, and Bruno shows his before her PIN: her face does not count for him."""
    both = frozenset({frozenset({Factor.FACE, Factor.PIN})})
    story(
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("pin", within_s=15.0),
        person_walks_up(BRUNO),
        presses(Button.USE_FACE),
        shows("verify"),
        shows("pin", within_s=15.0),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("denied", Reason.WRONG_CREDENTIALS),
        the_door_stayed_shut(),
        policy=replace(TRUSTING, accepted=both),
    )
