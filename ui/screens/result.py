"""How it ended. Granted can be read in two seconds; a refusal says what to do next."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from app.domain.events import Button
from app.domain.reasons import Reason
from app.presentation import DeniedView, FaceDoor, GrantedView, OfferView
from ui import text
from ui.components.action import ActionButton, Style
from ui.components.facts import FactCard
from ui.components.icons import Icon
from ui.components.label import Label
from ui.components.mark import Mark
from ui.components.twins import Twins
from ui.layout import Box
from ui.screens.arrange import Foot, apply_all, arrange_words
from ui.screens.screen import Press
from ui.theme import Look, Role, Tone
from ui.words import words_now

#: What the mark over a refusal points to: the thing to use next, or the people who help.
_TO_RECEPTION = frozenset(
    {
        Reason.NOT_YET_VALID,
        Reason.ENDED,
        Reason.SUSPENDED,
        Reason.CANNOT_RECORD,
        Reason.FAULT,
    }
)
_TO_PATIENCE = frozenset({Reason.LOCKED, Reason.TIMED_OUT})
_TO_BADGE = frozenset(
    {
        Reason.NOT_RECOGNISED,
        Reason.UNSURE,
        Reason.WRONG_CREDENTIALS,
        Reason.FACTORS_OWED,
        Reason.DISPUTED,
        Reason.FACE_UNAVAILABLE,
        Reason.CAMERA_LOST,
    }
)


def icon_for(reason: Reason) -> Icon:
    """What to turn to next, as a picture."""
    if reason in _TO_RECEPTION:
        return Icon.BELL
    if reason in _TO_PATIENCE:
        return Icon.CLOCK
    return Icon.BADGE if reason in _TO_BADGE else Icon.FACE


class GrantedScreen(QWidget):
    """`clock` writes UTC seconds as the time of day where the kiosk stands."""

    def __init__(self, parent: QWidget, press: Press, clock: Callable[[float], str]) -> None:
        super().__init__(parent)
        self._clock = clock
        self._shown: GrantedView | None = None
        self._mark = Mark(self)
        self._title = Label(self, Role.DISPLAY, most_lines=3)
        self._sentence = Label(self, Role.LEAD, Tone.SOFT)
        self._card = FactCard(self, 2)
        self._twins = Twins(
            self,
            (Style.PLAIN, None, partial(press, Button.NOT_ME, "")),
            (Style.SOLID, None, partial(press, Button.DONE, "")),
        )

    def show_view(self, view: GrantedView) -> None:
        words = words_now()
        self._title.say(text.welcome(view.purpose, view.name))
        at = text.done_at(view.purpose, self._clock(view.utc_s))
        self._sentence.say(at if view.notice is None else f"{at}. {text.notice(view.notice)}")
        how = (words.how, text.factors(view.factors))
        self._card.say((how, (words.kept, words.kept_facts)))
        self._twins.say(words.not_me, words.done)
        if view != self._shown:
            self._shown = view
            self._mark.draw_tick()

    def settle(self) -> None:
        """The whole tick, now."""
        self._mark.finish()

    def forget(self) -> None:
        self._shown = None
        self._title.say("")
        self._sentence.say("")
        self._card.say((("", ""), ("", "")))

    def arrange(self, look: Look) -> None:
        apply_all((self._mark, self._title, self._sentence, self._card, self._twins), look)
        box = Box(0, 0, self.width(), self.height())
        labels = (self._title, self._sentence)
        arrange_words(box, look, self._mark, labels, self._card, Foot(self._twins))


class OfferScreen(QWidget):
    """Let in, and one question whose two answers weigh the same. No answer is no."""

    def __init__(self, parent: QWidget, press: Press) -> None:
        super().__init__(parent)
        self._mark = Mark(self)
        self._title = Label(self, Role.DISPLAY, most_lines=3)
        self._question = Label(self, Role.LEAD, Tone.SOFT)
        self._twins = Twins(
            self,
            (Style.PLAIN, None, partial(press, Button.NOT_NOW, "")),
            (Style.PLAIN, None, partial(press, Button.AGREE, "")),
        )
        self._not_me = ActionButton(
            self, Style.BARE, partial(press, Button.NOT_ME, ""), role=Role.BODY_LABEL
        )

    def show_view(self, view: OfferView) -> None:
        words = words_now()
        self._mark.show_icon(Icon.FACE)
        self._title.say(text.welcome(view.purpose, view.name))
        self._question.say(text.offer())
        self._twins.say(words.not_now, words.renew)
        self._not_me.say(words.somebody_else)

    def forget(self) -> None:
        self._title.say("")

    def arrange(self, look: Look) -> None:
        labels = (self._title, self._question)
        apply_all((self._mark, *labels, self._twins, self._not_me), look)
        box = Box(0, 0, self.width(), self.height())
        arrange_words(box, look, self._mark, labels, None, Foot(self._twins, self._not_me))


class DeniedScreen(QWidget):
    def __init__(self, parent: QWidget, press: Press) -> None:
        super().__init__(parent)
        self._mark = Mark(self)
        self._title = Label(self, Role.DISPLAY, most_lines=3)
        self._sentence = Label(self, Role.LEAD, Tone.SOFT)
        self._twins = Twins(
            self,
            (Style.DOOR, Icon.BADGE, partial(press, Button.USE_BADGE_OR_PIN, "")),
            (Style.DOOR, Icon.FACE, partial(press, Button.USE_FACE, "")),
        )
        self._done = ActionButton(
            self, Style.BARE, partial(press, Button.DONE, ""), role=Role.BODY_LABEL
        )

    def show_view(self, view: DeniedView) -> None:
        words = words_now()
        said = text.reason(view.reason)
        self._mark.show_icon(icon_for(view.reason))
        self._title.say(said.title)
        self._sentence.say(said.sentence)
        self._twins.say(words.use_badge_or_pin, words.try_face_again)
        self._twins.second.setEnabled(view.face is FaceDoor.OPEN)
        self._done.say(words.done)

    def forget(self) -> None:
        self._title.say("")
        self._sentence.say("")

    def arrange(self, look: Look) -> None:
        apply_all((self._mark, self._title, self._sentence, self._twins, self._done), look)
        box = Box(0, 0, self.width(), self.height())
        labels = (self._title, self._sentence)
        arrange_words(box, look, self._mark, labels, None, Foot(self._twins, self._done))
