"""Every reason a person can be given has a story that ends in it, and that opens nothing."""

from __future__ import annotations

import pytest

from app.domain.effects import Identify, Record
from app.domain.events import Button, Condition, Part
from app.domain.journal import Factor
from app.domain.observation import Box
from app.domain.policy import Policy
from app.domain.reasons import Reason
from tests.fakes.faces import (
    Habits,
    Twist,
    blurs,
    boxed,
    in_and_out,
    joined,
    leaves,
    on_paper,
    swaps,
    tilted,
    turned,
)
from tests.fakes.people import AMARA, BRUNO, CHIKA, DILEK, EMIL, FARAH, HIRO, STRANGER, Member
from tests.flows.story import (
    Line,
    asks,
    fails,
    given,
    holds_badge,
    part,
    person_walks_up,
    presses,
    shows,
    story,
    the_door_opened,
    the_door_stayed_shut,
    time_passes,
    types,
)

Lines = tuple[Line, ...]
FACE_AND_BADGE = Policy(accepted=frozenset({frozenset({Factor.FACE, Factor.BADGE})}))


def before_the_camera(*twists: Twist, who: Member | str = AMARA) -> Lines:
    return (person_walks_up(who, *twists), presses(Button.USE_FACE))


def refused(reason: Reason) -> Lines:
    return (shows("denied", reason, within_s=25.0),)


def with_pin(who: Member, pin: str | None = None) -> Lines:
    return (holds_badge(who), types(who.pin if pin is None else pin), presses(Button.CONFIRM))


#: How each reason comes about; the last line of each sees it on the screen.
STORIES: dict[Reason, Lines] = {
    Reason.NO_FACE: (*before_the_camera(leaves(0.0)), *refused(Reason.NO_FACE)),
    Reason.SEVERAL_FACES: (*before_the_camera(joined(0.0)), *refused(Reason.SEVERAL_FACES)),
    Reason.TOO_FAR: (
        *before_the_camera(blurs(eye_distance_px=20.0)),
        *refused(Reason.TOO_FAR),
    ),
    Reason.TOO_NEAR: (
        *before_the_camera(boxed(Box(20.0, 0.0, 600.0, 480.0))),
        *refused(Reason.TOO_NEAR),
    ),
    Reason.TOO_DARK: (*before_the_camera(blurs(brightness=20.0)), *refused(Reason.TOO_DARK)),
    Reason.TOO_BRIGHT: (*before_the_camera(blurs(brightness=250.0)), *refused(Reason.TOO_BRIGHT)),
    Reason.BLURRED: (*before_the_camera(blurs(sharpness=3.0)), *refused(Reason.BLURRED)),
    Reason.CUT_OFF: (*before_the_camera(blurs(completeness=0.7)), *refused(Reason.CUT_OFF)),
    Reason.LOOK_STRAIGHT: (*before_the_camera(turned(25.0)), *refused(Reason.LOOK_STRAIGHT)),
    Reason.TILTED: (*before_the_camera(tilted(28.0)), *refused(Reason.TILTED)),
    Reason.EYES_COVERED: (
        *before_the_camera(in_and_out(eye_contrast=0.02)),
        *refused(Reason.EYES_COVERED),
    ),
    Reason.MOUTH_COVERED: (
        *before_the_camera(in_and_out(mouth_contrast=0.02)),
        *refused(Reason.MOUTH_COVERED),
    ),
    Reason.HOLD_STILL: (
        *before_the_camera(*(swaps(0.3 * n, track=n + 1) for n in range(1, 60))),
        *refused(Reason.HOLD_STILL),
    ),
    Reason.CHALLENGE_MISSED: (
        person_walks_up(habits=Habits(does=lambda _asked: None)),
        presses(Button.USE_FACE),
        *refused(Reason.CHALLENGE_MISSED),
    ),
    Reason.WRONG_MOVEMENT: (
        person_walks_up(AMARA, turned(-30.0, after_s=1.5), habits=Habits(reaction_s=3.0)),
        asks("turn-left", "blink"),
        presses(Button.USE_FACE),
        *refused(Reason.WRONG_MOVEMENT),
    ),
    Reason.TOO_SOON: (
        person_walks_up(habits=Habits(reaction_s=0.01, speed_deg_s=500.0, hold_s=0.7)),
        asks("turn-left"),
        presses(Button.USE_FACE),
        *refused(Reason.TOO_SOON),
    ),
    Reason.NOT_LIVE: (*before_the_camera(on_paper()), *refused(Reason.NOT_LIVE)),
    Reason.TRACK_LOST: (*before_the_camera(leaves(1.0)), *refused(Reason.TRACK_LOST)),
    Reason.FACE_CHANGED: (
        given(handed_over=True),
        *before_the_camera(),
        *refused(Reason.FACE_CHANGED),
    ),
    Reason.NOT_RECOGNISED: (*before_the_camera(who=STRANGER), *refused(Reason.NOT_RECOGNISED)),
    Reason.UNSURE: (
        given(twins={AMARA.person.id}),
        *before_the_camera(),
        *refused(Reason.UNSURE),
    ),
    Reason.WRONG_CREDENTIALS: (*with_pin(AMARA, "0000"), *refused(Reason.WRONG_CREDENTIALS)),
    Reason.LOCKED: (given(locked={AMARA.badge}), *with_pin(AMARA), *refused(Reason.LOCKED)),
    Reason.NOT_YET_VALID: (*before_the_camera(who=DILEK), *refused(Reason.NOT_YET_VALID)),
    Reason.ENDED: (*before_the_camera(who=CHIKA), *refused(Reason.ENDED)),
    Reason.SUSPENDED: (*before_the_camera(who=EMIL), *refused(Reason.SUSPENDED)),
    Reason.FACTORS_OWED: (*before_the_camera(), *refused(Reason.FACTORS_OWED)),
    Reason.FACE_UNAVAILABLE: (
        person_walks_up(HIRO),
        holds_badge(HIRO),
        presses(Button.USE_FACE),
        shows("denied", Reason.FACE_UNAVAILABLE, within_s=1.0),
    ),
    Reason.CAMERA_LOST: (
        *before_the_camera(),
        shows("verify"),
        part(Part.CAMERA, Condition.LOST, "camera-unavailable"),
        *refused(Reason.CAMERA_LOST),
    ),
    Reason.CANNOT_RECORD: (fails(Record), *before_the_camera(), *refused(Reason.CANNOT_RECORD)),
    Reason.FAULT: (fails(Identify), *before_the_camera(), *refused(Reason.FAULT)),
    Reason.DISPUTED: (
        *before_the_camera(),
        shows("granted", within_s=15.0),
        the_door_opened(),
        presses(Button.NOT_ME),
        *refused(Reason.DISPUTED),
    ),
}

