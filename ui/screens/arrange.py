"""The three ways a screen is laid out; each works upright and lying, in both directions.

    words        a mark, a headline, a sentence, perhaps a card, and the buttons
    typing       the same words with an entry and the number pad
    (attract, verify and service have arrangements of their own)

Every function takes the box of the whole screen and gives each part its place. Lengths in du
follow `ui/theme.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.components.facts import FactCard
from ui.components.keypad import Keypad
from ui.components.label import Label
from ui.components.mark import Mark
from ui.components.twins import Twins
from ui.layout import Box, place, stack
from ui.theme import Look

CENTRE = Qt.AlignmentFlag.AlignHCenter
START = Qt.AlignmentFlag.AlignLeft

#: The part of a lying screen that holds the mark or the picture.
STAGE_SHARE = 0.42
COLUMN_GAP_DU = 72
PAD_WIDTH_DU = 640
ENTRY_DU = 128
GAP_DU = 24
LEAST_MARK_DU = 120
LEAST_CARD_DU = 190


class Applies(Protocol):
    def apply(self, look: Look) -> None: ...


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands at the bottom: the two buttons, and perhaps something quiet below them."""

    twins: Twins
    below: QWidget | None = None
    below_du: int = 76


def apply_all(parts: Sequence[Applies], look: Look) -> None:
    for part in parts:
        part.apply(look)


def cut_foot(box: Box, look: Look, foot: Foot) -> Box:
    """Place the foot; what is left above it."""
    if foot.below is not None:
        below, box = box.cut_bottom(look.px(foot.below_du), look.px(GAP_DU))
        place(foot.below, below)
    elif look.portrait:
        # The buttons stand at the same height on every upright screen.
        box = box.cut_bottom(look.px(foot.below_du), look.px(GAP_DU))[1]
    bottom, rest = box.cut_bottom(foot.twins.height_for(box.width, look), look.px(2 * GAP_DU))
    foot.twins.arrange(bottom)
    return rest


def arrange_words(
    box: Box,
    look: Look,
    mark: Mark,
    labels: Sequence[Label],
    card: FactCard | None,
    foot: Foot | None,
) -> None:
    """Upright: everything centred below the mark. Lying: the mark beside its words."""
    for label in labels:
        label.align(CENTRE if look.portrait else START)
    if look.portrait:
        rest = cut_foot(box, look, foot) if foot is not None else box
        side = look.px(360)
    else:
        stage, rest = box.cut_left(round(box.width * STAGE_SHARE), look.px(COLUMN_GAP_DU))
        side = min(look.px(440), stage.width)
        place(mark, stage.middle(side, side))
        rest = cut_foot(rest, look, foot) if foot is not None else rest
    heights = [label.height_for(rest.width) for label in labels]
    gaps = [look.px(20)] * (len(labels) - 1) + [look.px(64)]
    if look.portrait:
        least = look.px(150)
        spare = rest.height - sum(heights) - look.px(220)
        spare -= card.height_for(rest.width, look) if card is not None else 0
        heights.insert(0, max(min(side, spare), least))
        gaps.insert(0, look.px(64))
    if card is not None:
        # In a crowd of words the headline keeps its size and the card's facts are set smaller.
        spare = rest.height - sum(heights) - look.px(GAP_DU)
        heights.append(max(min(card.height_for(rest.width, look), spare), look.px(LEAST_CARD_DU)))
    boxes = stack(rest, heights, gaps, 0.5 if card is not None or not look.portrait else 0.42)
    if look.portrait:
        place(mark, boxes.pop(0))
    for label, cell in zip(labels, boxes, strict=False):
        place(label, cell)
    if card is not None:
        card.arrange(boxes[-1])


def arrange_typing(
    box: Box,
    look: Look,
    mark: Mark,
    labels: Sequence[Label],
    entry: QWidget,
    keypad: Keypad,
    foot: Foot,
) -> None:
    """Upright: words above the pad. Lying: words and buttons beside it."""
    for label in labels:
        label.align(CENTRE if look.portrait else START)
    pad_width = look.px(PAD_WIDTH_DU)
    entry_high = look.px(ENTRY_DU)
    if look.portrait:
        words = cut_foot(box, look, foot)
        heights = [label.height_for(words.width) for label in labels]
        least = sum(heights) + entry_high + keypad.least_height(look) + look.px(150)
        pad_high = keypad.most_height(look)
        pad_high = max(
            min(pad_high, words.height - least + keypad.least_height(look)),
            keypad.least_height(look),
        )
        spare = words.height - least - pad_high + keypad.least_height(look)
        mark_high = min(look.px(220), spare)
        shown = [mark_high] if mark_high >= look.px(LEAST_MARK_DU) else []
        gaps = [look.px(36)] * len(shown) + [look.px(12)] * (len(labels) - 1)
        gaps += [look.px(44), look.px(24)]
        cells = stack(words, [*shown, *heights, entry_high, pad_high], gaps)
        mark.setVisible(bool(shown))
        if shown:
            place(mark, cells.pop(0))
        for label, cell in zip(labels, cells, strict=False):
            place(label, cell)
        place(entry, cells[-2].middle(pad_width, entry_high))
        keypad.arrange(cells[-1].middle(pad_width, pad_high))
        return
    words, pad = box.cut_left(
        box.width - pad_width - look.px(COLUMN_GAP_DU), look.px(COLUMN_GAP_DU)
    )
    room = pad.height - entry_high - look.px(GAP_DU)
    pad_high = min(room, look.px(4 * 150 + 48))
    cells = stack(pad, [entry_high, pad_high], [look.px(GAP_DU)])
    place(entry, cells[0])
    keypad.arrange(cells[1])
    words = cut_foot(words, look, foot)
    heights = [label.height_for(words.width) for label in labels]
    side = min(look.px(220), words.height - sum(heights) - look.px(90))
    shown = [side] if side >= look.px(LEAST_MARK_DU) else []
    gaps = [look.px(44)] * len(shown) + [look.px(16)] * (len(labels) - 1)
    cells = stack(words, [*shown, *heights], gaps)
    mark.setVisible(bool(shown))
    if shown:
        cell = cells.pop(0)
        place(mark, Box(cell.x, cell.y, cell.height, cell.height))
    for label, cell in zip(labels, cells, strict=True):
        place(label, cell)
