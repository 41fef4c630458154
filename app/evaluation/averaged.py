"""Errors of one comparison where several pictures of one person were made one, as at the kiosk."""

from __future__ import annotations

import numpy as np

from app.domain.matching import Embedding, Metric, fuse
from app.evaluation.verification import Sides, Verified, verify

#: Pictures fused into one, as frames are at the kiosk.
FUSED = 3
#: Of how many pictures a template and a probe are.
KINDS = ((FUSED, 1), (FUSED, FUSED), (1, FUSED))


def every_fusion(sides: Sides, metric: Metric, seed: int) -> dict[str, Verified]:
    """By "templates+probes"; people with too few pictures for both stand in only as strangers to
    others."""
    made = {}
    for templates, probes in KINDS:
        shown, kept, strangers = fused_sides(sides, templates, probes, seed)
        if shown is None or kept is None:
            continue
        each = verify(shown, kept, metric, same=False, strangers=strangers)
        if len(each.genuine) > 1:
            made[f"{templates}+{probes}"] = each
    return made


def fused_sides(
    sides: Sides, templates: int, probes: int, seed: int
) -> tuple[Sides | None, Sides | None, frozenset[int]]:
    """Probes, templates, and whose probe and template share a picture: those two are never
    compared."""
    chance = np.random.default_rng((seed, templates, probes))
    shown: list[tuple[int, Embedding]] = []
    kept: list[tuple[int, Embedding]] = []
    strangers: set[int] = set()
    for each in np.unique(sides.owners):
        who = int(each)
        rows = sides.rows[chance.permutation(np.flatnonzero(sides.owners == who))]
        if len(rows) >= probes:
            shown.append((who, fuse(list(rows[:probes]))))
        if len(rows) >= templates:
            kept.append((who, fuse(list(rows[-templates:]))))
        if len(rows) < templates + probes:
            strangers.add(who)
    return _sides(shown), _sides(kept), frozenset(strangers)


def _sides(made: list[tuple[int, Embedding]]) -> Sides | None:
    if not made:
        return None
    owners = np.array([who for who, _ in made], dtype=np.int32)
    return Sides(np.stack([row for _, row in made]), owners)
