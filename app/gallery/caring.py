"""What is kept beside templates: trends, consents, kept pictures, adaptive updates, comparisons.

Every function runs inside the caller's transaction. All of it goes with the person.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from app.domain import adapting, ageing, shadow
from app.domain.adapting import AdaptPolicy, Anchor, Declined, Known
from app.domain.ageing import AgeingPolicy, Trend
from app.domain.matching import Embedding, MatchPolicy, Space
from app.domain.shadow import Comparison, Kind, Report
from app.domain.templates import Fault, Origin, Update
from app.errors import GalleryRefused
from app.gallery import seals, templates
from app.gallery.sql import Connection

#: Comparisons kept; at 500 visits a day about three months.
MOST_COMPARISONS = 50_000
#: Kept pictures of a person: as many as make one good template, twice.
MOST_CROPS = 8
LARGEST_CROP_BYTES = 2 * 1024 * 1024
KEEP_CROPS = "keep-crops"


# -- the trend


def trend(connection: Connection, person_id: str, space: str) -> Trend:
    row = connection.execute(
        "SELECT visits, level FROM trends WHERE person = ? AND space = ?", (person_id, space)
    ).fetchone()
    return Trend(*row) if row else Trend()


def note_visit(
    connection: Connection, person_id: str, space: str, share: float, policy: AgeingPolicy
) -> None:
    """One more granted visit; nothing of somebody erased in the meantime."""
    moved = ageing.after(trend(connection, person_id, space), share, policy)
    if moved.visits:
        connection.execute(
            "INSERT OR REPLACE INTO trends SELECT ?1, ?2, ?3, ?4 "
            "WHERE EXISTS (SELECT 1 FROM people WHERE id = ?1)",
            (person_id, space, moved.visits, moved.level),
        )


def trends(connection: Connection, space: str) -> dict[str, Trend]:
    rows = connection.execute("SELECT person, visits, level FROM trends WHERE space = ?", (space,))
    return {person: Trend(visits, level) for person, visits, level in rows}


# -- when somebody was last asked


def asked_s(connection: Connection, person_id: str) -> float | None:
    row = connection.execute("SELECT asked_s FROM asked WHERE person = ?", (person_id,)).fetchone()
    return float(row[0]) if row else None


def note_asked(connection: Connection, person_id: str, utc_s: float) -> None:
    connection.execute("INSERT OR REPLACE INTO asked VALUES (?, ?)", (person_id, utc_s))


# -- pictures kept for the next model


#: What is known of somebody's face, by the table it lies in: all that has a column `person` but for
#: the person, what they carry and how often they failed.
OF_A_FACE = ("templates", "updates", "trends", "crops", "consents", "asked", "evidence")


def withdraw(connection: Connection, person_id: str) -> None:
    """Lets all go that came from somebody's face; the person, badge and PIN stay."""
    for table in OF_A_FACE:
        connection.execute(f"DELETE FROM {table} WHERE person = ?", (person_id,))  # noqa: S608
    connection.execute("DELETE FROM shadows WHERE ? IN (person, other)", (person_id,))


def consents(connection: Connection) -> frozenset[str]:
    """Who agreed that pictures are kept."""
    rows = connection.execute("SELECT person FROM consents WHERE purpose = ?", (KEEP_CROPS,))
    return frozenset(row[0] for row in rows)


def set_consent(connection: Connection, person_id: str, utc_s: float, *, given: bool) -> None:
    """Taken back, the pictures go at once."""
    if given:
        connection.execute(
            "INSERT OR REPLACE INTO consents VALUES (?, ?, ?)", (person_id, KEEP_CROPS, utc_s)
        )
        return
    connection.execute(
        "DELETE FROM consents WHERE person = ? AND purpose = ?", (person_id, KEEP_CROPS)
    )
    forget_crops(connection, person_id)


