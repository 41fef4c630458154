"""Behind the administrator's PIN: how the parts are, the log's tail, back and exit."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from app.domain.events import Button
from app.presentation import AdminPinView, ServiceView
from ui import selftest_text, text
from ui.components.action import ActionButton, Style
from ui.components.entry import PinEntry
from ui.components.icons import Icon
from ui.components.keypad import Keypad
from ui.components.label import Label
from ui.components.mark import Mark
from ui.components.table import FactTable, LogTail
from ui.components.twins import Twins
from ui.layout import Box, place
from ui.screens.arrange import START, Foot, apply_all, arrange_typing, cut_foot
from ui.screens.screen import Press
from ui.theme import Look, Role, Tone
from ui.words import Words, words_now

GAP_DU = 24
REFRESH_DU = 96


class AdminPinScreen(QWidget):
    def __init__(self, parent: QWidget, press: Press) -> None:
        super().__init__(parent)
        self._mark = Mark(self)
        self._mark.show_icon(Icon.SLIDERS)
        self._title = Label(self, Role.DISPLAY, most_lines=2)
        self._sentence = Label(self, Role.LEAD, Tone.SOFT)
        self._entry = PinEntry(self)
        self._keypad = Keypad(self, press)
        self._twins = Twins(
            self,
            (Style.PLAIN, None, partial(press, Button.CANCEL, "")),
            (Style.SOLID, None, partial(press, Button.CONFIRM, "")),
        )

    def show_view(self, view: AdminPinView) -> None:
        words = words_now()
        self._title.say(words.admin_title)
        self._sentence.say(_sentence(view, words))
        self._entry.show_count(view.typed, view.fewest, text.pin_count(view.typed, view.fewest))
        self._keypad.say(words.erase, words.confirm)
        enough = view.typed >= view.fewest and not view.checking
        self._keypad.allow(
            typing=not view.checking and view.typed < view.longest,
            erase=view.typed > 0,
            confirm=enough,
        )
        self._twins.say(words.cancel, words.confirm)
        self._twins.first.setEnabled(not view.checking)
        self._twins.second.setEnabled(enough)

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


def _sentence(view: AdminPinView, words: Words) -> str:
    if view.checking:
        return words.admin_checking
    if view.fault is not None:
        return text.reason(view.fault).title
    return words.admin_sentence


class ServiceScreen(QWidget):
    def __init__(self, parent: QWidget, press: Press) -> None:
        super().__init__(parent)
        self._title = Label(self, Role.TITLE, align=START, most_lines=1)
        self._refresh = ActionButton(
            self, Style.PLAIN, partial(press, Button.RETRY, ""), icon=Icon.REPEAT
        )
        self._cameras = Twins(
            self,
            (Style.PLAIN, None, partial(press, Button.USE_CAMERA, "")),
            (Style.PLAIN, None, partial(press, Button.SELF_TEST, "")),
        )
        self._facts = FactTable(self)
        self._log = LogTail(self)
        self._twins = Twins(
            self,
            (Style.PLAIN, None, partial(press, Button.EXIT, "")),
            (Style.SOLID, None, partial(press, Button.DONE, "")),
        )

    def show_view(self, view: ServiceView) -> None:
        words = words_now()
        reading = ((words.service_reading, ""),)
        self._title.say(words.service_title)
        self._refresh.say(words.service_refresh)
        self._cameras.say(selftest_text.use_camera(), selftest_text.try_camera())
        self._cameras.first.setEnabled(view.can_enrol)
        self._cameras.second.setEnabled(view.can_test)
        self._facts.say(words.service_status, view.facts or reading)
        self._log.say(words.service_log, view.log)
        self._twins.say(words.service_exit, words.service_back)

    def forget(self) -> None:
        self._facts.say("", ())
        self._log.say("", ())

    def arrange(self, look: Look) -> None:
        parts = (self._title, self._refresh, self._cameras, self._facts, self._log, self._twins)
        apply_all(parts, look)
        box = Box(0, 0, self.width(), self.height())
        rest = cut_foot(box, look, Foot(self._twins))
        width = self._refresh.width_for(look)
        high = max(look.px(REFRESH_DU), self._title.height_for(rest.width - width))
        head, rest = rest.cut_top(high, look.px(GAP_DU))
        title, refresh = head.cut_left(head.width - width)
        place(self._title, title)
        place(self._refresh, refresh)
        gap = look.px(GAP_DU)
        if look.portrait:
            needed = self._facts.height_for(rest.width, look)
            cameras, rest = rest.cut_bottom(self._cameras_height(rest.width, look), gap)
            facts, log = rest.cut_top(min(needed, round(rest.height * 0.7)), gap)
        else:
            facts, log = rest.cut_left(round(rest.width * 0.56), gap)
            cameras, log = log.cut_bottom(self._cameras_height(log.width, look), gap)
        self._cameras.arrange(cameras)
        place(self._facts, facts)
        place(self._log, log)

    def _cameras_height(self, width: int, look: Look) -> int:
        """Lower than the foot: these are not what people come here for every day."""
        each = (width - look.px(GAP_DU)) // 2
        both = (self._cameras.first, self._cameras.second)
        return max(look.px(REFRESH_DU), *(button.height_for(each, look) for button in both))
