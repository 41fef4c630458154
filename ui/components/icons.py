"""Our icons, as strokes on a 100 x 100 field: drawn at any size in any colour, never files."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen


class Icon(StrEnum):
    FACE = "face"
    BADGE = "badge"
    ERASE = "erase"
    TICK = "tick"
    CLOCK = "clock"
    ASLEEP = "asleep"
    BELL = "bell"
    KEY = "key"
    DOTS = "dots"
    EYE = "eye"
    EYE_SHUT = "eye-shut"
    MOUTH = "mouth"
    MOUTH_SHUT = "mouth-shut"
    HEAD_FAR = "head-far"
    HEAD_NEAR = "head-near"
    PAUSE = "pause"
    SLIDERS = "sliders"
    WAVE = "wave"
    REPEAT = "repeat"
    PRINT = "print"
    PHONE = "phone"
    TABLET = "tablet"


#: The stroke of an icon, in units of its field.
STROKE = 5.5


def _line(path: QPainterPath, *points: tuple[float, float]) -> None:
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)


def _dot(path: QPainterPath, x: float, y: float) -> None:
    """A dot is a stroke of almost no length: its round ends make it round."""
    path.moveTo(x, y)
    path.lineTo(x + 0.01, y)


def _face(path: QPainterPath) -> None:
    for x, inner_x in ((8.0, 24.0), (92.0, 76.0)):
        for y, inner_y in ((8.0, 24.0), (92.0, 76.0)):
            _line(path, (inner_x, y), (x, y), (x, inner_y))
    path.addEllipse(QRectF(24, 18, 52, 64))
    _dot(path, 40.5, 44)
    _dot(path, 59.5, 44)
    path.moveTo(39, 60)
    path.cubicTo(43, 68, 57, 68, 61, 60)


def _badge(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(18, 8, 64, 84), 9, 9)
    _line(path, (42, 20), (58, 20))
    path.addEllipse(QRectF(39, 33, 22, 22))
    path.moveTo(32, 76)
    path.cubicTo(35, 60, 65, 60, 68, 76)


def _erase(path: QPainterPath) -> None:
    path.moveTo(34, 24)
    path.lineTo(86, 24)
    path.quadTo(92, 24, 92, 30)
    path.lineTo(92, 70)
    path.quadTo(92, 76, 86, 76)
    path.lineTo(34, 76)
    path.lineTo(8, 50)
    path.closeSubpath()
    _line(path, (49, 38), (73, 62))
    _line(path, (73, 38), (49, 62))


def _tick(path: QPainterPath) -> None:
    _line(path, (20, 54), (41, 75), (80, 29))


def _clock(path: QPainterPath) -> None:
    path.addEllipse(QRectF(12, 12, 76, 76))
    _line(path, (50, 30), (50, 52), (65, 61))


def _asleep(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(8, 30, 60, 50), 9, 9)
    path.moveTo(26, 54)
    path.cubicTo(30, 62, 46, 62, 50, 54)
    _line(path, (72, 14), (90, 14), (72, 34), (90, 34))


def _bell(path: QPainterPath) -> None:
    path.moveTo(14, 70)
    path.cubicTo(14, 22, 86, 22, 86, 70)
    path.closeSubpath()
    _line(path, (8, 83), (92, 83))
    _line(path, (50, 34), (50, 22))
    _line(path, (41, 20), (59, 20))


def _portrait(path: QPainterPath, middle_y: float) -> None:
    """Head and shoulders, as on a picture of somebody."""
    path.addEllipse(QRectF(41, middle_y - 20, 18, 20))
    path.moveTo(32, middle_y + 20)
    path.cubicTo(34, middle_y + 4, 66, middle_y + 4, 68, middle_y + 20)


def _print(path: QPainterPath) -> None:
    _line(path, (16, 8), (66, 8), (84, 26), (84, 92), (16, 92), (16, 8))
    _line(path, (66, 8), (66, 26), (84, 26))
    _portrait(path, 54)


def _phone(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(26, 6, 48, 88), 10, 10)
    _line(path, (44, 84), (56, 84))
    _portrait(path, 46)


def _tablet(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(6, 16, 88, 68), 10, 10)
    _portrait(path, 48)


def _key(path: QPainterPath) -> None:
    for row in range(3):
        for column in range(3):
            _dot(path, 26 + 24 * column, 20 + 22 * row)
    _dot(path, 50, 86)


def _dots(path: QPainterPath) -> None:
    for column in range(3):
        _dot(path, 26 + 24 * column, 50)


def _eye(path: QPainterPath) -> None:
    path.moveTo(6, 50)
    path.cubicTo(26, 18, 74, 18, 94, 50)
    path.cubicTo(74, 82, 26, 82, 6, 50)
    path.closeSubpath()
    path.addEllipse(QRectF(37, 37, 26, 26))


def _eye_shut(path: QPainterPath) -> None:
    path.moveTo(6, 50)
    path.cubicTo(26, 74, 74, 74, 94, 50)
    _line(path, (50, 69), (50, 82))
    _line(path, (27, 64), (21, 76))
    _line(path, (73, 64), (79, 76))


def _mouth(path: QPainterPath) -> None:
    path.moveTo(12, 46)
    path.cubicTo(26, 14, 42, 16, 50, 22)
    path.cubicTo(58, 16, 74, 14, 88, 46)
    path.cubicTo(78, 96, 22, 96, 12, 46)
    path.closeSubpath()
    path.addEllipse(QRectF(30, 36, 40, 34))


def _head(path: QPainterPath, width: float) -> None:
    """A plain head in the middle of a frame's corners."""
    for x, inner_x in ((8.0, 22.0), (92.0, 78.0)):
        for y, inner_y in ((8.0, 22.0), (92.0, 78.0)):
            _line(path, (inner_x, y), (x, y), (x, inner_y))
    height = width * 1.25
    path.addEllipse(QRectF(50 - width / 2, 50 - height / 2, width, height))


