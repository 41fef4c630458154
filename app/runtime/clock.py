"""The machine's own clocks."""

from __future__ import annotations

import time


class SystemClock:
    """Monotonic time for durations, UTC for contracts and the journal."""

    def monotonic_s(self) -> float:
        return time.monotonic()

    def utc_s(self) -> float:
        return time.time()
