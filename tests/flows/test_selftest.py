"""The self-test on the service screen: trials of this camera, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain import assurance
from app.domain.assurance import Count, Species, Trials, conditions_of
from app.domain.effects import EnrolCamera, Identify, Record, Release, StoreTrials, Watch
from app.domain.events import (
    Button,
    CameraOpened,
    Condition,
    GalleryChanged,
    Part,
    TrialsStored,
)
from app.domain.journal import EntryKind
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.source import Camera, SourceKind
from app.domain.tiers import Tier
from app.presentation import SelfTestView, ServiceView, VerifyView
from tests.fakes.faces import Habits
from tests.fakes.lens import ENROLLED, LENS
from tests.fakes.people import AMARA, STAFF
from tests.flows.stage import ADMIN_PIN, Stage
from tests.flows.story import (
    Line,
    answers_after,
    fails,
    holds_badge,
    never_answers,
    part,
    person_walks_up,
    presses,
    shows,
    still_shows,
    story,
    the_door_stayed_shut,
    time_passes,
    types,
    works_again,
)

POLICY = Policy()
OTHER = replace(LENS, ids="1234:5678:OTHER")
STILL = Habits(does=lambda _asked: None)
OPENS: tuple[Line, ...] = (
    presses(Button.SERVICE),
    types(ADMIN_PIN),
    presses(Button.CONFIRM),
    shows("service"),
    presses(Button.SELF_TEST),
)


def tries(button: Button, habits: Habits | None = None) -> tuple[Line, ...]:
    """One trial to its end; without `habits` it is answered as asked."""
    return (
        person_walks_up(AMARA, habits=habits),
        presses(button),
        shows("verify"),
        shows("selftest", within_s=30.0),
    )


def counts(stage: Stage) -> dict[Species, Count]:
    view = stage.view
    assert isinstance(view, SelfTestView)
    return {each.species: Count(each.n, each.errors) for each in view.counts}


def effects_of(stage: Stage, kind: type) -> list[object]:
    return [each for _, _, effects in stage.done for each in effects if isinstance(each, kind)]


def selftest(stage: Stage) -> SelfTestView:
    assert isinstance(stage.view, SelfTestView)
    return stage.view


def test_a_person_who_answers_is_let_through_and_counted() -> None:
    stage = story(*OPENS, *tries(Button.TRY_GENUINE))
    assert counts(stage)[Species.GENUINE] == Count(1, 0)
    last = selftest(stage).last
    assert last is not None
    assert (last.accepted, last.counted, last.wrong) == (True, True, False)


def test_an_attack_that_answers_is_an_error_and_one_that_does_not_is_none() -> None:
    stage = story(
        *OPENS,
        *tries(Button.TRY_PHONE),
        *tries(Button.TRY_PHONE, STILL),
        *tries(Button.TRY_PRINT, STILL),
        *tries(Button.TRY_TABLET, STILL),
    )
    assert counts(stage) == {
        Species.GENUINE: Count(0, 0),
        Species.PRINT: Count(1, 0),
        Species.PHONE: Count(2, 1),
        Species.TABLET: Count(1, 0),
    }
    assert selftest(stage).tier is Tier.UNTESTED


def test_a_trial_shows_the_picture_and_the_prompts_and_whose_it_is() -> None:
    stage = story(*OPENS, *tries(Button.TRY_TABLET))
    views = [view for _, view in stage.views if isinstance(view, VerifyView)]
    assert {view.trial for view in views} == {Species.TABLET}
    assert len({view.prompt for view in views}) > 2


def test_a_trial_looks_nobody_up_and_writes_nothing_down() -> None:
    stage = story(
        *OPENS,
        *tries(Button.TRY_GENUINE),
        *tries(Button.TRY_GENUINE, STILL),
        *tries(Button.TRY_PRINT, STILL),
        the_door_stayed_shut(),
    )
    assert not effects_of(stage, Identify)
    assert not effects_of(stage, Release)
    records = [each for each in effects_of(stage, Record) if isinstance(each, Record)]
    assert [each.entry.kind for each in records] == [EntryKind.ADMIN]
    assert not any(each.tally for each in records)
    assert stage.watched is None


def test_an_attack_that_was_never_seen_counts_for_nothing_and_a_person_as_refused() -> None:
    def nobody(stage: Stage) -> None:
        stage.actor = None

    stage = story(
        *OPENS,
        nobody,
        person_walks_up(AMARA, lambda _t, each: (replace(each, faces=()),)),
        presses(Button.TRY_PRINT),
        shows("selftest", within_s=30.0),
    )
    assert counts(stage)[Species.PRINT] == Count(0, 0)
    last = selftest(stage).last
    assert last is not None
    assert (last.counted, last.reason) == (False, Reason.NO_FACE)
    for line in (presses(Button.TRY_GENUINE), shows("verify"), shows("selftest", within_s=30.0)):
        line(stage)
    assert counts(stage)[Species.GENUINE] == Count(1, 1)


def test_the_last_trial_can_be_taken_back_once() -> None:
    stage = story(
        *OPENS,
        *tries(Button.TRY_PHONE, STILL),
        *tries(Button.TRY_PHONE),
        presses(Button.DISCARD, Button.DISCARD),
    )
    assert counts(stage)[Species.PHONE] == Count(1, 0)


def test_a_trial_that_is_stopped_counts_for_nothing() -> None:
    stage = story(
        *OPENS,
        person_walks_up(AMARA),
        presses(Button.TRY_PHONE),
        shows("verify", 1),
        presses(Button.CANCEL),
        still_shows("selftest"),
    )
    assert sum(count.n for count in counts(stage).values()) == 0
    assert stage.watched is None


@pytest.mark.parametrize("gone", [Part.CAMERA, Part.VISION])
def test_a_trial_whose_camera_goes_away_counts_for_nothing(gone: Part) -> None:
    stage = story(
        *OPENS,
        person_walks_up(AMARA),
        presses(Button.TRY_GENUINE),
        shows("verify", 1),
        part(gone, Condition.LOST, "gone"),
        still_shows("selftest"),
        presses(Button.TRY_GENUINE),
        still_shows("selftest", False),
    )
    assert counts(stage)[Species.GENUINE] == Count(0, 0)


def opens_camera(camera: Camera) -> Line:
    return lambda stage: stage.tell(CameraOpened(stage.moment, camera))


def test_another_camera_ends_the_test_and_with_it_every_count() -> None:
    stage = story(
        *OPENS,
        *tries(Button.TRY_GENUINE),
        opens_camera(OTHER),
        still_shows("service"),
        presses(Button.SELF_TEST),
        still_shows("service"),
    )
    assert not stage.tested


def test_another_camera_in_the_middle_of_a_trial_ends_the_test() -> None:
    stage = story(
        *OPENS,
        person_walks_up(AMARA),
        presses(Button.TRY_PHONE),
        shows("verify", 1),
        opens_camera(OTHER),
        still_shows("service"),
    )
    assert stage.watched is None


def test_a_camera_that_is_opened_again_in_a_trial_voids_it() -> None:
    stage = story(
        *OPENS,
        person_walks_up(AMARA),
        presses(Button.TRY_GENUINE),
        shows("verify", 1),
        opens_camera(LENS),
        still_shows("selftest"),
    )
    assert counts(stage)[Species.GENUINE] == Count(0, 0)


# -- storing


def test_what_is_stored_is_what_was_counted_under_these_conditions() -> None:
    stage = story(
        *OPENS,
        *tries(Button.TRY_GENUINE),
        *tries(Button.TRY_PRINT, STILL),
        presses(Button.CONFIRM),
        shows("service"),
    )
    (stored,) = stage.tested
    assert stored.trials == Trials(Count(1, 0), Count(1, 0))
    assert stored.conditions == conditions_of(LENS.fingerprint, stage.policy)
    assert stage.journal[-1].kind is EntryKind.ADMIN
    assert stage.journal[-1].detail == f"selftest-untested {LENS.fingerprint[:12]}"


def test_there_is_nothing_to_store_before_a_trial() -> None:
    stage = story(*OPENS, presses(Button.CONFIRM), still_shows("selftest", False))
    assert not effects_of(stage, StoreTrials)


@pytest.mark.parametrize(
    "trouble",
    [fails(StoreTrials), never_answers(StoreTrials), answers_after(StoreTrials, 6.0)],
    ids=["fails", "is silent", "is late"],
)
def test_what_could_not_be_stored_is_kept_and_can_be_stored_again(trouble: Line) -> None:
    stage = story(
        *OPENS,
        *tries(Button.TRY_GENUINE),
        trouble,
        presses(Button.CONFIRM),
        presses(Button.CONFIRM, Button.CANCEL, Button.START_ANEW),
        time_passes(7.0),
        still_shows("selftest"),
    )
    assert selftest(stage).not_stored
    assert counts(stage)[Species.GENUINE] == Count(1, 0)
    for line in (works_again(StoreTrials), presses(Button.CONFIRM), shows("service")):
        line(stage)


def test_a_stored_answer_to_another_question_changes_nothing() -> None:
    def forged(stage: Stage) -> None:
        for ticket in (0, stage.kiosk.ticket, stage.kiosk.ticket + 1):
            stage.tell(TrialsStored(stage.moment, ticket))

    story(*OPENS, *tries(Button.TRY_GENUINE), forged, still_shows("selftest"))


def knows(trials: Trials, policy: Policy = POLICY) -> Line:
    def line(stage: Stage) -> None:
        conditions = conditions_of(LENS.fingerprint, policy)
        stored = assurance.Tested(trials, conditions, stage.moment.utc_s - 10.0)
        size = len(STAFF)
        stage.tell(GalleryChanged(stage.moment, size, size, 0.0, (ENROLLED,), (stored,)))

    return line


def test_a_test_goes_on_where_the_last_sitting_stored_it() -> None:
    before = Trials(Count(30, 1), Count(29), Count(29), Count(28))
    stage = story(
        knows(before),
        *OPENS,
        *tries(Button.TRY_TABLET, STILL),
        presses(Button.CONFIRM),
        shows("service"),
        policy=POLICY,
    )
    assert stage.tested[-1].trials == replace(before, tablet=Count(29))
    assert stage.journal[-1].detail.startswith("selftest-trusted")


def test_a_test_of_other_limits_is_not_gone_on_with() -> None:
    other = replace(POLICY, liveness=replace(POLICY.liveness, turn_deg=14.0))
    stage = story(knows(Trials(Count(30, 1)), other), *OPENS, policy=POLICY)
    assert counts(stage)[Species.GENUINE] == Count(0, 0)


def test_a_test_can_be_started_anew() -> None:
    stage = story(
        knows(Trials(Count(30, 1), Count(5, 1))),
        *OPENS,
        presses(Button.START_ANEW),
        presses(Button.CONFIRM),
        shows("service"),
        policy=POLICY,
    )
    assert stage.tested[-1].trials == Trials()


# -- who, where, and for how long


def test_nobody_tests_without_the_administrators_pin() -> None:
    stage = story(presses(Button.SELF_TEST, Button.TRY_GENUINE), still_shows("attract"))
    assert not effects_of(stage, Watch)


def camera_is(camera: Camera, *, enrolled: bool) -> Line:
    def line(stage: Stage) -> None:
        known = (replace(ENROLLED, camera=camera),) if enrolled else ()
        stage.tell(GalleryChanged(stage.moment, 1, 1, 0.0, known))
        stage.tell(CameraOpened(stage.moment, camera))

    return line


@pytest.mark.parametrize(
    "camera",
    [
        camera_is(LENS, enrolled=False),
        camera_is(replace(LENS, kind=SourceKind.VIRTUAL), enrolled=True),
        camera_is(replace(LENS, kind=SourceKind.SIMULATED), enrolled=True),
        camera_is(replace(LENS, kind=SourceKind.RECORDING), enrolled=True),
        part(Part.CAMERA, Condition.LOST, "gone"),
        part(Part.VISION, Condition.STARTING),
    ],
    ids=["not enrolled", "virtual", "simulated", "recording", "gone", "not awake"],
)
def test_only_an_enrolled_camera_that_is_there_can_be_tested(camera: Line) -> None:
    admits = frozenset({SourceKind.SIMULATED, SourceKind.RECORDING})
    stage = story(camera, *OPENS, still_shows("service"), policy=Policy(admits=admits))
    assert isinstance(stage.view, ServiceView)
    assert not stage.view.can_test


def test_a_test_left_alone_is_dropped_and_one_at_work_is_not() -> None:
    stage = story(
        *OPENS,
        time_passes(200.0),
        *tries(Button.TRY_GENUINE),
        time_passes(200.0),
        still_shows("selftest"),
        time_passes(101.0),
        still_shows("service"),
        time_passes(61.0),
        still_shows("attract"),
    )
    assert not stage.tested


def test_badges_and_other_buttons_do_nothing_there() -> None:
    visitor: tuple[Callable[[Stage], None], ...] = (
        holds_badge(AMARA),
        types(AMARA.pin),
        presses(Button.USE_FACE, Button.USE_BADGE_OR_PIN, Button.EXIT, Button.SERVICE),
    )
    stage = story(*OPENS, *visitor, still_shows("selftest"), the_door_stayed_shut())
    assert not stage.closed


# -- naming the camera


def test_the_camera_that_is_there_can_be_named_from_the_service_screen() -> None:
    def offered(stage: Stage) -> None:
        assert isinstance(stage.view, ServiceView)
        assert stage.view.can_enrol

    stage = story(
        camera_is(OTHER, enrolled=False),
        *OPENS[:-1],
        offered,
        presses(Button.USE_CAMERA),
        time_passes(1.0),
        shows("service", ("a line",)),
    )
    (effect,) = effects_of(stage, EnrolCamera)
    assert isinstance(effect, EnrolCamera)
    assert effect.camera == OTHER


@pytest.mark.parametrize(
    "camera",
    [LENS, replace(LENS, kind=SourceKind.VIRTUAL), replace(LENS, kind=SourceKind.SIMULATED)],
    ids=["named already", "virtual", "simulated"],
)
def test_what_is_named_or_no_camera_cannot_be_named(camera: Camera) -> None:
    enrolled = camera is LENS
    stage = story(camera_is(camera, enrolled=enrolled), *OPENS[:-1], presses(Button.USE_CAMERA))
    assert not effects_of(stage, EnrolCamera)
