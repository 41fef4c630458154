"""Continuity: whether the looks are one run of fresh pictures of one head, and no earlier one's.

Each check names what no camera before a living face does:

* *repeated*: a picture comes again after others. The noise of a sensor never makes the same
  million numbers twice. The same picture twice in a row is no fault: drivers hand a buffer out
  again, and network cameras send "as before"; only one that *stays* is (*frozen*).
* *looped*: a run of looks repeats an earlier one more exactly than the face stood still for two
  looks. That survives recompression and noise, as landmarks are a function of the picture.
* *cut*: between two looks the head jumps, or becomes one of other proportions, and was calm
  before and is calm after. A head takes a fifth of a second from rest to rest; a cut takes none.
* *stale*: a look was told so late that nothing on the screen was its occasion.
* *replayed*: the motion is that of a session remembered (see `memory`).

Two things are not judged, because they could only be made up. Frames that are out of order or
doubled never get this far: `session.look` goes by rising numbers and times. And intervals that
are "too regular" say nothing: we stamp on arrival, a good camera on a quiet machine is regular to
a tenth of a millisecond, and a program that feeds us frames can be as irregular as it likes.
Whether the embeddings of a track are one person's is looked at where they are made (`agreement`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.evidence import Evidence, Finding, Layer, Look, Verdict

Shape = NDArray[np.float64]

#: iBUG points that do not move on a face: temples, nose, eye corners; and how far each lies
#: behind the middle, mm (vision.pose's mean face; only their proportions matter here).
RIGID = np.array((0, 1, 2, 14, 15, 16, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 39, 42, 45))
DEPTH = np.array([
    61.3, 57.8, 55.9, 55.9, 57.8, 61.3, -28.9, -36.6, -45.1, -53.4, -29.7, -34.2, -37.1, -34.2,
    -29.7, -2.1, -8.4, -8.4, -2.1,
])  # fmt: skip
#: One unit of a jump: in eye distances, logarithm of size, degrees of roll, yaw and pitch; and
#: of the proportions, eye distances (root mean square over RIGID). Ten times the scatter of a
#: still face, which makes the units of one size.
UNITS = np.array((0.08, 0.08, 0.04, 4.0, 6.0, 8.0))
SHAPE_UNIT = 0.01
SIDE = 3
"""Looks on either side of a cut that have to be calm."""
RUN = 10
"""Looks of a run that may be a loop: 0.7 s at 15 a second."""
MOST_JITTER = 0.95
"""More than this share of the looks have is no jitter: one genuine visit of the simulated visitor
on a busy machine had a share of 0.36 for one sudden look, and has 1.03 without it; films keep their
0.75 and loops of them their 0.38 at the most."""
FAR_PX = 1e5
"""No landmark of a camera's picture lies out there."""
MOST_LOOKS = 600
"""Only so many of the last looks are searched for loops, to bound the time it takes."""


@dataclass(frozen=True, slots=True)
class ContinuityPolicy:
    """`again_s`: a picture seen again this long after it first was is a repeat; less may be a
    driver's ring of buffers. `frozen_s`: it may stay this long (issue: a frozen camera <= 1 s).

    `loop_lag_s`: a loop is at least this long. `loop_share`: two runs that differ by less than
    this share of what neighbouring looks of the same runs jitter. Nine filmed faces at up to 30
    looks a second, and five of them filmed again in 4 ways (38 films): least 0.75, then 0.97.
    Loops of three of them, recompressed with noise of up to 4 grey levels (9): 0.08 to 0.34. The
    demo's stranger, at 27 looks a second, had 0.49 to 1.05 (20 visits), and was turned away three
    times in some thirty while the limit was 0.5.
    `cut_units`: a jump of this size between two looks is a cut, where either side moved less
    than `cut_calm` of it from look to look. 6,838 places of 31 films of faces had none of any
    size at that share; of 160 cuts to another face put in the same place half are found, and
    all 3 of one film that was cut together. `cut_s`: six looks have to lie this close, and
    `cut_gap_s`: the two of the jump this close; a head took 0.18 s unseen to look up by 11 degrees.
    `stale_s`: a look may be told so late. `replay_distance`: see below.

    `replay_distance` (`Echo.distance`): 3,000 showings of 120 sessions of the simulated visitor,
    with noise, 10 to 30 looks a second, 7 % slower to faster and 8 % larger to smaller: median
    0.64, 99.9 % under 1.20, greatest 1.25. 2,392 pairs of its sessions that had one plan: least
    1.14, 1 % under 1.43, median 2.33; with two plans (113): least 1.89. One in about 70 pairs
    has one plan. 2,312 pairs of stretches of nine filmed people: least 4.2. Five films shown to
    another lens without the hand's shake: 0.4 to 1.4; with it up to 2.8, and not known again.
    That was with one phase of samples, and a limit of 1.3: of 3,000 films played again exactly
    59, all of 2 of 40 people, came to 1.30 to 1.33 and passed. With several phases 36 showings of
    a made-up visit came to 0.79 at the most, and 29 visits of one plan to 1.29 at the least.
    """

    again_s: float = 0.25
    frozen_s: float = 1.0
    loop_lag_s: float = 0.4
    loop_share: float = 0.43
    cut_units: float = 4.0
    cut_calm: float = 0.2
    cut_s: float = 0.6
    cut_gap_s: float = 0.1
    stale_s: float = 2.0
    replay_distance: float = 1.15


