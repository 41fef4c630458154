"""Whether a person who proved who they are may enter now, and what they still owe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from app.domain.journal import Factor
from app.domain.people import Person, Status
from app.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Admitted:
    person: Person


@dataclass(frozen=True, slots=True)
class Refused:
    reason: Reason


def decide(
    person: Person,
    shown: frozenset[Factor],
    accepted: frozenset[frozenset[Factor]],
    utc_s: float,
) -> Admitted | Refused:
    """Standing first, then the contract to the second, then the factors.

    `shown` are the factors proved in this visit; they suffice when they contain a whole
    accepted set. Access is from `valid_from_s` to before `valid_until_s`, UTC; a time that is
    not a number is in no contract.
    """
    match person.status:
        case Status.SUSPENDED:
            return Refused(Reason.SUSPENDED)
        case Status.ENDED:
            return Refused(Reason.ENDED)
        case Status.ACTIVE:
            pass
        case _ as never:
            assert_never(never)
    if person.valid_from_s is not None and not utc_s >= person.valid_from_s:
        return Refused(Reason.NOT_YET_VALID)
    if person.valid_until_s is not None and not utc_s < person.valid_until_s:
        return Refused(Reason.ENDED)
    if not any(wanted and wanted <= shown for wanted in accepted):
        return Refused(Reason.FACTORS_OWED)
    return Admitted(person)
