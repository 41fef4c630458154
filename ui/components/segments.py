"""Clock in | Clock out: one of two, both always readable."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.components.action import ActionButton, Style, draw_surface
from ui.layout import Box, place
from ui.theme import Look

INSET_DU = 8
RADIUS_DU = 32


class Segments(QWidget):
    """Two halves of one control; the chosen one is solid."""

    def __init__(
        self, parent: QWidget, first: Callable[[], None], second: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        self._look: Look | None = None
        self._halves = (
            ActionButton(self, Style.SOLID, first, radius_du=RADIUS_DU - INSET_DU),
            ActionButton(self, Style.PLAIN, second, radius_du=RADIUS_DU - INSET_DU),
        )
        for half in self._halves:
            half.setCheckable(True)
            # Which half is chosen is the View's to say, not the finger's.
            half.clicked.connect(self._undo_toggle)
        self._chosen = 0

    def apply(self, look: Look) -> None:
        self._look = look
        for half in self._halves:
            half.apply(look)
        self.update()

    def say(self, words: tuple[str, str], chosen: int) -> None:
        self._chosen = chosen
        for index, half in enumerate(self._halves):
            half.say(words[index])
            half.setChecked(index == chosen)
            half.restyle(Style.SOLID if index == chosen else Style.SEGMENT)

    def _undo_toggle(self) -> None:
        for index, half in enumerate(self._halves):
            half.setChecked(index == self._chosen)

    def arrange(self, box: Box) -> None:
        place(self, box)
        if self._look is None:
            return
        inset = self._look.px(INSET_DU)
        inner = Box(0, 0, box.width, box.height).inset(inset, inset)
        for half, cell in zip(self._halves, inner.columns(2, inset), strict=True):
            place(half, cell)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect())
        draw_surface(painter, body, self._look, Style.PLAIN.value, False, RADIUS_DU)
        painter.end()
