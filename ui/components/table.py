"""For service: facts in rows, and the tail of the log. Dense, and still readable."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui.components.action import Style, draw_surface
from ui.components.typeset import STANDARD_LEADING, Setting, typeset
from ui.theme import PLAIN, Look, Role, Tone

PADDING_DU = 32
ROW_GAP_DU = 14
HEAD_GAP_DU = 20
RADIUS_DU = 28
NAME_SHARE = 0.3
#: Administrators read from near: rows may be set smaller than what visitors read.
ROW_SHARES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.54, 0.48)
LOG_SIZE = 0.8
START = Qt.AlignmentFlag.AlignLeft


def _columns(width: int, look: Look) -> tuple[int, int, int]:
    """(width of a name, gap, width of a value) in pixels."""
    room = width - 2 * look.px(PADDING_DU)
    gap = look.px(24)
    name = round((room - gap) * NAME_SHARE)
    return name, gap, room - gap - name


class FactTable(QLabel):
    """A heading and rows of name and value; every row is as high as its words need."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(PLAIN)
        self._facts: tuple[tuple[str, str], ...] = ()
        self._look: Look | None = None

    def apply(self, look: Look) -> None:
        self._look = look
        self.update()

    def say(self, heading: str, facts: tuple[tuple[str, str], ...]) -> None:
        self.setText(heading)
        self._facts = facts
        self.setAccessibleName(heading)
        self.setAccessibleDescription("; ".join(f"{name}: {value}" for name, value in facts))
        self.update()

    def height_for(self, width: int, look: Look, share: float = 1.0) -> int:
        """Pixels it needs with its rows set at `share` of their size."""
        rows = self._rows(width, look, share)
        high = sum(max(name.height_px(), value.height_px()) for name, value in rows)
        gaps = round(look.px(ROW_GAP_DU) * share) * max(len(rows) - 1, 0)
        head = self._head(width, look).height_px() + look.px(HEAD_GAP_DU)
        return head + high + gaps + 2 * look.px(PADDING_DU)

    def fits(self) -> bool:
        """Whether every row is to be seen."""
        if self._look is None:
            return True
        share = self._share(self._look)
        return self.height_for(self.width(), self._look, share) <= self.height()

    def _share(self, look: Look) -> float:
        """The largest size at which all rows fit; many facts are set smaller, never cut."""
        for share in ROW_SHARES:
            if self.height_for(self.width(), look, share) <= self.height():
                return share
        return ROW_SHARES[-1]

    def _head(self, width: int, look: Look) -> Setting:
        room = width - 2 * look.px(PADDING_DU)
        font = look.font(Role.BODY_LABEL)
        return typeset(self.text(), font, room, START, self.layoutDirection())

    def _rows(self, width: int, look: Look, share: float) -> list[tuple[Setting, Setting]]:
        name_width, _, value_width = _columns(width, look)
        way = self.layoutDirection()
        return [
            (
                typeset(name, look.font(Role.SMALL, share), name_width, START, way),
                typeset(value, look.font(Role.SMALL_LABEL, share), value_width, START, way),
            )
            for name, value in self._facts
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is None:
            return
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_surface(painter, QRectF(self.rect()), look, Style.PLAIN.value, False, RADIUS_DU)
        left = top = look.px(PADDING_DU)
        name_width, gap, value_width = _columns(self.width(), look)
        name_x, value_x = left, left + name_width + gap
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            name_x, value_x = left + value_width + gap, left
        head = self._head(self.width(), look)
        room = self.width() - 2 * left
        head.draw(painter, QRectF(left, top, room, head.height), look.colour(Tone.INK))
        y = top + head.height_px() + look.px(HEAD_GAP_DU)
        share = self._share(look)
        for name, value in self._rows(self.width(), look, share):
            high = max(name.height_px(), value.height_px())
            name.draw(painter, QRectF(name_x, y, name_width, name.height), look.colour(Tone.SOFT))
            value.draw(
                painter, QRectF(value_x, y, value_width, value.height), look.colour(Tone.INK)
            )
            y += high + round(look.px(ROW_GAP_DU) * share)
        painter.end()


class LogTail(QLabel):
    """The newest lines at the bottom, wrapped, as many as there is room for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(PLAIN)
        self._lines: tuple[str, ...] = ()
        self._look: Look | None = None

    def apply(self, look: Look) -> None:
        self._look = look
        self.update()

    def say(self, heading: str, lines: tuple[str, ...]) -> None:
        self.setText(heading)
        self._lines = lines
        self.setAccessibleName(heading)
        self.setAccessibleDescription("\n".join(lines))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is None:
            return
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_surface(painter, QRectF(self.rect()), look, Style.PLAIN.value, False, RADIUS_DU)
        padding = look.px(PADDING_DU)
        room = self.width() - 2 * padding
        way = self.layoutDirection()
        head = typeset(self.text(), look.font(Role.BODY_LABEL), room, START, way)
        head.draw(painter, QRectF(padding, padding, room, head.height), look.colour(Tone.INK))
        top = padding + head.height_px() + look.px(HEAD_GAP_DU)
        bottom = self.height() - padding
        for y, line in self._shown(look, room, top, bottom):
            line.draw(painter, QRectF(padding, y, room, line.height), look.colour(Tone.SOFT))
        painter.end()

    def _shown(self, look: Look, room: int, top: int, bottom: int) -> list[tuple[int, Setting]]:
        """(y, line) of the newest lines that fit between `top` and `bottom`, oldest first."""
        font: QFont = look.font(Role.SMALL, LOG_SIZE)
        shown: list[tuple[int, Setting]] = []
        high = 0
        for line in reversed(self._lines):
            setting = typeset(
                line, font, room, START, Qt.LayoutDirection.LeftToRight, STANDARD_LEADING
            )
            if high + setting.height_px() > bottom - top:
                break
            high += setting.height_px()
            shown.insert(0, (high, setting))
        return [(top + high - offset, setting) for offset, setting in shown]