def judge(evidence: Evidence, policy: ContinuityPolicy) -> Verdict:
    """REFUSED with the first word that holds; INCONCLUSIVE where the landmarks were not there."""
    looks = evidence.looks
    word = _pictures(looks, policy)
    shown = tuple(look for look in looks if _is_marked(look))
    told = [("looks", float(len(shown))), ("echo", evidence.echo.distance)]
    loop = jump = math.nan
    if not word and shown:
        loop, jump = loop_share(shown, policy), jump_units(shown, policy)
        told += [("loop", loop), ("jump", jump)]
        word = _motion(loop, jump, evidence.echo.distance, policy)
    measures = tuple(told)
    if word:
        return Verdict(Layer.CONTINUITY, Finding.REFUSED, word, measures)
    if len(shown) < RUN:
        return Verdict(Layer.CONTINUITY, Finding.INCONCLUSIVE, "unmeasured", measures)
    return Verdict(Layer.CONTINUITY, Finding.LIVE, measures=measures)


def _motion(loop: float, jump: float, echo: float, policy: ContinuityPolicy) -> str:
    """Written so that what is not a number refuses."""
    if not loop >= policy.loop_share:
        return "looped"
    if not jump < policy.cut_units:
        return "cut"
    return "" if echo >= policy.replay_distance else "replayed"


def _pictures(looks: tuple[Look, ...], policy: ContinuityPolicy) -> str:
    """What equal pictures and their times say; a digest of 0 is not known."""
    if not all(look.now_s - look.t_s <= policy.stale_s for look in looks):
        return "stale"
    first: dict[int, float] = {}
    since_s, last = 0.0, 0
    for look in looks:
        if look.digest != last:
            since_s, last = look.t_s, look.digest
            before_s = first.setdefault(look.digest, look.t_s)
            if look.digest and look.t_s - before_s >= policy.again_s:
                return "repeated"
        elif look.digest and look.t_s - since_s >= policy.frozen_s:
            return "frozen"
    return ""


def _is_marked(look: Look) -> bool:
    size = look.face.quality.eye_distance_px
    pose = look.face.pose
    opened = (look.face.eye_openness, look.face.mouth_openness)
    numbers = (size, pose.yaw_deg, pose.pitch_deg, pose.roll_deg, *opened)
    points = look.face.landmarks
    marked = len(points) == 68 and all(abs(x) < FAR_PX for point in points for x in point)  # noqa: PLR2004
    return marked and size >= 1.0 and all(abs(number) < FAR_PX for number in numbers)


def _shape(look: Look) -> Shape:
    return np.array(look.face.landmarks, dtype=np.float64)


# -- loops


def loop_share(looks: tuple[Look, ...], policy: ContinuityPolicy) -> float:
    """The most exact repeat of a run: its difference over the jitter within; inf without any.

    Looks of which neighbours mostly do not differ at all were never measured by a landmarker,
    so nothing is said of them.
    """
    looks = looks[-MOST_LOOKS:]
    if len(looks) < 2 * RUN:
        return math.inf
    t_s = np.array([look.t_s for look in looks])
    rows = np.array([_row(look) for look in looks])
    rows = rows / float(np.median([look.face.quality.eye_distance_px for look in looks]))
    rows -= rows.mean(axis=0)
    jitter = np.zeros(len(rows))
    jitter[1:-1] = ((rows[2:] - 2.0 * rows[1:-1] + rows[:-2]) ** 2).mean(axis=1) / 6.0
    if not np.median(jitter) > 0.0:
        return math.inf
    # A quick movement seen by few looks bends from each to the next, which is no jitter.
    jitter = np.minimum(jitter, np.quantile(jitter, MOST_JITTER))
    squares = (rows**2).mean(axis=1)
    apart = squares[:, None] + squares[None, :] - 2.0 * rows @ rows.T / rows.shape[1]
    apart = np.maximum(apart, 0.0)
    return min(
        (_least(apart, jitter, t_s, lag, policy) for lag in range(1, len(rows) - RUN + 1)),
        default=math.inf,
    )


