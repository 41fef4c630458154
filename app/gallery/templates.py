"""Face templates: float32 little-endian rows, each of one embedding space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.domain.matching import Embedding, Space, is_usable
from app.domain.templates import Fault, Origin, Stored, Template
from app.errors import GalleryRefused
from app.gallery import seals
from app.gallery.sql import Connection


def add(
    connection: Connection, person_id: str, templates: Sequence[Template], created_s: float
) -> None:
    """Stores more templates of an existing person. Raises GalleryRefused, storing none.

    What is taken anew starts a new trend, and takes the place of what could not be used any more;
    an adaptive template never comes this way.
    """
    for each in templates:
        refuse_unusable(each.space, [each.embedding])
        if each.origin is Origin.ADAPTIVE:
            raise GalleryRefused("An adaptive template is made by an update. Use that.")
        if any(not word or word.split() != [word] for word in each.tags):
            raise GalleryRefused("A tag is one word. Correct it.")
        if each.quality is not None and not 0.0 <= each.quality <= 1.0:
            raise GalleryRefused("A quality is from 0 to 1. Measure it again.")
    connection.executemany(
        "INSERT INTO templates (person, space, embedding, created_s, tags, origin, quality, seal) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                person_id,
                each.space.id,
                packed(each.embedding),
                created_s,
                " ".join(sorted(each.tags)),
                each.origin.value,
                each.quality,
                seals.seal(person_id, each.space.id, packed(each.embedding)),
            )
            for each in templates
        ],
    )
    spaces = {each.space.id: each.space for each in templates}
    gone = [
        each
        for each in seals.faulty(connection, spaces, person_id)
        if each.fault is not Fault.SPACE
    ]
    connection.executemany(
        "DELETE FROM templates WHERE id = ?", [(each.template,) for each in gone]
    )
    connection.executemany(
        "DELETE FROM trends WHERE person = ? AND space = ?",
        {(person_id, each.space.id) for each in templates},
    )


def packed(embedding: Embedding) -> bytes:
    """As it is stored: float32, little-endian."""
    return np.asarray(embedding, dtype="<f4").tobytes()


def stored(connection: Connection, person_id: str | None) -> list[Stored]:
    """Facts about one person's templates (None: everybody's), oldest first."""
    rows = connection.execute(
        "SELECT id, person, space, origin, tags, quality, created_s FROM templates "
        "WHERE ?1 IS NULL OR person = ?1 ORDER BY id",
        (person_id,),
    )
    return [
        Stored(row[0], row[1], row[2], Origin(row[3]), frozenset(row[4].split()), row[5], row[6])
        for row in rows
    ]


def refuse_unusable(space: Space, embeddings: Sequence[Embedding]) -> None:
    """Raises GalleryRefused unless every vector is finite, not zero and of the space's size."""
    for vector in embeddings:
        with np.errstate(over="ignore"):  # a value too large for float32 becomes infinite
            stored = np.asarray(vector, dtype="<f4")
        if not is_usable(stored, space):
            raise GalleryRefused(
                f"A template of the space {space.id} has {space.dimension} finite values, not all "
                "zero. Take the picture again."
            )


def counts(connection: Connection) -> dict[str, int]:
    """How many templates each person with any has."""
    return dict(connection.execute("SELECT person, count(*) FROM templates GROUP BY person"))