def keep_crops(
    connection: Connection, person_id: str, pictures: Sequence[bytes], utc_s: float
) -> None:
    """Raises GalleryRefused without the person's consent; the oldest go where there are many."""
    if person_id not in consents(connection):
        raise GalleryRefused("The person did not agree that pictures are kept. Ask them first.")
    if any(not 0 < len(picture) <= LARGEST_CROP_BYTES for picture in pictures):
        raise GalleryRefused("A kept picture has at most 2 MB. Cut it to the face.")
    connection.executemany(
        "INSERT INTO crops (person, picture, stored_s) VALUES (?, ?, ?)",
        [(person_id, picture, utc_s) for picture in pictures],
    )
    connection.execute(
        "DELETE FROM crops WHERE person = ?1 AND id NOT IN "
        "(SELECT id FROM crops WHERE person = ?1 ORDER BY id DESC LIMIT ?2)",
        (person_id, MOST_CROPS),
    )


def crops(connection: Connection, person_id: str) -> tuple[bytes, ...]:
    rows = connection.execute(
        "SELECT picture FROM crops WHERE person = ? ORDER BY id", (person_id,)
    )
    return tuple(bytes(row[0]) for row in rows)


def forget_crops(connection: Connection, person_id: str | None) -> int:
    """Of one person, or of everybody for None; how many there were."""
    gone = connection.execute("DELETE FROM crops WHERE ?1 IS NULL OR person = ?1", (person_id,))
    return int(gone.rowcount)


def crop_counts(connection: Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT person, count(*) FROM crops GROUP BY person"))


# -- adaptive updates


def on_s(connection: Connection) -> float:
    return float(connection.execute("SELECT on_s FROM gallery").fetchone()[0])


def note_on(connection: Connection, seconds: float) -> None:
    """A kiosk was at work that much longer; what is no duration counts as none."""
    if math.isfinite(seconds) and seconds > 0.0:
        connection.execute("UPDATE gallery SET on_s = on_s + ?", (seconds,))


def known(connection: Connection, person_id: str, space: Space) -> Known:
    rows = connection.execute(
        "SELECT id, origin, embedding, seal FROM templates WHERE person = ? AND space = ? "
        "ORDER BY id",
        (person_id, space.id),
    ).fetchall()
    read = [(row[0], row[1], seals.read(person_id, space, row[2], row[3])) for row in rows]
    # What is put aside is no anchor, and follows nobody.
    found = [(row, origin, each) for row, origin, each in read if not isinstance(each, Fault)]
    adaptive = [each for _, origin, each in found if origin == Origin.ADAPTIVE]
    updated_s, updated_on_s = connection.execute(
        "SELECT max(made_s), max(on_s) FROM updates WHERE person = ?", (person_id,)
    ).fetchone()
    return Known(
        anchors=[Anchor(row, each) for row, origin, each in found if origin != Origin.ADAPTIVE],
        adaptive=adaptive[-1] if adaptive else None,
        updated_s=updated_s,
        updated_on_s=updated_on_s,
        on_s=on_s(connection),
    )


def adapt(
    connection: Connection,
    person_id: str,
    space: Space,
    visit: Embedding,
    utc_s: float,
    limits: tuple[AdaptPolicy, MatchPolicy],
) -> int | Declined:
    """Moves the adaptive template as `adapting.propose` allows; the update's id."""
    before = known(connection, person_id, space)
    proposed = adapting.propose(visit, before, space, utc_s, *limits)
    if isinstance(proposed, Declined):
        return proposed
    if before.adaptive is None:
        row = connection.execute(
            "INSERT INTO templates (person, space, embedding, created_s, origin, anchor, seal) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                person_id,
                space.id,
                templates.packed(proposed.embedding),
                utc_s,
                Origin.ADAPTIVE.value,
                proposed.anchor,
                seals.seal(person_id, space.id, templates.packed(proposed.embedding)),
            ),
        ).lastrowid
        held = None
    else:
        row, held = connection.execute(
            "SELECT id, embedding FROM templates WHERE person = ? AND space = ? AND origin = ? "
            "ORDER BY id DESC LIMIT 1",
            (person_id, space.id, Origin.ADAPTIVE.value),
        ).fetchone()
        connection.execute(
            "UPDATE templates SET embedding = ?, anchor = ?, seal = ? WHERE id = ?",
            (
                templates.packed(proposed.embedding),
                proposed.anchor,
                seals.seal(person_id, space.id, templates.packed(proposed.embedding)),
                row,
            ),
        )
    made = connection.execute(
        "INSERT INTO updates (person, template, anchor, before, made_s, on_s) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (person_id, row, proposed.anchor, held, utc_s, before.on_s),
    )
    return int(made.lastrowid)


