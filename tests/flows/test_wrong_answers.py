"""Workers that answer in time, under the right ticket, and wrongly: nobody is let in for it.

And what an attempt does to the failures in a row, which is asked for together with its record.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.effects import CheckAdminPin, CheckPin, Identify, Record, Resolve
from app.domain.events import (
    AdminChecked,
    Button,
    EffectFailed,
    Event,
    Identified,
    PinChecked,
    PinVerdict,
    Recorded,
    Resolved,
)
from app.domain.journal import Factor, Tally
from app.domain.matching import Matched
from app.domain.people import Person
from app.domain.policy import Policy
from app.domain.reasons import Reason
from tests.fakes.faces import Habits, leaves, turned
from tests.fakes.people import AMARA, BRUNO, CHIKA, STRANGER
from tests.flows.stage import Stage, Worker
from tests.flows.story import (
    Line,
    amends,
    answers_after,
    asks,
    given,
    holds_badge,
    never_answers,
    person_walks_up,
    presses,
    shows,
    still_shows,
    story,
    the_door_stayed_shut,
    time_passes,
    types,
)

Lines = tuple[Line, ...]
BY_FACE: Lines = (person_walks_up(AMARA), presses(Button.USE_FACE))
BY_PIN: Lines = (holds_badge(AMARA), types(AMARA.pin), presses(Button.CONFIRM))
BY_CLAIM: Lines = (person_walks_up(AMARA), holds_badge(AMARA), presses(Button.USE_FACE))
FACE_AND_PIN = Policy(accepted=frozenset({frozenset({Factor.FACE, Factor.PIN})}))
NOBODY = replace(AMARA.person, id="")


def says_it_is(found: str, person: Person | None) -> Line:
    def amend(answer: Event) -> Event:
        assert isinstance(answer, Identified)
        return replace(answer, match=Matched(found), person=person)

    return amends(Identify, amend)


def says_the_claim_is(person: Person | None) -> Line:
    def amend(answer: Event) -> Event:
        assert isinstance(answer, Resolved)
        return replace(answer, person=person)

    return amends(Resolve, amend)


def says_the_pin_is_right_for(person: Person | None) -> Line:
    def amend(answer: Event) -> Event:
        assert isinstance(answer, PinChecked)
        return replace(answer, person=person)

    return amends(CheckPin, amend)


WRONG_FACES: dict[str, Lines] = {
    "another than claimed": (says_it_is(BRUNO.person.id, BRUNO.person), *BY_CLAIM),
    "the claimed one's id, another's record": (
        says_it_is(AMARA.person.id, BRUNO.person),
        *BY_CLAIM,
    ),
    "another's id, the claimed one's record": (
        says_it_is(BRUNO.person.id, AMARA.person),
        *BY_CLAIM,
    ),
    "one who is not there any more": (says_it_is(AMARA.person.id, None), *BY_FACE),
    "one record for another's id": (says_it_is(AMARA.person.id, BRUNO.person), *BY_FACE),
    "nobody by name": (says_it_is("", NOBODY), *BY_FACE),
    "the face of a claim that is nobody's": (
        says_the_claim_is(None),
        says_it_is(AMARA.person.id, AMARA.person),
        *BY_CLAIM,
    ),
    "nobody, for a claim that is nobody's": (
        says_the_claim_is(None),
        says_it_is("", NOBODY),
        *BY_CLAIM,
    ),
}


@pytest.mark.parametrize("lines", WRONG_FACES.values(), ids=WRONG_FACES)
def test_a_comparison_that_does_not_fit_is_no_recognition(lines: Lines) -> None:
    story(*lines, shows("denied", Reason.NOT_RECOGNISED, within_s=15.0), the_door_stayed_shut())


def test_a_right_pin_of_nobody_is_a_wrong_one() -> None:
    story(
        says_the_pin_is_right_for(None),
        holds_badge(AMARA),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("denied", Reason.WRONG_CREDENTIALS),
        the_door_stayed_shut(),
    )


@pytest.mark.parametrize("person", [None, BRUNO.person])
def test_a_pin_that_is_owed_must_be_that_of_the_face(person: Person | None) -> None:
    story(
        says_the_pin_is_right_for(person),
        *BY_FACE,
        shows("pin", within_s=15.0),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("denied", Reason.WRONG_CREDENTIALS),
        the_door_stayed_shut(),
        policy=FACE_AND_PIN,
    )


def test_a_policy_that_accepts_nothing_does_not_ask_for_a_pin() -> None:
    story(
        *BY_FACE,
        shows("denied", Reason.FACTORS_OWED, within_s=15.0),
        policy=Policy(accepted=frozenset({frozenset()})),
    )


# -- answers to other questions

WAITING: dict[str, tuple[Worker, Lines]] = {
    "resolving": (Resolve, BY_CLAIM),
    "identifying": (Identify, (*BY_FACE, shows("busy"))),
    "checking a PIN": (CheckPin, BY_PIN),
    "recording": (Record, (*BY_PIN, time_passes(0.1))),
    "checking the administrator's PIN": (
        CheckAdminPin,
        (presses(Button.SERVICE), types("12345"), presses(Button.CONFIRM)),
    ),
}


@pytest.mark.parametrize("off", [-1, 1, 7])
@pytest.mark.parametrize(("worker", "lines"), WAITING.values(), ids=WAITING)
def test_an_answer_to_another_question_changes_nothing(
    worker: Worker, lines: Lines, off: int
) -> None:
    def all_answers_but_one(stage: Stage) -> None:
        t, ticket = stage.moment, stage.kiosk.ticket + off
        before = stage.kiosk.screen
        for answer in (
            Resolved(t, ticket, BRUNO.person, locked=False),
            Identified(t, ticket, Matched(BRUNO.person.id), agrees=True, person=BRUNO.person),
            PinChecked(t, ticket, PinVerdict.RIGHT, BRUNO.person),
            AdminChecked(t, ticket, PinVerdict.RIGHT),
            Recorded(t, ticket, 1, 0.0),
            EffectFailed(t, ticket, "made-up"),
        ):
            stage.tell(answer)
            assert stage.kiosk.screen == before

    story(never_answers(worker), *lines, all_answers_but_one, the_door_stayed_shut())


@pytest.mark.parametrize("name", ["identifying", "checking a PIN", "recording"])
def test_a_badge_does_not_disturb_what_is_being_decided(name: str) -> None:
    worker, lines = WAITING[name]
    story(
        answers_after(worker, 1.0),
        *lines,
        holds_badge(BRUNO),
        still_shows("busy"),
        shows("granted", "Amara"),
    )


# -- failures in a row

COUNTED: dict[str, tuple[Lines, Reason]] = {
    "not recognised": (
        (person_walks_up(STRANGER), presses(Button.USE_FACE)),
        Reason.NOT_RECOGNISED,
    ),
    "changed": ((given(handed_over=True), *BY_FACE), Reason.FACE_CHANGED),
    "missed": (
        (person_walks_up(habits=Habits(does=lambda _: None)), presses(Button.USE_FACE)),
        Reason.CHALLENGE_MISSED,
    ),
    "wrong way": (
        (
            person_walks_up(AMARA, turned(-30.0, after_s=1.5), habits=Habits(reaction_s=3.0)),
            asks("turn-left", "blink"),
            presses(Button.USE_FACE),
        ),
        Reason.WRONG_MOVEMENT,
    ),
}
NOT_COUNTED: dict[str, tuple[Lines, Reason]] = {
    "walked away": (
        (person_walks_up(AMARA, leaves(1.0)), presses(Button.USE_FACE)),
        Reason.TRACK_LOST,
    ),
    "twins": ((given(twins={AMARA.person.id}), *BY_FACE), Reason.UNSURE),
    "contract ended": ((person_walks_up(CHIKA), presses(Button.USE_FACE)), Reason.ENDED),
    "a wrong PIN, which counts by itself": (
        (holds_badge(AMARA), types("0000"), presses(Button.CONFIRM)),
        Reason.WRONG_CREDENTIALS,
    ),
}


@pytest.mark.parametrize(("lines", "reason"), COUNTED.values(), ids=COUNTED)
def test_what_may_be_an_attack_counts_against_the_face_path(lines: Lines, reason: Reason) -> None:
    told = story(*lines, shows("denied", reason, within_s=15.0))
    assert told.tallies == [Tally(None, failed=True)]


@pytest.mark.parametrize(("lines", "reason"), NOT_COUNTED.values(), ids=NOT_COUNTED)
def test_what_is_only_bad_luck_does_not(lines: Lines, reason: Reason) -> None:
    told = story(*lines, shows("denied", reason, within_s=15.0))
    assert told.tallies == [None]


def test_a_claim_counts_by_itself() -> None:
    told = story(
        person_walks_up(BRUNO),
        holds_badge(AMARA),
        presses(Button.USE_FACE),
        shows("denied", within_s=15.0),
    )
    assert told.tallies == [Tally(AMARA.by_badge, failed=True)]


def test_a_grant_clears_the_count_of_its_own_way_in() -> None:
    told = story(*BY_FACE, shows("granted", within_s=15.0), *BY_CLAIM, shows("verify"))
    told.run(8.0)
    assert told.tallies == [Tally(None, failed=False), Tally(AMARA.by_badge, failed=False)]


def test_a_pin_leaves_the_face_path_alone() -> None:
    told = story(holds_badge(AMARA), types(AMARA.pin), presses(Button.CONFIRM), shows("granted"))
    assert told.tallies == [None]
