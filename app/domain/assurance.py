"""What is known about a camera where it stands, and what the face alone may therefore open.

No layer holds on every camera and in every light, so a door does not go by the face alone before
somebody showed prints and screens to this very camera and saw what came of it. What passes is
a result for one camera, one program and one set of limits; when any of them changes it is stale.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from functools import lru_cache

from app.domain import rates
from app.domain.journal import Factor, Purpose
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.tiers import AssurancePolicy, FaceAlone, Tier

DAY_S = 86_400.0


class Species(StrEnum):
    """What is held before the camera in a trial: a person, or an attack instrument."""

    GENUINE = "genuine"
    PRINT = "print"
    PHONE = "phone"
    TABLET = "tablet"


ATTACKS = (Species.PRINT, Species.PHONE, Species.TABLET)


@dataclass(frozen=True, slots=True)
class Count:
    """`errors` of `n` trials went wrong: attacks that were accepted, or a person refused."""

    n: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Trials:
    """One count a species, by name, so that none can be forgotten."""

    genuine: Count = Count()
    print: Count = Count()
    phone: Count = Count()
    tablet: Count = Count()

    def of(self, species: Species) -> Count:
        count: Count = getattr(self, species.value)
        return count

    def plus(self, trial: Trial, times: int = 1) -> Trials:
        """With this trial counted so many times more; -1 takes it back."""
        before = self.of(trial.species)
        wrong = times if trial.wrong else 0
        return replace(
            self, **{trial.species.value: Count(before.n + times, before.errors + wrong)}
        )

    @property
    def total(self) -> int:
        return sum(self.of(each).n for each in Species)


@dataclass(frozen=True, slots=True)
class Trial:
    """How one trial ended. `reason` and `layer` say what refused, `layer` where one did.

    `counted` False: it says nothing about the camera, as nothing was held before it for long
    enough, the camera went away, or the operator took it back.
    """

    species: Species
    accepted: bool
    counted: bool = True
    reason: Reason | None = None
    layer: str = ""

    @property
    def wrong(self) -> bool:
        """An attack that was accepted, or a person who was refused."""
        return self.accepted is not (self.species is Species.GENUINE)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a result holds for. `camera`: fingerprint, 64 hexadecimal digits. `engine`: program,
    model pack and space. `limits`: digest of everything the session and its layers go by."""

    camera: str
    engine: str
    limits: str


@dataclass(frozen=True, slots=True)
class Tested:
    """The result of one self-test. `utc_s`: when it ended, seconds since the epoch."""

    trials: Trials
    conditions: Conditions
    utc_s: float


FACE = frozenset({Factor.FACE})
NUMBER_AND_FACE = frozenset({Factor.NUMBER, Factor.FACE})
#: Sets in which the face is all there is. A number is a user name, though it narrows the search
#: to one person and counts every failure against them.
BY_FACE_ALONE = frozenset({FACE, NUMBER_AND_FACE})
#: What does not open a door at each tier, and with the PIN does.
SHORT_AT: dict[Tier, frozenset[frozenset[Factor]]] = {
    Tier.UNTESTED: BY_FACE_ALONE,
    Tier.LIMITED: frozenset({FACE}),
    Tier.TRUSTED: frozenset(),
}


def conditions_of(camera: str, policy: Policy) -> Conditions:
    """What a test of the camera with this fingerprint would hold for now."""
    return Conditions(camera, policy.engine, limits_digest(policy))


def tier_of(tests: Iterable[Tested], now: Conditions, utc_s: float, policy: Policy) -> Tier:
    """What the newest test under these very conditions showed, if it is not too old.

    A test from the future is none: somebody set a clock. Neither is one without a camera.
    """
    if policy.assumed_tier is not None:
        return policy.assumed_tier
    newest = standing(tests, now, utc_s, policy)
    return Tier.UNTESTED if newest is None else shown_by(newest.trials, policy.assurance)


