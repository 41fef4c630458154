"""Where the kiosk is. Each screen carries only what exists on it.

Attract ─face─▶ Verifying ─▶ Identifying ─┐
   │                ▲                     ├─▶ Recording ─▶ Showing ─▶ Attract
   └─badge/number─▶ Claiming ─▶ Proving ─▶ CheckingPin ┘
                                  └─face─▶ Resolving ─▶ Verifying
Recording ─▶ Offering ─yes─▶ Renewing ─▶ Showing, where a face should be renewed
Attract ─▶ AskingAdmin ─▶ CheckingAdmin ─▶ Servicing ◀──▶ Testing ◀──▶ Trying
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.anomaly import Oddity
from app.domain.assurance import Species, Tested, Trial, Trials
from app.domain.events import Condition
from app.domain.journal import Factor, Purpose
from app.domain.memory import Remembered
from app.domain.people import Claim, Person, Secret
from app.domain.reasons import Reason
from app.domain.session import Session
from app.domain.source import Camera, EnrolledCamera
from app.domain.tape import Tape


@dataclass(frozen=True, slots=True)
class Health:
    """How the parts are. `codes` names the error behind each part that is not ready."""

    gallery: Condition = Condition.STARTING
    vision: Condition = Condition.STARTING
    camera: Condition = Condition.STARTING
    reader: Condition = Condition.READY
    door: Condition = Condition.READY
    codes: tuple[tuple[str, str], ...] = ()


class Notice(StrEnum):
    """One sentence beside a grant. RENEW: reception should take this face again."""

    RENEW = "renew"
    RENEWED = "renewed"
    NOT_RENEWED = "not-renewed"


@dataclass(frozen=True, slots=True)
class Measured:
    """Where a face was recognised. `old`: in the legacy space. `share` as in Identified."""

    person: str
    space: str
    share: float | None = field(repr=False)
    old: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's try. `proved`: factors already shown; `subject`: whose they are, if known.
    `weak`: a layer could not tell whether the face is alive, so it does not count alone.
    `alike`: somebody else here has nearly the same face, which then never counts alone either.
    `odd`: what is unusual about how the network took this face; it does not count alone.
    `partial`: only a part of the face was to be seen, which never counts alone and of which
    nothing is learnt. `tape`: the evidence of its face session, once that ended. `measured`:
    where its face was recognised."""

    nonce: bytes
    started_s: float
    purpose: Purpose
    claim: Claim | None = None
    proved: frozenset[Factor] = frozenset()
    subject: str = ""
    weak: bool = False
    partial: bool = False
    alike: bool = False
    odd: frozenset[Oddity] = frozenset()
    tape: Tape | None = field(default=None, repr=False)
    measured: Measured | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        return self.nonce.hex()[:16]


@dataclass(frozen=True, slots=True)
class Granted:
    """`detail`: by which tier of camera a face was judged, for the journal."""

    visit: Visit
    person: Person
    factors: frozenset[Factor]
    utc_s: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Denied:
    """`factors` were tried. `person` only where they proved who they are. `detail`: which layer
    refused, for the journal and never for a screen."""

    visit: Visit
    reason: Reason
    factors: frozenset[Factor]
    utc_s: float
    person: Person | None = None
    detail: str = ""


Outcome = Granted | Denied


@dataclass(frozen=True, slots=True)
class Attract:
    """`touched_s`: when somebody last chose what the visit is for, monotonic seconds."""

    touched_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Claiming:
    """Waiting for a badge, or for an employee number to be typed. `touched_s`: last input."""

    visit: Visit
    touched_s: float
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Proving:
    """A claim stands; waiting for its PIN, or for the choice of the face."""

    visit: Visit
    claim: Claim
    touched_s: float
    typed: Secret = field(default_factory=lambda: Secret(""))


@dataclass(frozen=True, slots=True)
class Resolving:
    """Finding out, silently, whose claim it is before a 1:1 face session."""

    visit: Visit
    claim: Claim
    ticket: int
    deadline_s: float


@dataclass(frozen=True, slots=True)
class Verifying:
    """A face session. `claimed` is whose face is expected: None where nobody's or unclaimed.

    `opened`: the camera named itself in this session. No look counts before it did, and when it
    names itself again the session is void.
    """

    visit: Visit
    session: Session
    claimed: Person | None = None
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Identifying:
    visit: Visit
    ticket: int
    deadline_s: float
    claimed: Person | None = None


@dataclass(frozen=True, slots=True)
class CheckingPin:
    visit: Visit
    claim: Claim
    ticket: int
    deadline_s: float


@dataclass(frozen=True, slots=True)
class Recording:
    """The outcome is decided and not yet durable: nothing opens, no name is shown."""

    outcome: Outcome
    ticket: int
    deadline_s: float


@dataclass(frozen=True, slots=True)
class Showing:
    outcome: Outcome
    until_s: float
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Offering:
    """Granted and let in; asked whether their face may be renewed from this visit."""

    outcome: Granted
    until_s: float


@dataclass(frozen=True, slots=True)
class Renewing:
    """They said yes; the template is being stored."""

    outcome: Granted
    ticket: int
    deadline_s: float


@dataclass(frozen=True, slots=True)
class AskingAdmin:
    touched_s: float
    typed: Secret = field(default_factory=lambda: Secret(""))
    fault: Reason | None = None


@dataclass(frozen=True, slots=True)
class CheckingAdmin:
    ticket: int
    deadline_s: float


@dataclass(frozen=True, slots=True)
class Servicing:
    touched_s: float
    ticket: int
    facts: tuple[tuple[str, str], ...] = ()
    log: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Testing:
    """The self-test between two trials. `changed`: something is not stored yet. `ticket` is that
    of the storing in progress, 0 where none is; `not_stored`: the last one failed."""

    touched_s: float
    camera: Camera
    trials: Trials
    last: Trial | None = None
    changed: bool = False
    ticket: int = 0
    deadline_s: float = 0.0
    not_stored: bool = False


@dataclass(frozen=True, slots=True)
class Trying:
    """One trial: a face session of its own, after which `testing` goes on."""

    testing: Testing
    species: Species
    shot: Verifying


Screen = (
    Attract
    | Claiming
    | Proving
    | Resolving
    | Verifying
    | Identifying
    | CheckingPin
    | Recording
    | Showing
    | Offering
    | Renewing
    | AskingAdmin
    | CheckingAdmin
    | Servicing
    | Testing
    | Trying
)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """The whole state. `purpose` is what the next visit is for; tickets are never reused.

    `t_s`: when the last event happened, monotonic seconds.
    `camera`: the source as it was when last opened. `cameras`: those that are enrolled.
    `tested`: stored self-tests whose signatures hold. `earlier`: how faces moved in the sessions
    before this one. `taps`: what was pressed since the first screen, but for digits.
    """

    purpose: Purpose
    screen: Screen = field(default_factory=Attract)
    health: Health = field(default_factory=Health)
    ticket: int = 0
    face_locked_until_s: float = 0.0
    people: int = 0
    templates: int = 0
    utc_s: float = 0.0
    t_s: float = 0.0
    camera: Camera | None = None
    cameras: tuple[EnrolledCamera, ...] = ()
    tested: tuple[Tested, ...] = ()
    earlier: tuple[Remembered, ...] = field(default=(), repr=False)
    taps: int = 0
