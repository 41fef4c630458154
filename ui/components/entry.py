"""Where typed digits appear: a number as it is, a PIN as dots."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui.components import icons
from ui.components.action import Style, draw_surface
from ui.components.typeset import Manner, Setting, fit
from ui.theme import PLAIN, Look, Role, Tone

RADIUS_DU = 28
PADDING_DU = 28
DOT_DU = 14
DOT_STEP_DU = 56

NUMBER = Manner(Role.DIGITS, most_lines=1)
PLACEHOLDER = Manner(Role.BODY, most_lines=2)


class NumberEntry(QLabel):
    """The typed number, or what is asked for while nothing is typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(PLAIN)
        self._placeholder = ""
        self._look: Look | None = None

    def apply(self, look: Look) -> None:
        self._look = look
        self.update()

    def say(self, typed: str, placeholder: str) -> None:
        if (typed, placeholder) != (self.text(), self._placeholder):
            self.setText(typed)
            self._placeholder = placeholder
            self.setAccessibleName(placeholder)
            self.update()

    def setting(self) -> Setting | None:
        if self._look is None:
            return None
        room = self.width() - 2 * self._look.px(PADDING_DU)
        text, manner = (self.text(), NUMBER) if self.text() else (self._placeholder, PLACEHOLDER)
        way = Qt.LayoutDirection.LeftToRight if self.text() else self.layoutDirection()
        return fit(text, manner, self._look, way, room, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        setting = self.setting()
        if setting is None or self._look is None:
            return
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint = Style.DOOR.value if self.text() else Style.PLAIN.value
        draw_surface(painter, QRectF(self.rect()), look, paint, False, RADIUS_DU)
        inner = QRectF(self.rect())
        inner.setLeft(look.px(PADDING_DU))
        tone = Tone.INK if self.text() else Tone.SOFT
        setting.draw(painter, inner, look.colour(tone))
        painter.end()


class PinEntry(QLabel):
    """How many digits there are, and how many there must be at least; never which."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._typed = 0
        self._fewest = 0
        self._look: Look | None = None

    def apply(self, look: Look) -> None:
        self._look = look
        self.update()

    def show_count(self, typed: int, fewest: int, spoken: str) -> None:
        """`spoken` says the same in words."""
        self.setAccessibleName(spoken)
        if (typed, fewest) != (self._typed, self._fewest):
            self._typed = typed
            self._fewest = fewest
            self.update()

    def typed(self) -> int:
        return self._typed

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is None:
            return
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint = Style.DOOR.value if self._typed else Style.PLAIN.value
        draw_surface(painter, QRectF(self.rect()), look, paint, False, RADIUS_DU)
        count = max(self._typed, self._fewest)
        step = min(look.px(DOT_STEP_DU), (self.width() - look.px(2 * PADDING_DU)) / max(count, 1))
        radius = min(look.px(DOT_DU), step / 2.6)
        left = (self.width() - step * (count - 1)) / 2
        for index in range(count):
            filled = index < self._typed
            painter.setPen(icons.pen(look.colour(Tone.ACCENT if filled else Tone.TRACK), 2))
            painter.setBrush(look.colour(Tone.ACCENT if filled else Tone.TRACK))
            centre = QPointF(left + step * index, self.height() / 2)
            size = radius if filled else radius * 0.7
            painter.drawEllipse(centre, size, size)
        painter.end()
