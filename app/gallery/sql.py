"""The encrypted connection: how it is set up, how its errors are told, how a write is wrapped.

SQLCipher 4 with a raw 256-bit key; nothing here knows what the tables mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from app.errors import (
    GalleryCorrupt,
    GalleryError,
    GalleryLocked,
    GalleryRefused,
    GalleryUnwritable,
)

#: What `dbapi2.connect` returns; sqlcipher3 ships no types.
Connection = Any

#: Bytes. 8 KiB holds three 512-value templates a page where 4 KiB holds one (40 MB instead of
#: 80 MB for 20,000), and appends to the journal as fast.
PAGE_SIZE = 8192

#: First release with the WAL-reset fix; older ones can lose committed pages.
OLDEST_SQLITE = (3, 51, 3)

#: How long one process waits for another's write before it gives up and denies.
BUSY_MS = 2000


class Code(IntEnum):
    """SQLite's result codes that mean something to us, https://www.sqlite.org/rescode.html."""

    PERM = 3
    BUSY = 5
    LOCKED = 6
    READONLY = 8
    IOERR = 10
    CORRUPT = 11
    FULL = 13
    CONSTRAINT = 19
    NOTADB = 26


class DiskFull(GalleryUnwritable):
    """The disk has no room, or says so badly: the fault the reserve file may help with.

    SQLite answers a full disk with an I/O error where it is the shared memory that cannot grow.
    """


def told(error: dbapi2.Error) -> GalleryError:
    """The error of our own tree that stands for a database error."""
    code: int = getattr(error, "sqlite_errorcode", 0) or 0
    match code & 0xFF:
        case Code.FULL:
            return DiskFull("The disk is full. Free some space; nobody is let in unrecorded.")
        case Code.IOERR:
            return DiskFull(
                "The disk is full or failing. Free some space, and check it if there is plenty; "
                "nobody is let in unrecorded."
            )
        case Code.BUSY | Code.LOCKED:
            return GalleryUnwritable(
                "Another program is writing to the gallery. Wait for it to finish, then try again."
            )
        case Code.READONLY | Code.PERM:
            return GalleryUnwritable(
                "The gallery cannot be written. Make the file and its folder writable for the "
                "kiosk's user."
            )
        case Code.CORRUPT | Code.NOTADB:
            return GalleryCorrupt(
                "The gallery is damaged or was altered. Put the newest undamaged copy back."
            )
        case Code.CONSTRAINT:
            return GalleryRefused(f"The change breaks a rule of the gallery ({error}). Correct it.")
        case _:
            return GalleryUnwritable(
                f"The gallery could not be read or written ({error}). Check the disk and the "
                "folder's permissions."
            )


@contextmanager
def errors_told() -> Iterator[None]:
    """Turns database errors into ours."""
    try:
        yield
    except dbapi2.Error as error:
        raise told(error) from error


def connect(path: Path, key: bytes, salt: bytes, mode: str) -> Connection:
    """A keyed connection; `mode` is SQLite's "ro", "rw" or "rwc". Raises dbapi2.Error.

    Nothing was read yet: a wrong key shows at the first statement that touches the file.
    """
    connection = dbapi2.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=BUSY_MS / 1000,
    )
    try:
        require_cipher(connection)
        for pragma in (
            "cipher_log_level = none",
            "cipher_memory_security = ON",
            f"key = \"x'{key.hex()}{salt.hex()}'\"",
            f"cipher_page_size = {PAGE_SIZE}",
            "temp_store = MEMORY",
            "trusted_schema = OFF",
            "foreign_keys = ON",
            "secure_delete = ON",
            "cell_size_check = ON",
            "synchronous = FULL",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def require_cipher(connection: Connection) -> None:
    """Raises GalleryLocked unless this really is SQLCipher on a sound SQLite."""
    if not pragma(connection, "cipher_version"):
        raise GalleryLocked(
            "The database library cannot encrypt. Install sqlcipher3 0.6.4 or later."
        )
    if dbapi2.sqlite_version_info < OLDEST_SQLITE:
        raise GalleryLocked(
            f"SQLite {dbapi2.sqlite_version} is too old. Install sqlcipher3 0.6.4 or later."
        )


def pragma(connection: Connection, name: str) -> Any:  # noqa: ANN401 - a pragma has any type
    """The first value a pragma answers, or None."""
    row = connection.execute(f"PRAGMA {name}").fetchone()
    return row[0] if row else None


@contextmanager
def transaction(connection: Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """All or nothing; durable when it ends without an error. Raises dbapi2.Error."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has already rolled back by itself after a full disk or an I/O error.
        with suppress(dbapi2.Error):
            connection.execute("ROLLBACK")
        raise


def truncate_log(connection: Connection, wait_ms: int) -> bool:
    """Empties the write-ahead log; True where another process keeps it from it."""
    with errors_told():
        connection.execute(f"PRAGMA busy_timeout = {wait_ms}")
        try:
            busy = pragma(connection, "wal_checkpoint(TRUNCATE)")
        finally:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return bool(busy)


def encodable(text: str) -> str:
    """The text with half characters, which UTF-8 cannot hold, spelt out; hostile input has some."""
    return text.encode("utf-8", "backslashreplace").decode()
