"""Ctrl+C and a service manager's stop reach Python while Qt waits in its own loop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier

STOPS = (signal.SIGINT, signal.SIGTERM)

Handler = Callable[[int, FrameType | None], object] | int | signal.Handlers | None


class StopSignals(QObject):
    """Calls `leave` on the GUI thread when the process is asked to stop; main thread only.

    A signal handler of Python's runs only between two Python steps, and Qt's loop takes none.
    So the interpreter writes a byte to a socket whenever a signal comes, and Qt watches it.
    """

    def __init__(self, leave: Callable[[], None]) -> None:
        super().__init__()
        self._leave = leave
        self._reading, self._writing = socket.socketpair()
        self._reading.setblocking(False)
        self._writing.setblocking(False)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        self._fd_before = signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        self._before: dict[signal.Signals, Handler] = {
            stop: signal.signal(stop, self._on_stop) for stop in STOPS
        }

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._leave()

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            self._reading.recv(64)

    def restore(self) -> None:
        """As it was before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._fd_before)
        for stop, handler in self._before.items():
            signal.signal(stop, handler)
        self._reading.close()
        self._writing.close()
