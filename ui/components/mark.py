"""The round mark over a result: a tick that draws itself, or an icon that says what to do."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.components import icons
from ui.components.icons import Icon
from ui.theme import Look, Tone

DRAW_MS = 300
TICK_STROKE = 8.5
#: From the disc to the field of the icon, as shares of the disc.
TICK_INSET = 0.1
ICON_INSET = 0.25
ICON_STROKE = 5.0


class Mark(QWidget):
    """Decoration for those who see; the words beside it say the same."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._icon = Icon.TICK
        self._drawn = 1.0
        self._due = False
        self._look: Look | None = None
        self._motion = QVariantAnimation(self)
        self._motion.setStartValue(0.0)
        self._motion.setEndValue(1.0)
        self._motion.setDuration(DRAW_MS)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._advance)

    def apply(self, look: Look) -> None:
        self._look = look
        if self._due:
            self.draw_tick()
        self.update()

    def show_icon(self, icon: Icon) -> None:
        self._motion.stop()
        self._icon = icon
        self._drawn = 1.0
        self.update()

    def draw_tick(self) -> None:
        """Let the tick draw itself, at once where motion is not wanted."""
        self.show_icon(Icon.TICK)
        # Before the first `apply` it is not known whether motion is wanted.
        self._due = self._look is None
        if self._look is not None and not self._look.reduced_motion:
            self._drawn = 0.0
            self._motion.start()

    def is_moving(self) -> bool:
        return self._motion.state() is QVariantAnimation.State.Running

    def finish(self) -> None:
        """Show the end of the motion now."""
        self._motion.stop()
        self._advance(1.0)

    def _advance(self, drawn: float) -> None:
        self._drawn = drawn
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self.finish()
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is None:
            return
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height())
        disc = QRectF(0, 0, side, side)
        disc.moveCenter(QRectF(self.rect()).center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(Tone.TINT))
        painter.drawEllipse(disc)
        inset = side * (TICK_INSET if self._icon is Icon.TICK else ICON_INSET)
        field = disc.adjusted(inset, inset, -inset, -inset)
        if self._icon is Icon.TICK:
            self._draw_tick(painter, look, field)
        else:
            icons.draw(painter, self._icon, field, look.colour(Tone.ACCENT), ICON_STROKE)
        painter.end()

    def _draw_tick(self, painter: QPainter, look: Look, field: QRectF) -> None:
        if self._drawn <= 0.0:
            return
        path = icons.outline(Icon.TICK)
        painter.translate(field.topLeft())
        painter.scale(field.width() / 100, field.height() / 100)
        pen = icons.pen(look.colour(Tone.ACCENT), TICK_STROKE)
        if self._drawn < 1.0:
            # Dashes count in pen widths: one dash as long as what is drawn so far.
            pen.setDashPattern([path.length() * self._drawn / TICK_STROKE + 0.01, 1000.0])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
