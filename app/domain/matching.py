"""Who a probe belongs to: exact search over one space, and when to say that one is not sure.

An embedding is a float32 vector of one *space* (the network that made it); vectors of different
spaces are never compared. All scores are *distances*: smaller is more alike. Euclidean spaces
use the L2 norm of the difference, cosine spaces 1 - cosine similarity.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.domain.people import Person

Embedding = NDArray[np.float32]


class Metric(StrEnum):
    EUCLIDEAN = "euclidean"
    COSINE = "cosine"


@dataclass(frozen=True, slots=True)
class CalibrationPoint:
    """At `distance` the false match rate of one template against one probe is `fmr`."""

    fmr: float
    distance: float


@dataclass(frozen=True, slots=True)
class Space:
    """An embedding space and what is known about it; `calibration` has ascending distances."""

    id: str
    dimension: int
    metric: Metric
    calibration: tuple[CalibrationPoint, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The gallery as the matcher sees it, immutable; make one with `snapshot_of`.

    `templates` is float32 [n, d]; row i belongs to person `ids[owners[i]]` (`owners` is int32
    [n]). `squares` are the rows' squared norms, float32 [n]. `people` holds everybody by id,
    also those without a template. `version` is the gallery's change counter.
    """

    version: int
    space: Space
    templates: NDArray[np.float32]
    squares: NDArray[np.float32]
    owners: NDArray[np.int32]
    ids: tuple[str, ...]
    people: Mapping[str, Person]


def snapshot_of(
    version: int,
    space: Space,
    people: Mapping[str, Person],
    templates: Sequence[tuple[str, Embedding]],
) -> Snapshot:
    """A snapshot from (person id, embedding [d]) pairs.

    A template that cannot be used is left out: it matches nobody, and stops nobody else.
    """
    templates = [(person, each) for person, each in templates if is_usable(each, space)]
    ids = tuple(sorted({person for person, _ in templates}))
    place = {person: index for index, person in enumerate(ids)}
    matrix = (
        np.ascontiguousarray(np.stack([vector for _, vector in templates]), dtype=np.float32)
        if templates
        else np.zeros((0, space.dimension), dtype=np.float32)
    )
    squares = np.einsum("ij,ij->i", matrix, matrix)
    owners = np.asarray([place[person] for person, _ in templates], dtype=np.int32)
    return Snapshot(version, space, matrix, squares, owners, ids, dict(people))


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """`fpir`: how often a stranger may be taken for anybody (1:N, DESIGN default 1e-3).

    `claim_fmr`: the same for one claimed person (NIST SP 800-63B-4: at most 1e-4). `margin`: how
    much nearer, as a share of the threshold, the best person must be than the second best.
    `agreement_fmr`: frames of one session farther apart than this rate's distance are not one
    person; looser, because head turns move a genuine embedding (0.41 at 30° in FIELD).
    `track_fmr` and `moment_fmr`: the same for a stretch of faces at rest, and for one of them
    (see `agreement`).
    """

    fpir: float = 1e-3
    claim_fmr: float = 1e-4
    margin: float = 0.08
    agreement_fmr: float = 1e-2
    track_fmr: float = 1e-4
    moment_fmr: float = 1e-3


@dataclass(frozen=True, slots=True)
class Matched:
    person: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    pass


@dataclass(frozen=True, slots=True)
class Unsure:
    """Two people are about as near: show a badge or type a PIN, then 1:1."""


Match = Matched | Unmatched | Unsure


def threshold_at(space: Space, fmr: float) -> float:
    """The distance below which one comparison falsely matches with rate `fmr`.

    Linear in log10(fmr) between calibration points. Never extrapolates to a looser rate than
    was measured; below the strictest point it goes on along the last slope, at least to 0.
    Raises ValueError for a space without a calibration that can be believed.
    """
    points = sorted(space.calibration, key=lambda point: point.fmr)
    if len(points) < 2:  # noqa: PLR2004 - a line needs two points
        raise ValueError(f"space {space.id} has no calibration table")
    if not _is_rising(points):
        raise ValueError(f"space {space.id}: a rarer false match must be a smaller distance")
    wanted = math.log10(min(max(fmr, 1e-12), points[-1].fmr))
    logs = [math.log10(point.fmr) for point in points]
    if wanted < logs[0]:
        slope = (points[1].distance - points[0].distance) / (logs[1] - logs[0])
        return max(points[0].distance + slope * (wanted - logs[0]), 0.0)
    return float(np.interp(wanted, logs, [point.distance for point in points]))


