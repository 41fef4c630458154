"""Who a probe belongs to: exact search over one space, and when to say that one is not sure.

An embedding is a float32 vector of one *space* (the network that made it); vectors of different
spaces are never compared. All scores are *distances*: smaller is more alike. Euclidean spaces
use the L2 norm of the difference, cosine spaces 1 - cosine similarity.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
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


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Block:
    """So many rows of a gallery in memory; made and filled by `app.domain.index` alone.

    `rows` float32 [r, d], `squares` their squared norms float32 [r], `owners` the place of each
    row's person int32 [r], `keys` what the gallery knows the row by, int64 [r]. Where `squares` is
    not a number there is no row, whatever stands there.
    """

    rows: NDArray[np.float32]
    squares: NDArray[np.float32]
    owners: NDArray[np.int32]
    keys: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The gallery as the matcher sees it; `index.snapshot_of` makes one, an `Index` keeps one
    in step.

    The first `count` rows of `blocks` are compared, but for those `hidden` (bool [count]); a row
    belongs to person `names[owner]`, and `places` says it the other way round, of everybody with a
    row. `people` holds everybody by id, also those without. `version` is the gallery's change
    counter. Nothing of it ever changes, except that a row taken out of the gallery is overwritten
    here too: to a comparison under way it is then infinitely far.
    """

    version: int
    space: Space
    blocks: tuple[Block, ...]
    count: int
    names: tuple[str, ...]
    places: Mapping[str, int]
    people: Mapping[str, Person]
    hidden: NDArray[np.bool_] | None = None

    @property
    def size(self) -> int:
        """How many templates a probe is compared with."""
        return self.count - (0 if self.hidden is None else int(self.hidden.sum()))

    @property
    def ids(self) -> tuple[str, ...]:
        """Everybody with a template here, sorted; for a single person ask `places`."""
        return tuple(sorted(self.places))

    @property
    def owners(self) -> NDArray[np.int32]:
        """The place of each row's person, int32 [count]."""
        own = [block.owners[:used] for block, used in self.parts()]
        return np.concatenate(own) if own else np.zeros(0, np.int32)

    def parts(self) -> Iterator[tuple[Block, int]]:
        """Each block and how many of its rows count."""
        left = self.count
        for block in self.blocks:
            used = min(left, len(block.squares))
            yield block, used
            left -= used

    def of(self, person: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Copies of one person's rows, float32 [k, d], and of their squared norms, [k]."""
        place = self.places.get(person, -1)
        mine = [
            (block, np.flatnonzero(block.owners[:used] == place)) for block, used in self.parts()
        ]
        if place < 0 or not any(each.size for _, each in mine):
            return np.zeros((0, self.space.dimension), np.float32), np.zeros(0, np.float32)
        rows = np.concatenate([block.rows[each] for block, each in mine])
        # Last, as whoever takes a row out says so here before touching its numbers.
        return rows, np.concatenate([block.squares[each] for block, each in mine])


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
            squares = squares_of(templates)
        products = np.einsum("ij,j->i", templates, probe)
        return _far(products, squares, probe, metric)


def squares_of(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The squared norm of each row, the same bits wherever the row stands."""
    squares: NDArray[np.float32] = np.einsum("ij,ij->i", rows, rows)
    return squares


def distances_in(probe: Embedding, snapshot: Snapshot) -> NDArray[np.float32]:
    """Distance of `probe` [d] to each row of the snapshot, float32 [count].

    One pass over memory, block by block, in `einsum`: each row is summed by itself, so that its
    distance is the same bits in whatever row and block it stands, and 100,000 x 512 take 10 ms
    where OpenBLAS's matrix-vector product, which walks four rows at once, takes 17 to 28.
    """
    products = np.empty(snapshot.count, np.float32)
    squares = np.empty(snapshot.count, np.float32)
    with np.errstate(invalid="ignore", over="ignore"):
        at = 0
        for block, used in snapshot.parts():
            np.einsum("ij,j->i", block.rows[:used], probe, out=products[at : at + used])
            at += used
        # After every product: see `Index`, which strikes a row out here before it wipes it.
        at = 0
        for block, used in snapshot.parts():
            squares[at : at + used] = block.squares[:used]
            at += used
        found = _far(products, squares, probe, snapshot.space.metric)
    if snapshot.hidden is not None:
        found[snapshot.hidden] = np.inf
    return found


def _far(
    products: NDArray[np.float32], squares: NDArray[np.float32], probe: Embedding, metric: Metric
) -> NDArray[np.float32]:
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
    if not is_usable(probe, snapshot.space) or not snapshot.size:
        return Unmatched()
    found = distances_in(probe, snapshot)
    threshold = identification_threshold(snapshot.space, snapshot.size, policy)
    # The same steps whoever is found and whether anybody is, so that the time tells nothing.
    best = int(np.argmin(found))
    owners = snapshot.owners
    nearest = float(found[best])
    rival = float(np.where(owners == owners[best], np.inf, found).min())
    if not nearest < threshold:
        return Unmatched()
    # A tie is no answer whatever the margin, or it would be the row's place that decides.
    if rival - nearest < policy.margin * threshold or rival == nearest:
        return Unsure()
    return Matched(snapshot.names[int(owners[best])])


def verify(probe: Embedding, person: str, snapshot: Snapshot, policy: MatchPolicy) -> Match:
    """1:1 against the templates of one claimed person; never `Unsure`, and never matched in a
    space that was never measured."""
    if not snapshot.space.calibration:
        return Unmatched()
    rows, squares = snapshot.of(person)
    if not len(rows) or not is_usable(probe, snapshot.space):
        return Unmatched()
    found = distances(probe, rows, snapshot.space.metric, squares)
    threshold = threshold_at(snapshot.space, policy.claim_fmr / len(rows))
    return Matched(person) if float(found.min()) < threshold else Unmatched()
