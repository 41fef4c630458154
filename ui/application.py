"""The window's whole life, in one call. Started by module name: `app` never imports `ui`.

    from ui.application import run, UiOptions

    def attach(bridge):                       # once, on the GUI thread, when the window stands
        house.listen(bridge.deliver)          # Views come down
        house.when_quit(bridge.quit)          # the administrator's exit
        house.start()

    code = run(house.kernel, house.pictures, UiOptions("Northgate House"), attach)
    house.stop()

`bridge.capture().save(path)` saves the present screen from any other thread.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
from collections.abc import Callable
from typing import Protocol

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.domain.events import BadgeRead, Button, Event, Moment
from ui.bridge import Bridge
from ui.keys import Keys
from ui.options import UiOptions
from ui.screens.verify import Pictures
from ui.signals import StopSignals
from ui.theme import ThemeName
from ui.window import Window

__all__ = ["Bridge", "ThemeName", "UiOptions", "run"]

NONCE_BYTES = 16


class Kernel(Protocol):
    """What the screen needs of `app.runtime.kernel.Kernel`: three calls that return at once."""

    def press(self, button: Button, text: str = "") -> None: ...

    def post(self, event: Event) -> None: ...

    def now(self) -> Moment: ...


def run(
    kernel: Kernel,
    pictures: Pictures,
    options: UiOptions,
    attach: Callable[[Bridge], None],
) -> int:
    """Show the kiosk until it is closed; returns the process's exit code, 0 when all was well.

    Main thread only. Makes the QApplication, or uses the one there is. `attach` is called once,
    before anything is shown of the kernel, and may start it.
    """
    _speak_utf8()
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
    application.setApplicationName("Foyer")

    def read_badge(badge: str) -> None:
        kernel.post(BadgeRead(kernel.now(), badge, secrets.token_bytes(NONCE_BYTES)))

    window = Window(options, kernel.press, pictures)
    bridge = Bridge(window.show_view, window.leave, lambda: picture_of(window))
    keys = Keys(window.pressed, read_badge, kiosk=options.kiosk, policy=options.wedge)
    window.winId()  # makes the QWindow that keys are handed to
    window.windowHandle().installEventFilter(keys)
    application.focusChanged.connect(window.on_focus)
    stops = StopSignals(window.leave) if _on_main_thread() else None
    try:
        if options.kiosk:
            window.showFullScreen()
        else:
            window.show()
        attach(bridge)
        return application.exec()
    finally:
        if stops is not None:
            stops.restore()
        application.focusChanged.disconnect(window.on_focus)
        keys.stop()
        window.leave()
        window.deleteLater()


def _speak_utf8() -> None:
    """Where nobody chose a locale Qt takes UTF-8 by itself, but complains about it at length."""
    if sys.platform == "linux" and not {"LC_ALL", "LC_CTYPE", "LANG"} & set(os.environ):
        os.environ["LC_CTYPE"] = "C.UTF-8"


def picture_of(window: Window) -> QImage:
    """The window as it is, with every motion at its end. GUI thread only."""
    window.settle()
    return window.grab().toImage()


def _on_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
