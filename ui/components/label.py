"""Words on the screen."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui.components.typeset import Manner, Setting, fit
from ui.theme import PLAIN, Look, Role, Tone

#: Wider than any screen.
UNBOUNDED_PX = 10_000


class Label(QLabel):
    """A text that is set to fit its box. A QLabel, so that screen readers know what it is."""

    def __init__(
        self,
        parent: QWidget,
        role: Role,
        tone: Tone = Tone.INK,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
        most_lines: int = 0,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(PLAIN)
        self._tone = tone
        self._manner = Manner(role, align, most_lines)
        self._at = 0.5
        self._look: Look | None = None
        self._setting: Setting | None = None

    def apply(self, look: Look) -> None:
        self._look = look
        self._setting = None
        self.update()

    def align(self, align: Qt.AlignmentFlag) -> None:
        self._manner = Manner(self._manner.role, align, self._manner.most_lines)
        self._setting = None
        self.update()

    def hang(self, at: float) -> None:
        """Where the text stands in a box higher than itself: 0 top, 0.5 middle."""
        self._at = at

    def say(self, text: str, tone: Tone | None = None) -> None:
        if tone is not None and tone is not self._tone:
            self._tone = tone
            self.update()
        if text == self.text():
            return
        self.setText(text)
        self.setAccessibleName(text)
        self._setting = None
        self.update()

    def height_for(self, width: int) -> int:
        """Pixels this text is high when set `width` pixels wide; 0 for no text."""
        if self._look is None or not self.text():
            return 0
        return self._set(width, float("inf"), self._look).height_px()

    def natural_width(self, look: Look) -> int:
        """Pixels this text needs in one line."""
        setting = fit(self.text(), self._manner, look, self.layoutDirection(), UNBOUNDED_PX)
        return ceil(setting.width) + 1

    def setting(self) -> Setting | None:
        """As it is drawn now."""
        if self._look is None or not self.text():
            return None
        if self._setting is None:
            self._setting = self._set(self.width(), self.height(), self._look)
        return self._setting

    def _set(self, width: int, height: float, look: Look) -> Setting:
        return fit(self.text(), self._manner, look, self.layoutDirection(), width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._setting = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        self._setting = None
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        setting = self.setting()
        if setting is None or self._look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        setting.draw(painter, QRectF(self.rect()), self._look.colour(self._tone), self._at)
        painter.end()
