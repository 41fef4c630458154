"""Whether the embeddings taken along one track are one person's, from its first look to its last.

A track is where a face is, not whose: a second person can take the first one's place in it. The
faces at rest are compared in stretches, so that whoever stood there for two of them is seen
whole and not mixed with the other; a face in the middle of a movement reads differently by
itself, and is only held against all of those at rest. Where somebody's head is at rest is measured
by the other's, whose face may be read ten degrees higher: rest is wide, and nothing near it is left
out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from app.domain.matching import (
    Embedding,
    MatchPolicy,
    Space,
    distances,
    fuse,
    is_usable,
    threshold_at,
)
from app.domain.observation import Pose

#: Seconds between two embeddings taken while nothing else has to be embedded.
EVERY_S = 0.25
#: A face this near to how the compared ones are held counts as at rest, degrees. Two people at
#: rest read 7 and 11 apart in pitch, and one of them was then compared with nothing.
REST_YAW_DEG, REST_PITCH_DEG = 12.0, 12.0
#: A face farther off than this is compared only if it answers; a genuine one was measured to 30.
FAR_DEG = 32.0
#: Fewest faces of a stretch, and beside it.
STRETCH = 2
#: Of two faces alone the mean is still rough: judged like longer stretches, 1 of 103 animated
#: sessions was refused for two that lay 0.0005 too far.
WHOLE = 3
#: Faces that are held together against the person for one answer, the answer the last of them:
#: one face's noise neither admits nor refuses.
ANSWERING = 3


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One embedded face of the track. `answers`: it was compared because it met a challenge."""

    frame: int
    pose: Pose
    embedding: Embedding
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """The looks at one face. `poses`: by frame number, no later than the last look that is
    compared. `taken`: the frames that were embedded along the way. `match` and `met`: the frames
    the session named."""

    poses: Mapping[int, Pose]
    taken: Collection[int]
    match: Sequence[int]
    met: Sequence[int]


