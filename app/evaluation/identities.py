"""`foyer evaluate identities` without its words: a folder of people in, one document out."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.domain.matching import CalibrationPoint, Embedding, MatchPolicy, Metric, Space
from app.evaluation import pairs as lists
from app.evaluation.averaged import every_fusion
from app.evaluation.extraction import Job, Sample, engine_of, extract
from app.evaluation.identification import Identified, identification
from app.evaluation.outcomes import counted
from app.evaluation.pairs import Pairs, PairsUnusable
from app.evaluation.verification import (
    BLOCK,
    FEWEST_ERRORS,
    Row,
    Sides,
    Verified,
    accuracy,
    distances_between,
    verify,
)

#: The rate at which groups and qualities are compared.
COMPARED_FMR = 1e-3
#: Shares of the worst pictures left out, to see what quality is worth.
LEFT_OUT = (0.0, 0.05, 0.1, 0.2, 0.3)
#: A calibration of fused pictures needs as many people who have enough of them.
FEWEST_FUSED = 50
#: One group's errors are not named unless it has as many genuine comparisons.
FEWEST_OF_GROUP = 30
#: Drawing which pictures are fused.
SEED = 19795
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Group:
    """Errors of one group of people at a threshold common to all."""

    name: str
    people: int
    n_genuine: int
    fnmr: float
    n_impostor: int
    fmr: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured, and the numbers the kiosk decides by."""

    job: Job
    data: Path
    pairs: Path
    policy: MatchPolicy
    jobs: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """All of it. `single`: one picture against one, all with all; `fused`: by how many pictures
    make a template and how many a probe. `suspects`: names under which one and the same person
    seems to stand, see `suspects_of`; `without_suspects`: identification with them left out."""

    asked: Asked
    space: Space
    people: int
    images: int
    failed: dict[str, int]
    single: Verified
    fused: dict[str, Verified]
    accuracy: float
    pairs: int
    pairs_missing: int
    pairs_failed: int
    identification: tuple[Identified, ...]
    suspects: tuple[tuple[str, str], ...]
    without_suspects: tuple[Identified, ...]
    groups: tuple[Group, ...]
    by_quality: tuple[tuple[float, float], ...]
    detect_ms: tuple[float, ...]
    mark_ms: tuple[float, ...]
    observe_ms: tuple[float, ...]
    embed_ms: tuple[float, ...]
    seconds: float

    @property
    def fta(self) -> float:
        """The share of pictures in which no face could be used."""
        return sum(self.failed.values()) / max(self.images, 1)

    @property
    def calibration(self) -> tuple[tuple[CalibrationPoint, ...], int, str]:
        """Rates and distances as the kiosk compares, how many comparisons of strangers they come
        from, and of what."""
        kiosk = self.fused.get("1+3")
        enough = kiosk is not None and len(kiosk.genuine) >= FEWEST_FUSED
        used = kiosk if enough and kiosk is not None else self.single
        what = "mean of three pictures against one" if used is kiosk else "one picture against one"
        points = tuple(CalibrationPoint(row.fmr, row.threshold) for row in used.rows)
        return points, used.impostor.n, f"{what}, {self.people} people of {self.asked.data.name}"

    @property
    def decided_by(self) -> str:
        """Whose calibration named people here."""
        own = "a calibration made of these very pictures, which flatters it"
        return "the pack's calibration" if self.space.calibration else own

    @property
    def fnmr_at_1e4(self) -> float:
        """At a false match rate of 1e-4, one picture against one; 1 where so few were compared
        that nobody can say."""
        return next((row.fnmr for row in self.single.rows if row.fmr == 1e-4), 1.0)  # noqa: PLR2004

    def as_json(self) -> dict[str, object]:
        return {
            "pack": self.asked.job.pack,
            "space": self.space.id,
            "n_images": self.images,
            "n_people": self.people,
            "fta": round(self.fta, 5),
            "failed": self.failed,
            "verification": [row_json(row) for row in self.single.rows],
            "templates": {
                name: [row_json(row) for row in each.rows] for name, each in self.fused.items()
            },
            "accuracy": round(self.accuracy, 5),
            "pairs": {
                "n": self.pairs,
                "missing": self.pairs_missing,
                "failed": self.pairs_failed,
            },
            "identification": [identified_json(each) for each in self.identification],
            "suspects": {
                "pairs": [list(each) for each in self.suspects],
                "identification_without": [identified_json(each) for each in self.without_suspects],
            },
            "groups": [_rounded(asdict(each)) for each in self.groups],
            "quality": [
                {"left_out": share, "fnmr": round(fnmr, 5)} for share, fnmr in self.by_quality
            ],
            "ms": {
                "detect": _cost(self.detect_ms),
                "landmarks": _cost(self.mark_ms),
                "observe": _cost(self.observe_ms),
                "embed": _cost(self.embed_ms),
                "of": "one core, median and 95th percentile",
            },
            "calibrated": bool(self.space.calibration),
            "identified_by": self.decided_by if self.identification else None,
            "measured": date.today().isoformat(),  # noqa: DTZ011 - the operator's day
            "seconds": round(self.seconds, 1),
        }


