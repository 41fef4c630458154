"""Who is known here, and what they show to prove it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class PersonKind(StrEnum):
    EMPLOYEE = "employee"
    CONTRACTOR = "contractor"
    VISITOR = "visitor"


LONGEST_NAME = 200
#: Letters of several scripts are joined, or kept apart, by these, which show nothing themselves.
JOINERS = "\u200c\u200d"


def is_name(text: str) -> bool:
    """Whether a screen can show it as a name: 1 to LONGEST_NAME characters in any script, and none
    that only steers how others are shown, as marks that turn the direction of writing do."""
    bare = text.strip().translate({ord(each): None for each in JOINERS})
    return 0 < len(text.strip()) <= LONGEST_NAME and bool(bare) and bare.isprintable()


class Status(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Need(StrEnum):
    """What a challenge must not ask of this person, nor a screen do to them.

    `NO_LIGHT`: photosensitive, never shown changing colours. `SEATED`: cannot lean in.
    """

    NO_HEAD_MOVEMENT = "no-head-movement"
    NO_BLINK = "no-blink"
    NO_MOUTH = "no-mouth"
    NO_LIGHT = "no-light"
    SEATED = "seated"


@dataclass(frozen=True, slots=True)
class Person:
    """A gallery member without anything biometric.

    `number` is the employee number they may type (not a secret). `valid_from_s` and
    `valid_until_s` are UTC seconds since the epoch; access is from the first to *before* the
    second; None is unbounded. `version` grows with every change and lets a decision made on an
    old copy be refused when it is recorded.
    """

    id: str
    number: str
    name: str
    kind: PersonKind = PersonKind.EMPLOYEE
    status: Status = Status.ACTIVE
    valid_from_s: float | None = None
    valid_until_s: float | None = None
    needs: frozenset[Need] = frozenset()
    version: int = 1


class ClaimKind(StrEnum):
    """`ADMIN` is the kiosk's own service PIN: nobody's claim, but counted and locked like one."""

    BADGE = "badge"
    NUMBER = "number"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are: a badge's content or a typed employee number."""

    kind: ClaimKind
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secret:
    """A PIN on its way to the hasher; never printed, logged or shown."""

    text: str = field(repr=False)

    def __str__(self) -> str:
        return "•" * len(self.text)
