"""A whole house with two packs at once, a shadow, an offer, and a template that may follow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from app.domain.adapting import AdaptPolicy
from app.domain.events import Button
from app.domain.journal import Entry, EntryKind, parse
from app.domain.matching import CalibrationPoint, Embedding, Metric, Space
from app.domain.observation import Observation
from app.domain.people import Person
from app.domain.policy import Policy, Renewal
from app.domain.reasons import Reason
from app.domain.shadow import Kind
from app.domain.states import Notice
from app.domain.templates import Template
from app.errors import ModelMissing
from app.ports import Chip, Frame
from app.presentation import AttractView, DeniedView, FaceDoor, GrantedView, OfferView, View
from app.runtime.beside import Others
from tests.conftest import Logged
from tests.fakes.gallery import MemoryGallery
from tests.fakes.lens import ENROLLED
from tests.fakes.visitor import SPACE, Visitor, face_of
from tests.runtime.rig import PERSON, QUICK, Rig

OLD = Space("old-5", 5, Metric.COSINE, (CalibrationPoint(1e-6, 0.05), CalibrationPoint(1e-2, 0.2)))
NOTE = Entry(EntryKind.PEOPLE, 0.0, granted=False, detail="test")
OFFERING = replace(QUICK, renewal=Renewal.ALWAYS)


def old_face(person: int) -> Embedding:
    return np.asarray(np.eye(5)[person], dtype=np.float32)


@dataclass
class OldEngine:
    """Another recogniser over the same looks. `wrong`: it takes everybody for this person."""

    space: Space = OLD
    wrong: int | None = None
    broken: bool = False
    missing: bool = False
    chips: int = 0

    def load(self) -> None:
        if self.missing:
            raise ModelMissing("The file is not there. Put it there.")

    def observe(self, frame: Frame) -> Observation:
        raise AssertionError("one detector run serves every pack")

    def align(self, frame: object, face: object) -> Chip:
        self.chips += 1
        return Chip(np.full((2, 2, 3), 200, dtype=np.uint8))

    def embed(self, chip: Chip) -> Embedding:
        if self.broken:
            raise RuntimeError("embed")
        return old_face(self.wrong or 0) * np.float32(bool(chip.pixels.any()))

    def forget(self) -> None: ...


def known(*templates: Template) -> MemoryGallery:
    gallery = MemoryGallery()
    gallery.open()
    gallery.put_person(PERSON, NOTE)
    gallery.put_person(Person("p-2", "1002", "Bo"), NOTE)
    gallery.put_camera(ENROLLED, NOTE)
    if templates:
        gallery.care.add(PERSON.id, templates, NOTE)
    gallery.close()
    return gallery


def house(gallery: MemoryGallery, others: Others, policy: Policy = OFFERING) -> Rig:
    return Rig(Visitor(), gallery, policy, others=others)


def use_face(rig: Rig, running: object) -> View | None:
    rig.wait_for(lambda view: isinstance(view, AttractView) and view.face is FaceDoor.OPEN)
    running.kernel.press(Button.USE_FACE)  # type: ignore[attr-defined]
    return rig.wait_for(lambda v: isinstance(v, GrantedView | DeniedView | OfferView))


def eventually(what: Callable[[], bool]) -> bool:
    until_s = time.monotonic() + 5.0
    tick = threading.Event()
    while not what() and time.monotonic() < until_s:
        tick.wait(0.01)
    return what()


def details(gallery: MemoryGallery) -> list[str]:
    return [parse(row.text).detail for row in gallery.journal]


def test_who_is_only_in_the_old_space_is_let_in_and_may_renew_their_face() -> None:
    gallery = known(Template(OLD, old_face(0)))
    rig = house(gallery, Others(legacy=OldEngine()))
    with rig.running() as running:
        assert isinstance(use_face(rig, running), OfferView)
        assert eventually(lambda: len(rig.door.released) == 1)
        assert {each.space for each in gallery.care.stored()} == {"old-5"}
        running.kernel.press(Button.AGREE)
        shown = rig.wait_for(lambda view: isinstance(view, GrantedView))
        assert isinstance(shown, GrantedView)
        assert shown.notice is Notice.RENEWED
        assert eventually(lambda: bool(gallery.care.trends("old-5")))
    gallery.open()
    assert {each.space for each in gallery.care.stored()} == {"old-5", SPACE.id}
    assert np.allclose(gallery.templates[-1].embedding, face_of(0))
    assert "face-renewed-with-consent" in details(gallery)


def test_without_a_yes_nothing_is_stored() -> None:
    gallery = known(Template(OLD, old_face(0)))
    rig = house(gallery, Others(legacy=OldEngine()))
    with rig.running() as running:
        assert isinstance(use_face(rig, running), OfferView)
        running.kernel.press(Button.NOT_NOW)
        rig.wait_for(lambda view: isinstance(view, AttractView))
        assert eventually(lambda: "renewal-not-now" in details(gallery))
        assert isinstance(use_face(rig, running), GrantedView), "asked once, then left alone"
    gallery.open()
    assert {each.space for each in gallery.care.stored()} == {"old-5"}


def test_a_template_that_looks_like_somebody_elses_is_not_stored() -> None:
    """The old space takes the visitor for Amara; in the new one their face is Bo's, narrowly
    missed. The offer's yes must not put Bo's face into Amara's record."""
    gallery = known(Template(OLD, old_face(0)))
    near = np.asarray(face_of(0) * 0.0, dtype=np.float32)
    near[0], near[1] = 0.92, 0.39
    gallery.open()
    gallery.care.add("p-2", [Template(SPACE, near)], NOTE)
    gallery.close()
    strict = replace(OFFERING, matching=replace(OFFERING.matching, fpir=1e-6))
    rig = house(gallery, Others(legacy=OldEngine()), strict)
    with rig.running() as running:
        shown = use_face(rig, running)
        assert isinstance(shown, OfferView)
        running.kernel.press(Button.AGREE)
        shown = rig.wait_for(lambda view: isinstance(view, GrantedView))
        assert isinstance(shown, GrantedView)
        assert shown.notice is Notice.NOT_RENEWED
    gallery.open()
    assert [each.space for each in gallery.care.stored(PERSON.id)] == ["old-5"]


