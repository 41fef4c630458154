"""What a face alone opens, by what is known about the camera it was shown to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain import admission, assurance
from app.domain.anomaly import Oddity
from app.domain.assurance import Conditions, Count, Trials, conditions_of
from app.domain.depth import SecondKind
from app.domain.events import Button, GalleryChanged
from app.domain.evidence import Finding, Layer, Verdict
from app.domain.journal import EntryKind, Factor, Purpose
from app.domain.light import LightUse
from app.domain.observation import Observation
from app.domain.policy import Mode, Policy
from app.domain.reasons import Reason
from app.domain.session import Complete
from app.domain.source import Camera, EnrolledCamera
from app.domain.tiers import FaceAlone, Tier
from tests.fakes.clock import START_UTC_S
from tests.fakes.faces import blurs
from tests.fakes.lens import ENROLLED, LENS
from tests.fakes.people import AMARA, BRUNO, STAFF
from tests.flows.stage import Stage
from tests.flows.story import (
    TRUSTING,
    Line,
    given,
    holds_badge,
    journal_ends,
    person_walks_up,
    presses,
    shows,
    story,
    the_door_opened,
    the_door_stayed_shut,
    types,
)

UNTESTED = Policy()
LIMITED = Policy(assumed_tier=Tier.LIMITED)
ENOUGH = Trials(Count(30, 1), Count(29), Count(29), Count(29))


def was_tested(
    policy: Policy = UNTESTED, trials: Trials = ENOUGH, age_s: float = 60.0, camera: Camera = LENS
) -> Line:
    """The gallery holds this result of a camera."""

    def line(stage: Stage) -> None:
        now: Conditions = conditions_of(camera.fingerprint, policy)
        known = assurance.Tested(trials, now, stage.moment.utc_s - age_s)
        size = len(STAFF)
        stage.tell(GalleryChanged(stage.moment, size, size, 0.0, (ENROLLED,), (known,)))

    return line


def face_then_pin(pin: str) -> tuple[Line, ...]:
    return (
        presses(Button.USE_FACE),
        shows("pin", 0, within_s=15.0),
        the_door_stayed_shut(),
        types(pin),
        presses(Button.CONFIRM),
    )


def test_an_untested_camera_asks_for_the_pin_on_the_spot() -> None:
    stage = story(
        person_walks_up(AMARA),
        *face_then_pin(AMARA.pin),
        shows("granted", "Amara"),
        the_door_opened(),
        journal_ends(factors={Factor.FACE, Factor.PIN}, person=AMARA),
        policy=UNTESTED,
    )
    assert stage.journal[-1].detail == "camera-untested"


def test_a_pin_of_somebody_else_does_not_complete_a_face() -> None:
    story(
        person_walks_up(AMARA),
        *face_then_pin(BRUNO.pin),
        shows("denied", Reason.WRONG_CREDENTIALS),
        the_door_stayed_shut(),
        policy=UNTESTED,
    )


@pytest.mark.parametrize("policy", [UNTESTED, LIMITED], ids=["untested", "limited"])
def test_a_typed_number_is_a_second_step_only_at_a_camera_that_was_tried(policy: Policy) -> None:
    claims = (types(AMARA.person.number), presses(Button.CONFIRM), presses(Button.USE_FACE))
    ends: tuple[Line, ...] = (shows("granted", "Amara", within_s=15.0), the_door_opened())
    if policy is UNTESTED:
        ends = (shows("verify"), shows("pin", within_s=15.0), the_door_stayed_shut())
    story(person_walks_up(AMARA), *claims, *ends, policy=policy)


def test_a_badge_and_a_face_need_no_test() -> None:
    story(
        person_walks_up(AMARA),
        holds_badge(AMARA),
        presses(Button.USE_FACE),
        shows("granted", "Amara", within_s=15.0),
        the_door_opened(),
        journal_ends(factors={Factor.FACE, Factor.BADGE}, person=AMARA),
        policy=UNTESTED,
    )


def test_a_tested_camera_opens_by_the_face_alone() -> None:
    stage = story(
        was_tested(),
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("granted", "Amara", within_s=15.0),
        the_door_opened(),
        policy=UNTESTED,
    )
    assert stage.journal[-1].detail == "camera-trusted"


OTHER = replace(LENS, ids="1234:5678")


@pytest.mark.parametrize(
    "known",
    [
        was_tested(camera=OTHER),
        was_tested(policy=replace(UNTESTED, engine="another version")),
        was_tested(age_s=366 * 86_400.0),
        was_tested(age_s=-60.0),
        was_tested(trials=replace(ENOUGH, phone=Count(300, 1))),
    ],
    ids=["another camera", "another version", "long ago", "of the future", "a phone passed"],
)
def test_a_test_that_does_not_hold_is_none(known: Line) -> None:
    story(
        known,
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("pin", within_s=15.0),
        the_door_stayed_shut(),
        policy=UNTESTED,
    )


def test_a_test_that_runs_out_while_the_record_is_written_opens_nothing() -> None:
    """Checked again at the record, as the contract is."""

    def forgotten(stage: Stage) -> None:
        shows("busy", within_s=15.0)(stage)
        size = len(STAFF)
        stage.tell(GalleryChanged(stage.moment, size, size, 0.0, (ENROLLED,)))

    def recording(stage: Stage) -> None:
        stage.run_until(lambda _: bool(stage.journal), 15.0)

    stage = story(
        was_tested(),
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        recording,
        forgotten,
        shows("denied", Reason.FACTORS_OWED),
        the_door_stayed_shut(),
        policy=UNTESTED,
    )
    assert [entry.granted for entry in stage.journal] == [True, False]


@pytest.mark.parametrize("mode", [Mode.CLOCK_IN, Mode.CLOCK_OUT])
def test_a_clock_goes_by_the_face_at_any_camera(mode: Mode) -> None:
    story(
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("granted", "Amara", within_s=15.0),
        policy=replace(UNTESTED, mode=mode),
    )


@pytest.mark.parametrize("mode", [Mode.DOOR, Mode.CLOCK_IN])
def test_never_asks_for_the_pin_whatever_was_tested(mode: Mode) -> None:
    story(
        person_walks_up(AMARA),
        *face_then_pin(AMARA.pin),
        shows("granted", "Amara"),
        journal_ends(factors={Factor.FACE, Factor.PIN}, person=AMARA),
        policy=replace(TRUSTING, mode=mode, face_alone=FaceAlone.NEVER),
    )


def test_a_face_that_a_required_layer_could_not_tell_opens_no_door_alone() -> None:
    """The light is required, and this world's faces have no colour to judge by."""
    stage = story(
        person_walks_up(AMARA),
        *face_then_pin(AMARA.pin),
        shows("granted", "Amara"),
        the_door_opened(),
        journal_ends(factors={Factor.FACE, Factor.PIN}, purpose=Purpose.ENTER, person=AMARA),
        policy=replace(TRUSTING, light_use=LightUse.REQUIRE),
    )
    assert stage.journal[-1].detail == "camera-trusted-weak"