def standing(
    tests: Iterable[Tested], now: Conditions, utc_s: float, policy: Policy
) -> Tested | None:
    """The newest test under these very conditions, if it is neither too old nor of the future."""
    found = [each for each in tests if each.conditions == now and now.camera]
    newest = max(found, key=lambda each: each.utc_s, default=None)
    if newest is None:
        return None
    fresh = 0.0 <= utc_s - newest.utc_s <= policy.assurance.retest_days * DAY_S
    return newest if fresh else None


def shown_by(trials: Trials, policy: AssurancePolicy) -> Tier:
    """The tier that these counts alone would bear."""
    if _within(trials, policy.trusted_apcer, policy.trusted_bpcer):
        return Tier.TRUSTED
    if _within(trials, policy.limited_apcer, policy.limited_bpcer):
        return Tier.LIMITED
    return Tier.UNTESTED


def _within(trials: Trials, apcer: float, bpcer: float) -> bool:
    attacks = [trials.of(each) for each in ATTACKS]
    held = all(each.errors == 0 and _upper(each) <= apcer for each in attacks)
    return held and _upper(trials.genuine) <= bpcer


def _upper(count: Count) -> float:
    return rates.upper(count.errors, count.n)


def accepted(
    policy: Policy, tier: Tier, purpose: Purpose, *, weak: bool, partial: bool = False
) -> frozenset[frozenset[Factor]]:
    """The sets of factors that suffice now. Never more than `policy.accepted` and a PIN to it.

    `weak`: this face was left in doubt, see `layers.in_doubt`; then no camera is good enough.
    `partial`: it is a part of a face, which is not enough to be told by, whatever it is for.
    """
    short = frozenset[frozenset[Factor]]()
    if partial or policy.face_alone is FaceAlone.NEVER:
        short = BY_FACE_ALONE
    elif purpose is Purpose.ENTER:
        short = BY_FACE_ALONE if weak else SHORT_AT[tier]
    return frozenset(
        each | {Factor.PIN} if each in short else each for each in policy.accepted if each
    )


#: What a policy holds that no trial depends on; anything new is taken to matter.
NOT_TESTED = frozenset(
    {
        "mode",
        "accepted",
        "matching",
        "lockout",
        "timing",
        "number_length",
        "pin_lengths",
        "simulated",
        "engine",
        "assurance",
        "face_alone",
        "assumed_tier",
    }
)


@lru_cache(maxsize=8)
def limits_digest(policy: Policy) -> str:
    """SHA-256 of every limit a face session goes by, 64 hexadecimal digits."""
    limits = {
        each.name: _plain(getattr(policy, each.name))
        for each in fields(policy)
        if each.name not in NOT_TESTED
    }
    text = json.dumps(limits, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    """The value in terms of JSON, the same in every process."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, frozenset | set):
        return sorted((_plain(each) for each in value), key=str)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def canonical(tested: Tested) -> str:
    """The text that is signed and stored: JSON, sorted keys, no spaces, ASCII."""
    counts = {each.value: _plain(tested.trials.of(each)) for each in Species}
    whole = {"conditions": _plain(tested.conditions), "trials": counts, "utc_s": tested.utc_s}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"))


def parse(text: str) -> Tested:
    """The result a stored text stands for; raises ValueError, KeyError or TypeError on others."""
    whole = json.loads(text)
    counts = {each: _count(whole["trials"][each.value]) for each in Species}
    said = whole["conditions"]
    return Tested(
        Trials(
            genuine=counts[Species.GENUINE],
            print=counts[Species.PRINT],
            phone=counts[Species.PHONE],
            tablet=counts[Species.TABLET],
        ),
        Conditions(str(said["camera"]), str(said["engine"]), str(said["limits"])),
        float(whole["utc_s"]),
    )


def _count(said: dict[str, int]) -> Count:
    n, errors = int(said["n"]), int(said["errors"])
    if not 0 <= errors <= n:
        raise ValueError(f"{errors} of {n} trials is not a count")
    return Count(n, errors)
