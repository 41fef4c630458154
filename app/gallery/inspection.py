"""What an operator may be told about a gallery: figures and findings, nothing personal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlcipher3 import dbapi2

from app.domain.journal import first_break
from app.errors import GalleryError
from app.gallery import cameras, journal, opening, seals, trials
from app.gallery.sql import PAGE_SIZE, Connection, pragma, told
from app.ports import HighWater, KeyStore


@dataclass(frozen=True, slots=True)
class GalleryInfo:
    """Counts and versions. `log_bytes`: the write-ahead log. `replaces`: "rows:head" or empty."""

    path: Path
    size_bytes: int
    log_bytes: int
    page_bytes: int
    schema: int
    cipher: str
    sqlite: str
    people: int
    templates: dict[str, int]
    badges: int
    pins: int
    lockouts: int
    erased: int
    changes: int
    journal_rows: int
    journal_head: str
    replaces: str
    key_provider: str
    key_explanation: str


#: The one finding that is mended by enrolling somebody again.
TEMPLATES = "templates"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked; `detail` says what was found, and what to do if not `ok`."""

    name: str
    ok: bool
    detail: str


def info(path: Path, connection: Connection, key_store: KeyStore) -> GalleryInfo:
    """Raises dbapi2.Error."""

    def count(table: str) -> int:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    log = opening.companions(path)[0]
    changes, replaces = connection.execute("SELECT changes, replaces FROM gallery").fetchone()
    here = opening.how_far(connection)
    return GalleryInfo(
        path=path,
        size_bytes=path.stat().st_size,
        log_bytes=log.stat().st_size if log.exists() else 0,
        page_bytes=PAGE_SIZE,
        schema=int(pragma(connection, "user_version")),
        cipher=str(pragma(connection, "cipher_version")),
        sqlite=dbapi2.sqlite_version,
        people=count("people"),
        templates=dict(connection.execute("SELECT space, count(*) FROM templates GROUP BY space")),
        badges=count("badges"),
        pins=count("pins"),
        lockouts=count("lockouts"),
        erased=count("erased"),
        changes=changes,
        journal_rows=here.sequence,
        journal_head=here.head,
        replaces=replaces,
        key_provider=key_store.name,
        key_explanation=key_store.explanation,
    )


def _unsigned(connection: Connection, key_store: KeyStore) -> list[str]:
    keys = key_store.load()
    return ["the keys are gone"] if keys is None else trials.unsigned(connection, keys)


def check(connection: Connection, key_store: KeyStore) -> tuple[Finding, ...]:
    """Everything that can be verified, the cheapest trust first."""

    def run(name: str, look: Callable[[], list[str]]) -> Finding:
        """A check that itself fails on a damaged page is a finding, not the end."""
        try:
            faults = look()
        except dbapi2.Error as error:
            faults = [str(told(error))]
        except GalleryError as error:
            faults = [str(error)]
        return Finding(name, not faults, "; ".join(faults[:3]) or "sound")

    mark = key_store.high_water()
    return (
        run("page authentication", lambda: opening.damage(connection)),
        run("database structure", lambda: _structure(connection)),
        run("references", lambda: _references(connection)),
        run(TEMPLATES, lambda: seals.unsound(connection)),
        run("enrolled cameras", lambda: cameras.unreadable(connection)),
        run("self-tests", lambda: _unsigned(connection, key_store)),
        run("journal chain", lambda: _chain(connection)),
        run("high-water mark", lambda: _mark(connection, mark)),
    )


def _structure(connection: Connection) -> list[str]:
    rows = [row[0] for row in connection.execute("PRAGMA integrity_check(10)")]
    return [] if rows == ["ok"] else rows


def _references(connection: Connection) -> list[str]:
    return [
        f"a row of {row[0]} has no person" for row in connection.execute("PRAGMA foreign_key_check")
    ]


def _chain(connection: Connection) -> list[str]:
    broken = first_break(journal.rows(connection, None))
    return [f"row {broken.sequence}: {broken.why}"] if broken else []


def _mark(connection: Connection, mark: HighWater | None) -> list[str]:
    if mark is None:
        return ["the key provider holds none"]
    fault = opening.behind(connection, mark)
    return [fault] if fault else []
