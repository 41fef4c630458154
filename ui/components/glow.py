"""The screen's own light: one calm colour over the whole window, words on panels of their own.

It lies behind everything else. Colours pass into each other in linear light, so that the screen
stays equally bright on the way (see `app.domain.light` for why they do not flash).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.domain import light
from app.domain.light import Hue
from ui.theme import Look, Tone

FRAME_MS = 33
#: Frames from one colour to the next: 0.13 s, a third of the time a colour stays.
FADE_FRAMES = 4
RADIUS_DU = 40

Linear = tuple[float, float, float]


class Glow(QWidget):
    """`on_ground` is told what colour everything stands on now; None: the page."""

    def __init__(self, parent: QWidget, on_ground: Callable[[QColor | None], None]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._on_ground = on_ground
        self._look: Look | None = None
        self._panels: tuple[QRect, ...] = ()
        self._hue: Hue | None = None
        self._before: Linear | None = None
        self._frame = FADE_FRAMES
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._advance)
        self.hide()

    def arrange(self, look: Look, room: QRect, panels: Sequence[QRect]) -> None:
        """Cover `room`, except `panels`, which stay as calm as the page."""
        self._look = look
        self._panels = tuple(panels)
        self.setGeometry(room)
        self.update()

    def shine(self, hue: Hue | None) -> None:
        """Pass to this colour; None: be gone at once. Nothing shines where nothing may move:
        whoever asked for that may be photosensitive."""
        if self._look is not None and self._look.reduced_motion:
            hue = None
        if hue is self._hue:
            return
        self._before = None if self._hue is None else self._now()
        self._hue = hue
        self._frame = 0 if self._before is not None else FADE_FRAMES
        if hue is None:
            self._timer.stop()
            self.hide()
            self._on_ground(None)
            return
        self.lower()
        self.show()
        if self._frame < FADE_FRAMES:
            self._timer.start()
        self._repaint()

    def colour(self) -> QColor | None:
        """What it shows at this moment."""
        if self._hue is None:
            return None
        return QColor.fromRgb(*(round(255 * light.encoded(part)) for part in self._now()))

    def finish(self) -> None:
        """The colour it is passing to, now."""
        self._frame = FADE_FRAMES
        self._timer.stop()
        self._repaint()

    def _now(self) -> Linear:
        assert self._hue is not None  # noqa: S101 - only asked while it shines
        goal = light.LINEAR[self._hue]
        start = self._before or goal
        share = self._frame / FADE_FRAMES
        red, green, blue = (
            one + (other - one) * share for one, other in zip(start, goal, strict=True)
        )
        return red, green, blue

    def _advance(self) -> None:
        self._frame = min(self._frame + 1, FADE_FRAMES)
        if self._frame == FADE_FRAMES:
            self._timer.stop()
        self._repaint()

    def _repaint(self) -> None:
        if self._hue is not None:
            self._on_ground(self.colour())
            self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = self.colour()
        if self._look is None or colour is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour(Tone.PAGE))
        radius = self._look.px(RADIUS_DU)
        for panel in self._panels:
            if panel.intersects(event.rect()):
                painter.drawRoundedRect(panel, radius, radius)
        painter.end()
