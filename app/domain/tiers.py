"""What a camera may be worth, and how much a test has to show for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """UNTESTED: nothing that holds now. LIMITED: a short test in which nothing passed. TRUSTED:
    a test long enough to say so with confidence, in which nothing passed."""

    UNTESTED = "untested"
    LIMITED = "limited"
    TRUSTED = "trusted"


class FaceAlone(StrEnum):
    """BY_TIER: a door goes by the face alone as far as the tier allows. NEVER: nothing this kiosk
    is for does, whatever was tested; the answer where a picture might be fed into the camera's
    own cable, which no test of prints and screens sees."""

    BY_TIER = "by-tier"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class AssurancePolicy:
    """How much a self-test must show. Rates are one-sided 95 % upper bounds of Clopper-Pearson.

    Not one attack may have passed, so these say how many trials it takes (FIELD, "Figures to
    respect"): 0.10 is 0 of 29 for each instrument and 0.26 is 0 of 10, an hour and a quarter of
    an hour for one operator at 15 s to 30 s a trial. Proof of 0.01 would take 299 of each.
    `trusted_bpcer`: a camera that refuses everybody stops every attack too, so people have to
    come through: 0.15 is 0 of 19 or 1 of 30 refused, three times what is promised (5 %), and
    what about 30 trials can show. `limited_bpcer`: 0 of 6 or 1 of 10.
    `retest_days`: light at a place has gone through every season after a year.
    """

    trusted_apcer: float = 0.10
    trusted_bpcer: float = 0.15
    limited_apcer: float = 0.26
    limited_bpcer: float = 0.40
    retest_days: float = 365.0
