"""One face session: find one good face, take its measure at rest, ask, and keep the frames.

    Framing ──steady──▶ Challenging ──every step met──▶ Complete
       └────────────────────┴──▶ Failed(reason)

A session belongs to one nonce and one unbroken track. It only ever says *which frames* may be
compared; who the person is, and whether they may enter, is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain import liveness, quality
from app.domain.liveness import Baseline, Challenge, Met, Step, WrongMovement
from app.domain.observation import Face, Observation
from app.domain.people import Need
from app.domain.policy import LivenessPolicy, Policy
from app.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Kept:
    """A frame good enough to be compared. `worth` orders them; it is never shown."""

    frame: int
    worth: float


@dataclass(frozen=True, slots=True)
class Framing:
    """Waiting for one good, still face. `steady` are its last good looks, oldest first."""

    hint: Reason | None = None
    steady: tuple[Face, ...] = ()
    since_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Challenging:
    """Asking for step `index` of the plan from the face on `track`."""

    track: int
    rest: Baseline
    index: int
    step: Step
    met: tuple[Met, ...] = ()
    hint: Reason | None = None


@dataclass(frozen=True, slots=True)
class Complete:
    """Every challenge was met; compare `match_frames`, which must agree with `met_frames`."""

    match_frames: tuple[int, ...]
    met_frames: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    reason: Reason


Stage = Framing | Challenging | Complete | Failed


@dataclass(frozen=True, slots=True)
class Session:
    """`seen_s`: capture time of the last look; `track_s`: of the last one with our face.

    All times are monotonic seconds. `kept` are the best near-frontal frames of the track.
    """

    nonce: bytes
    plan: tuple[Challenge, ...]
    started_s: float
    stage: Stage
    seen_s: float
    frame: int = 0
    track_s: float = 0.0
    kept: tuple[Kept, ...] = ()


def begin(nonce: bytes, needs: frozenset[Need], t_s: float, policy: LivenessPolicy) -> Session:
    """A new session. A plan that cannot be made fails at once: another factor then serves."""
    plan = liveness.plan(nonce, liveness.allowed(needs), policy.challenges)
    stage: Stage = Framing(since_s=t_s) if plan else Failed(Reason.FACE_UNAVAILABLE)
    return Session(nonce, plan, t_s, stage, seen_s=t_s)


def look(session: Session, seen: Observation, policy: Policy) -> Session:
    """The session after one observation. Frames that are old or repeated change nothing."""
    if seen.frame <= session.frame or seen.t_s <= session.seen_s:
        return session
    session = replace(session, frame=seen.frame, seen_s=seen.t_s)
    match session.stage:
        case Framing() as stage:
            return _frame(session, stage, seen, policy)
        case Challenging() as stage:
            return _challenge(session, stage, seen, policy)
        case Complete() | Failed():
            return session


def tick(session: Session, t_s: float, policy: LivenessPolicy) -> Session:
    """The session as time alone leaves it: steps run out, cameras stall, tracks are lost."""
    if isinstance(session.stage, Complete | Failed):
        return session
    if t_s - max(session.seen_s, session.started_s) > policy.stall_s:
        return _fail(session, Reason.CAMERA_LOST)
    match session.stage:
        case Framing(hint=hint) if t_s - session.started_s > policy.framing_s:
            return _fail(session, hint or Reason.NO_FACE)
        case Challenging(step=step) if t_s - step.prompted_s > policy.step_s:
            return _fail(session, Reason.CHALLENGE_MISSED)
        case _:
            return session


def _fail(session: Session, reason: Reason) -> Session:
    return replace(session, stage=Failed(reason), kept=())


def _frame(session: Session, stage: Framing, seen: Observation, policy: Policy) -> Session:
    face = largest(seen)
    fault = Reason.NO_FACE
    if face is not None:
        others = tuple(other for other in seen.faces if other is not face)
        found = quality.fault(face, others, seen, policy.quality, frontal=True)
        if found is None:
            return _steady(session, stage, face, seen, policy)
        fault = found
    return replace(session, stage=Framing(hint=fault, since_s=seen.t_s), kept=())


def _steady(
    session: Session, stage: Framing, face: Face, seen: Observation, policy: Policy
) -> Session:
    """One more good look; enough of them in a row are the baseline and start the asking."""
    same = bool(stage.steady) and stage.steady[-1].track == face.track
    since_s = stage.since_s if same else seen.t_s
    steady = (*stage.steady, face) if same else (face,)
    kept = _keep(session.kept if same else (), face, seen.frame, policy)
    session = replace(session, kept=kept, track_s=seen.t_s)
    limits = policy.liveness
    if len(steady) < limits.steady_frames or seen.t_s - since_s < limits.steady_s:
        return replace(session, stage=Framing(Reason.HOLD_STILL, steady, since_s))
    first = Step(session.plan[0], prompted_s=seen.t_s)
    rest = liveness.baseline_of(steady)
    return replace(session, stage=Challenging(face.track, rest, 0, first))


def _challenge(session: Session, stage: Challenging, seen: Observation, policy: Policy) -> Session:
    face = next((each for each in seen.faces if each.track == stage.track), None)
    if face is None:
        if seen.t_s - session.track_s > policy.liveness.track_gap_s:
            return _fail(session, Reason.TRACK_LOST)
        return session
    session = replace(session, track_s=seen.t_s)
    others = tuple(other for other in seen.faces if other is not face)
    if quality.has_rival(face, others, policy.quality):
        return _fail(session, Reason.SEVERAL_FACES)
    fault = quality.fault(face, others, seen, policy.quality, frontal=True)
    if fault is None:
        session = replace(session, kept=_keep(session.kept, face, seen.frame, policy))
    match liveness.advance(stage.step, face, seen.t_s, seen.frame, stage.rest, policy.liveness):
        case WrongMovement():
            return _fail(session, Reason.WRONG_MOVEMENT)
        case Met() as met:
            return _next_step(session, replace(stage, met=(*stage.met, met)))
        case Step() as step:
            hint = None if step.armed else _resting_hint(fault)
            return replace(session, stage=replace(stage, step=step, hint=hint))


def _resting_hint(fault: Reason | None) -> Reason:
    return fault if fault is not None else Reason.LOOK_STRAIGHT


def _next_step(session: Session, stage: Challenging) -> Session:
    """The next prompt, shown from the moment the step before was met; or the end."""
    index = stage.index + 1
    if index < len(session.plan):
        step = Step(session.plan[index], prompted_s=stage.met[-1].t_s)
        return replace(session, stage=replace(stage, index=index, step=step, hint=None))
    return replace(
        session,
        stage=Complete(
            match_frames=tuple(kept.frame for kept in session.kept),
            met_frames=tuple(met.frame for met in stage.met),
        ),
    )


def largest(seen: Observation) -> Face | None:
    """The nearest face, by the area of its box."""
    return max(seen.faces, key=lambda face: face.box.area, default=None)


def _keep(kept: tuple[Kept, ...], face: Face, frame: int, policy: Policy) -> tuple[Kept, ...]:
    """The best few frames so far: frontal first, then sharp."""
    off_axis = abs(face.pose.yaw_deg) + 0.5 * abs(face.pose.pitch_deg)
    worth = -off_axis + min(face.quality.sharpness, 200.0) / 40.0
    best = sorted((*kept, Kept(frame, worth)), key=lambda each: -each.worth)
    return tuple(best[: policy.liveness.match_frames])
