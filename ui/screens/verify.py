"""The face path: one instruction, the live picture, a ring that fills, and the other way in."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.events import Button
from app.domain.liveness import Challenge
from app.domain.picture import Picture
from app.domain.reasons import Reason
from app.presentation import VerifyView
from ui import selftest_text, text
from ui.components.action import Style
from ui.components.icons import Icon
from ui.components.label import Label
from ui.components.oval import Oval
from ui.components.pill import Pill
from ui.components.twins import Twins
from ui.components.typeset import Manner, fit
from ui.layout import Box, place, stack
from ui.screens.arrange import CENTRE, COLUMN_GAP_DU, START, Foot, apply_all, cut_foot
from ui.screens.screen import Press
from ui.theme import Look, Role, Tone
from ui.words import Words, words_now

#: How often the mailbox is looked into. Twice a frame of a 30 Hz camera, so that none waits
#: longer than half its time; an empty look costs microseconds.
LOOK_MS = 16
HINT_DU = 88
GAP_DU = 24
#: Around words that stand on a panel of their own.
PANEL_PAD_DU = 20


class Pictures(Protocol):
    """The one-slot mailbox of the preview."""

    def take(self) -> Picture | None:
        """The newest picture, which leaves the slot; None where there is none. Never waits."""


class VerifyScreen(QWidget):
    def __init__(self, parent: QWidget, press: Press, pictures: Pictures) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._instruction = Label(self, Role.DISPLAY, most_lines=3)
        self._step = Label(self, Role.LEAD, Tone.SOFT, most_lines=2)
        self._oval = Oval(self)
        self._hint = Pill(self, Tone.TINT, Tone.ACCENT, Role.LABEL)
        self._note = Label(self, Role.SMALL, Tone.SOFT)
        self._twins = Twins(
            self,
            (Style.DOOR, Icon.BADGE, partial(press, Button.USE_BADGE_OR_PIN, "")),
            (Style.PLAIN, None, partial(press, Button.CANCEL, "")),
        )
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def show_view(self, view: VerifyView) -> None:
        words = words_now()
        self._instruction.say(_instruction(view, words))
        if view.step:
            self._step.say(text.step_of(view.step, view.steps))
        else:
            self._step.say(text.prompts_follow(view.steps))
        self._oval.show_progress(view.prompt, view.steps, view.done)
        self._oval.setAccessibleName(self._instruction.text())
        # Between two movements the instruction itself is to look ahead: once is enough.
        resting = view.prompt is None and view.step and view.hint is Reason.LOOK_STRAIGHT
        self._hint.say(text.hint(view.hint) if view.hint and not resting else "")
        on_trial = view.trial is not None
        self._note.say(
            words.nothing_recorded if view.trial is None else selftest_text.trial_of(view.trial)
        )
        self._twins.say(
            words.use_badge_or_pin, selftest_text.stop_trial() if on_trial else words.cancel
        )
        self._twins.first.setVisible(not on_trial)

    def stand_on(self, ground: QColor | None) -> None:
        self._oval.stand_on(ground)

    def panels(self, look: Look) -> tuple[QRect, ...]:
        """Where words need a calm ground, in this screen's own pixels."""
        pad = look.px(PANEL_PAD_DU)
        words = self._instruction.geometry().united(self._step.geometry())
        foot = self._twins.geometry().united(self._note.geometry())
        return tuple(each.adjusted(-pad, -pad, pad, pad) for each in (words, foot))

    def look(self) -> None:
        """Paint the newest picture, if there is a new one."""
        picture = self._pictures.take()
        if picture is not None:
            self._oval.show_picture(picture)

    def settle(self) -> None:
        """The newest picture, and the ring where it is going."""
        self.look()
        self._oval.finish()

    def forget(self) -> None:
        self._pictures.take()
        self._oval.forget()
        self._hint.say("")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def arrange(self, look: Look) -> None:
        parts = (self._instruction, self._step, self._oval, self._hint, self._note, self._twins)
        apply_all(parts, look)
        align = CENTRE if look.portrait else START
        for label in (self._instruction, self._step, self._note):
            label.align(align)
        self._instruction.hang(1.0 if look.portrait else 0.0)
        self._hint.setAlignment(align)
        box = Box(0, 0, self.width(), self.height())
        if look.portrait:
            self._arrange_upright(box, look)
        else:
            self._arrange_lying(box, look)

    def _tallest_instruction(self, width: int, look: Look) -> int:
        """Room for every instruction there is, so that the picture never jumps."""
        words = words_now()
        said = [text.challenge(each) for each in Challenge]
        said += [words.look_here, words.look_ahead]
        manner = Manner(Role.DISPLAY, most_lines=3)
        way = self.layoutDirection()
        return max(fit(words, manner, look, way, width).height_px() for words in said)

    def _tallest_step(self, width: int, look: Look) -> int:
        said = (text.prompts_follow(2), text.step_of(1, 2))
        manner = Manner(Role.LEAD, most_lines=2)
        way = self.layoutDirection()
        return max(fit(words, manner, look, way, width).height_px() for words in said)

    def _hint_height(self, look: Look) -> int:
        return round(look.px(HINT_DU) * (1 + (look.text_scale - 1) * 0.6))

    def _arrange_upright(self, box: Box, look: Look) -> None:
        rest = cut_foot(box, look, Foot(self._twins, self._note, below_du=76))
        heights = [
            self._tallest_instruction(rest.width, look),
            self._tallest_step(rest.width, look),
            0,
            self._hint_height(look),
        ]
        gaps = [look.px(8), look.px(GAP_DU), look.px(40)]
        room = rest.height - sum(heights) - sum(gaps)
        heights[2] = min(room, self._oval.height_for(rest.width, look))
        parts = (self._instruction, self._step, self._oval, self._hint)
        for part, cell in zip(parts, stack(rest, heights, gaps, at=0.62), strict=True):
            place(part, cell)

    def _arrange_lying(self, box: Box, look: Look) -> None:
        stage, rest = box.cut_left(round(box.width * 0.52), look.px(COLUMN_GAP_DU / 3))
        place(self._oval, stage)
        rest = cut_foot(rest, look, Foot(self._twins, self._note, below_du=76))
        heights = [
            self._tallest_step(rest.width, look),
            self._tallest_instruction(rest.width, look),
            self._hint_height(look),
        ]
        cells = stack(rest, heights, [look.px(12), look.px(40)], at=0.5)
        for part, cell in zip((self._step, self._instruction, self._hint), cells, strict=True):
            place(part, cell)


def _instruction(view: VerifyView, words: Words) -> str:
    """What to do now: find a place, make the movement, or come back to rest before the next."""
    if view.prompt is not None:
        return text.challenge(view.prompt)
    return words.look_ahead if view.step else words.look_here
