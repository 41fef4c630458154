"""The whole house, threads and all, with a visitor made of numbers."""

from __future__ import annotations

from dataclasses import replace

from app.domain.events import Button
from app.domain.journal import Factor, first_break, parse
from app.domain.reasons import Reason
from app.domain.tape import decode, replay, summary
from app.presentation import (
    AttractView,
    ClaimView,
    DeniedView,
    FaceDoor,
    GrantedView,
    PinView,
    VerifyView,
    View,
)
from tests.fakes.visitor import Visitor
from tests.runtime.rig import BADGE, NUMBER, PIN, QUICK, Rig


def is_ready(view: View) -> bool:
    return isinstance(view, AttractView) and view.face is FaceDoor.OPEN


def test_a_known_face_is_let_in_and_recorded_before_the_door_opens() -> None:
    rig = Rig()
    with rig.running() as house:
        assert rig.wait_for(is_ready)
        house.kernel.press(Button.USE_FACE)
        result = rig.result()
    assert isinstance(result, GrantedView)
    assert result.name == "Amara Okafor"
    assert result.factors == frozenset({Factor.FACE})
    assert rig.door.granted_rows == [1], "the row was there when the door was asked"
    assert first_break(rig.gallery.journal) is None
    ((_, _, data),) = rig.gallery.tapes.values()
    tape = decode(data)
    assert summary(replay(tape)) == tape.verdict, "real times and threads replay as well"
    assert tape.identified == "matched"


def test_a_stranger_is_refused_without_a_name() -> None:
    rig = Rig(visitor=Visitor(person=3))
    with rig.running() as house:
        rig.wait_for(is_ready)
        house.kernel.press(Button.USE_FACE)
        result = rig.result()
    assert isinstance(result, DeniedView)
    assert result.reason is Reason.NOT_RECOGNISED
    assert rig.door.released == []
    entry = parse(rig.gallery.journal[-1].text)
    assert (entry.granted, entry.person) == (False, "")


def test_a_badge_and_pin_are_let_in_without_the_camera() -> None:
    rig = Rig()
    with rig.running() as house:
        rig.wait_for(is_ready)
        house.badge_read(BADGE)
        rig.wait_for(lambda view: isinstance(view, PinView))
        for digit in PIN:
            house.kernel.press(Button.DIGIT, digit)
        house.kernel.press(Button.CONFIRM)
        result = rig.result()
    assert isinstance(result, GrantedView)
    assert result.factors == frozenset({Factor.BADGE, Factor.PIN})
    assert not any(isinstance(view, VerifyView) for view in rig.seen)


def test_a_typed_number_and_then_the_face() -> None:
    rig = Rig()
    with rig.running() as house:
        rig.wait_for(is_ready)
        house.kernel.press(Button.USE_BADGE_OR_PIN)
        rig.wait_for(lambda view: isinstance(view, ClaimView))
        for digit in NUMBER:
            house.kernel.press(Button.DIGIT, digit)
        house.kernel.press(Button.CONFIRM)
        rig.wait_for(lambda view: isinstance(view, PinView))
        house.kernel.press(Button.USE_FACE)
        result = rig.result()
    assert isinstance(result, GrantedView)
    assert result.factors == frozenset({Factor.NUMBER, Factor.FACE})


def test_a_claim_of_nobody_takes_the_same_way_and_is_refused() -> None:
    rig = Rig()
    with rig.running() as house:
        rig.wait_for(is_ready)
        house.badge_read("FFFF")
        rig.wait_for(lambda view: isinstance(view, PinView))
        house.kernel.press(Button.USE_FACE)
        result = rig.result()
    assert isinstance(result, DeniedView)
    assert result.reason is Reason.NOT_RECOGNISED
    assert any(isinstance(view, VerifyView) and view.prompt for view in rig.seen)


def test_a_person_removed_while_they_stand_there_is_not_let_in() -> None:
    """The decision was made on an older copy: the record refuses it (P6)."""
    rig = Rig()
    with rig.running() as house:
        rig.wait_for(is_ready)
        house.kernel.press(Button.USE_FACE)
        rig.wait_for(lambda view: isinstance(view, VerifyView) and view.prompt is not None)
        person = rig.gallery.known["p-1"]
        rig.gallery.known["p-1"] = replace(person, version=person.version + 1)
        result = rig.result()
    assert isinstance(result, DeniedView)
    assert result.reason is Reason.CANNOT_RECORD
    assert rig.door.released == []


def test_pin_failures_lock_the_claim_and_not_the_kiosk() -> None:
    rig = Rig()
    reasons = []
    with rig.running() as house:
        rig.wait_for(is_ready)
        for _ in range(QUICK.lockout.free_failures + 1):
            house.badge_read(BADGE)
            rig.wait_for(lambda view: isinstance(view, PinView))
            for digit in "1357":
                house.kernel.press(Button.DIGIT, digit)
            house.kernel.press(Button.CONFIRM)
            result = rig.result()
            assert isinstance(result, DeniedView)
            reasons.append(result.reason)
            house.kernel.press(Button.DONE)
            rig.wait_for(is_ready)
        house.kernel.press(Button.USE_FACE)
        face = rig.result()
    assert reasons[:5] == [Reason.WRONG_CREDENTIALS] * 5
    assert reasons[5] is Reason.LOCKED
    assert isinstance(face, GrantedView)
