"""Whether a stored template is what was stored, and can be compared at all.

The page authentication notices whoever alters the file from outside. What it cannot notice is a
row that Foyer itself, or something with its key, wrote wrongly: half a vector, another person's,
numbers that are none. One such row must cost its person a new enrolment, and nobody else anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

from app.domain.matching import Embedding, Space, is_usable
from app.domain.templates import Aside, Fault
from app.gallery import people
from app.gallery.sql import Connection

#: Bytes; chance does not hit upon 16 of them.
LENGTH = 16


def seal(person: str, space: str, embedding: bytes) -> bytes:
    """What belongs to a template, 16 bytes: moved to another person or space it does not fit."""
    told = b"\0".join([b"foyer template", person.encode(), space.encode(), embedding])
    return hashlib.sha256(told).digest()[:LENGTH]


def lend(connection: Connection) -> None:
    """Gives SQL the function by which a schema script seals what is there already."""
    connection.create_function("template_seal", 3, seal, deterministic=True)


def read(person: str, space: Space, embedding: bytes, sealed: bytes | None) -> Embedding | Fault:
    """The numbers of a row, float32 [d], or why it is put aside."""
    if len(embedding) != 4 * space.dimension:
        return Fault.LENGTH
    vector = np.frombuffer(embedding, dtype="<f4")
    if not is_usable(vector, space):
        return Fault.NUMBERS
    return vector if sealed == seal(person, space.id, embedding) else Fault.ALTERED


def faulty(
    connection: Connection, spaces: Mapping[str, Space], person_id: str | None = None
) -> list[Aside]:
    """Every template, of one person or of everybody for None, that is put aside. Templates of a
    space that is not among `spaces` are compared with nothing."""
    rows = connection.execute(
        "SELECT id, person, space, embedding, seal FROM templates WHERE ?1 IS NULL OR person = ?1 "
        "ORDER BY id",
        (person_id,),
    )
    found = []
    for key, person, space, embedding, sealed in rows:
        known = spaces.get(space)
        fault = Fault.SPACE if known is None else read(person, known, embedding, sealed)
        if isinstance(fault, Fault):
            found.append(Aside(key, person, fault))
    return found


def unsound(connection: Connection) -> list[str]:
    """What an operator is told of rows whose seal does not fit, whatever their space."""
    rows = connection.execute("SELECT id, person, space, embedding, seal FROM templates")
    return [
        f"the template {key} of {named(connection, person)} is not what was stored; enrol them "
        "again"
        for key, person, space, embedding, sealed in rows
        if sealed != seal(person, space, embedding)
    ]


def named(connection: Connection, person_id: str) -> str:
    """How an operator finds the person: by number, or by id where there is none."""
    person = people.by_id(connection, person_id)
    return person_id if person is None else person.number or person.id
