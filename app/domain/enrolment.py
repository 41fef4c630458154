"""Whether pictures given for a person can be theirs, and whom they look too much like.

An embedding that slipped into the wrong person's record lets somebody in under that name for
years, so pictures have to agree with each other and with what is already known of the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

import numpy as np

from app.domain.matching import (
    Embedding,
    MatchPolicy,
    Snapshot,
    Space,
    distances,
    distances_in,
    identification_threshold,
    threshold_at,
)
from app.domain.policy import QualityPolicy


class Appearance(StrEnum):
    """What a person may look like besides; each is enrolled for itself, the best one counts."""

    GLASSES = "glasses"
    MASK = "mask"
    HAIR = "hair"
    BEARD = "beard"


#: What such a picture may hide; a visitor who does hide it still owes a second factor.
_MAY_HIDE: dict[Appearance, dict[str, float]] = {
    Appearance.GLASSES: {"min_eye_contrast": 0.0, "max_eye_shade": 9.0, "min_eye_openness": 0.0},
    Appearance.MASK: {"min_mouth_contrast": -9.0},
}


def gates(policy: QualityPolicy, appearance: frozenset[Appearance]) -> QualityPolicy:
    """What a picture has to pass that is enrolled as this."""
    strict = policy.for_enrolment()
    for each in sorted(appearance):
        strict = replace(strict, **_MAY_HIDE.get(each, {}))
    return strict


def strangers(embeddings: Sequence[Embedding], space: Space, policy: MatchPolicy) -> frozenset[int]:
    """The places of those that do not show the person most of them show.

    All of them where no person has a majority: nobody can tell then which are right.
    """
    if len(embeddings) < 2:  # noqa: PLR2004 - one picture agrees with itself
        return frozenset()
    limit = threshold_at(space, policy.agreement_fmr)
    rows = np.stack(embeddings)
    apart = np.stack([distances(each, rows, space.metric) for each in embeddings])
    agrees = apart < limit
    centre = max(
        range(len(embeddings)), key=lambda place: (agrees[place].sum(), -apart[place].sum())
    )
    apart_from_most = frozenset(np.flatnonzero(~agrees[centre]).tolist())
    if 2 * len(apart_from_most) >= len(embeddings):
        return frozenset(range(len(embeddings)))
    return apart_from_most


def strangers_to(
    person: str, embeddings: Sequence[Embedding], snapshot: Snapshot, policy: MatchPolicy
) -> frozenset[int]:
    """The places of those that agree with no template of `person`; none where there are none."""
    known, _ = snapshot.of(person)
    if not len(known):
        return frozenset()
    limit = threshold_at(snapshot.space, policy.agreement_fmr)
    return frozenset(
        place
        for place, each in enumerate(embeddings)
        if not distances(each, known, snapshot.space.metric).min() < limit
    )


def lookalikes(
    embeddings: Sequence[Embedding], person: str, snapshot: Snapshot, policy: MatchPolicy
) -> tuple[str, ...]:
    """The ids of everybody but `person` whom one of these could pass for, sorted.

    Without a claim, as `matching.identify` would take it, or with one; whichever is looser.
    """
    limit = max(
        threshold_at(snapshot.space, policy.claim_fmr),
        identification_threshold(snapshot.space, snapshot.size, policy),
    )
    near: set[str] = set()
    owners = snapshot.owners
    for each in embeddings:
        found = distances_in(each, snapshot)
        near.update(snapshot.names[owner] for owner in owners[found < limit].tolist())
    return tuple(sorted(near - {person}))


def doubles_of(person: str, snapshot: Snapshot, policy: MatchPolicy) -> tuple[str, ...]:
    """The ids of everybody whose stored face could be taken for `person`'s, sorted: the register of
    look-alikes, read from the gallery as it is, so that it is never out of step with it. Costs a
    search for each template of the person; nobody in a space that was never measured."""
    if not snapshot.space.calibration:
        return ()
    return lookalikes(list(snapshot.of(person)[0]), person, snapshot, policy)
