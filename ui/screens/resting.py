"""Out of service: kind, and clear about where to go."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from app.domain.events import Button
from app.presentation import OutOfServiceView
from ui import text
from ui.components.action import ActionButton, Style
from ui.components.icons import Icon
from ui.components.label import Label
from ui.components.mark import Mark
from ui.layout import Box, place
from ui.screens.arrange import START, apply_all, arrange_words
from ui.screens.screen import Press
from ui.theme import Look, Role, Tone
from ui.words import words_now

FOOT_DU = 76


class RestingScreen(QWidget):
    def __init__(self, parent: QWidget, press: Press) -> None:
        super().__init__(parent)
        self._mark = Mark(self)
        self._mark.show_icon(Icon.BELL)
        self._title = Label(self, Role.DISPLAY, most_lines=3)
        self._sentence = Label(self, Role.LEAD, Tone.SOFT)
        self._code = Label(self, Role.SMALL, Tone.SOFT, START, most_lines=2)
        self._service = ActionButton(
            self, Style.BARE, partial(press, Button.SERVICE, ""), role=Role.SMALL
        )

    def show_view(self, view: OutOfServiceView) -> None:
        words = words_now()
        self._title.say(words.resting_title)
        self._sentence.say(words.resting_sentence)
        self._code.say(text.code(view.code))
        self._service.say(words.service)

    def forget(self) -> None:
        """Nothing of a visitor is ever here."""

    def arrange(self, look: Look) -> None:
        parts = (self._mark, self._title, self._sentence, self._code, self._service)
        apply_all(parts, look)
        box = Box(0, 0, self.width(), self.height())
        width = self._service.width_for(look)
        code_width = box.width - width - look.px(24)
        high = max(look.px(FOOT_DU), self._code.height_for(code_width))
        foot, rest = box.cut_bottom(high, look.px(24))
        code, service = foot.cut_left(code_width, look.px(24))
        place(self._code, code)
        place(self._service, service)
        arrange_words(rest, look, self._mark, (self._title, self._sentence), None, None)
