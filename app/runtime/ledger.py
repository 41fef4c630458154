"""The io thread: the one writer of the gallery. Effects in, result events out.

Whatever raises is answered with `EffectFailed`. A fault of the gallery itself also ends the
part, and the supervisor opens it again or leaves the kiosk shut.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.effects import (
    CheckAdminPin,
    CheckPin,
    EnrolCamera,
    ReadStatus,
    Record,
    Resolve,
    StoreTrials,
)
from app.domain.events import (
    AdminChecked,
    CameraEnrolled,
    EffectFailed,
    Event,
    GalleryChanged,
    Moment,
    PinChecked,
    PinVerdict,
    Recorded,
    Resolved,
    StatusRead,
    TrialsStored,
)
from app.domain.journal import Entry, EntryKind, Row, parse
from app.domain.lockout import is_locked
from app.domain.matching import Snapshot, Space
from app.domain.people import Claim, ClaimKind, Secret
from app.domain.policy import Policy
from app.domain.source import EnrolledCamera, light_of
from app.domain.tape import encode
from app.domain.templates import Aside
from app.errors import FoyerError, GalleryRefused, GalleryUnwritable
from app.ports import Gallery, PinAttempt, PinHasher
from app.runtime.following import Following
from app.runtime.tending import ON_S, Silent, StoreRenewed, Tending

log = logging.getLogger(__name__)

#: How often another process's changes (an enrolment, a removal) are looked for.
LOOK_S = 0.5
LOG_TAIL = 30

Answered = (
    Resolve
    | CheckPin
    | CheckAdminPin
    | Record
    | EnrolCamera
    | StoreTrials
    | ReadStatus
    | StoreRenewed
)
Job = Answered | Silent
ADMINISTRATOR = Claim(ClaimKind.ADMIN, "")


@dataclass(frozen=True, slots=True)
class Open:
    """A gallery and the hasher that shares its keys."""

    gallery: Gallery
    hasher: PinHasher


class LedgerRoom:
    """Owns the gallery. `open_gallery` is called on the io thread, again after each fault.

    `on_snapshot` gets every new copy, and None when the gallery is closed: without it nobody is
    known here.
    """

    def __init__(
        self,
        open_gallery: Callable[[], Open],
        space: Space,
        on_snapshot: Callable[[Snapshot | None], None],
        status: Callable[[], tuple[tuple[str, str], ...]],
        post: Callable[[Event], None],
        now: Callable[[], Moment],
        tending: Tending | None = None,
    ) -> None:
        self._tending = tending or Tending(Policy(), space)
        self._on_since_s = now().s
        self._open = open_gallery
        self._space = space
        self._on_snapshot = on_snapshot
        self._status = status
        self._post = post
        self._now = now
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        # A job is queued only while somebody serves it; both change under this lock.
        self._gate = threading.Lock()
        self._serving = False
        self._counter = -1
        self._following: Following | None = None

    def ask(self, job: Job) -> None:
        """Queue a job from any thread; a part that is down answers that it failed."""
        with self._gate:
            if self._serving:
                self._jobs.put(job)
                return
        self._failed(job, "gallery")

    def _failed(self, job: Job, code: str) -> None:
        if not isinstance(job, Silent):
            self._post(EffectFailed(self._now(), job.ticket, code))

    def work(self, stopping: threading.Event, ready: Callable[[], None]) -> None:
        opened = self._open()
        try:
            self._counter = -1
            self._following = Following(opened.gallery)
            self._refresh(opened.gallery)
            self._on_since_s = self._now().s
            with self._gate:
                self._serving = True
            ready()
            self._serve(opened, stopping)
        finally:
            with self._gate:
                self._serving = False
            self._refuse_jobs()
            self._on_snapshot(None)
            self._following = None
            opened.gallery.close()

    def _serve(self, opened: Open, stopping: threading.Event) -> None:
        """Until told to stop, and then what is still queued: a record asked for is written."""
        while not (stopping.is_set() and self._jobs.empty()):
            self._answer_next(opened, LOOK_S if not stopping.is_set() else 0.01)
            self._refresh(opened.gallery)
            self._note_on(opened.gallery, ON_S)

    def _note_on(self, gallery: Gallery, least_s: float) -> None:
        """Write down the time at work; what a crash loses of it only makes updates wait longer."""
        passed_s = self._now().s - self._on_since_s
        if passed_s >= least_s and self._tending.policy.adapting.enabled:
            gallery.care.note_on(passed_s)
            self._on_since_s += passed_s

    def _answer_next(self, opened: Open, wait_s: float) -> None:
        """A function of its own, so that no PIN stays on this thread once it was answered."""
        try:
            job = self._jobs.get(timeout=wait_s)
        except queue.Empty:
            return
        self._answer(opened, job)

    def _refuse_jobs(self) -> None:
        while not self._jobs.empty():
            self._failed(self._jobs.get(), "gallery")

    def _refresh(self, gallery: Gallery) -> None:
        counter = gallery.change_counter()
        if counter == self._counter or self._following is None:
            return
        snapshot = self._following.snapshot(self._space)
        self._tending.refresh(self._following.snapshot, snapshot)
        self._counter = counter
        self._on_snapshot(snapshot)
        self._tell_aside(gallery, self._following.take_aside())
        people, templates = len(snapshot.people), snapshot.size
        until_s = gallery.face_lockout().until_s
        cameras, tested = gallery.cameras(), gallery.tested()
        self._post(GalleryChanged(self._now(), people, templates, until_s, cameras, tested))

    def _tell_aside(self, gallery: Gallery, aside: tuple[Aside, ...]) -> None:
        """Everybody else goes on; what cannot be written down now is at the next start."""
        for each in aside:
            log.warning(
                "the template %d of %s is put aside (%s) and matches nobody. Enrol them again; "
                "foyer doctor says who it is.",
                each.template,
                each.person,
                each.fault,
            )
        if aside:
            with suppress(GalleryUnwritable):
                entry = Entry(EntryKind.SYSTEM, self._now().utc_s, granted=False)
                gallery.note_asides(aside, entry)

    def _answer(self, opened: Open, job: Job) -> None:
        try:
            if isinstance(job, Silent):
                self._note_on(opened.gallery, ON_S / 10)
                self._tending.do(opened.gallery, job, self._now())
            else:
                self._post(self._do(opened, job))
        except GalleryRefused as refused:
            log.info("refused: %s", refused)
            self._failed(job, refused.code)
        except Exception as fault:
            self._failed(job, fault.code if isinstance(fault, FoyerError) else "defect")
            raise

    def _do(self, opened: Open, job: Answered) -> Event:
        gallery = opened.gallery
        match job:
            case Record(ticket=ticket, entry=entry, tally=tally, tape=tape):
                receipt = gallery.record(entry, tally, encode(tape) if tape is not None else b"")
                until_s = receipt.face_locked_until_s
                due = self._tending.due(gallery, entry)
                return Recorded(self._now(), ticket, receipt.sequence, until_s, due)
            case StoreRenewed():
                return self._tending.store(gallery, job, self._now())
            case Resolve(ticket=ticket, claim=claim):
                found = gallery.resolve(claim)
                locked = is_locked(found.lockout, self._now().utc_s)
                return Resolved(self._now(), ticket, found.person, locked)
            case CheckPin():
                return self._check_pin(opened, job)
            case CheckAdminPin():
                verdict, _ = check_pin(opened, ADMINISTRATOR, job.pin, self._now().utc_s)
                return AdminChecked(self._now(), job.ticket, verdict)
            case EnrolCamera(ticket=ticket, camera=camera):
                light = light_of(camera, gallery.cameras())
                enrolled = EnrolledCamera(camera, self._now().utc_s, light)
                gallery.put_camera(enrolled, camera_entry("camera-enrolled", enrolled))
                return CameraEnrolled(self._now(), ticket, enrolled)
            case StoreTrials(ticket=ticket, tested=tested, entry=entry):
                gallery.put_tested(tested, entry)
                return TrialsStored(self._now(), ticket)
            case ReadStatus(ticket=ticket):
                return StatusRead(self._now(), ticket, self._status(), status_log(gallery))

    def _check_pin(self, opened: Open, job: CheckPin) -> PinChecked:
        verdict, attempt = check_pin(opened, job.claim, job.pin, self._now().utc_s)
        person = attempt.person if verdict is PinVerdict.RIGHT else None
        return PinChecked(self._now(), job.ticket, verdict, person)


def check_pin(
    opened: Open, claim: Claim, pin: Secret, utc_s: float
) -> tuple[PinVerdict, PinAttempt]:
    """Count the failure, hash whatever the claim is, and take the failure back when right."""
    attempt = opened.gallery.begin_pin(claim, utc_s)
    right = opened.hasher.verify("" if attempt.locked else attempt.pin_hash, pin)
    if attempt.locked:
        return PinVerdict.LOCKED, attempt
    if not right or not attempt.pin_hash:
        return PinVerdict.WRONG, attempt
    opened.gallery.clear_pin_failures(claim)
    return PinVerdict.RIGHT, attempt


def camera_entry(what: str, enrolled: EnrolledCamera) -> Entry:
    """The journal's row for a camera enrolled just now."""
    detail = f"{what} {enrolled.camera.fingerprint[:12]}"
    return Entry(EntryKind.ADMIN, enrolled.enrolled_utc_s, granted=True, detail=detail)


def status_log(gallery: Gallery) -> tuple[str, ...]:
    """The last entries for the service screen, newest last: when, what, and how it ended."""
    return tuple(_line(row) for row in gallery.rows(last=LOG_TAIL))


def _line(row: Row) -> str:
    entry = parse(row.text)
    when = datetime.fromtimestamp(entry.utc_s, UTC).astimezone().strftime("%d.%m. %H:%M:%S")
    what = " + ".join(sorted(entry.factors)) or entry.detail or entry.kind
    ended = "granted" if entry.granted else (entry.reason or "refused")
    return f"{when}  {what}: {ended}  (row {row.sequence})"
