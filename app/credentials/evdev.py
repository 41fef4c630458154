"""A badge reader that is a keyboard to the kernel, read as a device of its own (Linux).

Grabbed exclusively, so that a badge works without a window and its text never lands in another
program. Needs no library: `struct input_event` and two ioctls of linux/input.h.
"""

from __future__ import annotations

import logging
import os
import select
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.domain.wedge import Badge, Dropped, Heard, Wedge, WedgePolicy, due_s, feed, flush
from app.errors import ReaderError

if sys.platform == "linux":
    import fcntl

log = logging.getLogger(__name__)

#: struct input_event: seconds and microseconds as C longs, type, code, value.
EVENT = struct.Struct("@llHHi")
EVIOCGRAB = 0x40044590
EV_SYN, EV_KEY = 0, 1
SYN_DROPPED = 3
PRESSED, RELEASED = 1, 0
SHIFTS = frozenset({42, 54})
#: How soon `close` is noticed, seconds.
GLANCE_S = 0.1

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (71, "789-456+1230.", "789-456+1230."),
)
#: Characters by key code, plain and with Shift, on the US layout that readers are delivered with.
PLAIN = {start + n: c for start, row, _ in _ROWS for n, c in enumerate(row)} | {
    15: "\t",
    28: "\r",
    55: "*",
    57: " ",
    96: "\r",
    98: "/",
}
SHIFTED = PLAIN | {start + n: c for start, _, row in _ROWS for n, c in enumerate(row)}


@dataclass(slots=True)
class Keyboard:
    """Turns the kernel's events into what a reader typed.

    `held`: the Shift keys that are down. Times are the events' own.
    """

    policy: WedgePolicy
    wedge: Wedge = field(default_factory=Wedge)
    held: set[int] = field(default_factory=set)

    def take(self, content: bytes) -> Iterator[Heard]:
        """What a whole number of events says."""
        for seconds, micros, kind, code, value in EVENT.iter_unpack(content):
            t_s = seconds + micros / 1e6
            if kind == EV_SYN and code == SYN_DROPPED:
                # The kernel lost keys; a strange one spoils whatever badge they belonged to.
                yield from self._feed("", t_s)
            elif kind == EV_KEY and code in SHIFTS:
                (self.held.discard if value == RELEASED else self.held.add)(code)
            elif kind == EV_KEY and value == PRESSED:
                yield from self._feed((SHIFTED if self.held else PLAIN).get(code, ""), t_s)

    def rest(self) -> Iterator[Heard]:
        """What was kept, after a silence at least as long as the pause."""
        due = due_s(self.wedge, self.policy)
        if due is not None:
            self.wedge, heard = flush(self.wedge, due, self.policy)
            yield from heard

    def _feed(self, character: str, t_s: float) -> Iterator[Heard]:
        self.wedge, heard = feed(self.wedge, character, t_s, self.policy)
        yield from heard


class KeyboardDevice:
    """The device at `path`, best /dev/input/by-id/…-event-kbd. `grab` False shares it."""

    def __init__(self, path: str, policy: WedgePolicy | None = None, *, grab: bool = True) -> None:
        self.name = path
        self._policy = policy or WedgePolicy()
        self._grab = grab
        self._closed = threading.Event()

    def run(self, on_badge: Callable[[str], None]) -> None:
        """Calls `on_badge` on this thread until `close`. Raises ReaderError; may be run again."""
        if self._closed.is_set():
            return
        with self._device() as device:
            self._listen(device, on_badge)

    def close(self) -> None:
        self._closed.set()

    @contextmanager
    def _device(self) -> Iterator[int]:
        if sys.platform != "linux":
            raise ReaderError(
                "Devices of their own are only read on Linux. Set reader.badge to keyboard."
            )
        try:
            device = os.open(self.name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise ReaderError(
                f"The badge reader {self.name} cannot be opened ({error.strerror}). Plug it in, "
                "and let the kiosk's user read it (group input)."
            ) from error
        try:
            if self._grab:
                fcntl.ioctl(device, EVIOCGRAB, 1)
            yield device
        except OSError as error:
            raise ReaderError(
                f"The badge reader {self.name} went away or is used by another program "
                f"({error.strerror}). Plug it in again, or close that program."
            ) from error
        finally:
            os.close(device)

    def _listen(self, device: int, on_badge: Callable[[str], None]) -> None:
        """Raises OSError when the device goes away, ReaderError when it ends."""
        keyboard = Keyboard(self._policy)
        poll = select.poll()
        poll.register(device, select.POLLIN)
        rest = b""
        while not self._closed.is_set():
            waiting = due_s(keyboard.wedge, self._policy) is not None
            patience_s = self._policy.pause_s if waiting else GLANCE_S
            if not poll.poll(patience_s * 1000):
                _tell(keyboard.rest(), on_badge)
                continue
            content = os.read(device, EVENT.size * 64)
            if not content:
                raise ReaderError(f"The badge reader {self.name} went away. Plug it in again.")
            content = rest + content
            whole = len(content) - len(content) % EVENT.size
            rest = content[whole:]
            _tell(keyboard.take(content[:whole]), on_badge)


def _tell(heard: Iterator[Heard], on_badge: Callable[[str], None]) -> None:
    for each in heard:
        match each:
            case Badge(text):
                on_badge(text)
            case Dropped(why):
                log.info("a badge was not read: %s", why)
            case _:
                pass  # a person at the reader's own keys; typing belongs to the screen
