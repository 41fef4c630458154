"""Stories: what people do at the kiosk, and what it shows them, line by line.

    story(
        person_walks_up(AMARA),
        shows("attract"),
        asks("turn-left", "blink"),
        presses(Button.USE_FACE),
        shows("verify", "turn-left"),
        shows("verify", "blink"),
        shows("granted", "Amara"),
        the_door_opened(),
    )

A line does something or waits until the screen shows something. The kiosk is the real `step`
and `present`; around it stand a hand-set clock, an `Actor` before the camera, and workers that
answer as the story tells them to. After the last line every story is held to the promises that
hold always: see `promises.py`.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace

from app.domain.effects import (
    CheckAdminPin,
    CheckPin,
    Effect,
    Identify,
    Quit,
    ReadStatus,
    Record,
    Release,
    Resolve,
    Rest,
    Sound,
    Watch,
)
from app.domain.events import (
    AdminChecked,
    BadgeRead,
    Button,
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
    Pressed,
    Recorded,
    Resolved,
    StatusRead,
    Ticked,
)
from app.domain.journal import Entry, Factor, Purpose
from app.domain.kiosk import start, step
from app.domain.liveness import allowed, plan
from app.domain.matching import Matched, Unmatched, Unsure
from app.domain.people import Claim, ClaimKind, Need, Person
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.states import Kiosk
from app.presentation import (
    AdminPinView,
    AttractView,
    BusyView,
    ClaimView,
    DeniedView,
    GrantedView,
    OutOfServiceView,
    PinView,
    ServiceView,
    VerifyView,
    View,
    present,
)
from tests.fakes.clock import START_UTC_S
from tests.fakes.faces import Actor, Habits, Twist
from tests.fakes.people import AMARA, STAFF, STRANGER, Member
from tests.flows.promises import hold

TICK_S = 0.1
START_S = 1000.0
PATIENCE_S = 8.0
ADMIN_PIN = "90210"

SCREENS: dict[str, type[View]] = {
    "attract": AttractView,
    "claim": ClaimView,
    "pin": PinView,
    "verify": VerifyView,
    "busy": BusyView,
    "granted": GrantedView,
    "denied": DeniedView,
    "admin-pin": AdminPinView,
    "service": ServiceView,
    "out-of-service": OutOfServiceView,
}

Worker = type[Resolve | Identify | CheckPin | CheckAdminPin | Record | ReadStatus]


@dataclass
class Stage:
    """The kiosk and everything around it, at one moment of a story.

    `slow_s`, `failing` and `silent` say how a worker misbehaves. `done` is every event with the
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
    camera_wakes_s: float = 0.3
    slow_s: dict[Worker, float] = field(default_factory=dict)
    failing: set[Worker] = field(default_factory=set)
    silent: set[Worker] = field(default_factory=set)
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
        """A fresh nonce; where the story asks for a plan, one that draws it."""
        for _ in range(10_000):
            self.nonces += 1
            nonce = hashlib.sha256(self.nonces.to_bytes(4, "big")).digest()[:16]
            drawn = plan(nonce, allowed(self.wanted_needs), self.policy.liveness.challenges)
            if not self.wanted_plan or drawn == self.wanted_plan:
                return nonce
        raise AssertionError(f"no nonce asks for {self.wanted_plan}")

    # -- the workers

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Watch(visit=visit):
                self.watched, self.frames = visit, 0
                self.first_frame_s = self.now_s + self.camera_wakes_s
            case Rest():
                self.watched = None
            case Release(entry=entry):
                self.doors.append(entry)
            case Sound(cue=cue):
                self.sounds.append(cue)
            case Quit():
                self.closed = True
            case _:
                self._answer(effect)

    def _answer(
        self, asked: Resolve | Identify | CheckPin | CheckAdminPin | Record | ReadStatus
    ) -> None:
        kind: Worker = type(asked)
        if kind in self.silent:
            return
        if kind in self.failing:
            answer: Event = EffectFailed(self.moment, asked.ticket, "told-to-fail")
        else:
            answer = self._answer_to(asked)
        due_s = self.now_s + self.slow_s.get(kind, 0.02)
        self.answers += 1
        heapq.heappush(self.pending, (due_s, self.answers, answer))

    def _answer_to(
        self, asked: Resolve | Identify | CheckPin | CheckAdminPin | Record | ReadStatus
    ) -> Event:
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
            case Record(ticket=ticket, entry=entry):
                self.journal.append(entry)
                return Recorded(self.moment, ticket, len(self.journal), self.face_locked_until_s)
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
        answer = Identified(self.moment, asked.ticket, match, not self.handed_over, person)
        if asked.claimed and asked.person != self.whose:
            return replace(answer, match=Unmatched(), person=None)
        if not asked.claimed and self.whose in self.twins:
            return replace(answer, match=Unsure(), person=None)
        return answer


Line = Callable[[Stage], None]


