"""Journal rows: appended inside the caller's transaction, read in short bites."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from app.domain.journal import GENESIS, Entry, EntryKind, Row, canonical, link
from app.domain.people import Person, Status
from app.errors import GalleryRefused
from app.gallery import people
from app.gallery.sql import Connection, encodable, errors_told

#: Rows a statement reads: an open statement would keep a checkpoint, and so an erasure, waiting.
BITE = 500


def append(connection: Connection, entry: Entry) -> int:
    """Adds the entry to the chain and returns its sequence. Raises GalleryRefused."""
    if not (math.isfinite(entry.utc_s) and math.isfinite(entry.seconds)):
        raise GalleryRefused("An entry's times must be finite numbers. Set the kiosk's clock.")
    text = canonical(entry)
    if text != encodable(text):
        raise GalleryRefused("An entry holds text that cannot be written. Correct it.")
    last = connection.execute(
        "SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1"
    ).fetchone()
    sequence, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    connection.execute(
        "INSERT INTO journal VALUES (?, ?, ?)", (sequence, text, link(previous, sequence, text))
    )
    return sequence


def about(entry: Entry, person: Person) -> Entry:
    """The entry as one about this person, as they are stored now."""
    return replace(entry, person=person.id, person_version=person.version)


def refuse_stale(connection: Connection, entry: Entry) -> None:
    """Raises GalleryRefused unless the person a grant names stands as the decision saw them."""
    if not entry.granted or (entry.kind is not EntryKind.VISIT and not entry.person):
        return
    person = people.by_id(connection, entry.person)
    if person is None:
        raise GalleryRefused("The person is no longer here. Nobody is let in.")
    begins = -math.inf if person.valid_from_s is None else person.valid_from_s
    ends = math.inf if person.valid_until_s is None else person.valid_until_s
    stands = person.status is Status.ACTIVE and begins <= entry.utc_s < ends
    if person.version != entry.person_version or not stands:
        raise GalleryRefused("The person changed while they stood here. Let them try again.")


def rows(connection: Connection, last: int | None) -> Iterator[Row]:
    """The last so many rows (all for None), oldest first."""
    with errors_told():
        newest = connection.execute("SELECT coalesce(max(sequence), 0) FROM journal").fetchone()[0]
    before = 0 if last is None else max(newest - max(last, 0), 0)
    while before < newest:
        with errors_told():
            bite = connection.execute(
                "SELECT sequence, text, hash FROM journal WHERE sequence > ? AND sequence <= ? "
                "ORDER BY sequence LIMIT ?",
                (before, newest, BITE),
            ).fetchall()
        if not bite:
            return
        yield from (Row(*values) for values in bite)
        before = bite[-1][0]
