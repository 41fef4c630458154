"""P4: badge and PIN stand beside the face path on every public screen, as large and as close."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QAbstractButton

from app.domain.events import Button
from app.domain.journal import Purpose
from app.domain.people import ClaimKind
from app.domain.reasons import Reason
from app.presentation import AttractView, ClaimView, DeniedView, FaceDoor, PinView
from tests.fakes.screen import LANDSCAPE, PORTRAIT, VIEWS, Desk
from tests.ui.conftest import MakeDesk
from ui.components.action import ActionButton
from ui.components.door import Door, least_height
from ui.components.keypad import Keypad

CLOSED = [FaceDoor.WAKING, FaceDoor.UNAVAILABLE, FaceDoor.PAUSED]

#: Screen, the face's button there, and the button beside it.
TWINS = [
    ("attract", "With my face", "Badge or PIN"),
    ("verify-left", "Use badge or PIN", "Cancel"),
    ("claim", "Use my face", "Cancel"),
    ("pin-badge", "Use my face", "Cancel"),
    ("denied-not-recognised", "Try my face again", "Use badge or PIN"),
    ("granted", "Not me", "Done"),
    ("offer", "Not now", "Yes, renew it"),
]


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize(("view", "first", "second"), TWINS)
def test_twins_have_one_size_and_stand_side_by_side(
    desks: MakeDesk, size: QSize, scale: float, view: str, first: str, second: str
) -> None:
    desk = desks(size, text_scale=scale)
    desk.show(VIEWS[view])
    one, other = place_of(desk, first), place_of(desk, second)
    assert one.size() == other.size()
    assert one.top() == other.top()
    gap = max(one.left(), other.left()) - min(one.right(), other.right())
    assert gap <= 0.05 * size.width()


def place_of(desk: Desk, name: str) -> QRect:
    button = desk.button(name)
    return QRect(button.mapTo(desk.window, QPoint(0, 0)), button.size())


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_the_words_of_twins_have_one_size(desks: MakeDesk, size: QSize) -> None:
    desk = desks(size, language="de", text_scale=1.5)
    desk.show(VIEWS["denied-unsure"])
    sizes = set()
    for name in ("Ausweis oder PIN", "Gesicht noch einmal"):
        button = desk.button(name)
        assert isinstance(button, ActionButton)
        setting = button.setting()
        assert setting is not None
        sizes.add(setting.font.pixelSize())
    assert len(sizes) == 1


@pytest.mark.parametrize("door", CLOSED)
def test_a_closed_face_path_says_so_and_leaves_the_other_open(desk: Desk, door: FaceDoor) -> None:
    desk.show(AttractView(door, None, choosable=False, simulated=False))
    assert not desk.button("With my face").isEnabled()
    assert desk.button("Badge or PIN").isEnabled()
    spoken = desk.button("With my face").accessibleDescription()
    assert spoken
    assert spoken != "Follow a few prompts.\nNo picture is kept."
    desk.show(ClaimView("", 10, door))
    assert not desk.button("Use my face").isEnabled()
    desk.show(PinView(0, 4, 12, ClaimKind.BADGE, door))
    assert not desk.button("Use my face").isEnabled()
    desk.show(DeniedView(Reason.CAMERA_LOST, door, simulated=False))
    assert not desk.button("Try my face again").isEnabled()
    assert desk.button("Use badge or PIN").isEnabled()


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
@pytest.mark.parametrize("name", sorted(VIEWS))
def test_everything_that_can_be_touched_is_large_enough(
    desks: MakeDesk, size: QSize, name: str
) -> None:
    """76 px and more on a screen 1080 wide, 120 and more for what matters most."""
    desk = desks(size)
    unit = desk.window.look().unit
    desk.show(VIEWS[name])
    for button in desk.window.findChildren(QAbstractButton):
        if not button.isVisible():
            continue
        side = min(button.width(), button.height())
        assert side >= int(76 * unit), button.accessibleName()
        parent = button.parentWidget()
        is_key = isinstance(parent, Keypad)
        is_main = isinstance(button, Door) or button.accessibleName() in {
            "Use badge or PIN",
            "Use my face",
            "Try my face again",
            "Cancel",
            "Not me",
        }
        if is_main or is_key:
            assert side >= int(120 * unit), button.accessibleName()


def test_the_clock_control_stands_above_the_doors_and_says_which(desk: Desk) -> None:
    for purpose, chosen, other in (
        (Purpose.CLOCK_IN, "Clock in", "Clock out"),
        (Purpose.CLOCK_OUT, "Clock out", "Clock in"),
    ):
        desk.show(AttractView(FaceDoor.OPEN, purpose, choosable=True, simulated=False))
        assert desk.button(chosen).isChecked()
        assert not desk.button(other).isChecked()
        assert place_of(desk, chosen).bottom() < place_of(desk, "With my face").top()
        # A press alone changes nothing: what is chosen comes back with the next View.
        desk.button(other).click()
        assert not desk.button(other).isChecked()
    assert desk.kernel.buttons() == [Button.CLOCK_OUT, Button.CLOCK_IN]


def test_every_button_goes_up(desk: Desk) -> None:
    wanted = {
        "attract": {"With my face": Button.USE_FACE, "Badge or PIN": Button.USE_BADGE_OR_PIN},
        "claim": {"Use my face": Button.USE_FACE, "Cancel": Button.CANCEL},
        "claim-typed": {"Erase the last digit": Button.ERASE, "Confirm": Button.CONFIRM},
        "pin-badge": {"Use my face": Button.USE_FACE, "Cancel": Button.CANCEL},
        "verify-left": {"Use badge or PIN": Button.USE_BADGE_OR_PIN, "Cancel": Button.CANCEL},
        "granted": {"Not me": Button.NOT_ME, "Done": Button.DONE},
        "denied-unsure": {
            "Use badge or PIN": Button.USE_BADGE_OR_PIN,
            "Try my face again": Button.USE_FACE,
            "Done": Button.DONE,
        },
        "service": {
            "Read again": Button.RETRY,
            "Close the kiosk": Button.EXIT,
            "Back to visitors": Button.DONE,
        },
        "resting": {"Service": Button.SERVICE},
    }
    for view, buttons in wanted.items():
        desk.show(VIEWS[view])
        for name, button in buttons.items():
            desk.kernel.presses.clear()
            if desk.button(name).isEnabled():
                desk.button(name).click()
                assert desk.kernel.presses == [(button, "")], name


def test_the_pad_sends_its_digits(desk: Desk) -> None:
    desk.show(VIEWS["claim"])
    for digit in "1234567890":
        desk.button(digit).click()
    assert desk.kernel.presses == [(Button.DIGIT, digit) for digit in "1234567890"]


def test_every_control_has_a_name_to_be_read_out(desk: Desk) -> None:
    for name, view in VIEWS.items():
        desk.show(view)
        for button in desk.window.findChildren(QAbstractButton):
            assert not button.isVisible() or button.accessibleName(), name


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_both_doors_have_room_for_all_their_words(desks: MakeDesk, size: QSize) -> None:
    for language in ("en", "de"):
        desk = desks(size, language=language, text_scale=1.5)
        for name in ("attract", "attract-clock", "attract-unavailable", "attract-paused"):
            desk.show(VIEWS[name])
            look = desk.window.look()
            for door in desk.window.findChildren(Door):
                assert door.height() >= least_height(door.rows(door.width(), look), look), name
