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

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median
from typing import assert_never

from app.domain.liveness_policy import LivenessPolicy
from app.domain.observation import Face


class Challenge(StrEnum):
    TURN_LEFT = "turn-left"
    TURN_RIGHT = "turn-right"
    LOOK_UP = "look-up"
    BLINK = "blink"
    OPEN_MOUTH = "open-mouth"
    MOVE_CLOSER = "move-closer"


TURNS = frozenset({Challenge.TURN_LEFT, Challenge.TURN_RIGHT})
HEAD = TURNS | {Challenge.LOOK_UP}
#: What may come with the movement that is asked for, once that one is under way. An open mouth
#: raises the measured pitch by 5 to 10 degrees, and people lift the chin as they turn. Never both
#: ways round: a head that turns and looks up at once would otherwise answer either prompt.
COMES_WITH: dict[Challenge, frozenset[Challenge]] = {
    Challenge.OPEN_MOUTH: frozenset({Challenge.LOOK_UP}),
    Challenge.TURN_LEFT: frozenset({Challenge.LOOK_UP}),
    Challenge.TURN_RIGHT: frozenset({Challenge.LOOK_UP}),
}


@dataclass(frozen=True, slots=True)
class Baseline:
    """This person at rest, from the framing frames: medians of the same units as `Face`."""

    yaw_deg: float
    pitch_deg: float
    eye_openness: float
    mouth_openness: float
    eye_distance_px: float = math.nan


