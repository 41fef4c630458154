"""Galleries as an earlier version of Foyer left them, written in that version's own tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.domain.journal import GENESIS, Entry, canonical, link
from app.gallery import opening, sql
from app.ports import HighWater
from tests.fakes.keys import MemoryKeyStore


def earlier(
    path: Path,
    keys: MemoryKeyStore,
    version: int,
    statements: Sequence[tuple[str, tuple[object, ...]]],
    rows: Sequence[Entry] = (),
) -> None:
    """A closed gallery of schema `version` at `path`, with what these statements put into it."""
    scripts = opening.migrations()
    data = keys.create().data
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "migrations", lambda: scripts[:version])
        opening.create_file(path, data, None)
    connection = sql.connect(path, data, opening.salt_of(data), "rw")
    for statement, values in statements:
        connection.execute(statement, values)
    head = GENESIS
    for sequence, entry in enumerate(rows, 1):
        text = canonical(entry)
        head = link(head, sequence, text)
        connection.execute("INSERT INTO journal VALUES (?, ?, ?)", (sequence, text, head))
    connection.execute("UPDATE gallery SET writes = ?", (len(rows) + 1,))
    keys.set_high_water(HighWater(len(rows), head, len(rows) + 1))
    connection.close()