@pytest.mark.parametrize("mode", [Mode.DOOR, Mode.CLOCK_IN])
@pytest.mark.parametrize("covered", [{"mouth_contrast": 0.02}, {"eye_shade": 1.2}])
def test_who_keeps_a_mask_on_is_asked_to_lower_it_and_then_for_the_pin(
    mode: Mode, covered: dict[str, float]
) -> None:
    hint = Reason.MOUTH_COVERED if "mouth_contrast" in covered else Reason.EYES_COVERED
    stage = story(
        person_walks_up(AMARA, blurs(**covered)),
        presses(Button.USE_FACE),
        shows("verify", hint),
        shows("pin", 0, within_s=20.0),
        the_door_stayed_shut(),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", "Amara"),
        journal_ends(factors={Factor.FACE, Factor.PIN}, person=AMARA),
        policy=replace(TRUSTING, mode=mode),
    )
    assert stage.journal[-1].detail == "camera-trusted-partial"


@pytest.mark.parametrize("mode", [Mode.DOOR, Mode.CLOCK_IN])
def test_whoever_has_a_double_here_is_asked_for_the_pin_too(mode: Mode) -> None:
    stage = story(
        given(doubles=frozenset({AMARA.person.id})),
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("pin", 0, within_s=20.0),
        the_door_stayed_shut(),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", "Amara"),
        journal_ends(factors={Factor.FACE, Factor.PIN}, person=AMARA),
        policy=replace(TRUSTING, mode=mode),
    )
    assert stage.journal[-1].detail == "camera-trusted-alike"


