"""The service screen's camera buttons and the self-test: what each control tells the kernel."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.domain.assurance import Species, Trial
from app.domain.events import Button
from app.domain.policy import Policy
from app.presentation import CountView, SelfTestView, ServiceView, VerifyView, counts_of
from tests.fakes.screen import LANDSCAPE, PORTRAIT, TRIALS, VIEWS, Desk
from tests.ui.conftest import MakeDesk
from ui import selftest_text
from ui.components.table import FactTable

SELFTEST = VIEWS["selftest"]
SERVICE = VIEWS["service"]
TRIAL = VIEWS["trial"]
assert isinstance(SELFTEST, SelfTestView)
assert isinstance(SERVICE, ServiceView)
assert isinstance(TRIAL, VerifyView)


@pytest.mark.parametrize(
    ("name", "button"),
    [
        ("Real person", Button.TRY_GENUINE),
        ("Printed photo", Button.TRY_PRINT),
        ("Phone", Button.TRY_PHONE),
        ("Tablet", Button.TRY_TABLET),
        ("Take the last one back", Button.DISCARD),
        ("Start anew", Button.START_ANEW),
        ("Store the result", Button.CONFIRM),
        ("Back", Button.CANCEL),
    ],
)
def test_every_control_says_one_thing(desk: Desk, name: str, button: Button) -> None:
    desk.show(SELFTEST)
    desk.button(name).click()
    assert desk.kernel.buttons() == [button]


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_what_is_held_before_the_camera_is_easily_hit(desks: MakeDesk, size: QSize) -> None:
    desk = desks(size)
    desk.show(SELFTEST)
    sizes = {
        (place.width(), place.height())
        for place in (desk.button(selftest_text.species(each)).rect() for each in Species)
    }
    assert len(sizes) == 1
    assert min(min(sizes)) >= 60


def off(desk: Desk) -> set[str]:
    return {
        each.accessibleName()
        for each in desk.window.findChildren(QAbstractButton)
        if each.isVisible() and not each.isEnabled()
    }


CHOICES = {"Real person", "Printed photo", "Phone", "Tablet"}


@pytest.mark.parametrize(
    ("view", "wanted"),
    [
        (SELFTEST, set()),
        (replace(SELFTEST, changed=False), {"Store the result"}),
        (replace(SELFTEST, can_try=False), CHOICES),
        (replace(SELFTEST, last=None), {"Take the last one back"}),
        (
            replace(SELFTEST, last=Trial(Species.PHONE, accepted=False, counted=False)),
            {"Take the last one back"},
        ),
        (
            replace(SELFTEST, can_try=False, storing=True),
            CHOICES | {"Take the last one back", "Start anew", "Store the result", "Back"},
        ),
    ],
    ids=["whole", "stored", "no camera", "none yet", "not counted", "storing"],
)
def test_what_cannot_be_done_now_cannot_be_pressed(
    desk: Desk, view: SelfTestView, wanted: set[str]
) -> None:
    desk.show(view)
    assert off(desk) == wanted


def test_before_the_first_trial_there_is_nothing_to_start_anew(desk: Desk) -> None:
    desk.show(VIEWS["selftest-new"])
    assert {"Start anew", "Store the result", "Take the last one back"} == off(desk)


def test_every_count_stands_there_with_its_interval(desk: Desk) -> None:
    desk.show(SELFTEST)
    (table,) = desk.showing(FactTable)
    said = table.accessibleDescription().replace("\u00a0", " ")
    assert "Real person: 1 of 30 refused · 0.1 to 17.2 %" in said
    assert "Printed photo: 0 of 29 let through · 0 to 11.9 %" in said
    assert "Phone: 0 of 12 let through · 0 to 26.5 % · 17 to go" in said


def test_the_numbers_of_a_language_have_its_mark(desks: MakeDesk) -> None:
    desk = desks(PORTRAIT, language="de")
    desk.show(SELFTEST)
    (table,) = desk.showing(FactTable)
    assert "0,1 bis 17,2" in table.accessibleDescription()


def test_an_attack_that_passed_is_not_waited_out(desk: Desk) -> None:
    """More trials do not make it good, so none are asked for."""
    passed = CountView(Species.PRINT, 5, 1, 0.005, 0.716, 29)
    assert "to go" not in selftest_text.count(passed)
    assert "24 to go" in selftest_text.count(replace(passed, errors=0))
    assert "29 to go" in selftest_text.count(replace(passed, n=0, errors=0))


@pytest.mark.parametrize(
    ("species", "accepted", "counted", "said"),
    [
        (Species.PHONE, True, True, "Phone: let through. That is an error."),
        (Species.PHONE, False, True, "Phone: refused, as it should be."),
        (Species.GENUINE, True, True, "Real person: let through, as it should be."),
        (Species.GENUINE, False, True, "Real person: refused."),
        (Species.PRINT, False, False, "Printed photo: not counted."),
    ],
)
def test_how_the_last_one_ended_is_said_plainly(
    desk: Desk, species: Species, accepted: bool, counted: bool, said: str
) -> None:
    assert selftest_text.last(Trial(species, accepted, counted)) == said


def test_a_trial_can_be_stopped_and_offers_no_other_way_in(desk: Desk) -> None:
    desk.show(TRIAL)
    buttons = {
        each.accessibleName() for each in desk.showing(QWidget) if isinstance(each, QAbstractButton)
    }
    assert "Use badge or PIN" not in buttons
    desk.button("Stop this trial").click()
    assert desk.kernel.buttons() == [Button.CANCEL]


def test_after_a_trial_a_visitor_has_both_ways_again(desk: Desk) -> None:
    desk.show(TRIAL)
    desk.show(SELFTEST)
    desk.show(VIEWS["verify-left"])
    one, other = desk.button("Use badge or PIN"), desk.button("Cancel")
    assert one.size() == other.size()


def test_the_camera_is_named_and_tested_from_the_service_screen(desk: Desk) -> None:
    desk.show(SERVICE)
    desk.button("Use this camera").click()
    desk.button("Test the camera").click()
    assert desk.kernel.buttons() == [Button.USE_CAMERA, Button.SELF_TEST]
    assert isinstance(SERVICE, ServiceView)
    desk.show(replace(SERVICE, can_enrol=False, can_test=False))
    assert off(desk) == {"Use this camera", "Test the camera"}


def test_counts_are_there_for_every_species_in_one_order() -> None:
    assert [each.species for each in counts_of(TRIALS, Policy())] == list(Species)
    assert [each.wanted for each in counts_of(TRIALS, Policy())] == [19, 29, 29, 29]
