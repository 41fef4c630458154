"""Anything at all may happen, in any order: the promises hold.

Hypothesis makes up afternoons at the kiosk: people who come, do as asked or not, press every
button, hold badges, go away; parts and workers that fail, stall and come back; and answers that
are stale, early, repeated, or were never asked for. The judges of `promises.py` then go over
everything that happened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from app.domain.effects import (
    CheckAdminPin,
    CheckPin,
    EnrolCamera,
    Identify,
    ReadStatus,
    Record,
    Resolve,
    StoreTrials,
)
from app.domain.events import (
    AdminChecked,
    BadgeRead,
    Button,
    CameraOpened,
    Condition,
    EffectFailed,
    Event,
    GalleryChanged,
    Identified,
    Looked,
    Part,
    PinChecked,
    PinVerdict,
    Pressed,
    Recorded,
    Resolved,
    StatusRead,
)
from app.domain.journal import Factor
from app.domain.liveness import Challenge
from app.domain.matching import Match, Matched, Unmatched, Unsure
from app.domain.policy import STANDARD_FACTORS, Mode, Policy
from app.domain.source import SourceKind
from app.domain.tiers import FaceAlone, Tier
from tests.fakes.faces import (
    Habits,
    Twist,
    face,
    freezes,
    hidden,
    joined,
    leaves,
    looped,
    seen,
    shuffled,
    stutters,
    swaps,
    turned,
    unmeasured,
)
from tests.fakes.lens import ENROLLED, LENS
from tests.fakes.people import AMARA, STAFF, STRANGER, Member
from tests.flows.promises import granted_for_a_reason, hold
from tests.flows.stage import ADMIN_PIN, Stage, Worker, opened
from tests.flows.story import (
    TRUSTING,
    Line,
    answers_after,
    fails,
    holds_badge,
    never_answers,
    part,
    person_walks_up,
    presses,
    shows,
    time_passes,
    types,
    works_again,
)

WORKERS: list[Worker] = [
    Resolve,
    Identify,
    CheckPin,
    CheckAdminPin,
    Record,
    EnrolCamera,
    StoreTrials,
    ReadStatus,
]

members = st.sampled_from(STAFF)
durations = st.sampled_from([0.0, 0.05, 0.3, 1.0, 2.5, 5.0, 9.5, 30.0])
moments = st.floats(min_value=0.0, max_value=4.0)
twists: st.SearchStrategy[Twist] = st.one_of(
    st.builds(leaves, moments),
    st.builds(swaps, moments),
    st.builds(joined, moments),
    st.builds(freezes, moments),
    st.builds(looped, moments),
    st.builds(unmeasured, moments),
    st.builds(turned, st.sampled_from([-25.0, 14.0, 25.0]), after_s=moments),
    st.builds(lambda at_s, for_s: hidden(at_s, at_s + for_s), moments, moments),
    st.builds(shuffled),
    st.builds(stutters),
)
does: st.SearchStrategy[Callable[[Challenge], Challenge | None]] = st.sampled_from(
    [
        lambda asked: asked,
        lambda asked: asked,
        lambda asked: asked,
        lambda _asked: None,
        lambda _asked: Challenge.TURN_LEFT,
    ]
)
habits = st.builds(
    Habits,
    fps=st.sampled_from([5.0, 15.0, 30.0]),
    reaction_s=st.sampled_from([0.0, 0.1, 0.35, 0.35, 0.7]),
    noise=st.sampled_from([0.0, 1.0, 3.0]),
    overshoot_deg=st.sampled_from([0.0, 10.0]),
    does=does,
)


def visits_by_face(who: Member | str, how: Habits, with_twists: list[Twist], wait_s: float) -> Line:
    def line(stage: Stage) -> None:
        person_walks_up(who, *with_twists, habits=how)(stage)
        presses(Button.USE_FACE)(stage)
        stage.run(wait_s)

    return line


def visits_by_badge(who: Member, pin: str, wait_s: float) -> Line:
    def line(stage: Stage) -> None:
        for each in (holds_badge(who), types(pin), presses(Button.CONFIRM)):
            each(stage)
        stage.run(wait_s)

    return line


def goes_through_a_selftest(which: Button, how: Habits, wait_s: float) -> Line:
    def line(stage: Stage) -> None:
        for each in (presses(Button.SERVICE), types(ADMIN_PIN), presses(Button.CONFIRM)):
            each(stage)
        stage.run(0.1)
        person_walks_up(AMARA, habits=how)(stage)
        presses(Button.SELF_TEST, which)(stage)
        stage.run(wait_s)
        presses(Button.CONFIRM)(stage)

    return line


def told_again(back: int, *, now: bool) -> Line:
    """An old event comes once more, with its own moment or with this one.

    What people do is stamped with a fresh nonce by the kernel, each time.
    """

    def line(stage: Stage) -> None:
        old = stage.done[-1 - back % len(stage.done)][0]
        if isinstance(old, Pressed | BadgeRead):
            old = replace(old, nonce=stage.nonce())
        stage.tell(replace(old, t=stage.moment) if now else old)

    return line


def forged(kind: int, ticket_off: int, who: Member, match: Match) -> Line:
    """An answer nobody's worker gave, to a question that was, is, or will be asked."""

    def line(stage: Stage) -> None:
        t, ticket = stage.moment, stage.kiosk.ticket + ticket_off
        made_up: list[Event] = [
            Recorded(t, ticket, 1, 0.0),
            Resolved(t, ticket, who.person, locked=False),
            Identified(t, ticket, match, agrees=True, person=who.person),
            PinChecked(t, ticket, PinVerdict.RIGHT, who.person),
            AdminChecked(t, ticket, PinVerdict.RIGHT),
            StatusRead(t, ticket, (), ()),
            EffectFailed(t, ticket, "made-up"),
            Looked(t, stage.watched or b"nobody's visit..", seen(10_000, t.s, face())),
            GalleryChanged(t, 1, 1, t.utc_s + 10.0, (ENROLLED,)),
            GalleryChanged(t, 1, 1, 0.0),
            CameraOpened(t, LENS),
            CameraOpened(t, replace(LENS, kind=SourceKind.VIRTUAL)),
        ]
        stage.tell(made_up[kind % len(made_up)])

    return line


