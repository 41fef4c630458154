"""All layers over one piece of evidence: which refuse, and whether anything was left open."""

from __future__ import annotations

from app.domain import continuity, depth, passive, reflection, solidity
from app.domain.evidence import Evidence, Finding, Layer, Verdict
from app.domain.policy import Policy


def judge(evidence: Evidence, policy: Policy) -> tuple[Verdict, ...]:
    """Every layer's verdict, in the order they are named when several refuse."""
    return (
        continuity.judge(evidence, policy.continuity),
        solidity.judge(evidence, policy.solidity),
        reflection.judge(evidence, policy.light),
        passive.judge(evidence, policy.passive),
        depth.judge(evidence, policy.depth, policy.second),
    )


def refusal(verdicts: tuple[Verdict, ...]) -> Verdict | None:
    """The first layer that refused, or None: a refusal of any is a refusal of all."""
    return next((each for each in verdicts if each.finding is Finding.REFUSED), None)


def in_doubt(verdicts: tuple[Verdict, ...], required: frozenset[Layer]) -> bool:
    """Whether a layer that has to have its say before the face counts alone could not tell."""
    told = {each.layer for each in verdicts if each.finding is Finding.LIVE}
    return not told >= required
