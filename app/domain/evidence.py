"""What a finished session leaves to be judged, and what a layer may say of it: numbers only.

Layers are deny-only. Each reads the same evidence after the last challenge was met, so that
nobody learns from the moment of a refusal which look gave an attack away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from app.domain.liveness import Baseline, Met
from app.domain.observation import Colour, Face


class Layer(StrEnum):
    """Each layer of DESIGN's "Liveness"; the word stands in the journal where it refused."""

    SOURCE = "source"
    CHALLENGE = "challenge"
    CONTINUITY = "continuity"
    SOLIDITY = "solidity"
    LIGHT = "light"
    PASSIVE = "passive"
    DEPTH = "depth"


class Finding(StrEnum):
    """ABSENT: the layer is switched off or has no part here. INCONCLUSIVE: it looked and could
    not tell; that neither admits nor accuses anybody."""

    LIVE = "live"
    REFUSED = "refused"
    INCONCLUSIVE = "inconclusive"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at our own face. `t_s`: captured; `now_s`: told; both monotonic seconds."""

    frame: int
    t_s: float
    now_s: float
    face: Face
    digest: int
    backdrop: Colour | None


@dataclass(frozen=True, slots=True)
class Echo:
    """How alike the motion is to the most alike session remembered, and which visit that was.

    `distance` is in multiples of what a still face scatters by from one showing of a film to the
    next: about 0.7 where it is the same film, inf where nothing was compared.
    """

    distance: float = math.inf
    visit: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A session up to its last met challenge. `looks` are those of the one track, oldest first,
    from when it was first seen; `rest` and `met` are what the challenge layer measured.

    `lit_s`: when the first colour of the light code was asked of the screen, None without light.
    `echo`: the session remembered that this one's motion resembles most.
    """

    nonce: bytes
    rest: Baseline
    looks: tuple[Look, ...]
    met: tuple[Met, ...]
    lit_s: float | None = None
    echo: Echo = Echo()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one layer says. `why` is a short stable word for the journal. `measures` are numbers
    for the evaluation; they never reach a screen or a log people see."""

    layer: Layer
    finding: Finding
    why: str = ""
    measures: tuple[tuple[str, float], ...] = ()
