"""Every key comes through this one door: typing, a badge reader that types, and the keyboard.

In kiosk mode a key that is not on the list below does not exist. Characters go to the decoder
that tells a badge reader (a key every millisecond or two) from a person; what a person types
becomes digits. The filter sits where Qt hands a window its keys, so each is seen exactly once.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.domain.events import Button
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
KEY_EVENTS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})


def is_service(event: QKeyEvent) -> bool:
    """Ctrl+Shift+F12: the administrator's way in without a touch screen."""
    held = event.modifiers() & (COMMANDS | SERVICE_MODIFIERS)
    return event.key() == Key.Key_F12 and held == SERVICE_MODIFIERS


def is_allowed(event: QKeyEvent) -> bool:
    """Whether a kiosk answers this key at all."""
    if event.modifiers() & COMMANDS:
        return is_service(event)
    return event.key() in ALLOWED or _character(event) != ""


def _character(event: QKeyEvent) -> str:
    """The printable character a key stands for, or nothing."""
    words = event.text()
    plain = len(words) == 1 and words.isprintable() and not event.modifiers() & COMMANDS
    return words if plain else ""


class Keys(QObject):
    """Install on the application. `press` tells the kernel, `badge` hands over a badge read."""

    def __init__(self, press: Press, badge: Callable[[str], None], *, kiosk: bool) -> None:
        super().__init__()
        self._press = press
        self._badge = badge
        self._kiosk = kiosk
        self._swallowed: set[int] = set()
        self._flush = QTimer(self)
        self._flush.setSingleShot(True)

    def stop(self) -> None:
        """No timer outlives the window."""
        self._flush.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ContextMenu:
            return self._kiosk
        if event.type() not in KEY_EVENTS or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QWindow):
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
        """Do what the key stands for; False leaves it to Qt (Tab, arrows, Space)."""
        key = Key(event.key())
        if is_service(event):
            self._press(Button.SERVICE, "")
        elif event.modifiers() & COMMANDS:
            return False
        elif key is Key.Key_Escape:
            self._press(Button.CANCEL, "")
        elif key is Key.Key_Backspace:
            self._press(Button.ERASE, "")
        elif key in ENTER:
            self._enter()
        elif _character(event) and key is not Key.Key_Space:
            self._typed(_character(event))
        else:
            return False
        return True

    def _enter(self) -> None:
        """Press what the keyboard stands on; else confirm what was typed."""
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        else:
            self._press(Button.CONFIRM, "")

    def _typed(self, character: str) -> None:
        if character.isascii() and character.isdigit():
            self._press(Button.DIGIT, character)


def stamp_s(event: QKeyEvent) -> float:
    """When the key went down, seconds: by the platform where it says so, else now.

    A busy screen takes keys late and all at once; only the platform's stamp keeps a slow typist
    from looking like a badge reader then.
    """
    return event.timestamp() / 1000.0 if event.timestamp() else time.monotonic()
