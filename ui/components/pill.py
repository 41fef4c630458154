"""Small rounded notes: the one hint under the picture, and SIMULATED."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui.components.typeset import Manner, Setting, fit
from ui.theme import PLAIN, Look, Role, Tone

PADDING_DU = 36


class Pill(QLabel):
    """Says one thing, or is not there. Its box may be wider: it takes what its words need."""

    def __init__(self, parent: QWidget, fill: Tone, text: Tone, role: Role) -> None:
        super().__init__(parent)
        self.setTextFormat(PLAIN)
        self._fill = fill
        self._text = text
        self._role = role
        self._look: Look | None = None

    def apply(self, look: Look) -> None:
        self._look = look
        self.update()

    def say(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.update()

    def width_for(self, look: Look) -> int:
        """Pixels its words need in one line, ends included."""
        setting = fit(self.text(), Manner(self._role), look, self.layoutDirection(), 10_000)
        return round(setting.width) + 2 * look.px(PADDING_DU)

    def setting(self) -> Setting | None:
        if self._look is None or not self.text():
            return None
        room = self.width() - 2 * self._look.px(PADDING_DU)
        manner = Manner(self._role, most_lines=2)
        return fit(self.text(), manner, self._look, self.layoutDirection(), room, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        setting = self.setting()
        if setting is None or self._look is None:
            return
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = setting.layout.lineAt(0).width()
        body = QRectF(0, 0, min(setting.width + 2 * look.px(PADDING_DU), self.width()), 0)
        body.setHeight(self.height())
        body.moveCenter(QRectF(self.rect()).center())
        if self.alignment() & Qt.AlignmentFlag.AlignLeft:
            rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
            body.moveLeft(self.width() - body.width() if rtl else 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(self._fill))
        radius = min(body.height() / 2, look.px(40))
        painter.drawRoundedRect(body, radius, radius)
        text_box = QRectF(body.center().x() - room / 2, 0, room, body.height())
        setting.draw(painter, text_box, look.colour(self._text))
        painter.end()
