"""Which pictures can be one person's, and who looks too much like somebody here."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.domain.enrolment import lookalikes, strangers, strangers_to
from app.domain.index import snapshot_of
from app.domain.matching import (
    CalibrationPoint,
    Embedding,
    MatchPolicy,
    Metric,
    Snapshot,
    Space,
    identification_threshold,
    threshold_at,
)
from app.domain.people import Person

SPACE = Space(
    "line",
    2,
    Metric.EUCLIDEAN,
    (CalibrationPoint(1e-2, 0.6), CalibrationPoint(1e-3, 0.54), CalibrationPoint(1e-4, 0.49)),
)
POLICY = MatchPolicy()
AGREES = threshold_at(SPACE, POLICY.agreement_fmr)


def at(place: float) -> Embedding:
    """A face on a line: faces less than 0.6 apart agree."""
    return np.array([place, 5.0], dtype=np.float32)


def known(*faces: tuple[str, float]) -> Snapshot:
    people = {name: Person(name, "", name) for name, _ in faces}
    return snapshot_of(1, SPACE, people, [(name, at(place)) for name, place in faces])


# -- pictures of one enrolment


def test_one_picture_agrees_with_itself() -> None:
    assert strangers([at(0)], SPACE, POLICY) == frozenset()
    assert strangers([], SPACE, POLICY) == frozenset()


def test_the_one_that_shows_somebody_else_is_found_wherever_it_stands() -> None:
    for place in range(4):
        pictures = [at(0.0), at(0.1), at(0.2)]
        pictures.insert(place, at(3.0))
        assert strangers(pictures, SPACE, POLICY) == {place}


def test_without_a_majority_nobody_can_tell_and_all_are_refused() -> None:
    assert strangers([at(0), at(3)], SPACE, POLICY) == {0, 1}
    assert strangers([at(0), at(0.1), at(3), at(3.1)], SPACE, POLICY) == {0, 1, 2, 3}
    assert strangers([at(0), at(3), at(6)], SPACE, POLICY) == {0, 1, 2}


def test_a_chain_of_faces_does_not_make_its_ends_one_person() -> None:
    assert strangers([at(0), at(0.5), at(1.0), at(1.5), at(2.0)], SPACE, POLICY) == {0, 4}


@given(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=8))
def test_what_is_kept_agrees_with_one_face_that_most_agree_with(places: list[float]) -> None:
    pictures = [at(place) for place in places]
    odd = strangers(pictures, SPACE, POLICY)
    kept = [place for number, place in enumerate(places) if number not in odd]
    if len(places) > 1 and odd:
        assert len(kept) == 0 or len(kept) > len(odd)
    if kept:
        assert any(all(abs(each - centre) <= AGREES for each in kept) for centre in kept)


def test_a_picture_that_cannot_be_measured_is_nobodys() -> None:
    broken = np.array([np.nan, 0], dtype=np.float32)
    assert strangers([at(0), at(0.1), broken], SPACE, POLICY) == {2}


# -- against what is known of the person


def test_new_pictures_have_to_be_like_one_of_the_persons_templates() -> None:
    snapshot = known(("ada", 0.0), ("ada", 1.0), ("bo", 4.0))
    assert strangers_to("ada", [at(0.3), at(1.4), at(4.0)], snapshot, POLICY) == {2}


def test_somebody_without_templates_has_nothing_to_be_unlike() -> None:
    assert strangers_to("new", [at(0), at(9)], known(("bo", 4.0)), POLICY) == frozenset()


# -- against everybody else


def test_whoever_could_be_taken_for_another_is_named_and_nobody_twice() -> None:
    snapshot = known(("ada", 0.0), ("bo", 0.3), ("bo", 0.35), ("cy", -0.3), ("dee", 4.0))
    assert lookalikes([at(0.0), at(0.05)], "ada", snapshot, POLICY) == ("bo", "cy")


def test_a_person_is_never_their_own_double() -> None:
    assert lookalikes([at(0.0)], "ada", known(("ada", 0.0)), POLICY) == ()
    assert lookalikes([at(0.0)], "ada", known(), POLICY) == ()


def test_nobody_a_kiosk_would_confuse_is_missed() -> None:
    """Neither 1:N nor 1:1 would take the face for somebody who was not named."""
    snapshot = known(("bo", 0.0))
    edge = max(threshold_at(SPACE, POLICY.claim_fmr), identification_threshold(SPACE, 1, POLICY))
    assert lookalikes([at(edge - 1e-3)], "ada", snapshot, POLICY) == ("bo",)
    assert lookalikes([at(edge + 1e-3)], "ada", snapshot, POLICY) == ()
