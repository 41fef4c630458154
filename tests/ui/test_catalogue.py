"""Every View, drawn in both themes, both shapes, both text sizes and both languages.

`FOYER_CATALOGUE=folder` keeps the pictures, for looking at them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QWidget

from app.presentation import VerifyView, View
from tests.fakes.screen import LANDSCAPE, PORTRAIT, VIEWS, Desk, plain_picture
from tests.ui.conftest import MakeDesk
from ui.components.action import ActionButton
from ui.components.door import Door
from ui.components.entry import NumberEntry
from ui.components.focus import FocusRing
from ui.components.glow import Glow
from ui.components.header import HouseMark
from ui.components.label import Label
from ui.components.pill import Pill
from ui.components.table import FactTable
from ui.components.typeset import Setting
from ui.theme import ThemeName

KEPT = os.environ.get("FOYER_CATALOGUE", "")

SMALL_PORTRAIT = QSize(800, 1280)
FULL_HD = QSize(1920, 1080)
SQUARE = QSize(1000, 1000)

#: Looks worth a picture: (size, theme, text scale, language).
LOOKS = [
    (PORTRAIT, ThemeName.LIGHT, 1.0, "en"),
    (PORTRAIT, ThemeName.DARK, 1.5, "de"),
    (LANDSCAPE, ThemeName.DARK, 1.0, "en"),
    (LANDSCAPE, ThemeName.LIGHT, 1.5, "en"),
    (PORTRAIT, ThemeName.LIGHT, 1.5, "en"),
    (PORTRAIT, ThemeName.LIGHT, 1.0, "de"),
    (LANDSCAPE, ThemeName.LIGHT, 1.0, "de"),
    (LANDSCAPE, ThemeName.DARK, 1.5, "de"),
    (SMALL_PORTRAIT, ThemeName.LIGHT, 1.5, "de"),
    (FULL_HD, ThemeName.LIGHT, 1.0, "en"),
    (SQUARE, ThemeName.DARK, 1.5, "de"),
]


def settings_of(widget: QWidget) -> Iterator[Setting]:
    """Every text a widget draws itself, as it is drawn now."""
    if isinstance(widget, Door):
        yield from widget.settings() or ()
    elif isinstance(widget, Label | ActionButton | Pill | NumberEntry):
        setting = widget.setting()
        if setting is not None:
            yield setting


def faults(window: QWidget) -> list[str]:
    """What is cut off, squeezed out or covered on the window as it is."""
    shown = [each for each in window.findChildren(QWidget) if each.isVisible()]
    found = []
    for widget in shown:
        name = f"{type(widget).__name__} {widget.accessibleName()!r}"
        for setting in settings_of(widget):
            if not setting.fits:
                found.append(f"{name}: a word is wider than its room")
            if setting.height > widget.height() + 1:
                found.append(f"{name}: {setting.height:.0f} px of text in {widget.height()} px")
        if isinstance(widget, FactTable) and not widget.fits():
            found.append(f"{name}: rows are cut off")
        if not window.rect().contains(box_of(widget, window)):
            found.append(f"{name}: outside the window")
    return found + overlaps(shown, window)


def box_of(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def overlaps(shown: list[QWidget], window: QWidget) -> list[str]:
    """Pairs of widgets that cover each other; parents cover their children by nature."""
    parents = {widget.parentWidget() for widget in shown}
    leaves = [
        widget
        for widget in shown
        if widget not in parents and not isinstance(widget, Glow | HouseMark | FocusRing)
    ]
    return [
        f"{first.accessibleName()!r} covers {second.accessibleName()!r}"
        for first, second in combinations(leaves, 2)
        if says_something(first)
        and says_something(second)
        and box_of(first, window).intersects(box_of(second, window))
    ]


def says_something(widget: QWidget) -> bool:
    return not (isinstance(widget, Label | Pill) and not widget.text())


def test_every_view_is_in_the_catalogue() -> None:
    assert {type(view) for view in VIEWS.values()} == set(get_args(View))


@pytest.mark.parametrize(
    ("size", "theme", "scale", "language"),
    LOOKS,
    ids=[
        f"{size.width()}x{size.height()}-{theme}-{round(scale * 100)}-{language}"
        for size, theme, scale, language in LOOKS
    ],
)
def test_every_view_has_a_whole_picture(
    desks: MakeDesk,
    size: QSize,
    theme: ThemeName,
    scale: float,
    language: str,
) -> None:
    desk: Desk = desks(size, theme=theme, text_scale=scale, language=language)
    wrong = {}
    for name, view in VIEWS.items():
        if isinstance(view, VerifyView):
            desk.pictures.put(plain_picture())
        desk.show(view)
        desk.window.settle()
        found = faults(desk.window)
        if found:
            wrong[name] = found
        picture = desk.window.grab()
        assert picture.size() == size
        if KEPT:
            look = f"{size.width()}x{size.height()}-{theme}-{round(scale * 100)}-{language}"
            assert picture.save(str(Path(KEPT, f"{name}-{look}.png")))
    assert not wrong


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_every_view_holds_together_read_from_the_right(desks: MakeDesk, size: QSize) -> None:
    desk: Desk = desks(size)
    desk.window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    desk.window.resize(size.width() + 1, size.height())
    wrong = {}
    for name, view in VIEWS.items():
        desk.show(view)
        found = faults(desk.window)
        if found:
            wrong[name] = found
    assert not wrong
