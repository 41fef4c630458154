"""Our own number pad: digits, erase and confirm. Never mirrored; holds nothing that was typed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.events import Button
from ui.components.action import ActionButton, Style
from ui.components.icons import Icon
from ui.layout import Box, place
from ui.theme import Look, Role

GAP_DU = 16
LEAST_KEY_DU = 92
MOST_KEY_DU = 132
ROWS = 4
COLUMNS = 3


class Keypad(QWidget):
    """Twelve keys in the order of a telephone. Each press goes up at once."""

    def __init__(self, parent: QWidget, press: Callable[[Button, str], None]) -> None:
        super().__init__(parent)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._look: Look | None = None
        self._digits = [
            ActionButton(self, Style.PLAIN, partial(press, Button.DIGIT, digit), role=Role.KEY)
            for digit in "1234567890"
        ]
        for key, digit in zip(self._digits, "1234567890", strict=True):
            key.say(digit)
        self._erase = ActionButton(
            self, Style.PLAIN, partial(press, Button.ERASE, ""), icon=Icon.ERASE
        )
        self._confirm = ActionButton(
            self, Style.SOLID, partial(press, Button.CONFIRM, ""), icon=Icon.TICK
        )
        self._keys = [*self._digits[:9], self._erase, self._digits[9], self._confirm]
        for before, after in zip(self._keys, self._keys[1:], strict=False):
            QWidget.setTabOrder(before, after)

    def apply(self, look: Look) -> None:
        self._look = look
        for key in self._keys:
            key.apply(look)

    def say(self, erase: str, confirm: str) -> None:
        """Names of the two keys that carry an icon, for those who listen."""
        self._erase.say("", erase)
        self._confirm.say("", confirm)

    def allow(self, *, typing: bool = True, erase: bool, confirm: bool) -> None:
        for key in self._digits:
            key.setEnabled(typing)
        self._erase.setEnabled(erase)
        self._confirm.setEnabled(confirm)

    def least_height(self, look: Look) -> int:
        return ROWS * look.px(LEAST_KEY_DU) + (ROWS - 1) * look.px(GAP_DU)

    def most_height(self, look: Look) -> int:
        return ROWS * look.px(MOST_KEY_DU) + (ROWS - 1) * look.px(GAP_DU)

    def arrange(self, box: Box) -> None:
        """Take a box and share it out."""
        place(self, box)
        if self._look is None:
            return
        gap = self._look.px(GAP_DU)
        high = (box.height - gap * (ROWS - 1)) // ROWS
        for row in range(ROWS):
            line = Box(0, round((box.height - high) * row / (ROWS - 1)), box.width, high)
            for column, cell in enumerate(line.columns(COLUMNS, gap)):
                place(self._keys[row * COLUMNS + column], cell)
