"""What a path can lead to that is no photograph, and names that are traps themselves."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.fakes.hostile import Outcome, Specimen, raw, scene
from tests.fakes.hostile_kinds import saved


def every() -> Iterator[Specimen]:
    good = saved(scene(), "JPEG", quality=95)
    yield raw("zero-bytes.jpg", b"", Outcome.REFUSED)
    yield raw("one-byte.jpg", b"\xff", Outcome.REFUSED)
    yield Specimen("folder.jpg", Path.mkdir, Outcome.REFUSED)
    yield Specimen("is-not-there.jpg", lambda _: None, Outcome.REFUSED)
    yield Specimen("sparse-3gb.jpg", lambda path: _sparse(path, b"", 3 << 30), Outcome.REFUSED)
    yield Specimen("sparse-tail.jpg", lambda path: _sparse(path, good, 1 << 30), Outcome.REFUSED)
    yield Specimen(
        "sparse-30mb.png", lambda path: _sparse(path, b"\x89PNG", 30 << 20), Outcome.REFUSED
    )
    names = ["line\nbreak.jpg", "\x1b[2J\x1b[31mred.jpg", "-starts-with-a-dash.jpg", "no extension",
             "ünï€ødé.jpg", "right-to-left-\u202egpj.exe", "\udcff\udcfe.jpg", "x" * 250 + ".jpg",
             " .jpg", "$(reboot).jpg", "%s%n.jpg", "null.jpg.exe", "photo.svg"]  # fmt: skip
    if sys.platform != "win32":
        yield from (raw(name, good, Outcome.READS, scene=True) for name in names)
        yield from _special(good)


def _special(good: bytes) -> Iterator[Specimen]:
    yield Specimen("pipe.jpg", os.mkfifo, Outcome.REFUSED)
    yield Specimen("socket.jpg", _socket, Outcome.REFUSED)
    for device in ("zero", "null", "full", "random", "tty", "stdin"):
        yield _link(f"device-{device}.jpg", f"/dev/{device}", Outcome.REFUSED)
    for place in ("/proc/self/mem", "/proc/kmsg", "/proc/self/environ", "/etc/passwd", "/"):
        yield _link(f"link{place.replace('/', '-')}.jpg", place, Outcome.REFUSED)
    yield _link("link-to-itself.jpg", "link-to-itself.jpg", Outcome.REFUSED)
    yield _link("link-to-nothing.jpg", "never-there", Outcome.REFUSED)
    yield Specimen("link-to-photo.jpg", lambda path: _to_photo(path, good), Outcome.READS, True)
    yield Specimen("hard-link.jpg", lambda path: _hard(path, good), Outcome.READS, True)


def _link(name: str, target: str, outcome: Outcome) -> Specimen:
    return Specimen(name, lambda path: path.symlink_to(target), outcome)


def _to_photo(path: Path, good: bytes) -> None:
    beside = path.with_name("linked-photo.bin")
    beside.write_bytes(good)
    path.symlink_to(beside)


def _hard(path: Path, good: bytes) -> None:
    beside = path.with_name("hard-linked-photo.bin")
    beside.write_bytes(good)
    path.hardlink_to(beside)


def _socket(path: Path) -> None:
    before = Path.cwd()
    os.chdir(path.parent)  # the path of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
    finally:
        os.chdir(before)


def _sparse(path: Path, head: bytes, size: int) -> None:
    with path.open("wb") as stream:
        stream.write(head)
        stream.truncate(size)
