"""The live picture: fluent, cheap, and still when nobody looks."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QRegion
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.domain.liveness import Challenge
from app.domain.picture import Picture
from app.domain.reasons import Reason
from app.presentation import VerifyView
from tests.fakes.screen import LANDSCAPE, PORTRAIT, VIEWS, Desk, plain_picture
from tests.ui.conftest import MakeDesk
from ui import text
from ui.components.mark import Mark
from ui.components.oval import Oval
from ui.screens.verify import LOOK_MS

#: An order of magnitude above what it takes, so that a busy machine does not fail it.
PAINT_LIMIT_MS = 40.0


def oval_of(desk: Desk) -> Oval:
    (oval,) = desk.window.findChildren(Oval)
    return oval


def verifying(prompt: Challenge | None, done: float) -> VerifyView:
    return VerifyView(prompt, 1, 2, done, done, None, claimed=False, simulated=False)


def test_pictures_are_looked_for_more_often_than_24_times_a_second() -> None:
    assert 1000 / LOOK_MS >= 24


def test_the_newest_picture_is_painted_without_anybody_asking(desk: Desk, qtbot: QtBot) -> None:
    desk.show(VIEWS["verify-left"])
    desk.pictures.put(plain_picture(200, 30, 40))
    oval = oval_of(desk)
    qtbot.waitUntil(oval.has_picture)
    centre = oval.grab().toImage().pixelColor(oval.rect().center())
    assert centre == QColor(200, 30, 40)


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_a_picture_of_any_shape_keeps_its_proportions(desks: MakeDesk, size: QSize) -> None:
    """A wide picture is cut at the sides, not squeezed: its middle line stays in the middle."""
    desk = desks(size)
    desk.show(VIEWS["verify-left"])
    width, height = 400, 100
    row = b"\x00\x00\xff" * 190 + b"\xff\x00\x00" * 20 + b"\x00\x00\xff" * 190
    desk.pictures.put(Picture(width, height, row * height))
    desk.window.settle()
    oval = oval_of(desk)
    image = oval.grab().toImage()
    middle = oval.rect().center()
    assert image.pixelColor(middle) == QColor(255, 0, 0)
    line = [image.pixelColor(x, middle.y()) for x in range(image.width())]
    shown = sum(colour.red() > 127 and colour.green() < 60 for colour in line)
    # 20 of 400 columns are red in a picture 4 times as wide as high; the oval shows all rows.
    assert shown == pytest.approx(oval._inner().height() * 20 / 100, rel=0.05)


def test_a_new_picture_repaints_the_oval_alone(desk: Desk, qapp: QApplication) -> None:
    desk.show(VIEWS["verify-left"])
    desk.window.settle()
    qapp.processEvents()
    oval = oval_of(desk)
    painted: list[QRegion] = []
    watch = oval.paintEvent

    def note(event: object) -> None:
        painted.append(event.region())  # type: ignore[attr-defined]
        watch(event)  # type: ignore[arg-type]

    oval.paintEvent = note  # type: ignore[method-assign]
    oval.show_picture(plain_picture())
    qapp.processEvents()
    assert painted
    inner = oval._inner().toAlignedRect().adjusted(-1, -1, 1, 1)
    assert all(inner.contains(region.boundingRect()) for region in painted)


def test_painting_a_picture_is_cheap(desk: Desk, qapp: QApplication) -> None:
    desk.show(VIEWS["verify-left"])
    desk.window.settle()
    oval = oval_of(desk)
    picture = plain_picture()
    spent = []
    for _ in range(20):
        oval.show_picture(picture)
        begun = time.perf_counter()
        qapp.processEvents()
        spent.append((time.perf_counter() - begun) * 1000)
    assert sorted(spent)[len(spent) // 2] < PAINT_LIMIT_MS


def test_the_ring_fills_towards_what_was_done(desks: MakeDesk, qtbot: QtBot) -> None:
    desk = desks(reduced_motion=False)
    desk.show(verifying(Challenge.LOOK_UP, 0.0))
    oval = oval_of(desk)
    desk.show(verifying(Challenge.LOOK_UP, 0.5))
    assert oval.is_moving()
    assert oval._shown < 0.5
    qtbot.waitUntil(lambda: oval._shown > 0.49, timeout=3000)
    assert oval._shown <= 0.5


def test_the_ring_starts_anew_with_the_next_visit(desks: MakeDesk) -> None:
    desk = desks(reduced_motion=False)
    desk.show(verifying(Challenge.LOOK_UP, 0.9))
    desk.window.settle()
    desk.show(verifying(None, 0.0))
    assert oval_of(desk)._shown == 0.0


def test_nothing_moves_where_motion_is_not_wanted(desk: Desk) -> None:
    desk.show(verifying(Challenge.TURN_LEFT, 0.4))
    oval = oval_of(desk)
    assert not oval.is_moving()
    assert oval._shown == 0.4
    desk.show(VIEWS["granted"])
    assert not any(mark.is_moving() for mark in desk.window.findChildren(Mark))


def test_a_hidden_screen_costs_nothing(desks: MakeDesk, qtbot: QtBot) -> None:
    desk = desks(reduced_motion=False)
    desk.show(verifying(Challenge.TURN_LEFT, 0.4))
    assert oval_of(desk).is_moving()
    desk.show(VIEWS["busy-checking"])
    assert not oval_of(desk).is_moving()
    asked = desk.pictures.asked
    qtbot.wait(3 * LOOK_MS)
    assert desk.pictures.asked == asked


def test_the_tick_draws_itself_and_stops(desks: MakeDesk, qtbot: QtBot) -> None:
    desk = desks(reduced_motion=False)
    desk.show(VIEWS["granted"])
    moving = [mark for mark in desk.window.findChildren(Mark) if mark.is_moving()]
    assert len(moving) == 1
    qtbot.waitUntil(lambda: not moving[0].is_moving(), timeout=2000)


def test_left_is_the_mirrors_left_in_every_language(desk: Desk) -> None:
    """The arrow shows where the head should go, not where a line begins."""
    desk.show(verifying(Challenge.TURN_LEFT, 0.0))
    oval = oval_of(desk)
    left_to_right = oval._sign().center().x()
    desk.window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert oval._sign().center().x() == left_to_right
    assert left_to_right < oval.width() / 2


def test_reading_from_the_right_mirrors_the_screen(desk: Desk) -> None:
    desk.show(VIEWS["verify-left"])
    other, cancel = desk.button("Use badge or PIN"), desk.button("Cancel")
    assert left_of(desk, other) < left_of(desk, cancel)
    desk.window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    desk.window.resize(desk.window.width() + 2, desk.window.height())
    assert left_of(desk, other) > left_of(desk, cancel)


def left_of(desk: Desk, widget: object) -> int:
    return int(widget.mapTo(desk.window, QPoint(0, 0)).x())  # type: ignore[attr-defined]


def test_between_two_movements_it_says_once_to_look_ahead(desk: Desk) -> None:
    desk.show(VIEWS["verify-rest"])
    said = [label.text() for label in desk.window.findChildren(QLabel) if label.isVisible()]
    assert "Look straight ahead" in said
    assert "Step 2 of 2" in said
    assert text.hint(Reason.LOOK_STRAIGHT) not in said
    desk.show(VIEWS["verify-framing"])
    said = [label.text() for label in desk.window.findChildren(QLabel) if label.isVisible()]
    assert "Look at the screen" in said
    assert "2 short prompts follow" in said
