"""Results of self-tests, signed: one that was altered, or made elsewhere, is as if never stored.

The signature is made with a key of its own, derived from this gallery's, so that a row copied
from another kiosk or written by somebody who holds only the file's key does not count.
"""

from __future__ import annotations

import hashlib
import hmac
import math

from app.domain.assurance import Tested, canonical, parse
from app.errors import GalleryRefused
from app.gallery.sql import Connection
from app.ports import Keys

#: Keeps this key apart from every other use of the badge key (RFC 5869, "info").
PURPOSE = b"foyer self-test results, version 1"


def signature(keys: Keys, text: str) -> bytes:
    """HMAC-SHA256 over the canonical text, 32 bytes."""
    key = hmac.digest(keys.badge, PURPOSE, hashlib.sha256)
    return hmac.digest(key, text.encode(), hashlib.sha256)


def everyone(connection: Connection, keys: Keys) -> tuple[Tested, ...]:
    """Those whose signatures hold, by camera. What cannot be read is left out."""
    rows = connection.execute("SELECT camera, result, signature FROM trials ORDER BY camera")
    read = (_read(keys, *row) for row in rows)
    return tuple(tested for tested in read if tested is not None)


def unsigned(connection: Connection, keys: Keys) -> list[str]:
    """What an operator is told of rows that are left out."""
    rows = connection.execute("SELECT camera, result, signature FROM trials ORDER BY camera")
    return [
        f"the self-test of the camera {row[0][:12]} was not made here or was altered; test it again"
        for row in rows
        if _read(keys, *row) is None
    ]


def _read(keys: Keys, camera: str, text: str, signed: bytes) -> Tested | None:
    if not hmac.compare_digest(signature(keys, text), signed):
        return None
    try:
        tested = parse(text)
    except (ValueError, KeyError, TypeError):
        return None
    return tested if tested.conditions.camera == camera else None


def put(connection: Connection, keys: Keys, tested: Tested) -> None:
    """Raises GalleryRefused for a result of no camera or no time."""
    if not tested.conditions.camera or not math.isfinite(tested.utc_s):
        raise GalleryRefused("A self-test is of a camera and has a time. Open the camera first.")
    text = canonical(tested)
    connection.execute(
        "INSERT OR REPLACE INTO trials VALUES (?, ?, ?)",
        (tested.conditions.camera, text, signature(keys, text)),
    )
