"""The service screen behind the administrator's PIN."""

from __future__ import annotations

import pytest

from app.domain.effects import CheckAdminPin, ReadStatus
from app.domain.events import Button, Condition, Part, StatusRead
from app.domain.journal import EntryKind
from app.domain.reasons import Reason
from app.presentation import AdminPinView, ServiceView
from tests.fakes.people import AMARA, STAFF
from tests.flows.stage import ADMIN_PIN, Stage
from tests.flows.story import (
    answers_after,
    fails,
    holds_badge,
    never_answers,
    part,
    presses,
    shows,
    still_shows,
    story,
    the_door_stayed_shut,
    time_passes,
    types,
)

ENTERS = (presses(Button.SERVICE), types(ADMIN_PIN), presses(Button.CONFIRM))


def test_the_service_screen_and_the_way_out() -> None:
    told = story(
        presses(Button.SERVICE),
        shows("admin-pin", 0, False),
        types(ADMIN_PIN),
        still_shows("admin-pin", 5),
        presses(Button.CONFIRM),
        shows("admin-pin", True),
        shows("service", ("a line",)),
        presses(Button.RETRY),
        presses(Button.EXIT),
    )
    assert told.closed
    assert [entry.detail for entry in told.journal] == ["service-right", "service-exit"]
    assert {entry.kind for entry in told.journal} == {EntryKind.ADMIN}


def test_a_wrong_administrators_pin_is_written_down() -> None:
    told = story(
        presses(Button.SERVICE),
        types("00000"),
        presses(Button.CONFIRM),
        shows("admin-pin", Reason.WRONG_CREDENTIALS),
        presses(Button.EXIT),
        still_shows("admin-pin"),
    )
    assert not told.closed
    assert told.journal[-1].detail == "service-wrong"


@pytest.mark.parametrize(
    "trouble", [fails(CheckAdminPin), never_answers(CheckAdminPin), answers_after(CheckAdminPin, 6)]
)
def test_whatever_fails_keeps_the_service_screen_shut(trouble: object) -> None:
    assert callable(trouble)
    told = story(trouble, *ENTERS, shows("admin-pin", Reason.FAULT), time_passes(8.0))
    assert not any("service" in str(type(view)).lower() for _, view in told.views[-1:])


def test_the_service_screen_opens_when_the_kiosk_is_out_of_service() -> None:
    story(
        part(Part.GALLERY, Condition.FAILED, "gallery-corrupt"),
        shows("out-of-service", "gallery-corrupt"),
        *ENTERS,
        shows("service"),
        presses(Button.DONE),
        shows("out-of-service"),
    )


def test_nobody_signs_in_over_the_administrators_shoulder() -> None:
    story(
        presses(Button.SERVICE),
        holds_badge(AMARA),
        types(AMARA.pin),
        presses(Button.USE_FACE, Button.USE_BADGE_OR_PIN),
        still_shows("admin-pin"),
        the_door_stayed_shut(),
    )


def test_the_service_screen_closes_by_itself() -> None:
    story(*ENTERS, shows("service"), time_passes(61.0), still_shows("attract"))


def test_the_service_screen_is_only_reached_from_the_first_screen() -> None:
    story(holds_badge(AMARA), presses(Button.SERVICE), still_shows("pin"))


def test_the_service_screen_says_how_every_part_is() -> None:
    told = story(part(Part.CAMERA, Condition.LOST, "camera-unavailable"), *ENTERS, shows("service"))
    told.run(0.1)
    assert isinstance(told.view, ServiceView)
    facts = dict(told.view.facts)
    assert facts["Camera"] == "lost · camera-unavailable"
    assert facts["Vision"] == "ready"
    assert facts["Gallery"] == f"ready · {len(STAFF)} people, {len(STAFF)} templates"
    assert facts["camera"] == "ready"


def test_an_old_status_does_not_replace_a_newer_one() -> None:
    def stale(stage: Stage) -> None:
        stage.tell(StatusRead(stage.moment, stage.kiosk.ticket - 1, (), ("long ago",)))
        stage.tell(StatusRead(stage.moment, stage.kiosk.ticket + 1, (), ("made up",)))

    story(*ENTERS, shows("service", ("a line",)), stale, still_shows("service", ("a line",)))


def test_asking_again_reads_the_status_again_and_keeps_the_screen() -> None:
    told = story(
        *ENTERS,
        shows("service"),
        time_passes(50.0),
        presses(Button.RETRY),
        time_passes(50.0),
        still_shows("service", ("a line",)),
    )
    asked = [
        each for _, _, effects in told.done for each in effects if isinstance(each, ReadStatus)
    ]
    assert len(asked) == 2


def test_an_administrators_pin_has_a_shortest_and_a_longest_length() -> None:
    told = story(presses(Button.SERVICE), types("123"), presses(Button.CONFIRM))
    assert told.view == AdminPinView(3, 4, 12, None, checking=False)
    for line in (types("4567890123"), types("x"), types("٣")):
        line(told)
    assert told.view == AdminPinView(12, 4, 12, None, checking=False)
    presses(Button.ERASE)(told)
    assert told.view == AdminPinView(11, 4, 12, None, checking=False)
