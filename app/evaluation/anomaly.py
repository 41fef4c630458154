"""`foyer evaluate anomaly` without its words: what is usual of real faces, how often a real one is
called odd all the same, and how many faces made to deceive the network are noticed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from app.cv import cv2
from app.domain import anomaly
from app.domain.anomaly import Measures, Oddity, Signs, Usual
from app.domain.matching import Embedding, MatchPolicy, Metric, Space, distances, threshold_at
from app.errors import FoyerError, ImageError
from app.evaluation.extraction import Job, engine_of, enlarged, subject_of
from app.evaluation.forging import Forged, Forgery, forge
from app.evaluation.metrics import Rate
from app.evaluation.outcomes import counted
from app.evaluation.pairs import people_in
from app.ports import Chip, Frame
from app.runtime import bootstrap
from app.runtime.workers import workers
from app.vision import images
from app.vision.engine import Engine
from app.vision.parts import Pixels

#: Clusters of real faces; 8 to 64 of them told faces from directions that are none equally well.
CLUSTERS = 8
#: Share of real faces within each limit, and how many a limit needs to be set.
WITHIN, FEWEST = 0.998, 200
#: A forger chooses among this many people who are nearest to them.
NEAREST = 10
#: Pictures of each person.
EACH = 2

Tell = Callable[[str, int, int], None]


class TooFew(FoyerError):
    """So few people say nothing about what is usual."""

    code = "evaluation-anomaly"


@dataclass(frozen=True, slots=True)
class Asked:
    """`people`: at most so many, with two pictures each. `forged`: faces of each kind, with at most
    `queries` questions to the network for each."""

    job: Job
    data: Path
    policy: MatchPolicy
    people: int
    forged: int
    queries: int
    seed: int
    jobs: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One picture of the person of this place."""

    person: int
    chip: Pixels = field(repr=False)
    embedding: Embedding = field(repr=False)
    signs: Signs


