"""Simulated visitors in front of the real engine, judged by the real rules of liveness."""

from __future__ import annotations

import pytest

from app.camera.portrait import Sitter
from app.camera.simulated import LiveVisitor, PhotoVisitor, SimulatedCamera, Visitor
from app.camera.stills import Still, load_photo
from app.domain import quality
from app.domain.liveness import (
    Challenge,
    Met,
    Sight,
    Step,
    TooSoon,
    WrongMovement,
    advance,
    baseline_of,
)
from app.domain.liveness_policy import LivenessPolicy
from app.domain.matching import (
    Embedding,
    MatchPolicy,
    fuse,
    identification_threshold,
    spread,
    threshold_at,
)
from app.domain.observation import Face
from app.domain.policy import QualityPolicy
from app.ports import Frame
from app.vision.engine import Engine
from tests.fakes.clock import HandClock
from tests.fakes.vision import embedded_engine

POLICY = LivenessPolicy()
#: Every second of the 30 frames a second is looked at: what the embedded pack manages easily.
EVERY = 2
PATIENCE_S = POLICY.step_s


@pytest.fixture(scope="module")
def engine() -> Engine:
    return embedded_engine()


class Sitting:
    """One visitor, looked at; only one face may ever be seen."""

    def __init__(self, engine: Engine, visitor: Visitor) -> None:
        engine.forget()
        clock = HandClock()
        self.camera = SimulatedCamera(visitor, monotonic_s=clock.monotonic_s, wait=clock.advance)
        self.camera.open()
        self._engine = engine

    def look(self) -> tuple[Frame, Face]:
        frame = [self.camera.read() for _ in range(EVERY)][-1]
        observation = self._engine.observe(frame)
        assert len(observation.faces) == 1
        face = observation.faces[0]
        fault = quality.fault(face, (), observation, QualityPolicy(), frontal=False)
        assert fault is None
        return frame, face

    def embedding(self, frame: Frame, face: Face) -> Embedding:
        return self._engine.embed(self._engine.align(frame, face))


def sitter(engine: Engine, still: Still) -> Sitter:
    photo = load_photo(still)
    engine.forget()
    (face, *_) = engine.observe(Frame(1, 0.0, photo)).faces
    return Sitter(photo, face.landmarks)


def answer(
    sitting: Sitting, challenge: Challenge
) -> tuple[Met | WrongMovement | TooSoon | None, list[Embedding]]:
    """Ask as the kiosk does; the outcome, and embeddings at rest (three) and at the answer."""
    looks = [sitting.look() for _ in range(POLICY.steady_frames * 2)]
    rest = baseline_of(tuple(face for _, face in looks))
    embeddings = [sitting.embedding(*look) for look in looks[:3]]
    began_s = looks[-1][0].t_s
    step = Step(challenge, began_s)
    while True:
        frame, face = sitting.look()
        if frame.t_s - began_s > PATIENCE_S:
            return None, embeddings
        assert face.track == looks[0][1].track
        moved = advance(step, Sight(face, frame.number, frame.t_s, frame.t_s), rest, POLICY)
        if not isinstance(moved, Step):
            return moved, [*embeddings, sitting.embedding(frame, face)]
        step = moved
        sitting.camera.ask(challenge if step.prompted_s is not None else None)


@pytest.mark.parametrize("challenge", list(Challenge))
@pytest.mark.parametrize("still", list(Still))
def test_every_movement_is_seen_and_stays_the_same_person(
    engine: Engine, still: Still, challenge: Challenge
) -> None:
    sitting = Sitting(engine, LiveVisitor(sitter(engine, still)))

    outcome, embeddings = answer(sitting, challenge)

    assert isinstance(outcome, Met)
    farthest = spread(embeddings[3:], fuse(embeddings[:3]), engine.space.metric)
    assert farthest < threshold_at(engine.space, MatchPolicy().agreement_fmr)


def test_a_photograph_is_a_good_face_that_meets_no_challenge(engine: Engine) -> None:
    """What must stop it is liveness: quality finds nothing wrong with it."""
    sitting = Sitting(engine, PhotoVisitor(sitter(engine, Still.ASTRONAUT)))
    looks = [sitting.look() for _ in range(10)]
    rest = baseline_of(tuple(face for _, face in looks))
    began_s = looks[-1][0].t_s
    steps = {challenge: Step(challenge, began_s) for challenge in Challenge}

    for _ in range(round(PATIENCE_S * 30 / EVERY)):
        frame, face = sitting.look()
        sight = Sight(face, frame.number, frame.t_s, frame.t_s)
        for challenge, step in steps.items():
            moved = advance(step, sight, rest, POLICY)
            assert not isinstance(moved, Met)
            steps[challenge] = moved if isinstance(moved, Step) else Step(challenge, frame.t_s)


def test_the_two_people_are_told_apart_and_the_photograph_is_not(engine: Engine) -> None:
    employee, stranger = (sitter(engine, still) for still in Still)

    def seen(visitor: Visitor) -> Embedding:
        sitting = Sitting(engine, visitor)
        return fuse([sitting.embedding(*sitting.look()) for _ in range(3)])

    live, other = seen(LiveVisitor(employee)), seen(LiveVisitor(stranger))
    printed = seen(PhotoVisitor(employee))

    limit = identification_threshold(engine.space, 1, MatchPolicy())
    assert spread([other], live, engine.space.metric) > 1.5 * limit
    # A picture of the right person matches the right person: matching alone would let it in.
    assert spread([printed], live, engine.space.metric) < limit
