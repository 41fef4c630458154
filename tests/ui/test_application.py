"""The window's whole life: started, shown, told to go, and gone."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from tests.fakes.screen import VIEWS, OneSlot, ToldKernel
from ui.application import Bridge, UiOptions, run

OPTIONS = UiOptions("Northgate House", size_px=(540, 960), reduced_motion=True)


def windows() -> list[str]:
    return [each.windowTitle() for each in QApplication.topLevelWidgets() if each.isVisible()]


def test_it_shows_what_comes_and_leaves_when_told(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "screen.png"
    saved: list[bool] = []

    def visit(bridge: Bridge) -> None:
        bridge.deliver(VIEWS["claim"])
        saved.append(bridge.capture().save(path))
        bridge.quit()

    threads: list[threading.Thread] = []

    def attach(bridge: Bridge) -> None:
        assert windows() == ["Northgate House"]
        threads.append(threading.Thread(target=visit, args=(bridge,)))
        threads[0].start()

    code = run(ToldKernel(), OneSlot(), OPTIONS, attach)
    threads[0].join()
    assert code == 0
    assert saved == [True]
    assert QImage(str(path)).width() == 540
    assert windows() == []


def test_a_kiosk_fills_the_screen_and_leaves_when_told(qapp: QApplication) -> None:
    options = UiOptions("Northgate House", kiosk=True, reduced_motion=True)

    def attach(bridge: Bridge) -> None:
        (window,) = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
        assert window.isFullScreen()
        assert not window.close()
        bridge.deliver(VIEWS["attract"])
        bridge.quit()

    assert run(ToldKernel(), OneSlot(), options, attach) == 0
    assert windows() == []


@pytest.mark.skipif(os.name != "posix", reason="signals as on Unix")
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_service_manager_can_stop_it(qapp: QApplication, stop: signal.Signals) -> None:
    before = signal.getsignal(stop)

    def attach(_bridge: Bridge) -> None:
        QTimer.singleShot(0, lambda: os.kill(os.getpid(), stop))

    assert run(ToldKernel(), OneSlot(), OPTIONS, attach) == 0
    assert signal.getsignal(stop) is before


def test_what_fails_while_starting_leaves_nothing_behind(qapp: QApplication) -> None:
    def attach(_bridge: Bridge) -> None:
        raise RuntimeError("no house")

    with pytest.raises(RuntimeError, match="no house"):
        run(ToldKernel(), OneSlot(), OPTIONS, attach)
    assert windows() == []