@pytest.mark.parametrize("mode", [Mode.DOOR, Mode.CLOCK_IN])
def test_a_face_that_came_about_oddly_needs_the_pin_too_and_security_hears_of_it(
    mode: Mode,
) -> None:
    stage = story(
        given(odd=frozenset({Oddity.LENGTH, Oddity.CROPS})),
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("pin", 0, within_s=20.0),
        the_door_stayed_shut(),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("granted", "Amara"),
        journal_ends(factors={Factor.FACE, Factor.PIN}, person=AMARA),
        policy=replace(TRUSTING, mode=mode),
    )
    assert stage.journal[-1].detail == "camera-trusted-odd-crops-odd-length"
    alert = stage.journal[-2]
    assert (alert.kind, alert.granted, alert.detail) == (EntryKind.ALERT, False, "odd-crops-length")
    assert (alert.person, alert.visit) == (AMARA.person.id, stage.journal[-1].visit)


def test_who_goes_away_instead_of_typing_the_pin_has_raised_the_alert_all_the_same() -> None:
    stage = story(
        given(odd=frozenset({Oddity.DRIFT})),
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("pin", 0, within_s=20.0),
        presses(Button.CANCEL),
        the_door_stayed_shut(),
        policy=TRUSTING,
    )
    assert EntryKind.ALERT in {entry.kind for entry in stage.journal}
    assert not any(entry.granted for entry in stage.journal)


def test_who_lowers_the_mask_when_asked_needs_nothing_else() -> None:
    def masked(t_s: float, each: Observation) -> tuple[Observation, ...]:
        return blurs(mouth_contrast=0.02)(t_s, each) if t_s < 2.0 else (each,)

    stage = story(
        person_walks_up(AMARA, masked),
        presses(Button.USE_FACE),
        shows("verify", Reason.MOUTH_COVERED),
        shows("granted", "Amara", within_s=20.0),
    )
    assert stage.journal[-1].detail == "camera-trusted"


def test_a_hand_before_the_mouth_now_and_then_costs_nothing() -> None:
    """Whole faces are compared where there are any."""

    def scratches(t_s: float, each: Observation) -> tuple[Observation, ...]:
        return blurs(mouth_contrast=0.02)(t_s, each) if t_s % 2.0 > 1.6 else (each,)

    stage = story(
        person_walks_up(AMARA, scratches),
        presses(Button.USE_FACE),
        shows("granted", "Amara", within_s=20.0),
    )
    assert stage.journal[-1].detail == "camera-trusted"


def judged(**findings: Finding) -> Complete:
    verdicts = (Verdict(Layer(name), finding) for name, finding in findings.items())
    return Complete((1,), (1,), tuple(verdicts))


@pytest.mark.parametrize("layer", ["solidity", "light", "depth"])
def test_each_layer_that_must_have_its_say_leaves_a_doubt_without_it(layer: str) -> None:
    every = replace(UNTESTED, light_use=LightUse.REQUIRE, second=SecondKind.DEPTH)
    live = dict.fromkeys(("solidity", "light", "depth"), Finding.LIVE)
    assert not admission.is_weak(judged(**live, passive=Finding.INCONCLUSIVE), every)
    for finding in (Finding.INCONCLUSIVE, Finding.ABSENT):
        assert admission.is_weak(judged(**{**live, layer: finding}), every)
    silent = {name: finding for name, finding in live.items() if name != layer}
    assert admission.is_weak(judged(**silent), every)


def test_a_light_or_a_second_camera_that_is_not_there_leaves_no_doubt() -> None:
    done = judged(solidity=Finding.LIVE, light=Finding.ABSENT, depth=Finding.ABSENT)
    assert not admission.is_weak(done, UNTESTED)
    faint = judged(solidity=Finding.LIVE, light=Finding.INCONCLUSIVE)
    assert not admission.is_weak(faint, replace(UNTESTED, light_use=LightUse.WATCH))


def test_another_face_session_forgets_that_the_last_one_was_in_doubt() -> None:
    story(
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("pin", within_s=15.0),
        was_tested(),
        presses(Button.USE_FACE),
        shows("granted", "Amara", within_s=15.0),
        policy=UNTESTED,
    )


def test_enrolment_alone_is_no_test() -> None:
    enrolled = EnrolledCamera(LENS, START_UTC_S)

    def enrol(stage: Stage) -> None:
        stage.tell(GalleryChanged(stage.moment, 1, 1, 0.0, (enrolled,)))

    story(
        enrol,
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("pin", within_s=15.0),
        policy=UNTESTED,
    )
