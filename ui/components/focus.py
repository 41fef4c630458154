"""The ring around whatever the keyboard would press. Fingers never see it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.components import icons
from ui.theme import Look, Tone

GAP_DU = 7
WIDTH_DU = 5
RADIUS_DU = 34


class FocusRing(QWidget):
    """Lies over everything, lets every touch through, and follows the focused widget."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._look: Look | None = None
        self.hide()

    def apply(self, look: Look) -> None:
        self._look = look

    def follow(self, widget: QWidget | None) -> None:
        """Stand around `widget`, or go away."""
        parent = self.parentWidget()
        if widget is None or self._look is None or parent is None or not widget.isVisible():
            self.hide()
            return
        out = self._look.px(GAP_DU + WIDTH_DU)
        corner = widget.mapTo(parent, QPoint(0, 0))
        self.setGeometry(QRect(corner, widget.size()).adjusted(-out, -out, out, out))
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is None:
            return
        width = self._look.px(WIDTH_DU)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(icons.pen(self._look.colour(Tone.INK), width))
        body = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        radius = min(self._look.px(RADIUS_DU), body.height() / 2)
        painter.drawRoundedRect(body, radius, radius)
        painter.end()
