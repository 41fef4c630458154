"""Whether the embeddings taken along one track are one person's, from its first look to its last.

A track is where a face is, not whose: a second person can take the first one's place in it. The
faces at rest are compared in stretches, so that whoever stood there for two of them is seen
whole and not mixed with the other; a face in the middle of a movement reads differently by
itself, and is only held against all of those at rest. Where somebody's head is at rest is measured
by the other's, whose face may be read ten degrees higher: rest is wide, and nothing near it is left
out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
#: Faces that are held against the person as the end of a session, the last answer among them.
#: Nobody is at rest after it, so that the stretches say nothing of whoever gave it.
ENDING = 3


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One embedded face of the track. `answers`: it was compared because it met a challenge;
    `ends`: because it is one of the last, see `ending`."""

    frame: int
    pose: Pose
    embedding: Embedding
    answers: bool = False
    ends: bool = False


def ending(looks: Iterable[int], met: Sequence[int]) -> tuple[int, ...]:
    """The last few of the track's `looks` up to the last answer, oldest first. `met` are those
    with an answer; frame numbers all."""
    if not met:
        return ()
    return tuple(sorted(look for look in looks if look <= max(met))[-ENDING:])


def is_one_person(
    samples: Sequence[Sample], straight: Sequence[Pose], space: Space, policy: MatchPolicy
) -> bool:
    """Whether all samples show one face; `straight` are the poses of those that are matched.

    Each stretch of three faces at rest or more has to lie within `track_fmr` of the rest of them,
    one of two and each face at rest within `moment_fmr` of all others, and each that answers, or
    is turned no farther than FAR_DEG, within `agreement_fmr` of those at rest (24 animated
    sessions: at most 0.058). The last few together, which nobody at rest follows, have to lie
    within `track_fmr` of them (40 animated sessions: at most 0.030; ends of other sessions in
    their place, none of 1,532 nearer than 0.060, where the single last face let 10 pass).
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
    rest = [
        each.embedding
        for each in sorted(samples, key=lambda each: each.frame)
        if abs(each.pose.yaw_deg - yaw_deg) <= REST_YAW_DEG
        and abs(each.pose.pitch_deg - pitch_deg) <= REST_PITCH_DEG
    ]
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
    last = [each.embedding for each in samples if each.ends]
    return (
        (not last or _near(whole, fuse(last), space, policy.track_fmr))
        and all(_near(whole, each, space, policy.agreement_fmr) for each in turned)
        and farthest_moment(rest, space) <= threshold_at(space, policy.moment_fmr)
        and farthest_stretch(rest, space) <= threshold_at(space, policy.moment_fmr)
        and farthest_stretch(rest, space, WHOLE) <= threshold_at(space, policy.track_fmr)
    )


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
