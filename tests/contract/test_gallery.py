"""What every gallery does, whatever it is made of: the store on disk and its stand-in in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.domain.journal import Entry, EntryKind, Factor, Purpose, Tally, first_break, parse
from app.domain.lockout import Lockout, LockoutPolicy
from app.domain.matching import Embedding, Metric, Space
from app.domain.people import Claim, ClaimKind, Need, Person, PersonKind, Status
from app.domain.reasons import Reason
from app.errors import GalleryLocked, GalleryRefused
from app.gallery.store import Store
from app.ports import Gallery
from tests.fakes.gallery import MemoryGallery
from tests.fakes.keys import MemoryKeyStore
from tests.fakes.rows import rows_of

NOW = 1_800_000_000.0
SPACE = Space("small", 4, Metric.EUCLIDEAN, ())
OTHER = Space("other", 4, Metric.COSINE, ())
CHANGE = Entry(EntryKind.PEOPLE, NOW, granted=False, detail="enrolled")
DENIED = Entry(EntryKind.VISIT, NOW, granted=False, reason=Reason.NOT_RECOGNISED)
POLICY = LockoutPolicy(free_failures=3, first_delay_s=30.0, longest_delay_s=60.0)

ADA = Person(
    id="",
    number="1001",
    name="Ada",
    kind=PersonKind.CONTRACTOR,
    valid_from_s=NOW - 10,
    valid_until_s=NOW + 10,
    needs=frozenset({Need.NO_BLINK, Need.NO_MOUTH}),
)
BO = Person(id="", number="1002", name="Bo")
NUMBER = Claim(ClaimKind.NUMBER, "1001")
BADGE = Claim(ClaimKind.BADGE, "04A1B2C3")
UNKNOWN = Claim(ClaimKind.NUMBER, "9999")
ADMIN = Claim(ClaimKind.ADMIN, "")


@pytest.fixture(params=["memory", "sqlcipher"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Gallery]:
    if request.param == "memory":
        return lambda: MemoryGallery(POLICY)
    return lambda: Store(tmp_path / "g.db", MemoryKeyStore(), POLICY)


@pytest.fixture
def gallery(make: Callable[[], Gallery]) -> Iterator[Gallery]:
    gallery = make()
    gallery.open()
    yield gallery
    gallery.close()


def grant(person: Person, utc_s: float = NOW) -> Entry:
    return Entry(
        EntryKind.VISIT,
        utc_s,
        granted=True,
        purpose=Purpose.ENTER,
        factors=frozenset({Factor.FACE}),
        person=person.id,
        person_version=person.version,
        visit="v1",
        seconds=3.5,
    )


def vector(*values: float) -> Embedding:
    return np.array(values, dtype=np.float32)


def journal_length(gallery: Gallery) -> int:
    return len(list(gallery.rows()))


# -- people


def test_a_person_comes_back_as_put_with_an_opaque_id_and_version_one(gallery: Gallery) -> None:
    stored = gallery.put_person(ADA, CHANGE)
    assert stored == replace(ADA, id=stored.id, version=1)
    assert len(stored.id) >= 16
    assert gallery.person(stored.id) == stored
    assert gallery.people() == [stored]


def test_every_change_raises_the_persons_version(gallery: Gallery) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    ada = gallery.put_person(replace(ada, status=Status.SUSPENDED), CHANGE)
    assert ada.version == 2
    gallery.set_badge(ada.id, BADGE.text, CHANGE)
    gallery.set_pin_hash(ada.id, "hash", CHANGE)
    gallery.add_templates(ada.id, SPACE, [vector(1, 0, 0, 0)], CHANGE)
    found = gallery.person(ada.id)
    assert found is not None
    assert found.version == 5
    assert found.status is Status.SUSPENDED


def test_changing_an_old_copy_is_refused(gallery: Gallery) -> None:
    old = gallery.put_person(ADA, CHANGE)
    gallery.put_person(replace(old, name="Ada L."), CHANGE)
    with pytest.raises(GalleryRefused):
        gallery.put_person(replace(old, name="Somebody"), CHANGE)
    assert [person.name for person in gallery.people()] == ["Ada L."]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(ADA, name=" "),
        replace(ADA, number="1002"),
        replace(ADA, valid_from_s=NOW, valid_until_s=NOW - 1),
    ],
)
def test_a_person_that_breaks_a_rule_changes_nothing(gallery: Gallery, wrong: Person) -> None:
    bo = gallery.put_person(BO, CHANGE)
    counter, rows = gallery.change_counter(), journal_length(gallery)
    with pytest.raises(GalleryRefused):
        gallery.put_person(wrong, CHANGE)
    assert gallery.people() == [bo]
    assert gallery.change_counter() == counter
    assert journal_length(gallery) == rows


def test_several_people_may_have_no_number(gallery: Gallery) -> None:
    gallery.put_person(replace(ADA, number=""), CHANGE)
    gallery.put_person(replace(BO, number=""), CHANGE)
    assert len(gallery.people()) == 2
    assert gallery.resolve(Claim(ClaimKind.NUMBER, "")).person is None


def test_every_change_is_journalled_with_whom_it_was_about(gallery: Gallery) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    gallery.set_badge(ada.id, BADGE.text, CHANGE)
    gallery.set_pin_hash(ada.id, "hash", CHANGE)
    gallery.add_templates(ada.id, SPACE, [vector(1, 0, 0, 0)], CHANGE)
    gallery.set_admin_pin_hash("admin", CHANGE)
    gallery.remove_person(ada.id, CHANGE)
    entries = [parse(row.text) for row in gallery.rows()]
    assert [entry.person for entry in entries] == [ada.id] * 4 + ["", ada.id]
    assert [entry.person_version for entry in entries] == [1, 2, 3, 4, 0, 4]
    assert first_break(gallery.rows()) is None


def test_the_change_counter_moves_with_people_and_not_with_visits(gallery: Gallery) -> None:
    seen = [gallery.change_counter()]
    ada = gallery.put_person(ADA, CHANGE)
    seen.append(gallery.change_counter())
    gallery.add_templates(ada.id, SPACE, [vector(1, 0, 0, 0)], CHANGE)
    seen.append(gallery.change_counter())
    gallery.remove_person(ada.id, CHANGE)
    seen.append(gallery.change_counter())
    assert sorted(set(seen)) == seen
    gallery.record(DENIED)
    gallery.begin_pin(UNKNOWN, NOW)
    assert gallery.change_counter() == seen[-1]


# -- templates


def test_a_snapshot_holds_one_spaces_templates_and_everybody(gallery: Gallery) -> None:
    ada, bo = gallery.put_person(ADA, CHANGE), gallery.put_person(BO, CHANGE)
    gallery.add_templates(ada.id, SPACE, [vector(1, 0, 0, 0), vector(0, 1, 0, 0)], CHANGE)
    gallery.add_templates(ada.id, OTHER, [vector(0, 0, 0, 9)], CHANGE)
    snapshot = gallery.snapshot(SPACE)
    assert snapshot.version == gallery.change_counter()
    assert snapshot.ids == (ada.id,)
    assert sorted(map(tuple, rows_of(snapshot).tolist())) == [(0, 1, 0, 0), (1, 0, 0, 0)]
    assert set(snapshot.people) == {ada.id, bo.id}
    assert snapshot.people[ada.id].version == 3
    assert gallery.template_counts() == {ada.id: 3}


def test_a_snapshot_of_nobody_is_empty(gallery: Gallery) -> None:
    snapshot = gallery.snapshot(SPACE)
    assert (snapshot.size, snapshot.ids) == (0, ())


@pytest.mark.parametrize(
    "bad",
    [
        vector(1, 2, 3),
        vector(1, 2, 3, np.nan),
        vector(1, 2, 3, np.inf),
        vector(0, 0, 0, 0),
        np.array([1, 2, 3, 1e300]),
        np.ones((2, 2), dtype=np.float32),
    ],
    ids=["short", "nan", "infinite", "zero", "too large for float32", "a matrix"],
)
def test_one_unusable_template_refuses_them_all(gallery: Gallery, bad: NDArray[Any]) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    with pytest.raises(GalleryRefused):
        gallery.add_templates(ada.id, SPACE, [vector(1, 0, 0, 0), bad], CHANGE)
    assert gallery.template_counts() == {}
    assert gallery.person(ada.id) == ada


def test_nothing_can_be_given_to_somebody_who_is_not_here(gallery: Gallery) -> None:
    changes: tuple[Callable[[], None], ...] = (
        lambda: gallery.add_templates("nobody", SPACE, [vector(1, 0, 0, 0)], CHANGE),
        lambda: gallery.set_badge("nobody", "1", CHANGE),
        lambda: gallery.set_pin_hash("nobody", "1", CHANGE),
        lambda: gallery.remove_person("nobody", CHANGE),
    )
    for change in changes:
        with pytest.raises(GalleryRefused):
            change()
    assert journal_length(gallery) == 0


# -- claims


def test_a_badge_and_a_number_lead_to_the_same_person(gallery: Gallery) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    gallery.set_badge(ada.id, BADGE.text, CHANGE)
    for claim in (BADGE, NUMBER, Claim(ClaimKind.BADGE, f" {BADGE.text} ")):
        found = gallery.resolve(claim).person
        assert found is not None
        assert found.id == ada.id
    assert gallery.resolve(UNKNOWN).person is None
    assert gallery.resolve(Claim(ClaimKind.BADGE, ADA.number)).person is None
    assert gallery.resolve(Claim(ClaimKind.NUMBER, BADGE.text)).person is None
    assert gallery.resolve(ADMIN).person is None


def test_a_badge_belongs_to_one_person_until_it_is_taken_away(gallery: Gallery) -> None:
    ada, bo = gallery.put_person(ADA, CHANGE), gallery.put_person(BO, CHANGE)
    gallery.set_badge(ada.id, BADGE.text, CHANGE)
    with pytest.raises(GalleryRefused):
        gallery.set_badge(bo.id, BADGE.text, CHANGE)
    gallery.set_badge(ada.id, "another", CHANGE)
    assert gallery.resolve(BADGE).person is None
    gallery.set_badge(bo.id, BADGE.text, CHANGE)
    gallery.set_badge(bo.id, "", CHANGE)
    assert gallery.resolve(BADGE).person is None


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "x" * 100_000, "' OR 1=1 --", "😀"])
@pytest.mark.parametrize("kind", [ClaimKind.BADGE, ClaimKind.NUMBER])
def test_hostile_claims_are_just_unknown(gallery: Gallery, kind: ClaimKind, text: str) -> None:
    gallery.put_person(replace(ADA, number=""), CHANGE)
    claim = Claim(kind, text)
    assert gallery.resolve(claim).person is None
    attempt = gallery.begin_pin(claim, NOW)
    assert (attempt.person, attempt.pin_hash, attempt.locked) == (None, "", False)


# -- PIN attempts


def test_a_failure_is_counted_before_the_pin_is_looked_at(gallery: Gallery) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    gallery.set_pin_hash(ada.id, "hash", CHANGE)
    attempt = gallery.begin_pin(NUMBER, NOW)
    assert attempt.person is not None
    assert attempt.person.id == ada.id
    assert (attempt.pin_hash, attempt.locked) == ("hash", False)
    assert gallery.resolve(NUMBER).lockout == Lockout(1, 0.0)
    gallery.clear_pin_failures(NUMBER)
    assert gallery.resolve(NUMBER).lockout == Lockout()


@pytest.mark.parametrize("claim", [NUMBER, BADGE, UNKNOWN, ADMIN], ids=lambda claim: claim.kind)
def test_known_and_unknown_claims_lock_alike(gallery: Gallery, claim: Claim) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    gallery.set_badge(ada.id, BADGE.text, CHANGE)
    gallery.set_pin_hash(ada.id, "hash", CHANGE)
    gallery.set_admin_pin_hash("hash", CHANGE)
    answers = [gallery.begin_pin(claim, NOW + second).locked for second in range(5)]
    assert answers == [False, False, False, True, True]
    assert gallery.begin_pin(claim, NOW + 3).pin_hash == ""
    assert gallery.resolve(claim).lockout == Lockout(3, NOW + 2 + 30)
    assert not gallery.begin_pin(claim, NOW + 32).locked
    assert gallery.resolve(claim).lockout == Lockout(4, NOW + 32 + 60)


def test_badge_and_number_share_one_count(gallery: Gallery) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    gallery.set_badge(ada.id, BADGE.text, CHANGE)
    for _ in range(POLICY.free_failures):
        gallery.begin_pin(NUMBER, NOW)
    assert gallery.begin_pin(BADGE, NOW).locked


def test_a_person_without_a_pin_answers_like_nobody(gallery: Gallery) -> None:
    gallery.put_person(ADA, CHANGE)
    attempt = gallery.begin_pin(NUMBER, NOW)
    assert (attempt.pin_hash, attempt.locked) == ("", False)


def test_a_new_pin_starts_without_failures(gallery: Gallery) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    gallery.begin_pin(NUMBER, NOW)
    gallery.set_pin_hash(ada.id, "hash", CHANGE)
    assert gallery.resolve(NUMBER).lockout == Lockout()


def test_the_service_pin_has_its_own_hash_and_count(gallery: Gallery) -> None:
    assert gallery.admin_pin_hash() == ""
    assert gallery.begin_pin(ADMIN, NOW).pin_hash == ""
    gallery.set_admin_pin_hash("admin", CHANGE)
    assert gallery.admin_pin_hash() == "admin"
    assert gallery.resolve(ADMIN).lockout == Lockout()
    assert gallery.begin_pin(ADMIN, NOW).pin_hash == "admin"
    assert gallery.resolve(ADMIN).lockout == Lockout(1, 0.0)


# -- the journal


def test_a_receipt_is_the_rows_place_and_rows_come_back_in_order(gallery: Gallery) -> None:
    receipts = [gallery.record(replace(DENIED, visit=str(n))) for n in range(5)]
    assert [receipt.sequence for receipt in receipts] == [1, 2, 3, 4, 5]
    assert [parse(row.text).visit for row in gallery.rows()] == list("01234")
    assert [row.sequence for row in gallery.rows(last=2)] == [4, 5]
    assert list(gallery.rows(last=0)) == []
    assert [row.sequence for row in gallery.rows(last=99)] == [1, 2, 3, 4, 5]
    assert first_break(gallery.rows()) is None


def test_a_grant_to_somebody_unchanged_is_recorded(gallery: Gallery) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    receipt = gallery.record(grant(ada))
    (row,) = gallery.rows(last=1)
    assert row.sequence == receipt.sequence
    assert parse(row.text) == grant(ada)


@pytest.mark.parametrize("second", [-10.1, 10.0, 11.0, float("nan")])
def test_a_grant_outside_the_persons_time_is_refused(gallery: Gallery, second: float) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    with pytest.raises(GalleryRefused):
        gallery.record(grant(ada, utc_s=NOW + second), Tally(None, failed=True))
    assert journal_length(gallery) == 1
    assert gallery.face_lockout() == Lockout()


@pytest.mark.parametrize("second", [-10.0, 9.999])
def test_a_grant_inside_the_persons_time_is_recorded(gallery: Gallery, second: float) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    assert gallery.record(grant(ada, utc_s=NOW + second)).sequence == 2


def test_a_grant_on_an_old_copy_is_refused_and_not_written(gallery: Gallery) -> None:
    old = gallery.put_person(ADA, CHANGE)
    gallery.set_badge(old.id, BADGE.text, CHANGE)
    with pytest.raises(GalleryRefused):
        gallery.record(grant(old))
    assert journal_length(gallery) == 2


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.ENDED])
def test_a_grant_to_somebody_not_active_is_refused(gallery: Gallery, status: Status) -> None:
    ada = gallery.put_person(replace(ADA, status=status), CHANGE)
    with pytest.raises(GalleryRefused):
        gallery.record(grant(ada))


def test_a_grant_to_nobody_or_to_somebody_erased_is_refused(gallery: Gallery) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    gallery.remove_person(ada.id, CHANGE)
    for entry in (grant(ada), grant(replace(ada, id="")), grant(replace(ada, version=0))):
        with pytest.raises(GalleryRefused):
            gallery.record(entry)


def test_a_denial_is_written_whoever_it_was(gallery: Gallery) -> None:
    ada = gallery.put_person(replace(ADA, status=Status.ENDED), CHANGE)
    gallery.record(replace(DENIED, person=ada.id, person_version=99, reason=Reason.ENDED))
    gallery.record(replace(DENIED, person="nobody"))
    assert journal_length(gallery) == 3


def test_an_administrators_success_names_nobody(gallery: Gallery) -> None:
    entry = Entry(EntryKind.ADMIN, NOW, granted=True, detail="service-right")
    assert gallery.record(entry).sequence == 1


def test_faces_in_a_row_lock_the_face_path_and_a_success_frees_it(gallery: Gallery) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    for _ in range(2):
        assert gallery.record(DENIED, Tally(None, failed=True)).face_locked_until_s == 0.0
    receipt = gallery.record(DENIED, Tally(None, failed=True))
    assert receipt.face_locked_until_s == NOW + 30
    assert gallery.face_lockout() == Lockout(3, NOW + 30)
    # A claim's count is another one.
    gallery.record(DENIED, Tally(NUMBER, failed=True))
    assert gallery.resolve(NUMBER).lockout == Lockout(1, 0.0)
    receipt = gallery.record(grant(ada), Tally(None, failed=False))
    assert receipt.face_locked_until_s == 0.0
    assert gallery.face_lockout() == Lockout()
    assert gallery.resolve(NUMBER).lockout == Lockout(1, 0.0)


# -- erasure


def test_an_erased_person_is_gone_and_cannot_come_back_under_that_id(gallery: Gallery) -> None:
    ada = gallery.put_person(ADA, CHANGE)
    gallery.set_badge(ada.id, BADGE.text, CHANGE)
    gallery.set_pin_hash(ada.id, "hash", CHANGE)
    gallery.add_templates(ada.id, SPACE, [vector(1, 0, 0, 0)], CHANGE)
    gallery.begin_pin(NUMBER, NOW)
    gallery.remove_person(ada.id, CHANGE)
    assert gallery.people() == []
    assert gallery.person(ada.id) is None
    assert gallery.template_counts() == {}
    assert gallery.snapshot(SPACE).ids == ()
    for claim in (NUMBER, BADGE):
        assert gallery.resolve(claim) == type(gallery.resolve(claim))(None, Lockout())
    with pytest.raises(GalleryRefused):
        gallery.put_person(replace(ADA, id=ada.id), CHANGE)
    again = gallery.put_person(ADA, CHANGE)
    assert again.id != ada.id
    gallery.set_badge(again.id, BADGE.text, CHANGE)
    assert gallery.begin_pin(NUMBER, NOW).pin_hash == ""


# -- opening


def test_a_gallery_must_be_open_and_may_be_closed_twice(make: Callable[[], Gallery]) -> None:
    gallery = make()
    for use in (gallery.people, gallery.change_counter, lambda: gallery.record(DENIED)):
        with pytest.raises(GalleryLocked):
            use()
    gallery.open()
    gallery.open()
    gallery.record(DENIED)
    gallery.close()
    gallery.close()
    with pytest.raises(GalleryLocked):
        gallery.people()
    gallery.open()
    assert journal_length(gallery) == 1
    gallery.close()
