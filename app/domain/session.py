"""One face session: find one good face, take its measure at rest, ask, and keep the frames.

    Framing ──steady──▶ Challenging ──every step met──▶ Complete
       └────────────────────┴──▶ Failed(reason)

A session belongs to one nonce and one unbroken track. It only ever says *which frames* may be
compared; who the person is, and whether they may enter, is decided elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import assert_never

from app.domain import grid, layers, liveness, memory, planner, quality
from app.domain.evidence import Echo, Evidence, Layer, Look, Verdict
from app.domain.kept import Kept, keep
from app.domain.light import LightUse
from app.domain.liveness import (
    Baseline,
    Challenge,
    Met,
    Sight,
    Step,
    TooSoon,
    WrongMovement,
)
from app.domain.liveness_policy import LivenessPolicy
from app.domain.memory import Remembered
from app.domain.observation import Face, Observation
from app.domain.people import Need
from app.domain.policy import Policy, QualityPolicy
from app.domain.reasons import Reason

NONCE_BYTES = 16
"""Fewest bytes of a nonce: 128 bits, so that none is ever drawn twice."""


@dataclass(frozen=True, slots=True)
class Framing:
    """Waiting for one good, still face. `steady` are its last good looks, oldest first; `since_s`:
    when they, or a hint to uncover something, began."""

    hint: Reason | None = None
    steady: tuple[Face, ...] = ()
    since_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Challenging:
    """Step `index` of the plan, from the face on `track`: shown once the face is at rest.

    `hasty`: how often a movement came before it was asked for. `crowded`: how many looks in a row
    have shown another face as near.
    """

    track: int
    rest: Baseline
    index: int
    step: Step
    met: tuple[Met, ...] = ()
    hint: Reason | None = None
    hasty: int = 0
    crowded: int = 0


@dataclass(frozen=True, slots=True)
class Complete:
    """Every challenge was met and no layer refused: compare `match_frames`, which must agree with
    `met_frames`. `verdicts` are what the layers said. `partial`: some of the match frames show
    only a part of the face, which is not enough by itself."""

    match_frames: tuple[int, ...]
    met_frames: tuple[int, ...]
    verdicts: tuple[Verdict, ...] = ()
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """`layer`: which one refused where a challenge or a later layer did, else None."""

    reason: Reason
    layer: Layer | None = None
    verdicts: tuple[Verdict, ...] = ()


Stage = Framing | Challenging | Complete | Failed


@dataclass(frozen=True, slots=True)
class Told:
    """One observation as the session was told of it, at `now_s` (monotonic seconds)."""

    now_s: float
    seen: Observation


@dataclass(frozen=True, slots=True)
class Session:
    """`seen_s`: capture time of the last look; `track_s`: of the last one with our face, or
    while framing with any face. `needs`: whose plan it is.

    All times are monotonic seconds. `frame` is 0 until the camera delivered its first.
    `kept` are the best near-frontal frames of the track. `told` is everything the session went
    by, oldest first. `lit_s`: when the light code began, None while there is none. `earlier`: the
    sessions its motion is compared with in the end; `echo`: what came of that, None before.
    """

    nonce: bytes
    plan: tuple[Challenge, ...]
    started_s: float
    stage: Stage
    seen_s: float
    frame: int = 0
    track_s: float = 0.0
    kept: tuple[Kept, ...] = ()
    told: tuple[Told, ...] = ()
    lit_s: float | None = None
    needs: frozenset[Need] = frozenset()
    earlier: tuple[Remembered, ...] = ()
    echo: Echo | None = None


def begin(nonce: bytes, needs: frozenset[Need], t_s: float, policy: LivenessPolicy) -> Session:
    """A new session. A plan that cannot be made fails at once: another factor then serves."""
    fresh = len(nonce) >= NONCE_BYTES
    plan = planner.plan_for(nonce, needs, policy) if fresh else ()
    stage: Stage = Framing(since_s=t_s) if plan else Failed(Reason.FACE_UNAVAILABLE)
    return Session(nonce, plan, t_s, stage, seen_s=t_s, track_s=t_s, needs=needs)


def look(session: Session, seen: Observation, now_s: float, policy: Policy) -> Session:
    """The session after one observation, told at `now_s` (monotonic, the clock of `seen.t_s`).

    Frames that are old, repeated or from the future change nothing.
    """
    newer = session.frame < seen.frame <= grid.LAST_FRAME
    if not (newer and session.seen_s < seen.t_s <= now_s):
        return session
    seen = grid.on_grid(seen)
    before_s = session.seen_s
    told = (*session.told, Told(now_s, seen))
    session = replace(session, frame=seen.frame, seen_s=seen.t_s, told=told)
    match session.stage:
        case Framing() as stage:
            unbroken = seen.t_s - before_s <= policy.liveness.track_gap_s
            return _frame(session, stage if unbroken else Framing(), seen, now_s, policy)
        case Challenging() as stage:
            return _challenge(session, stage, seen, now_s, policy)
        case Complete() | Failed():
            return session
        case _ as never:
            assert_never(never)


def tick(session: Session, t_s: float, policy: LivenessPolicy) -> Session:
    """The session as time alone leaves it: steps run out, cameras stall, people walk away."""
    if isinstance(session.stage, Complete | Failed):
        return session
    patience_s = policy.stall_s if session.frame else policy.wake_s
    if t_s - session.seen_s > patience_s:
        return _fail(session, Reason.CAMERA_LOST)
    match session.stage:
        case Framing(hint=hint):
            if t_s - session.track_s > policy.absent_s:
                return _fail(session, Reason.NO_FACE)
            if t_s - session.started_s > policy.framing_s:
                return _fail(session, hint or Reason.NO_FACE)
            return session
        case Challenging(step=step):
            late = t_s - step.waiting_since_s > policy.step_s
            return _fail(session, Reason.CHALLENGE_MISSED) if late else session
        case _ as never:
            assert_never(never)


#: What the challenge layer itself refuses.
CHALLENGE_REFUSALS = frozenset(
    {
        Reason.CHALLENGE_MISSED,
        Reason.WRONG_MOVEMENT,
        Reason.TOO_SOON,
        Reason.TRACK_LOST,
        Reason.SEVERAL_FACES,
    }
)


def _fail(session: Session, reason: Reason) -> Session:
    layer = Layer.CHALLENGE if reason in CHALLENGE_REFUSALS else None
    return replace(session, stage=Failed(reason, layer), kept=())


def _frame(
    session: Session, stage: Framing, seen: Observation, now_s: float, policy: Policy
) -> Session:
    face = largest(seen)
    fault = Reason.NO_FACE
    if face is not None:
        session = replace(session, track_s=seen.t_s)
        others = tuple(other for other in seen.faces if other is not face)
        gates = _gates(session, policy)
        asked = not _is_excused(stage, seen.t_s, gates)
        found = quality.fault(face, others, seen, gates, frontal=True, uncovered=asked)
        if found is None and _is_measured(face):
            return _steady(session, stage, Sight(face, seen.frame, seen.t_s, now_s), policy)
        fault = found or Reason.BLURRED
    told = fault in quality.COVERED and stage.hint in quality.COVERED
    since_s = stage.since_s if told else seen.t_s
    return replace(session, stage=Framing(hint=fault, since_s=since_s), kept=())


def _is_excused(stage: Framing, t_s: float, gates: QualityPolicy) -> bool:
    """Whether somebody was asked for long enough to uncover their face, and has not."""
    if stage.steady:
        return quality.cover(stage.steady[-1], gates) is not None
    return stage.hint in quality.COVERED and t_s - stage.since_s >= gates.covered_patience_s


def _gates(session: Session, policy: Policy) -> QualityPolicy:
    """What a face has to pass at rest: with room left, where it will be asked to come closer."""
    gates = policy.quality
    if Challenge.MOVE_CLOSER not in session.plan:
        return gates
    room = 1.0 + policy.liveness.closer_share * policy.liveness.wrong_share
    return replace(gates, max_width_share=gates.max_width_share / room)


def _steady(session: Session, stage: Framing, sight: Sight, policy: Policy) -> Session:
    """One more good look; enough of them in a row are the baseline and start the asking."""
    same = bool(stage.steady) and stage.steady[-1].track == sight.face.track
    since_s = stage.since_s if same else sight.t_s
    steady = (*stage.steady, sight.face) if same else (sight.face,)
    kept = keep(session.kept if same else (), sight, policy)
    session = replace(session, kept=kept)
    limits = policy.liveness
    if len(steady) < limits.steady_frames or sight.t_s - since_s < limits.steady_s:
        return replace(session, stage=Framing(Reason.HOLD_STILL, steady, since_s))
    lit = policy.light_use is not LightUse.OFF and Need.NO_LIGHT not in session.needs
    session = replace(session, lit_s=sight.now_s if lit else None)
    rest = liveness.baseline_of(steady)
    first = Challenging(sight.face.track, rest, 0, Step(session.plan[0], since_s=sight.now_s))
    return _answer(session, first, sight, None, policy)


def _challenge(
    session: Session, stage: Challenging, seen: Observation, now_s: float, policy: Policy
) -> Session:
    """One more look for our own face, which may be out of sight for a moment, and not longer."""
    unseen_s = seen.t_s - session.track_s
    if unseen_s > policy.liveness.track_gap_s:
        return _fail(session, Reason.TRACK_LOST)
    face = next((each for each in seen.faces if each.track == stage.track), None)
    if face is None or not _is_measured(face):
        return session
    session = replace(session, track_s=seen.t_s)
    others = tuple(other for other in seen.faces if other is not face)
    if quality.has_rival(face, others, policy.quality):
        return _crowded(session, stage, policy.liveness)
    stage = replace(stage, crowded=0)
    sight = Sight(face, seen.frame, seen.t_s, now_s)
    fault = quality.fault(face, others, seen, policy.quality, frontal=True, uncovered=False)
    if fault is None:
        session = replace(session, kept=keep(session.kept, sight, policy))
    return _answer(session, stage, sight, fault, policy)


def _crowded(session: Session, stage: Challenging, policy: LivenessPolicy) -> Session:
    """A look with another face as near counts for nothing, and too many in a row end it."""
    if stage.crowded >= policy.crowded_looks:
        return _fail(session, Reason.SEVERAL_FACES)
    return replace(session, stage=replace(stage, crowded=stage.crowded + 1))


def _is_measured(face: Face) -> bool:
    """Whether everything that is judged about a face is a number."""
    pose = (face.pose.yaw_deg, face.pose.pitch_deg, face.pose.roll_deg)
    return all(map(math.isfinite, (*pose, face.eye_openness, face.mouth_openness)))


def _answer(
    session: Session, stage: Challenging, sight: Sight, fault: Reason | None, policy: Policy
) -> Session:
    """What this look does to the step that is asked, or waits to be asked."""
    after = liveness.advance(stage.step, sight, stage.rest, policy.liveness)
    match after:
        case WrongMovement():
            return _fail(session, Reason.WRONG_MOVEMENT)
        case TooSoon():
            return _too_soon(session, stage, sight, policy)
        case Met():
            return _next_step(session, replace(stage, met=(*stage.met, after)), sight, policy)
        case Step():
            hint = _hint(after, stage, sight, fault, policy.liveness)
            return replace(session, stage=replace(stage, step=after, hint=hint))
        case _ as never:
            assert_never(never)


def _too_soon(session: Session, stage: Challenging, sight: Sight, policy: Policy) -> Session:
    """Once is fidgeting, and the step is asked anew; twice is no answer to any prompt."""
    if stage.hasty:
        return _fail(session, Reason.TOO_SOON)
    again = Step(stage.step.challenge, since_s=sight.now_s)
    return _answer(session, replace(stage, step=again, hasty=1), sight, None, policy)


def _hint(
    step: Step, stage: Challenging, sight: Sight, fault: Reason | None, policy: LivenessPolicy
) -> Reason | None:
    """What keeps the kiosk from asking, or from listening: mostly, that the face is not at rest.

    Nobody is corrected in the first moment after the prompt, when nothing counts yet anyway.
    """
    if step.armed:
        return None
    if step.prompted_s is not None and sight.t_s - step.prompted_s < policy.reaction_s:
        return None
    if fault is not None:
        return fault
    nearer = liveness.deflection(Challenge.MOVE_CLOSER, sight.face, stage.rest, policy)
    if policy.move_closer and nearer >= policy.neutral_share:
        return Reason.TOO_NEAR
    still = liveness.is_head_at_rest(sight.face, stage.rest, policy)
    return Reason.HOLD_STILL if still else Reason.LOOK_STRAIGHT


def _next_step(session: Session, stage: Challenging, sight: Sight, policy: Policy) -> Session:
    """The next step, asked at once where the face is at rest again; or the end."""
    index = stage.index + 1
    if index < len(session.plan):
        step = Step(session.plan[index], since_s=sight.now_s)
        return _answer(session, replace(stage, index=index, step=step), sight, None, policy)
    return _judge(session, stage, policy)


def _judge(session: Session, stage: Challenging, policy: Policy) -> Session:
    """Every challenge was met: now the other layers may refuse, and none can make it better."""
    session = _compare(session, stage)
    verdicts = layers.judge(evidence_of(session, stage), policy)
    refused = layers.refusal(verdicts)
    if refused is not None:
        failed = Failed(Reason.NOT_LIVE, refused.layer, verdicts)
        return replace(session, stage=failed, kept=())
    return replace(
        session,
        stage=Complete(
            match_frames=tuple(kept.frame for kept in session.kept),
            met_frames=tuple(met.frame for met in stage.met),
            verdicts=verdicts,
            partial=any(kept.covered for kept in session.kept),
        ),
    )


def _compare(session: Session, stage: Challenging) -> Session:
    """What of the sessions before this one's motion resembles, unless that is known already."""
    if session.echo is not None:
        return session
    looks = ((look.t_s, look.face) for look in looks_of(session, stage))
    echo = memory.echo_of(looks, stage.met[0].prompted_s, session.earlier)
    return replace(session, echo=echo, earlier=())


def evidence_of(session: Session, stage: Challenging) -> Evidence:
    """What the layers judge."""
    looks, echo = looks_of(session, stage), session.echo or Echo()
    return Evidence(session.nonce, stage.rest, looks, stage.met, session.lit_s, echo)


def looks_of(session: Session, stage: Challenging) -> tuple[Look, ...]:
    """Every look at the face on our track, oldest first."""
    return tuple(
        Look(told.seen.frame, told.seen.t_s, told.now_s, face, told.seen.digest, told.seen.backdrop)
        for told in session.told
        for face in told.seen.faces
        if face.track == stage.track
    )


def largest(seen: Observation) -> Face | None:
    """The nearest face, by the area of its box."""
    return max(seen.faces, key=lambda face: face.box.area, default=None)