_UPDATE = (
    "SELECT updates.id, updates.person, coalesce(templates.space, ''), updates.template, "
    "updates.anchor, updates.made_s, updates.undone_s FROM updates "
    "LEFT JOIN templates ON templates.id = updates.anchor "
)


def updates(connection: Connection, person_id: str) -> tuple[Update, ...]:
    rows = connection.execute(
        f"{_UPDATE} WHERE updates.person = ? ORDER BY updates.id", (person_id,)
    )
    return tuple(Update(*row) for row in rows)


def undo(connection: Connection, update_id: int, utc_s: float) -> Update:
    """Puts back what was before the newest update of a template. Raises GalleryRefused.

    The time of the update still counts, so that undoing does not make room for another one.
    """
    row = connection.execute(f"{_UPDATE} WHERE updates.id = ?", (update_id,)).fetchone()
    if row is None:
        raise GalleryRefused(f"There is no update {update_id}. See: foyer people templates list")
    update = Update(*row)
    newest = connection.execute(
        "SELECT max(id) FROM updates WHERE template = ? AND person = ? AND undone_s IS NULL",
        (update.template, update.person),
    ).fetchone()[0]
    if newest != update_id:
        newer = f"Undo {newest} first" if newest else "Nothing is left to undo"
        raise GalleryRefused(f"{update_id} is not the newest update that stands. {newer}.")
    _put_back(connection, update)
    connection.execute(
        "UPDATE updates SET undone_s = ?, before = NULL WHERE id = ?", (utc_s, update_id)
    )
    return update


def _put_back(connection: Connection, update: Update) -> None:
    before = connection.execute("SELECT before FROM updates WHERE id = ?", (update.id,)).fetchone()[
        0
    ]
    if before is None:
        connection.execute("DELETE FROM templates WHERE id = ?", (update.template,))
        return
    earlier = connection.execute(
        "SELECT anchor FROM updates WHERE template = ? AND person = ? AND id < ? "
        "AND undone_s IS NULL ORDER BY id DESC LIMIT 1",
        (update.template, update.person, update.id),
    ).fetchone()
    connection.execute(
        "UPDATE templates SET embedding = ?, anchor = ?, seal = ? WHERE id = ?",
        (
            before,
            earlier[0] if earlier else update.anchor,
            seals.seal(update.person, update.space, before),
            update.template,
        ),
    )


# -- what the shadow pack would have said


def note_comparison(connection: Connection, seen: Comparison) -> None:
    """Nothing of somebody erased in the meantime."""
    connection.execute(
        "INSERT INTO shadows (live, shadow, kind, person, other, seen_s) "
        "SELECT ?1, ?2, ?3, nullif(?4, ''), nullif(?5, ''), ?6 "
        "WHERE (?4 = '' OR EXISTS (SELECT 1 FROM people WHERE id = ?4)) "
        "AND (?5 = '' OR EXISTS (SELECT 1 FROM people WHERE id = ?5))",
        (seen.live, seen.shadow, seen.kind.value, seen.person, seen.other, seen.utc_s),
    )
    connection.execute(
        "DELETE FROM shadows WHERE id <= (SELECT max(id) FROM shadows) - ?", (MOST_COMPARISONS,)
    )


def comparison_report(connection: Connection, live: str, shadowed: str) -> Report:
    """Over every visit kept that these two spaces saw."""
    rows = connection.execute(
        "SELECT kind, count(*) FROM shadows WHERE live = ? AND shadow = ? GROUP BY kind",
        (live, shadowed),
    )
    kinds = {Kind(kind): count for kind, count in rows}
    uncompared = connection.execute(
        "SELECT count(*) FROM (SELECT person FROM shadows WHERE live = ?1 AND shadow = ?2 AND "
        "person IS NOT NULL GROUP BY person HAVING min(kind = ?3) = 1)",
        (live, shadowed, Kind.NOT_COMPARABLE.value),
    ).fetchone()[0]
    return shadow.report_of(kinds, uncompared)


def forget_comparisons(connection: Connection) -> None:
    connection.execute("DELETE FROM shadows")
