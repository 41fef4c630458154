"""A slot for one value, where the latest wins.

Pictures go through here and never through a queue: a slow reader skips, it does not fall behind
(FIELD: a queued design grew by 215 MB and showed video that was three seconds old).
"""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Any thread may put, one thread takes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._nudged = False

    def put(self, value: T) -> None:
        with self._changed:
            self._value = value
            self._changed.notify()

    def take(self, timeout_s: float = 0.0) -> T | None:
        """The value, which leaves the slot; None after `timeout_s` seconds or a `nudge`."""
        with self._changed:
            if self._value is None and not self._nudged and timeout_s > 0.0:
                self._changed.wait(timeout_s)
            value, self._value, self._nudged = self._value, None, False
            return value

    def nudge(self) -> None:
        """Let a waiting `take` return at once: there is something else to do."""
        with self._changed:
            self._nudged = True
            self._changed.notify()

    def clear(self) -> None:
        with self._changed:
            self._value = None
