"""The stage of the stories: the real kiosk, and around it a world that does as it is told.

A hand-set clock, an `Actor` before the camera, and workers that answer as the story says. One
thing happens after the other, always in the same order.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from app.domain.anomaly import Oddity
from app.domain.assurance import Tested
from app.domain.effects import (
    Adapt,
    CheckAdminPin,
    CheckPin,
    Effect,
    EnrolCamera,
    Identify,
    LetGo,
    NoteAsked,
    Quit,
    ReadStatus,
    Record,
    Release,
    Renew,
    Resolve,
    Rest,
    Shade,
    Sound,
    StoreTrials,
    Tend,
    Watch,
)
from app.domain.events import (
    AdminChecked,
    CameraEnrolled,
    CameraOpened,
    Condition,
    EffectFailed,
    Event,
    GalleryChanged,
    Identified,
    Looked,
    Moment,
    Part,
    PartChanged,
    PinChecked,
    PinVerdict,
    Recorded,
    Renewed,
    Resolved,
    StatusRead,
    Ticked,
    TrialsStored,
)
from app.domain.journal import Entry, Tally
from app.domain.kiosk import start, step
from app.domain.matching import Matched, Unmatched, Unsure
from app.domain.people import Claim, ClaimKind, Need, Person
from app.domain.planner import plan_for
from app.domain.policy import Policy
from app.domain.source import Camera, EnrolledCamera
from app.domain.states import Kiosk
from app.presentation import (
    VerifyView,
    View,
    present,
)
from tests.fakes.clock import START_UTC_S
from tests.fakes.faces import Actor
from tests.fakes.lens import ENROLLED, LENS
from tests.fakes.people import STAFF, STRANGER, Member

TICK_S = 0.1
START_S = 1000.0
ADMIN_PIN = "90210"

Asked = (
    Resolve
    | Identify
    | CheckPin
    | CheckAdminPin
    | Record
    | EnrolCamera
    | StoreTrials
    | ReadStatus
    | Renew
)
Worker = type[Asked]


@dataclass
class Stage:
    """The kiosk and everything around it, at one moment of a story.

    `slow_s`, `failing`, `silent` and `amended` (another answer instead) say how a worker
    misbehaves. `done` is every event with the
    state and effects it led to, oldest first.
    """

    policy: Policy
    kiosk: Kiosk
    now_s: float = START_S
    utc_offset_s: float = START_UTC_S - START_S
    staff: tuple[Member, ...] = STAFF
    without_face: set[str] = field(default_factory=set)
    twins: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)
    actor: Actor | None = None
    whose: str = STRANGER
    handed_over: bool = False
    doubles: frozenset[str] = frozenset()
    odd: frozenset[Oddity] = frozenset()
    camera_wakes_s: float = 0.3
    lens: Camera = LENS
    named: bool = False
    slow_s: dict[Worker, float] = field(default_factory=dict)
    failing: set[Worker] = field(default_factory=set)
    silent: set[Worker] = field(default_factory=set)
    amended: dict[Worker, Callable[[Event], Event]] = field(default_factory=dict)
    face_locked_until_s: float = 0.0
    watched: bytes | None = None
    first_frame_s: float = 0.0
    frames_per_s: float = 15.0
    frames: int = 0
    wanted_plan: tuple[str, ...] = ()
    wanted_needs: frozenset[Need] = frozenset()
    nonces: int = 0
    answers: int = 0
    pending: list[tuple[float, int, Event]] = field(default_factory=list)
    journal: list[Entry] = field(default_factory=list)
    tallies: list[Tally | None] = field(default_factory=list)
    tested: list[Tested] = field(default_factory=list)
    tended: list[Shade | Tend | Adapt | NoteAsked | LetGo] = field(default_factory=list)
    renewed: list[Renew] = field(default_factory=list)
    doors: list[Entry] = field(default_factory=list)
    sounds: list[str] = field(default_factory=list)
    closed: bool = False
    views: list[tuple[float, View]] = field(default_factory=list)
    done: list[tuple[Event, Kiosk, tuple[Effect, ...]]] = field(default_factory=list)
    next_tick_s: float = START_S

    # -- time

    @property
    def moment(self) -> Moment:
        return Moment(self.now_s, self.now_s + self.utc_offset_s)

    @property
    def view(self) -> View:
        return present(self.kiosk, self.policy)

    def run_until(self, wanted: Callable[[View], bool], within_s: float) -> bool:
        """Let things happen, one after the other, until the View is `wanted`."""
        until_s = self.now_s + within_s
        while not wanted(self.view):
            if not self._next(until_s):
                return False
        return True

    def run(self, seconds: float) -> None:
        until_s = self.now_s + seconds
        while self._next(until_s):
            pass
        self.now_s = until_s

    def _next(self, until_s: float) -> bool:
        """The next thing that is due by `until_s`: an answer, a frame, or a tick."""
        due = [(self.next_tick_s, 2)]
        if self.pending:
            due.append((self.pending[0][0], 0))
        if self.watched is not None and self.actor is not None:
            due.append((self.first_frame_s + self.frames / self.frames_per_s, 1))
        at_s, kind = min(due)
        if at_s > until_s:
            return False
        self.now_s = max(self.now_s, at_s)
        match kind:
            case 0:
                self.tell(replace(heapq.heappop(self.pending)[2], t=self.moment))
            case 1:
                self._frame()
            case _:
                self.next_tick_s += TICK_S
                self.tell(Ticked(self.moment))
        return True

    def _frame(self) -> None:
        self.frames += 1
        view = self.view
        prompt, hint = (view.prompt, view.hint) if isinstance(view, VerifyView) else (None, None)
        assert self.actor is not None
        visit = self.watched
        if not self.named:
            self.named = True
            self.tell(CameraOpened(self.moment, self.lens))
        for observation in self.actor.look(self.now_s, prompt, hint):
            if visit is not None:
                self.tell(Looked(self.moment, visit, observation))

    # -- the kiosk

    def tell(self, event: Event) -> None:
        """One event through the real kiosk; its effects go to the workers."""
        self.kiosk, effects = step(self.kiosk, event, self.policy)
        self.done.append((event, self.kiosk, effects))
        if not self.views or self.views[-1][1] != self.view:
            self.views.append((self.now_s, self.view))
        for effect in effects:
            self._perform(effect)

    def nonce(self) -> bytes:
        """A fresh nonce; where the story asks for a plan, one whose plan begins like it."""
        for _ in range(10_000):
            self.nonces += 1
            nonce = hashlib.sha256(self.nonces.to_bytes(4, "big")).digest()[:16]
            drawn = plan_for(nonce, self.wanted_needs, self.policy.liveness)
            if drawn[: len(self.wanted_plan)] == self.wanted_plan:
                return nonce
        raise AssertionError(f"no nonce asks for {self.wanted_plan}")

    # -- the workers

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Watch(visit=visit):
                self.watched, self.frames, self.named = visit, 0, False
                self.first_frame_s = self.now_s + self.camera_wakes_s
            case Rest():
                self.watched = None
            case Release(entry=entry):
                self.doors.append(entry)
            case Sound(cue=cue):
                self.sounds.append(cue)
            case Quit():
                self.closed = True
            case Shade() | Tend() | Adapt() | NoteAsked() | LetGo():
                self.tended.append(effect)
            case _:
                self._answer(effect)

    def _answer(self, asked: Asked) -> None:
        kind: Worker = type(asked)
        if kind in self.silent:
            return
        if kind in self.failing:
            answer: Event = EffectFailed(self.moment, asked.ticket, "told-to-fail")
        else:
            answer = self._answer_to(asked)
            answer = self.amended[kind](answer) if kind in self.amended else answer
        due_s = self.now_s + self.slow_s.get(kind, 0.02)
        self.answers += 1
        heapq.heappush(self.pending, (due_s, self.answers, answer))

    def _answer_to(self, asked: Asked) -> Event:
        match asked:
            case Resolve(ticket=ticket, claim=claim):
                found = self._claimed(claim)
                person = found.person if found is not None else None
                return Resolved(self.moment, ticket, person, claim.text in self.locked)
            case Identify():
                return self._identified(asked)
            case CheckPin(ticket=ticket, claim=claim, pin=pin):
                found = self._claimed(claim)
                if claim.text in self.locked:
                    return PinChecked(self.moment, ticket, PinVerdict.LOCKED, None)
                if found is None or found.pin != pin.text:
                    return PinChecked(self.moment, ticket, PinVerdict.WRONG, None)
                return PinChecked(self.moment, ticket, PinVerdict.RIGHT, found.person)
            case CheckAdminPin(ticket=ticket, pin=pin):
                right = PinVerdict.RIGHT if pin.text == ADMIN_PIN else PinVerdict.WRONG
                return AdminChecked(self.moment, ticket, right)
            case Record(ticket=ticket, entry=entry, tally=tally):
                self.journal.append(entry)
                self.tallies.append(tally)
                return Recorded(self.moment, ticket, len(self.journal), self.face_locked_until_s)
            case EnrolCamera(ticket=ticket, camera=camera):
                enrolled = EnrolledCamera(camera, self.moment.utc_s)
                return CameraEnrolled(self.moment, ticket, enrolled)
            case Renew(ticket=ticket):
                self.renewed.append(asked)
                return Renewed(self.moment, ticket)
            case StoreTrials(ticket=ticket, tested=tested, entry=entry):
                self.journal.append(entry)
                self.tested.append(tested)
                return TrialsStored(self.moment, ticket)
            case ReadStatus(ticket=ticket):
                return StatusRead(self.moment, ticket, (("camera", "ready"),), ("a line",))

    def _claimed(self, claim: Claim) -> Member | None:
        def says(each: Member) -> str:
            return each.badge if claim.kind is ClaimKind.BADGE else each.person.number

        return next((each for each in self.staff if says(each) == claim.text), None)

    def _identified(self, asked: Identify) -> Identified:
        known = {m.person.id: m.person for m in self.staff if m.person.id not in self.without_face}
        person: Person | None = known.get(self.whose)
        match = Unmatched() if person is None else Matched(person.id)
        alike = person is not None and person.id in self.doubles
        agrees = not self.handed_over
        odd = frozenset() if person is None else self.odd
        answer = Identified(self.moment, asked.ticket, match, agrees, person, alike=alike, odd=odd)
        if asked.claimed and asked.person != self.whose:
            return replace(answer, match=Unmatched(), person=None)
        if not asked.claimed and self.whose in self.twins:
            return replace(answer, match=Unsure(), person=None)
        return answer


def opened(policy: Policy) -> Stage:
    """A kiosk whose parts have all come up."""
    stage = Stage(policy, start(policy))
    stage.tell(GalleryChanged(stage.moment, len(STAFF), len(STAFF), 0.0, (ENROLLED,)))
    stage.tell(CameraOpened(stage.moment, LENS))
    for part in (Part.GALLERY, Part.VISION, Part.CAMERA):
        stage.tell(PartChanged(stage.moment, part, Condition.READY))
    return stage
