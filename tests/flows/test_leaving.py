"""Going away: by the button, by leaving, or by standing there and doing nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.events import Button
from app.domain.kiosk import start
from app.domain.policy import Mode
from app.domain.reasons import Reason
from tests.fakes.faces import freezes, hidden, leaves
from tests.fakes.people import AMARA, CHIKA
from tests.flows.promises import leaves as texts_of
from tests.flows.stage import Stage
from tests.flows.story import (
    TRUSTING,
    Line,
    given,
    holds_badge,
    nothing_more_written,
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
TYPED = "4455"


def nothing_is_left(stage: Stage) -> None:
    """The state is the one before anybody came, but for counters and the time."""
    now = stage.kiosk
    fresh = start(stage.policy)
    assert now == replace(
        fresh,
        health=now.health,
        ticket=now.ticket,
        t_s=now.t_s,
        utc_s=now.utc_s,
        camera=now.camera,
        cameras=now.cameras,
        tested=now.tested,
        earlier=now.earlier,
        people=now.people,
        templates=now.templates,
        face_locked_until_s=now.face_locked_until_s,
    )
    assert stage.watched is None


def nothing_of_the_visit(stage: Stage) -> None:
    """No digits, no claim, no name: at the most, a reason that names nobody."""
    left = set(texts_of(stage.kiosk.screen))
    person = AMARA.person
    assert not left & {AMARA.badge, AMARA.pin, TYPED, person.number, person.id, person.name}
    assert stage.watched is None


LEFT_ALONE: dict[str, Lines] = {
    "with digits of a number typed": (types(TYPED),),
    "with nothing typed": (presses(Button.USE_BADGE_OR_PIN),),
    "with a badge shown": (holds_badge(AMARA),),
    "with digits of a PIN typed": (holds_badge(AMARA), types(TYPED)),
    "at the service screen's door": (presses(Button.SERVICE), types(TYPED)),
}


@pytest.mark.parametrize("lines", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_is_left_alone_is_gone_within_ten_seconds(lines: Lines) -> None:
    story(*lines, time_passes(9.2), nothing_is_left, the_door_stayed_shut())


@pytest.mark.parametrize("before", [(), (holds_badge(AMARA),)], ids=["number", "PIN"])
def test_who_types_slowly_is_not_interrupted(before: Lines) -> None:
    """A digit every five seconds; a second thought counts as well."""
    slowly: Lines = (types("1"), time_passes(5.0)) * 4
    screen = "pin" if before else "claim"
    story(
        *before,
        *slowly,
        still_shows(screen, 4 if before else "1111"),
        presses(Button.ERASE),
        time_passes(8.0),
        still_shows(screen, 3 if before else "111"),
    )


LEFT_BEFORE_THE_CAMERA: dict[str, tuple[Lines, float]] = {
    "before the camera woke": ((person_walks_up(AMARA, leaves(0.0)),), 9.2),
    "while finding a face": ((person_walks_up(AMARA, leaves(0.2)),), 9.7),
    "in the middle of a challenge": ((person_walks_up(AMARA, leaves(1.0)),), 2.0),
    "when the camera froze": ((person_walks_up(AMARA, freezes(1.0)),), 3.0),
    "when the camera never woke": ((person_walks_up(AMARA), given(camera_wakes_s=1e9)), 4.5),
}


@pytest.mark.parametrize(
    ("lines", "after_s"), LEFT_BEFORE_THE_CAMERA.values(), ids=LEFT_BEFORE_THE_CAMERA
)
def test_who_leaves_the_camera_leaves_nothing(lines: Lines, after_s: float) -> None:
    """The claim too: it is forgotten with the result, which stays long enough to be read."""
    story(
        *lines,
        holds_badge(AMARA),
        presses(Button.USE_FACE),
        time_passes(after_s),
        still_shows("denied"),
        nothing_of_the_visit,
        time_passes(9.2),
        nothing_is_left,
    )


def test_a_hand_before_the_face_for_a_moment_is_forgiven() -> None:
    story(
        person_walks_up(AMARA, hidden(0.8, 1.1)),
        presses(Button.USE_FACE),
        shows("granted", within_s=15.0),
        time_passes(6.1),
        nothing_is_left,
    )


def test_a_refusal_forgets_whom_it_was_about_and_a_grant_how_they_came() -> None:
    def no_badge(stage: Stage) -> None:
        assert AMARA.badge not in set(texts_of(stage.kiosk.screen))

    def nobody(stage: Stage) -> None:
        assert not {CHIKA.person.id, CHIKA.person.name} & set(texts_of(stage.kiosk.screen))

    story(
        holds_badge(AMARA),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted"),
        no_badge,
        holds_badge(CHIKA),
        types(CHIKA.pin),
        presses(Button.CONFIRM),
        shows("denied", Reason.ENDED),
        nobody,
    )


def test_results_go_away_by_themselves() -> None:
    story(
        holds_badge(AMARA),
        types("0000"),
        presses(Button.CONFIRM),
        shows("denied"),
        nothing_of_the_visit,
        time_passes(9.2),
        nothing_is_left,
    )


CANCELLED: dict[str, tuple[Lines, bool]] = {
    "claim": ((types(TYPED),), False),
    "pin": ((holds_badge(AMARA), types(TYPED)), True),
    "framing": ((person_walks_up(AMARA), presses(Button.USE_FACE), time_passes(0.5)), True),
    "challenge": ((person_walks_up(AMARA), presses(Button.USE_FACE), shows("verify", 1)), True),
    "denied": (
        (holds_badge(AMARA), types("0000"), presses(Button.CONFIRM), shows("denied")),
        True,
    ),
    "granted": (
        (holds_badge(AMARA), types(AMARA.pin), presses(Button.CONFIRM), shows("granted")),
        True,
    ),
    "admin-pin": ((presses(Button.SERVICE), types(TYPED)), False),
}


@pytest.mark.parametrize(("lines", "tried"), CANCELLED.values(), ids=CANCELLED)
def test_cancel_leaves_at_once_and_nothing_behind(lines: Lines, tried: bool) -> None:
    """A row is written where a factor was shown; who only looked around leaves none."""
    told = story(*lines, presses(Button.CANCEL), nothing_is_left)
    assert bool(told.journal) is tried


def test_what_is_being_decided_is_decided() -> None:
    """Half a second, not more: cancelling there would be a way to try without being counted."""
    story(
        holds_badge(AMARA),
        types("0000"),
        presses(Button.CONFIRM, Button.CANCEL),
        still_shows("busy"),
        shows("denied", Reason.WRONG_CREDENTIALS, within_s=1.0),
    )


def test_digits_of_the_last_visitor_are_never_confirmed_by_the_next() -> None:
    """Even if no tick was handled since: time passes before the finger is looked at."""

    def long_after(stage: Stage) -> None:
        stage.now_s += 60.0

    told = story(
        holds_badge(AMARA),
        types(AMARA.pin),
        long_after,
        presses(Button.CONFIRM),
        still_shows("attract"),
    )
    assert [entry.reason for entry in told.journal] == [Reason.TIMED_OUT]


def test_looking_around_writes_nothing() -> None:
    story(
        presses(Button.USE_BADGE_OR_PIN, Button.CANCEL, Button.USE_BADGE_OR_PIN),
        time_passes(12.0),
        nothing_more_written(),
        policy=replace(TRUSTING, mode=Mode.CLOCK),
    )
