"""How late the GUI thread is: a timer that should come every 10 ms, and when it came."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

PERIOD_MS = 10


class TickMeter(QObject):
    """Make it on the GUI thread; `lateness_ms` grows until `stop`."""

    def __init__(self) -> None:
        super().__init__()
        self.lateness_ms: list[float] = []
        self._last_s = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now_s = time.perf_counter()
        self.lateness_ms.append(max((now_s - self._last_s) * 1000.0 - PERIOD_MS, 0.0))
        self._last_s = now_s
