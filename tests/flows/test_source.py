"""The camera behind the pictures: only an enrolled one opens the face path, and it stays so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.effects import Identify, Resolve
from app.domain.events import Button, CameraOpened, Condition, GalleryChanged, Part
from app.domain.journal import Factor
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.source import CURES, Camera, EnrolledCamera, SourceFault, SourceKind
from app.presentation import FaceDoor, ServiceView
from tests.fakes.lens import ENROLLED, LENS
from tests.fakes.people import AMARA
from tests.flows.stage import ADMIN_PIN, Stage
from tests.flows.story import (
    Line,
    answers_after,
    holds_badge,
    journal_ends,
    never_answers,
    part,
    person_walks_up,
    presses,
    shows,
    still_shows,
    story,
    the_door_opened,
    the_door_stayed_shut,
    time_passes,
    types,
)

ANOTHER = replace(LENS, ids="046d:082d:ZZZZZZ")
UNKNOWN = Camera(SourceKind.UNKNOWN, "camera 0", "msmf", "0", "", 640, 480)
NETWORK = Camera(SourceKind.NETWORK, "rtsp://gate/1", "rtsp", "rtsp://gate:554/1", "", 640, 480)
VIRTUAL = replace(LENS, kind=SourceKind.VIRTUAL)
RECORDING = Camera(SourceKind.RECORDING, "recording amara.mp4", "file", "", "", 640, 480)
SIMULATED = Camera(SourceKind.SIMULATED, "SIMULATED camera", "simulated", "", "", 640, 480)


def camera_is(camera: Camera) -> Line:
    """It was plugged in, found by the kiosk and named, and is what the next visitor looks into."""

    def line(stage: Stage) -> None:
        stage.lens = camera
        stage.tell(CameraOpened(stage.moment, camera))

    return line


def plugs_in(camera: Camera) -> Line:
    """While nobody looks: the kiosk learns of it when it opens the camera for the next visitor."""
    return lambda stage: setattr(stage, "lens", camera)


def enrolled_are(*cameras: Camera) -> Line:
    def line(stage: Stage) -> None:
        known = tuple(EnrolledCamera(each, 0.0) for each in cameras)
        stage.tell(GalleryChanged(stage.moment, 3, 3, 0.0, known))

    return line


def names_itself(camera: Camera) -> Line:
    """Opened again, in the middle of whatever goes on."""
    return lambda stage: stage.tell(CameraOpened(stage.moment, camera))


BY_PIN = (
    holds_badge(AMARA),
    shows("pin"),
    types(AMARA.pin),
    presses(Button.CONFIRM),
    shows("granted"),
)
ADMINISTRATOR_LOOKS = (
    presses(Button.SERVICE),
    types(ADMIN_PIN),
    presses(Button.CONFIRM),
    shows("service"),
    time_passes(0.1),
)


# -- what opens the face path


@pytest.mark.parametrize("camera", [LENS, UNKNOWN, NETWORK], ids=lambda each: each.kind)
def test_an_enrolled_camera_opens_the_face_path(camera: Camera) -> None:
    story(
        person_walks_up(AMARA),
        enrolled_are(camera),
        camera_is(camera),
        presses(Button.USE_FACE),
        shows("granted", "Amara"),
        the_door_opened(),
    )


@pytest.mark.parametrize(
    ("camera", "fault"),
    [
        (ANOTHER, SourceFault.NOT_ENROLLED),
        (replace(LENS, bus="pci0000:00/0000:00:14.0/usb-4:1.0"), SourceFault.NOT_ENROLLED),
        (replace(LENS, driver="gspca_main"), SourceFault.NOT_ENROLLED),
        (replace(LENS, width_px=1280), SourceFault.NOT_ENROLLED),
        (replace(LENS, name="Another name"), SourceFault.NOT_ENROLLED),
        (replace(LENS, kind=SourceKind.UNKNOWN), SourceFault.NOT_ENROLLED),
        (UNKNOWN, SourceFault.NOT_ENROLLED),
        (NETWORK, SourceFault.NOT_ENROLLED),
        (VIRTUAL, SourceFault.VIRTUAL),
        (RECORDING, SourceFault.RECORDING),
        (SIMULATED, SourceFault.SIMULATED),
    ],
)
def test_any_other_source_closes_it_and_nothing_else(camera: Camera, fault: SourceFault) -> None:
    """Badges and PINs work; the service screen says what is wrong and what to do."""
    stage = story(
        person_walks_up(AMARA),
        camera_is(camera),
        still_shows("attract", FaceDoor.UNAVAILABLE),
        presses(Button.USE_FACE),
        still_shows("attract", FaceDoor.UNAVAILABLE),
        *BY_PIN,
        the_door_opened(),
        presses(Button.DONE),
        *ADMINISTRATOR_LOOKS,
    )
    assert isinstance(stage.view, ServiceView)
    said = dict(stage.view.facts)["Camera source"]
    assert fault in said
    assert CURES[fault] in said
    assert not any(Factor.FACE in entry.factors for entry in stage.journal)


@pytest.mark.parametrize("camera", [VIRTUAL, RECORDING, SIMULATED], ids=lambda each: each.kind)
def test_what_is_no_camera_stays_shut_out_even_where_a_row_enrols_it(camera: Camera) -> None:
    story(
        enrolled_are(camera),
        camera_is(camera),
        still_shows("attract", FaceDoor.UNAVAILABLE),
    )


@pytest.mark.parametrize("camera", [RECORDING, SIMULATED], ids=lambda each: each.kind)
def test_demo_and_tests_admit_what_they_name_and_only_that(camera: Camera) -> None:
    """The simulated visitor is an injected, animated photograph: elsewhere it stays outside."""
    admits = Policy(admits=frozenset({camera.kind}))
    other = SIMULATED if camera is RECORDING else RECORDING
    lines = (camera_is(camera), still_shows("attract", FaceDoor.OPEN))
    stage = story(*lines, policy=admits)
    camera_is(other)(stage)
    still_shows("attract", FaceDoor.UNAVAILABLE)(stage)


@pytest.mark.parametrize("kind", [SourceKind.VIRTUAL, SourceKind.DEVICE, SourceKind.UNKNOWN])
def test_no_policy_admits_what_has_to_be_enrolled(kind: SourceKind) -> None:
    story(
        camera_is(replace(ANOTHER, kind=kind)),
        still_shows("attract", FaceDoor.UNAVAILABLE),
        policy=Policy(admits=frozenset(SourceKind)),
    )


def test_a_start_that_is_only_measured_admits_a_recording_and_nobody() -> None:
    """As `foyer bench` starts a kiosk: no set of factors is enough there."""
    story(
        person_walks_up(AMARA),
        camera_is(RECORDING),
        presses(Button.USE_FACE),
        shows("denied", Reason.FACTORS_OWED),
        presses(Button.DONE),
        holds_badge(AMARA),
        types(AMARA.pin),
        presses(Button.CONFIRM),
        shows("denied", Reason.FACTORS_OWED),
        the_door_stayed_shut(),
        policy=Policy(accepted=frozenset(), admits=frozenset({SourceKind.RECORDING})),
    )


def test_without_any_enrolled_camera_the_face_path_is_closed_until_there_is_one() -> None:
    stage = story(
        person_walks_up(AMARA),
        enrolled_are(),
        still_shows("attract", FaceDoor.UNAVAILABLE),
        *BY_PIN,
        presses(Button.DONE),
        enrolled_are(LENS),
        still_shows("attract", FaceDoor.OPEN),
        presses(Button.USE_FACE),
        shows("granted"),
        the_door_opened(times=2),
    )
    assert stage.journal[-1].factors == {Factor.FACE}


def test_a_camera_that_was_never_opened_is_nobodys() -> None:
    def forgets(stage: Stage) -> None:
        stage.kiosk = replace(stage.kiosk, camera=None)

    stage = story()
    forgets(stage)
    still_shows("attract", FaceDoor.UNAVAILABLE)(stage)


def test_a_claim_does_not_open_it_either() -> None:
    """The camera changed between the choice of the face and the answer whose claim it is."""
    story(
        person_walks_up(AMARA),
        answers_after(Resolve, 0.5),
        holds_badge(AMARA),
        presses(Button.USE_FACE),
        still_shows("busy"),
        names_itself(ANOTHER),
        shows("denied", Reason.FACE_UNAVAILABLE),
        the_door_stayed_shut(),
    )


# -- in mid-session


def test_a_camera_swapped_while_the_kiosk_slept_ends_the_session_it_is_opened_for() -> None:
    stage = story(
        person_walks_up(AMARA),
        plugs_in(ANOTHER),
        presses(Button.USE_FACE),
        shows("denied", Reason.CAMERA_LOST),
        the_door_stayed_shut(),
        journal_ends(Reason.CAMERA_LOST, {Factor.FACE}),
        still_shows("denied", FaceDoor.UNAVAILABLE),
    )
    assert stage.journal[-1].detail == "source"
    assert stage.tallies[-1] is None, "whose camera was changed is not the visitor's doing"


@pytest.mark.parametrize("swapped", [ANOTHER, VIRTUAL, UNKNOWN, RECORDING, SIMULATED, NETWORK])
def test_a_swap_in_mid_session_voids_it(swapped: Camera) -> None:
    stage = story(
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("verify", 1),
        names_itself(swapped),
        shows("denied", Reason.CAMERA_LOST),
        the_door_stayed_shut(),
    )
    assert stage.journal[-1].detail == "source"


def test_both_being_enrolled_does_not_make_two_cameras_one_session() -> None:
    """What one camera is trusted for is not what the other is; the next try goes by the new one."""
    story(
        person_walks_up(AMARA),
        enrolled_are(LENS, ANOTHER),
        plugs_in(ANOTHER),
        presses(Button.USE_FACE),
        shows("denied", Reason.CAMERA_LOST),
        the_door_stayed_shut(),
        presses(Button.RETRY),
        shows("granted"),
        the_door_opened(),
    )


def test_the_same_camera_opened_again_in_mid_session_voids_it_too() -> None:
    """Between two openings anything may have stood in its place."""
    story(
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("verify", 1),
        names_itself(LENS),
        shows("denied", Reason.CAMERA_LOST),
        the_door_stayed_shut(),
    )


def test_a_swap_while_the_frames_are_compared_voids_the_visit() -> None:
    story(
        person_walks_up(AMARA),
        answers_after(Identify, 1.0),
        presses(Button.USE_FACE),
        shows("busy"),
        names_itself(ANOTHER),
        shows("denied", Reason.CAMERA_LOST),
        time_passes(2.0),
        the_door_stayed_shut(),
    )


def test_a_camera_forgotten_by_an_administrator_ends_the_session_it_is_in() -> None:
    for when in (shows("verify", 1), shows("busy")):
        story(
            person_walks_up(AMARA),
            never_answers(Identify),
            presses(Button.USE_FACE),
            when,
            enrolled_are(ANOTHER),
            shows("denied", Reason.CAMERA_LOST),
            still_shows("denied", FaceDoor.UNAVAILABLE),
            the_door_stayed_shut(),
        )


def test_unplugged_and_another_one_plugged_in() -> None:
    """The loss ends the session; the camera that comes in its place is not the one enrolled."""
    story(
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("verify", 1),
        part(Part.CAMERA, Condition.LOST, "camera-unavailable"),
        shows("denied", Reason.CAMERA_LOST),
        camera_is(ANOTHER),
        part(Part.CAMERA, Condition.READY),
        presses(Button.RETRY),
        still_shows("attract", FaceDoor.UNAVAILABLE),
        camera_is(LENS),
        presses(Button.USE_FACE),
        shows("granted"),
    )


def test_no_look_counts_before_the_camera_named_itself() -> None:
    """A frame that no camera stands for is nobody's, however good the face in it."""
    story(
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        lambda stage: setattr(stage, "named", True),
        shows("denied", within_s=30.0),
        the_door_stayed_shut(),
    )


def test_a_change_of_cameras_disturbs_nobody_who_types() -> None:
    story(
        holds_badge(AMARA),
        types(AMARA.pin[:2]),
        names_itself(ANOTHER),
        enrolled_are(),
        still_shows("pin", 2, FaceDoor.UNAVAILABLE),
        types(AMARA.pin[2:]),
        presses(Button.CONFIRM),
        shows("granted"),
        the_door_opened(),
    )


def test_a_visitor_is_told_of_no_suspicion() -> None:
    stage = story(
        person_walks_up(AMARA),
        presses(Button.USE_FACE),
        shows("verify", 1),
        names_itself(VIRTUAL),
        shows("denied"),
    )
    said = " ".join(repr(view) for _, view in stage.views)
    for word in ("virtual", "source", "enrolled", ENROLLED.camera.fingerprint[:12]):
        assert word not in said