def answering(looks: Iterable[int], met: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """For each of the answers `met`, the last few of the track's `looks` up to it, oldest first;
    frame numbers all."""
    seen = sorted(looks)
    return tuple(tuple(look for look in seen if look <= answer)[-ANSWERING:] for answer in met)


def agrees(
    track: Track, embed: Callable[[int], Embedding], space: Space, policy: MatchPolicy
) -> bool:
    """Whether the whole track shows one person; `embed` takes a frame number of `track.poses`.

    Everything embedded along the way is heard, and the faces of every answer and of the match.
    """
    groups = answering(track.poses, track.met)
    wanted = {*track.match, *track.met, *(number for group in groups for number in group)}
    if not wanted <= track.poses.keys():
        return False
    samples = [
        Sample(number, track.poses[number], embed(number), number in track.met)
        for number in sorted(wanted | (track.poses.keys() & set(track.taken)))
    ]
    straight = [track.poses[number] for number in track.match]
    return is_one_person(samples, straight, groups, space, policy)


def is_one_person(
    samples: Sequence[Sample],
    straight: Sequence[Pose],
    groups: Sequence[Sequence[int]],
    space: Space,
    policy: MatchPolicy,
) -> bool:
    """Whether all samples show one face; `straight` are the poses of those that are matched, and
    `groups` the frames that are held together for one answer each.

    Each stretch of three faces at rest or more has to lie within `track_fmr` of the rest of them,
    one of two and each face at rest within `moment_fmr` of all others, and each that answers, or
    is turned no farther than FAR_DEG, within `agreement_fmr` of those at rest (24 animated
    sessions: at most 0.058).
    Those of one answer together have to lie within `track_fmr` of them, and within `moment_fmr`
    where the face is turned out of rest: of ten films (1,045 threes of looks) the farthest was
    0.026 up to 12 degrees, but 0.058 beyond (52), where the embedded pack allows 0.050 and 0.063.
    One photograph of 624 others in the place of an answer (LFW, 300,768 pairs): 7 within
    `track_fmr`, 101 within `moment_fmr`, 1,068 within `agreement_fmr`.
    Nine filmed people (96 series of 8 to 16 faces, 0.3 s apart): stretches differed by 0.030 at
    the most and single faces by 0.036, where the embedded pack allows 0.050 and 0.063; none was
    refused. Faces of 545 other people put in their place, each with the film's own scatter: for
    four or for three faces in a row, none of 3,000 passed each; from some face on to the end none
    of 3,000; for one answer alone 4 of 3,000. Nobody agrees in a space that was never measured.
    """
    if not space.calibration:
        return False
    if not straight or not all(is_usable(each.embedding, space) for each in samples):
        return False
    yaw_deg = median(pose.yaw_deg for pose in straight)
    pitch_deg = median(pose.pitch_deg for pose in straight)
    resting = [
        each
        for each in sorted(samples, key=lambda each: each.frame)
        if abs(each.pose.yaw_deg - yaw_deg) <= REST_YAW_DEG
        and abs(each.pose.pitch_deg - pitch_deg) <= REST_PITCH_DEG
    ]
    rest = [each.embedding for each in resting]
    if not rest:
        return False
    turned = [
        each.embedding
        for each in samples
        if each.answers
        or (
            not abs(each.pose.yaw_deg - yaw_deg) > FAR_DEG
            and not abs(each.pose.pitch_deg - pitch_deg) > FAR_DEG
        )
    ]
    whole = fuse(rest)
    still = {each.frame for each in resting}
    faces = {each.frame: each.embedding for each in samples}
    return (
        all(_answers(whole, group, faces, still, space, policy) for group in groups)
        and all(_near(whole, each, space, policy.agreement_fmr) for each in turned)
        and farthest_moment(rest, space) <= threshold_at(space, policy.moment_fmr)
        and farthest_stretch(rest, space) <= threshold_at(space, policy.moment_fmr)
        and farthest_stretch(rest, space, WHOLE) <= threshold_at(space, policy.track_fmr)
    )


def _answers(
    whole: Embedding,
    group: Sequence[int],
    faces: Mapping[int, Embedding],
    still: Collection[int],
    space: Space,
    policy: MatchPolicy,
) -> bool:
    """Whether those who gave one answer, taken together, are the person; nobody is nobody."""
    if not group or not faces.keys() >= set(group):
        return False
    fmr = policy.track_fmr if set(group) <= set(still) else policy.moment_fmr
    return _near(whole, fuse([faces[number] for number in group]), space, fmr)


def _near(one: Embedding, other: Embedding, space: Space, fmr: float) -> bool:
    return _between(one, other, space) <= threshold_at(space, fmr)


def _between(one: Embedding, other: Embedding, space: Space) -> float:
    return float(distances(one, other[None, :], space.metric)[0])


def farthest_moment(rest: Sequence[Embedding], space: Space) -> float:
    """The largest distance of one face to the mean of all others; 0 where there is none."""
    total = np.sum(rest, axis=0)
    others = len(rest) - 1
    apart = [_between(each, _part(total - each, others), space) for each in rest if others]
    return max(apart, default=0.0)


def farthest_stretch(rest: Sequence[Embedding], space: Space, fewest: int = STRETCH) -> float:
    """The largest distance of the mean of neighbours in time, `fewest` or more, to the mean of all
    others."""
    sums = np.vstack([np.zeros((1, space.dimension)), np.cumsum(np.stack(rest), axis=0)])
    count = len(rest)
    apart = [
        _between(
            _part(sums[end] - sums[begin], end - begin),
            _part(sums[-1] - sums[end] + sums[begin], count - end + begin),
            space,
        )
        for begin in range(count)
        for end in range(begin + fewest, count + 1)
        if count - (end - begin) >= fewest
    ]
    return max(apart, default=0.0)


def _part(total: Embedding, count: int) -> Embedding:
    return np.asarray(total / count, dtype=np.float32)
