"""Rows about people and what they carry. Every function runs inside the caller's transaction."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from dataclasses import replace
from typing import Any, assert_never

from app.domain.people import (
    LONGEST_NAME,
    Claim,
    ClaimKind,
    Need,
    Person,
    PersonKind,
    Status,
    is_name,
)
from app.errors import GalleryRefused
from app.gallery.sql import Connection, encodable

LONGEST_WORD = 64
_COLUMNS = "id, number, name, kind, status, valid_from_s, valid_until_s, needs, version"


def badge_hash(key: bytes, badge: str) -> bytes:
    """The keyed hash a badge is known by, 32 bytes."""
    return hmac.digest(key, b"badge\0" + encodable(badge.strip()).encode(), hashlib.sha256)


def _person_of(row: tuple[Any, ...]) -> Person:
    return Person(
        id=row[0],
        number=row[1],
        name=row[2],
        kind=PersonKind(row[3]),
        status=Status(row[4]),
        valid_from_s=row[5],
        valid_until_s=row[6],
        needs=frozenset(Need(word) for word in row[7].split()),
        version=row[8],
    )


def everybody(connection: Connection) -> list[Person]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM people ORDER BY name, id")  # noqa: S608
    return [_person_of(row) for row in rows]


def by_id(connection: Connection, person_id: str) -> Person | None:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM people WHERE id = ?",  # noqa: S608 - our own column list
        (person_id,),
    ).fetchone()
    return _person_of(row) if row else None


def by_claim(connection: Connection, badge_key: bytes, claim: Claim) -> Person | None:
    """Whose claim it is; one indexed look-up whether or not it is anybody's, none for ADMIN."""
    where: str
    value: str | bytes
    match claim.kind:
        case ClaimKind.NUMBER:
            where = "number <> '' AND number = ?"
            value = encodable(claim.text.strip())
        case ClaimKind.BADGE:
            where = "id = (SELECT person FROM badges WHERE hash = ?)"
            value = badge_hash(badge_key, claim.text)
        case ClaimKind.ADMIN:
            return None
        case _ as never:
            assert_never(never)
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM people WHERE {where}",  # noqa: S608 - our own text
        (value,),
    ).fetchone()
    return _person_of(row) if row else None


def existing(connection: Connection, person_id: str) -> Person:
    """The person, or GalleryRefused."""
    person = by_id(connection, person_id)
    if person is None:
        raise GalleryRefused(f"There is no person {person_id} here. List people and try again.")
    return person


def _check(person: Person) -> None:
    """Raises GalleryRefused for values no screen or rule could handle."""
    if not is_name(person.name):
        raise GalleryRefused(f"A name has 1 to {LONGEST_NAME} printable characters. Correct it.")
    for word in (person.id, person.number):
        if len(word) > LONGEST_WORD or not word.isprintable() or " " in word:
            raise GalleryRefused(
                f"Ids and numbers have at most {LONGEST_WORD} printable characters and no spaces. "
                "Correct it."
            )
    bounds = [time for time in (person.valid_from_s, person.valid_until_s) if time is not None]
    if not all(math.isfinite(time) for time in bounds) or bounds != sorted(bounds):
        raise GalleryRefused("Access must not end before it begins. Correct the dates.")


def put(connection: Connection, person: Person) -> Person:
    """Adds or changes a person; returns them as stored, with the next version.

    A new person (an unknown or empty id) starts at version 1; an empty id gets a random one. A
    changed person must have been read at the stored version. Raises GalleryRefused.
    """
    _check(person)
    _refuse_taken_number(connection, person)
    old = by_id(connection, person.id) if person.id else None
    if old is None:
        return _insert(connection, person)
    if old.version != person.version:
        raise GalleryRefused(f"{person.id} was changed meanwhile. Read it again, then change it.")
    stored = replace(person, version=old.version + 1)
    connection.execute(
        "UPDATE people SET number = ?, name = ?, kind = ?, status = ?, valid_from_s = ?, "
        "valid_until_s = ?, needs = ?, version = ? WHERE id = ?",
        (*_values(stored), stored.id),
    )
    return stored


