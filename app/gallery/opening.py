"""Bringing a gallery file into being, and every doubt that must be settled before it is used.

The first 16 bytes of an SQLCipher file are a salt in the clear. With a raw key it only feeds the
page authentication, so ours says what the file is and which key it belongs to: 8 bytes of magic,
8 bytes of the key's fingerprint. A foreign file, a wrong key and a damaged file are thereby told
apart before SQLite ever touches them. A file is created whole under another name or not at all,
and looked over through a read-only connection, so an opening that fails changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import resources
from pathlib import Path

from sqlcipher3 import dbapi2

from app.domain.journal import GENESIS
from app.errors import (
    GalleryCorrupt,
    GalleryLocked,
    GalleryRolledBack,
    GalleryTooNew,
    GalleryUnwritable,
)
from app.gallery import seals
from app.gallery.sql import (
    PAGE_SIZE,
    Connection,
    connect,
    errors_told,
    pragma,
    told,
    transaction,
)
from app.ports import HighWater, Keys, KeyStore

if sys.platform != "win32":
    import fcntl

MAGIC = b"FoyerG1\0"
PLAINTEXT = b"SQLite format 3\0"
PUT_BACK = "Put the newest undamaged copy back."


#: How far a gallery is that nothing has been written to.
FRESH = HighWater(0, GENESIS, 0)


def salt_of(key: bytes) -> bytes:
    """The 16 bytes a gallery under this 32-byte key starts with."""
    return MAGIC + hmac.digest(key, b"foyer gallery fingerprint", hashlib.sha256)[:8]


def companions(path: Path) -> list[Path]:
    """Files SQLite keeps beside the database, whether or not they exist."""
    return [path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal")]


def is_there(path: Path) -> bool:
    """Whether anything has that name. Raises GalleryUnwritable where nobody may look."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise _unwritable(path, error) from error
    return True


def migrations() -> list[str]:
    """The schema scripts in order; number i brings version i to i + 1.

    Read as package data, so that a frozen bundle finds them too.
    """
    folder = resources.files("app.gallery") / "schema"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return [(folder / name).read_text("utf-8") for name in names]


def migrate(connection: Connection) -> None:
    """Brings the schema up to date, one transaction a step. Raises dbapi2.Error."""
    scripts = migrations()
    seals.lend(connection)
    for version in range(int(pragma(connection, "user_version")), len(scripts)):
        try:
            # executescript commits whatever is open first, so the transaction is in the script.
            step = f"{scripts[version]}\nPRAGMA user_version = {version + 1};"
            connection.executescript(f"BEGIN IMMEDIATE;\n{step}\nCOMMIT;")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def only_creator(path: Path) -> Iterator[None]:
    """Holds the gallery's folder, so that of two first starts one makes the keys and the file.

    Raises GalleryUnwritable. Where folders cannot be locked (Windows) nothing is held.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = None if sys.platform == "win32" else os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        if sys.platform != "win32" and folder is not None:
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        if folder is not None:
            os.close(folder)


def create(path: Path, key_store: KeyStore, *, anew: bool) -> tuple[Keys | None, HighWater | None]:
    """Makes the keys and the file; `anew`: also where a mark remembers one that is gone.

    Asks for everything again: another process may have come first.
    """
    keys, mark = key_store.load(), key_store.high_water()
    if is_there(path):
        return keys, mark
    if mark is not None and not anew:
        raise GalleryRolledBack(
            f"The gallery {path} is gone, and the key provider remembers {mark.sequence} "
            "journal rows of it. Put the newest copy back, or start a new one on purpose."
        )
    keys = keys or key_store.create()
    create_file(path, keys.data, mark)
    key_store.set_high_water(FRESH)
    return keys, FRESH


def create_file(path: Path, key: bytes, replaces: HighWater | None) -> None:
    """A new, empty gallery at `path`, complete and durable, or nothing at all.

    Raises GalleryCorrupt where remains of an older one lie, GalleryUnwritable where the disk is
    full or cannot be written.
    """
    remains = [str(item) for item in companions(path) if item.exists()]
    if remains:
        raise GalleryCorrupt(
            f"The gallery is gone but parts of it are left: {', '.join(remains)}. Move them away "
            "before a new one is made."
        )
    draft = path.with_name(path.name + ".new")  # always the same: crashes leave no litter
    try:
        _remove(draft)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with errors_told():
            _fill(draft, key, replaces)
        _sync(draft)
        path.hardlink_to(
            draft
        )  # unlike a rename this never replaces a file that appeared meanwhile
        _sync(path.parent)
        _remove(draft)
    except OSError as error:
        raise _unwritable(path, error) from error


def _remove(draft: Path) -> None:
    for leftover in (draft, *companions(draft)):
        leftover.unlink(missing_ok=True)


def _fill(draft: Path, key: bytes, replaces: HighWater | None) -> None:
    connection = connect(draft, key, salt_of(key), "rw")
    try:
        connection.execute("PRAGMA journal_mode = MEMORY")
        migrate(connection)
        connection.execute("UPDATE gallery SET replaces = ?", (_label(replaces),))
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _label(lost: HighWater | None) -> str:
    return f"{lost.sequence}:{lost.head}" if lost else ""


def _sync(path: Path) -> None:
    """Makes a file, or where the system can a folder's entries, durable."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(path: Path, error: OSError) -> GalleryUnwritable:
    return GalleryUnwritable(
        f"The gallery {path} cannot be written ({error.strerror}). Free some space, or make its "
        "folder writable for the kiosk's user."
    )


