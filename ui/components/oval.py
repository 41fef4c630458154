"""The live picture in its oval, the ring that fills, and the sign that shows the movement.

Cost is kept to the oval: page and ring lie in one cached layer, a new picture repaints the
oval's rectangle only, and the sign its own small one. Every timer stops when nothing moves or
the screen is hidden.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QBrush,
    QColor,
    QHideEvent,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from app.domain.liveness import Challenge
from app.domain.picture import Picture
from ui.components import icons
from ui.components.icons import Icon
from ui.theme import Look, Tone

#: Width by height of the oval; a face with its hair and chin.
ASPECT = 0.786
RING_DU = 16
RING_GAP_DU = 16
#: Around the ring, so that it never borders on coloured light.
RIM_DU = 8
#: Room for the sign beside and above the ring.
SIDE_DU = 116
ABOVE_DU = 116
SIGN_DU = 108
SIGN_GAP_DU = 6
#: On coloured light the sign stands on a badge of its own, this share of its side smaller.
ON_BADGE = 0.17
#: Between the parts of a ring of several steps, degrees.
STEP_GAP_DEG = 7.0

FRAME_MS = 33
#: The ring covers this share of what is missing in every frame: about 0.4 s to the end.
EASING = 0.22
CLOSE_ENOUGH = 0.003
#: One drift of the arrow, and one blink of the eye, in frames.
CYCLE = 42

HEADINGS: dict[Challenge, tuple[float, float]] = {
    Challenge.TURN_LEFT: (-1.0, 0.0),
    Challenge.TURN_RIGHT: (1.0, 0.0),
    Challenge.LOOK_UP: (0.0, -1.0),
}
GESTURES: dict[Challenge, tuple[Icon, Icon]] = {
    Challenge.BLINK: (Icon.EYE, Icon.EYE_SHUT),
    Challenge.OPEN_MOUTH: (Icon.MOUTH_SHUT, Icon.MOUTH),
    Challenge.MOVE_CLOSER: (Icon.HEAD_FAR, Icon.HEAD_NEAR),
}


class Oval(QWidget):
    """Left and right are those of the mirror, whatever the language."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._look: Look | None = None
        self._image: QImage | None = None
        self._prompt: Challenge | None = None
        self._steps = 1
        self._done = 0.0
        self._shown = 0.0
        self._phase = 0
        self._layer: QPixmap | None = None
        self._ground: QColor | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._advance)

    def apply(self, look: Look) -> None:
        self._look = look
        self._layer = None
        self._wake()
        self.update()

    def show_progress(self, prompt: Challenge | None, steps: int, done: float) -> None:
        """`done` of the whole visit, 0..1."""
        if prompt is not self._prompt:
            self._prompt = prompt
            self._phase = 0
            self.update()
        if steps != self._steps or done < self._done:
            self._shown = min(self._shown, done)
            self._layer = None
            self.update()
        self._steps = max(steps, 1)
        self._done = done
        self._wake()

    def stand_on(self, ground: QColor | None) -> None:
        """What is around the oval: the screen's own light, or with None the page."""
        if ground != self._ground:
            self._ground = ground
            self._layer = None
            self.update()

    def show_picture(self, picture: Picture) -> None:
        # The conversion copies: nothing keeps the bytes of the picture itself.
        self._image = QImage(
            picture.rgb,
            picture.width_px,
            picture.height_px,
            3 * picture.width_px,
            QImage.Format.Format_RGB888,
        ).convertToFormat(QImage.Format.Format_RGB32)
        self.update(self._inner().toAlignedRect())

    def forget(self) -> None:
        """Drop the picture and the progress: the next visitor starts with an empty oval."""
        self._image = None
        self._layer = None
        self._prompt = None
        self._done = self._shown = 0.0
        self._timer.stop()
        self.update()

    def height_for(self, width: int, look: Look) -> int:
        """Pixels it wants to be high at this width: no taller than its oval can use."""
        ring = look.px(RING_DU + RING_GAP_DU + RIM_DU)
        oval = (width - 2 * (look.px(SIDE_DU) + ring)) / ASPECT
        return round(oval) + 2 * ring + look.px(ABOVE_DU)

    def has_picture(self) -> bool:
        return self._image is not None

    def is_moving(self) -> bool:
        return self._timer.isActive()

    def finish(self) -> None:
        """Show the end of the ring's motion now."""
        self._shown = self._done
        self._layer = None
        self.update()

    def _wake(self) -> None:
        if self._look is None:
            return
        if self._look.reduced_motion:
            if self._shown != self._done:
                self.finish()
            self._timer.stop()
        elif self.isVisible() and self._has_to_move():
            self._timer.start()

    def _has_to_move(self) -> bool:
        return self._prompt is not None or abs(self._done - self._shown) > CLOSE_ENOUGH

    def _advance(self) -> None:
        if not self._has_to_move():
            self._timer.stop()
        if abs(self._done - self._shown) > CLOSE_ENOUGH:
            self._shown += (self._done - self._shown) * EASING
            self._layer = None
            self.update(self._ring_area())
        if self._prompt is not None:
            before = self._frame_of_gesture()
            self._phase = (self._phase + 1) % CYCLE
            if self._prompt in HEADINGS or before != self._frame_of_gesture():
                self.update(self._sign().toAlignedRect())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._wake()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._layer = None
        super().resizeEvent(event)

    def _inner(self) -> QRectF:
        """The oval itself, as large as the widget allows beside ring and sign."""
        if self._look is None:
            return QRectF()
        look = self._look
        ring = look.px(RING_DU + RING_GAP_DU + RIM_DU)
        wide = self.width() - 2 * (look.px(SIDE_DU) + ring)
        high = self.height() - look.px(ABOVE_DU) - 2 * ring
        width = max(min(wide, high * ASPECT), 1.0)
        height = width / ASPECT
        spare = high - height
        top = look.px(ABOVE_DU) + ring + spare / 2
        return QRectF(round((self.width() - width) / 2), round(top), round(width), round(height))

    def _ring(self) -> QRectF:
        """The middle line of the ring."""
        out = self._look.px(RING_GAP_DU) + self._look.px(RING_DU) / 2 if self._look else 0.0
        return self._inner().adjusted(-out, -out, out, out)

    def _ring_area(self) -> QRect:
        half = self._look.px(RING_DU) if self._look else 0
        return self._ring().adjusted(-half, -half, half, half).toAlignedRect()

    def _sign(self) -> QRectF:
        """Where the sign for the present prompt stands: beside the ring, or above it."""
        if self._look is None:
            return QRectF()
        side, gap = self._look.px(SIGN_DU), self._look.px(SIGN_GAP_DU)
        area = QRectF(self._ring_area())
        box = QRectF(0, 0, side, side)
        match self._prompt:
            case Challenge.TURN_LEFT:
                box.moveCenter(QPointF(area.left() - gap - side / 2, area.center().y()))
            case Challenge.TURN_RIGHT:
                box.moveCenter(QPointF(area.right() + gap + side / 2, area.center().y()))
            case _:
                box.moveCenter(QPointF(area.center().x(), area.top() - gap / 2 - side / 2))
        return box

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._ring_area()
        if not area.contains(event.rect()):
            painter.fillRect(event.rect(), self._ground or self._look.colour(Tone.PAGE))
        if area.intersects(event.rect()):
            if self._layer is None:
                self._layer = self._draw_layer(self._look, area)
            painter.drawPixmap(area.topLeft(), self._layer)
            if self._image is not None and self._inner().intersects(QRectF(event.rect())):
                self._draw_picture(painter, self._image)
        if self._prompt is not None and self._sign().intersects(QRectF(event.rect())):
            self._draw_sign(painter, self._look, self._prompt)
        painter.end()

    def _draw_picture(self, painter: QPainter, image: QImage) -> None:
        """Fill the oval, cutting what does not fit its shape equally from both sides."""
        inner = self._inner()
        scale = max(inner.width() / image.width(), inner.height() / image.height())
        fit = QTransform()
        fit.translate(
            inner.center().x() - image.width() * scale / 2,
            inner.center().y() - image.height() * scale / 2,
        )
        fit.scale(scale, scale)
        brush = QBrush(image)
        brush.setTransform(fit)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawEllipse(inner)

    def _draw_layer(self, look: Look, area: QRect) -> QPixmap:
        """Page, empty oval and ring: everything that only changes with the progress."""
        layer = QPixmap(area.size())
        layer.fill(self._ground or look.colour(Tone.PAGE))
        painter = QPainter(layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-area.topLeft())
        painter.setPen(Qt.PenStyle.NoPen)
        if self._ground is not None:  # the ring stands out from the page, not from every colour
            painter.setBrush(look.colour(Tone.PAGE))
            painter.drawEllipse(area)
        painter.setBrush(look.colour(Tone.TINT))
        painter.drawEllipse(self._inner())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._stroke_ring(painter, look, look.colour(Tone.TRACK), 1.0)
        self._stroke_ring(painter, look, look.colour(Tone.ACCENT), self._shown)
        painter.end()
        return layer

    def _stroke_ring(self, painter: QPainter, look: Look, colour: QColor, share: float) -> None:
        """One arc a step, clockwise from the top; `share` of the whole is stroked."""
        painter.setPen(icons.pen(colour, look.px(RING_DU)))
        gap = STEP_GAP_DEG if self._steps > 1 else 0.0
        span = 360.0 / self._steps
        for step in range(self._steps):
            filled = min(max(share * self._steps - step, 0.0), 1.0)
            if filled <= CLOSE_ENOUGH:
                continue
            start = 90.0 - step * span - gap / 2
            path = QPainterPath()
            path.arcMoveTo(self._ring(), start)
            path.arcTo(self._ring(), start, -(span - gap) * filled)
            painter.drawPath(path)

    def _draw_sign(self, painter: QPainter, look: Look, prompt: Challenge) -> None:
        box = self._sign()
        accent = look.colour(Tone.ACCENT)
        if self._ground is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour(Tone.PAGE))
            painter.drawEllipse(box)
            inwards = box.width() * ON_BADGE
            box = box.adjusted(inwards, inwards, -inwards, -inwards)
        if prompt in GESTURES:
            icon = GESTURES[prompt][self._frame_of_gesture()]
            icons.draw(painter, icon, box.adjusted(4, 4, -4, -4), accent, 7)
            return
        across, down = HEADINGS[prompt]
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.translate(box.center())
        # The chevrons are drawn pointing left and turned to where the head should go.
        painter.rotate({(-1.0, 0.0): 0.0, (0.0, -1.0): 90.0}.get((across, down), 180.0))
        painter.scale(box.width() / 100, box.height() / 100)
        for index in range(3):
            colour = QColor(accent)
            colour.setAlphaF(self._chevron_strength(index))
            painter.setPen(icons.pen(colour, 10))
            tip = 20.0 - 27.0 * index
            path = QPainterPath(QPointF(tip + 20, -30))
            path.lineTo(tip - 8, 0)
            path.lineTo(tip + 20, 30)
            painter.drawPath(path)
        painter.restore()

    def _chevron_strength(self, index: int) -> float:
        """0..1: a wave that runs from the face outwards, or a still fading where motion is off."""
        if self._look is None or self._look.reduced_motion or not self._timer.isActive():
            return (1.0, 0.62, 0.3)[index]
        crest = self._phase / CYCLE * 4.2 - 0.6
        return max(0.3, 1.0 - abs(crest - index) * 0.62)

    def _frame_of_gesture(self) -> int:
        """Which of a gesture's two pictures: mostly the first, then the movement to make."""
        if self._look is None or self._look.reduced_motion:
            return 1
        return 1 if self._phase > CYCLE * 0.55 else 0
