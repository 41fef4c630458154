"""The challenge layer: which movements to ask for, and when one was truly made.

Pure and edge-triggered: a step counts only when the face was seen at rest after the prompt,
then moved past the threshold no sooner than a person can react. A pose held from before never
counts. Layers are deny-only: meeting every challenge admits nobody by itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median

from app.domain.observation import Face
from app.domain.people import Need
from app.domain.policy import LivenessPolicy


class Challenge(StrEnum):
    TURN_LEFT = "turn-left"
    TURN_RIGHT = "turn-right"
    LOOK_UP = "look-up"
    BLINK = "blink"
    OPEN_MOUTH = "open-mouth"


HEAD = frozenset({Challenge.TURN_LEFT, Challenge.TURN_RIGHT, Challenge.LOOK_UP})
EXCLUDED_BY: dict[Need, frozenset[Challenge]] = {
    Need.NO_HEAD_MOVEMENT: HEAD,
    Need.NO_BLINK: frozenset({Challenge.BLINK}),
    Need.NO_MOUTH: frozenset({Challenge.OPEN_MOUTH}),
}


def allowed(needs: frozenset[Need]) -> tuple[Challenge, ...]:
    """What may be asked of a person with these needs, in a fixed order."""
    excluded = frozenset[Challenge]().union(*(EXCLUDED_BY[need] for need in needs))
    return tuple(challenge for challenge in Challenge if challenge not in excluded)


def plan(nonce: bytes, choices: tuple[Challenge, ...], steps: int) -> tuple[Challenge, ...]:
    """A sequence drawn from `nonce` (at least 16 bytes), no two neighbours equal.

    Each step is drawn with SHA-256(nonce ‖ step) reduced over the choices left; with at most 5
    choices the bias of the reduction is below 2^-250. Empty when the choices cannot fill it.
    """
    if (steps > 1 and len(choices) < 2) or not choices:  # noqa: PLR2004 - a neighbour to differ from
        return ()
    drawn: list[Challenge] = []
    for index in range(steps):
        left = [choice for choice in choices if not drawn or choice is not drawn[-1]]
        digest = hashlib.sha256(nonce + index.to_bytes(2, "big")).digest()
        drawn.append(left[int.from_bytes(digest, "big") % len(left)])
    return tuple(drawn)


@dataclass(frozen=True, slots=True)
class Baseline:
    """This person at rest, from the framing frames: medians of the same units as `Face`."""

    yaw_deg: float
    pitch_deg: float
    eye_openness: float
    mouth_openness: float


def baseline_of(faces: tuple[Face, ...]) -> Baseline:
    return Baseline(
        yaw_deg=median(face.pose.yaw_deg for face in faces),
        pitch_deg=median(face.pose.pitch_deg for face in faces),
        eye_openness=median(face.eye_openness for face in faces),
        mouth_openness=median(face.mouth_openness for face in faces),
    )


def deflection(challenge: Challenge, face: Face, rest: Baseline, policy: LivenessPolicy) -> float:
    """How far the movement has gone: 0 at rest, 1 where it counts, negative the other way."""
    match challenge:
        case Challenge.TURN_LEFT:
            return (face.pose.yaw_deg - rest.yaw_deg) / policy.turn_deg
        case Challenge.TURN_RIGHT:
            return (rest.yaw_deg - face.pose.yaw_deg) / policy.turn_deg
        case Challenge.LOOK_UP:
            return (face.pose.pitch_deg - rest.pitch_deg) / policy.look_up_deg
        case Challenge.BLINK:
            closed = 1.0 - face.eye_openness / max(rest.eye_openness, 1e-6)
            return closed / (1.0 - policy.blink_share)
        case Challenge.OPEN_MOUTH:
            return (face.mouth_openness - rest.mouth_openness) / policy.mouth_gap


@dataclass(frozen=True, slots=True)
class Step:
    """One challenge being asked. `progress` is the furthest share seen since it was armed.

    `armed`: the face was at rest after the prompt. `closed_s`: when the eyes closed, for BLINK.
    """

    challenge: Challenge
    prompted_s: float
    armed: bool = False
    progress: float = 0.0
    closed_s: float | None = None


@dataclass(frozen=True, slots=True)
class Met:
    challenge: Challenge
    frame: int
    t_s: float


@dataclass(frozen=True, slots=True)
class WrongMovement:
    challenge: Challenge


def _is_at_rest(face: Face, step: Step, rest: Baseline, policy: LivenessPolicy) -> bool:
    watched = {*HEAD, step.challenge}
    return all(deflection(c, face, rest, policy) < policy.neutral_share for c in watched)


def _moved_otherwise(face: Face, step: Step, rest: Baseline, policy: LivenessPolicy) -> bool:
    """Another head movement was clearly made instead. Looking up while turning is forgiven."""
    if deflection(step.challenge, face, rest, policy) >= policy.neutral_share:
        return False
    turns = {Challenge.TURN_LEFT, Challenge.TURN_RIGHT}
    others = (HEAD if step.challenge not in turns else turns) - {step.challenge}
    return any(deflection(c, face, rest, policy) >= policy.wrong_share for c in others)


def advance(
    step: Step, face: Face, t_s: float, frame: int, rest: Baseline, policy: LivenessPolicy
) -> Step | Met | WrongMovement:
    """The step after one more look, captured at `t_s` (monotonic seconds)."""
    if t_s <= step.prompted_s:
        return step
    if not step.armed:
        return replace(step, armed=_is_at_rest(face, step, rest, policy))
    if _moved_otherwise(face, step, rest, policy):
        return WrongMovement(step.challenge)
    reached = deflection(step.challenge, face, rest, policy)
    if reached >= 1.0 and t_s - step.prompted_s < policy.reaction_s:
        return replace(step, armed=False, progress=0.0)
    if step.challenge is Challenge.BLINK:
        return _advance_blink(step, reached, t_s, frame, policy)
    if reached >= 1.0:
        return Met(step.challenge, frame, t_s)
    return replace(step, progress=max(step.progress, min(max(reached, 0.0), 1.0)))


def _advance_blink(
    step: Step, reached: float, t_s: float, frame: int, policy: LivenessPolicy
) -> Step | Met:
    """Closed, and open again soon: eyes that stay shut have to open and try again."""
    if step.closed_s is None:
        if reached >= 1.0:
            return replace(step, closed_s=t_s, progress=0.6)
        return replace(step, progress=max(step.progress, min(max(reached, 0.0), 1.0) * 0.5))
    if reached >= policy.neutral_share:
        return step
    if t_s - step.closed_s > policy.blink_longest_s:
        return replace(step, closed_s=None, progress=0.0)
    return Met(step.challenge, frame, t_s)
