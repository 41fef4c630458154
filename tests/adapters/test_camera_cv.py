"""OpenCV as this house imports it: what it leaves behind in the environment, and its limits."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest

from app.cv import cv2

PROBE = """
import json, os
before = dict(os.environ)
import app.cv
after = dict(os.environ)
print(json.dumps({k: after.get(k) for k in before.keys() | after.keys()
                  if before.get(k) != after.get(k)}))
"""


def changed(**given: str) -> dict[str, str | None]:
    """What importing `app.cv` changes in a fresh process with these variables set."""
    names = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("OPENCV_") and name not in names
    }
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        env=inherited | given,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str | None] = json.loads(done.stdout)
    return found


def test_qt_and_programs_we_start_see_nothing_of_it() -> None:
    assert all(name.startswith("OPENCV_") for name in changed())


def test_what_an_operator_set_is_kept() -> None:
    given = {"QT_QPA_FONTDIR": "/fonts", "OPENCV_LOG_LEVEL": "INFO", "LD_LIBRARY_PATH": "/opt/x"}

    assert changed(**given).keys().isdisjoint(given)


def test_a_driver_may_keep_a_read_waiting_for_a_second_only() -> None:
    assert changed()["OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"] == "1"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_huge_picture_is_refused_by_its_header() -> None:
    """This one never has to be unpacked, so a few bytes of its 1.2 GB are enough."""
    header = struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    png = b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")

    with pytest.raises(cv2.error, match="pixels"):
        cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
