"""Between the kernel's thread and the screen: Views come down, nothing waits.

Both sides only touch a slot and a signal. A screen that is slow or late gets the newest View and
skips those in between: each View is whole, so nothing is lost by it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage

from app.presentation import View

CAPTURE_LIMIT_S = 5.0


class Capture:
    """A picture of the screen that was asked for: `save` it from the thread that asked."""

    def __init__(self) -> None:
        self._taken = threading.Event()
        self._image: QImage | None = None

    def take(self, image: QImage) -> None:
        self._image = image
        self._taken.set()

    def wait(self, limit_s: float = CAPTURE_LIMIT_S) -> bool:
        """Whether it was taken within `limit_s` seconds. Not for the GUI thread."""
        return self._taken.wait(limit_s)

    def save(self, path: Path) -> bool:
        """Write it once it was taken; packing a large picture is spared the GUI thread.

        The ending of `path` names the format: ".png".
        """
        return self.wait() and self._image is not None and self._image.save(str(path))


class Bridge(QObject):
    """Made and destroyed on the GUI thread; `deliver`, `quit` and `capture` from any thread."""

    _view_came = Signal()
    _quit_came = Signal()
    _capture_came = Signal(object)

    def __init__(
        self,
        show: Callable[[View], None],
        leave: Callable[[], None],
        grab: Callable[[], QImage],
    ) -> None:
        super().__init__()
        self._show = show
        self._leave = leave
        self._grab = grab
        self._lock = threading.Lock()
        self._waiting: View | None = None
        queued = Qt.ConnectionType.QueuedConnection
        self._view_came.connect(self._on_view, queued)
        self._quit_came.connect(self._on_quit, queued)
        self._capture_came.connect(self._on_capture, queued)

    def deliver(self, view: View) -> None:
        """The newest View; returns at once. One signal is under way at most."""
        with self._lock:
            under_way = self._waiting is not None
            self._waiting = view
        if not under_way:
            self._view_came.emit()

    def quit(self) -> None:
        """An administrator asked to close: the one way a kiosk's window goes away."""
        self._quit_came.emit()

    def capture(self) -> Capture:
        """The screen as it is after every View delivered before; returns at once."""
        wanted = Capture()
        self._capture_came.emit(wanted)
        return wanted

    @Slot()
    def _on_view(self) -> None:
        with self._lock:
            view, self._waiting = self._waiting, None
        if view is not None:
            self._show(view)

    @Slot()
    def _on_quit(self) -> None:
        self._leave()

    @Slot(object)
    def _on_capture(self, wanted: Capture) -> None:
        wanted.take(self._grab())
