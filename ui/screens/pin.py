"""Prove it: the PIN that goes with a badge or a number; or a face instead."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from app.domain.events import Button
from app.presentation import FaceDoor, PinView
from ui import text
from ui.components.action import Style
from ui.components.entry import PinEntry
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


class PinScreen(QWidget):
    def __init__(self, parent: QWidget, press: Press) -> None:
        super().__init__(parent)
        self._mark = Mark(self)
        self._mark.show_icon(Icon.KEY)
        self._title = Label(self, Role.DISPLAY, most_lines=3)
        self._sentence = Label(self, Role.LEAD, Tone.SOFT)
        self._entry = PinEntry(self)
        self._keypad = Keypad(self, press)
        self._twins = Twins(
            self,
            (Style.DOOR, Icon.FACE, partial(press, Button.USE_FACE, "")),
            (Style.PLAIN, None, partial(press, Button.CANCEL, "")),
        )

    def show_view(self, view: PinView) -> None:
        words = words_now()
        self._title.say(words.type_pin)
        self._sentence.say(text.claimed_by(view.claimed_by))
        self._entry.show_count(view.typed, view.fewest, text.pin_count(view.typed, view.fewest))
        self._keypad.say(words.erase, words.confirm)
        self._keypad.allow(
            typing=view.typed < view.longest,
            erase=view.typed > 0,
            confirm=view.typed >= view.fewest,
        )
        self._twins.say(words.use_face, words.cancel)
        self._twins.first.setEnabled(view.face is FaceDoor.OPEN)

    def forget(self) -> None:
        self._entry.show_count(0, 0, "")
        self._keypad.allow(erase=False, confirm=False)

    def arrange(self, look: Look) -> None:
        parts = (self._title, self._sentence, self._entry, self._keypad, self._mark, self._twins)
        apply_all(parts, look)
        box = Box(0, 0, self.width(), self.height())
        labels = (self._title, self._sentence)
        foot = Foot(self._twins)
        arrange_typing(box, look, self._mark, labels, self._entry, self._keypad, foot)
