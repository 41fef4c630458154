"""Views cross threads without anybody waiting; the last one wins."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.presentation import View
from tests.fakes.screen import VIEWS
from ui.bridge import Bridge


class Screen:
    """Notes what it is told to show, and on which thread."""

    def __init__(self) -> None:
        self.shown: list[View] = []
        self.threads: set[int] = set()
        self.left = 0

    def show(self, view: View) -> None:
        self.shown.append(view)
        self.threads.add(threading.get_ident())

    def leave(self) -> None:
        self.left += 1

    def grab(self) -> QImage:
        """A picture as wide as the number of Views shown so far."""
        image = QImage(len(self.shown), 1, QImage.Format.Format_RGB32)
        image.fill(0)
        return image


def on_a_thread(work: threading.Thread) -> None:
    work.start()
    work.join()


def test_views_arrive_on_the_thread_of_the_screen(qtbot: QtBot) -> None:
    screen = Screen()
    bridge = Bridge(screen.show, screen.leave, screen.grab)
    on_a_thread(threading.Thread(target=bridge.deliver, args=(VIEWS["claim"],)))
    assert not screen.shown
    qtbot.waitUntil(lambda: bool(screen.shown))
    assert screen.shown == [VIEWS["claim"]]
    assert screen.threads == {threading.get_ident()}


def test_a_late_screen_gets_the_newest_view_once(qtbot: QtBot) -> None:
    screen = Screen()
    bridge = Bridge(screen.show, screen.leave, screen.grab)

    def many() -> None:
        for _ in range(1000):
            bridge.deliver(VIEWS["claim"])
            bridge.deliver(VIEWS["verify-left"])
        bridge.deliver(VIEWS["attract"])

    on_a_thread(threading.Thread(target=many))
    qtbot.waitUntil(lambda: bool(screen.shown))
    qtbot.wait(20)
    assert screen.shown == [VIEWS["attract"]]
    bridge.deliver(VIEWS["claim"])
    qtbot.waitUntil(lambda: len(screen.shown) == 2)


def test_a_capture_comes_after_the_views_before_it(qtbot: QtBot, tmp_path: Path) -> None:
    screen = Screen()
    bridge = Bridge(screen.show, screen.leave, screen.grab)
    path = tmp_path / "shot.png"
    saved: list[bool] = []

    def ask() -> None:
        bridge.deliver(VIEWS["claim"])
        saved.append(bridge.capture().save(path))

    asking = threading.Thread(target=ask)
    asking.start()
    qtbot.waitUntil(lambda: bool(saved))
    asking.join()
    assert saved == [True]
    assert QImage(str(path)).width() == 1


def test_a_capture_does_not_wait_for_ever(qapp: QApplication) -> None:
    screen = Screen()
    bridge = Bridge(screen.show, screen.leave, screen.grab)
    taken: list[bool] = []
    on_a_thread(threading.Thread(target=lambda: taken.append(bridge.capture().wait(0.01))))
    assert taken == [False]


def test_quit_reaches_the_screen(qtbot: QtBot) -> None:
    screen = Screen()
    bridge = Bridge(screen.show, screen.leave, screen.grab)
    on_a_thread(threading.Thread(target=bridge.quit))
    qtbot.waitUntil(lambda: screen.left == 1)
