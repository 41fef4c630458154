"""Which pictures are evened out: those of a camera of which an administrator said so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.effects import EnrolCamera
from app.domain.events import CameraEnrolled, GalleryChanged, Part
from app.domain.journal import Entry, EntryKind
from app.domain.source import EnrolledCamera, LightProfile
from app.runtime.cameras import LightWatch
from tests.fakes.lens import ENROLLED, LENS
from tests.runtime.rooms import LIMIT_S, at_work, frame_of, now
from tests.runtime.test_ledger import Books
from tests.runtime.test_rooms import Room


@pytest.mark.parametrize("light", LightProfile)
def test_frames_say_how_the_light_of_their_camera_is_treated(light: LightProfile) -> None:
    """Of the very camera that took them, as the gallery last said; no other one's."""
    watch = LightWatch()
    lobby = Room(light_of=watch.of)
    ours = EnrolledCamera(lobby.camera.identity(), 0.0, light)
    another = EnrolledCamera(replace(ours.camera, ids="ffff:ffff"), 0.0, LightProfile.EVENED)
    watch.see(GalleryChanged(now(), 0, 0, 0.0, (another, ours)))
    with lobby.watching():
        lobby.camera.let.put(frame_of(2))
        assert lobby.camera.reading.acquire(timeout=LIMIT_S)
        frame = lobby.frames.take(LIMIT_S)
        assert frame is not None
        assert frame.light is light


def test_light_is_as_it_is_where_nothing_was_said() -> None:
    watch = LightWatch()
    assert watch.of(LENS) is LightProfile.AS_IS
    evened = replace(ENROLLED, light=LightProfile.EVENED)
    watch.see(GalleryChanged(now(), 0, 0, 0.0, (evened,)))
    assert watch.of(LENS) is LightProfile.EVENED
    assert watch.of(replace(LENS, height_px=720)) is LightProfile.AS_IS
    watch.see(GalleryChanged(now(), 0, 0, 0.0, ()))
    assert watch.of(LENS) is LightProfile.AS_IS


def test_enrolled_again_at_the_kiosk_a_camera_keeps_its_light() -> None:
    books = Books()
    told = Entry(EntryKind.ADMIN, 0.0, granted=True, detail="test")
    books.gallery.open()
    books.gallery.put_camera(replace(ENROLLED, light=LightProfile.EVENED), told)
    with at_work(Part.GALLERY, books.room.work):
        books.room.ask(EnrolCamera(1, LENS))
        answer = books.answer()
    assert isinstance(answer, CameraEnrolled)
    assert answer.camera.light is LightProfile.EVENED
    assert answer.camera.enrolled_utc_s != ENROLLED.enrolled_utc_s