def without_a_tick(seconds: float) -> Line:
    """The machine slept: time went on and nobody noticed yet."""

    def line(stage: Stage) -> None:
        stage.now_s += seconds
        stage.next_tick_s = max(stage.next_tick_s, stage.now_s + 0.05)

    return line


def a_digit(text: str) -> Line:
    return lambda stage: stage.tell(Pressed(stage.moment, Button.DIGIT, stage.nonce(), text))


visits: st.SearchStrategy[Line] = st.one_of(
    st.builds(
        visits_by_face, members | st.just(STRANGER), habits, st.lists(twists, max_size=1), durations
    ),
    st.builds(visits_by_face, st.just(STAFF[0]), st.just(Habits()), st.just([]), st.just(4.0)),
    st.builds(visits_by_badge, members, members.map(lambda each: each.pin), durations),
    members.flatmap(
        lambda who: st.builds(visits_by_badge, st.just(who), st.just(who.pin), durations)
    ),
)
fingers: st.SearchStrategy[Line] = st.one_of(
    st.builds(presses, st.sampled_from(Button)),
    st.builds(a_digit, st.sampled_from(["0", "1", "9", "", "x", "12"])),
    st.builds(holds_badge, members | st.sampled_from(["", "unknown"])),
    st.builds(time_passes, durations),
    st.builds(without_a_tick, durations),
    st.builds(
        goes_through_a_selftest,
        st.sampled_from([Button.TRY_GENUINE, Button.TRY_PHONE]),
        habits,
        st.sampled_from([0.5, 20.0]),
    ),
)
trouble: st.SearchStrategy[Line] = st.one_of(
    st.builds(part, st.sampled_from(Part), st.sampled_from(Condition), st.just("told-so")),
    st.sampled_from(WORKERS).map(fails),
    st.sampled_from(WORKERS).map(never_answers),
    st.builds(answers_after, st.sampled_from(WORKERS), st.sampled_from([1.0, 4.99, 5.0, 7.0])),
)
mended: st.SearchStrategy[Line] = st.just(works_again(*WORKERS)) | st.builds(
    part, st.sampled_from(Part), st.just(Condition.READY)
)
lies: st.SearchStrategy[Line] = st.one_of(
    st.builds(told_again, st.integers(0, 200), now=st.booleans()),
    st.builds(
        forged,
        st.integers(0, 11),
        st.integers(-2, 1),
        members,
        members.map(lambda who: Matched(who.person.id)) | st.sampled_from([Unmatched(), Unsure()]),
    ),
)
lines = st.one_of(visits, visits, visits, visits, fingers, fingers, trouble, mended, mended, lies)
policies = st.builds(
    Policy,
    mode=st.sampled_from(Mode),
    accepted=st.sampled_from(
        [
            STANDARD_FACTORS,
            STANDARD_FACTORS,
            frozenset({frozenset({Factor.FACE, Factor.PIN})}),
            frozenset({frozenset({Factor.FACE, Factor.BADGE})}),
            frozenset({frozenset[Factor]()}),
        ]
    ),
    assumed_tier=st.sampled_from([Tier.TRUSTED, *Tier, None]),
    face_alone=st.sampled_from([FaceAlone.BY_TIER, *FaceAlone]),
)


def judge(stage: Stage) -> None:
    hold(stage.done, stage.policy, [view for _, view in stage.views], stage.staff)
    granted_for_a_reason(stage.done, stage.policy)


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(policies, st.lists(lines, min_size=1, max_size=14))
def test_whatever_happens_the_promises_hold(policy: Policy, happened: list[Line]) -> None:
    stage = opened(policy)
    for line in happened:
        line(stage)
    judge(stage)
    for entry in stage.journal:
        if entry.granted and entry.factors:
            event("+".join(sorted(entry.factors)))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    members,
    habits,
    st.lists(twists, max_size=1),
    st.booleans(),
    st.lists(st.tuples(st.floats(0.0, 5.0), lines), max_size=3),
)
def test_whatever_comes_between_a_face_is_only_granted_for_a_reason(
    who: Member,
    how: Habits,
    with_twists: list[Twist],
    claims: bool,
    between: list[tuple[float, Line]],
) -> None:
    """One visit by face, with up to three things in the middle of it."""
    stage = opened(TRUSTING)
    if claims:
        holds_badge(who)(stage)
    visits_by_face(who, how, with_twists, 0.0)(stage)
    for wait_s, line in between:
        stage.run(wait_s)
        line(stage)
    stage.run(20.0)
    judge(stage)
    event(f"doors: {len(stage.doors)}")


def test_the_judges_see_grants_of_every_kind() -> None:
    """What they are shown above is not only refusals."""
    stage = opened(TRUSTING)
    amara = STAFF[0]
    for line in (
        visits_by_face(amara, Habits(), [], 0.0),
        shows("granted"),
        visits_by_badge(amara, amara.pin, 7.0),
        holds_badge(amara),
        visits_by_face(amara, Habits(), [], 0.0),
        shows("granted"),
    ):
        line(stage)
    judge(stage)
    assert [set(entry.factors) for entry in stage.doors] == [
        {Factor.FACE},
        {Factor.BADGE, Factor.PIN},
        {Factor.BADGE, Factor.FACE},
    ]
