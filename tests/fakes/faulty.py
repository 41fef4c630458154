"""Any part, breaking on purpose."""

from __future__ import annotations

from typing import Any


class Faulty:
    """Wraps `part`: the named method raises `fault`, always or only at its `at`-th call."""

    def __init__(
        self, part: object, method: str, fault: BaseException, at: int | None = None
    ) -> None:
        self._part = part
        self._method = method
        self._fault = fault
        self._at = at
        self.calls = 0
        self.raised = 0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._part, name)
        if name != self._method:
            return value

        def breaking(*args: object, **named: object) -> Any:
            self.calls += 1
            if self._at is None or self.calls == self._at:
                self.raised += 1
                raise self._fault
            return value(*args, **named)

        return breaking
