"""What tests of single rooms share: a moment, a frame, a part at work on its thread."""

from __future__ import annotations

import queue
from contextlib import contextmanager
from typing import Any

import numpy as np

from app.domain.events import (
    Condition,
    Moment,
    Part,
)
from app.ports import Frame
from app.runtime.supervisor import Supervised

LIMIT_S = 5.0


def now() -> Moment:
    return Moment(1000.0, 0.0)


def frame_of(number: int) -> Frame:
    return Frame(number, float(number), np.zeros((4, 4, 3), dtype=np.uint8))


@contextmanager
def at_work(part: Part, work: Any) -> Any:
    """The room on a thread of its own, ready; yields what it told."""
    told: queue.SimpleQueue[tuple[Condition, str]] = queue.SimpleQueue()
    room = Supervised(part, work, lambda _, *said: told.put(said), again_s=0.001)
    room.start()
    try:
        assert told.get(timeout=LIMIT_S) == (Condition.READY, "")
        yield told
    finally:
        room.stop()
