"""The camera and its name on real threads: said in time, once, and to the right visit."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app.camera.simulated import SimulatedCamera
from app.domain.effects import EnrolCamera
from app.domain.events import (
    Button,
    CameraEnrolled,
    CameraOpened,
    EffectFailed,
    GalleryChanged,
    Part,
)
from app.domain.journal import Entry, EntryKind, Factor, parse
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.source import Camera, EnrolledCamera, SourceFault, SourceKind
from app.errors import CameraUnavailable
from app.ports import CameraFormat, Frame
from app.presentation import AttractView, DeniedView, FaceDoor, GrantedView, PinView, View
from app.runtime.cameras import SourceWatch
from tests.conftest import Logged
from tests.fakes.gallery import MemoryGallery
from tests.fakes.lens import ENROLLED, LENS
from tests.fakes.visitor import EmptyCamera
from tests.runtime.rig import BADGE, PIN, QUICK, Rig, furnished
from tests.runtime.rooms import LIMIT_S, at_work, frame_of, now
from tests.runtime.test_ledger import Books
from tests.runtime.test_rooms import Room, ScriptedCamera

NOTE = Entry(EntryKind.ADMIN, 0.0, granted=True, detail="test")
ANOTHER = replace(LENS, ids="046d:082d:ZZZZZZ")
SIMULATED = Camera(SourceKind.SIMULATED, "SIMULATED camera", "simulated", "", "", 640, 480)


def is_open(view: View) -> bool:
    return isinstance(view, AttractView) and view.face is FaceDoor.OPEN


def is_unavailable(view: View) -> bool:
    return isinstance(view, AttractView) and view.face is FaceDoor.UNAVAILABLE


def without_cameras() -> MemoryGallery:
    gallery = furnished()
    gallery.enrolled.clear()
    return gallery


# -- the room


def test_the_camera_is_named_before_it_counts_as_ready() -> None:
    eye = Room()
    with at_work(Part.CAMERA, eye.room.work):
        assert eye.events == [CameraOpened(now(), LENS)]


def test_it_is_named_to_every_visit_once_and_before_its_first_frame() -> None:
    eye = Room()
    with eye.watching():
        assert len(eye.events) == 2, "named at the start, and to this visit"
        assert eye.frames.take() is None
        for number in (2, 3, 4):
            eye.camera.let.put(frame_of(number))
            assert eye.camera.reading.acquire(timeout=LIMIT_S)
        assert len(eye.events) == 2


def test_where_it_stays_open_from_one_visit_to_the_next_it_is_named_anew() -> None:
    """And what it is by then: the second visit must not go by what the first was told."""
    eye = Room()
    with eye.watching():
        eye.room.rest()
        eye.room.wake()
        eye.camera.lens = ANOTHER
        eye.camera.let.put(frame_of(2))
        assert eye.camera.reading.acquire(timeout=LIMIT_S)
        assert eye.events[2:] == [CameraOpened(now(), ANOTHER)]
        assert eye.frames.take() is None


class Slow(ScriptedCamera):
    """Takes its time to say what it is, once told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.answer = threading.Event(), threading.Event()
        self.answer.set()

    def identity(self) -> Camera:
        self.asked.set()
        self.answer.wait(LIMIT_S)
        return super().identity()


def test_nobody_is_told_of_a_camera_that_was_opened_for_somebody_who_went() -> None:
    """The next visitor gets a name of their own: one meant for another would void their visit."""
    camera = Slow()
    eye = Room(camera=camera)
    with at_work(Part.CAMERA, eye.room.work):
        camera.asked.clear()
        camera.answer.clear()
        eye.room.wake()
        assert camera.asked.wait(LIMIT_S)
        eye.room.rest()
        camera.let.put(frame_of(2))
        camera.answer.set()
    assert eye.events == [CameraOpened(now(), LENS)], "that of the start, and no more"


# -- the io thread


def test_an_administrators_enrolment_is_durable_journalled_and_seen_at_once() -> None:
    books = Books(without_cameras())
    with at_work(Part.GALLERY, books.room.work):
        books.room.ask(EnrolCamera(7, LENS))
        answer = books.answer()
        changed = books.events.get(timeout=LIMIT_S)
    assert isinstance(answer, CameraEnrolled)
    assert (answer.ticket, answer.camera.camera) == (7, LENS)
    assert isinstance(changed, GalleryChanged)
    assert changed.cameras == (answer.camera,)
    entry = parse(books.gallery.journal[-1].text)
    assert (entry.kind, entry.granted) == (EntryKind.ADMIN, True)
    assert entry.detail == f"camera-enrolled {LENS.fingerprint[:12]}"


@pytest.mark.parametrize("kind", [SourceKind.VIRTUAL, SourceKind.RECORDING, SourceKind.SIMULATED])
def test_what_cannot_be_a_camera_is_refused_without_ending_the_part(kind: SourceKind) -> None:
    books = Books(without_cameras())
    with at_work(Part.GALLERY, books.room.work) as told:
        books.room.ask(EnrolCamera(7, replace(LENS, kind=kind)))
        answer = books.answer()
        assert told.empty()
    assert isinstance(answer, EffectFailed)
    assert answer.ticket == 7
    assert books.gallery.enrolled == {}


# -- the whole house


