"""What the house asks of the world: one Protocol per kind of part, no implementation.

Adapters fulfil these; `runtime.bootstrap` chooses which. Every method may raise the error of
its kind from `app.errors`, and nothing else on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.adapting import AdaptPolicy, Declined
from app.domain.ageing import AgeingPolicy, Trend
from app.domain.anomaly import Signs, Usual
from app.domain.assurance import Tested
from app.domain.depth import SecondKind
from app.domain.index import Moved
from app.domain.journal import Entry, Row, Tally
from app.domain.lockout import Lockout
from app.domain.matching import Embedding, MatchPolicy, Snapshot, Space
from app.domain.observation import Face, Observation
from app.domain.people import Claim, Person, Secret
from app.domain.shadow import Comparison, Report
from app.domain.source import Camera, EnrolledCamera, LightProfile
from app.domain.templates import Aside, Stored, Template, Update


class Clock(Protocol):
    """Both clocks of this machine."""

    def monotonic_s(self) -> float: ...

    def utc_s(self) -> float: ...


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """One picture of a second camera, read-only: uint16 [height, width], mm, 0 where there is no
    reading, or uint8 [height, width] infrared. `affine`: two rows of three, from (x, y, 1) in the
    colour frame to (x, y) here, pixels."""

    kind: SecondKind
    values: NDArray[np.uint16] | NDArray[np.uint8]
    affine: tuple[tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture: `pixels` uint8 [height, width, 3], BGR, read-only; `t_s` monotonic seconds.
    `second`: what a second camera saw at the same moment, None where there is none. `light`: how
    faces cut from it are handed to a recogniser."""

    number: int
    t_s: float
    pixels: NDArray[np.uint8]
    second: Plane | None = None
    light: LightProfile = LightProfile.AS_IS


@dataclass(frozen=True, slots=True)
class CameraFormat:
    """What the source really delivers, read back after negotiation; `rate_hz` 0 if unknown."""

    width_px: int
    height_px: int
    rate_hz: float
    encoding: str


class FrameSource(Protocol):
    """A camera. `open`, then `read` until `close`; all on one thread. May be opened again.

    `open` and `read` raise CameraUnavailable or CameraMisbehaved. `read` blocks at most about a
    second. Frame numbers rise by one from 1 per opening or go on; times never go back.
    `identity` asks the system anew each time, never raises, and may be called at any time: the
    size is that of the last opening, 0 before the first.
    """

    name: str

    def identity(self) -> Camera: ...

    def open(self) -> CameraFormat: ...

    def read(self) -> Frame: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Chip:
    """A face cut out and aligned the way one recogniser wants it; uint8 [h, w, 3] BGR."""

    pixels: NDArray[np.uint8]


class FaceEngine(Protocol):
    """Detector, landmarks and recogniser of one model pack. Used from one thread.

    `load` verifies digests, loads the verified bytes and checks the golden embedding; raises
    ModelMissing or ModelRejected. `observe` keeps tracks from call to call; `forget` ends them.
    `align` and `embed` are only asked for faces `observe` returned.
    """

    space: Space

    def load(self) -> None: ...

    def observe(self, frame: Frame) -> Observation: ...

    def align(self, frame: Frame, face: Face) -> Chip: ...

    def embed(self, chip: Chip) -> Embedding: ...

    def forget(self) -> None: ...


class Examiner(Protocol):
    """Looks closer at aligned faces of one engine, and knows what is usual of real ones. Used from
    that engine's thread, once it is loaded."""

    @property
    def usual(self) -> Usual: ...

    def examine(self, chip: Chip) -> Signs: ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """A row is durable. `face_locked_until_s` is the kiosk's face lock-out, UTC seconds or 0."""

    sequence: int
    face_locked_until_s: float


@dataclass(frozen=True, slots=True)
class Resolution:
    """Whose claim it is, if anybody's, and the lock-out of that claim."""

    person: Person | None
    lockout: Lockout


@dataclass(frozen=True, slots=True)
class PinAttempt:
    """A PIN check in progress, its failure already counted durably.

    `pin_hash` is empty where the claim or the PIN is unknown (verify against a dummy then).
    `locked` True: refuse whatever the PIN is.
    """

    person: Person | None
    pin_hash: str
    locked: bool


class Journal(Protocol):
    """Append-only, hash-chained, durable when `record` returns; GalleryUnwritable otherwise.

    For a granted entry the person named must still stand as `entry.person_version` saw them,
    otherwise GalleryRefused and nothing is written. `tape`: the evidence of the visit's face
    session, stored with the row, whose `evidence` names its SHA-256; nothing is stored, or named,
    where it is empty or none is kept.
    """

    def record(self, entry: Entry, tally: Tally | None = None, tape: bytes = b"") -> Receipt: ...

    def tape(self, sequence: int) -> bytes:
        """What was stored with this row, or empty: not a face session, or its days are over."""
        ...

    def rows(self, last: int | None = None) -> Iterator[Row]: ...


