"""Which factors suffice at this kiosk now, for this visit: the tier has a word in it."""

from __future__ import annotations

from app.domain import assurance, layers
from app.domain.depth import SecondKind
from app.domain.evidence import Layer
from app.domain.journal import Factor
from app.domain.light import LightUse
from app.domain.policy import Policy
from app.domain.session import Complete
from app.domain.states import Kiosk, Visit
from app.domain.tiers import Tier


def tier(kiosk: Kiosk, policy: Policy) -> Tier:
    """What is known about the camera that was opened last, at the kiosk's own time."""
    camera = kiosk.camera.fingerprint if kiosk.camera is not None else ""
    now = assurance.conditions_of(camera, policy)
    return assurance.tier_of(kiosk.tested, now, kiosk.utc_s, policy)


def suffices(kiosk: Kiosk, visit: Visit, policy: Policy) -> frozenset[frozenset[Factor]]:
    """The sets of factors, any one of which is enough for what this visit is for."""
    known = tier(kiosk, policy)
    doubtful = visit.partial or visit.alike or bool(visit.odd)
    return assurance.accepted(policy, known, visit.purpose, weak=visit.weak, partial=doubtful)


def required(policy: Policy) -> frozenset[Layer]:
    """The layers that have to have had their say before a face opens a door alone: whether it is
    solid always, which a head that may not move never shows; and the anti-spoof pack where there
    is one, or coming too near or putting out the light would be a way round it."""
    light = {Layer.LIGHT} if policy.light_use is LightUse.REQUIRE else set()
    second = {Layer.DEPTH} if policy.second is not SecondKind.NONE else set()
    pack = {Layer.PASSIVE} if policy.passive.threshold > 0.0 else set()
    return frozenset({Layer.SOLIDITY} | light | second | pack)


def is_weak(complete: Complete, policy: Policy) -> bool:
    """Whether this face was left in doubt: a required layer could not tell."""
    return layers.in_doubt(complete.verdicts, required(policy))


def pin_would_do(kiosk: Kiosk, visit: Visit, policy: Policy) -> bool:
    """Whether asking for the PIN on the spot completes what was shown."""
    with_pin = visit.proved | {Factor.PIN}
    return any(wanted and wanted <= with_pin for wanted in suffices(kiosk, visit, policy))


def remark(kiosk: Kiosk, visit: Visit, policy: Policy) -> str:
    """The tier by which a face was judged, for the journal; nothing where no face was shown."""
    if Factor.FACE not in visit.proved:
        return ""
    doubts = {"weak": visit.weak, "partial": visit.partial, "alike": visit.alike}
    words = [word for word, there in doubts.items() if there]
    said = "".join(f"-{word}" for word in (*words, *(f"odd-{each}" for each in sorted(visit.odd))))
    return f"camera-{tier(kiosk, policy)}{said}"
