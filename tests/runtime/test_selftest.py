"""What a self-test showed, through real threads: kept by the io thread, and gone by at once."""

from __future__ import annotations

import time
from dataclasses import replace

from app.domain import assurance
from app.domain.assurance import Conditions, Count, Trials, conditions_of
from app.domain.effects import StoreTrials
from app.domain.events import Button, EffectFailed, GalleryChanged, Part, TrialsStored
from app.domain.journal import Entry, EntryKind, parse
from app.domain.people import Secret
from app.domain.tiers import Tier
from app.presentation import (
    AttractView,
    FaceDoor,
    GrantedView,
    SelfTestView,
    ServiceView,
    VerifyView,
    View,
)
from tests.fakes.gallery import MemoryGallery
from tests.fakes.lens import LENS
from tests.runtime.rig import QUICK, PlainHasher, Rig, furnished
from tests.runtime.rooms import LIMIT_S, at_work
from tests.runtime.test_ledger import Books

ENTRY = Entry(EntryKind.ADMIN, 0.0, granted=True, detail="selftest-trusted")
CLEAN = Trials(Count(30, 1), Count(29), Count(29), Count(29))
RESULT = assurance.Tested(CLEAN, Conditions(LENS.fingerprint, "engine", "limits"), 10.0)
UNTESTED = replace(QUICK, assumed_tier=None)
ADMIN_PIN = "90210"


def is_open(view: View) -> bool:
    return isinstance(view, AttractView) and view.face is FaceDoor.OPEN


def test_a_result_is_stored_and_the_kiosk_told_of_it() -> None:
    books = Books(furnished())
    with at_work(Part.GALLERY, books.room.work):
        books.room.ask(StoreTrials(7, RESULT, ENTRY))
        answer = books.answer()
        changed = books.events.get(timeout=LIMIT_S)
    assert isinstance(answer, TrialsStored)
    assert answer.ticket == 7
    assert isinstance(changed, GalleryChanged)
    assert changed.tested == (RESULT,)
    assert parse(books.gallery.journal[-1].text) == ENTRY


def test_a_result_of_nothing_is_refused_without_ending_the_part() -> None:
    books = Books(furnished())
    nothing = replace(RESULT, conditions=replace(RESULT.conditions, camera=""))
    with at_work(Part.GALLERY, books.room.work) as told:
        books.room.ask(StoreTrials(7, nothing, ENTRY))
        answer = books.answer()
        assert told.empty()
    assert isinstance(answer, EffectFailed)
    assert books.gallery.results == {}


def with_result(gallery: MemoryGallery, utc_s: float) -> MemoryGallery:
    conditions = conditions_of(LENS.fingerprint, UNTESTED)
    gallery.results[LENS.fingerprint] = assurance.Tested(CLEAN, conditions, utc_s)
    return gallery


def test_the_house_goes_by_what_its_gallery_holds() -> None:
    rig = Rig(gallery=with_result(furnished(), time.time() - 5.0), policy=UNTESTED)
    with rig.running() as house:
        assert rig.wait_for(is_open)
        house.kernel.press(Button.USE_FACE)
        assert isinstance(rig.result(), GrantedView)


def test_a_test_on_the_service_screen_is_led_through_and_kept() -> None:
    gallery = furnished()
    gallery.admin = PlainHasher().hash(Secret(ADMIN_PIN))
    rig = Rig(gallery=gallery, policy=UNTESTED)
    with rig.running() as house:
        assert rig.wait_for(is_open)
        house.kernel.press(Button.SERVICE)
        for digit in ADMIN_PIN:
            house.kernel.press(Button.DIGIT, digit)
        house.kernel.press(Button.CONFIRM)
        assert rig.wait_for(lambda view: isinstance(view, ServiceView))
        house.kernel.press(Button.SELF_TEST)
        assert rig.wait_for(lambda view: isinstance(view, SelfTestView))
        house.kernel.press(Button.TRY_PHONE)
        assert rig.wait_for(lambda view: isinstance(view, VerifyView))
        after = rig.wait_for(lambda view: isinstance(view, SelfTestView), patience_s=20.0)
        assert isinstance(after, SelfTestView)
        assert after.last is not None
        assert (after.last.accepted, after.last.wrong) == (True, True)
        house.kernel.press(Button.CONFIRM)
        assert rig.wait_for(lambda view: isinstance(view, ServiceView))
    (stored,) = gallery.results.values()
    assert stored.trials == Trials(phone=Count(1, 1))
    assert assurance.shown_by(stored.trials, UNTESTED.assurance) is Tier.UNTESTED
    assert not rig.door.released
