"""Whether a face is good enough to be used, and otherwise the one thing to mend first.

The same gate judges a visitor in front of the kiosk and a photo given for enrolment. Every
comparison is written so that a measure that is not a number fails it.
"""

from __future__ import annotations

from app.domain.observation import Box, Face, Observation
from app.domain.policy import QualityPolicy
from app.domain.reasons import Reason

MIDDLE_LUMA = 127.5
"""Halfway between black and white: a flat picture below it wants more light, above it less."""


COVERED = frozenset({Reason.EYES_COVERED, Reason.MOUTH_COVERED})
"""What somebody may be unable to mend: a bandage, a veil, a mask that has to stay."""


def fault(
    face: Face,
    others: tuple[Face, ...],
    observation: Observation,
    policy: QualityPolicy,
    *,
    frontal: bool,
    uncovered: bool = True,
) -> Reason | None:
    """The most useful thing to mend about `face`, or None when it is good enough.

    `others` are the other faces of `observation`; `face` itself among them is passed over.
    `frontal` also asks for a straight look, `uncovered` for eyes and mouth. The order is that of
    the cure: who stands there, where they stand, how they are lit, what they wear, and only then
    how still and straight they hold; a fault further down is often only the consequence of one
    further up.
    """
    return (
        _company(face, others, policy)
        or _place(face, observation, policy)
        or _light(face, policy)
        or _sharpness(face, policy)
        or (cover(face, policy) if uncovered else None)
        or (_direction(face, policy) if frontal else None)
    )


def has_rival(face: Face, others: tuple[Face, ...], policy: QualityPolicy) -> bool:
    """Whether another face is about as near as `face`, by the longer side of its box."""
    limit = policy.rival_share * _side(face.box)
    rivals = (other for other in others if other.track != face.track)
    return not all(_side(rival.box) < limit for rival in rivals)


def _company(face: Face, others: tuple[Face, ...], policy: QualityPolicy) -> Reason | None:
    return Reason.SEVERAL_FACES if has_rival(face, others, policy) else None


def _place(face: Face, observation: Observation, policy: QualityPolicy) -> Reason | None:
    """Too near comes before cut off: who stands too near is cut off too, and cannot centre."""
    if not face.box.width <= policy.max_width_share * observation.width_px:
        return Reason.TOO_NEAR
    if not face.quality.completeness >= policy.min_completeness:
        return Reason.CUT_OFF
    if not face.quality.eye_distance_px >= policy.min_eye_distance_px:
        return Reason.TOO_FAR
    return None


def _light(face: Face, policy: QualityPolicy) -> Reason | None:
    brightness = face.quality.brightness
    if not brightness >= policy.min_brightness:
        return Reason.TOO_DARK
    if not brightness <= policy.max_brightness:
        return Reason.TOO_BRIGHT
    if not face.quality.contrast >= policy.min_contrast:
        return Reason.TOO_DARK if brightness < MIDDLE_LUMA else Reason.TOO_BRIGHT
    return None


def _sharpness(face: Face, policy: QualityPolicy) -> Reason | None:
    return None if face.quality.sharpness >= policy.min_sharpness else Reason.BLURRED


def cover(face: Face, policy: QualityPolicy) -> Reason | None:
    """What hides the eyes or the mouth; such a face is only a part of one."""
    seen = face.quality
    if not (
        seen.eye_contrast >= policy.min_eye_contrast and seen.eye_shade <= policy.max_eye_shade
    ):
        return Reason.EYES_COVERED
    if not seen.mouth_contrast >= policy.min_mouth_contrast:
        return Reason.MOUTH_COVERED
    return None


def _direction(face: Face, policy: QualityPolicy) -> Reason | None:
    straight = (
        abs(face.pose.yaw_deg) <= policy.frontal_yaw_deg
        and abs(face.pose.pitch_deg) <= policy.frontal_pitch_deg
    )
    if not straight:
        return Reason.LOOK_STRAIGHT
    if not abs(face.pose.roll_deg) <= policy.frontal_roll_deg:
        return Reason.TILTED
    open_enough = face.eye_openness >= policy.min_eye_openness or policy.min_eye_openness <= 0.0
    return None if open_enough else Reason.EYES_CLOSED


def _side(box: Box) -> float:
    """The longer side of a box, pixels."""
    return max(box.width, box.height)
