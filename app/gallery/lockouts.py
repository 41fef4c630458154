"""Failures in a row, kept by keyed hashes so that the table names nobody.

Whoever a claim belongs to has one count, whether they showed a badge or typed a number; otherwise
the two together would allow twice the guesses. A claim of nobody is counted the same way, so that
an unknown number behaves like a known one, but only so many of those are kept.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from app.domain import lockout as rule
from app.domain.journal import Tally
from app.domain.lockout import Lockout, LockoutPolicy
from app.domain.people import Claim, ClaimKind, Person
from app.gallery import people
from app.gallery.sql import Connection, encodable

#: Rows for claims of nobody. Cycling through more numbers than this at a kiosk takes hours.
MOST_UNKNOWN = 1000


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose failures are counted. `person` is None for unknown claims, the face path, the service
    PIN; only `unknown` ones are ever evicted."""

    hash: bytes
    person: str | None
    unknown: bool


def _hash(key: bytes, kind: str, text: str) -> bytes:
    message = f"lockout\0{kind}\0{encodable(text.strip())}".encode()
    return hmac.digest(key, message, hashlib.sha256)


def face_path(key: bytes) -> Subject:
    return Subject(_hash(key, "face", ""), None, unknown=False)


def subject_of(key: bytes, claim: Claim, person: Person | None) -> Subject:
    if person is not None:
        return Subject(_hash(key, "person", person.id), person.id, unknown=False)
    is_admin = claim.kind is ClaimKind.ADMIN
    return Subject(_hash(key, claim.kind.value, claim.text), None, unknown=not is_admin)


def read(connection: Connection, subject: Subject) -> Lockout:
    row = connection.execute(
        "SELECT failures, until_s FROM lockouts WHERE subject = ?", (subject.hash,)
    ).fetchone()
    return Lockout(row[0], row[1]) if row else Lockout()


def write(connection: Connection, subject: Subject, lockout: Lockout, utc_s: float) -> None:
    """Stores a count after a failure at `utc_s`; evicts the oldest unknown claims over the bound.

    Those still locked go last: the least worth keeping is what locks nobody out.
    """
    connection.execute(
        "INSERT OR REPLACE INTO lockouts VALUES (?, ?, ?, ?, ?, ?)",
        (
            subject.hash,
            subject.person,
            int(subject.unknown),
            lockout.failures,
            lockout.until_s,
            utc_s,
        ),
    )
    connection.execute(
        "DELETE FROM lockouts WHERE subject IN (SELECT subject FROM lockouts WHERE unknown = 1 "
        "AND subject <> ?1 ORDER BY until_s > ?2 DESC, failed_s DESC, subject LIMIT -1 OFFSET ?3)",
        (subject.hash, utc_s, MOST_UNKNOWN - 1),
    )


def clear(connection: Connection, subject: Subject) -> None:
    connection.execute("DELETE FROM lockouts WHERE subject = ?", (subject.hash,))


def clear_person(connection: Connection, person_id: str) -> None:
    connection.execute("DELETE FROM lockouts WHERE person = ?", (person_id,))


def count(
    connection: Connection, key: bytes, tally: Tally, utc_s: float, policy: LockoutPolicy
) -> None:
    """What a finished attempt does to its claim's failures, or to those of the face path."""
    if tally.claim is None:
        subject = face_path(key)
    else:
        person = people.by_claim(connection, key, tally.claim)
        subject = subject_of(key, tally.claim, person)
    if tally.failed:
        write(connection, subject, rule.fail(read(connection, subject), utc_s, policy), utc_s)
    else:
        clear(connection, subject)