def _row(look: Look) -> Shape:
    """Landmarks in pixels, and the openness of eyes and mouth in the same measure."""
    face = look.face
    size = face.quality.eye_distance_px
    opened = (face.eye_openness * size, face.mouth_openness * size)
    return np.concatenate([_shape(look).ravel(), np.array(opened)])


def _least(apart: Shape, jitter: Shape, t_s: Shape, lag: int, policy: ContinuityPolicy) -> float:
    """The least share of all runs that many looks apart."""
    late = (t_s[lag:] - t_s[:-lag])[: len(t_s) - lag - RUN + 1] >= policy.loop_lag_s
    if not late.any():
        return math.inf
    differ = _sums(np.diagonal(apart, lag))
    within = (_sums(jitter[:-lag]) + _sums(jitter[lag:])) / 2.0
    told = late & (within > 0.0)
    return float(np.sqrt((differ[told] / within[told]).min())) if told.any() else math.inf


def _sums(values: Shape) -> Shape:
    """Of every RUN neighbours."""
    windows = np.lib.stride_tricks.sliding_window_view(values, RUN)
    return np.asarray(windows.sum(axis=1))


# -- cuts


def jump_units(looks: tuple[Look, ...], policy: ContinuityPolicy) -> float:
    """The largest jump between two looks with calm on either side, in units; 0 without any."""
    if len(looks) < 2 * SIDE:
        return 0.0
    t_s = np.array([look.t_s for look in looks])
    places = np.array([_place(look) for look in looks])
    shapes = np.array([_shape(look)[RIGID] for look in looks])
    steps = _apart(places[:-1], places[1:], shapes[:-1], shapes[1:])
    sides = np.lib.stride_tricks.sliding_window_view(steps, SIDE - 1).max(axis=1)
    middle = np.median(np.lib.stride_tricks.sliding_window_view(places, SIDE, axis=0), axis=-1)
    shape = np.median(np.lib.stride_tricks.sliding_window_view(shapes, SIDE, axis=0), axis=-1)
    jumps = _apart(middle[:-SIDE], middle[SIDE:], shape[:-SIDE], shape[SIDE:])
    restless = np.maximum(sides[:-SIDE], sides[SIDE:])
    close = t_s[2 * SIDE - 1 :] - t_s[: -2 * SIDE + 1] <= policy.cut_s
    close &= t_s[SIDE : 1 - SIDE] - t_s[SIDE - 1 : -SIDE] <= policy.cut_gap_s
    calm = close & ~(restless >= policy.cut_calm * jumps)
    return float(jumps[calm].max()) if calm.any() else 0.0


def _place(look: Look) -> tuple[float, ...]:
    """Where the eyes are in pixels, the eye distance in pixels, and the angles."""
    eyes = look.face.landmarks[36:48]
    x, y = (sum(point[axis] for point in eyes) / len(eyes) for axis in (0, 1))
    pose, size = look.face.pose, look.face.quality.eye_distance_px
    return (x, y, size, pose.roll_deg, pose.yaw_deg, pose.pitch_deg)


def _apart(before: Shape, after: Shape, moved: Shape, now: Shape) -> Shape:
    """Jumps [n] from each place [n, 6] and shape [n, points, 2] to the other."""
    size = before[:, 2]
    by = after - before
    by[:, :2] /= size[:, None]
    by[:, 2] = np.log(after[:, 2] / size)
    shape = _misfit(moved, now) / size / SHAPE_UNIT
    return np.asarray(np.sqrt(((by / UNITS) ** 2).sum(axis=1) + shape**2))


def _misfit(before: Shape, after: Shape) -> Shape:
    """How badly any turn, shift or zoom of one rigid head explains each other shape, pixels [n].

    Seen from afar, a moved rigid body's picture is a linear map of its old x, y and its depth
    (S. Ullman, R. Basri, 1991); what is left over is another head's, or jitter.
    """
    depth = np.broadcast_to(DEPTH - DEPTH.mean(), before.shape[:2])[..., None]
    old = np.concatenate([before - before.mean(axis=1, keepdims=True), depth], axis=2)
    new = after - after.mean(axis=1, keepdims=True)
    left = new - old @ (np.linalg.pinv(old) @ new)
    return np.asarray(np.sqrt((left**2).sum(axis=2).mean(axis=1)))
