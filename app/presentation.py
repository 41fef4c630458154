"""What is on the screen, said in values: never how it looks, never a score, never a secret.

Words are not here either: prompts, hints and results are members of enums which each front end
turns into a sentence of the visitor's language.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from app.domain import admission, assurance, desk, rates, selftest, source
from app.domain.assurance import Species, Trial, Trials
from app.domain.events import Condition, Part
from app.domain.journal import Factor, Purpose
from app.domain.light import Hue, shown
from app.domain.liveness import Challenge
from app.domain.people import ClaimKind
from app.domain.policy import Mode, Policy
from app.domain.reasons import Reason
from app.domain.session import Challenging, Complete, Failed, Framing, Session
from app.domain.states import (
    AskingAdmin,
    Attract,
    CheckingAdmin,
    CheckingPin,
    Claiming,
    Denied,
    Granted,
    Health,
    Identifying,
    Kiosk,
    Notice,
    Offering,
    Outcome,
    Proving,
    Recording,
    Renewing,
    Resolving,
    Servicing,
    Showing,
    Testing,
    Trying,
    Verifying,
)
from app.domain.tiers import Tier


class FaceDoor(StrEnum):
    """Whether the face path can be taken now."""

    OPEN = "open"
    WAKING = "waking"
    UNAVAILABLE = "unavailable"
    PAUSED = "paused"


class Busy(StrEnum):
    """What a short wait is for."""

    WAKING = "waking"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True)
class AttractView:
    """`purpose` None: a door. Otherwise what the visit will be, `choosable` by the person."""

    face: FaceDoor
    purpose: Purpose | None
    choosable: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class ClaimView:
    """Hold a badge to the reader or type a number. `typed` is no secret."""

    typed: str
    longest: int
    face: FaceDoor


@dataclass(frozen=True, slots=True)
class PinView:
    """`typed` is how many digits there are so far; `claimed_by` how the person said who."""

    typed: int
    fewest: int
    longest: int
    claimed_by: ClaimKind
    face: FaceDoor


@dataclass(frozen=True, slots=True)
class VerifyView:
    """The live picture. `prompt` None while looking for a good face (`step` 0), and between two
    movements until the face is back at rest (then `hint` says to look straight ahead).

    `step` counts from 1 to `steps`; `progress` of this step and `done` of the whole visit are
    0..1. `hint` is the one thing to mend now. `light` is the colour to paint around the picture.
    `trial`: this is one of the self-test, and no visitor's.
    """

    prompt: Challenge | None
    step: int
    steps: int
    progress: float
    done: float
    hint: Reason | None
    claimed: bool
    simulated: bool
    light: Hue | None = None
    trial: Species | None = None


@dataclass(frozen=True, slots=True)
class BusyView:
    busy: Busy


@dataclass(frozen=True, slots=True)
class GrantedView:
    """`utc_s` is when; `factors` is how. `notice`: one more sentence."""

    name: str
    purpose: Purpose
    factors: frozenset[Factor]
    utc_s: float
    simulated: bool
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class OfferView:
    """Granted and let in, and one question: may the face be renewed from this visit?"""

    name: str
    purpose: Purpose
    simulated: bool


@dataclass(frozen=True, slots=True)
class DeniedView:
    """`face`: whether trying the face again is offered beside badge and PIN."""

    reason: Reason
    face: FaceDoor
    simulated: bool


@dataclass(frozen=True, slots=True)
class AdminPinView:
    typed: int
    fewest: int
    longest: int
    fault: Reason | None
    checking: bool


@dataclass(frozen=True, slots=True)
class ServiceView:
    """`can_enrol`: the camera that is there could be named as this kiosk's. `can_test`: it can be
    shown prints and screens now."""

    facts: tuple[tuple[str, str], ...]
    log: tuple[str, ...]
    can_enrol: bool = False
    can_test: bool = False


@dataclass(frozen=True, slots=True)
class CountView:
    """`errors` of `n` trials of a species went wrong, and between which rates, 0..1, the truth
    lies (exact, 95 %). `wanted`: trials without any error that the highest tier takes."""

    species: Species
    n: int
    errors: int
    low: float
    high: float
    wanted: int


@dataclass(frozen=True, slots=True)
class SelfTestView:
    """`tier` is what the counts bear. `last` is how the last trial ended, which can be taken back
    where `last.counted`. `changed`: there is something to store."""

    counts: tuple[CountView, ...]
    tier: Tier
    last: Trial | None
    can_try: bool
    changed: bool
    storing: bool
    not_stored: bool


@dataclass(frozen=True, slots=True)
class OutOfServiceView:
    """`code` is for whoever comes to mend it."""

    code: str


View = (
    AttractView
    | ClaimView
    | PinView
    | VerifyView
    | BusyView
    | GrantedView
    | OfferView
    | DeniedView
    | AdminPinView
    | ServiceView
    | SelfTestView
    | OutOfServiceView
)


def present(kiosk: Kiosk, policy: Policy) -> View:
    """The one View of a state."""
    screen = kiosk.screen
    if isinstance(screen, AskingAdmin | CheckingAdmin | Servicing):
        return _present_service(kiosk, screen, policy)
    if isinstance(screen, Testing | Trying):
        return _present_selftest(kiosk, screen, policy)
    if kiosk.health.gallery in {Condition.FAILED, Condition.LOST}:
        return OutOfServiceView(dict(kiosk.health.codes).get("gallery", "gallery"))
    if kiosk.health.gallery is Condition.STARTING:
        return BusyView(Busy.WAKING)
    face = face_door(kiosk, policy)
    match screen:
        case Attract():
            purpose = None if policy.mode is Mode.DOOR else kiosk.purpose
            return AttractView(face, purpose, policy.mode is Mode.CLOCK, policy.simulated)
        case Claiming(typed=typed):
            return ClaimView(typed, policy.number_length, face)
        case Proving(claim=claim, typed=pin):
            fewest, longest = policy.pin_lengths
            face = face_door(kiosk, policy, claimed=screen.visit.claim is not None)
            return PinView(len(pin.text), fewest, longest, claim.kind, face)
        case Verifying():
            return _present_session(screen, kiosk.t_s, policy)
        case Resolving() | Identifying() | CheckingPin() | Recording() | Renewing():
            return BusyView(Busy.CHECKING)
        case Offering(outcome=granted):
            name, purpose = granted.person.name, granted.visit.purpose
            return OfferView(name, purpose, policy.simulated)
        case Showing(outcome=outcome, notice=notice):
            return _present_outcome(outcome, notice, face, policy)
        case _ as never:
            assert_never(never)


def face_door(kiosk: Kiosk, policy: Policy, *, claimed: bool = False) -> FaceDoor:
    """Whether the face path is open, from the parts it needs, its camera and its lock-out.

    A claimed person's face does not wait for the lock-out of unclaimed ones: claims have their
    own.
    """
    health: Health = kiosk.health
    needed = {health.vision, health.camera}
    if needed & {Condition.FAILED, Condition.LOST}:
        return FaceDoor.UNAVAILABLE
    if Condition.STARTING in needed:
        return FaceDoor.WAKING
    if source.refusal(kiosk.camera, kiosk.cameras, policy.admits) is not None:
        return FaceDoor.UNAVAILABLE
    if not claimed and kiosk.utc_s < kiosk.face_locked_until_s:
        return FaceDoor.PAUSED
    return FaceDoor.OPEN


def _present_service(
    kiosk: Kiosk, screen: AskingAdmin | CheckingAdmin | Servicing, policy: Policy
) -> AdminPinView | ServiceView:
    fewest, longest = policy.pin_lengths
    match screen:
        case AskingAdmin(typed=pin, fault=fault):
            return AdminPinView(len(pin.text), fewest, longest, fault, checking=False)
        case CheckingAdmin():
            return AdminPinView(0, fewest, longest, None, checking=True)
        case Servicing(facts=facts, log=log):
            known = (*_health_facts(kiosk), *_source_facts(kiosk, policy), *facts)
            return ServiceView(
                facts=known if facts else (),
                log=log,
                can_enrol=desk.can_enrol(kiosk),
                can_test=selftest.can_begin(kiosk, policy),
            )
        case _ as never:
            assert_never(never)


def _present_selftest(
    kiosk: Kiosk, screen: Testing | Trying, policy: Policy
) -> SelfTestView | VerifyView | BusyView:
    if isinstance(screen, Trying):
        shown_now = _present_session(screen.shot, kiosk.t_s, policy)
        trial = screen.species
        return replace(shown_now, trial=trial) if isinstance(shown_now, VerifyView) else shown_now
    return SelfTestView(
        counts=counts_of(screen.trials, policy),
        tier=assurance.shown_by(screen.trials, policy.assurance),
        last=screen.last,
        can_try=selftest.can_begin(kiosk, policy) and not screen.ticket,
        changed=screen.changed,
        storing=screen.ticket > 0,
        not_stored=screen.not_stored,
    )


def counts_of(trials: Trials, policy: Policy) -> tuple[CountView, ...]:
    """Every species in order, with what its trials have shown."""
    limits = policy.assurance
    genuine = rates.fewest_without(limits.trusted_bpcer)
    attack = rates.fewest_without(limits.trusted_apcer)
    shown_so_far = []
    for species in Species:
        count = trials.of(species)
        between = rates.interval(count.errors, count.n)
        wanted = genuine if species is Species.GENUINE else attack
        shown_so_far.append(
            CountView(species, count.n, count.errors, between.low, between.high, wanted)
        )
    return tuple(shown_so_far)


def _health_facts(kiosk: Kiosk) -> tuple[tuple[str, str], ...]:
    """How each part is now, with the code of what is wrong with it."""
    codes = dict(kiosk.health.codes)
    known = f" · {kiosk.people} people, {kiosk.templates} templates"
    said = []
    for part in Part:
        condition: Condition = getattr(kiosk.health, part.value)
        code = codes.get(part.value, "")
        more = f" · {code}" if code else known if part is Part.GALLERY else ""
        said.append((part.value.capitalize(), f"{condition}{more}"))
    return tuple(said)


def _source_facts(kiosk: Kiosk, policy: Policy) -> tuple[tuple[str, str], ...]:
    """Which camera it is, whether the face path may go by it, and if not, what to do."""
    camera = kiosk.camera
    fault = source.refusal(camera, kiosk.cameras, policy.admits)
    known = f"{camera.kind} · {camera.fingerprint[:12]}" if camera is not None else "not seen yet"
    enrolled = source.enrolled_as(camera, kiosk.cameras) is not None
    standing = "enrolled" if enrolled else "admitted"
    said = standing if fault is None else f"{fault} · {source.CURES[fault]}"
    tier = admission.tier(kiosk, policy)
    return (("Camera source", f"{known} · {said}"), ("Camera tier", str(tier)))


def _present_session(screen: Verifying, t_s: float, policy: Policy) -> VerifyView | BusyView:
    session = screen.session
    steps = len(session.plan)
    claimed = screen.visit.claim is not None
    match session.stage:
        case Framing(hint=hint):
            return VerifyView(None, 0, steps, 0.0, 0.0, hint, claimed, policy.simulated)
        case Challenging(index=index, step=step, hint=hint):
            done = (index + step.progress) / max(steps, 1)
            return VerifyView(
                prompt=step.challenge if step.prompted_s is not None else None,
                step=index + 1,
                steps=steps,
                progress=step.progress,
                done=done,
                hint=hint,
                claimed=claimed,
                simulated=policy.simulated,
                light=_light(session, t_s, policy),
            )
        case Complete() | Failed():
            return BusyView(Busy.CHECKING)
        case _ as never:
            assert_never(never)


def _light(session: Session, t_s: float, policy: Policy) -> Hue | None:
    if session.lit_s is None:
        return None
    return shown(session.nonce, t_s - session.lit_s, policy.light)


def _present_outcome(
    outcome: Outcome, notice: Notice | None, face: FaceDoor, policy: Policy
) -> GrantedView | DeniedView:
    match outcome:
        case Granted(visit=visit, person=person, factors=factors, utc_s=utc_s):
            return GrantedView(person.name, visit.purpose, factors, utc_s, policy.simulated, notice)
        case Denied(reason=reason):
            return DeniedView(reason, face, policy.simulated)
        case _ as never:
            assert_never(never)
