"""Whose face it is: the thresholds, the search against a plain one, and saying "not sure"."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
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
    distances,
    fuse,
    identification_threshold,
    identify,
    is_usable,
    spread,
    threshold_at,
    verify,
)
from tests.fakes.people import STAFF
from tests.fakes.rows import rows_of

SIZE = 6
POLICY = MatchPolicy()
CALIBRATION = (
    CalibrationPoint(1e-6, 0.30),
    CalibrationPoint(1e-4, 0.45),
    CalibrationPoint(1e-3, 0.52),
    CalibrationPoint(1e-2, 0.60),
)
SPACES = [
    Space("euclidean-6", SIZE, Metric.EUCLIDEAN, CALIBRATION),
    Space("cosine-6", SIZE, Metric.COSINE, CALIBRATION),
]
EUCLIDEAN = SPACES[0]
PEOPLE = {each.person.id: each.person for each in STAFF}
IDS = sorted(PEOPLE)

rates = st.floats(min_value=1e-15, max_value=1.0)
spaces = st.sampled_from(SPACES)
vectors = st.lists(
    st.floats(min_value=-1.0, max_value=1.0, width=32), min_size=SIZE, max_size=SIZE
).map(lambda numbers: np.asarray(numbers, dtype=np.float32))
templates = st.lists(st.tuples(st.sampled_from(IDS), vectors), max_size=30)


def vector(*numbers: float) -> Embedding:
    return np.asarray([*numbers, *[0.0] * (SIZE - len(numbers))], dtype=np.float32)


def gallery(space: Space, *pairs: tuple[str, Embedding]) -> Snapshot:
    return snapshot_of(1, space, PEOPLE, pairs)


def distance(space: Space, a: Embedding, b: Embedding) -> float:
    """In double precision, by the definition."""
    x, y = a.astype(np.float64), b.astype(np.float64)
    if space.metric is Metric.EUCLIDEAN:
        return float(np.linalg.norm(x - y))
    return 1.0 - float(x @ y) / float(np.linalg.norm(x) * np.linalg.norm(y))


# -- thresholds


@pytest.mark.parametrize("point", CALIBRATION)
def test_at_a_measured_rate_the_threshold_is_the_measured_distance(point: CalibrationPoint) -> None:
    assert threshold_at(EUCLIDEAN, point.fmr) == pytest.approx(point.distance)


@given(rates, rates)
def test_a_stricter_rate_never_has_a_looser_threshold(a: float, b: float) -> None:
    strict, loose = sorted((a, b))
    assert 0.0 <= threshold_at(EUCLIDEAN, strict) <= threshold_at(EUCLIDEAN, loose) <= 0.60


def test_no_rate_is_looser_than_what_was_measured() -> None:
    assert threshold_at(EUCLIDEAN, 1.0) == threshold_at(EUCLIDEAN, 1e-2) == 0.60


@pytest.mark.parametrize("rate", [0.0, -1.0, 1e-300])
def test_an_impossible_rate_has_a_threshold_nobody_passes(rate: float) -> None:
    assert threshold_at(EUCLIDEAN, rate) == 0.0


@pytest.mark.parametrize(
    "points",
    [
        (),
        (CalibrationPoint(1e-4, 0.5),),
        (CalibrationPoint(1e-4, 0.5), CalibrationPoint(1e-3, 0.4)),
        (CalibrationPoint(1e-4, 0.5), CalibrationPoint(1e-4, 0.6)),
        (CalibrationPoint(0.0, 0.3), CalibrationPoint(1e-3, 0.4)),
        (CalibrationPoint(1e-4, 0.0), CalibrationPoint(1e-3, 0.4)),
        (CalibrationPoint(1e-4, 0.3), CalibrationPoint(1e-3, math.inf)),
        (CalibrationPoint(1e-4, math.nan), CalibrationPoint(1e-3, 0.4)),
    ],
    ids=str,
)
def test_a_calibration_that_cannot_be_believed_is_refused(
    points: tuple[CalibrationPoint, ...],
) -> None:
    with pytest.raises(ValueError, match="euclidean-6"):
        threshold_at(replace(EUCLIDEAN, calibration=points), 1e-4)


def test_the_threshold_falls_as_the_gallery_grows() -> None:
    """A larger gallery gives a stranger more chances, so each comparison must be stricter."""
    sizes = [1, 2, 10, 100, 1_000, 5_000, 50_000]
    found = [identification_threshold(EUCLIDEAN, size, POLICY) for size in sizes]
    assert found[0] == threshold_at(EUCLIDEAN, POLICY.fpir)
    assert all(large < small for small, large in pairwise(found))


def test_a_large_gallery_really_refuses_what_a_small_one_takes() -> None:
    probe, near = vector(1.0), vector(1.0, 0.46)
    far = [(IDS[1], vector(-1.0, *np.eye(5)[n % 5])) for n in range(1000)]
    assert identify(probe, gallery(EUCLIDEAN, (IDS[0], near)), POLICY) == Matched(IDS[0])
    assert identify(probe, gallery(EUCLIDEAN, (IDS[0], near), *far), POLICY) == Unmatched()


# -- the search


def plainly(probe: Embedding, snapshot: Snapshot, pairs: list[tuple[str, Embedding]]) -> Match:
    """The same answer the slow way: one person at a time, in double precision."""
    space = snapshot.space
    usable = [(who, each) for who, each in pairs if np.any(each != 0)]
    if not usable or not np.any(probe != 0):
        return Unmatched()
    best: dict[str, float] = {}
    for who, each in usable:
        best[who] = min(best.get(who, math.inf), distance(space, probe, each))
    limit = identification_threshold(space, len(usable), POLICY)
    ranked = sorted((value, who) for who, value in best.items())
    if ranked[0][0] >= limit:
        return Unmatched()
    if len(ranked) > 1 and ranked[1][0] - ranked[0][0] < POLICY.margin * limit:
        return Unsure()
    return Matched(ranked[0][1])


@given(spaces, vectors, templates)
def test_the_search_answers_as_a_plain_one_does(
    space: Space, probe: Embedding, pairs: list[tuple[str, Embedding]]
) -> None:
    """Where rounding could tip the scales either way, both answers may be right."""
    snapshot = gallery(space, *pairs)
    found, expected = identify(probe, snapshot, POLICY), plainly(probe, snapshot, pairs)
    if found != expected:
        usable = [each for _, each in pairs if np.any(each != 0)]
        limit = identification_threshold(space, len(usable), POLICY)
        measured = sorted(distance(space, probe, each) for each in usable)
        edges = [limit, *(each + POLICY.margin * limit for each in measured)]
        assert any(abs(each - edge) < 1e-3 for each in measured for edge in edges)


@given(spaces, vectors, templates)
def test_distances_are_those_of_the_definition(
    space: Space, probe: Embedding, pairs: list[tuple[str, Embedding]]
) -> None:
    usable = [each for _, each in pairs if np.linalg.norm(each) > 1e-3]
    if not usable or np.linalg.norm(probe) < 1e-3:
        return
    found = distances(probe, np.stack(usable), space.metric)
    for measured, each in zip(found, usable, strict=True):
        assert measured == pytest.approx(distance(space, probe, each), abs=2e-3)


def test_the_nearest_of_several_templates_counts() -> None:
    far, near = vector(0.0, 1.0), vector(1.0, 0.1)
    snapshot = gallery(EUCLIDEAN, (IDS[0], far), (IDS[0], near), (IDS[1], vector(0.0, 0.0, 1.0)))
    assert identify(vector(1.0), snapshot, POLICY) == Matched(IDS[0])


def test_twins_are_not_told_apart() -> None:
    twins = gallery(EUCLIDEAN, (IDS[0], vector(1.0, 0.1)), (IDS[1], vector(1.0, -0.1)))
    assert identify(vector(1.0), twins, POLICY) == Unsure()


def test_a_claim_settles_who_of_two_twins_it_is() -> None:
    twins = gallery(EUCLIDEAN, (IDS[0], vector(1.0, 0.1)), (IDS[1], vector(1.0, -0.1)))
    assert verify(vector(1.0), IDS[1], twins, POLICY) == Matched(IDS[1])


def test_two_templates_of_one_person_are_no_twins() -> None:
    one = gallery(EUCLIDEAN, (IDS[0], vector(1.0, 0.1)), (IDS[0], vector(1.0, -0.1)))
    assert identify(vector(1.0), one, POLICY) == Matched(IDS[0])


# -- one to one


@given(spaces, vectors, templates, st.sampled_from(IDS))
def test_a_claim_is_only_compared_with_the_claimed_person(
    space: Space, probe: Embedding, pairs: list[tuple[str, Embedding]], claimed: str
) -> None:
    """Everybody else could as well not be there."""
    own = [(who, each) for who, each in pairs if who == claimed]
    found = verify(probe, claimed, gallery(space, *pairs), POLICY)
    assert found in (Matched(claimed), Unmatched())
    assert found == verify(probe, claimed, gallery(space, *own), POLICY)


@pytest.mark.parametrize("nobody", ["", "id-nobody", IDS[2]])
def test_a_claim_that_is_nobodys_or_has_no_face_matches_nobody(nobody: str) -> None:
    probe = vector(1.0)
    snapshot = gallery(EUCLIDEAN, (IDS[0], probe))
    assert verify(probe, nobody, snapshot, POLICY) == Unmatched()


# -- what cannot be compared

NAN, INF = math.nan, math.inf
UNUSABLE: list[Embedding] = [
    vector(),
    vector(NAN),
    vector(1.0, INF),
    np.ones(SIZE + 1, dtype=np.float32),
    np.ones((1, SIZE), dtype=np.float32),
    np.zeros(0, dtype=np.float32),
]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.id)
@pytest.mark.parametrize("probe", UNUSABLE, ids=str)
def test_a_probe_that_cannot_be_used_matches_nobody(space: Space, probe: Embedding) -> None:
    snapshot = gallery(space, (IDS[0], vector(1.0)), (IDS[1], vector(0.0, 1.0)))
    assert not is_usable(probe, space)
    assert identify(probe, snapshot, POLICY) == Unmatched()
    assert verify(probe, IDS[0], snapshot, POLICY) == Unmatched()


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.id)
@pytest.mark.parametrize("broken", UNUSABLE, ids=str)
def test_a_template_that_cannot_be_used_matches_nobody_and_stops_nobody(
    space: Space, broken: Embedding
) -> None:
    probe = vector(1.0)
    snapshot = gallery(space, (IDS[1], broken), (IDS[0], probe))
    assert identify(probe, snapshot, POLICY) == Matched(IDS[0])
    assert verify(probe, IDS[1], snapshot, POLICY) == Unmatched()


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.id)
def test_a_row_gone_bad_in_memory_is_infinitely_far(space: Space) -> None:
    bad = gallery(space, (IDS[0], vector(1.0)), (IDS[1], vector(0.0, 1.0)))
    bad.blocks[0].rows[1] = NAN
    assert np.isinf(distances(vector(1.0), rows_of(bad), space.metric)[1])
    assert identify(vector(1.0), bad, POLICY) == Matched(IDS[0])
    assert verify(vector(0.0, 1.0), IDS[1], bad, POLICY) == Unmatched()


def test_an_empty_gallery_knows_nobody() -> None:
    assert identify(vector(1.0), gallery(EUCLIDEAN), POLICY) == Unmatched()


# -- several frames of one face


def test_frames_are_fused_into_their_mean() -> None:
    assert np.array_equal(fuse([vector(1.0), vector(0.0, 1.0)]), vector(0.5, 0.5))


def test_the_spread_is_that_of_the_frame_farthest_out() -> None:
    frames = [vector(1.0), vector(1.0, 0.3)]
    assert spread(frames, vector(1.0), Metric.EUCLIDEAN) == pytest.approx(0.3, abs=1e-3)


@pytest.mark.parametrize("frames", [[], [vector(1.0), vector(NAN)]])
def test_no_frames_or_broken_ones_never_agree(frames: list[Embedding]) -> None:
    assert spread(frames, vector(1.0), Metric.EUCLIDEAN) == math.inf
