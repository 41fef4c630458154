"""After a grant: an offer to renew the face, or one sentence; nothing is stored without a yes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.adapting import AdaptPolicy
from app.domain.ageing import Due
from app.domain.effects import Adapt, Identify, LetGo, NoteAsked, Record, Renew, Shade, Tend
from app.domain.events import Button, Event, Identified, Recorded
from app.domain.journal import Factor
from app.domain.matching import Matched
from app.domain.policy import Policy, Renewal
from app.domain.reasons import Reason
from app.domain.states import Notice
from app.presentation import GrantedView
from tests.fakes.people import AMARA, BRUNO, STRANGER
from tests.flows.stage import Stage
from tests.flows.story import (
    TRUSTING,
    amends,
    asks,
    fails,
    holds_badge,
    journal_ends,
    never_answers,
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

OFFERING = replace(TRUSTING, renewal=Renewal.ALWAYS, shadow=True)


def in_the_old_space(event: Event) -> Event:
    found = isinstance(event, Identified) and isinstance(event.match, Matched)
    if not found:
        return event
    assert isinstance(event, Identified)
    return replace(event, space="old", old_space=True, share=0.5)


def due(why: Due) -> Callable[[Event], Event]:
    def amended(event: Event) -> Event:
        return replace(event, due=why) if isinstance(event, Recorded) else event

    return amended


def known_in_the_old_space(*lines: object, policy: Policy = OFFERING) -> Stage:
    return story(
        amends(Identify, in_the_old_space),
        amends(Record, due(Due.OLD_SPACE)),
        person_walks_up(AMARA),
        asks("blink"),
        presses(Button.USE_FACE),
        *lines,  # type: ignore[arg-type]
        policy=policy,
    )


def kinds(stage: Stage) -> list[type]:
    return [type(each) for each in stage.tended]


def test_yes_stores_a_template_of_this_visit_and_says_so() -> None:
    stage = known_in_the_old_space(
        shows("offer", "Amara"),
        the_door_opened(),
        presses(Button.AGREE),
        shows("granted", "Amara"),
    )
    view = stage.view
    assert isinstance(view, GrantedView)
    assert view.notice is Notice.RENEWED
    (renew,) = stage.renewed
    assert (renew.person, renew.version) == (AMARA.person.id, AMARA.person.version)
    assert kinds(stage) == [Shade, Tend, LetGo]


def test_not_now_stores_nothing_but_that_it_was_asked() -> None:
    stage = known_in_the_old_space(
        shows("offer", "Amara"), presses(Button.NOT_NOW), still_shows("attract")
    )
    assert stage.renewed == []
    asked = next(each for each in stage.tended if isinstance(each, NoteAsked))
    assert (asked.person, asked.detail) == (AMARA.person.id, "renewal-not-now")
    assert kinds(stage)[-1] is LetGo


def test_no_answer_is_no_consent() -> None:
    stage = known_in_the_old_space(
        shows("offer", "Amara"), time_passes(9.1), still_shows("attract"), presses(Button.AGREE)
    )
    assert stage.renewed == []
    asked = next(each for each in stage.tended if isinstance(each, NoteAsked))
    assert asked.detail == "renewal-no-answer"


def test_the_next_badge_takes_the_offer_away() -> None:
    stage = known_in_the_old_space(
        shows("offer", "Amara"), holds_badge(BRUNO), shows("pin"), presses(Button.AGREE)
    )
    assert stage.renewed == []


def test_somebody_else_says_so_and_the_grant_is_disputed() -> None:
    stage = known_in_the_old_space(
        shows("offer", "Amara"),
        presses(Button.NOT_ME),
        shows("denied", Reason.DISPUTED),
    )
    journal_ends(reason=Reason.DISPUTED)
    assert stage.renewed == []


@pytest.mark.parametrize("line", [fails(Renew), never_answers(Renew)], ids=["fails", "silent"])
def test_what_could_not_be_stored_is_said(line: object) -> None:
    stage = known_in_the_old_space(
        line,
        shows("offer", "Amara"),
        presses(Button.AGREE),
        shows("granted", "Amara", within_s=8.0),
    )
    assert isinstance(stage.view, GrantedView)
    assert stage.view.notice is Notice.NOT_RENEWED


def test_a_late_answer_changes_nothing() -> None:
    """The offer is over; whatever then arrives about it belongs to nobody."""
    stage = known_in_the_old_space(
        never_answers(Renew),
        shows("offer"),
        presses(Button.AGREE),
        time_passes(20.0),
        still_shows("attract"),
    )
    from app.domain.events import Renewed

    before = stage.kiosk.screen
    stage.tell(Renewed(stage.moment, stage.renewed[0].ticket if stage.renewed else 9))
    assert stage.kiosk.screen == before


@pytest.mark.parametrize(
    ("renewal", "shown"),
    [(Renewal.NEVER, "granted"), (Renewal.TWO_FACTORS, "granted"), (Renewal.ALWAYS, "offer")],
)
def test_a_face_alone_is_offered_only_where_the_house_says_so(renewal: Renewal, shown: str) -> None:
    stage = known_in_the_old_space(shows(shown, "Amara"), policy=replace(OFFERING, renewal=renewal))
    if shown == "granted":
        assert isinstance(stage.view, GrantedView)
        assert stage.view.notice is Notice.RENEW
        assert any(isinstance(each, NoteAsked) for each in stage.tended)


def test_two_factors_are_offered_by_default() -> None:
    story(
        amends(Identify, in_the_old_space),
        amends(Record, due(Due.OLD_SPACE)),
        person_walks_up(AMARA),
        holds_badge(AMARA),
        shows("pin"),
        asks("blink"),
        presses(Button.USE_FACE),
        shows("offer", "Amara"),
        policy=replace(OFFERING, renewal=Renewal.TWO_FACTORS),
    )


@pytest.mark.parametrize("why", [Due.DRIFTED, Due.AGED])
def test_an_ageing_face_is_reminded_and_not_offered(why: Due) -> None:
    stage = story(
        amends(Record, due(why)),
        person_walks_up(AMARA),
        asks("blink"),
        presses(Button.USE_FACE),
        shows("granted", "Amara"),
        policy=OFFERING,
    )
    assert isinstance(stage.view, GrantedView)
    assert stage.view.notice is Notice.RENEW


def test_a_stranger_is_told_nothing_and_the_shadow_is_asked() -> None:
    stage = story(
        person_walks_up(STRANGER),
        asks("blink"),
        presses(Button.USE_FACE),
        shows("denied", Reason.NOT_RECOGNISED),
        the_door_stayed_shut(),
        policy=OFFERING,
    )
    assert kinds(stage) == [Shade]


def test_the_shadow_is_asked_only_after_the_record() -> None:
    stage = known_in_the_old_space(shows("offer"))
    effects = [effect for _, _, some in stage.done for effect in some]
    recorded = next(n for n, each in enumerate(effects) if isinstance(each, Record))
    shaded = next(n for n, each in enumerate(effects) if isinstance(each, Shade))
    assert recorded < shaded
    at = next(n for n, (event, _, _) in enumerate(stage.done) if isinstance(event, Recorded))
    assert any(isinstance(each, Shade) for each in stage.done[at][2])


THREE = replace(
    TRUSTING,
    accepted=frozenset({frozenset({Factor.BADGE, Factor.FACE, Factor.PIN})}),
    adapting=AdaptPolicy(enabled=True),
)


def with_all_three(policy: Policy) -> Stage:
    return story(
        amends(Identify, in_the_old_space),
        person_walks_up(AMARA),
        holds_badge(AMARA),
        asks("blink"),
        presses(Button.USE_FACE),
        shows("pin"),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", "Amara"),
        policy=policy,
    )


def test_a_template_follows_only_badge_and_pin_and_face() -> None:
    assert Adapt in kinds(with_all_three(THREE))
    alone = story(
        amends(Identify, in_the_old_space),
        person_walks_up(AMARA),
        asks("blink"),
        presses(Button.USE_FACE),
        shows("granted", "Amara"),
        policy=replace(TRUSTING, adapting=AdaptPolicy(enabled=True)),
    )
    assert Adapt not in kinds(alone)


def test_no_template_follows_unless_it_is_switched_on() -> None:
    assert Adapt not in kinds(with_all_three(replace(THREE, adapting=AdaptPolicy())))