def row_json(row: Row) -> dict[str, object]:
    return {
        "fmr": row.fmr,
        "threshold": round(row.threshold, 5),
        "fnmr": round(row.fnmr, 5),
        "fnmr_interval95": [round(each, 5) for each in row.fnmr_interval],
        "fmr_interval95": [round(each, 7) for each in row.fmr_interval],
        "n_genuine": row.n_genuine,
        "n_impostor": row.n_impostor,
    }


def identified_json(each: Identified) -> dict[str, object]:
    return _rounded(asdict(each))


def _rounded(document: dict[str, object]) -> dict[str, object]:
    def short(value: object) -> object:
        if isinstance(value, float):
            return round(value, 6)
        return [short(each) for each in value] if isinstance(value, tuple) else value

    return {key: short(value) for key, value in document.items()}


def _cost(samples: Sequence[float]) -> dict[str, object]:
    if not samples:
        return {"median": None, "p95": None, "n": 0}
    return {
        "median": round(float(np.median(samples)), 2),
        "p95": round(float(np.percentile(samples, 95)), 2),
        "n": len(samples),
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Collection:
    """The usable pictures: float32 [n, d], whose person each is, and its quality."""

    paths: tuple[Path, ...]
    rows: NDArray[np.float32]
    owners: NDArray[np.int32]
    worth: NDArray[np.float64]
    names: tuple[str, ...]

    @property
    def sides(self) -> Sides:
        return Sides(self.rows, self.owners)

    def of(self, person: int) -> NDArray[np.intp]:
        return np.flatnonzero(self.owners == person)


def measure(asked: Asked, tell: Tell) -> Measured:
    """Raises PairsUnusable for a folder or a list that cannot be used, and ModelMissing or
    ModelRejected for a pack that is not there."""
    began_s = time.perf_counter()
    people = lists.people_in(asked.data)
    listed = lists.read(asked.pairs, people)
    space = engine_of(asked.job).space  # before hours of work: is the pack there at all?
    paths = [path for pictures in people.values() for path in pictures]
    samples = extract(asked.job, paths, asked.jobs, lambda done: tell("pictures", done, len(paths)))
    found = _collected(people, paths, samples)
    tell("comparing", 0, 0)
    single = verify(found.sides, found.sides, space.metric, same=True)
    right, failed = _accuracy(listed, found, space)
    group = {found.names[int(who)]: _embeddings(found, int(who)) for who in np.unique(found.owners)}
    tell("naming", 0, 0)
    measured = Measured(
        asked=asked,
        space=space,
        people=len(people),
        images=len(paths),
        failed=counted(each.reason for each in samples if each.reason),
        single=single,
        fused=every_fusion(found.sides, space.metric, SEED),
        accuracy=right,
        pairs=len(listed.pairs),
        pairs_missing=listed.missing,
        pairs_failed=failed,
        identification=(),
        suspects=suspects_of(found.sides, found.names, space.metric, single),
        without_suspects=(),
        groups=_groups(asked.data / "groups.csv", found, space, single),
        by_quality=_by_quality(found, space, single),
        detect_ms=tuple(each.detect_ms for each in samples if each.detect_ms),
        mark_ms=tuple(each.mark_ms for each in samples if each.mark_ms),
        observe_ms=tuple(each.observe_ms for each in samples if each.observe_ms),
        embed_ms=tuple(each.embed_ms for each in samples if each.embed_ms),
        seconds=0.0,
    )
    own = replace(space, calibration=_decides(measured))
    doubted = set(chain(*measured.suspects))
    clean = {name: each for name, each in group.items() if name not in doubted}

    def named(people: dict[str, list[Embedding]]) -> tuple[Identified, ...]:
        return identification(people, own, asked.policy, SEED) if own.calibration else ()

    return replace(
        measured,
        identification=named(group),
        without_suspects=named(clean) if doubted else (),
        seconds=time.perf_counter() - began_s,
    )


def _decides(measured: Measured) -> tuple[CalibrationPoint, ...]:
    """The distances people are named by here: the pack's own; where it has none, those that these
    very pictures gave, or nothing where they are too few for that."""
    if measured.space.calibration:
        return measured.space.calibration
    return measured.calibration[0] if is_enough(measured) else ()


def _collected(
    people: dict[str, tuple[Path, ...]], paths: Sequence[Path], samples: Sequence[Sample]
) -> _Collection:
    names = tuple(people)
    place = {path: at for at, name in enumerate(names) for path in people[name]}
    good = [
        (path, sample.embedding, sample.worth)
        for path, sample in zip(paths, samples, strict=True)
        if sample.embedding is not None
    ]
    if len({place[path] for path, _, _ in good}) < 2:  # noqa: PLR2004 - nobody to take them for
        raise PairsUnusable(
            f"Faces of fewer than two people were found in {len(paths)} pictures. Give pictures "
            "that show faces from the front."
        )
    return _Collection(
        tuple(path for path, _, _ in good),
        np.stack([embedding for _, embedding, _ in good]),
        np.array([place[path] for path, _, _ in good], dtype=np.int32),
        np.array([worth for _, _, worth in good]),
        names,
    )


def _embeddings(found: _Collection, person: int) -> list[Embedding]:
    return [found.rows[int(row)] for row in found.of(person)]


def _accuracy(listed: Pairs, found: _Collection, space: Space) -> tuple[float, int]:
    """Of the listed pairs of which both pictures could be used, and how many could not."""
    place = {path: at for at, path in enumerate(found.paths)}
    usable = [each for each in listed.pairs if each.one in place and each.other in place]
    if not usable:
        return 0.0, len(listed.pairs)
    one = found.rows[[place[each.one] for each in usable]]
    other = found.rows[[place[each.other] for each in usable]]
    apart = np.array(
        [
            float(distances_between(a[None], b[None], space.metric)[0, 0])
            for a, b in zip(one, other, strict=True)
        ]
    )
    genuine = np.array([each.genuine for each in usable])
    folds = np.array([each.fold for each in usable])
    return accuracy(apart, genuine, folds), len(listed.pairs) - len(usable)


def _threshold(single: Verified) -> float | None:
    """Of the rate at which groups and qualities are compared, or the nearest that was counted."""
    rows = sorted(single.rows, key=lambda row: abs(np.log10(row.fmr / COMPARED_FMR)))
    return rows[0].threshold if rows else None


def _by_quality(
    found: _Collection, space: Space, single: Verified
) -> tuple[tuple[float, float], ...]:
    """Without this share of the worst pictures, how many genuine comparisons are missed."""
    limit = _threshold(single)
    if limit is None:
        return ()
    curve = []
    for share in LEFT_OUT:
        least = float(np.quantile(found.worth, share))
        missed = total = 0
        for who in np.unique(found.owners):
            rows = found.of(int(who))
            rows = rows[found.worth[rows] >= least]
            apart = distances_between(found.rows[rows], found.rows[rows], space.metric)
            own = apart[np.triu_indices(len(rows), 1)]
            missed += int((own >= limit).sum())
            total += len(own)
        curve.append((share, missed / max(total, 1)))
    return tuple(curve)


def _groups(file: Path, found: _Collection, space: Space, single: Verified) -> tuple[Group, ...]:
    """Where the folder holds `groups.csv`, a line "person,group" each: errors by group."""
    limit = _threshold(single)
    if not file.exists() or limit is None:
        return ()
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            rows = [row for row in csv.reader(stream) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise PairsUnusable(f"{file} is not a table in UTF-8: person,group a line.") from fault
    place = {name: at for at, name in enumerate(found.names)}
    members: dict[str, set[int]] = {}
    for row in rows:
        if len(row) < 2:  # noqa: PLR2004 - person and group
            raise PairsUnusable(f"{file} has a line without a group: {','.join(row)[:60]!r}.")
        if row[0].strip() in place:
            members.setdefault(row[1].strip(), set()).add(place[row[0].strip()])
    groups = [_group(name, who, found, space, limit) for name, who in sorted(members.items())]
    return tuple(each for each in groups if each.n_genuine >= FEWEST_OF_GROUP)


def suspects_of(
    sides: Sides, names: Sequence[str], metric: Metric, single: Verified
) -> tuple[tuple[str, str], ...]:
    """Pairs of names with two pictures nearer than half of all pairs of one person are.

    Collections hold people under two names and pictures under a wrong one: of the nearest fifteen
    pairs of names in half of Labeled Faces in the Wild all but a few are such, seen by eye. A
    stranger who "is" somebody enrolled under another name counts as named wrongly however good
    the recogniser is. Leaving them out by the recogniser's own word also leaves out twins.
    """
    if not single.genuine:
        return ()
    limit = float(np.median(np.concatenate(single.genuine)))
    found: set[tuple[str, str]] = set()
    for at in range(0, len(sides.rows), BLOCK):
        apart = distances_between(sides.rows[at : at + BLOCK], sides.rows, metric)
        rows, columns = np.nonzero(apart < limit)
        for one, other in zip(sides.owners[at + rows], sides.owners[columns], strict=True):
            if one < other:
                found.add((names[int(one)], names[int(other)]))
    return tuple(sorted(found))


def _group(name: str, who: set[int], found: _Collection, space: Space, limit: float) -> Group:
    rows = np.flatnonzero(np.isin(found.owners, list(who)))
    side = Sides(found.rows[rows], found.owners[rows])
    inside = verify(side, side, space.metric, same=True)
    own = np.concatenate(inside.genuine) if inside.genuine else np.zeros(0)
    return Group(
        name,
        len(who),
        len(own),
        float(np.mean(own >= limit)) if len(own) else 0.0,
        inside.impostor.n,
        inside.impostor.share_below(limit),
    )


def is_enough(measured: Measured) -> bool:
    """Whether a calibration would rest on enough comparisons to be one."""
    points, n, _ = measured.calibration
    return len(points) > 1 and min(point.fmr for point in points) * n >= FEWEST_ERRORS
