"""The latest wins, and nobody waits longer than they asked to."""

from __future__ import annotations

import threading

from app.runtime.mailbox import Mailbox


def test_the_latest_value_wins() -> None:
    box: Mailbox[int] = Mailbox()
    for value in range(5):
        box.put(value)
    assert box.take() == 4
    assert box.take() is None


def test_clear_drops_what_was_put() -> None:
    box: Mailbox[str] = Mailbox()
    box.put("a face")
    box.clear()
    assert box.take() is None


def test_a_nudge_ends_a_wait_without_a_value() -> None:
    box: Mailbox[int] = Mailbox()
    taken: list[int | None] = []
    waiter = threading.Thread(target=lambda: taken.append(box.take(30.0)))
    waiter.start()
    box.nudge()
    waiter.join(5.0)
    assert taken == [None]


def test_a_waiting_reader_gets_what_is_put() -> None:
    box: Mailbox[int] = Mailbox()
    taken: list[int | None] = []
    waiter = threading.Thread(target=lambda: taken.append(box.take(30.0)))
    waiter.start()
    box.put(7)
    waiter.join(5.0)
    assert taken == [7]
