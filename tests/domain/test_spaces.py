"""Two spaces, one decision: each person in one of them, and never a vector in the other's."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.index import snapshot_of
from app.domain.matching import (
    CalibrationPoint,
    Embedding,
    Match,
    Matched,
    MatchPolicy,
    Metric,
    Snapshot,
    Space,
    Unmatched,
    Unsure,
    identification_threshold,
)
from app.domain.people import Person
from app.domain.shadow import AGREED, Kind, kind_of, other_of
from app.domain.spaces import Probe, decide, nearness, without

NEW = Space("new", 8, Metric.COSINE, (CalibrationPoint(1e-4, 0.1), CalibrationPoint(1e-2, 0.2)))
OLD = Space("old", 4, Metric.EUCLIDEAN, (CalibrationPoint(1e-4, 0.4), CalibrationPoint(1e-2, 0.8)))
POLICY = MatchPolicy()
PEOPLE = {name: Person(name, name, name.title()) for name in ("ada", "bo", "eve")}


def face(space: Space, name: str, by: float = 0.0) -> Embedding:
    """One corner of the space each; `by`: moved towards the last axis."""
    values = np.zeros(space.dimension, np.float32)
    values[list(PEOPLE).index(name)] = 1.0
    values[-1] = by
    return values


def known(space: Space, *names: str) -> Snapshot:
    return snapshot_of(1, space, PEOPLE, [(name, face(space, name)) for name in names])


def both(new: Snapshot, old: Snapshot, seen: str) -> tuple[Probe, Probe]:
    legacy = without(old, set(new.ids))
    return Probe(face(NEW, seen), new), Probe(face(OLD, seen), legacy)


@pytest.mark.parametrize("claimed", [None, "ada"])
def test_who_is_in_the_new_space_is_decided_there(claimed: str | None) -> None:
    found = decide(*both(known(NEW, "ada"), known(OLD, "ada", "bo"), "ada"), claimed, POLICY)
    assert (found.match, found.space) == (Matched("ada"), "new")


@pytest.mark.parametrize("claimed", [None, "bo"])
def test_who_is_only_in_the_old_space_is_decided_there(claimed: str | None) -> None:
    found = decide(*both(known(NEW, "ada"), known(OLD, "ada", "bo"), "bo"), claimed, POLICY)
    assert (found.match, found.space) == (Matched("bo"), "old")


@pytest.mark.parametrize("claimed", [None, "ada"])
@pytest.mark.parametrize("cut", [True, False], ids=["without", "whole"])
def test_the_old_space_does_not_recognise_who_the_new_one_refuses(
    claimed: str | None, cut: bool
) -> None:
    """The new probe is somebody else's, the old one exactly Ada's: the new one has the word."""
    new, old = known(NEW, "ada"), known(OLD, "ada", "bo")
    legacy = without(old, set(new.ids)) if cut else old
    probes = Probe(face(NEW, "eve"), new), Probe(face(OLD, "ada"), legacy)
    assert decide(*probes, claimed, POLICY).match == Unmatched()


def test_each_space_goes_by_its_own_threshold() -> None:
    """A probe at a distance of 0.3: far beyond the new space's table, within the old one's."""
    new, old = known(NEW, "ada"), known(OLD, "bo")
    probes = Probe(face(NEW, "bo", 0.3), new), Probe(face(OLD, "bo", 0.3), old)
    assert decide(*probes, "bo", POLICY).match == Matched("bo")
    near = Probe(face(OLD, "bo", 0.45), old)
    assert decide(probes[0], near, "bo", POLICY).match == Unmatched()


def test_a_claim_of_nobody_is_nobodys() -> None:
    found = decide(*both(known(NEW, "ada"), known(OLD, "bo"), "bo"), "", POLICY)
    assert found.match == Unmatched()


def test_unsure_in_either_space_is_unsure() -> None:
    twins = snapshot_of(1, NEW, PEOPLE, [(each, face(NEW, "ada")) for each in ("ada", "bo")])
    assert decide(*both(twins, known(OLD, "eve"), "ada"), None, POLICY).match == Unsure()
    twins = snapshot_of(1, OLD, PEOPLE, [(each, face(OLD, "bo")) for each in ("bo", "eve")])
    assert decide(*both(known(NEW, "ada"), twins, "bo"), None, POLICY).match == Unsure()


def test_an_empty_new_space_is_no_obstacle() -> None:
    found = decide(*both(known(NEW), known(OLD, "bo"), "bo"), None, POLICY)
    assert (found.match, found.space) == (Matched("bo"), "old")


def test_the_same_space_twice_is_one() -> None:
    new = known(NEW, "ada")
    probe = Probe(face(NEW, "ada"), new)
    assert decide(probe, probe, None, POLICY).match == Matched("ada")


def test_strangers_get_no_second_chance_by_the_second_space() -> None:
    """The target is shared out: each space is as strict as if it held the templates of both."""
    new, old = known(NEW, "ada"), known(OLD, "bo", "eve")
    strict = identification_threshold(OLD, 3, POLICY)
    for far, match in ((strict - 0.01, Matched("bo")), (strict + 0.01, Unmatched())):
        probes = Probe(face(NEW, "eve"), new), Probe(face(OLD, "bo", far), old)
        assert decide(*probes, None, POLICY).match == match


names = st.sets(st.sampled_from(sorted(PEOPLE)))


@given(new=names, old=names, seen=st.sampled_from(sorted(PEOPLE)))
@settings(deadline=None)
def test_every_face_is_found_in_exactly_the_space_it_belongs_to(
    new: set[str], old: set[str], seen: str
) -> None:
    expected = "new" if seen in new else "old" if seen in old else ""
    for claimed in (None, seen):
        found = decide(*both(known(NEW, *new), known(OLD, *old), seen), claimed, POLICY)
        assert found.match == (Matched(seen) if expected else Unmatched())
        assert not expected or found.space == expected


def test_without_keeps_the_names_and_takes_the_templates() -> None:
    left = without(known(OLD, "ada", "bo"), {"ada", "eve"})
    assert left.ids == ("bo",)
    assert left.people == PEOPLE


def test_nearness_is_a_share_of_the_claims_threshold() -> None:
    probe = Probe(face(OLD, "bo", 0.2), known(OLD, "bo", "ada"))
    assert nearness(probe, "bo", POLICY) == pytest.approx(0.5, abs=1e-4)
    assert nearness(probe, "eve", POLICY) == float("inf")


# -- the shadow's answers

ANSWERS: tuple[Match, ...] = (Matched("ada"), Matched("bo"), Unmatched(), Unsure())


def test_every_pair_of_answers_has_a_kind_and_equal_ones_agree() -> None:
    for live, shadow in itertools.product(ANSWERS, repeat=2):
        kind = kind_of(live, shadow, comparable=True)
        assert (kind in AGREED) == (live == shadow)


EXPECTED: Mapping[Kind, tuple[Match, Match]] = {
    Kind.SAME_PERSON: (Matched("ada"), Matched("ada")),
    Kind.OTHER_PERSON: (Matched("ada"), Matched("bo")),
    Kind.SHADOW_NOBODY: (Matched("ada"), Unmatched()),
    Kind.SHADOW_UNSURE: (Matched("ada"), Unsure()),
    Kind.SHADOW_SOMEBODY: (Unmatched(), Matched("bo")),
    Kind.NOBODY_BOTH: (Unmatched(), Unmatched()),
    Kind.UNSURE_BOTH: (Unsure(), Unsure()),
    Kind.SHADOW_SURE_NOBODY: (Unsure(), Unmatched()),
}


def test_kinds_are_what_they_are_called() -> None:
    for live, shadow in itertools.product(ANSWERS, repeat=2):
        kind = kind_of(live, shadow, comparable=True)
        assert kind is not Kind.NOT_COMPARABLE
        assert (live, shadow) == EXPECTED[kind] or (live, shadow) not in EXPECTED.values()


def test_who_has_no_template_there_is_not_compared() -> None:
    for shadow in ANSWERS:
        assert kind_of(Matched("ada"), shadow, comparable=False) is Kind.NOT_COMPARABLE


def test_the_other_person_is_named_only_where_there_is_one() -> None:
    assert other_of(Matched("ada"), Matched("ada")) == ""
    assert other_of(Matched("ada"), Matched("bo")) == "bo"
    assert other_of(Unmatched(), Matched("bo")) == "bo"
    assert other_of(Matched("ada"), Unmatched()) == ""