def test_a_kiosk_notices_by_itself_that_its_camera_was_enrolled(logged: Logged) -> None:
    """Its log said what to do; another process did it; the face path opens without a restart."""
    gallery = without_cameras()
    rig = Rig(gallery=gallery)
    with rig.running():
        assert rig.wait_for(is_unavailable)
        gallery.put_camera(ENROLLED, NOTE)
        assert rig.wait_for(is_open)
        gallery.forget_camera(LENS.fingerprint, NOTE)
        assert rig.wait_for(is_unavailable)
    said = logged.expect("app.runtime.cameras", SourceFault.NONE_ENROLLED)
    assert len(said) == 2
    assert all("foyer liveness camera enrol" in each.getMessage() for each in said)


def test_badges_and_pins_need_no_camera_at_all(logged: Logged) -> None:
    rig = Rig(gallery=without_cameras())
    with rig.running() as house:
        assert rig.wait_for(is_unavailable)
        house.badge_read(BADGE)
        rig.wait_for(lambda view: isinstance(view, PinView))
        for digit in PIN:
            house.kernel.press(Button.DIGIT, digit)
        house.kernel.press(Button.CONFIRM)
        result = rig.result()
    assert isinstance(result, GrantedView)
    assert result.factors == {Factor.BADGE, Factor.PIN}
    logged.expect("app.runtime.cameras")


def test_a_camera_swapped_while_the_kiosk_sleeps_lets_nobody_in(logged: Logged) -> None:
    camera = EmptyCamera()
    rig = Rig(source=camera)
    with rig.running() as house:
        assert rig.wait_for(is_open)
        camera.lens = ANOTHER
        house.kernel.press(Button.USE_FACE)
        result = rig.result()
    assert isinstance(result, DeniedView)
    assert (result.reason, result.face) == (Reason.CAMERA_LOST, FaceDoor.UNAVAILABLE)
    assert rig.door.released == []
    assert parse(rig.gallery.journal[-1].text).detail == "source"
    logged.expect("app.runtime.cameras", SourceFault.NOT_ENROLLED)


class Unplugged(EmptyCamera):
    """Pulled out at its tenth frame of the visit; what is found afterwards is another one."""

    def __init__(self) -> None:
        super().__init__()
        self._openings = self._reads = 0

    def open(self) -> CameraFormat:
        self._openings += 1
        self._reads = 0
        if self._openings > 2:
            self.lens = ANOTHER
        return super().open()

    def read(self) -> Frame:
        self._reads += 1
        if self._openings == 2 and self._reads == 10:
            raise CameraUnavailable("It was pulled out. Plug it in.")
        return super().read()


def test_unplugged_in_mid_session_and_another_one_plugged_in(logged: Logged) -> None:
    logged.allow("app.runtime.supervisor")
    rig = Rig(source=Unplugged())
    with rig.running() as house:
        assert rig.wait_for(is_open)
        house.kernel.press(Button.USE_FACE)
        result = rig.result()
        assert isinstance(result, DeniedView)
        assert result.reason is Reason.CAMERA_LOST
        house.kernel.press(Button.DONE)
        assert rig.wait_for(is_unavailable)
        house.kernel.press(Button.USE_FACE)
        assert rig.wait_for(lambda view: not isinstance(view, AttractView), 0.5) is None
    assert rig.door.released == []
    logged.expect("app.runtime.cameras", SourceFault.NOT_ENROLLED)


@pytest.mark.parametrize("admits", [frozenset(), frozenset({SourceKind.RECORDING})])
def test_the_simulated_visitor_stays_outside_a_real_kiosk(
    logged: Logged, admits: frozenset[SourceKind]
) -> None:
    rig = Rig(source=SimulatedCamera(), policy=replace(QUICK, admits=admits))
    with rig.running():
        assert rig.wait_for(is_unavailable)
    assert not [view for view in rig.seen if is_open(view)]
    logged.expect("app.runtime.cameras", SourceFault.SIMULATED)


def test_the_demo_admits_it() -> None:
    policy = replace(QUICK, admits=frozenset({SourceKind.SIMULATED}))
    rig = Rig(source=SimulatedCamera(), gallery=without_cameras(), policy=policy)
    with rig.running():
        assert rig.wait_for(is_open)


# -- the log


def test_every_fault_is_said_once_and_again_only_after_it_was_mended(logged: Logged) -> None:
    watch = SourceWatch(Policy())
    for event in (
        CameraOpened(now(), LENS),
        GalleryChanged(now(), 0, 0, 0.0),
        CameraOpened(now(), LENS),
        GalleryChanged(now(), 0, 0, 0.0),
        GalleryChanged(now(), 0, 0, 0.0, (ENROLLED,)),
        CameraOpened(now(), SIMULATED),
        CameraOpened(now(), LENS),
        GalleryChanged(now(), 0, 0, 0.0, (EnrolledCamera(ANOTHER, 0.0),)),
    ):
        watch.see(event)
    said = [each.getMessage().partition(":")[0] for each in logged.expect("app.runtime.cameras")]
    assert said == ["camera-none-enrolled", "camera-simulated", "camera-not-enrolled"]


def test_nothing_is_said_before_both_are_known() -> None:
    watch = SourceWatch(Policy())
    watch.see(CameraOpened(now(), LENS))
    SourceWatch(Policy()).see(GalleryChanged(now(), 0, 0, 0.0))
