"""A clock that only moves when a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime

START_UTC_S = datetime(2026, 11, 20, 9, 0, tzinfo=UTC).timestamp()


class HandClock:
    """Fulfils `app.ports.Clock`. Reading from any thread is safe; one thread moves it."""

    def __init__(self, monotonic_s: float = 1000.0, utc_s: float = START_UTC_S) -> None:
        self._monotonic_s = monotonic_s
        self._utc_s = utc_s

    def monotonic_s(self) -> float:
        return self._monotonic_s

    def utc_s(self) -> float:
        return self._utc_s

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks; time never passes backwards."""
        if seconds < 0:
            raise ValueError(f"{seconds} s: time does not go back; a changed clock is set_utc")
        self._monotonic_s += seconds
        self._utc_s += seconds

    def set_utc(self, utc_s: float) -> None:
        """Somebody set the wall clock, forward or back; the monotonic clock does not notice."""
        self._utc_s = utc_s
