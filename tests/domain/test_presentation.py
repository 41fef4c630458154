"""What every screen offers and never says: both doors, no score, no secret, no early name."""

from __future__ import annotations

import typing
from dataclasses import fields, replace
from itertools import pairwise

import pytest

from app.domain.ageing import Due
from app.domain.effects import Identify, Record, Renew, Resolve
from app.domain.events import Button, Condition, Part
from app.domain.policy import Mode
from app.domain.reasons import Reason
from app.domain.states import Screen
from app.presentation import (
    AttractView,
    ClaimView,
    DeniedView,
    FaceDoor,
    GrantedView,
    OfferView,
    PinView,
    VerifyView,
    View,
    present,
)
from tests.fakes.people import AMARA
from tests.flows.promises import leaves
from tests.flows.stage import ADMIN_PIN, Stage, opened
from tests.flows.story import (
    SCREENS,
    TRUSTING,
    Line,
    amends,
    answers_after,
    holds_badge,
    never_answers,
    part,
    person_walks_up,
    presses,
    shows,
    story,
    time_passes,
    types,
)
from tests.flows.test_renewal import due, in_the_old_space

Lines = tuple[Line, ...]

#: How each public screen is come by.
PUBLIC: dict[type[View], Lines] = {
    AttractView: (),
    ClaimView: (presses(Button.USE_BADGE_OR_PIN),),
    PinView: (types("1001"), presses(Button.CONFIRM)),
    VerifyView: (presses(Button.USE_FACE), shows("verify", 1)),
    DeniedView: (types("1"), presses(Button.CONFIRM), types("0000"), presses(Button.CONFIRM)),
}
SERVES: Lines = (
    presses(Button.SERVICE),
    types(ADMIN_PIN),
    presses(Button.CONFIRM),
    shows("service"),
)

#: Badge and face, and only the legacy space knows the face.
OFFERED: Lines = (
    amends(Identify, in_the_old_space),
    amends(Record, due(Due.OLD_SPACE)),
    holds_badge(AMARA),
    presses(Button.USE_FACE),
    shows("offer", within_s=15.0),
)

#: How each state is come by, in the order of `states.Screen`.
STATES: dict[str, Lines] = {
    "Attract": (),
    "Claiming": (types("12"),),
    "Proving": (holds_badge(AMARA), types("12")),
    "Resolving": (never_answers(Resolve), holds_badge(AMARA), presses(Button.USE_FACE)),
    "Verifying": (presses(Button.USE_FACE),),
    "Identifying": (never_answers(Identify), presses(Button.USE_FACE), shows("busy")),
    "CheckingPin": (holds_badge(AMARA), types(AMARA.pin), presses(Button.CONFIRM)),
    "Recording": (
        never_answers(Record),
        holds_badge(AMARA),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        time_passes(0.1),
    ),
    "Showing": (presses(Button.USE_FACE), shows("granted", within_s=15.0)),
    "Offering": OFFERED,
    "Renewing": (never_answers(Renew), *OFFERED, presses(Button.AGREE)),
    "AskingAdmin": (presses(Button.SERVICE), types("12")),
    "CheckingAdmin": (presses(Button.SERVICE), types(ADMIN_PIN), presses(Button.CONFIRM)),
    "Servicing": SERVES,
    "Testing": (*SERVES, presses(Button.SELF_TEST)),
    "Trying": (*SERVES, presses(Button.SELF_TEST, Button.TRY_PHONE)),
}


def arrived(*lines: Line) -> Stage:
    stage = story(person_walks_up(AMARA), *lines)
    stage.run(0.05)
    return stage


def test_every_public_screen_is_in_the_list() -> None:
    quiet = {"busy", "granted", "offer", "admin-pin", "service", "selftest", "out-of-service"}
    assert set(PUBLIC) == {kind for name, kind in SCREENS.items() if name not in quiet}
    assert set(SCREENS.values()) == set(typing.get_args(View))


