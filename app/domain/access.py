"""Whether a person who proved who they are may enter now, and what they still owe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.journal import Factor
from app.domain.people import Person, Status
from app.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Admitted:
    person: Person


@dataclass(frozen=True, slots=True)
class Refused:
    reason: Reason


class Rule(StrEnum):
    """What is asked about somebody who proved who they are, in this order."""

    STANDING = "standing"
    BEGUN = "begun"
    NOT_OVER = "not-over"
    FACTORS = "factors"


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule's answer; `reason` is what a visitor would hear, None where it is kept."""

    rule: Rule
    reason: Reason | None


def judge(
    person: Person,
    shown: frozenset[Factor],
    accepted: frozenset[frozenset[Factor]],
    utc_s: float,
) -> tuple[Judged, ...]:
    """Every rule's answer: standing, the contract to the second, then the factors.

    `shown` are the factors proved in this visit; they suffice when they contain a whole
    accepted set. Access is from `valid_from_s` to before `valid_until_s`, UTC; a time that is
    not a number is in no contract.
    """
    begun = person.valid_from_s is None or utc_s >= person.valid_from_s
    goes_on = person.valid_until_s is None or utc_s < person.valid_until_s
    enough = any(wanted and wanted <= shown for wanted in accepted)
    return (
        Judged(Rule.STANDING, _STANDING[person.status]),
        Judged(Rule.BEGUN, None if begun else Reason.NOT_YET_VALID),
        Judged(Rule.NOT_OVER, None if goes_on else Reason.ENDED),
        Judged(Rule.FACTORS, None if enough else Reason.FACTORS_OWED),
    )


_STANDING: dict[Status, Reason | None] = {
    Status.ACTIVE: None,
    Status.SUSPENDED: Reason.SUSPENDED,
    Status.ENDED: Reason.ENDED,
}


def decide(
    person: Person,
    shown: frozenset[Factor],
    accepted: frozenset[frozenset[Factor]],
    utc_s: float,
) -> Admitted | Refused:
    """Refused for the first rule that is not kept, see `judge`."""
    for each in judge(person, shown, accepted, utc_s):
        if each.reason is not None:
            return Refused(each.reason)
    return Admitted(person)
