"""The door and the readers: late is never, and one that misbehaves keeps nobody from stopping."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import replace

from app.domain.effects import Release
from app.domain.events import Condition, Moment, Part
from app.domain.journal import Entry, EntryKind
from app.runtime.hands import DoorHand, ReaderHand
from app.runtime.supervisor import Supervised
from tests.conftest import Logged
from tests.fakes.clock import HandClock

LIMIT_S = 5.0
ENTRY = Entry(EntryKind.VISIT, 0.0, granted=True)


class HungDoor:
    name = "hung"

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.opening = threading.Event()
        self.answer = threading.Event()

    def release(self, entry: Entry) -> None:
        self.opened.append(entry.visit)
        self.opening.set()
        self.answer.wait(LIMIT_S)


def test_a_release_that_waited_for_a_hung_door_is_dropped(logged: Logged) -> None:
    """Whoever it was for has long gone: the door would open for whoever stands there now."""
    clock, door = HandClock(), HungDoor()
    told: queue.SimpleQueue[tuple[Condition, str]] = queue.SimpleQueue()
    hand = DoorHand(
        door,
        lambda part, condition, code: told.put((condition, code)),
        lambda: Moment(clock.monotonic_s(), clock.utc_s()),
    )
    hand.start()
    hand.ask(Release(replace(ENTRY, visit="first")))
    assert door.opening.wait(LIMIT_S)
    hand.ask(Release(replace(ENTRY, visit="second")))
    clock.advance(20.0)
    hand.ask(Release(replace(ENTRY, visit="third")))
    door.answer.set()
    hand.stop()
    assert door.opened == ["first", "third"]
    said = [told.get_nowait() for _ in range(told.qsize())]
    ready = (Condition.READY, "")
    assert said == [ready, (Condition.LOST, "door-busy"), ready]
    logged.expect("app.runtime.hands", "visit second")


class ShortReader:
    """Its `run` returns at once, as at the end of a file."""

    name = "short"

    def __init__(self) -> None:
        self.runs = 0
        self.ran = threading.Event()

    def run(self, on_badge: Callable[[str], None]) -> None:
        self.runs += 1
        self.ran.set()

    def close(self) -> None:
        raise OSError("already gone")


def test_a_reader_that_ends_by_itself_is_lost_and_tried_again_in_peace(logged: Logged) -> None:
    reader = ShortReader()
    lost = threading.Event()

    def tell(part: Part, condition: Condition, code: str) -> None:
        if condition is Condition.LOST:
            lost.set()

    hand = ReaderHand(reader, lambda badge: None)
    supervised = Supervised(Part.READER, hand.work, tell, again_s=60.0)
    supervised.start()
    assert lost.wait(LIMIT_S)
    supervised.stop()
    assert reader.runs == 1
    logged.expect("app.runtime.supervisor", "ended by itself")


def test_a_closed_reader_waits_to_be_stopped_and_one_that_cannot_close_keeps_nobody(
    logged: Logged,
) -> None:
    reader = ShortReader()
    hand = ReaderHand(reader, lambda badge: None)
    hand.close()
    supervised = Supervised(Part.READER, hand.work, lambda *_: None, again_s=60.0)
    supervised.start()
    assert reader.ran.wait(LIMIT_S)
    supervised.stop()
    assert reader.runs == 1
    logged.expect("app.runtime.hands", "did not close cleanly")
