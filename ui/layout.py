"""Cutting a screen into boxes, and putting widgets into them. The whole layout engine.

A screen takes the box it may use, cuts pieces off its edges and hands them to its parts.
Boxes are in pixels and always left to right; `place` mirrors them for right-to-left languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QStyle, QWidget


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in whole pixels."""

    x: int
    y: int
    width: int
    height: int

    def cut_top(self, height: int, gap: int = 0) -> tuple[Box, Box]:
        """(the strip at the top, what is left below it after `gap`)."""
        height = min(height, self.height)
        left = max(self.height - height - gap, 0)
        return (
            Box(self.x, self.y, self.width, height),
            Box(self.x, self.y + self.height - left, self.width, left),
        )

    def cut_bottom(self, height: int, gap: int = 0) -> tuple[Box, Box]:
        """(the strip at the bottom, what is left above it)."""
        height = min(height, self.height)
        left = max(self.height - height - gap, 0)
        return (
            Box(self.x, self.y + self.height - height, self.width, height),
            Box(self.x, self.y, self.width, left),
        )

    def cut_left(self, width: int, gap: int = 0) -> tuple[Box, Box]:
        """(the strip where reading starts, what is left beside it)."""
        width = min(width, self.width)
        left = max(self.width - width - gap, 0)
        return (
            Box(self.x, self.y, width, self.height),
            Box(self.x + self.width - left, self.y, left, self.height),
        )

    def columns(self, count: int, gap: int) -> tuple[Box, ...]:
        """`count` equal columns; every pixel that does not divide stays in the gaps."""
        width = (self.width - gap * (count - 1)) // count
        step = (self.width - width) / (count - 1) if count > 1 else 0.0
        return tuple(
            Box(self.x + round(step * index), self.y, width, self.height) for index in range(count)
        )

    def inset(self, across: int, down: int) -> Box:
        return Box(
            self.x + across,
            self.y + down,
            max(self.width - 2 * across, 0),
            max(self.height - 2 * down, 0),
        )

    def middle(self, width: int, height: int) -> Box:
        """A box of this size in the middle, no larger than this one."""
        width, height = min(width, self.width), min(height, self.height)
        return Box(
            self.x + (self.width - width) // 2,
            self.y + (self.height - height) // 2,
            width,
            height,
        )

    def rect(self) -> QRect:
        return QRect(self.x, self.y, self.width, self.height)


def stack(box: Box, heights: Sequence[int], gaps: Sequence[int], at: float = 0.5) -> list[Box]:
    """Boxes of these heights below each other, `gaps[i]` after the i-th.

    `at` is where the whole stands in the room left over: 0 top, 0.5 middle, 1 bottom. Where
    there is too little room the gaps give way first, then the boxes, all by the same share.
    """
    need, air = sum(heights), sum(gaps)
    squeeze = min(max((box.height - need) / air, 0.0), 1.0) if air else 1.0
    share = min(box.height / need, 1.0) if need else 1.0
    y = box.y + (box.height - need * share - air * squeeze) * at
    placed = []
    for index, height in enumerate(heights):
        top = round(y)
        y += height * share
        placed.append(Box(box.x, top, box.width, round(y) - top))
        y += gaps[index] * squeeze if index < len(gaps) else 0.0
    return placed


def place(widget: QWidget, box: Box) -> None:
    """Put a widget there, mirrored within its parent where the language reads from the right."""
    rect = box.rect()
    parent = widget.parentWidget()
    if parent is not None:
        rect = QStyle.visualRect(parent.layoutDirection(), parent.rect(), rect)
    widget.setGeometry(rect)
