"""Who are you: hold a badge to the reader, or type an employee number."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from app.domain.events import Button
from app.presentation import ClaimView, FaceDoor
from ui.components.action import Style
from ui.components.entry import NumberEntry
from ui.components.icons import Icon
from ui.components.keypad import Keypad
from ui.components.label import Label
from ui.components.mark import Mark
from ui.components.twins import Twins
from ui.layout import Box
from ui.screens.arrange import Foot, apply_all, arrange_typing
from ui.screens.screen import Press
from ui.theme import Look, Role, Tone
from ui.words import words_now


class ClaimScreen(QWidget):
    def __init__(self, parent: QWidget, press: Press) -> None:
        super().__init__(parent)
        self._mark = Mark(self)
        self._mark.show_icon(Icon.BADGE)
        self._title = Label(self, Role.DISPLAY, most_lines=3)
        self._sentence = Label(self, Role.LEAD, Tone.SOFT)
        self._entry = NumberEntry(self)
        self._keypad = Keypad(self, press)
        self._twins = Twins(
            self,
            (Style.DOOR, Icon.FACE, partial(press, Button.USE_FACE, "")),
            (Style.PLAIN, None, partial(press, Button.CANCEL, "")),
        )

    def show_view(self, view: ClaimView) -> None:
        words = words_now()
        self._title.say(words.hold_badge)
        self._sentence.say(words.or_number)
        self._entry.say(view.typed, words.number_placeholder)
        self._keypad.say(words.erase, words.confirm)
        full = len(view.typed) >= view.longest
        self._keypad.allow(typing=not full, erase=bool(view.typed), confirm=bool(view.typed))
        self._twins.say(words.use_face, words.cancel)
        self._twins.first.setEnabled(view.face is FaceDoor.OPEN)

    def forget(self) -> None:
        self._entry.say("", "")
        self._keypad.allow(erase=False, confirm=False)

    def arrange(self, look: Look) -> None:
        parts = (self._title, self._sentence, self._entry, self._keypad, self._mark, self._twins)
        apply_all(parts, look)
        box = Box(0, 0, self.width(), self.height())
        labels = (self._title, self._sentence)
        foot = Foot(self._twins)
        arrange_typing(box, look, self._mark, labels, self._entry, self._keypad, foot)