@dataclass(frozen=True, slots=True)
class Tried:
    """One forged face. `odd`: what was noticed about it, once it had reached its aim."""

    kind: Forgery
    reached: bool
    queries: int
    odd: tuple[Oddity, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """`own`: the limits are the pack's, not those of the first half of these people. `fitted`: what
    all of these would make of it, None for too few. `odd`: of each real face beyond those that set
    the limits."""

    asked: Asked
    space: Space
    people: int
    faces: int
    own: bool
    usual: Usual
    fitted: Usual | None
    odd: tuple[frozenset[Oddity], ...]
    tried: tuple[Tried, ...]
    seconds: float

    def as_json(self) -> dict[str, object]:
        noticed = [each for each in self.odd if each]
        return {
            "pack": self.asked.job.pack,
            "space": self.space.id,
            "people": self.people,
            "faces": self.faces,
            "limits": {"of": "pack" if self.own else "first half", **_limits(self.usual)},
            "genuine": {
                **Rate(len(noticed), len(self.odd)).as_json("odd"),
                "by": counted(word for each in noticed for word in sorted(each)),
            },
            "forged": {kind.value: self._of(kind) for kind in Forgery},
            "seed": self.asked.seed,
            "seconds": round(self.seconds, 1),
        }

    def _of(self, kind: Forgery) -> dict[str, object]:
        tried = [each for each in self.tried if each.kind is kind]
        reached = [each for each in tried if each.reached]
        noticed = [each for each in reached if each.odd]
        queries = [each.queries for each in reached]
        return {
            "tried": len(tried),
            "reached": len(reached),
            "queries": float(np.median(queries)) if queries else None,
            **Rate(len(noticed), len(reached)).as_json("noticed"),
            "by": counted(word for each in noticed for word in each.odd),
        }


def _limits(usual: Usual) -> dict[str, object]:
    numbers = {name: getattr(usual, name) for name in ("apart", "mirror", "crops", "drift")}
    return {
        "lengths": [round(each, 3) for each in usual.lengths],
        **{name: round(value, 4) for name, value in numbers.items()},
    }


def measure(asked: Asked, tell: Tell) -> Measured:
    """Raises TooFew, ModelMissing, ModelRejected."""
    began = time.perf_counter()
    engine = engine_of(asked.job)
    if not engine.space.calibration:
        raise TooFew(
            f"What the distances of {asked.job.pack} mean was never measured. First run: "
            "foyer evaluate identities --data DIR --pairs FILE --pack PACK --calibrate"
        )
    seen = _gathered(engine, asked, tell)
    halves = _halves(seen)
    settings = asked.job.origin.settings()
    ordinary = bootstrap.face_pack(settings, asked.job.pack).ordinary
    limit = threshold_at(engine.space, asked.policy.claim_fmr)
    usual = ordinary.usual if ordinary else _usual(halves[0], engine.space, limit)
    if usual is None:
        raise TooFew(
            f"{asked.data} holds {len(seen)} usable faces of people with {EACH} pictures; "
            f"{2 * FEWEST} are needed, half of them to set limits and half to try them."
        )
    rest = seen if ordinary else halves[1]
    found = _drifts(rest, engine.space, limit)
    odd = tuple(
        anomaly.oddities(_measures(each, usual, drift), usual)
        for each, drift in zip(rest, found, strict=True)
    )
    return Measured(
        asked=asked,
        space=engine.space,
        people=len({each.person for each in seen}),
        faces=len(seen),
        own=ordinary is not None,
        usual=usual,
        fitted=_usual(seen, engine.space, limit),
        odd=odd,
        tried=tuple(_forged(asked, rest, usual, limit, tell)),
        seconds=time.perf_counter() - began,
    )


def _gathered(engine: Engine, asked: Asked, tell: Tell) -> list[Seen]:
    """Two pictures of each of the people, in an order that is the seed's."""
    several = [files for files in people_in(asked.data).values() if len(files) >= EACH]
    order = np.random.default_rng(asked.seed).permutation(len(several))[: asked.people]
    seen: list[Seen] = []
    for done, place in enumerate(order, 1):
        own = [_seen(engine, int(place), file) for file in several[int(place)][:EACH]]
        seen += [each for each in own if each is not None] if all(own) else []
        tell("people", done, len(order))
    return seen


def _seen(engine: Engine, person: int, file: Path) -> Seen | None:
    """None where the picture shows no face that could be used."""
    try:
        frame = Frame(1, 0.0, enlarged(images.read(file)))
    except ImageError:
        return None
    engine.forget()
    face = subject_of(engine.observe(frame))
    if face is None:
        return None
    chip = engine.align(frame, face)
    return Seen(person, chip.pixels, engine.embed(chip), engine.examine(chip))


def _halves(seen: Sequence[Seen]) -> tuple[list[Seen], list[Seen]]:
    """Nobody is in both."""
    people = list(dict.fromkeys(each.person for each in seen))
    first = set(people[: len(people) // 2])
    return (
        [each for each in seen if each.person in first],
        [each for each in seen if each.person not in first],
    )


def _drifts(seen: Sequence[Seen], space: Space, limit: float) -> list[float]:
    """How much farther from the person's other picture each moved cut is, in shares of `limit`."""

    def apart(one: Embedding, other: Embedding) -> float:
        return float(distances(one, other[None, :], space.metric)[0])

    pairs = zip(seen, (seen[place ^ 1] for place in range(len(seen))), strict=True)
    return [
        (apart(one.signs.moved, other.embedding) - apart(one.embedding, other.embedding)) / limit
        for one, other in pairs
    ]


def _measures(seen: Seen, usual: Usual, drift: float) -> Measures:
    return anomaly.measures([seen.embedding], [seen.signs], usual.centres, drift)


def _usual(seen: Sequence[Seen], space: Space, limit: float) -> Usual | None:
    """Limits within which nearly all of these lie; None for too few.

    Clusters are made of one half and the distance to them measured on the other: 40 of 250 faces
    lay farther off than 99.8 % of those that the clusters themselves were made of.
    """
    if len(seen) < FEWEST:
        return None
    clustered, others = _halves(seen)
    centres = _centres(np.stack([each.embedding for each in clustered]))
    far = [float(distances(each.embedding, centres, Metric.COSINE).min()) for each in others]
    wide = (-np.inf, np.inf)
    free = Usual(wide, *(np.inf,) * 4, centres)
    found = [
        _measures(each, free, drift)
        for each, drift in zip(seen, _drifts(seen, space, limit), strict=True)
    ]

    def within(name: str, share: float = WITHIN) -> float:
        return float(np.quantile([getattr(each, name) for each in found], share))

    beyond = (1.0 - WITHIN) / 2.0
    return replace(
        free,
        lengths=(within("length", beyond), within("length", 1.0 - beyond)),
        apart=float(np.quantile(far, WITHIN)),
        mirror=within("mirror"),
        crops=within("crops"),
        drift=within("drift"),
    )


def _centres(faces: NDArray[np.float32]) -> NDArray[np.float32]:
    """The middles of clusters, of length 1; the same each time."""
    rows = faces / np.linalg.norm(faces, axis=1, keepdims=True)
    cv2.setRNGSeed(CLUSTERS)
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 50, 1e-5)
    start = np.zeros((len(rows), 1), dtype=np.int32)
    _, _, found = cv2.kmeans(rows, CLUSTERS, start, until, 3, cv2.KMEANS_PP_CENTERS)
    centres = np.asarray(found, dtype=np.float32)
    lengths = np.linalg.norm(centres, axis=1, keepdims=True)
    return np.asarray(centres / lengths, dtype=np.float32)


# -- forged faces


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """Whose face is changed until it is taken for the person of `template`, and by what chance."""

    kind: Forgery
    number: int
    chip: Pixels = field(repr=False)
    template: Embedding = field(repr=False)


@dataclass(slots=True)
class _Forger:
    engine: Engine
    usual: Usual
    limit: float
    queries: int
    seed: int

    def go(self, aim: Aim) -> Tried:
        kinds = tuple(Forgery)
        chance = np.random.default_rng((self.seed, kinds.index(aim.kind), aim.number))
        limit, queries = self.limit, self.queries
        made = forge(
            aim.kind, aim.chip, lambda chip: self._apart(chip, aim.template), limit, queries, chance
        )
        odd = self._odd(made, aim.template) if made.reached else frozenset()
        return Tried(made.kind, made.reached, made.queries, tuple(sorted(odd)))

    def _apart(self, chip: Pixels, template: Embedding) -> float:
        embedding = self.engine.embed(Chip(chip))
        return float(distances(embedding, template[None, :], self.engine.space.metric)[0])

    def _odd(self, made: Forged, template: Embedding) -> frozenset[Oddity]:
        embedding = self.engine.embed(Chip(made.chip))
        signs = self.engine.examine(Chip(made.chip))
        apart = distances(template, np.stack([embedding, signs.moved]), self.engine.space.metric)
        drift = float(apart[1] - apart[0]) / self.limit
        seen = anomaly.measures([embedding], [signs], self.usual.centres, drift)
        return anomaly.oddities(seen, self.usual)


def _aims(asked: Asked, seen: Sequence[Seen], space: Space) -> list[Aim]:
    """Everybody tries one of those who are nearest to them, as a forger would."""
    rows, owners = np.stack([each.embedding for each in seen]), [each.person for each in seen]
    chance = np.random.default_rng((asked.seed, len(seen)))
    aims = []
    for number in range(asked.forged):
        own = seen[int(chance.integers(len(seen)))]
        apart = distances(own.embedding, rows, space.metric)
        apart[np.array(owners) == own.person] = np.inf
        aim = int(np.argsort(apart)[int(chance.integers(NEAREST))])
        aims += [Aim(kind, number, own.chip, seen[aim].embedding) for kind in Forgery]
    return aims


#: The forger of this process, where it is one of several.
_own: list[_Forger] = []


def _start(job: Job, usual: Usual, limit: float, queries: int, seed: int) -> None:
    cv2.setNumThreads(1)
    forger = _Forger(engine_of(job), usual, limit, queries, seed)
    threadpool_limits(limits=1)
    _own.append(forger)


def _go(aim: Aim) -> Tried:
    return _own[0].go(aim)


def _forged(
    asked: Asked, seen: Sequence[Seen], usual: Usual, limit: float, tell: Tell
) -> list[Tried]:
    if not asked.forged:
        return []
    space = bootstrap.face_pack(asked.job.origin.settings(), asked.job.pack).space
    aims = _aims(asked, seen, space)
    tried = []
    with workers(asked.jobs, _start, asked.job, usual, limit, asked.queries, asked.seed) as pool:
        for future in as_completed([pool.submit(_go, aim) for aim in aims]):
            tried.append(future.result())
            tell("forged faces", len(tried), len(aims))
    return tried
