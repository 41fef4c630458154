"""The self-test: four things to hold before the camera, what came of it, and storing that."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from app.domain.assurance import Species
from app.domain.events import Button
from app.presentation import SelfTestView
from ui import selftest_text as words
from ui.components.action import ActionButton, Style
from ui.components.icons import Icon
from ui.components.label import Label
from ui.components.table import FactTable
from ui.components.twins import Twins
from ui.layout import Box, place
from ui.screens.arrange import START, Foot, apply_all, cut_foot
from ui.screens.screen import Press
from ui.theme import Look, Role, Tone

GAP_DU = 24
HEAD_DU = 96
#: Large enough to be hit with a phone or a print in the other hand.
CHOICE_DU = 210

CHOICES: dict[Species, tuple[Button, Icon]] = {
    Species.GENUINE: (Button.TRY_GENUINE, Icon.FACE),
    Species.PRINT: (Button.TRY_PRINT, Icon.PRINT),
    Species.PHONE: (Button.TRY_PHONE, Icon.PHONE),
    Species.TABLET: (Button.TRY_TABLET, Icon.TABLET),
}


class SelfTestScreen(QWidget):
    def __init__(self, parent: QWidget, press: Press) -> None:
        super().__init__(parent)
        self._title = Label(self, Role.TITLE, align=START, most_lines=1)
        self._anew = ActionButton(self, Style.PLAIN, partial(press, Button.START_ANEW, ""))
        self._now = Label(self, Role.LEAD, Tone.SOFT, START, most_lines=3)
        self._counts = FactTable(self)
        self._choices = {
            species: ActionButton(self, Style.DOOR, partial(press, button, ""), icon=icon)
            for species, (button, icon) in CHOICES.items()
        }
        self._take_back = ActionButton(self, Style.PLAIN, partial(press, Button.DISCARD, ""))
        self._twins = Twins(
            self,
            (Style.PLAIN, None, partial(press, Button.CANCEL, "")),
            (Style.SOLID, None, partial(press, Button.CONFIRM, "")),
        )

    def show_view(self, view: SelfTestView) -> None:
        self._title.say(words.title())
        self._anew.say(words.start_anew())
        self._anew.setEnabled(not view.storing and any(each.n for each in view.counts))
        self._now.say(words.now(view))
        rows = [(words.species(each.species), words.count(each)) for each in view.counts]
        self._counts.say(words.heading(), (*rows, (words.result(), words.tier(view.tier))))
        for species, button in self._choices.items():
            button.say(words.species(species))
            button.setEnabled(view.can_try)
        self._take_back.say(words.take_back())
        self._take_back.setEnabled(not view.storing and view.last is not None and view.last.counted)
        self._twins.say(words.back(), words.store())
        self._twins.first.setEnabled(not view.storing)
        self._twins.second.setEnabled(view.changed and not view.storing)

    def forget(self) -> None:
        self._now.say("")
        self._counts.say("", ())

    def arrange(self, look: Look) -> None:
        choices = tuple(self._choices.values())
        apply_all(
            (self._title, self._anew, self._now, self._counts, *choices, self._take_back), look
        )
        self._twins.apply(look)
        box = Box(0, 0, self.width(), self.height())
        rest = cut_foot(box, look, Foot(self._twins))
        width = self._anew.width_for(look)
        high = max(look.px(HEAD_DU), self._title.height_for(rest.width - width))
        head, rest = rest.cut_top(high, look.px(GAP_DU))
        title, anew = head.cut_left(head.width - width)
        place(self._title, title)
        place(self._anew, anew)
        if look.portrait:
            self._arrange_upright(rest, look)
        else:
            counts, rest = rest.cut_left(round(rest.width * 0.56), look.px(GAP_DU))
            place(self._counts, counts)
            self._arrange_choices(rest, look)

    def _arrange_upright(self, rest: Box, look: Look) -> None:
        needed = self._counts.height_for(rest.width, look)
        counts, rest = rest.cut_top(min(needed, round(rest.height * 0.5)), look.px(GAP_DU))
        place(self._counts, counts)
        self._arrange_choices(rest, look)

    def _arrange_choices(self, rest: Box, look: Look) -> None:
        """The sentence, two rows of two things to hold, and the way to take one back."""
        gap = look.px(GAP_DU)
        back = max(look.px(HEAD_DU), self._take_back.height_for(rest.width, look))
        cell, rest = rest.cut_bottom(back, gap)
        place(self._take_back, cell)
        choices = tuple(self._choices.values())
        each = (rest.width - gap) // 2
        needed = max(button.height_for(each, look) for button in choices)
        room = (rest.height - 2 * gap) // 3
        high = max(min(max(look.px(CHOICE_DU), needed), room), look.px(HEAD_DU))
        smallest = min(button.type_px(each, look) for button in choices)
        rows, rest = rest.cut_bottom(2 * high + gap, gap)
        for index, button in enumerate(choices):
            row = Box(rows.x, rows.y + (index // 2) * (high + gap), rows.width, high)
            button.cap_type(smallest)
            place(button, row.columns(2, gap)[index % 2])
        place(self._now, rest)
