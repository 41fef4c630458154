"""What the kernel wants done. Each effect with a `ticket` is answered by one event with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.assurance import Tested
from app.domain.journal import Entry, Tally
from app.domain.people import Claim, Secret
from app.domain.source import Camera
from app.domain.tape import Tape


@dataclass(frozen=True, slots=True)
class Watch:
    """Wake the camera and observe every frame for `visit` until `Rest`."""

    visit: bytes


@dataclass(frozen=True, slots=True)
class Rest:
    """Let the camera sleep; forget every frame, track and chip kept so far."""


@dataclass(frozen=True, slots=True)
class Identify:
    """Compare frames of `visit`: 1:N, or 1:1 where `claimed` is True.

    `person` is the claimed person's id, or empty where the claim is nobody's: it then takes the
    same way and matches nobody. Answered by `Identified`.
    """

    ticket: int
    visit: bytes
    match_frames: tuple[int, ...]
    met_frames: tuple[int, ...]
    claimed: bool
    person: str


@dataclass(frozen=True, slots=True)
class Resolve:
    """Answered by `Resolved`."""

    ticket: int
    claim: Claim


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Count a failure durably, then check. Answered by `PinChecked`."""

    ticket: int
    claim: Claim
    pin: Secret


@dataclass(frozen=True, slots=True)
class CheckAdminPin:
    """Answered by `AdminChecked`."""

    ticket: int
    pin: Secret


@dataclass(frozen=True, slots=True)
class Record:
    """Write it down durably, with the evidence of a face session. Answered by `Recorded`."""

    ticket: int
    entry: Entry
    tally: Tally | None
    tape: Tape | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class EnrolCamera:
    """Name `camera` as one to go by; an administrator asked. Answered by `CameraEnrolled`."""

    ticket: int
    camera: Camera


@dataclass(frozen=True, slots=True)
class StoreTrials:
    """Sign and keep a self-test's result and write `entry`. Answered by `TrialsStored`."""

    ticket: int
    tested: Tested
    entry: Entry


@dataclass(frozen=True, slots=True)
class Release:
    """Open the door; only ever asked for after `Recorded`. Not answered."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class ReadStatus:
    """Answered by `StatusRead`."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Shade:
    """Ask the shadow pack about the frames of `visit`, now that it is written down. Unanswered."""

    visit: bytes


@dataclass(frozen=True, slots=True)
class Tend:
    """Move the trend of a granted person by this visit's distance. Not answered."""

    person: str
    space: str
    share: float = field(repr=False)


@dataclass(frozen=True, slots=True)
class Adapt:
    """Let the adaptive template follow the face of `visit`, as far as it may. Not answered."""

    visit: bytes
    person: str


@dataclass(frozen=True, slots=True)
class Renew:
    """Store a template of the new space from the frames of `visit`: the person said yes. `version`
    is as they stood then. Answered by `Renewed`."""

    ticket: int
    visit: bytes
    person: str
    version: int


@dataclass(frozen=True, slots=True)
class NoteAsked:
    """Remember that somebody was asked to renew their face, and how it ended. Not answered."""

    person: str
    detail: str
    utc_s: float


@dataclass(frozen=True, slots=True)
class LetGo:
    """Forget what was held of a visit for `Shade`, `Adapt` and `Renew`."""


class Cue(StrEnum):
    GRANTED = "granted"
    DENIED = "denied"
    STEP_MET = "step-met"


@dataclass(frozen=True, slots=True)
class Sound:
    cue: Cue


@dataclass(frozen=True, slots=True)
class Quit:
    """An administrator asked the kiosk to close."""


Effect = (
    Watch
    | Rest
    | Identify
    | Resolve
    | CheckPin
    | CheckAdminPin
    | Record
    | EnrolCamera
    | StoreTrials
    | Release
    | ReadStatus
    | Shade
    | Tend
    | Adapt
    | Renew
    | NoteAsked
    | LetGo
    | Sound
    | Quit
)