def _head_far(path: QPainterPath) -> None:
    _head(path, 28.0)


def _head_near(path: QPainterPath) -> None:
    _head(path, 56.0)


def _mouth_shut(path: QPainterPath) -> None:
    path.moveTo(6, 48)
    path.cubicTo(28, 30, 40, 32, 50, 38)
    path.cubicTo(60, 32, 72, 30, 94, 48)
    path.cubicTo(70, 74, 30, 74, 6, 48)
    path.closeSubpath()
    path.moveTo(22, 49)
    path.cubicTo(40, 54, 60, 54, 78, 49)


def _pause(path: QPainterPath) -> None:
    _line(path, (36, 24), (36, 76))
    _line(path, (64, 24), (64, 76))


def _sliders(path: QPainterPath) -> None:
    for y, knob_x in ((24.0, 64.0), (50.0, 34.0), (76.0, 58.0)):
        _line(path, (10, y), (knob_x - 9, y))
        path.addEllipse(QRectF(knob_x - 9, y - 9, 18, 18))
        _line(path, (knob_x + 9, y), (90, y))


def _wave(path: QPainterPath) -> None:
    path.addEllipse(QRectF(34, 10, 32, 32))
    path.moveTo(14, 88)
    path.cubicTo(18, 48, 82, 48, 86, 88)


def _repeat(path: QPainterPath) -> None:
    path.arcMoveTo(QRectF(14, 14, 72, 72), 30)
    path.arcTo(QRectF(14, 14, 72, 72), 30, 290)
    _line(path, (84, 10), (82, 33), (60, 28))


_DRAWINGS: dict[Icon, Callable[[QPainterPath], None]] = {
    Icon.FACE: _face,
    Icon.BADGE: _badge,
    Icon.ERASE: _erase,
    Icon.TICK: _tick,
    Icon.CLOCK: _clock,
    Icon.ASLEEP: _asleep,
    Icon.BELL: _bell,
    Icon.KEY: _key,
    Icon.DOTS: _dots,
    Icon.EYE: _eye,
    Icon.EYE_SHUT: _eye_shut,
    Icon.MOUTH: _mouth,
    Icon.MOUTH_SHUT: _mouth_shut,
    Icon.HEAD_FAR: _head_far,
    Icon.HEAD_NEAR: _head_near,
    Icon.PAUSE: _pause,
    Icon.SLIDERS: _sliders,
    Icon.PRINT: _print,
    Icon.PHONE: _phone,
    Icon.TABLET: _tablet,
    Icon.WAVE: _wave,
    Icon.REPEAT: _repeat,
}

#: Dots need a heavier stroke than lines to look as dark.
_HEAVY = frozenset({Icon.KEY, Icon.DOTS})
HEAVIER = 2.4


def outline(icon: Icon) -> QPainterPath:
    """The strokes of an icon on the 100 x 100 field."""
    path = QPainterPath()
    _DRAWINGS[icon](path)
    return path


def draw(
    painter: QPainter, icon: Icon, rect: QRectF, colour: QColor, stroke: float = STROKE
) -> None:
    """Draw an icon into a square. `stroke` in field units."""
    weight = stroke * HEAVIER if icon in _HEAVY else stroke
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / 100, rect.height() / 100)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen(colour, weight))
    painter.drawPath(outline(icon))
    painter.restore()


def pen(colour: QColor, width: float) -> QPen:
    """A round-ended stroke."""
    return QPen(
        colour,
        width,
        Qt.PenStyle.SolidLine,
        Qt.PenCapStyle.RoundCap,
        Qt.PenJoinStyle.RoundJoin,
    )


def draw_house(painter: QPainter, rect: QRectF, colour: QColor, page: QColor) -> None:
    """Our mark: an open door. Solid, with the leaf and its knob cut out."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / 100, rect.height() / 100)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(13, 0, 74, 100), 14, 14)
    painter.setBrush(page)
    painter.drawRoundedRect(QRectF(30, 18, 40, 82), 8, 8)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(60, 60), 5, 5)
    painter.restore()
