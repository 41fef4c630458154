"""What every gallery keeps beside templates: trends, consents, pictures, updates, comparisons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.domain.adapting import AdaptPolicy, Declined
from app.domain.ageing import AgeingPolicy, Trend
from app.domain.journal import first_break, parse
from app.domain.matching import CalibrationPoint, Embedding, MatchPolicy, Metric, Space
from app.domain.people import Claim, ClaimKind, Person
from app.domain.shadow import Comparison, Kind
from app.domain.templates import Origin, Template
from app.errors import GalleryRefused
from app.ports import Gallery
from tests.contract.test_gallery import ADA, CHANGE, NOW
from tests.fakes.rows import rows_of

TABLE = (CalibrationPoint(1e-4, 0.4), CalibrationPoint(1e-2, 0.8))
OLD = Space("old", 4, Metric.EUCLIDEAN, TABLE)
NEW = Space("new", 6, Metric.COSINE, TABLE)
LIMITS = (AdaptPolicy(enabled=True), MatchPolicy())
DAY_S = 86400.0


def vector(space: Space, seed: int = 1) -> Embedding:
    values = np.random.default_rng(seed).normal(size=space.dimension)
    return np.asarray(values / np.linalg.norm(values), dtype=np.float32)


def near(of: Embedding, by: float = 0.05) -> Embedding:
    moved = of.copy()
    moved[0] += np.float32(by)
    return moved


@pytest.fixture
def ada(gallery: Gallery) -> Person:
    return gallery.put_person(ADA, CHANGE)


def last_detail(gallery: Gallery) -> str:
    assert first_break(gallery.rows()) is None
    return parse(list(gallery.rows())[-1].text).detail


# -- templates


def test_templates_of_two_spaces_are_stored_at_once_or_not_at_all(
    gallery: Gallery, ada: Person
) -> None:
    both = [
        Template(OLD, vector(OLD)),
        Template(NEW, vector(NEW), frozenset({"glasses"}), quality=0.5),
    ]
    gallery.care.add(ada.id, both, CHANGE)
    stored = gallery.care.stored(ada.id)
    assert [(each.space, each.tags, each.quality) for each in stored] == [
        ("old", frozenset(), None),
        ("new", frozenset({"glasses"}), 0.5),
    ]
    assert {each.origin for each in stored} == {Origin.ENROLMENT}
    assert len(gallery.snapshot(OLD).owners) == len(gallery.snapshot(NEW).owners) == 1
    broken = [Template(OLD, vector(OLD)), Template(NEW, vector(OLD))]
    with pytest.raises(GalleryRefused):
        gallery.care.add(ada.id, broken, CHANGE)
    assert gallery.care.stored(ada.id) == stored


@pytest.mark.parametrize(
    "template",
    [
        Template(OLD, vector(OLD), origin=Origin.ADAPTIVE),
        Template(OLD, vector(OLD), frozenset({"two words"})),
        Template(OLD, vector(OLD), quality=1.5),
        Template(OLD, vector(OLD), quality=float("nan")),
        Template(OLD, np.zeros(4, np.float32)),
    ],
    ids=["adaptive", "tag", "quality", "no-number", "zero"],
)
def test_what_is_no_template_is_refused(gallery: Gallery, ada: Person, template: Template) -> None:
    with pytest.raises(GalleryRefused):
        gallery.care.add(ada.id, [template], CHANGE)
    assert gallery.care.stored() == ()


# -- ageing


def test_a_trend_is_kept_for_each_space_and_begins_anew_with_an_enrolment(
    gallery: Gallery, ada: Person
) -> None:
    policy = AgeingPolicy()
    gallery.care.note_visit(ada.id, "old", 0.5, policy)
    gallery.care.note_visit(ada.id, "old", 0.7, policy)
    gallery.care.note_visit(ada.id, "new", 0.1, policy)
    assert gallery.care.trend(ada.id, "old").visits == 2
    assert gallery.care.trend(ada.id, "old").level == pytest.approx(0.6)
    assert set(gallery.care.trends("new")) == {ada.id}
    gallery.care.add(ada.id, [Template(OLD, vector(OLD))], CHANGE)
    assert gallery.care.trend(ada.id, "old") == Trend()
    assert gallery.care.trend(ada.id, "new").visits == 1


def test_a_trend_of_nobody_is_not_written(gallery: Gallery) -> None:
    gallery.care.note_visit("nobody", "old", 0.5, AgeingPolicy())
    assert gallery.care.trends("old") == {}


def test_when_somebody_was_asked_is_remembered_and_journalled(
    gallery: Gallery, ada: Person
) -> None:
    assert gallery.care.asked_s(ada.id) is None
    gallery.care.note_asked(ada.id, replace(CHANGE, detail="renewal-not-now"))
    assert gallery.care.asked_s(ada.id) == NOW
    assert last_detail(gallery) == "renewal-not-now"
    assert gallery.person(ada.id) == ada


# -- pictures for the next model


def test_no_picture_is_kept_without_consent(gallery: Gallery, ada: Person) -> None:
    with pytest.raises(GalleryRefused):
        gallery.care.keep_crops(ada.id, [b"picture"], CHANGE)
    assert gallery.care.crop_counts() == {}


@pytest.fixture
def agreed(gallery: Gallery, ada: Person) -> Person:
    gallery.care.set_consent(ada.id, CHANGE, given=True)
    gallery.care.keep_crops(ada.id, [b"one", b"two"], CHANGE)
    assert gallery.care.crops(ada.id) == (b"one", b"two")
    return ada


def test_pictures_go_when_the_consent_is_taken_back(gallery: Gallery, agreed: Person) -> None:
    gallery.care.set_consent(agreed.id, CHANGE, given=False)
    assert gallery.care.crops(agreed.id) == ()
    assert gallery.care.consents() == frozenset()


def test_pictures_go_when_they_were_encoded_again(gallery: Gallery, agreed: Person) -> None:
    made = [Template(NEW, vector(NEW), origin=Origin.RE_ENCODED)]
    gallery.care.re_encode(agreed.id, made, CHANGE)
    assert gallery.care.crop_counts() == {}
    assert [each.origin for each in gallery.care.stored(agreed.id)] == [Origin.RE_ENCODED]
    assert gallery.care.consents() == {agreed.id}


def test_only_the_newest_few_pictures_are_kept(gallery: Gallery, agreed: Person) -> None:
    gallery.care.keep_crops(agreed.id, [bytes([65 + each]) for each in range(9)], CHANGE)
    assert gallery.care.crops(agreed.id) == tuple(bytes([66 + each]) for each in range(8))


# -- adaptive updates


def adapted(gallery: Gallery, person: Person, day: float, by: float = 0.05) -> int | Declined:
    entry = replace(CHANGE, utc_s=NOW + day * DAY_S, detail="template-adapted")
    return gallery.care.adapt(person.id, OLD, near(vector(OLD), by), LIMITS, entry)


@pytest.fixture
def enrolled(gallery: Gallery, ada: Person) -> Person:
    gallery.care.add(ada.id, [Template(OLD, vector(OLD))], CHANGE)
    return ada


def test_an_update_stands_beside_its_anchor_and_in_the_ledger(
    gallery: Gallery, enrolled: Person
) -> None:
    version = gallery.person(enrolled.id)
    made = adapted(gallery, enrolled, 1)
    assert isinstance(made, int)
    assert last_detail(gallery) == f"template-adapted {made}"
    origins = [each.origin for each in gallery.care.stored(enrolled.id)]
    assert origins == [Origin.ENROLMENT, Origin.ADAPTIVE]
    (update,) = gallery.care.updates(enrolled.id)
    assert (update.id, update.space, update.undone_s) == (made, "old", None)
    rows = rows_of(gallery.snapshot(OLD))
    assert np.array_equal(rows[0], vector(OLD))
    assert 0 < np.linalg.norm(rows[1] - rows[0]) < 0.05
    assert gallery.person(enrolled.id) != version


def test_no_second_update_within_thirty_days_whatever_the_clock_says(
    gallery: Gallery, enrolled: Person
) -> None:
    assert isinstance(adapted(gallery, enrolled, 1), int)
    rows = len(list(gallery.rows()))
    for day in (31, 400, 0, -400):
        assert adapted(gallery, enrolled, day) is Declined.TOO_SOON
    gallery.care.note_on(30 * DAY_S)
    for day in (30, 0, -400):
        assert adapted(gallery, enrolled, day) is Declined.TOO_SOON
    assert len(list(gallery.rows())) == rows
    assert isinstance(adapted(gallery, enrolled, 31), int)
    assert len(gallery.care.stored(enrolled.id)) == 2


def test_updates_are_taken_back_newest_first_and_leave_the_enrolment(
    gallery: Gallery, enrolled: Person
) -> None:
    first = adapted(gallery, enrolled, 1)
    gallery.care.note_on(30 * DAY_S)
    gallery.care.note_on(float("nan"))
    second = adapted(gallery, enrolled, 40, 0.1)
    assert isinstance(first, int)
    assert isinstance(second, int)
    undone = replace(CHANGE, utc_s=NOW + 41 * DAY_S, detail="template-update-undone {id}")
    with pytest.raises(GalleryRefused):
        gallery.care.undo(first, undone)
    gallery.care.undo(second, undone)
    assert last_detail(gallery) == f"template-update-undone {second}"
    assert len(gallery.care.stored(enrolled.id)) == 2
    gallery.care.undo(first, undone)
    assert np.array_equal(rows_of(gallery.snapshot(OLD)), vector(OLD)[None, :])
    with pytest.raises(GalleryRefused):
        gallery.care.undo(first, undone)
    with pytest.raises(GalleryRefused):
        gallery.care.undo(99, undone)
    assert adapted(gallery, enrolled, 42) is Declined.TOO_SOON


def test_nothing_is_adapted_unless_it_is_switched_on(gallery: Gallery, enrolled: Person) -> None:
    limits = (AdaptPolicy(), MatchPolicy())
    visit = near(vector(OLD))
    assert gallery.care.adapt(enrolled.id, OLD, visit, limits, CHANGE) is Declined.OFF


# -- comparisons with a shadow pack


def test_comparisons_are_counted_by_kind_and_by_who_could_not_be_compared(
    gallery: Gallery, ada: Person
) -> None:
    eve = gallery.put_person(Person("", "2", "Eve"), CHANGE)
    for kind, person, other in (
        (Kind.SAME_PERSON, ada.id, ""),
        (Kind.NOT_COMPARABLE, ada.id, ""),
        (Kind.NOT_COMPARABLE, eve.id, ""),
        (Kind.NOBODY_BOTH, "", ""),
        (Kind.SHADOW_SOMEBODY, "", eve.id),
        (Kind.SAME_PERSON, "gone", ""),
    ):
        gallery.care.note_comparison(Comparison("old", "new", kind, person, other, NOW))
    gallery.care.note_comparison(Comparison("new", "old", Kind.SAME_PERSON, ada.id, "", NOW))
    report = gallery.care.comparison_report("old", "new")
    assert (report.visits, report.agreed, report.uncompared) == (5, 2, 1)
    assert report.kinds[Kind.NOT_COMPARABLE] == 2
    gallery.remove_person(eve.id, CHANGE)
    assert gallery.care.comparison_report("old", "new").visits == 3


# -- erasure


def test_whoever_withdraws_keeps_badge_and_pin_and_nothing_of_a_face(
    gallery: Gallery, enrolled: Person, agreed: Person
) -> None:
    assert enrolled.id == agreed.id
    bob = gallery.put_person(replace(ADA, id="", number="2", name="Bob"), CHANGE)
    gallery.care.add(bob.id, [Template(OLD, vector(OLD, 2))], CHANGE)
    gallery.set_badge(enrolled.id, "04A1", CHANGE)
    gallery.care.keep_crops(enrolled.id, [b"picture"], CHANGE)
    gallery.care.note_visit(enrolled.id, "old", 0.5, AgeingPolicy())
    gallery.care.note_asked(enrolled.id, CHANGE)
    gallery.care.withdraw(enrolled.id, replace(CHANGE, detail="face-withdrawn"))
    assert last_detail(gallery) == "face-withdrawn"
    assert {each.person for each in gallery.care.stored()} == {bob.id}
    assert gallery.care.updates(enrolled.id) == ()
    assert gallery.care.crops(enrolled.id) == ()
    assert gallery.care.trends("old").keys() <= {bob.id}
    assert gallery.care.consents() == frozenset()
    assert gallery.care.asked_s(enrolled.id) is None
    assert gallery.snapshot(OLD).ids == (bob.id,)
    assert gallery.resolve(Claim(ClaimKind.BADGE, "04A1")).person is not None
    with pytest.raises(GalleryRefused):
        gallery.care.withdraw("nobody", CHANGE)


def test_all_of_it_goes_with_the_person(make: Callable[[], Gallery]) -> None:
    gallery = make()
    gallery.open()
    ada = gallery.put_person(ADA, CHANGE)
    gallery.care.add(ada.id, [Template(OLD, vector(OLD))], CHANGE)
    gallery.care.set_consent(ada.id, CHANGE, given=True)
    gallery.care.keep_crops(ada.id, [b"one"], CHANGE)
    gallery.care.note_visit(ada.id, "old", 0.5, AgeingPolicy())
    gallery.care.note_asked(ada.id, CHANGE)
    assert isinstance(adapted(gallery, ada, 1), int)
    gallery.remove_person(ada.id, CHANGE)
    assert gallery.care.stored() == ()
    assert gallery.care.consents() == frozenset()
    assert gallery.care.crop_counts() == {}
    assert gallery.care.trends("old") == {}
    assert gallery.care.asked_s(ada.id) is None
    assert gallery.care.updates(ada.id) == ()
    gallery.close()