def _insert(connection: Connection, person: Person) -> Person:
    erased = connection.execute("SELECT 1 FROM erased WHERE person = ?", (person.id,)).fetchone()
    if erased:
        raise GalleryRefused(f"{person.id} was erased. Enrol them anew under a new id.")
    stored = replace(person, id=person.id or secrets.token_hex(8), version=1)
    connection.execute(
        "INSERT INTO people (number, name, kind, status, valid_from_s, valid_until_s, needs, "
        "version, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*_values(stored), stored.id),
    )
    return stored


def _values(person: Person) -> tuple[object, ...]:
    return (
        person.number,
        person.name,
        person.kind.value,
        person.status.value,
        person.valid_from_s,
        person.valid_until_s,
        " ".join(sorted(person.needs)),
        person.version,
    )


def _refuse_taken_number(connection: Connection, person: Person) -> None:
    taken = connection.execute(
        "SELECT 1 FROM people WHERE number <> '' AND number = ? AND id <> ?",
        (person.number, person.id),
    ).fetchone()
    if taken:
        raise GalleryRefused("Somebody else has this employee number. Choose another.")


def carries(connection: Connection, person_id: str) -> tuple[bool, bool]:
    """Whether the person has a badge, and whether a PIN."""
    row = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM badges WHERE person = ?1), "
        "EXISTS (SELECT 1 FROM pins WHERE person = ?1)",
        (person_id,),
    ).fetchone()
    return bool(row[0]), bool(row[1])


def touch(connection: Connection, person_id: str) -> Person:
    """The person with the next version: something that belongs to them changed."""
    person = existing(connection, person_id)
    connection.execute("UPDATE people SET version = version + 1 WHERE id = ?", (person_id,))
    return replace(person, version=person.version + 1)


def erase(connection: Connection, person_id: str) -> Person:
    """Removes the person and, by the schema's cascades, all that belongs to them."""
    person = existing(connection, person_id)
    connection.execute("DELETE FROM people WHERE id = ?", (person_id,))
    connection.execute("INSERT INTO erased VALUES (?)", (person_id,))
    return person


def set_badge(connection: Connection, badge_key: bytes, person_id: str, badge: str) -> None:
    """Replaces the person's badge; an empty one only takes it away."""
    connection.execute("DELETE FROM badges WHERE person = ?", (person_id,))
    if not badge.strip():
        return
    hashed = badge_hash(badge_key, badge)
    if connection.execute("SELECT 1 FROM badges WHERE hash = ?", (hashed,)).fetchone():
        raise GalleryRefused(
            "Somebody else has this badge. Take it from them first: foyer people set-badge "
            "NUMBER --none"
        )
    connection.execute("INSERT INTO badges VALUES (?, ?)", (hashed, person_id))


def set_pin_hash(connection: Connection, person_id: str, pin_hash: str) -> None:
    """Replaces the person's PIN; an empty hash only takes it away."""
    connection.execute("DELETE FROM pins WHERE person = ?", (person_id,))
    if pin_hash:
        connection.execute("INSERT INTO pins VALUES (?, ?)", (person_id, pin_hash))


def pin_hash(connection: Connection, claim: Claim, person: Person | None) -> str:
    """Empty where there is no such person or no PIN; the same look-up in every case."""
    if claim.kind is ClaimKind.ADMIN:
        return admin_pin_hash(connection)
    person_id = person.id if person else ""
    row = connection.execute("SELECT hash FROM pins WHERE person = ?", (person_id,)).fetchone()
    return row[0] if row else ""


def admin_pin_hash(connection: Connection) -> str:
    """The service PIN's hash, or empty."""
    return str(connection.execute("SELECT admin_pin_hash FROM gallery").fetchone()[0])
