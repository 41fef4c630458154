"""Passive liveness: the anti-spoof pack's scores over the session, judged by their median.

One look may catch a reflection or a hand; half of all looks do not. Only looks count in which the
face is turned to the camera and large enough, because nothing else was the pack measured on.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from app.domain.evidence import Evidence, Finding, Layer, Look, Verdict


@dataclass(frozen=True, slots=True)
class PassivePolicy:
    """`threshold`: a median score below it refuses, 0..1; 0: no pack is in use. The pack brings
    its own (models/manifest.toml, with the data it was set on).

    `min_looks`: fewer scores than this tell nothing. A visit has about 30 looks at 10 a second, of
    which every second is scored and two thirds are nearly frontal.
    `frontal_deg`: yaw and pitch from rest within which a score counts; a turn that is asked for
    (18 degrees of movement) is outside. `min_eye_distance_px`: as for recognition.
    `min_light` and `min_around`: mean luma 0..255 of the face and of what lies around it. Where
    both are darker, the camera's noise counts as paper: at 45 % of their light, with noise of 5
    grey levels, three of six filmed people fell to 0.04 to 0.24, from 0.56 and more, and three of
    some twenty animated ones whose faces lay just above 70. 80 is two thirds of the mean of about
    118 that automatic exposure aims at (18 % grey); of 699 photographs 1.1 % are as dark. The
    surroundings have a say so that dark skin in good light is not "dim".
    `min_lit`: where fewer of the scored looks than this share are lit so, none counts: a face
    that is now and then a shade above the limit is as dark as before. One animated visitor in dim
    light was refused for 4 of some 25 looks.
    `glare`: surroundings brighter than this are a window or a lamp; before them a face less than
    `shaded` as bright does not count, whatever it is: 3 of 15 animated visitors before a window
    fell to 0.01 to 0.18. Who is not judged is asked for the PIN as well.
    """

    threshold: float = 0.0
    min_looks: int = 3
    frontal_deg: float = 15.0
    min_eye_distance_px: float = 40.0
    min_light: float = 80.0
    min_around: float = 110.0
    glare: float = 190.0
    shaded: float = 0.5
    min_lit: float = 0.5


def judge(evidence: Evidence, policy: PassivePolicy) -> Verdict:
    """ABSENT without a pack; INCONCLUSIVE where too few looks show enough to be scored."""
    if policy.threshold == 0.0:
        return Verdict(Layer.PASSIVE, Finding.ABSENT)
    shown = [
        (look.face.live_score, _is_lit(look.face.quality.brightness, _light_around(look), policy))
        for look in evidence.looks
        if look.face.live_score is not None and _counts(look, evidence, policy)
    ]
    scores = [score for score, lit in shown if lit]
    if not all(0.0 <= score <= 1.0 for score in scores):
        return Verdict(Layer.PASSIVE, Finding.REFUSED, "score-unusable")
    told = (("looks", float(len(scores))),)
    if len(scores) < policy.min_looks:
        return Verdict(Layer.PASSIVE, Finding.INCONCLUSIVE, "too-few-looks", told)
    if not len(scores) >= policy.min_lit * len(shown):
        return Verdict(Layer.PASSIVE, Finding.INCONCLUSIVE, "badly-lit", told)
    middle = median(scores)
    measures = (("looks", float(len(scores))), ("median", middle), ("lowest", min(scores)))
    if middle >= policy.threshold:
        return Verdict(Layer.PASSIVE, Finding.LIVE, measures=measures)
    return Verdict(Layer.PASSIVE, Finding.REFUSED, "spoof-like", measures)


def _counts(look: Look, evidence: Evidence, policy: PassivePolicy) -> bool:
    face, rest = look.face, evidence.rest
    return (
        abs(face.pose.yaw_deg - rest.yaw_deg) <= policy.frontal_deg
        and abs(face.pose.pitch_deg - rest.pitch_deg) <= policy.frontal_deg
        and face.quality.eye_distance_px >= policy.min_eye_distance_px
    )


def _is_lit(light: float, around: float, policy: PassivePolicy) -> bool:
    """Whether a face of this mean luma, in these surroundings, shows the pack what it knows."""
    if not (light >= policy.min_light or around >= policy.min_around):
        return False
    return not (around >= policy.glare and light < policy.shaded * around)


def _light_around(look: Look) -> float:
    """Mean luma of the surroundings, 0..255 (ITU-R BT.601); 0 where they were not seen."""
    around = look.backdrop
    if around is None:
        return 0.0
    return 0.299 * around.red + 0.587 * around.green + 0.114 * around.blue
