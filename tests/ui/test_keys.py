"""The keyboard reaches everything a finger does, and in kiosk mode nothing more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from app.domain.events import Button
from tests.fakes.screen import PORTRAIT, VIEWS, Desk
from tests.ui.conftest import MakeDesk
from ui.components.focus import FocusRing
from ui.keys import Keys

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
META = Qt.KeyboardModifier.MetaModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


#: A person takes longer between two keys, a badge reader does not.
PERSON_S = 0.12
READER_S = 0.0015


@dataclass
class Typist:
    """Fingers on the keyboard of one window, with a hand-set clock; also plays a badge reader."""

    desk: Desk
    badges: list[str] = field(default_factory=list)
    t_s: float = 10.0
    keys: Keys | None = None

    def strike(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        """One key, and the silence after it."""
        self.t_s += PERSON_S
        QTest.keyClick(self.desk.window.windowHandle(), key, modifier)
        self.pause()

    def pause(self) -> None:
        assert self.keys is not None
        self.keys.settle()

    def read(self, badge: str, end: str = "\n") -> None:
        """What a reader types for a badge."""
        self.t_s += 1.0
        for character in badge + end:
            self.t_s += READER_S
            special = {"\n": Key.Key_Return, "\t": Key.Key_Tab}.get(character)
            QTest.keyClick(self.desk.window.windowHandle(), special or ord(character))

    def focused(self) -> str:
        widget = QApplication.focusWidget()
        return widget.accessibleName() if isinstance(widget, QAbstractButton) else ""

    def ring(self) -> FocusRing:
        (ring,) = self.desk.window.findChildren(FocusRing)
        return ring


MakeTypist = Callable[..., Typist]


@pytest.fixture
def typists(desks: MakeDesk, qapp: QApplication) -> Iterator[MakeTypist]:
    filters: list[Keys] = []

    def make(size: QSize = PORTRAIT, *, kiosk: bool = True) -> Typist:
        desk = desks(size, kiosk=kiosk)
        typist = Typist(desk)
        keys = Keys(
            desk.window.pressed,
            typist.badges.append,
            kiosk=kiosk,
            stamp=lambda _event: typist.t_s,
        )
        typist.keys = keys
        filters.append(keys)
        desk.window.windowHandle().installEventFilter(keys)
        qapp.focusChanged.connect(desk.window.on_focus)
        return typist

    yield make
    for keys in filters:
        keys.stop()


@pytest.fixture
def typist(typists: MakeTypist) -> Typist:
    """On a kiosk, upright."""
    return typists()


WALKS = {
    "attract": ["With my face", "Badge or PIN", "English", "Deutsch", "Larger text"],
    "verify-left": ["Use badge or PIN", "Cancel"],
    "granted": ["Not me", "Done"],
    "denied-too-far": ["Use badge or PIN", "Try my face again", "Done"],
    "service": [
        "Read again",
        "Use this camera",
        "Test the camera",
        "Close the kiosk",
        "Back to visitors",
    ],
    "resting": ["Service"],
    "claim-typed": ["Erase the last digit", "Confirm", "Cancel"],
    "pin-badge": [*"1234567890", "Use my face", "Cancel"],
}


@pytest.mark.parametrize("name", sorted(WALKS))
def test_tab_walks_through_everything_and_around(typist: Typist, name: str) -> None:
    typist.desk.show(VIEWS[name])
    walked = []
    for _ in WALKS[name]:
        typist.strike(Key.Key_Tab)
        walked.append(typist.focused())
        assert typist.ring().isVisible()
    assert walked == WALKS[name]
    typist.strike(Key.Key_Tab)
    assert typist.focused() == walked[0]
    typist.strike(Key.Key_Backtab, SHIFT)
    assert typist.focused() == walked[-1]


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter, Key.Key_Space])
def test_enter_and_space_press_what_the_ring_is_around(typist: Typist, key: Qt.Key) -> None:
    typist.desk.show(VIEWS["attract"])
    typist.strike(Key.Key_Tab)
    typist.strike(Key.Key_Tab)
    typist.strike(key)
    assert typist.desk.kernel.buttons() == [Button.USE_BADGE_OR_PIN]


def test_the_ring_stands_around_its_button_and_goes_with_the_keyboard(typist: Typist) -> None:
    typist.desk.show(VIEWS["verify-left"])
    assert not typist.ring().isVisible()
    typist.strike(Key.Key_Tab)
    button = typist.desk.button("Use badge or PIN")
    corner = button.mapTo(typist.desk.window, QPoint(0, 0))
    assert typist.ring().geometry().contains(corner)
    typist.desk.show(VIEWS["claim"])
    assert typist.focused() == "1"
    assert typist.ring().isVisible()


def test_a_finger_never_sees_the_ring(typist: Typist) -> None:
    typist.desk.show(VIEWS["attract"])
    QTest.mouseClick(typist.desk.button("Badge or PIN"), Qt.MouseButton.LeftButton)
    assert not typist.ring().isVisible()
    assert typist.desk.kernel.buttons() == [Button.USE_BADGE_OR_PIN]


def test_a_visit_with_the_keyboard_alone(typist: Typist) -> None:
    kernel = typist.desk.kernel
    typist.desk.show(VIEWS["claim"])
    for key in (Key.Key_4, Key.Key_7, Key.Key_1, Key.Key_1, Key.Key_2):
        typist.strike(key)
    typist.strike(Key.Key_Backspace)
    typist.strike(Key.Key_Return)
    typist.strike(Key.Key_Escape)
    typed = [(Button.DIGIT, digit) for digit in "47112"]
    assert kernel.presses == [
        *typed,
        (Button.ERASE, ""),
        (Button.CONFIRM, ""),
        (Button.CANCEL, ""),
    ]


def test_enter_ends_a_number_that_was_typed_wherever_the_ring_stands(typist: Typist) -> None:
    typist.desk.show(VIEWS["attract"])
    typist.strike(Key.Key_Tab)
    typist.desk.show(VIEWS["claim"])
    assert typist.focused() == "1"
    for key in (Key.Key_4, Key.Key_7, Key.Key_Return):
        typist.strike(key)
    assert typist.desk.kernel.buttons() == [Button.DIGIT, Button.DIGIT, Button.CONFIRM]
    typist.strike(Key.Key_Return)
    assert typist.desk.kernel.presses[-1] == (Button.DIGIT, "1"), "now it presses the button again"


SWALLOWED = [
    (Key.Key_F4, ALT),
    (Key.Key_Tab, ALT),
    (Key.Key_Q, CTRL),
    (Key.Key_W, CTRL),
    (Key.Key_C, CTRL),
    (Key.Key_Delete, CTRL | ALT),
    (Key.Key_Escape, CTRL),
    (Key.Key_Meta, NONE),
    (Key.Key_Super_L, NONE),
    (Key.Key_L, META),
    (Key.Key_Print, NONE),
    (Key.Key_Menu, NONE),
    (Key.Key_F1, NONE),
    (Key.Key_F11, NONE),
    (Key.Key_F12, CTRL),
    (Key.Key_Home, NONE),
    (Key.Key_PageDown, NONE),
    (Key.Key_VolumeUp, NONE),
]


@pytest.mark.parametrize(("key", "modifier"), SWALLOWED)
def test_a_kiosk_swallows_what_is_not_on_the_list(
    typist: Typist, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    typist.desk.show(VIEWS["claim"])
    typist.strike(key, modifier)
    assert typist.desk.kernel.presses == []
    assert typist.desk.window.isVisible()
    assert typist.focused() == ""


def test_service_opens_from_the_keyboard(typist: Typist) -> None:
    typist.desk.show(VIEWS["attract"])
    typist.strike(Key.Key_F12, CTRL | SHIFT)
    assert typist.desk.kernel.buttons() == [Button.SERVICE]


def test_a_context_menu_never_opens_on_a_kiosk(typist: Typist, qapp: QApplication) -> None:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), QPoint(5, 5))
    assert qapp.notify(typist.desk.window, event)
    assert typist.desk.window.contextMenuPolicy() is Qt.ContextMenuPolicy.NoContextMenu


def test_a_kiosk_closes_only_when_it_is_told_to(typist: Typist) -> None:
    assert not typist.desk.window.close()
    assert typist.desk.window.isVisible()
    typist.desk.window.leave()
    assert not typist.desk.window.isVisible()


def test_a_window_on_a_desk_closes_like_any_other(typists: MakeTypist) -> None:
    typist = typists(kiosk=False)
    assert typist.desk.window.close()


@pytest.mark.parametrize("end", ["\n", "\t", ""], ids=["enter", "tab", "nothing"])
@pytest.mark.parametrize("name", ["attract", "claim", "verify-left", "denied-unsure"])
def test_a_badge_is_read_on_every_screen_and_presses_nothing(
    typist: Typist, name: str, end: str
) -> None:
    typist.desk.show(VIEWS[name])
    typist.strike(Key.Key_Tab)
    before = typist.focused()
    typist.read("04A22BC1", end)
    typist.pause()
    assert typist.badges == ["04A22BC1"]
    assert typist.desk.kernel.presses == []
    assert typist.focused() == before


def test_a_badge_of_digits_is_not_typed(typist: Typist) -> None:
    typist.desk.show(VIEWS["claim"])
    typist.read("8800471100")
    typist.strike(Key.Key_7)
    assert typist.badges == ["8800471100"]
    assert typist.desk.kernel.presses == [(Button.DIGIT, "7")]


def test_the_silence_after_a_badge_ends_it(typist: Typist, qtbot: QtBot) -> None:
    """A reader without a terminator: the timer decides, nobody else."""
    typist.desk.show(VIEWS["attract"])
    typist.read("04A22BC1", end="")
    assert typist.badges == []
    qtbot.waitUntil(lambda: typist.badges == ["04A22BC1"], timeout=3000)


def test_a_digit_shows_by_itself(typist: Typist, qtbot: QtBot) -> None:
    typist.desk.show(VIEWS["claim"])
    QTest.keyClick(typist.desk.window.windowHandle(), Key.Key_5)
    qtbot.waitUntil(lambda: typist.desk.kernel.presses == [(Button.DIGIT, "5")], timeout=3000)


def test_a_command_in_the_middle_spoils_a_badge(typist: Typist) -> None:
    typist.desk.show(VIEWS["claim"])
    typist.t_s += 1.0
    window = typist.desk.window.windowHandle()
    for character in "04A2":
        typist.t_s += READER_S
        QTest.keyClick(window, ord(character))
    typist.t_s += READER_S
    QTest.keyClick(window, Key.Key_BracketRight, CTRL)
    for character in "2BC1":
        typist.t_s += READER_S
        QTest.keyClick(window, ord(character))
    typist.pause()
    assert typist.badges == []
    assert typist.desk.kernel.presses == []


def test_letters_a_person_types_do_nothing(typist: Typist) -> None:
    typist.desk.show(VIEWS["claim"])
    for key in (Key.Key_A, Key.Key_Z, Key.Key_Comma):
        typist.strike(key)
    assert typist.desk.kernel.presses == []


def test_holding_the_house_mark_asks_for_service(desk: Desk) -> None:
    desk.show(VIEWS["attract"])
    corner = QPoint(90, 90)
    target = desk.window.childAt(corner)
    assert target is not None
    QTest.mousePress(target, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton)
    (timer,) = target.findChildren(QTimer)
    assert not timer.isActive()
    QTest.mousePress(target, Qt.MouseButton.LeftButton)
    assert timer.isActive()
    assert timer.interval() == 2000
    assert desk.kernel.presses == []
    timer.timeout.emit()
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton)
    assert desk.kernel.buttons() == [Button.SERVICE]
