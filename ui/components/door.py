"""One of the twin doors of the first screen: a large card with a picture, a name and a sentence."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui.components import icons
from ui.components.action import OFF, Style, draw_surface
from ui.components.icons import Icon
from ui.components.typeset import Manner, Setting, fit
from ui.layout import Box, stack
from ui.theme import Look, Role, Tone

ICON_DU = 232
LEAST_ICON_DU = 96
PADDING_DU = 28
RADIUS_DU = 36

TITLE = Manner(Role.TITLE, most_lines=2)
SENTENCE = Manner(Role.BODY)
#: Everything in a door that is neither picture nor words, in paddings.
AIR = 3.5


def least_height(rows: tuple[int, int], look: Look) -> int:
    """Pixels a door with these rows needs, with its smallest picture."""
    return sum(rows) + look.px(LEAST_ICON_DU) + round(AIR * look.px(PADDING_DU))


class Door(QAbstractButton):
    """`text()` is the door's name; the sentence below says what to expect."""

    def __init__(self, parent: QWidget, icon: Icon, act: Callable[[], None]) -> None:
        super().__init__(parent)
        self._icon = icon
        self._sentence = ""
        self._rows = (0, 0)
        self._look: Look | None = None
        self.clicked.connect(act)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def apply(self, look: Look) -> None:
        self._look = look
        self.update()

    def say(self, name: str, sentence: str, icon: Icon) -> None:
        if (name, sentence, icon) != (self.text(), self._sentence, self._icon):
            self.setText(name)
            self._sentence = sentence
            self._icon = icon
            self.setAccessibleName(name)
            self.setAccessibleDescription(sentence)
            self.update()

    def rows(self, width: int, look: Look) -> tuple[int, int]:
        """Pixels its name and its sentence are high at this width."""
        title, sentence = self._settings(width, look)
        return title.height_px(), sentence.height_px()

    def share(self, rows: tuple[int, int]) -> None:
        """Give name and sentence this much room, so that twins stand line beside line."""
        self._rows = rows
        self.update()

    def settings(self) -> tuple[Setting, Setting] | None:
        """Name and sentence as they are drawn now."""
        return self._settings(self.width(), self._look) if self._look is not None else None

    def _settings(self, width: int, look: Look) -> tuple[Setting, Setting]:
        room = width - 2 * look.px(PADDING_DU)
        way = self.layoutDirection()
        return (
            fit(self.text(), TITLE, look, way, room),
            fit(self._sentence, SENTENCE, look, way, room),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._look is None:
            return
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isEnabled()
        paint = Style.DOOR.value if on else OFF
        draw_surface(painter, QRectF(self.rect()), look, paint, self.isDown(), RADIUS_DU)
        title, sentence = self._settings(self.width(), look)
        padding = look.px(PADDING_DU)
        spare = self.height() - sum(self._rows) - round(AIR * padding)
        side = max(min(look.px(ICON_DU), spare), 1)
        inner = Box(padding, padding, self.width() - 2 * padding, self.height() - 2 * padding)
        gaps = (round(1.7 * padding), round(0.7 * padding))
        boxes = stack(inner, (side, *self._rows), gaps)
        icon_box = boxes[0].middle(side, side)
        stroke_tone = Tone.ACCENT if on else Tone.SOFT
        icons.draw(painter, self._icon, QRectF(icon_box.rect()), look.colour(stroke_tone), 4.6)
        name_tone = Tone.INK if on else Tone.SOFT
        title.draw(painter, QRectF(boxes[1].rect()), look.colour(name_tone), at=1.0)
        sentence.draw(painter, QRectF(boxes[2].rect()), look.colour(Tone.SOFT), at=0.0)
        painter.end()
