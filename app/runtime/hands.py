"""Threads for what acts on the outside: the door, and badge readers."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from app.domain.effects import Release
from app.domain.events import Condition, Part
from app.errors import DoorError
from app.ports import BadgeReader, Door
from app.runtime.supervisor import Tell

log = logging.getLogger(__name__)

JOIN_S = 10.0


class DoorHand:
    """Releases the door, one at a time. A door that fails is told and logged, never retried: by
    then somebody else may stand in front of it."""

    def __init__(self, door: Door, tell: Tell) -> None:
        self._door = door
        self._tell = tell
        self._asked: queue.SimpleQueue[Release | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="door", daemon=False)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._asked.put(None)
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)

    def ask(self, release: Release) -> None:
        self._asked.put(release)

    def _run(self) -> None:
        while (release := self._asked.get()) is not None:
            try:
                self._door.release(release.entry)
            except DoorError as fault:
                log.error("%s", fault)  # noqa: TRY400 - the message says it all
                self._tell(Part.DOOR, Condition.LOST, fault.code)
            except Exception as defect:
                log.exception("the door failed in a way nobody foresaw")
                self._tell(Part.DOOR, Condition.LOST, f"defect-{type(defect).__name__}")
            else:
                self._tell(Part.DOOR, Condition.READY, "")


class ReaderHand:
    """Serves one badge reader for the supervisor; `on_badge` is called on its thread."""

    def __init__(self, reader: BadgeReader, on_badge: Callable[[str], None]) -> None:
        self._reader = reader
        self._on_badge = on_badge

    def work(self, stopping: threading.Event, ready: Callable[[], None]) -> None:
        """`run` ends when the device is closed, which is how it is stopped."""
        ready()
        self._reader.run(self._on_badge)
        stopping.wait(0.0)

    def close(self) -> None:
        self._reader.close()