def inspect_file(path: Path, key: bytes) -> None:
    """Settles everything that can be told without SQLite; changes nothing.

    Raises GalleryCorrupt, GalleryLocked or GalleryUnwritable.
    """
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
        with path.open("rb") if is_file else nullcontext() as file:
            head = file.read(len(MAGIC) + 8) if file else b""
    except OSError as error:
        raise _unwritable(path, error) from error
    if not is_file:
        raise GalleryCorrupt(f"{path} is not a file. Give the path of a gallery file.")
    if not head:
        raise GalleryCorrupt(f"The gallery {path} is empty, zero bytes. {PUT_BACK}")
    if head == PLAINTEXT:
        raise GalleryCorrupt(
            f"{path} is a database without encryption, which is never opened. {PUT_BACK}"
        )
    if not head.startswith(MAGIC):
        raise GalleryCorrupt(f"{path} is not a Foyer gallery, or its start was altered. {PUT_BACK}")
    if head != salt_of(key):
        raise GalleryLocked(
            f"The gallery {path} belongs to another key. Choose the key provider and gallery id "
            "it was made with."
        )
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        raise GalleryUnwritable(
            f"The gallery {path} is read-only. Make the file and its folder writable for the "
            "kiosk's user; nobody is let in unrecorded."
        )


def look_over(path: Path, key: bytes, mark: HighWater | None) -> None:
    """Every check that needs the content, through a connection that cannot write.

    Raises GalleryCorrupt, GalleryTooNew, GalleryRolledBack or GalleryUnwritable.
    """
    try:
        connection = connect(path, key, salt_of(key), "ro")
        try:
            version = int(pragma(connection, "user_version"))
            if version > len(migrations()):
                raise GalleryTooNew(
                    f"The gallery {path} was written by a later version of Foyer (schema "
                    f"{version}, this one knows {len(migrations())}). Update Foyer."
                )
            if faults := damage(connection):
                raise _damaged(path, f"was altered: {faults[0]}")
            with transaction(connection, "DEFERRED"):
                _compare(path, connection, mark)
        finally:
            connection.close()
    except dbapi2.Error as error:
        if isinstance(told(error), GalleryCorrupt) and _is_cut(path):
            raise _damaged(path, "cannot be read") from error
        raise told(error) from error


def _is_cut(path: Path) -> bool:
    return path.stat().st_size % PAGE_SIZE > 0


def _damaged(path: Path, how: str) -> GalleryCorrupt:
    """Where the file ends within a page, that is what is said: it does not depend on which page
    was looked at first."""
    said = "is cut short" if _is_cut(path) else how
    return GalleryCorrupt(f"The gallery {path} {said}. {PUT_BACK}")


def damage(connection: Connection) -> list[str]:
    """What the page authentication finds wrong with the file.

    The check reads the file without a lock, so a page that another process is just writing can
    look damaged: only what is still wrong at a second look counts.
    """

    def look() -> list[str]:
        return [row[0] for row in connection.execute("PRAGMA cipher_integrity_check")]

    first = look()
    if not first:
        return []
    again = set(look())
    return [fault for fault in first if fault in again]


def how_far(connection: Connection) -> HighWater:
    """The mark this database itself has reached. Raises dbapi2.Error."""
    writes = connection.execute("SELECT writes FROM gallery").fetchone()[0]
    last = connection.execute(
        "SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1"
    ).fetchone()
    sequence, head = last or (0, GENESIS)
    return HighWater(sequence, head, writes)


def _compare(path: Path, connection: Connection, mark: HighWater | None) -> None:
    """Refuses a file that is behind its mark, or on another branch of history."""
    here = how_far(connection)
    if mark is None:
        if here != FRESH:
            raise GalleryRolledBack(
                f"The key provider holds no high-water mark for {path}, which has been in use. "
                "Put the mark back; without it an older copy could not be told from the newest."
            )
        return
    replaces = connection.execute("SELECT replaces FROM gallery").fetchone()[0]
    if here == FRESH and replaces == _label(mark):
        return  # made on purpose in place of a lost one, and interrupted before the mark was set
    if fault := behind(connection, mark):
        raise GalleryRolledBack(f"The gallery {path} is an older copy: {fault}. {PUT_BACK}")


def behind(connection: Connection, mark: HighWater) -> str:
    """How the database falls short of the mark, or empty. Raises dbapi2.Error."""
    here = how_far(connection)
    if here.changes < mark.changes or here.sequence < mark.sequence:
        return (
            f"it ends at journal row {here.sequence} and change {here.changes}, the key provider "
            f"remembers row {mark.sequence} and change {mark.changes}"
        )
    row = connection.execute(
        "SELECT hash FROM journal WHERE sequence = ?", (mark.sequence,)
    ).fetchone()
    if (row[0] if row else GENESIS) != mark.head:
        return f"its journal row {mark.sequence} is not the one the key provider remembers"
    return ""


def _require_log(path: Path, connection: Connection) -> None:
    if pragma(connection, "journal_mode = WAL") != "wal":
        raise GalleryUnwritable(
            f"The gallery {path} cannot keep a write-ahead log. Put it on a local disk."
        )


def open_file(path: Path, keys: Keys, mark: HighWater | None) -> Connection:
    """A connection to an existing gallery that has passed every check, ready to write."""
    inspect_file(path, keys.data)
    look_over(path, keys.data, mark)
    with errors_told():
        connection = connect(path, keys.data, salt_of(keys.data), "rw")
        try:
            _require_log(path, connection)
            migrate(connection)
            with transaction(connection):
                pass  # a file that cannot be written says so here, not at somebody's door
        except BaseException:
            connection.close()
            raise
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return connection
