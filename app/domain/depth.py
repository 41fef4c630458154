"""The second camera: a face stands out from the plane behind it, and skin returns infrared.

Built against generated and recorded pairs; not tried on hardware. Deny-only like every layer. A
second camera that is broken closes the face path by its own fault; one that could not measure
this face accuses nobody, but whoever configured it wants its word: until it says LIVE, the face
does not open a door alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from app.domain.evidence import Evidence, Finding, Layer, Look, Verdict


class SecondKind(StrEnum):
    """What stands beside the colour camera. DEPTH: distances, mm. INFRARED: a picture in the
    light of its own near-infrared lamp (about 850 nm)."""

    NONE = "none"
    DEPTH = "depth"
    INFRARED = "infrared"


@dataclass(frozen=True, slots=True)
class DepthPolicy:
    """`min_nose_mm`: how far the tip of the nose must stand out before the plane of the inner eye
    corners and the corners of the mouth. Noses alone protrude 15 to 25 mm before their base in
    adults (Farkas 1994), and that base lies before the plane: a mean head has 30 mm. Half of it is
    asked. A flat sheet has 0 however it is tilted, one bent round 60 mm has 5 to 10 mm, round
    45 mm 7 to 15. A pixel that scatters by 2 % of its distance, 13 mm, moves one look by 2 mm
    (rendered, 15 looks each).
    `min_skin_ratio`: infrared of the skin over that of what lies around the head. Twice as far
    from the lamp is four times darker, and skin reflects 0.5 to 0.6 of 850 nm whatever its colour
    (Anderson and Parrish 1981), so a head before a wall has 2.5 and more. A screen emits none and
    reflects a twentieth: 0.2. A print reflects like skin and is not told apart.
    `min_looks`: fewer measures than this tell nothing. `frontal_deg`: yaw and pitch from rest
    within which one counts, as the nose hides an eye corner beyond.
    """

    min_nose_mm: float = 15.0
    min_skin_ratio: float = 1.5
    min_looks: int = 5
    frontal_deg: float = 15.0


def judge(evidence: Evidence, policy: DepthPolicy, kind: SecondKind) -> Verdict:
    """ABSENT without a second camera, INCONCLUSIVE where it measured too few looks."""
    if kind is SecondKind.NONE:
        return Verdict(Layer.DEPTH, Finding.ABSENT)
    told = [_told(look, kind) for look in evidence.looks if _counts(look, evidence, policy)]
    values = [value for value in told if not math.isnan(value)]
    if len(values) < policy.min_looks:
        looks = (("looks", float(len(values))),)
        return Verdict(Layer.DEPTH, Finding.INCONCLUSIVE, "too-few-looks", looks)
    middle = median(values)
    measures = (("looks", float(len(values))), ("median", middle))
    least, why = _limit(policy, kind)
    if least <= middle < math.inf:
        return Verdict(Layer.DEPTH, Finding.LIVE, measures=measures)
    return Verdict(Layer.DEPTH, Finding.REFUSED, why, measures)


def _limit(policy: DepthPolicy, kind: SecondKind) -> tuple[float, str]:
    if kind is SecondKind.DEPTH:
        return policy.min_nose_mm, "flat"
    return policy.min_skin_ratio, "no-skin-response"


def _told(look: Look, kind: SecondKind) -> float:
    """What the second camera told of this look; NaN where it told nothing."""
    relief = look.face.relief
    if relief is None:
        return math.nan
    return relief.nose_mm if kind is SecondKind.DEPTH else relief.skin_ratio


def _counts(look: Look, evidence: Evidence, policy: DepthPolicy) -> bool:
    pose, rest = look.face.pose, evidence.rest
    return (
        abs(pose.yaw_deg - rest.yaw_deg) <= policy.frontal_deg
        and abs(pose.pitch_deg - rest.pitch_deg) <= policy.frontal_deg
    )