def opened(policy: Policy) -> Stage:
    """A kiosk whose parts have all come up."""
    stage = Stage(policy, start(policy))
    for part in (Part.GALLERY, Part.VISION, Part.CAMERA):
        stage.tell(PartChanged(stage.moment, part, Condition.READY))
    stage.tell(GalleryChanged(stage.moment, len(STAFF), len(STAFF), 0.0))
    return stage


# -- what people do


def person_walks_up(
    who: Member | str = AMARA,
    *twists: Twist,
    habits: Habits | None = None,
    seed: int = 0,
) -> Line:
    """`who` stands before the camera; a text is a stranger."""

    def line(stage: Stage) -> None:
        stage.actor = Actor(habits, twists, seed)
        stage.frames_per_s = stage.actor.habits.fps
        stage.whose = who.person.id if isinstance(who, Member) else who

    return line


def presses(*buttons: Button) -> Line:
    def line(stage: Stage) -> None:
        for button in buttons:
            stage.tell(Pressed(stage.moment, button, stage.nonce()))

    return line


def types(digits: str) -> Line:
    """One key after the other, a quarter of a second apart."""

    def line(stage: Stage) -> None:
        for digit in digits:
            stage.tell(Pressed(stage.moment, Button.DIGIT, stage.nonce(), digit))
            stage.run(0.25)

    return line


def holds_badge(of: Member | str) -> Line:
    def line(stage: Stage) -> None:
        badge = of.badge if isinstance(of, Member) else of
        stage.tell(BadgeRead(stage.moment, badge, stage.nonce()))

    return line


def time_passes(seconds: float) -> Line:
    return lambda stage: stage.run(seconds)


# -- what happens to the kiosk


def asks(*plan_of: str, needs: frozenset[Need] = frozenset()) -> Line:
    """The next face session asks for exactly this."""

    def line(stage: Stage) -> None:
        stage.wanted_plan, stage.wanted_needs = plan_of, needs

    return line


def part(which: Part, condition: Condition, code: str = "") -> Line:
    return lambda stage: stage.tell(PartChanged(stage.moment, which, condition, code))


def fails(*workers: Worker) -> Line:
    return lambda stage: stage.failing.update(workers)


def works_again(*workers: Worker) -> Line:
    def line(stage: Stage) -> None:
        stage.failing.difference_update(workers)
        stage.silent.difference_update(workers)
        for worker in workers:
            stage.slow_s.pop(worker, None)

    return line


def never_answers(*workers: Worker) -> Line:
    return lambda stage: stage.silent.update(workers)


def answers_after(worker: Worker, seconds: float) -> Line:
    return lambda stage: stage.slow_s.update({worker: seconds})


def given(**things: object) -> Line:
    """Something about the stage: `twins={"id-amara"}`, `camera_wakes_s=3.0`."""

    def line(stage: Stage) -> None:
        for name, value in things.items():
            setattr(stage, name, value)

    return line


# -- what is seen


def shows(screen: str, *what: object, within_s: float = PATIENCE_S) -> Line:
    """Wait until this screen is there, with each of `what` somewhere among its values."""
    kind = SCREENS[screen]

    def wanted(view: View) -> bool:
        values = [getattr(view, each.name) for each in fields(view)]
        return isinstance(view, kind) and all(each in values for each in what)

    def line(stage: Stage) -> None:
        came = stage.run_until(wanted, within_s)
        assert came, f"no {screen} {what} within {within_s} s; instead:\n{timeline(stage)}"

    return line


def still_shows(screen: str, *what: object) -> Line:
    """The screen is this one now; nothing is waited for."""
    return shows(screen, *what, within_s=-1.0)


def the_door_opened(times: int = 1) -> Line:
    def line(stage: Stage) -> None:
        assert len(stage.doors) == times, timeline(stage)

    return line


def the_door_stayed_shut() -> Line:
    return the_door_opened(times=0)


def journal_ends(
    reason: Reason | None = None,
    factors: set[Factor] | None = None,
    person: Member | None = None,
    purpose: Purpose | None = None,
) -> Line:
    """The last row: granted where no `reason` is named."""

    def line(stage: Stage) -> None:
        assert stage.journal, "nothing was written down"
        last = stage.journal[-1]
        assert (last.granted, last.reason) == (reason is None, reason)
        assert factors is None or last.factors == factors
        assert last.person == (person.person.id if person is not None else "")
        assert purpose is None or last.purpose is purpose

    return line


def nothing_more_written() -> Line:
    """The journal is as long as the last time this was said, or empty."""
    lengths = [0]

    def line(stage: Stage) -> None:
        assert len(stage.journal) == lengths[-1]
        lengths.append(len(stage.journal))

    return line


def timeline(stage: Stage) -> str:
    return "\n".join(f"{t_s - START_S:7.2f} s  {view}" for t_s, view in stage.views)


def story(*lines: Line, policy: Policy | None = None) -> Stage:
    """Play the lines on an open kiosk, and hold what happened to every promise."""
    stage = opened(policy if policy is not None else Policy())
    for line in lines:
        line(stage)
    hold(stage.done, stage.policy, [view for _, view in stage.views], stage.staff)
    return stage