def test_who_is_in_both_spaces_is_decided_in_the_new_one_alone() -> None:
    """The old template fits; the new one is somebody else's face, and has the word."""
    gallery = known(Template(OLD, old_face(0)), Template(SPACE, face_of(3)))
    rig = house(gallery, Others(legacy=OldEngine()))
    with rig.running() as running:
        shown = use_face(rig, running)
    assert isinstance(shown, DeniedView)
    assert shown.reason is Reason.NOT_RECOGNISED


def test_a_legacy_pack_that_is_gone_leaves_the_new_one_working(logged: Logged) -> None:
    logged.allow("app.runtime.beside")
    gallery = known(Template(SPACE, face_of(0)))
    rig = house(gallery, Others(legacy=OldEngine(missing=True)))
    with rig.running() as running:
        assert isinstance(use_face(rig, running), GrantedView)


def test_a_legacy_pack_that_fails_lets_nobody_in(logged: Logged) -> None:
    logged.allow("app.runtime.supervisor")
    gallery = known(Template(OLD, old_face(0)))
    rig = house(gallery, Others(legacy=OldEngine(broken=True)))
    with rig.running() as running:
        assert isinstance(use_face(rig, running), DeniedView)
    assert rig.door.released == []


# -- the shadow


SHADOWED = replace(QUICK, shadow=True)


@pytest.mark.parametrize(
    ("template", "engine", "kind"),
    [
        (Template(OLD, old_face(0)), OldEngine(), Kind.SAME_PERSON),
        (Template(OLD, old_face(0)), OldEngine(wrong=2), Kind.SHADOW_NOBODY),
        (None, OldEngine(), Kind.NOT_COMPARABLE),
    ],
)
def test_the_shadows_answer_is_counted_and_decides_nothing(
    template: Template | None, engine: OldEngine, kind: Kind
) -> None:
    gallery = known(Template(SPACE, face_of(0)), *([template] if template else []))
    rig = house(gallery, Others(shadow=engine), SHADOWED)
    with rig.running() as running:
        assert isinstance(use_face(rig, running), GrantedView)
        assert eventually(lambda: len(gallery.beside.seen) == 1)
    (seen,) = gallery.beside.seen
    assert (seen.kind, seen.live, seen.shadow, seen.person) == (
        kind,
        SPACE.id,
        "old-5",
        PERSON.id,
    )


def test_a_shadow_that_fails_is_heard_of_by_nobody_at_the_door(logged: Logged) -> None:
    logged.allow("app.runtime.beside")
    gallery = known(Template(SPACE, face_of(0)), Template(OLD, old_face(0)))
    rig = house(gallery, Others(shadow=OldEngine(broken=True)), SHADOWED)
    with rig.running() as running:
        assert isinstance(use_face(rig, running), GrantedView)
        running.kernel.press(Button.DONE)
        assert isinstance(use_face(rig, running), GrantedView)
    assert gallery.beside.seen == []


def test_a_space_never_measured_decides_nothing() -> None:
    unmeasured = replace(OLD, calibration=())
    gallery = known(Template(unmeasured, old_face(0)))
    rig = house(gallery, Others(legacy=OldEngine(space=unmeasured)))
    with rig.running() as running:
        assert isinstance(use_face(rig, running), DeniedView)


# -- a template that follows


def test_a_face_alone_moves_a_trend_and_no_template() -> None:
    gallery = known(Template(SPACE, face_of(0)))
    policy = replace(QUICK, adapting=AdaptPolicy(enabled=True))
    rig = house(gallery, Others(), policy)
    with rig.running() as running:
        assert isinstance(use_face(rig, running), GrantedView)
        assert eventually(lambda: bool(gallery.care.trends(SPACE.id)))
    gallery.open()
    assert gallery.care.updates(PERSON.id) == ()


def test_nothing_is_held_where_nothing_could_be_done_with_it() -> None:
    rig = house(known(Template(SPACE, face_of(0))), Others(), QUICK)
    with rig.running() as running:
        assert isinstance(use_face(rig, running), GrantedView)
        assert running._vision._beside._held is None


def test_what_is_held_is_overwritten_when_it_is_let_go() -> None:
    rig = house(known(Template(OLD, old_face(0))), Others(legacy=OldEngine(), shadow=None))
    with rig.running() as running:
        assert isinstance(use_face(rig, running), OfferView)
        assert running._vision._beside._held is not None
        running.kernel.press(Button.NOT_NOW)
        assert eventually(lambda: running._vision._beside._held is None)