#: Reasons that are only ever written down, as nobody is there to be told.
WRITTEN_ONLY: dict[Reason, Lines] = {
    Reason.CANCELLED: (*before_the_camera(), time_passes(1.0), presses(Button.CANCEL)),
    Reason.TIMED_OUT: (holds_badge(AMARA), time_passes(9.2)),
}
POLICIES = {Reason.FACTORS_OWED: FACE_AND_BADGE}


#: Said of a picture at an enrolment, never of a visit.
OF_PICTURES = {Reason.EYES_CLOSED}


def test_every_reason_has_its_story() -> None:
    assert set(STORIES) | set(WRITTEN_ONLY) | OF_PICTURES == set(Reason)


@pytest.mark.parametrize("reason", STORIES)
def test_a_refusal_opens_nothing_and_is_written_down(reason: Reason) -> None:
    told = story(*STORIES[reason], policy=POLICIES.get(reason))
    opened = 1 if reason is Reason.DISPUTED else 0
    assert len(told.doors) == opened
    if reason is not Reason.CANNOT_RECORD:
        assert told.journal[-1].reason is reason
        assert not told.journal[-1].granted


@pytest.mark.parametrize("reason", WRITTEN_ONLY)
def test_who_goes_away_is_told_nothing_and_leaves_a_row(reason: Reason) -> None:
    told = story(*WRITTEN_ONLY[reason], shows("attract"), the_door_stayed_shut(), time_passes(0.2))
    assert [entry.reason for entry in told.journal] == [reason]


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (CHIKA, Reason.ENDED),
        (DILEK, Reason.NOT_YET_VALID),
        (EMIL, Reason.SUSPENDED),
        (FARAH, Reason.ENDED),
    ],
)
def test_a_right_pin_does_not_help_who_may_not_enter(who: Member, reason: Reason) -> None:
    story(*with_pin(who), *refused(reason), the_door_stayed_shut())


def test_a_wrong_pin_does_not_tell_that_a_contract_ended() -> None:
    story(*with_pin(CHIKA, "0000"), *refused(Reason.WRONG_CREDENTIALS))


def test_another_face_does_not_tell_whose_contract_ended() -> None:
    story(
        person_walks_up(BRUNO),
        holds_badge(CHIKA),
        presses(Button.USE_FACE),
        *refused(Reason.NOT_RECOGNISED),
    )
