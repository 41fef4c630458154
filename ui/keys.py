"""Every key comes through this one door: typing, a badge reader that types, and the keyboard.

In kiosk mode a key that is not on the list below does not exist. Everything that types goes to
`app.domain.wedge`, which tells a badge reader (a key every millisecond or two) from a person;
what a person types becomes digits, Enter and Tab. The filter sits where Qt hands a window its
keys (a QWindow, not a widget), so each is seen exactly once.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import assert_never

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.domain.events import Button
from app.domain.wedge import Badge, Dropped, Heard, Typed, Wedge, WedgePolicy, feed, flush
from ui.screens.screen import Press

Key = Qt.Key

#: Keys a kiosk answers besides characters. Everything else is swallowed there.
ALLOWED = frozenset(
    {
        Key.Key_Tab,
        Key.Key_Backtab,
        Key.Key_Left,
        Key.Key_Right,
        Key.Key_Up,
        Key.Key_Down,
        Key.Key_Return,
        Key.Key_Enter,
        Key.Key_Space,
        Key.Key_Backspace,
        Key.Key_Escape,
    }
)
ENTER = frozenset({Key.Key_Return, Key.Key_Enter})
#: With these held a key is a command to the system, never a character.
COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
SERVICE_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
#: Held while other keys type; by themselves they type nothing and spoil no badge.
HELD = frozenset(
    {
        Key.Key_Shift,
        Key.Key_Control,
        Key.Key_Alt,
        Key.Key_AltGr,
        Key.Key_Meta,
        Key.Key_CapsLock,
        Key.Key_NumLock,
    }
)
MOVES = frozenset({Key.Key_Backtab, Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down})
KEY_EVENTS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})


def is_service(event: QKeyEvent) -> bool:
    """Ctrl+Shift+F12: the administrator's way in without a touch screen."""
    held = event.modifiers() & (COMMANDS | SERVICE_MODIFIERS)
    return event.key() == Key.Key_F12 and held == SERVICE_MODIFIERS


def is_allowed(event: QKeyEvent) -> bool:
    """Whether a kiosk answers this key at all."""
    if event.modifiers() & COMMANDS:
        return is_service(event)
    return event.key() in ALLOWED or (_character(event).isprintable() and _character(event) != "")


def _character(event: QKeyEvent) -> str:
    """The one character a key types, or nothing; Enter is a line feed and Tab a tabulator."""
    if event.modifiers() & COMMANDS:
        return ""
    if event.key() in ENTER:
        return "\n"
    if event.key() == Key.Key_Tab:
        return "\t"
    return event.text() if len(event.text()) == 1 else ""


def stamp_s(event: QKeyEvent) -> float:
    """When the key went down, seconds: by the platform where it says so, else now.

    A busy screen takes keys late and all at once; only the platform's stamp keeps a slow typist
    from looking like a badge reader then.
    """
    return event.timestamp() / 1000.0 if event.timestamp() else time.monotonic()


class Keys(QObject):
    """Install on the kiosk's QWindow. `press` tells the kernel, `badge` hands over a badge."""

    def __init__(
        self,
        press: Press,
        badge: Callable[[str], None],
        *,
        kiosk: bool,
        policy: WedgePolicy | None = None,
        stamp: Callable[[QKeyEvent], float] = stamp_s,
    ) -> None:
        super().__init__()
        self._press = press
        self._badge = badge
        self._kiosk = kiosk
        self._policy = policy or WedgePolicy()
        self._stamp = stamp
        self._wedge = Wedge()
        self._swallowed: set[int] = set()
        self._typing = False
        # Two timers: after a stall the first may run before keys that were struck long ago. The
        # second waits for one more turn of the loop, which hands those keys out.
        self._pause = _one_shot(self, math.ceil(self._policy.pause_s * 1000), self._on_pause)
        self._turn = _one_shot(self, 0, self.settle)

    def stop(self) -> None:
        """No timer outlives the window, and nothing typed does."""
        self._pause.stop()
        self._turn.stop()
        self._wedge = Wedge()

    def settle(self) -> None:
        """The silence was long enough: decide what was kept."""
        self._turn.stop()
        self._wedge, heard = flush(self._wedge, math.inf, self._policy)
        self._take(heard)

    def _on_pause(self) -> None:
        self._turn.start()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() not in KEY_EVENTS or not isinstance(event, QKeyEvent):
            return False
        if event.type() is QEvent.Type.KeyRelease:
            return event.key() in self._swallowed
        answered = self._answer(event) if event.type() is QEvent.Type.KeyPress else False
        refused = self._kiosk and not is_allowed(event)
        if answered or refused:
            self._swallowed.add(event.key())
            return True
        self._swallowed.discard(event.key())
        return False

    def _answer(self, event: QKeyEvent) -> bool:
        """Do what the key stands for; False leaves it to Qt."""
        key = Key(event.key())
        if key in HELD:
            return False
        if is_service(event):
            self._press(Button.SERVICE, "")
            return True
        if event.modifiers() & COMMANDS:
            return self._spoil(event)
        if key is Key.Key_Escape:
            self.settle()
            self._typing = False
            self._press(Button.CANCEL, "")
        elif key is Key.Key_Backspace:
            self.settle()
            self._press(Button.ERASE, "")
        elif key in MOVES:
            self.settle()
            self._typing = False
            return False
        elif _character(event):
            return self._feed(event, _character(event))
        else:
            return self._spoil(event)
        return True

    def _spoil(self, event: QKeyEvent) -> bool:
        """A key that types nothing. In the middle of a badge: what follows is not that badge."""
        if self._wedge.kept:
            self._feed(event, "")
        return False

    def _feed(self, event: QKeyEvent, character: str) -> bool:
        """One key to the decoder. False where it was a person's Tab, which is Qt's to follow."""
        if event.isAutoRepeat():
            return True
        self._turn.stop()
        before = self._wedge
        self._wedge, heard = feed(before, character, self._stamp(event), self._policy)
        if self._wedge.kept:
            self._pause.start()
        else:
            self._pause.stop()
        self._take(heard)
        return not (character == "\t" and Typed("\t") in heard)

    def _take(self, heard: tuple[Heard, ...]) -> None:
        for each in heard:
            match each:
                case Badge(text=text):
                    self._badge(text)
                case Typed(text=text):
                    for character in text:
                        self._typed(character)
                case Dropped():
                    pass
                case _ as never:
                    assert_never(never)

    def _typed(self, character: str) -> None:
        """A person typed this: a digit, Enter, or the space that presses a button."""
        if character.isascii() and character.isdigit():
            self._typing = True
            self._press(Button.DIGIT, character)
            return
        # Enter ends a number that was typed, wherever the focus was left.
        ends_number = self._typing and character == "\n"
        self._typing = False
        focused = QApplication.focusWidget()
        if character not in {"\n", " "}:
            return
        if isinstance(focused, QAbstractButton) and not ends_number:
            focused.click()
        elif character == "\n":
            self._press(Button.CONFIRM, "")


def _one_shot(owner: QObject, interval_ms: int, call: Callable[[], None]) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    timer.timeout.connect(call)
    return timer