def rate_at(space: Space, distance: float) -> float | None:
    """The false match rate of one comparison at `distance`, the other way round; None beyond the
    loosest rate that was measured. Raises ValueError for a space without a calibration."""
    points = sorted(space.calibration, key=lambda point: point.fmr)
    if len(points) < 2 or not _is_rising(points):  # noqa: PLR2004 - a line needs two points
        raise ValueError(f"space {space.id} has no calibration table")
    if not distance <= points[-1].distance:
        return None
    logs = [math.log10(point.fmr) for point in points]
    if distance < points[0].distance:
        slope = (logs[1] - logs[0]) / max(points[1].distance - points[0].distance, 1e-9)
        return float(10.0 ** (logs[0] + slope * (distance - points[0].distance)))
    return float(10.0 ** np.interp(distance, [point.distance for point in points], logs))


def _is_rising(points: list[CalibrationPoint]) -> bool:
    steps = itertools.pairwise(points)
    first = points[0]
    return (
        first.fmr > 0.0
        and first.distance > 0.0
        and all(a.fmr < b.fmr and a.distance <= b.distance < math.inf for a, b in steps)
    )


def identification_threshold(space: Space, templates: int, policy: MatchPolicy) -> float:
    """The distance for 1:N: the target FPIR shared out over every template compared."""
    return threshold_at(space, policy.fpir / max(templates, 1))


def distances(
    probe: Embedding,
    templates: NDArray[np.float32],
    metric: Metric,
    squares: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Distance of `probe` [d] to each row of `templates` [n, d], float32 [n].

    `squares` saves a pass over the rows when their squared norms are already known. Whatever
    cannot be measured, as a row with something in it that is not a number, is infinitely far.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        if squares is None:
            squares = np.einsum("ij,ij->i", templates, templates)
        products = templates @ probe
        own = float(probe @ probe)
        if metric is Metric.COSINE:
            found = 1.0 - products / np.sqrt(np.maximum(squares * own, 1e-24))
        else:
            found = np.sqrt(np.maximum(squares - 2.0 * products + own, 0.0))
    return np.where(np.isfinite(found), found, np.inf).astype(np.float32)


def fuse(embeddings: list[Embedding]) -> Embedding:
    """The mean of several embeddings of one face, [d]."""
    return np.asarray(np.mean(np.stack(embeddings), axis=0), dtype=np.float32)


def spread(embeddings: list[Embedding], centre: Embedding, metric: Metric) -> float:
    """The largest distance of any of `embeddings` to `centre`; infinite for none."""
    if not embeddings:
        return math.inf
    return float(distances(centre, np.stack(embeddings), metric).max())


def is_usable(probe: Embedding, space: Space) -> bool:
    """Whether an embedding has the space's size and only finite, not all-zero, values."""
    return bool(
        probe.shape == (space.dimension,) and np.isfinite(probe).all() and np.any(probe != 0)
    )


def identify(probe: Embedding, snapshot: Snapshot, policy: MatchPolicy) -> Match:
    """1:N over the whole snapshot; best template of each person. A space that was never measured
    names nobody: whoever stands there shows a badge or types a PIN."""
    if not snapshot.space.calibration:
        return Unsure()
    if not is_usable(probe, snapshot.space) or not snapshot.ids:
        return Unmatched()
    found = distances(probe, snapshot.templates, snapshot.space.metric, snapshot.squares)
    threshold = identification_threshold(snapshot.space, len(found), policy)
    best = int(np.argmin(found))
    if not found[best] < threshold:
        return Unmatched()
    rivals = found[snapshot.owners != snapshot.owners[best]]
    if rivals.size and float(rivals.min() - found[best]) < policy.margin * threshold:
        return Unsure()
    return Matched(snapshot.ids[int(snapshot.owners[best])])


def verify(probe: Embedding, person: str, snapshot: Snapshot, policy: MatchPolicy) -> Match:
    """1:1 against the templates of one claimed person; never `Unsure`, and never matched in a
    space that was never measured."""
    if not snapshot.space.calibration:
        return Unmatched()
    if person not in snapshot.ids or not is_usable(probe, snapshot.space):
        return Unmatched()
    rows = snapshot.templates[snapshot.owners == snapshot.ids.index(person)]
    found = distances(probe, rows, snapshot.space.metric)
    threshold = threshold_at(snapshot.space, policy.claim_fmr / len(rows))
    return Matched(person) if float(found.min()) < threshold else Unmatched()