class Care(Protocol):
    """What a gallery keeps beside templates so that they stay good. All of it goes with the person.

    `add` stores templates of any spaces at once, and starts their trends anew. `note_visit` moves
    a trend by the distance of a granted visit (share of the claim threshold). `keep_crops` refuses
    without the person's consent; withdrawing it, `re_encode` and erasure let the pictures (PNG)
    go. `note_on`: a kiosk was at work that much longer. `adapt` answers with the id of the update
    it made; `undo` puts back what was before the newest one. `note_comparison` and `note_visit`
    write nothing of somebody who is not here.
    """

    def add(self, person_id: str, new: Sequence[Template], entry: Entry) -> None: ...

    def stored(self, person_id: str | None = None) -> tuple[Stored, ...]: ...

    def withdraw(self, person_id: str, entry: Entry) -> None:
        """Everything that came from the person's face is gone; badge and PIN go on."""
        ...

    def note_visit(
        self, person_id: str, space: str, share: float, policy: AgeingPolicy
    ) -> None: ...

    def trend(self, person_id: str, space: str) -> Trend: ...

    def trends(self, space: str) -> dict[str, Trend]: ...

    def asked_s(self, person_id: str) -> float | None: ...

    def note_asked(self, person_id: str, entry: Entry) -> None: ...

    def consents(self) -> frozenset[str]: ...

    def set_consent(self, person_id: str, entry: Entry, *, given: bool) -> None: ...

    def keep_crops(self, person_id: str, pictures: Sequence[bytes], entry: Entry) -> None: ...

    def crops(self, person_id: str) -> tuple[bytes, ...]: ...

    def crop_counts(self) -> dict[str, int]: ...

    def re_encode(self, person_id: str, new: Sequence[Template], entry: Entry) -> None: ...

    def note_on(self, seconds: float) -> None: ...

    def adapt(
        self,
        person_id: str,
        space: Space,
        visit: Embedding,
        limits: tuple[AdaptPolicy, MatchPolicy],
        entry: Entry,
    ) -> int | Declined: ...

    def updates(self, person_id: str) -> tuple[Update, ...]: ...

    def undo(self, update_id: int, entry: Entry) -> Update: ...

    def note_comparison(self, seen: Comparison) -> None: ...

    def comparison_report(self, live: str, shadow: str) -> Report: ...


class Gallery(Journal, Protocol):
    """People, templates, credentials and journal in one encrypted place. One writer thread.

    Badge contents are only ever compared as keyed hashes. `change_counter` moves when this or
    another process changed people, templates or cameras; `moved` says what of one space did since
    `since`, the `position` of an earlier answer or a negative number for all there is, and
    `snapshot` is all of it. A template that cannot be used is `Moved.aside` and nobody's;
    `note_asides` writes down, once each, that it is. `put_camera` refuses what cannot be a
    camera (`source.NEVER_ENROLLED`) and takes the place of an earlier enrolment of the same one.
    `tested` are the self-tests whose signatures hold, the newest of each camera.
    """

    @property
    def care(self) -> Care: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def change_counter(self) -> int: ...

    def moved(self, space: Space, since: int) -> Moved: ...

    def note_asides(self, aside: Sequence[Aside], entry: Entry) -> None: ...

    def snapshot(self, space: Space) -> Snapshot: ...

    def people(self) -> list[Person]: ...

    def person(self, person_id: str) -> Person | None: ...

    def template_counts(self) -> dict[str, int]: ...

    def resolve(self, claim: Claim) -> Resolution: ...

    def begin_pin(self, claim: Claim, utc_s: float) -> PinAttempt: ...

    def clear_pin_failures(self, claim: Claim) -> None: ...

    def face_lockout(self) -> Lockout: ...

    def put_person(self, person: Person, entry: Entry) -> Person: ...

    def remove_person(self, person_id: str, entry: Entry) -> None: ...

    def add_templates(
        self, person_id: str, space: Space, embeddings: Sequence[Embedding], entry: Entry
    ) -> None: ...

    def set_badge(self, person_id: str, badge: str, entry: Entry) -> None: ...

    def set_pin_hash(self, person_id: str, pin_hash: str, entry: Entry) -> None: ...

    def admin_pin_hash(self) -> str: ...

    def set_admin_pin_hash(self, pin_hash: str, entry: Entry) -> None: ...

    def cameras(self) -> tuple[EnrolledCamera, ...]: ...

    def put_camera(self, enrolled: EnrolledCamera, entry: Entry) -> None: ...

    def forget_camera(self, fingerprint: str, entry: Entry) -> None: ...

    def tested(self) -> tuple[Tested, ...]: ...

    def put_tested(self, tested: Tested, entry: Entry) -> None: ...


@dataclass(frozen=True, slots=True)
class Keys:
    """Three independent 32-byte secrets: database key, badge hash key, PIN pepper."""

    data: bytes
    badge: bytes
    pepper: bytes

    def __repr__(self) -> str:
        return "Keys(…)"


@dataclass(frozen=True, slots=True)
class HighWater:
    """How far the gallery had come, kept outside it: journal length and head, and a count of
    everything ever committed (so that an older file cannot take back a counted PIN failure)."""

    sequence: int
    head: str
    changes: int


class KeyStore(Protocol):
    """Where the keys live; chosen by name. All methods raise KeyStoreError.

    `load` returns None where nothing was ever stored; `create` refuses to replace keys.
    """

    name: str
    explanation: str

    def load(self) -> Keys | None: ...

    def create(self) -> Keys: ...

    def high_water(self) -> HighWater | None: ...

    def set_high_water(self, mark: HighWater) -> None: ...


class PinHasher(Protocol):
    """Slow, salted and peppered. `verify` takes the same time for `""` as for a real hash."""

    def hash(self, pin: Secret) -> str: ...

    def verify(self, pin_hash: str, pin: Secret) -> bool: ...


class BadgeReader(Protocol):
    """A device that hands over badge contents; runs on its own thread until `close`."""

    name: str

    def run(self, on_badge: Callable[[str], None]) -> None: ...

    def close(self) -> None: ...


class Door(Protocol):
    """Whatever opens. `release` returns when it acknowledged; raises DoorError."""

    name: str

    def release(self, entry: Entry) -> None: ...


class Cues(Protocol):
    """Spoken or sounded prompts; `say` never blocks and never raises."""

    def say(self, text: str) -> None: ...

    def close(self) -> None: ...
