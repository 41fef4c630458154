"""What happened: everything the kernel can be told. Each carries the moment it happened at."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.ageing import Due
from app.domain.anomaly import Oddity
from app.domain.assurance import Tested
from app.domain.matching import Match
from app.domain.observation import Observation
from app.domain.people import Person
from app.domain.source import Camera, EnrolledCamera


@dataclass(frozen=True, slots=True)
class Moment:
    """`s`: monotonic seconds, for durations. `utc_s`: seconds since the epoch, for contracts."""

    s: float
    utc_s: float


class Button(StrEnum):
    """Everything a finger, or a key of a keyboard, can ask for."""

    USE_FACE = "use-face"
    USE_BADGE_OR_PIN = "use-badge-or-pin"
    DIGIT = "digit"
    ERASE = "erase"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    RETRY = "retry"
    DONE = "done"
    NOT_ME = "not-me"
    CLOCK_IN = "clock-in"
    CLOCK_OUT = "clock-out"
    SERVICE = "service"
    EXIT = "exit"
    USE_CAMERA = "use-camera"
    SELF_TEST = "self-test"
    TRY_GENUINE = "try-genuine"
    TRY_PRINT = "try-print"
    TRY_PHONE = "try-phone"
    TRY_TABLET = "try-tablet"
    DISCARD = "discard"
    START_ANEW = "start-anew"
    AGREE = "agree"
    NOT_NOW = "not-now"


class Part(StrEnum):
    GALLERY = "gallery"
    VISION = "vision"
    CAMERA = "camera"
    READER = "reader"
    DOOR = "door"


class Condition(StrEnum):
    STARTING = "starting"
    READY = "ready"
    LOST = "lost"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ticked:
    t: Moment


@dataclass(frozen=True, slots=True)
class Pressed:
    """`text` is the digit for DIGIT. `nonce`: fresh random bytes, at least 16, for a session."""

    t: Moment
    button: Button
    nonce: bytes
    text: str = field(default="", repr=False)


def digit(pressed: Pressed) -> str:
    """The pressed digit, or nothing: whatever else was sent is not typed."""
    text = pressed.text
    return text if len(text) == 1 and text.isascii() and text.isdigit() else ""


@dataclass(frozen=True, slots=True)
class BadgeRead:
    t: Moment
    badge: str = field(repr=False)
    nonce: bytes


@dataclass(frozen=True, slots=True)
class Looked:
    """One frame was observed for visit `visit` (the nonce of its session)."""

    t: Moment
    visit: bytes
    observation: Observation


@dataclass(frozen=True, slots=True)
class PartChanged:
    """`code` is the stable code of the error behind it, for the service screen."""

    t: Moment
    part: Part
    condition: Condition
    code: str = ""


@dataclass(frozen=True, slots=True)
class CameraOpened:
    """The source was opened and is `camera`. Said before the first frame of each visit is handed
    on, and at every opening; so a second one within a visit means that it was opened again."""

    t: Moment
    camera: Camera


@dataclass(frozen=True, slots=True)
class GalleryChanged:
    """`face_locked_until_s`: UTC seconds until which the face path waits, or 0. `cameras`: those
    an administrator enrolled. `tested`: stored self-tests whose signatures hold."""

    t: Moment
    people: int
    templates: int
    face_locked_until_s: float
    cameras: tuple[EnrolledCamera, ...] = ()
    tested: tuple[Tested, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """Whose claim it is. Nothing on the screen may depend on `person` being None."""

    t: Moment
    ticket: int
    person: Person | None
    locked: bool


@dataclass(frozen=True, slots=True)
class Identified:
    """The match of the kept frames. `agrees`: challenge and match frames show one person.

    `space` answered; `old_space`: that was the legacy one. `share`: the distance to the person's
    nearest template over the claim threshold, for the trend alone; None where it is not taken.
    `alike`: somebody else who is enrolled could be taken for this person. `odd`: what is not as
    real faces are about the embeddings."""

    t: Moment
    ticket: int
    match: Match
    agrees: bool
    person: Person | None
    space: str = ""
    old_space: bool = False
    share: float | None = field(default=None, repr=False)
    alike: bool = False
    odd: frozenset[Oddity] = frozenset()


class PinVerdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class PinChecked:
    t: Moment
    ticket: int
    verdict: PinVerdict
    person: Person | None


@dataclass(frozen=True, slots=True)
class AdminChecked:
    t: Moment
    ticket: int
    verdict: PinVerdict


@dataclass(frozen=True, slots=True)
class Recorded:
    """The entry is durable. `face_locked_until_s` as in GalleryChanged. `due`: why somebody who was
    granted by face should renew it, where they are to be told so now."""

    t: Moment
    ticket: int
    sequence: int
    face_locked_until_s: float
    due: Due | None = None


@dataclass(frozen=True, slots=True)
class Renewed:
    """The template is stored, durably and journalled; a GalleryChanged follows."""

    t: Moment
    ticket: int


@dataclass(frozen=True, slots=True)
class CameraEnrolled:
    """The camera is enrolled, durably and journalled; a GalleryChanged with it follows."""

    t: Moment
    ticket: int
    camera: EnrolledCamera


@dataclass(frozen=True, slots=True)
class TrialsStored:
    """The result is signed, durable and journalled; a GalleryChanged with it follows."""

    t: Moment
    ticket: int


@dataclass(frozen=True, slots=True)
class StatusRead:
    """Lines for the service screen: (name, value) pairs and the tail of the log."""

    t: Moment
    ticket: int
    facts: tuple[tuple[str, str], ...]
    log: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EffectFailed:
    """Whatever was asked for under `ticket` did not happen; `code` says which error."""

    t: Moment
    ticket: int
    code: str


Event = (
    Ticked
    | Pressed
    | BadgeRead
    | Looked
    | PartChanged
    | CameraOpened
    | GalleryChanged
    | Resolved
    | Identified
    | PinChecked
    | AdminChecked
    | Recorded
    | Renewed
    | CameraEnrolled
    | TrialsStored
    | StatusRead
    | EffectFailed
)
