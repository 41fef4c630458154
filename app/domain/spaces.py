"""One decision from two embedding spaces, while a house goes from one model to the next.

Whoever has a template in the new space is decided there. Only whoever has none is decided in the
legacy space, at that space's own threshold. Embeddings of different spaces are never compared: a
probe meets templates of its own space alone.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

import numpy as np

from app.domain import matching
from app.domain.matching import (
    Embedding,
    Match,
    Matched,
    MatchPolicy,
    Snapshot,
    Unmatched,
)


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """What was seen, and what is known, in one space."""

    embedding: Embedding = field(repr=False)
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Decided:
    """`space`: the id of the one whose answer it is."""

    match: Match
    space: str


def without(snapshot: Snapshot, people: AbstractSet[str]) -> Snapshot:
    """The snapshot with no template of these people; everybody stays known by name."""
    gone = np.array([name in people for name in snapshot.names], dtype=np.bool_)
    hidden = gone[snapshot.owners]
    if snapshot.hidden is not None:
        hidden |= snapshot.hidden
    places = {name: place for name, place in snapshot.places.items() if name not in people}
    return replace(snapshot, places=places, hidden=hidden)


def decide(new: Probe, legacy: Probe | None, claimed: str | None, policy: MatchPolicy) -> Decided:
    """1:N, or 1:1 where `claimed` names somebody ("" names nobody).

    `legacy` holds only who has nothing in the new space (see `without`); whoever is in both
    anyway is not found there. The target rate of strangers is shared out over both spaces.
    """
    here = new.snapshot.space.id
    if legacy is None or legacy.snapshot.space.id == here:
        return Decided(_ask(new, claimed, policy), here)
    there = legacy.snapshot.space.id
    if claimed is not None:
        old = claimed not in new.snapshot.places and claimed in legacy.snapshot.places
        asked = legacy if old else new
        return Decided(_ask(asked, claimed, policy), asked.snapshot.space.id)
    first = _ask(new, None, _shared(policy, new, legacy))
    if not isinstance(first, Unmatched):
        return Decided(first, here)
    second = _ask(legacy, None, _shared(policy, legacy, new))
    if isinstance(second, Matched) and second.person in new.snapshot.places:
        return Decided(first, here)
    return Decided(second, here if isinstance(second, Unmatched) else there)


def _ask(probe: Probe, claimed: str | None, policy: MatchPolicy) -> Match:
    if claimed is None:
        return matching.identify(probe.embedding, probe.snapshot, policy)
    return matching.verify(probe.embedding, claimed, probe.snapshot, policy)


def _shared(policy: MatchPolicy, mine: Probe, others: Probe) -> MatchPolicy:
    """This space's part of the target, by its part of all templates."""
    own, other = mine.snapshot.size, others.snapshot.size
    return replace(policy, fpir=policy.fpir * own / max(own + other, 1)) if own else policy


def nearness(probe: Probe, person: str, policy: MatchPolicy) -> float:
    """How far a probe is from a person's nearest template, as a share of the claim threshold.

    Infinite without a template. For the trend alone: never shown, never decided by.
    """
    snapshot = probe.snapshot
    rows, squares = snapshot.of(person)
    if not len(rows):
        return float("inf")
    found = matching.distances(probe.embedding, rows, snapshot.space.metric, squares)
    return float(np.min(found)) / matching.threshold_at(snapshot.space, policy.claim_fmr)
