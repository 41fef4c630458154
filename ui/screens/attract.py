"""The first screen: two doors of one size, and nothing that hurries anybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from app.domain.events import Button
from app.domain.journal import Purpose
from app.presentation import AttractView, FaceDoor
from ui import text
from ui.components.action import ActionButton, Style
from ui.components.door import Door, least_height
from ui.components.icons import Icon
from ui.components.label import Label
from ui.components.segments import Segments
from ui.layout import Box, place, stack
from ui.screens.arrange import CENTRE, START, apply_all
from ui.screens.screen import Press
from ui.theme import Look, Role, Tone
from ui.words import words_now

FACE_ICONS: dict[FaceDoor, Icon] = {
    FaceDoor.OPEN: Icon.FACE,
    FaceDoor.WAKING: Icon.FACE,
    FaceDoor.UNAVAILABLE: Icon.ASLEEP,
    FaceDoor.PAUSED: Icon.PAUSE,
}

DOOR_DU = 700
LYING_DOOR_DU = 600
GAP_DU = 24
CHIP_DU = 76
SEGMENTS_DU = 120


class AttractScreen(QWidget):
    """`choose_language` and `toggle_size` stay in the user interface; all else goes up."""

    def __init__(
        self,
        parent: QWidget,
        press: Press,
        languages: dict[str, str],
        choose_language: Callable[[str], None],
        toggle_size: Callable[[], None],
        hour: Callable[[], int],
    ) -> None:
        super().__init__(parent)
        self._hour = hour
        self._language = ""
        self._greeting = Label(self, Role.HERO, most_lines=2)
        self._invitation = Label(self, Role.LEAD, Tone.SOFT, most_lines=2)
        self._segments = Segments(
            self, partial(press, Button.CLOCK_IN, ""), partial(press, Button.CLOCK_OUT, "")
        )
        self._face = Door(self, Icon.FACE, partial(press, Button.USE_FACE, ""))
        self._badge = Door(self, Icon.BADGE, partial(press, Button.USE_BADGE_OR_PIN, ""))
        self._note = Label(self, Role.SMALL, Tone.SOFT)
        self._languages = {
            code: ActionButton(
                self,
                Style.PLAIN,
                partial(choose_language, code),
                role=Role.SMALL_LABEL,
                radius_du=CHIP_DU // 2,
            )
            for code in languages
        }
        for code, name in languages.items():
            self._languages[code].say(name)
        self._size = ActionButton(
            self, Style.PLAIN, toggle_size, role=Role.SMALL_LABEL, radius_du=CHIP_DU // 2
        )

    def use_language(self, code: str) -> None:
        """Which language is on."""
        for each, chip in self._languages.items():
            chip.restyle(Style.TINTED if each == code else Style.PLAIN)
            chip.setVisible(len(self._languages) > 1)

    def show_view(self, view: AttractView) -> None:
        words = words_now()
        self._greeting.say(text.greeting(self._hour()))
        purpose = view.purpose or Purpose.ENTER
        self._invitation.say(text.invitation(purpose))
        self._segments.setVisible(view.choosable)
        halves = (text.purpose(Purpose.CLOCK_IN), text.purpose(Purpose.CLOCK_OUT))
        self._segments.say(halves, 1 if view.purpose is Purpose.CLOCK_OUT else 0)
        self._face.say(words.with_face, text.face_door(view.face), FACE_ICONS[view.face])
        self._face.setEnabled(view.face is FaceDoor.OPEN)
        self._badge.say(words.badge_or_pin, words.badge_sentence, Icon.BADGE)
        self._note.say(words.camera_sleeps)
        self._size.say("Aa", words.larger_text)

    def forget(self) -> None:
        """Nothing of a visitor is ever here."""

    def arrange(self, look: Look) -> None:
        apply_all(
            [
                self._greeting,
                self._invitation,
                self._segments,
                self._face,
                self._badge,
                self._note,
                self._size,
                *self._languages.values(),
            ],
            look,
        )
        self._size.restyle(Style.TINTED if look.text_scale > 1.0 else Style.PLAIN)
        for label in (self._greeting, self._invitation, self._note):
            label.align(CENTRE if look.portrait else START)
        box = Box(0, 0, self.width(), self.height())
        if look.portrait:
            self._arrange_upright(box, look)
        else:
            self._arrange_lying(box, look)

    def _arrange_upright(self, box: Box, look: Look) -> None:
        chips, rest = box.cut_bottom(look.px(CHIP_DU), look.px(GAP_DU))
        self._arrange_chips(chips, look, centred=True)
        gap = look.px(GAP_DU)
        half = (rest.width - gap) // 2
        choosable = self._segments.isVisibleTo(self)
        heights = [label.height_for(rest.width) for label in (self._greeting, self._invitation)]
        gaps = [look.px(16), look.px(88)]
        if choosable:
            heights.append(look.px(SEGMENTS_DU))
            gaps = [look.px(16), look.px(56), look.px(24)]
        note = self._note.height_for(rest.width)
        least = least_height(self._rows(half, look), look)
        spare = rest.height - sum(heights) - note - sum(gaps) - look.px(40)
        doors_high = max(min(max(look.px(DOOR_DU), least), spare), min(least, spare))
        heights += [doors_high, note]
        gaps.append(look.px(40))
        cells = stack(rest, heights, gaps, at=0.4)
        place(self._greeting, cells[0])
        place(self._invitation, cells[1])
        if choosable:
            self._segments.arrange(cells[2])
        self._arrange_doors(cells[-2], look)
        place(self._note, cells[-1])

    def _arrange_lying(self, box: Box, look: Look) -> None:
        words, doors = box.cut_left(round(box.width * 0.37), look.px(64))
        chips, words = words.cut_bottom(look.px(CHIP_DU), look.px(GAP_DU))
        self._arrange_chips(chips, look, centred=False)
        labels = [self._greeting, self._invitation, self._note]
        heights = [label.height_for(words.width) for label in labels]
        gaps = [look.px(20), look.px(48)]
        choosable = self._segments.isVisibleTo(self)
        if choosable:
            heights.insert(2, look.px(SEGMENTS_DU))
            gaps.append(look.px(40))
        cells = stack(words, heights, gaps, at=0.5)
        if choosable:
            self._segments.arrange(cells.pop(2))
        for label, cell in zip(labels, cells, strict=True):
            place(label, cell)
        self._arrange_doors(doors.middle(doors.width, look.px(LYING_DOOR_DU * 1.2)), look)

    def _arrange_doors(self, box: Box, look: Look) -> None:
        cells = box.columns(2, look.px(GAP_DU))
        rows = self._rows(cells[0].width, look)
        for door, cell in zip(self.doors(), cells, strict=True):
            door.share(rows)
            place(door, cell)

    def _rows(self, width: int, look: Look) -> tuple[int, int]:
        """Room for the longer of both names, and for the longer of both sentences."""
        names, sentences = zip(*(door.rows(width, look) for door in self.doors()), strict=True)
        return max(names), max(sentences)

    def _arrange_chips(self, box: Box, look: Look, *, centred: bool) -> None:
        chips = [*self._languages.values(), self._size]
        shown = [chip for chip in chips if chip.isVisibleTo(self)]
        gap = look.px(GAP_DU / 2)
        widths = [max(chip.width_for(look), look.px(CHIP_DU * 1.4)) for chip in shown]
        room = box.width - gap * (len(widths) - 1)
        if sum(widths) > room:
            # Large type on a narrow screen: the words are set smaller instead of cut.
            widths = [width * room // sum(widths) for width in widths]
        total = sum(widths) + gap * (len(widths) - 1)
        x = box.x + ((box.width - total) // 2 if centred else 0)
        for chip, width in zip(shown, widths, strict=True):
            place(chip, Box(x, box.y, width, box.height))
            x += width + gap

    def doors(self) -> tuple[Door, Door]:
        """The twins."""
        return self._face, self._badge
