"""Setting a text in lines: measured once, drawn exactly as measured, never cut off.

A text too large for its room is set smaller, down to a limit. Headlines are balanced: the lines
of a centred text become about equally long.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle

from ui.theme import Look, Role

#: Sizes to try, as shares of a role's size; the last ones are for the longest of names.
SHARES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.65, 0.6, 0.54, 0.48)
#: A headline a little smaller on one line reads faster than a larger one on two: how small it
#: may be set to need one line, and two, before it takes one more.
HEADLINES = frozenset({Role.HERO, Role.DISPLAY})
FEWER_LINES_SHARES = (0.82, 0.76)
LEADING = {Role.HERO: 1.0, Role.DISPLAY: 1.0, Role.TITLE: 1.06}
STANDARD_LEADING = 1.18
BALANCE_STEPS = 7


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A text in lines. `width` is the longest line's; `fits` says that no word is cut."""

    text: str
    font: QFont
    layout: QTextLayout
    lines: int
    width: float
    height: float
    fits: bool

    def height_px(self) -> int:
        return ceil(self.height)

    def draw(self, painter: QPainter, rect: QRectF, colour: QColor, at: float = 0.5) -> None:
        """Draw in `rect`, whose width it was set for. `at`: 0 at its top, 0.5 in the middle."""
        painter.setPen(colour)
        top = rect.y() + (rect.height() - self.height) * at
        self.layout.draw(painter, QPointF(rect.x(), top))


def typeset(
    text: str,
    font: QFont,
    width: float,
    align: Qt.AlignmentFlag,
    direction: Qt.LayoutDirection,
    leading: float = STANDARD_LEADING,
) -> Setting:
    """Break `text` into lines of at most `width` pixels. Left means where reading starts."""
    option = QTextOption(QStyle.visualAlignment(direction, align))
    option.setTextDirection(direction)
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    layout.setTextOption(option)
    step = QFontMetricsF(font).height() * leading
    slack = QFontMetricsF(font).height() - step
    count, longest = 0, 0.0
    layout.beginLayout()
    while True:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        line.setPosition(QPointF(0.0, count * step - slack / 2))
        longest = max(longest, line.naturalTextWidth())
        count += 1
    layout.endLayout()
    return Setting(text, font, layout, count, longest, count * step, longest <= width + 0.5)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text is to be set. `most_lines` 0: as many as it takes; `most_px` 0: full size."""

    role: Role
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter
    most_lines: int = 0
    most_px: int = 0


def fit(
    text: str,
    manner: Manner,
    look: Look,
    direction: Qt.LayoutDirection,
    width: float,
    height: float = float("inf"),
) -> Setting:
    """The largest setting that keeps to the manner and the room; else the smallest one tried."""
    leading = LEADING.get(manner.role, STANDARD_LEADING)
    room = (width, height)
    if manner.role in HEADLINES:
        for lines, least in enumerate(FEWER_LINES_SHARES[: manner.most_lines - 1], start=1):
            shares = tuple(share for share in SHARES if share >= least)
            fewer = Manner(manner.role, manner.align, lines)
            found, fits = _largest(text, fewer, look, direction, room, shares)
            if fits:
                return _balanced(found, manner, direction, width, leading)
    best, _ = _largest(text, manner, look, direction, room, SHARES)
    return _balanced(best, manner, direction, width, leading)


def _largest(
    text: str,
    manner: Manner,
    look: Look,
    direction: Qt.LayoutDirection,
    room: tuple[float, float],
    shares: tuple[float, ...],
) -> tuple[Setting, bool]:
    """(the first of these sizes that keeps to manner and room, True), or (the last, False)."""
    width, height = room
    leading = LEADING.get(manner.role, STANDARD_LEADING)
    setting = typeset("", look.font(manner.role), width, manner.align, direction, leading)
    for share in shares:
        font = look.font(manner.role, share)
        if manner.most_px and font.pixelSize() > manner.most_px:
            font.setPixelSize(manner.most_px)
        setting = typeset(text, font, width, manner.align, direction, leading)
        few_enough = not manner.most_lines or setting.lines <= manner.most_lines
        if setting.fits and few_enough and setting.height <= height + 0.5:
            return setting, True
    return setting, False


def _balanced(
    setting: Setting,
    manner: Manner,
    direction: Qt.LayoutDirection,
    width: float,
    leading: float,
) -> Setting:
    """The same lines, about equally long: the narrowest measure that needs no more lines."""
    if setting.lines < 2 or not setting.fits:  # noqa: PLR2004 - one line is balanced
        return setting
    low, high = width / setting.lines, width
    text, font, align = setting.text, setting.font, manner.align
    for _ in range(BALANCE_STEPS):
        middle = (low + high) / 2
        trial = typeset(text, font, middle, align, direction, leading)
        if trial.fits and trial.lines == setting.lines:
            high = middle
        else:
            low = middle
    narrow = typeset(text, font, ceil(high), align, direction, leading)
    starts = [narrow.layout.lineAt(index).textStart() for index in range(1, narrow.lines)]
    balanced = typeset(_broken_at(text, starts), font, width, align, direction, leading)
    return balanced if balanced.lines == setting.lines and balanced.fits else setting


def _broken_at(text: str, starts: list[int]) -> str:
    """`text` with a line break before each of `starts`, which count UTF-16 units as Qt does."""
    units = text.encode("utf-16-le")
    edges = [0, *(start * 2 for start in starts), len(units)]
    lines = [units[a:b].decode("utf-16-le") for a, b in pairwise(edges)]
    return "\n".join(line.rstrip(" \n") for line in lines)
