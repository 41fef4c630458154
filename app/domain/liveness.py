"""The challenge layer: which movements to ask for, and when one was truly made.

Pure and edge-triggered. Each step goes through the same four moments:

    waiting ──at rest──▶ prompted ──still at rest after 150 ms──▶ armed ──moved, and held──▶ Met

The screen asks only a face at rest, and listens only once the face was seen at rest a second
time, later than any person could have answered. A pose held from before, a movement already on
its way and an answer that comes too soon therefore never count, at whatever frame rate; and a
head that swings past the middle on its way back is simply not at rest yet. Layers are
deny-only: meeting every challenge admits nobody by itself.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median
from typing import assert_never

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


def entropy_bits(choices: int, steps: int) -> float:
    """How hard a plan is to guess: log2 of the number of equally likely plans.

    All five movements and two steps give 4.3 bits, that is one plan in 20. It slows a recording
    down and no more; guesses count towards the lock-out, and the other layers do the rest.
    """
    if steps < 1 or choices < min(steps, 2):
        return 0.0
    return math.log2(choices) + (steps - 1) * math.log2(max(choices - 1, 1))


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
        case _ as never:
            assert_never(never)


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at our face: captured at `t_s`, told to the kiosk at `now_s`, monotonic seconds."""

    face: Face
    frame: int
    t_s: float
    now_s: float


@dataclass(frozen=True, slots=True)
class Step:
    """One challenge. `progress` is the furthest share seen since it was armed, 0..1.

    `since_s`: its turn came. `prompted_s`: the screen began to ask; None while the face has yet
    to come to rest. `armed`: the face was at rest later than anybody can have answered.
    `over_s`: the movement is past its threshold since then; `closed_s`: so were the eyes, long
    enough. `wrong_s`: another movement is being made since then. All monotonic seconds.
    """

    challenge: Challenge
    since_s: float
    prompted_s: float | None = None
    armed: bool = False
    progress: float = 0.0
    over_s: float | None = None
    closed_s: float | None = None
    wrong_s: float | None = None

    @property
    def waiting_since_s(self) -> float:
        """What the person is now given `step_s` for: first to come to rest, then to answer."""
        return self.since_s if self.prompted_s is None else self.prompted_s


@dataclass(frozen=True, slots=True)
class Met:
    """`prompted_s`: when the screen began to ask; `t_s`: capture of the look that met it."""

    challenge: Challenge
    frame: int
    t_s: float
    prompted_s: float


@dataclass(frozen=True, slots=True)
class WrongMovement:
    challenge: Challenge


def is_head_at_rest(face: Face, rest: Baseline, policy: LivenessPolicy) -> bool:
    return all(deflection(c, face, rest, policy) < policy.neutral_share for c in HEAD)


def is_at_rest(face: Face, challenge: Challenge, rest: Baseline, policy: LivenessPolicy) -> bool:
    """Whether the head is back where it rests and `challenge` is not being answered."""
    answered = deflection(challenge, face, rest, policy)
    return is_head_at_rest(face, rest, policy) and answered < policy.neutral_share


def advance(
    step: Step, sight: Sight, rest: Baseline, policy: LivenessPolicy
) -> Step | Met | WrongMovement:
    """The step after one more look."""
    if step.prompted_s is None:
        quiet = is_at_rest(sight.face, step.challenge, rest, policy)
        return replace(step, prompted_s=sight.now_s) if quiet else step
    if not sight.t_s - step.prompted_s >= policy.reaction_s:
        return step
    if _moves_otherwise(sight.face, step, rest, policy):
        return _wrong(step, sight.t_s, policy)
    step = replace(step, wrong_s=None)
    if not step.armed:
        return replace(step, armed=is_at_rest(sight.face, step.challenge, rest, policy))
    reached = deflection(step.challenge, sight.face, rest, policy)
    if step.challenge is Challenge.BLINK:
        return _advance_blink(step, sight, reached, rest, policy)
    if not reached >= 1.0:
        return replace(step, over_s=None, progress=_further(step, reached))
    step = replace(step, over_s=sight.t_s if step.over_s is None else step.over_s, progress=1.0)
    return _met(step, sight) if _is_held(step.over_s, sight.t_s, policy) else step


def _moves_otherwise(face: Face, step: Step, rest: Baseline, policy: LivenessPolicy) -> bool:
    """Another head movement is clearly made instead. Looking up while turning is forgiven.

    Only judged once the step was armed: before, the head may still be on its way back.
    """
    if not (step.armed or step.wrong_s is not None):
        return False
    if deflection(step.challenge, face, rest, policy) >= policy.neutral_share:
        return False
    turns = {Challenge.TURN_LEFT, Challenge.TURN_RIGHT}
    others = (HEAD if step.challenge not in turns else turns) - {step.challenge}
    return any(deflection(c, face, rest, policy) >= policy.wrong_share for c in others)


def _wrong(step: Step, t_s: float, policy: LivenessPolicy) -> Step | WrongMovement:
    """One look may be a glitch of the measure: it only takes the step back to before armed."""
    since_s = t_s if step.wrong_s is None else step.wrong_s
    if _is_held(since_s, t_s, policy):
        return WrongMovement(step.challenge)
    return Step(step.challenge, step.since_s, step.prompted_s, wrong_s=since_s)


def _is_held(since_s: float | None, t_s: float, policy: LivenessPolicy) -> bool:
    return since_s is not None and t_s > since_s and t_s - since_s >= policy.hold_s


def _further(step: Step, reached: float) -> float:
    return max(step.progress, min(max(reached, 0.0), 1.0))


def _met(step: Step, sight: Sight) -> Met:
    prompted_s = sight.t_s if step.prompted_s is None else step.prompted_s
    return Met(step.challenge, sight.frame, sight.t_s, prompted_s)


def _advance_blink(
    step: Step, sight: Sight, reached: float, rest: Baseline, policy: LivenessPolicy
) -> Step | Met:
    """Closed, and open again soon: eyes that stay shut have to open and try again."""
    if step.closed_s is None:
        if not (reached >= 1.0 and _is_level(sight.face, rest, policy)):
            return replace(
                step, over_s=None, progress=max(step.progress, _further(step, reached) / 2)
            )
        since_s = sight.t_s if step.over_s is None else step.over_s
        shut = _is_held(since_s, sight.t_s, policy)
        return replace(step, over_s=since_s, progress=0.6, closed_s=since_s if shut else None)
    if not reached < policy.neutral_share:
        return step
    if sight.t_s - step.closed_s > policy.blink_longest_s:
        return replace(step, over_s=None, closed_s=None, progress=0.0)
    return _met(step, sight)


def _is_level(face: Face, rest: Baseline, policy: LivenessPolicy) -> bool:
    """Tilting a picture narrows its eyes as well, so eyes only close where the head is still."""
    return (
        abs(face.pose.yaw_deg - rest.yaw_deg) < policy.turn_deg
        and abs(face.pose.pitch_deg - rest.pitch_deg) < policy.look_up_deg
    )
