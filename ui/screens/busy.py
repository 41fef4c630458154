"""A short wait, said calmly. Nothing can be pressed, because nothing would be answered."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.presentation import Busy, BusyView
from ui import text
from ui.components.icons import Icon
from ui.components.label import Label
from ui.components.mark import Mark
from ui.layout import Box
from ui.screens.arrange import apply_all, arrange_words
from ui.theme import Look, Role, Tone

ICONS: dict[Busy, Icon] = {Busy.WAKING: Icon.WAVE, Busy.CHECKING: Icon.DOTS}


class BusyScreen(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._mark = Mark(self)
        self._title = Label(self, Role.DISPLAY, most_lines=2)
        self._sentence = Label(self, Role.LEAD, Tone.SOFT)

    def show_view(self, view: BusyView) -> None:
        said = text.busy(view.busy)
        self._mark.show_icon(ICONS[view.busy])
        self._title.say(said.title)
        self._sentence.say(said.sentence)

    def forget(self) -> None:
        """Nothing of a visitor is ever here."""

    def arrange(self, look: Look) -> None:
        apply_all((self._mark, self._title, self._sentence), look)
        box = Box(0, 0, self.width(), self.height())
        arrange_words(box, look, self._mark, (self._title, self._sentence), None, None)
