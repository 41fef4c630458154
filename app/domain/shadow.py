"""What a pack that decides nothing would have said, beside what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.matching import Match, Matched, Unmatched, Unsure


class Kind(StrEnum):
    """How the shadow's answer stands to the one that decided.

    NOT_COMPARABLE: the person was recognised and has no template in the shadow's space.
    """

    SAME_PERSON = "same-person"
    NOBODY_BOTH = "nobody-both"
    UNSURE_BOTH = "unsure-both"
    OTHER_PERSON = "other-person"
    SHADOW_NOBODY = "shadow-nobody"
    SHADOW_SOMEBODY = "shadow-somebody"
    SHADOW_UNSURE = "shadow-unsure"
    SHADOW_SURE_NOBODY = "shadow-sure-nobody"
    NOT_COMPARABLE = "not-comparable"


AGREED = frozenset({Kind.SAME_PERSON, Kind.NOBODY_BOTH, Kind.UNSURE_BOTH})


@dataclass(frozen=True, slots=True)
class Comparison:
    """One visit. `person`: whom it was decided for; `other`: whom the shadow took them for where
    that is somebody else; ids, or empty. `live` and `shadow` are space ids."""

    live: str
    shadow: str
    kind: Kind
    person: str
    other: str
    utc_s: float


@dataclass(frozen=True, slots=True)
class Report:
    """`uncompared`: how many people could not be compared in any of their visits."""

    visits: int
    agreed: int
    kinds: Mapping[Kind, int]
    uncompared: int


def kind_of(live: Match, shadow: Match, *, comparable: bool) -> Kind:
    """`comparable`: whether the person `live` names has a template in the shadow's space."""
    match live, shadow:
        case Matched(), _ if not comparable:
            return Kind.NOT_COMPARABLE
        case Matched(person=one), Matched(person=other):
            return Kind.SAME_PERSON if one == other else Kind.OTHER_PERSON
        case _, Matched():
            return Kind.SHADOW_SOMEBODY
        case Unsure(), Unsure():
            return Kind.UNSURE_BOTH
        case _, Unsure():
            return Kind.SHADOW_UNSURE
        case Unmatched(), _:
            return Kind.NOBODY_BOTH
        case Unsure(), _:
            return Kind.SHADOW_SURE_NOBODY
        case _:
            return Kind.SHADOW_NOBODY


def other_of(live: Match, shadow: Match) -> str:
    """Whom the shadow named, where that is not whom the visit was decided for."""
    named = shadow.person if isinstance(shadow, Matched) else ""
    decided = live.person if isinstance(live, Matched) else ""
    return named if named != decided else ""


def report_of(kinds: Mapping[Kind, int], uncompared: int) -> Report:
    known = {kind: kinds.get(kind, 0) for kind in Kind}
    agreed = sum(known[kind] for kind in AGREED)
    return Report(sum(known.values()), agreed, known, uncompared)
