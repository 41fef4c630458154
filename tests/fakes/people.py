"""The people of the stories, and what they carry."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.people import Claim, ClaimKind, Need, Person, PersonKind, Status
from tests.fakes.clock import START_UTC_S

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the house: the person as the gallery knows them, their badge and their PIN."""

    person: Person
    badge: str
    pin: str

    @property
    def by_badge(self) -> Claim:
        return Claim(ClaimKind.BADGE, self.badge)

    @property
    def by_number(self) -> Claim:
        return Claim(ClaimKind.NUMBER, self.person.number)


def member(
    name: str,
    number: str,
    status: Status = Status.ACTIVE,
    from_s: float | None = None,
    until_s: float | None = None,
    needs: frozenset[Need] = frozenset(),
) -> Member:
    """`from_s` and `until_s` are seconds before and after the stories begin."""
    person = Person(
        id=f"id-{name.lower()}",
        number=number,
        name=name,
        kind=PersonKind.EMPLOYEE if until_s is None else PersonKind.CONTRACTOR,
        status=status,
        valid_from_s=None if from_s is None else START_UTC_S + from_s,
        valid_until_s=None if until_s is None else START_UTC_S + until_s,
        needs=needs,
    )
    return Member(person, badge=f"04-{number}-A1", pin=f"{number}{number[::-1]}")


AMARA = member("Amara", "1001")
BRUNO = member("Bruno", "1002")
CHIKA = member("Chika", "1003", until_s=-DAY_S)
DILEK = member("Dilek", "1004", from_s=DAY_S)
EMIL = member("Emil", "1005", status=Status.SUSPENDED)
FARAH = member("Farah", "1006", status=Status.ENDED)
GRETA = member("Greta", "1007", needs=frozenset({Need.NO_BLINK, Need.NO_MOUTH}))
HIRO = member("Hiro", "1008", needs=frozenset({Need.NO_HEAD_MOVEMENT, Need.NO_BLINK}))
IVO = member("Ivo", "1009", until_s=3600.0)

STAFF = (AMARA, BRUNO, CHIKA, DILEK, EMIL, FARAH, GRETA, HIRO, IVO)
STRANGER = "a stranger"
"""Whose face this is, where it is nobody's of the house."""
