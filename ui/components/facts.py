"""Names and their values: on a card after a visit, in rows on the service screen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.components.action import Style, draw_surface
from ui.components.label import Label
from ui.layout import Box, place
from ui.theme import Look, Role, Tone

PADDING_DU = 32
GAP_DU = 8
RADIUS_DU = 36
LEFT = Qt.AlignmentFlag.AlignLeft


class FactCard(QWidget):
    """Facts side by side, each with its name above it."""

    def __init__(self, parent: QWidget, count: int) -> None:
        super().__init__(parent)
        self._pairs = [
            (Label(self, Role.SMALL, Tone.SOFT, LEFT), Label(self, Role.BODY_LABEL, align=LEFT))
            for _ in range(count)
        ]
        self._look: Look | None = None

    def apply(self, look: Look) -> None:
        self._look = look
        for name, value in self._pairs:
            name.apply(look)
            value.apply(look)
        self.update()

    def say(self, facts: tuple[tuple[str, str], ...]) -> None:
        for (name, value), fact in zip(self._pairs, facts, strict=True):
            name.say(fact[0])
            value.say(fact[1])

    def _cells(self, width: int, look: Look) -> tuple[Box, ...]:
        inner = Box(0, 0, width, 0).inset(look.px(PADDING_DU), 0)
        return inner.columns(len(self._pairs), look.px(PADDING_DU))

    def height_for(self, width: int, look: Look) -> int:
        names, values = self._heights(width, look)
        return names + values + look.px(GAP_DU) + 2 * look.px(PADDING_DU)

    def _heights(self, width: int, look: Look) -> tuple[int, int]:
        cell = self._cells(width, look)[0].width
        names = max(name.height_for(cell) for name, _ in self._pairs)
        return names, max(value.height_for(cell) for _, value in self._pairs)

    def arrange(self, box: Box) -> None:
        place(self, box)
        look = self._look
        if look is None:
            return
        names, _ = self._heights(box.width, look)
        top = look.px(PADDING_DU)
        room = box.height - 2 * top - names - look.px(GAP_DU)
        for (name, value), cell in zip(self._pairs, self._cells(box.width, look), strict=True):
            name_high = name.height_for(cell.width)
            value_high = min(value.height_for(cell.width), room)
            place(name, Box(cell.x, top + names - name_high, cell.width, name_high))
            below = top + names + look.px(GAP_DU)
            place(value, Box(cell.x, below, cell.width, value_high))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is not None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            body = QRectF(self.rect())
            draw_surface(painter, body, self._look, Style.PLAIN.value, False, RADIUS_DU)
            painter.end()
