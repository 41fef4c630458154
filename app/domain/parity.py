"""Whether whoever does not show their face is served as quickly: seconds, taps and failures of each
way in, from the journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from app.domain.journal import Entry, EntryKind, Factor
from app.domain.reasons import Reason

#: Ways in have so many visits before they are compared: fewer say nothing.
FEWEST = 20
#: How ways differ that count as equal: DESIGN's one tap, and a share of the seconds.
TAPS, SECONDS = 1.0, 0.25
#: A visit that was given up or refused for what is no fault of the way in is no failure of it.
NO_FAULT = frozenset({Reason.SUSPENDED, Reason.ENDED, Reason.NOT_YET_VALID, Reason.LOCKED})


@dataclass(frozen=True, slots=True)
class Way:
    """One way in. `name`: its factors, as `badge+pin`. `failed`: refused or given up, of `visits`.
    Seconds and taps are of those who got in: from the first tap to the door's release; None where
    nobody did."""

    name: str
    visits: int
    failed: int
    seconds: float | None
    slow_s: float | None
    taps: float | None

    @property
    def with_face(self) -> bool:
        return Factor.FACE.value in self.name.split("+")


@dataclass(frozen=True, slots=True)
class Compared:
    """The quickest way with a face against the quickest without; None where either has fewer than
    FEWEST visits. `more_s` and `more_taps`: what it costs to go without."""

    with_face: str
    without: str
    more_s: float
    more_taps: float
    equal: bool


def ways(entries: Iterable[Entry]) -> tuple[Way, ...]:
    """Every way that somebody tried, those with most visits first."""
    tried: dict[str, list[Entry]] = {}
    for each in entries:
        if each.kind is EntryKind.VISIT and each.factors and each.reason not in NO_FAULT:
            tried.setdefault("+".join(sorted(each.factors)), []).append(each)
    found = [_way(name, visits) for name, visits in tried.items()]
    return tuple(sorted(found, key=lambda way: (-way.visits, way.name)))


def _way(name: str, visits: list[Entry]) -> Way:
    came_in = [each for each in visits if each.granted]
    seconds = sorted(each.seconds for each in came_in)
    return Way(
        name=name,
        visits=len(visits),
        failed=len(visits) - len(came_in),
        seconds=median(seconds) if seconds else None,
        slow_s=seconds[(len(seconds) - 1) * 9 // 10] if seconds else None,
        taps=median(each.taps for each in came_in) if came_in else None,
    )


def compared(found: Iterable[Way]) -> Compared | None:
    """Which way without a face stands beside which with one, and whether they are equal."""
    enough = [each for each in found if each.visits - each.failed >= FEWEST]
    with_face = _quickest(each for each in enough if each.with_face)
    without = _quickest(each for each in enough if not each.with_face)
    if with_face is None or without is None:
        return None
    more_s, more_taps = _more(without, with_face)
    equal = more_taps <= TAPS and more_s <= SECONDS * (with_face.seconds or 0.0)
    return Compared(with_face.name, without.name, more_s, more_taps, equal)


def _quickest(found: Iterable[Way]) -> Way | None:
    return min(found, key=lambda way: way.seconds or 0.0, default=None)


def _more(one: Way, other: Way) -> tuple[float, float]:
    return (one.seconds or 0.0) - (other.seconds or 0.0), (one.taps or 0.0) - (other.taps or 0.0)
