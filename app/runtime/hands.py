"""Threads for what acts on the outside: the door, and badge readers."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from app.domain.effects import Release
from app.domain.events import Condition, Moment, Part
from app.errors import DoorError, ReaderError
from app.ports import BadgeReader, Door
from app.runtime.supervisor import Tell

log = logging.getLogger(__name__)

JOIN_S = 10.0
#: Seconds a release may wait for the one before it. By then whoever it was for has gone, as the
#: screen has (granted_s is 6), and the door would open for nobody or for somebody else.
LATE_S = 5.0


class DoorHand:
    """Releases the door, one at a time. A door that fails is told and logged, never retried, and
    a release that had to wait is dropped: by then somebody else may stand in front of it."""

    def __init__(self, door: Door, tell: Tell, now: Callable[[], Moment]) -> None:
        self._door = door
        self._tell = tell
        self._now = now
        self._asked: queue.SimpleQueue[tuple[Release, float] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="door", daemon=False)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._asked.put(None)
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)
        if self._thread.is_alive():
            log.error("the door did not answer within %.0f s of being told to stop", JOIN_S)

    def ask(self, release: Release) -> None:
        self._asked.put((release, self._now().s))

    def _run(self) -> None:
        while (asked := self._asked.get()) is not None:
            release, asked_s = asked
            if self._now().s - asked_s > LATE_S:
                log.error("visit %s: the door was busy, it is not opened now", release.entry.visit)
                self._tell(Part.DOOR, Condition.LOST, "door-busy")
            else:
                self._release(release)

    def _release(self, release: Release) -> None:
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
        self._closed = threading.Event()

    def work(self, stopping: threading.Event, ready: Callable[[], None]) -> None:
        """`run` ends when the device is closed, which is how it is stopped. Raises ReaderError."""
        ready()
        self._reader.run(self._on_badge)
        if not self._closed.is_set():
            raise ReaderError("The badge reader ended by itself. Plug it in again.")
        stopping.wait()

    def close(self) -> None:
        """Never raises: everything else still has to be stopped."""
        self._closed.set()
        try:
            self._reader.close()
        except Exception:
            log.exception("a badge reader did not close cleanly")
