"""Keeps one part at work on a thread of its own, and knows what its faults mean.

A part is a function `work(stopping, ready)` that opens what it needs, calls `ready()`, serves
until `stopping` is set, and closes again on every way out. When it raises, the fault's
consequence decides:

    RETRY, DENY       temporary: the part is LOST, tried again after `again_s`
    DEGRADE, STOP     permanent: the part has FAILED and is not tried again
    anything else     a defect: tried again, and taken for permanent at the third in a row
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from app.domain.events import Condition, Part
from app.errors import Consequence, FoyerError

log = logging.getLogger(__name__)

#: A camera that comes back must be open again within 5 s.
AGAIN_S = 2.0
DEFECTS_IN_A_ROW = 3
JOIN_S = 10.0

Work = Callable[[threading.Event, Callable[[], None]], None]
Tell = Callable[[Part, Condition, str], None]


class Service(Protocol):
    """Something that runs until it is told to stop. `stop` returns when its thread has ended."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Supervised:
    """One part and its thread. `tell` is told of every change of condition, on that thread."""

    def __init__(self, part: Part, work: Work, tell: Tell, again_s: float = AGAIN_S) -> None:
        self._part = part
        self._work = work
        self._tell = tell
        self._again_s = again_s
        self._stopping = threading.Event()
        self._defects = 0
        self._told: tuple[Condition, str] | None = None
        self._thread = threading.Thread(target=self._run, name=part.value, daemon=False)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.ident is None:
            return
        self._thread.join(JOIN_S)
        if self._thread.is_alive():
            log.error("the %s did not stop within %.0f s", self._part, JOIN_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._work(self._stopping, self._ready)
            except Exception as fault:  # noqa: BLE001 - every fault becomes a told condition
                if self._take(fault) is Condition.FAILED:
                    return
                self._stopping.wait(self._again_s)

    def _ready(self) -> None:
        self._defects = 0
        self._say(Condition.READY, "")

    def _take(self, fault: Exception) -> Condition:
        """What a fault means for the part, told and logged once."""
        if isinstance(fault, FoyerError):
            temporary = fault.consequence in {Consequence.RETRY, Consequence.DENY}
            code = fault.code
        else:
            self._defects += 1
            temporary = self._defects < DEFECTS_IN_A_ROW
            code = f"defect-{type(fault).__name__}"
        condition = Condition.LOST if temporary else Condition.FAILED
        if self._told != (condition, code):
            until = "" if temporary else " until the kiosk is started again"
            log.warning("the %s is %s%s: %s", self._part, condition, until, fault)
        self._say(condition, code)
        return condition

    def _say(self, condition: Condition, code: str) -> None:
        if self._told != (condition, code):
            self._told = (condition, code)
            self._tell(self._part, condition, code)


class Supervisor:
    """Starts services in order and stops them in the reverse order."""

    def __init__(self, services: list[Service]) -> None:
        self._services = services
        self._started: list[Service] = []

    def start(self) -> None:
        for service in self._services:
            service.start()
            self._started.append(service)

    def stop(self) -> None:
        """Stop everything that was started; a service that raises does not keep the others."""
        while self._started:
            service = self._started.pop()
            try:
                service.stop()
            except Exception:
                log.exception("a service did not stop cleanly")
