"""What is written down before anything happens, and the chain that shows nothing was removed.

Each row's hash covers the row before it: `hash = SHA-256(previous hash ‖ canonical JSON)`.
Canonical JSON is UTF-8, sorted keys, no spaces, numbers as Python writes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.people import Claim
from app.domain.reasons import Reason

GENESIS = "0" * 64


class Factor(StrEnum):
    FACE = "face"
    BADGE = "badge"
    NUMBER = "number"
    PIN = "pin"


class Purpose(StrEnum):
    ENTER = "enter"
    CLOCK_IN = "clock-in"
    CLOCK_OUT = "clock-out"


class EntryKind(StrEnum):
    """`VISIT` is a person at the kiosk, `ALERT` something about a visit that security staff should
    look at; the others are what operators and the kiosk itself do."""

    VISIT = "visit"
    ALERT = "alert"
    DISPUTE = "dispute"
    ADMIN = "admin"
    PEOPLE = "people"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `utc_s` is seconds since the epoch, `seconds` the visit's length.

    `person` is the person's id, or empty. `detail` is a short stable word for operators, never
    a score, a secret or anything biometric. `evidence` is the SHA-256 of the tape that was stored
    with it, hexadecimal, or empty. `taps`: what was pressed on the way but for digits.
    """

    kind: EntryKind
    utc_s: float
    granted: bool
    purpose: Purpose | None = None
    factors: frozenset[Factor] = frozenset()
    reason: Reason | None = None
    person: str = ""
    person_version: int = 0
    visit: str = ""
    seconds: float = 0.0
    detail: str = ""
    evidence: str = ""
    taps: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What a finished attempt does to the count of failures in a row.

    `claim` None counts against this kiosk's face path. `failed` False clears the count.
    """

    claim: Claim | None
    failed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as stored: its place (from 1), canonical text, and the hash of the chain so far."""

    sequence: int
    text: str
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a chain does not hold."""

    sequence: int
    why: str


def canonical(entry: Entry) -> str:
    """The text that is hashed and stored. Rows from before there was evidence, or taps were
    counted, stay as they are."""
    fields: dict[str, object] = {
        "detail": entry.detail,
        "factors": sorted(entry.factors),
        "granted": entry.granted,
        "kind": entry.kind,
        "person": entry.person,
        "person_version": entry.person_version,
        "purpose": entry.purpose,
        "reason": entry.reason,
        "seconds": entry.seconds,
        "utc_s": entry.utc_s,
        "visit": entry.visit,
    }
    if entry.evidence:
        fields["evidence"] = entry.evidence
    if entry.taps:
        fields["taps"] = entry.taps
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def parse(text: str) -> Entry:
    """The entry a stored text stands for; raises ValueError, KeyError or TypeError on others."""
    fields = json.loads(text)
    return Entry(
        kind=EntryKind(fields["kind"]),
        utc_s=float(fields["utc_s"]),
        granted=bool(fields["granted"]),
        purpose=Purpose(fields["purpose"]) if fields["purpose"] else None,
        factors=frozenset(Factor(name) for name in fields["factors"]),
        reason=Reason(fields["reason"]) if fields["reason"] else None,
        person=fields["person"],
        person_version=int(fields["person_version"]),
        visit=fields["visit"],
        seconds=float(fields["seconds"]),
        detail=fields["detail"],
        evidence=str(fields.get("evidence", "")),
        taps=int(fields.get("taps", 0)),
    )


def link(previous_hash: str, sequence: int, text: str) -> str:
    """The hash of a row, 64 hexadecimal digits."""
    return hashlib.sha256(f"{previous_hash}\n{sequence}\n{text}".encode()).hexdigest()


def first_break(rows: Iterable[Row], previous_hash: str = GENESIS) -> Broken | None:
    """None when every row follows from the one before, otherwise the first that does not."""
    expected = 1
    for row in rows:
        if row.sequence != expected:
            return Broken(expected, "a row is missing")
        if link(previous_hash, row.sequence, row.text) != row.hash:
            return Broken(row.sequence, "the row was altered")
        previous_hash = row.hash
        expected += 1
    return None