def baseline_of(faces: tuple[Face, ...]) -> Baseline:
    return Baseline(
        yaw_deg=median(face.pose.yaw_deg for face in faces),
        pitch_deg=median(face.pose.pitch_deg for face in faces),
        eye_openness=median(face.eye_openness for face in faces),
        mouth_openness=median(face.mouth_openness for face in faces),
        eye_distance_px=median(face.quality.eye_distance_px for face in faces),
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
        case Challenge.MOVE_CLOSER:
            grown = face.quality.eye_distance_px / max(rest.eye_distance_px, 1e-6) - 1.0
            return grown / policy.closer_share
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
    enough. `wrong_s`: another movement is being made since then; `gaping_s`: so is the mouth open
    unasked. `hasty_s`: the movement is being made since then, begun before anybody can have
    answered. All monotonic seconds.
    """

    challenge: Challenge
    since_s: float
    prompted_s: float | None = None
    armed: bool = False
    progress: float = 0.0
    over_s: float | None = None
    closed_s: float | None = None
    wrong_s: float | None = None
    gaping_s: float | None = None
    hasty_s: float | None = None

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


@dataclass(frozen=True, slots=True)
class TooSoon:
    """The movement that was asked for, clearly made before anybody can have seen the prompt."""

    challenge: Challenge


Advanced = Step | Met | WrongMovement | TooSoon


def posture(policy: LivenessPolicy) -> frozenset[Challenge]:
    """Movements of the whole head, which has to be back before anything is asked."""
    return HEAD | {Challenge.MOVE_CLOSER} if policy.move_closer else HEAD


def is_head_at_rest(face: Face, rest: Baseline, policy: LivenessPolicy) -> bool:
    return all(deflection(c, face, rest, policy) < policy.neutral_share for c in posture(policy))


def is_at_rest(face: Face, challenge: Challenge, rest: Baseline, policy: LivenessPolicy) -> bool:
    """Whether the head is back where it rests and `challenge` is not being answered."""
    answered = deflection(challenge, face, rest, policy)
    return is_head_at_rest(face, rest, policy) and answered < policy.neutral_share


def advance(step: Step, sight: Sight, rest: Baseline, policy: LivenessPolicy) -> Advanced:
    """The step after one more look."""
    if step.prompted_s is None:
        quiet = is_at_rest(sight.face, step.challenge, rest, policy)
        return replace(step, prompted_s=sight.now_s) if quiet else step
    hasty = _hasten(step, sight, rest, policy)
    if isinstance(hasty, TooSoon) or not sight.t_s - step.prompted_s >= policy.reaction_s:
        return hasty
    gaping = _gape(hasty, sight, rest, policy)
    if isinstance(gaping, WrongMovement):
        return gaping
    if _moves_otherwise(sight.face, gaping, rest, policy):
        return _wrong(gaping, sight.t_s, policy)
    step = replace(gaping, wrong_s=None)
    if not step.armed:
        return replace(step, armed=is_at_rest(sight.face, step.challenge, rest, policy))
    return _follow(step, sight, rest, policy)


def _hasten(step: Step, sight: Sight, rest: Baseline, policy: LivenessPolicy) -> Step | TooSoon:
    """A whole movement that began before the prompt could be answered, and is then held.

    One look may be a glitch. Eyes blink by themselves at any moment, so no blink is too soon.
    """
    prompted_s = sight.t_s if step.prompted_s is None else step.prompted_s
    answerable = sight.t_s - prompted_s >= policy.reaction_s
    made = deflection(step.challenge, sight.face, rest, policy) >= 1.0
    if step.armed or step.challenge is Challenge.BLINK or not made:
        return replace(step, hasty_s=None)
    since_s = step.hasty_s
    if since_s is None:
        return step if answerable else replace(step, hasty_s=sight.t_s)
    held = _is_held(since_s, sight.t_s, _hold_s(step.challenge, policy))
    return TooSoon(step.challenge) if held else step


def _gape(step: Step, sight: Sight, rest: Baseline, policy: LivenessPolicy) -> Step | WrongMovement:
    """The mouth clearly opened and held open, unasked. People talk: that opens it for less."""
    gapes = deflection(Challenge.OPEN_MOUTH, sight.face, rest, policy) >= policy.wrong_share
    if step.challenge is Challenge.OPEN_MOUTH or not gapes:
        return replace(step, gaping_s=None)
    if step.gaping_s is None:
        return replace(step, gaping_s=sight.t_s) if step.armed else step
    held = _is_held(step.gaping_s, sight.t_s, policy.mouth_hold_s)
    return WrongMovement(step.challenge) if held else step


def _follow(step: Step, sight: Sight, rest: Baseline, policy: LivenessPolicy) -> Step | Met:
    """An armed step: how far the movement has gone."""
    reached = deflection(step.challenge, sight.face, rest, policy)
    if step.challenge is Challenge.BLINK:
        return _advance_blink(step, sight, reached, rest, policy)
    if not reached >= 1.0:
        # An open mouth is held long enough for one look at it to slip without its being shut.
        open_still = step.challenge is Challenge.OPEN_MOUTH and reached >= policy.neutral_share
        over_s = step.over_s if open_still else None
        return replace(step, over_s=over_s, progress=_further(step, reached))
    step = replace(step, over_s=sight.t_s if step.over_s is None else step.over_s, progress=1.0)
    held = _is_held(step.over_s, sight.t_s, _hold_s(step.challenge, policy))
    return _met(step, sight) if held else step


def _moves_otherwise(face: Face, step: Step, rest: Baseline, policy: LivenessPolicy) -> bool:
    """Another movement of the head is clearly made instead.

    Only judged once the step was armed: before, the head may still be on its way back.
    """
    if not (step.armed or step.wrong_s is not None):
        return False
    others = posture(policy) - {step.challenge}
    if deflection(step.challenge, face, rest, policy) >= policy.neutral_share:
        others -= COMES_WITH.get(step.challenge, frozenset())
    return any(deflection(c, face, rest, policy) >= policy.wrong_share for c in others)


def _wrong(step: Step, t_s: float, policy: LivenessPolicy) -> Step | WrongMovement:
    """One look may be a glitch of the measure: it only takes the step back to before armed."""
    since_s = t_s if step.wrong_s is None else step.wrong_s
    if _is_held(since_s, t_s, policy.hold_s):
        return WrongMovement(step.challenge)
    return Step(
        step.challenge, step.since_s, step.prompted_s, wrong_s=since_s, gaping_s=step.gaping_s
    )


def _hold_s(challenge: Challenge, policy: LivenessPolicy) -> float:
    return policy.mouth_hold_s if challenge is Challenge.OPEN_MOUTH else policy.hold_s


def _is_held(since_s: float | None, t_s: float, hold_s: float) -> bool:
    """Never of one look alone."""
    return since_s is not None and t_s > since_s and t_s - since_s >= hold_s


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
        shut = _is_held(since_s, sight.t_s, policy.hold_s)
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
