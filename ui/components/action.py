"""Something to press: one shape in a few manners, so that all buttons are siblings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui.components import icons
from ui.components.icons import Icon
from ui.components.typeset import Manner, Setting, fit
from ui.theme import Look, Role, Tone


@dataclass(frozen=True, slots=True)
class Paint:
    """Fill, border and text of a button. A border of the fill's own tone is no border."""

    fill: Tone
    border: Tone
    text: Tone
    pressed: Tone


class Style(Enum):
    """How loud a button is. Both doors always share one style."""

    SOLID = Paint(Tone.ACCENT, Tone.ACCENT, Tone.ON_ACCENT, Tone.ACCENT)
    DOOR = Paint(Tone.CARD, Tone.ACCENT, Tone.ACCENT, Tone.TINT)
    PLAIN = Paint(Tone.CARD, Tone.LINE, Tone.INK, Tone.TINT)
    TINTED = Paint(Tone.TINT, Tone.TINT, Tone.ACCENT, Tone.TINT)
    SEGMENT = Paint(Tone.CARD, Tone.CARD, Tone.INK, Tone.TINT)
    BARE = Paint(Tone.PAGE, Tone.PAGE, Tone.SOFT, Tone.TINT)


OFF = Paint(Tone.PAGE, Tone.LINE, Tone.SOFT, Tone.PAGE)

RADIUS_DU = 28
BORDER_DU = 2
PADDING_DU = 20
ICON_DU = 44
LONE_ICON_DU = 60
ICON_GAP_DU = 14


class ActionButton(QAbstractButton):
    """A rounded button with words, an icon, or both. Pressing calls `act`."""

    def __init__(
        self,
        parent: QWidget,
        style: Style,
        act: Callable[[], None],
        *,
        role: Role = Role.LABEL,
        icon: Icon | None = None,
        radius_du: int = RADIUS_DU,
    ) -> None:
        super().__init__(parent)
        self._style = style
        self._role = role
        self._icon = icon
        self._radius_du = radius_du
        self._most_px = 0
        self._look: Look | None = None
        self.clicked.connect(act)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def apply(self, look: Look) -> None:
        self._look = look
        self._most_px = 0
        self.update()

    def restyle(self, style: Style) -> None:
        if style is not self._style:
            self._style = style
            self.update()

    def say(self, text: str, spoken: str = "") -> None:
        """`text` is shown, `spoken` read out instead where the words alone are too few."""
        if text != self.text():
            self.setText(text)
            self.update()
        self.setAccessibleName(spoken or text)

    def height_for(self, width: int, look: Look) -> int:
        """Pixels the words need at this width, padding included."""
        setting = self._set(width, look)
        return setting.height_px() + 2 * look.px(PADDING_DU)

    def type_px(self, width: int, look: Look) -> int:
        """The size of type its words can have at this width."""
        return self._set(width, look).font.pixelSize()

    def cap_type(self, pixels: int) -> None:
        """Set no larger than this, so that two buttons side by side speak equally loud."""
        self._most_px = pixels
        self.update()

    def width_for(self, look: Look) -> int:
        """Pixels the words need in one line, padding included."""
        setting = fit(self.text(), Manner(self._role), look, self._way(), 10_000)
        icon = look.px(ICON_DU + ICON_GAP_DU) if self._icon is not None else 0
        return round(setting.width) + 1 + 4 * look.px(PADDING_DU) + icon

    def setting(self) -> Setting | None:
        """The words as they are drawn now."""
        if self._look is None or not self.text():
            return None
        look = self._look
        return self._set(self.width(), look, self.height() - look.px(PADDING_DU / 2))

    def _set(self, width: int, look: Look, height: float = float("inf")) -> Setting:
        room = width - 2 * look.px(PADDING_DU) - self._icon_room(width, look)
        manner = Manner(self._role, most_lines=2, most_px=self._most_px)
        return fit(self.text(), manner, look, self._way(), room, height)

    def sizeHint(self) -> QSize:
        return QSize(0, 0)

    def changeEvent(self, event: QEvent) -> None:
        self.update()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is None:
            return
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint = self._style.value if self.isEnabled() else OFF
        draw_surface(painter, QRectF(self.rect()), look, paint, self.isDown(), self._radius_du)
        self._draw_content(painter, look, look.colour(paint.text))
        painter.end()

    def _draw_content(self, painter: QPainter, look: Look, colour: QColor) -> None:
        side = look.px(ICON_DU)
        rect = QRectF(self.rect())
        setting = self.setting()
        if setting is None:
            if self._icon is not None:
                lone = look.px(LONE_ICON_DU)
                box = QRectF(0, 0, lone, lone)
                box.moveCenter(rect.center())
                icons.draw(painter, self._icon, box, colour, stroke=7)
            return
        if not self._icon_room(self.width(), look) or self._icon is None:
            left = (rect.width() - setting.layout.lineAt(0).width()) / 2
            setting.draw(painter, QRectF(left, 0, setting.width, rect.height()), colour)
            return
        room = setting.layout.lineAt(0).width()
        gap = look.px(ICON_GAP_DU)
        start = (rect.width() - setting.width - side - gap) / 2
        text_x = start + side + gap - (room - setting.width) / 2
        icon_x = start
        if self._way() is Qt.LayoutDirection.RightToLeft:
            icon_x = rect.width() - start - side
            text_x = start - (room - setting.width) / 2
        box = QRectF(icon_x, (rect.height() - side) / 2, side, side)
        icons.draw(painter, self._icon, box, colour, stroke=6)
        setting.draw(painter, QRectF(text_x, 0, room, rect.height()), colour)

    def _icon_room(self, width: int, look: Look) -> int:
        """Pixels for the icon beside the words; none where the words need the room."""
        if self._icon is None:
            return 0
        icon = look.px(ICON_DU + ICON_GAP_DU)
        room = width - 2 * look.px(PADDING_DU) - icon
        setting = fit(self.text(), Manner(self._role, most_lines=2), look, self._way(), room)
        whole = look.font(self._role).pixelSize()
        return icon if setting.font.pixelSize() == whole else 0

    def _way(self) -> Qt.LayoutDirection:
        return self.layoutDirection()


def draw_surface(
    painter: QPainter, rect: QRectF, look: Look, paint: Paint, down: bool, radius_du: float
) -> None:
    """The rounded body of anything that can be pressed, or that stands out as a card."""
    border = max(look.px(BORDER_DU), 1)
    inner = rect.adjusted(border / 2, border / 2, -border / 2, -border / 2)
    fill = look.colour(paint.pressed if down else paint.fill)
    if down and paint.pressed is paint.fill:
        fill = fill.darker(112)
    edge = fill if paint.border is paint.fill else look.colour(paint.border)
    painter.setPen(icons.pen(edge, border))
    painter.setBrush(fill)
    radius = min(look.px(radius_du), inner.height() / 2)
    painter.drawRoundedRect(inner, radius, radius)
