"""Tapes of face sessions: stored beside their journal row, and gone when their days are over.

Every function runs inside the caller's transaction. A tape says how a person's face moved, so it
goes with the person and is overwritten like a template.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from app.domain.journal import Entry
from app.gallery import journal
from app.gallery.sql import Connection

DAY_S = 86400.0


def append(connection: Connection, entry: Entry, tape: bytes, keep_days: int) -> int:
    """The journal row with its tape, named in it by its digest, and the row's sequence.

    Where none is kept none is named. Nothing is kept of somebody erased in the meantime.
    """
    if not tape or keep_days <= 0:
        return journal.append(connection, entry)
    digest = hashlib.sha256(tape).hexdigest()
    sequence = journal.append(connection, replace(entry, evidence=digest))
    connection.execute(
        "INSERT INTO evidence SELECT ?1, nullif(?2, ''), ?3, ?4 "
        "WHERE ?2 = '' OR EXISTS (SELECT 1 FROM people WHERE id = ?2)",
        (sequence, entry.person, entry.utc_s, tape),
    )
    return sequence


def of(connection: Connection, sequence: int) -> bytes:
    """The tape stored with this journal row, or empty."""
    row = connection.execute("SELECT tape FROM evidence WHERE sequence = ?", (sequence,)).fetchone()
    return bytes(row[0]) if row else b""


def is_overdue(connection: Connection, utc_s: float, keep_days: int) -> bool:
    row = connection.execute(
        f"SELECT EXISTS (SELECT 1 FROM evidence WHERE {_OVER})",  # noqa: S608 - our own text
        _bounds(utc_s, keep_days),
    ).fetchone()
    return bool(row[0])


def purge(connection: Connection, utc_s: float, keep_days: int) -> bool:
    """Deletes what is too old; whether there was anything."""
    gone = connection.execute(
        f"DELETE FROM evidence WHERE {_OVER}",  # noqa: S608 - our own text
        _bounds(utc_s, keep_days),
    )
    return bool(gone.rowcount)


#: Also what lies as far ahead, from when the clock was wrong: setting it back keeps nothing long.
_OVER = "stored_s <= ? OR stored_s > ?"


def _bounds(utc_s: float, keep_days: int) -> tuple[float, float]:
    return utc_s - keep_days * DAY_S, utc_s + keep_days * DAY_S
