"""Face templates: float32 little-endian rows, each of one embedding space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.domain.matching import Embedding, Snapshot, Space, is_usable, snapshot_of
from app.errors import GalleryCorrupt, GalleryRefused
from app.gallery import people
from app.gallery.sql import Connection


def add(
    connection: Connection,
    person_id: str,
    space: Space,
    embeddings: Sequence[Embedding],
    created_s: float,
) -> None:
    """Stores more templates of an existing person. Raises GalleryRefused, storing none."""
    refuse_unusable(space, embeddings)
    connection.executemany(
        "INSERT INTO templates (person, space, embedding, created_s) VALUES (?, ?, ?, ?)",
        [
            (person_id, space.id, np.asarray(vector, dtype="<f4").tobytes(), created_s)
            for vector in embeddings
        ],
    )


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


def snapshot(connection: Connection, space: Space) -> Snapshot:
    """Everybody, and the templates of one space; call it inside one transaction."""
    version = connection.execute("SELECT changes FROM gallery").fetchone()[0]
    known = {person.id: person for person in people.everybody(connection)}
    rows = connection.execute(
        "SELECT person, embedding FROM templates WHERE space = ? ORDER BY id", (space.id,)
    )
    vectors = [(person, np.frombuffer(blob, dtype="<f4")) for person, blob in rows]
    if any(vector.shape != (space.dimension,) for _, vector in vectors):
        raise GalleryCorrupt(
            f"Templates of the space {space.id} do not have {space.dimension} values. Check that "
            "the model pack is the one they were enrolled with."
        )
    return snapshot_of(version, space, known, vectors)
