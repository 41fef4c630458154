"""Every number the decision depends on, with its unit, its default and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.domain.adapting import AdaptPolicy
from app.domain.ageing import AgeingPolicy
from app.domain.continuity import ContinuityPolicy
from app.domain.depth import DepthPolicy, SecondKind
from app.domain.journal import Factor
from app.domain.light import LightPolicy, LightUse
from app.domain.liveness_policy import LivenessPolicy
from app.domain.lockout import LockoutPolicy
from app.domain.matching import MatchPolicy
from app.domain.memory import MemoryPolicy
from app.domain.passive import PassivePolicy
from app.domain.solidity import SolidityPolicy
from app.domain.source import SourceKind
from app.domain.tiers import AssurancePolicy, FaceAlone, Tier


class Mode(StrEnum):
    """What the kiosk is for. `CLOCK` lets the person choose between in and out."""

    DOOR = "door"
    CLOCK_IN = "clock-in"
    CLOCK_OUT = "clock-out"
    CLOCK = "clock"


class Renewal(StrEnum):
    """Who is offered to renew a face that only the legacy space knows, from the visit itself.
    TWO_FACTORS: who showed more than their face, as a face alone may have been taken for theirs."""

    NEVER = "never"
    TWO_FACTORS = "two-factors"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class QualityPolicy:
    """Gates a face must pass before it is used; ISO/IEC 29794-5 components.

    Light and sharpness are set where recognition begins to fail, and under what 99.5 % of 6,891
    photographs of Labeled Faces in the Wild have. Percentiles below are of those.

    `min_eye_distance_px`: just above the smallest face that is found at 640 x 480 (37).
    `max_width_share`: a face wider than this share of the frame is too near.
    `min_sharpness`: variance of the Laplacian of the upright face (see vision.quality). 0.5 % are
    below 7.9; blurred so that false rejections rise by two thirds, 95 % are below 9.
    `min_brightness`/`max_brightness`/`min_contrast`: luma 0..255. 0.5 % are below 70, above 178
    and below 21; false rejections rise by a sixth at 43, by two thirds at 201 and by a quarter at
    contrast 12 (150 pairs each), and from there on quickly.
    `min_completeness`: of the face box and a tenth more on each side.
    `frontal_yaw_deg`/`frontal_pitch_deg`: what still counts as looking straight.
    `frontal_roll_deg`: a head tilted further towards a shoulder; the detector loses it at 30.
    `rival_share`: another face at least this share of ours (by box side) is a second person.
    `min_eye_contrast`/`max_eye_shade`/`min_mouth_contrast`: what hides eyes or mouth (see
    vision.covering); 0.4 %, 0.4 % and 0.2 % of 6,009 photographs of Labeled Faces in the Wild are
    beyond them, some with dark glasses (docs/decisions/0012-quality.md).
    `covered_patience_s`: for so long at sign-in somebody is only asked to uncover it; who cannot
    goes on after that, and a second factor is then owed. `min_eye_openness`: at enrolment alone,
    where no blink is waited for; 0 asks for nothing.
    """

    min_eye_distance_px: float = 40.0
    max_width_share: float = 0.75
    min_sharpness: float = 8.0
    min_brightness: float = 40.0
    max_brightness: float = 215.0
    min_contrast: float = 12.0
    min_completeness: float = 0.97
    frontal_yaw_deg: float = 12.0
    frontal_pitch_deg: float = 15.0
    frontal_roll_deg: float = 20.0
    rival_share: float = 0.6
    min_eye_contrast: float = 0.2
    max_eye_shade: float = 0.7
    min_mouth_contrast: float = 0.11
    covered_patience_s: float = 3.0
    min_eye_openness: float = 0.0

    def for_enrolment(self) -> QualityPolicy:
        """The same for pictures that become a template: with open eyes. 1 % of 6,009 photographs
        of Labeled Faces in the Wild are below; closed eyes read 0.04 to 0.1."""
        return replace(self, min_eye_openness=0.12)


@dataclass(frozen=True, slots=True)
class TimingPolicy:
    """Seconds. `idle_s`: what somebody left behind is cleared (issue: within 10 s).

    `answer_s`: a worker that has not answered by then is taken to have denied.
    `selftest_idle_s`: between two trials, for somebody who fetches the next print.
    """

    idle_s: float = 9.0
    answer_s: float = 5.0
    granted_s: float = 6.0
    denied_s: float = 9.0
    service_idle_s: float = 60.0
    selftest_idle_s: float = 300.0


#: Sets of factors, any one of which is enough. A badge or a number alone is a user name.
STANDARD_FACTORS: frozenset[frozenset[Factor]] = frozenset(
    {
        frozenset({Factor.FACE}),
        frozenset({Factor.BADGE, Factor.FACE}),
        frozenset({Factor.NUMBER, Factor.FACE}),
        frozenset({Factor.BADGE, Factor.PIN}),
        frozenset({Factor.NUMBER, Factor.PIN}),
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """All of it. `number_length`: digits an employee number may have at most; `pin_lengths`:
    fewest and most digits of a PIN. `simulated`: the camera is an animated photograph, which
    every screen must say. `admits`: sources that pass without being enrolled, of which only a
    recording and the simulated visitor can; for the demo, the evaluation and tests, and on
    purpose no setting. `assumed_tier`: taken for the camera's, whatever was tested; for the same
    and no setting either. `engine`: the program, model pack and space that look. `second`: what
    stands beside the colour camera. `shadow`: a pack is asked beside the one that decides."""

    mode: Mode = Mode.DOOR
    accepted: frozenset[frozenset[Factor]] = STANDARD_FACTORS
    quality: QualityPolicy = field(default_factory=QualityPolicy)
    liveness: LivenessPolicy = field(default_factory=LivenessPolicy)
    continuity: ContinuityPolicy = field(default_factory=ContinuityPolicy)
    memory: MemoryPolicy = field(default_factory=MemoryPolicy)
    solidity: SolidityPolicy = field(default_factory=SolidityPolicy)
    light: LightPolicy = field(default_factory=LightPolicy)
    matching: MatchPolicy = field(default_factory=MatchPolicy)
    lockout: LockoutPolicy = field(default_factory=LockoutPolicy)
    timing: TimingPolicy = field(default_factory=TimingPolicy)
    passive: PassivePolicy = field(default_factory=PassivePolicy)
    depth: DepthPolicy = field(default_factory=DepthPolicy)
    second: SecondKind = SecondKind.NONE
    number_length: int = 10
    pin_lengths: tuple[int, int] = (4, 12)
    simulated: bool = False
    light_use: LightUse = LightUse.OFF
    admits: frozenset[SourceKind] = frozenset()
    assurance: AssurancePolicy = field(default_factory=AssurancePolicy)
    face_alone: FaceAlone = FaceAlone.BY_TIER
    assumed_tier: Tier | None = None
    engine: str = ""
    ageing: AgeingPolicy = field(default_factory=AgeingPolicy)
    adapting: AdaptPolicy = field(default_factory=AdaptPolicy)
    renewal: Renewal = Renewal.TWO_FACTORS
    shadow: bool = False
