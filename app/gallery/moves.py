"""What changed in a gallery since somebody looked: written down by triggers, whoever changes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from app.domain.index import Moved
from app.domain.journal import Entry
from app.domain.matching import Embedding, Space
from app.domain.people import Person
from app.domain.templates import Aside, Fault
from app.gallery import journal, people, seals
from app.gallery.sql import Connection

#: Changes kept: a house of 1,000 takes in everybody anew within them. Some 20 bytes each.
KEPT = 10_000


def trim(connection: Connection) -> None:
    """Lets the oldest go; the newest stays, so that positions only ever grow."""
    connection.execute(
        "DELETE FROM moves WHERE position <= (SELECT max(position) FROM moves) - ?", (KEPT,)
    )


def since(connection: Connection, space: Space, position: int) -> Moved:
    """Everybody and everything of one space that moved after `position`; all there is where that
    reaches back too far, or is negative. Call it inside one transaction."""
    version = connection.execute("SELECT changes FROM gallery").fetchone()[0]
    oldest, newest = connection.execute(
        "SELECT coalesce(min(position), 1), coalesce(max(position), 0) FROM moves"
    ).fetchone()
    if not oldest - 1 <= position <= newest:
        return _whole(connection, space, version, newest)
    rows = connection.execute(
        "SELECT id, person, embedding, seal FROM templates WHERE space = ? AND id IN "
        "(SELECT template FROM moves WHERE position > ?)",
        (space.id, position),
    )
    here, aside = _read(rows, space)
    touched = connection.execute(
        "SELECT DISTINCT template FROM moves WHERE position > ? AND template IS NOT NULL",
        (position,),
    )
    return Moved(
        version=version,
        position=newest,
        whole=False,
        people=_people(connection, position),
        templates={key: here.get(key) for (key,) in touched},
        aside=aside,
    )


def _whole(connection: Connection, space: Space, version: int, newest: int) -> Moved:
    rows = connection.execute(
        "SELECT id, person, embedding, seal FROM templates WHERE space = ? ORDER BY id", (space.id,)
    )
    known = {person.id: person for person in people.everybody(connection)}
    here, aside = _read(rows, space)
    return Moved(version, newest, whole=True, people=known, templates=here, aside=aside)


def _people(connection: Connection, position: int) -> dict[str, Person | None]:
    touched = connection.execute(
        "SELECT DISTINCT person FROM moves WHERE position > ? AND person IS NOT NULL", (position,)
    ).fetchall()
    return {person_id: people.by_id(connection, person_id) for (person_id,) in touched}


def _read(
    rows: Iterable[tuple[Any, ...]], space: Space
) -> tuple[dict[int, tuple[str, Embedding]], tuple[Aside, ...]]:
    found, aside = {}, []
    for key, person, embedding, sealed in rows:
        vector = seals.read(person, space, embedding, sealed)
        if isinstance(vector, Fault):
            aside.append(Aside(key, person, vector))
        else:
            found[key] = (person, vector)
    return found, tuple(aside)


def note(connection: Connection, aside: Iterable[Aside], entry: Entry) -> None:
    """A journal row for each of those that are still here and that it does not tell of yet."""
    for each in aside:
        new = connection.execute(
            "INSERT OR IGNORE INTO asides SELECT id, ?2 FROM templates WHERE id = ?1",
            (each.template, entry.utc_s),
        )
        if new.rowcount == 1:
            detail = f"template-aside {each.template} {each.fault}"
            journal.append(connection, replace(entry, person=each.person, detail=detail))