@pytest.mark.parametrize("kind", PUBLIC, ids=lambda kind: kind.__name__)
class TestBothDoorsOnEveryPublicScreen:
    def test_the_badge_reader_answers(self, kind: type[View]) -> None:
        stage = arrived(*PUBLIC[kind], shows_kind(kind), holds_badge(AMARA))
        assert isinstance(stage.view, PinView)

    def test_badge_and_pin_are_at_most_one_touch_away(self, kind: type[View]) -> None:
        stage = arrived(*PUBLIC[kind], shows_kind(kind), presses(Button.USE_BADGE_OR_PIN))
        assert isinstance(stage.view, ClaimView | PinView)

    def test_the_face_is_at_most_one_touch_away(self, kind: type[View]) -> None:
        stage = arrived(*PUBLIC[kind], shows_kind(kind), presses(Button.USE_FACE))
        assert isinstance(stage.view, VerifyView)

    def test_the_way_out_is_one_touch_away(self, kind: type[View]) -> None:
        stage = arrived(*PUBLIC[kind], shows_kind(kind), presses(Button.CANCEL))
        assert isinstance(stage.view, AttractView)

    def test_it_says_how_the_face_door_stands(self, kind: type[View]) -> None:
        view = arrived(*PUBLIC[kind], shows_kind(kind)).view
        assert isinstance(view, VerifyView) or getattr(view, "face", None) is FaceDoor.OPEN

    def test_without_a_camera_badge_and_pin_stay(self, kind: type[View]) -> None:
        stage = arrived(*PUBLIC[kind], shows_kind(kind), part(Part.CAMERA, Condition.LOST))
        view = stage.view
        assert getattr(view, "face", None) is FaceDoor.UNAVAILABLE
        holds_badge(AMARA)(stage)
        assert isinstance(stage.view, PinView)


def shows_kind(kind: type[View]) -> Line:
    return shows(next(name for name, each in SCREENS.items() if each is kind))


def test_every_state_has_its_place_in_the_list() -> None:
    assert list(STATES) == [each.__name__ for each in typing.get_args(Screen)]


@pytest.mark.parametrize("gallery", Condition)
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", STATES)
def test_every_state_has_a_view(name: str, mode: Mode, gallery: Condition) -> None:
    policy = replace(TRUSTING, mode=mode)
    stage = opened(policy)
    for line in (person_walks_up(AMARA), *STATES[name]):
        line(stage)
    assert type(stage.kiosk.screen).__name__ == name
    health = replace(stage.kiosk.health, gallery=gallery)
    view = present(replace(stage.kiosk, health=health), policy)
    assert isinstance(view, tuple(SCREENS.values()))
    if gallery is not Condition.READY:
        assert not isinstance(view, GrantedView)


@pytest.mark.parametrize("kind", SCREENS.values(), ids=lambda kind: kind.__name__)
def test_no_view_has_room_for_a_score_or_a_person(kind: type[View]) -> None:
    """Not even a field for it: a View holds enums, counts and short words only."""
    names = {each.name for each in fields(kind)}
    assert not names & {"score", "distance", "similarity", "confidence", "person", "claim", "pin"}
    assert ("name" in names) is (kind in {GrantedView, OfferView})


def test_a_pin_is_only_ever_a_number_of_digits() -> None:
    stage = arrived(holds_badge(AMARA), types(AMARA.pin))
    assert isinstance(stage.view, PinView)
    assert stage.view.typed == len(AMARA.pin)
    assert AMARA.pin not in "".join(leaves(stage.view))


def test_no_name_before_the_record_is_durable() -> None:
    stage = arrived(
        answers_after(Record, 2.0),
        holds_badge(AMARA),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        time_passes(1.5),
    )
    assert AMARA.person.name in set(leaves(stage.kiosk.screen))
    assert AMARA.person.name not in set(leaves(stage.view))
    stage.run(1.0)
    assert isinstance(stage.view, GrantedView)


@pytest.mark.parametrize("claims", [(), (holds_badge(AMARA),)], ids=["walk-up", "claim"])
def test_the_live_picture_knows_whether_somebody_said_who_they_are(claims: Lines) -> None:
    view = arrived(*claims, presses(Button.USE_FACE), shows("verify", 1)).view
    assert isinstance(view, VerifyView)
    assert view.claimed is bool(claims)


def test_progress_only_ever_grows_within_a_step() -> None:
    stage = arrived(presses(Button.USE_FACE), shows("granted"))
    seen = [view for _, view in stage.views if isinstance(view, VerifyView)]
    for before, after in pairwise(seen):
        assert 0.0 <= after.progress <= 1.0
        assert before.done <= after.done
        assert before.step != after.step or before.progress <= after.progress


def test_a_simulated_camera_is_said_wherever_it_matters() -> None:
    policy = replace(TRUSTING, simulated=True)
    told = story(
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("granted"),
        presses(Button.NOT_ME),
        shows("denied", Reason.DISPUTED),
        policy=policy,
    )
    for _, view in told.views:
        assert getattr(view, "simulated", True)
