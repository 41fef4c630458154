"""A badge reader read as a device: the kernel's event structs, through a pipe.

No reader and no /dev/uinput was at hand where this was written; grabbing a real device is the
one thing that is not tried here.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.credentials.evdev import EVENT, PLAIN, SHIFTED, KeyboardDevice
from app.domain.wedge import ALPHABET, WedgePolicy
from app.errors import ReaderError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="evdev is Linux's")

PATIENCE_S = 5.0
START_US = 1_800_000_000_000_000
SHIFT = 42
EV_SYN, EV_KEY, EV_MSC = 0, 1, 4


def event(t_us: int, kind: int, code: int, value: int) -> bytes:
    seconds, micros = divmod(t_us, 1_000_000)
    return EVENT.pack(seconds, micros, kind, code, value)


def key(t_us: int, code: int, *, shift: bool = False) -> bytes:
    """One key as a reader sends it: scan code, down, report, up, report; Shift around it."""
    around = [event(t_us, EV_KEY, SHIFT, 1)] if shift else []
    after = [event(t_us + 700, EV_KEY, SHIFT, 0)] if shift else []
    return b"".join(
        [
            *around,
            event(t_us, EV_MSC, 4, 0x70000 + code),
            event(t_us, EV_KEY, code, 1),
            event(t_us, EV_SYN, 0, 0),
            event(t_us + 500, EV_KEY, code, 0),
            *after,
            event(t_us + 800, EV_SYN, 0, 0),
        ]
    )


def typed(text: str, start_us: int = START_US, gap_us: int = 1500) -> bytes:
    codes = {character: (code, True) for code, character in reversed(SHIFTED.items())}
    codes |= {character: (code, False) for code, character in reversed(PLAIN.items())}
    return b"".join(
        key(start_us + gap_us * place, codes[c][0], shift=codes[c][1])
        for place, c in enumerate(text)
    )


class Reader:
    """A KeyboardDevice running on a pipe, what it read, and how it ended."""

    def __init__(self, device: KeyboardDevice) -> None:
        self.device = device
        self.badges: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.fault: ReaderError | None = None
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self.device.run(self.badges.put)
        except ReaderError as fault:
            self.fault = fault

    def next_badge(self) -> str:
        return self.badges.get(timeout=PATIENCE_S)


@contextmanager
def reading(folder: Path, policy: WedgePolicy | None = None) -> Iterator[tuple[Reader, int]]:
    """A running reader and the end to write its events to."""
    pipe = folder / "event0"
    os.mkfifo(pipe)
    write = os.open(pipe, os.O_RDWR)
    reader = Reader(KeyboardDevice(str(pipe), policy, grab=False))
    reader.thread.start()
    try:
        yield reader, write
    finally:
        reader.device.close()
        reader.thread.join(PATIENCE_S)
        os.close(write)
    assert not reader.thread.is_alive()


def test_a_badge_ended_by_enter_is_read(tmp_path: Path) -> None:
    with reading(tmp_path) as (reader, write):
        os.write(write, typed("04A1B2C3\r"))
        assert reader.next_badge() == "04A1B2C3"
    assert reader.fault is None


def test_a_badge_ended_by_silence_is_read(tmp_path: Path) -> None:
    with reading(tmp_path) as (reader, write):
        os.write(write, typed("0009482715"))
        assert reader.next_badge() == "0009482715"


def test_every_character_a_badge_may_have_can_be_typed(tmp_path: Path) -> None:
    text = "".join(sorted(ALPHABET - {" "}))
    with reading(tmp_path, WedgePolicy(longest=200)) as (reader, write):
        os.write(write, typed(text + "\r"))
        assert reader.next_badge() == text


def test_events_may_come_in_pieces(tmp_path: Path) -> None:
    content = typed("4711-0815\t")
    with reading(tmp_path) as (reader, write):
        for start in range(0, len(content), 7):
            os.write(write, content[start : start + 7])
        assert reader.next_badge() == "4711-0815"


def test_keys_of_a_person_and_repeats_are_no_badge(tmp_path: Path) -> None:
    slow = typed("123456", gap_us=80_000)
    held = b"".join(event(START_US + 10_000_000 + n * 1000, EV_KEY, 5, 2) for n in range(30))
    badge = typed("REAL1\r", START_US + 20_000_000)
    with reading(tmp_path) as (reader, write):
        os.write(write, slow + held + badge)
        assert reader.next_badge() == "REAL1"
        assert reader.badges.empty()


def test_a_badge_with_lost_or_unknown_keys_is_dropped(tmp_path: Path) -> None:
    half = typed("04A1")
    rest = typed("B2C3\r", START_US + 6000)
    lost = event(START_US + 5500, EV_SYN, 3, 0)
    unknown = key(START_US + 10_000_000 + 3000, 183)
    strange = typed("04", START_US + 10_000_000) + unknown
    strange += typed("A1B2\r", START_US + 10_004_500)
    badge = typed("REAL1\r", START_US + 20_000_000)
    with reading(tmp_path) as (reader, write):
        os.write(write, half + lost + rest + strange + badge)
        assert reader.next_badge() == "REAL1"


def test_a_device_that_goes_away_is_told_and_can_be_run_again(tmp_path: Path) -> None:
    pipe = tmp_path / "event0"
    os.mkfifo(pipe)
    device = KeyboardDevice(str(pipe), grab=False)
    for _ in range(2):
        write = os.open(pipe, os.O_RDWR)
        reader = Reader(device)
        reader.thread.start()
        os.write(write, typed("REAL1\r"))
        assert reader.next_badge() == "REAL1"
        os.close(write)
        reader.thread.join(PATIENCE_S)
        assert "Plug it in again" in str(reader.fault)


def test_an_absent_device_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="group input"):
        KeyboardDevice(str(tmp_path / "absent")).run(lambda _: None)


def test_a_device_that_cannot_be_grabbed_is_not_shared(tmp_path: Path) -> None:
    """A pipe cannot be grabbed at all, as a reader in use by another program cannot."""
    pipe = tmp_path / "event0"
    os.mkfifo(pipe)
    with pytest.raises(ReaderError, match="another program"):
        KeyboardDevice(str(pipe)).run(lambda _: None)


def test_closed_before_it_ran_it_does_not_start(tmp_path: Path) -> None:
    device = KeyboardDevice(str(tmp_path / "absent"))
    device.close()
    device.run(lambda _: None)
