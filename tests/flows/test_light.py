"""The screen's light in a whole visit: with the movements, by the code, and at no cost of time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from app.domain import light
from app.domain.events import Button
from app.domain.light import Hue, LightUse
from app.domain.people import Need
from app.domain.states import Verifying
from app.presentation import VerifyView
from tests.fakes.people import AMARA, STAFF
from tests.flows.stage import TICK_S, Stage
from tests.flows.story import (
    TRUSTING,
    Line,
    asks,
    given,
    holds_badge,
    person_walks_up,
    presses,
    shows,
    story,
    the_door_opened,
)

LIT = replace(TRUSTING, light_use=LightUse.WATCH)
VISIT: tuple[Line, ...] = (
    person_walks_up(AMARA),
    asks("turn-left", "blink"),
    presses(Button.USE_FACE),
    shows("granted", "Amara", within_s=15.0),
    the_door_opened(),
)


def colours(stage: Stage) -> list[tuple[float, Hue | None, int]]:
    """When which colour was on the screen, and at which step."""
    return [(t_s, each.light, each.step) for t_s, each in stage.views
            if isinstance(each, VerifyView)]  # fmt: skip


def test_colours_are_there_from_the_first_movement_to_the_last() -> None:
    shown = colours(story(*VISIT, policy=LIT))
    assert any(step == 0 for _, _, step in shown)
    assert all((hue is None) == (step == 0) for _, hue, step in shown)


def test_the_screen_shows_this_visits_code_and_changes_less_than_three_times_a_second() -> None:
    stage = story(*VISIT, policy=LIT)
    lit = [
        kiosk.screen.session
        for _, kiosk, _ in stage.done
        if isinstance(kiosk.screen, Verifying) and kiosk.screen.session.lit_s is not None
    ]
    nonce, lit_s = lit[0].nonce, lit[0].lit_s
    assert lit_s is not None
    assert {session.lit_s for session in lit} == {lit_s}
    shown = [(t_s, hue) for t_s, hue, _ in colours(stage) if hue is not None]
    assert shown[0][0] == lit_s
    assert all(hue is light.shown(nonce, t_s - lit_s, LIT.light) for t_s, hue in shown)
    changes = [new[0] for old, new in pairwise(shown) if new[1] is not old[1]]
    assert len(changes) >= 4
    assert all(later - first > 1 / 3 for first, later in pairwise(changes))
    # The kiosk hears of frames and ticks, so a change is on its way a tenth of a second late
    # at most: the lag that is looked for takes that up.
    since = [(t_s - lit_s) / LIT.light.symbol_s for t_s in changes]
    late_s = [(each - round(each)) * LIT.light.symbol_s for each in since]
    assert all(-1e-6 < late < TICK_S for late in late_s)


def test_a_visit_takes_as_long_with_light_as_without() -> None:
    assert story(*VISIT, policy=LIT).now_s == story(*VISIT).now_s


def test_without_light_no_screen_has_any() -> None:
    assert all(hue is None for _, hue, _ in colours(story(*VISIT)))


def test_somebody_photosensitive_who_says_who_they_are_sees_none() -> None:
    sensitive = replace(AMARA, person=replace(AMARA.person, needs=frozenset({Need.NO_LIGHT})))
    stage = story(
        given(staff=(sensitive, *STAFF[1:])),
        person_walks_up(sensitive),
        holds_badge(sensitive),
        shows("pin", "badge"),
        presses(Button.USE_FACE),
        shows("granted", "Amara", within_s=15.0),
        policy=LIT,
    )
    assert colours(stage)
    assert all(hue is None for _, hue, _ in colours(stage))
