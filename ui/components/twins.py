"""The two places at the bottom of a screen: two buttons of one size, side by side."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ui.components.action import ActionButton, Style
from ui.components.icons import Icon
from ui.layout import Box, place
from ui.theme import Look

HEIGHT_DU = 132
GAP_DU = 24


class Twins(QWidget):
    """`first` stands where reading starts. Both are always equally wide and high; where the first
    is hidden the second has the room of both."""

    def __init__(
        self,
        parent: QWidget,
        first: tuple[Style, Icon | None, Callable[[], None]],
        second: tuple[Style, Icon | None, Callable[[], None]],
    ) -> None:
        super().__init__(parent)
        self.first = ActionButton(self, first[0], first[2], icon=first[1])
        self.second = ActionButton(self, second[0], second[2], icon=second[1])
        self._look: Look | None = None

    def apply(self, look: Look) -> None:
        self._look = look
        self.first.apply(look)
        self.second.apply(look)

    def say(self, first: str, second: str) -> None:
        self.first.say(first)
        self.second.say(second)

    def height_for(self, width: int, look: Look) -> int:
        each = (width - look.px(GAP_DU)) // 2
        needed = max(button.height_for(each, look) for button in (self.first, self.second))
        return max(look.px(HEIGHT_DU), needed)

    def arrange(self, box: Box) -> None:
        place(self, box)
        if self._look is None:
            return
        if self.first.isHidden():
            place(self.second, Box(0, 0, box.width, box.height))
            return
        cells = Box(0, 0, box.width, box.height).columns(2, self._look.px(GAP_DU))
        both = (self.first, self.second)
        smallest = min(button.type_px(cells[0].width, self._look) for button in both)
        for button, cell in zip(both, cells, strict=True):
            button.cap_type(smallest)
            place(button, cell)
