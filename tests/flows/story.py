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

from collections.abc import Callable
from dataclasses import fields

from app.domain.events import (
    BadgeRead,
    Button,
    Condition,
    Event,
    Part,
    PartChanged,
    Pressed,
)
from app.domain.journal import Factor, Purpose
from app.domain.people import Need
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.tiers import Tier
from app.presentation import (
    AdminPinView,
    AttractView,
    BusyView,
    ClaimView,
    DeniedView,
    GrantedView,
    OfferView,
    OutOfServiceView,
    PinView,
    SelfTestView,
    ServiceView,
    VerifyView,
    View,
)
from tests.fakes.faces import Actor, Habits, Twist
from tests.fakes.people import AMARA, Member
from tests.flows.promises import hold
from tests.flows.stage import START_S, Stage, Worker, opened

PATIENCE_S = 8.0
#: A camera that was tested, as most stories are about something else.
TRUSTING = Policy(assumed_tier=Tier.TRUSTED)

SCREENS: dict[str, type[View]] = {
    "attract": AttractView,
    "claim": ClaimView,
    "pin": PinView,
    "verify": VerifyView,
    "busy": BusyView,
    "granted": GrantedView,
    "offer": OfferView,
    "denied": DeniedView,
    "admin-pin": AdminPinView,
    "service": ServiceView,
    "selftest": SelfTestView,
    "out-of-service": OutOfServiceView,
}

Line = Callable[[Stage], None]


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


def amends(worker: Worker, amend: Callable[[Event], Event]) -> Line:
    """The worker answers in time and wrongly."""
    return lambda stage: stage.amended.update({worker: amend})


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
        found = (any(_same(each, value) for value in values) for each in what)
        return isinstance(view, kind) and all(found)

    def line(stage: Stage) -> None:
        came = stage.run_until(wanted, within_s)
        assert came, f"no {screen} {what} within {within_s} s; instead:\n{timeline(stage)}"

    return line


def _same(wanted: object, value: object) -> bool:
    """Equal, and not because True is 1 and 1.0 is 1."""
    numbers = isinstance(wanted, bool | float) or isinstance(value, bool | float)
    return wanted == value and (not numbers or type(wanted) is type(value))


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
    stage = opened(policy if policy is not None else TRUSTING)
    for line in lines:
        line(stage)
    hold(stage.done, stage.policy, [view for _, view in stage.views], stage.staff)
    return stage
