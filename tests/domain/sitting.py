"""Sittings: a face session and someone, or some numbers, before it."""

from __future__ import annotations

import hashlib

from app.domain.liveness import Challenge
from app.domain.observation import Face
from app.domain.planner import allowed, plan_for
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.session import Challenging, Complete, Failed, Session, begin, look, tick
from tests.fakes.faces import Actor, face, seen

POLICY = Policy()
ALL = allowed(frozenset(), POLICY.liveness)
NONCES = [hashlib.sha256(bytes([n])).digest()[:16] for n in range(30)]


def nonce_for(*wanted: Challenge) -> bytes:
    """One whose plan begins like this."""
    for number in range(10_000):
        nonce = hashlib.sha256(number.to_bytes(4, "big")).digest()[:16]
        if plan_for(nonce, frozenset(), POLICY.liveness)[: len(wanted)] == wanted:
            return nonce
    raise AssertionError(f"no nonce asks for {wanted}")


def perform(
    actor: Actor, nonce: bytes, lag_s: float = 0.04, until_s: float = 30.0, policy: Policy = POLICY
) -> Session:
    """The actor before the camera until the session ends; each frame is told `lag_s` later."""
    session = begin(nonce, frozenset(), 0.0, policy.liveness)
    fps = actor.habits.fps
    for index in range(1, int(until_s * fps)):
        t_s = index / fps
        stage = session.stage
        asking = isinstance(stage, Challenging) and stage.step.prompted_s is not None
        prompt = stage.step.challenge if isinstance(stage, Challenging) and asking else None
        hint = stage.hint if isinstance(stage, Challenging) else None
        for observation in actor.look(t_s, prompt, hint):
            session = look(session, observation, t_s + lag_s, policy)
        session = tick(session, t_s + lag_s, policy.liveness)
        if isinstance(session.stage, Complete | Failed):
            break
    return session


def outcome(session: Session) -> Reason | str:
    return (
        session.stage.reason if isinstance(session.stage, Failed) else type(session.stage).__name__
    )


def looked_at(*times_s: float, of: Face | None = None) -> Session:
    session = begin(NONCES[0], frozenset(), 0.0, POLICY.liveness)
    for number, t_s in enumerate(times_s, 1):
        session = look(session, seen(number, t_s, of or face()), t_s, POLICY)
    return session


STEADY_S = [0.1 * n for n in range(1, 7)]
"""Six good looks, long enough to be framed by."""
NEXT = len(STEADY_S) + 1
"""The number of the first frame after the first prompt."""


def asked_at_rest(*more: Face) -> Session:
    """Framed by six good looks and asked; then further looks, a tenth of a second apart."""
    session = looked_at(*STEADY_S)
    assert isinstance(session.stage, Challenging)
    for number, each in enumerate(more, NEXT):
        session = look(session, seen(number, 0.1 * number, each), 0.1 * number, POLICY)
    return session


def kept(session: Session) -> set[int]:
    return {each.frame for each in session.kept}


def hint_of(session: Session) -> Reason | None:
    assert isinstance(session.stage, Challenging)
    return session.stage.hint


def stages(actor: Actor, nonce: bytes) -> list[tuple[float, Face, Challenging]]:
    """Each look of the challenge with the stage it led to."""
    found = []
    session = begin(nonce, frozenset(), 0.0, POLICY.liveness)
    for index in range(1, 200):
        t_s = index / actor.habits.fps
        stage = session.stage
        asks = isinstance(stage, Challenging) and stage.step.prompted_s is not None
        prompt = stage.step.challenge if isinstance(stage, Challenging) and asks else None
        hint = stage.hint if isinstance(stage, Challenging) else None
        (observation,) = actor.look(t_s, prompt, hint)
        session = look(session, observation, t_s, POLICY)
        if isinstance(session.stage, Challenging):
            found.append((t_s, observation.faces[0], session.stage))
    return found
