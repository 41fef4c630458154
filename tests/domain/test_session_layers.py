"""A refusal of the passive layer and of the second camera's ends a session that met every step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.depth import SecondKind
from app.domain.evidence import Finding, Layer
from app.domain.observation import Face, Observation, Relief
from app.domain.passive import PassivePolicy
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.session import Complete, Failed, Session
from tests.domain.sitting import NONCES, perform
from tests.fakes.faces import Actor, Twist

WITH_PACK = Policy(passive=PassivePolicy(threshold=0.2))


def showing(live_score: float | None = None, relief: Relief | None = None) -> Actor:
    def twist(_t_s: float, each: Observation) -> tuple[Observation, ...]:
        return (replace(each, faces=tuple(shown(face) for face in each.faces)),)

    def shown(face: Face) -> Face:
        return replace(face, live_score=live_score, relief=relief)

    twists: tuple[Twist, ...] = (twist,)
    return Actor(twists=twists)


def finding(session: Session, layer: Layer) -> Finding:
    assert isinstance(session.stage, Complete | Failed)
    (found,) = [each.finding for each in session.stage.verdicts if each.layer is layer]
    return found


@pytest.mark.parametrize(
    ("actor", "policy", "layer"),
    [
        (showing(live_score=0.05), WITH_PACK, Layer.PASSIVE),
        (showing(relief=Relief(1.0, 1.0)), Policy(second=SecondKind.DEPTH), Layer.DEPTH),
        (showing(relief=Relief(30.0, 0.2)), Policy(second=SecondKind.INFRARED), Layer.DEPTH),
    ],
    ids=["spoof-like", "flat", "no infrared"],
)
def test_all_that_was_asked_was_done_and_it_is_refused_all_the_same(
    actor: Actor, policy: Policy, layer: Layer
) -> None:
    session = perform(actor, NONCES[1], policy=policy)
    assert isinstance(session.stage, Failed)
    assert (session.stage.reason, session.stage.layer) == (Reason.NOT_LIVE, layer)
    assert session.kept == ()


@pytest.mark.parametrize(
    ("actor", "policy", "layer", "expected"),
    [
        (showing(live_score=0.9), WITH_PACK, Layer.PASSIVE, Finding.LIVE),
        (showing(), WITH_PACK, Layer.PASSIVE, Finding.INCONCLUSIVE),
        (showing(), Policy(), Layer.PASSIVE, Finding.ABSENT),
        (
            showing(relief=Relief(30.0, 3.0)),
            Policy(second=SecondKind.DEPTH),
            Layer.DEPTH,
            Finding.LIVE,
        ),
        (showing(), Policy(second=SecondKind.DEPTH), Layer.DEPTH, Finding.INCONCLUSIVE),
        (showing(), Policy(), Layer.DEPTH, Finding.ABSENT),
    ],
)
def test_whoever_is_not_refused_goes_on_to_be_compared(
    actor: Actor, policy: Policy, layer: Layer, expected: Finding
) -> None:
    session = perform(actor, NONCES[1], policy=policy)
    assert isinstance(session.stage, Complete), session.stage
    assert finding(session, layer) is expected
