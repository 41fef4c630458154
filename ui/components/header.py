"""The top of every screen: whose house this is, the time, and whether the camera is real."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.components import icons
from ui.components.label import Label
from ui.components.pill import Pill
from ui.layout import Box, place
from ui.theme import Look, Role, Tone

HEIGHT_DU = 76
MARK_DU = 60
GAP_DU = 24
PILL_DU = 64
LONG_PRESS_MS = 2000


class HouseMark(QWidget):
    """The open door. Held for two seconds it asks for the administrator's PIN."""

    def __init__(self, parent: QWidget, held: Callable[[], None]) -> None:
        super().__init__(parent)
        self._look: Look | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LONG_PRESS_MS)
        self._timer.timeout.connect(held)

    def apply(self, look: Look) -> None:
        self._look = look
        self.update()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self._timer.start()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is None:
            return
        painter = QPainter(self)
        side = self._look.px(MARK_DU)
        box = QRectF(0, (self.height() - side) / 2, side, side)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            box.moveRight(self.width())
        # The door is narrower than its field: let it stand flush with the margin.
        box.translate(-0.13 * side if box.left() == 0 else 0.13 * side, 0)
        page = self._look.colour(Tone.PAGE)
        icons.draw_house(painter, box, self._look.colour(Tone.ACCENT), page)
        painter.end()


class Header(QWidget):
    def __init__(self, parent: QWidget, held: Callable[[], None]) -> None:
        super().__init__(parent)
        self._mark = HouseMark(self, held)
        self._name = Label(self, Role.LABEL, align=Qt.AlignmentFlag.AlignLeft, most_lines=2)
        self._time = Label(self, Role.LABEL, align=Qt.AlignmentFlag.AlignRight, most_lines=1)
        self._simulated = Pill(self, Tone.AMBER_TINT, Tone.AMBER, Role.SMALL_LABEL)
        self._simulated.hide()
        self._look: Look | None = None
        # The name is part of what can be held: presses fall through to the mark behind it.
        self._name.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._name.raise_()

    def apply(self, look: Look) -> None:
        for part in (self._mark, self._name, self._time, self._simulated):
            part.apply(look)
        self._look = look

    def say(self, house: str, time: str, simulated: str) -> bool:
        """`simulated` empty: the camera is a camera. True when it has to be arranged anew."""
        moved = (house, simulated) != (self._name.text(), self._simulated.text())
        self._name.say(house)
        self._mark.setAccessibleName(house)
        self._time.say(time)
        self._simulated.say(simulated)
        self._simulated.setVisible(bool(simulated))
        return moved

    def arrange(self, box: Box) -> None:
        place(self, box)
        look = self._look
        if look is None:
            return
        inner = Box(0, 0, box.width, box.height)
        time_width = self._time.natural_width(look)
        pill_width = 0
        if self._simulated.text():
            pill_width = self._simulated.width_for(look)
        gap = look.px(GAP_DU)
        mark = look.px(MARK_DU * 0.74)
        name_width = box.width - time_width - pill_width - mark - 3 * gap
        _, after_mark = inner.cut_left(mark, gap)
        name, _ = after_mark.cut_left(max(name_width, 1))
        place(self._name, name)
        held, _ = inner.cut_left(mark + gap + name.width)
        place(self._mark, held)
        place(self._time, Box(box.width - time_width, 0, time_width, box.height))
        pill_x = box.width - time_width - gap - pill_width
        high = look.px(PILL_DU)
        place(self._simulated, Box(pill_x, (box.height - high) // 2, pill_width, high))
