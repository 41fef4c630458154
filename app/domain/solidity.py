"""Solidity: what turned was a head, and not a picture of one on a sheet.

A sheet, flat or bent, can fake a turn in front of a camera, because landmarks lean towards the
heads they were learnt from. Three measures tell the two apart. Each compares the looks at the end
of a turn with those at rest, by the 68 landmarks, in eye distances (about 63 mm).

* *Relief*: how far the tip of the nose stands out. A bent sheet moves all its points by a smooth
  function of where they are; such a function is fitted to brows, eyes, mouth and jaw (quadratic,
  with an upright and a level fold through the tip of the nose) and foretells where the nose is.
  What the nose does beyond that, over the sine of the turn, is 0 on every developable sheet.
* *Rigidity*: a head that turns is squeezed sideways exactly as much as its nose comes forward. A
  sheet has to be tilted or bent much further than the turn it pretends, and is only squeezed.
  The smaller over the larger singular value of the map from the head at rest, with generic
  depths, to the picture: 1 for a rigid head in any pose, the cosine of its tilt for a plane. The
  least of the end of the movement and of the looks on the way there, where a sheet is tilted
  already and the landmarks do not pretend a turn yet.
* *Contrast*: what the best turned head leaves unexplained, over what the best plane-to-plane
  homography leaves; 1 or more where a plane explains the movement as well.

It sees no more than landmarks show. A screen that replays a turning head, or an animated
photograph, shows a solid head and passes: the challenge, the light, the passive layer and the
camera's tier stand against that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.evidence import Evidence, Finding, Layer, Look, Verdict
from app.domain.liveness import Met

Points = NDArray[np.float64]

LANDMARKS = 68
#: Instead of nothing, in a divisor.
TINY = 1e-9
#: iBUG numbers: eye corners and lids of either side, the lower nose, its tip.
RIGHT_EYE, LEFT_EYE = slice(36, 42), slice(42, 48)
NOSE = (29, 30, 31, 32, 33, 34, 35)
TIP = (30, 33)
#: What a sheet is fitted to: jaw, brows, bridge of the nose, eyes and the outer lips.
AROUND = tuple(each for each in range(60) if each not in NOSE)
#: What moves with the skull alone: nose, eye corners and lids.
RIGID = tuple(range(27, 48))
#: Their depths towards the camera in eye distances, in iBUG order: those of the mean face of
#: `app.vision.pose` (factorised from 6,883 photographs); lids lie between their corners.
DEPTHS = np.array(
    [
        0.46, 0.58, 0.72, 0.85, 0.47, 0.54, 0.59, 0.54, 0.47,  # nose
        0.03, 0.08, 0.10, 0.13, 0.10, 0.08, 0.13, 0.10, 0.08, 0.03, 0.08, 0.10,  # eyes
    ]
)  # fmt: skip
#: Width of the folds in the sheet's function: half an eye is 0.23.
FOLD = 0.35
#: Where the tip of the nose moves to in the upright picture, by the challenges of the head.
LOOK_UP = "look-up"
TOWARDS = {"turn-left": (1.0, 0.0), "turn-right": (-1.0, 0.0), LOOK_UP: (0.0, -1.0)}
#: Looks on the way that are measured: more is rest, which is no way yet.
ON_THE_WAY = 6
#: Steps to the best turned head; the third changes nothing that matters any more.
STEPS = 4
#: Landmarks further from the face's box than its size are no landmarks of that face.
STRAY = 1.0


@dataclass(frozen=True, slots=True)
class SolidityPolicy:
    """The solidity layer; a movement has to keep all three limits.

    Measured per movement up to the look that met it, by the embedded pack. Genuine: 97 turns of 33
    animated photographs, 55 of them at 10 to 30 looks a second, eyes 36 to 98 px apart or a third
    of the light (relief 0.21 to 0.67, rigidity 0.85 to 0.99, contrast 0.21 to 0.70), and 11 turns
    of 12 degrees and more in real videos of people who talk (0.17 to 0.42, 0.87 to 0.95, 0.41 to
    0.98; one of 13 degrees is refused). Attacks: of 2,730 photographs tilted, bent, folded or
    stretched 71 read as a turn at all and were held. Refused are 19 of 30 bent upright, 3 of 4
    bent aslant, 5 of 25 folded along the nose, 3 of 10 stretched and 0 of 2 flat ones; the others
    are where the landmarks themselves believe in a head (relief 0.12 to 0.60).

    `min_relief`: 0 for every sheet; a nose stands out by a quarter to a half. `min_rigidity`: a
    sheet tilted by more than 35 degrees. `max_contrast`: the plane has to explain the movement
    worse than the head, by a tenth.
    `rest_deg`: what counts as rest. `turn_deg`/`look_up_deg`: looks this far from rest are
    compared; just under the smallest movements that `LivenessPolicy` can be set to ask for.
    `rest_looks`/`peak_looks`: with fewer a movement cannot be measured.
    """

    min_relief: float = 0.1
    min_rigidity: float = 0.82
    max_contrast: float = 0.9
    rest_deg: float = 5.0
    turn_deg: float = 12.0
    look_up_deg: float = 8.0
    rest_looks: int = 3
    peak_looks: int = 2


@dataclass(frozen=True, slots=True)
class Movement:
    """The looks of one movement of the head: landmarks [n, 68, 2] upright and in eye distances.

    `angle_deg`: median of the looks at its `peak`, from rest. `way`: the looks that led there.
    """

    name: str
    angle_deg: float
    rest: Points
    way: Points
    peak: Points


@dataclass(frozen=True, slots=True)
class Measures:
    """Of one movement; see the module."""

    relief: float
    rigidity: float
    contrast: float


def judge(evidence: Evidence, policy: SolidityPolicy) -> Verdict:
    """INCONCLUSIVE where no movement of the head was asked for. Every movement has to be one of
    a head, and one that cannot be measured is refused."""
    asked = [met for met in evidence.met if met.challenge in TOWARDS]
    if not asked:
        return Verdict(Layer.SOLIDITY, Finding.INCONCLUSIVE, "no-movement")
    looks = upright(evidence.looks)
    told: list[tuple[str, float]] = []
    fault = ""
    for met in asked:
        movement = None if looks is None else movement_of(met, evidence, looks, policy)
        measures = None if movement is None else measure(movement)
        if movement is None or measures is None:
            return Verdict(Layer.SOLIDITY, Finding.REFUSED, "unmeasured", tuple(told))
        told += _named(movement, measures)
        fault = fault or _fault(movement, measures, policy)
    finding = Finding.REFUSED if fault else Finding.LIVE
    return Verdict(Layer.SOLIDITY, finding, fault, tuple(told))


def _fault(movement: Movement, of: Measures, policy: SolidityPolicy) -> str:
    """Why this was no head, or nothing. How far the nose stands out shows in a turn only: from
    below it moves towards the brows, as everything does."""
    if not of.contrast <= policy.max_contrast:
        return "flat"
    if not of.rigidity >= policy.min_rigidity:
        return "tilted"
    if movement.name != LOOK_UP and not of.relief >= policy.min_relief:
        return "bent"
    return ""


def _named(movement: Movement, of: Measures) -> list[tuple[str, float]]:
    """The measures for the evaluation, as `Verdict` holds them."""
    return [
        (f"{movement.name} angle_deg", movement.angle_deg),
        (f"{movement.name} relief", of.relief),
        (f"{movement.name} rigidity", of.rigidity),
        (f"{movement.name} contrast", of.contrast),
    ]


def upright(looks: tuple[Look, ...]) -> Points | None:
    """The landmarks [n, 68, 2] with the eyes level, around their middle, one apart; None where
    any look has none that can be those of its face."""
    if not looks or any(len(look.face.landmarks) != LANDMARKS for look in looks):
        return None
    marks = np.array([look.face.landmarks for look in looks], dtype=np.float64)
    boxes = [look.face.box for look in looks]
    corner = np.array([(box.left, box.top) for box in boxes])[:, None]
    size = np.array([(box.width, box.height) for box in boxes])[:, None]
    near = (marks >= corner - STRAY * size) & (marks <= corner + (1.0 + STRAY) * size)
    right, left = marks[:, RIGHT_EYE].mean(axis=1), marks[:, LEFT_EYE].mean(axis=1)
    across = left - right
    length = np.hypot(across[:, 0], across[:, 1])[:, None]
    if not (near.all() and (length > TINY).all()):
        return None
    level = across / length
    turn = np.stack([level, np.column_stack([-level[:, 1], level[:, 0]])], axis=2)
    moved = (marks - ((left + right) / 2.0)[:, None]) @ turn
    return np.asarray(moved / length[:, None], dtype=np.float64)


def movement_of(
    met: Met, evidence: Evidence, marks: Points, policy: SolidityPolicy
) -> Movement | None:
    """The looks of a movement, or None where there are too few to be measured.

    `marks` are the upright landmarks of the evidence's looks. A look without a pose is of no
    movement: what is not a number is neither at rest nor far from it.
    """
    poses = [look.face.pose for look in evidence.looks]
    aside = np.array([pose.yaw_deg for pose in poses]) - evidence.rest.yaw_deg
    up = np.array([pose.pitch_deg for pose in poses]) - evidence.rest.pitch_deg
    across, down = TOWARDS[met.challenge]
    angles = aside * across - up * down
    times = np.array([look.t_s for look in evidence.looks])
    ends_s = min((each.prompted_s for each in evidence.met if each.t_s > met.t_s), default=math.inf)
    during = (met.prompted_s <= times) & (times <= ends_s)
    rest = (np.abs(aside) <= policy.rest_deg) & (np.abs(up) <= policy.rest_deg)
    least_deg = policy.look_up_deg if met.challenge == LOOK_UP else policy.turn_deg
    far = during & (angles >= least_deg)
    if not (rest.sum() >= policy.rest_looks and far.sum() >= policy.peak_looks):
        return None
    way = during & np.isfinite(angles) & (times < times[far].min())
    angle_deg = float(np.median(angles[far]))
    name = met.challenge.value
    return Movement(name, angle_deg, marks[rest], marks[way][-ON_THE_WAY:], marks[far])


def measure(movement: Movement) -> Measures | None:
    """The three measures, or None where the landmarks fit nothing."""
    rest, peak = np.median(movement.rest, axis=0), np.median(movement.peak, axis=0)
    try:
        return Measures(
            relief_of(movement, rest, peak),
            min(rigidity_of(rest, look) for look in (peak, *movement.way)),
            head_residual(rest, peak) / max(plane_residual(rest, peak), TINY),
        )
    except np.linalg.LinAlgError:
        return None


def relief_of(movement: Movement, rest: Points, peak: Points) -> float:
    """How far the tip of the nose stands out, eye distances."""
    moved = peak - rest
    tip = rest[TIP[0]]
    around, there = _sheet(rest[list(AROUND)] - tip), _sheet(rest[list(TIP)] - tip)
    fitted, *_ = np.linalg.lstsq(around, moved[list(AROUND)], rcond=None)
    beyond = (moved[list(TIP)] - there @ fitted).mean(axis=0)
    towards = float(beyond @ np.array(TOWARDS[movement.name]))
    return towards / max(math.sin(math.radians(movement.angle_deg)), TINY)


def _sheet(at: Points) -> Points:
    """The functions a sheet may move by, at points from the tip of the nose; [n, 8]."""
    x, y = at.T
    folds = (np.exp(-(x**2) / (2 * FOLD**2)), np.exp(-(y**2) / (2 * FOLD**2)))
    return np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y, *folds])


def _head(rest: Points) -> Points:
    """The rigid points in three dimensions [21, 3], around their middle."""
    solid = np.column_stack([rest[list(RIGID)], DEPTHS])
    return np.asarray(solid - solid.mean(axis=0), dtype=np.float64)


def _view(rest: Points, seen: Points) -> tuple[Points, Points, Points]:
    """The head, what is seen of it, and the map [3, 2] that leads from one to the other."""
    head, picture = _head(rest), seen[list(RIGID)] - seen[list(RIGID)].mean(axis=0)
    view, *_ = np.linalg.lstsq(head, picture, rcond=None)
    return head, np.asarray(picture), np.asarray(view)


def rigidity_of(rest: Points, seen: Points) -> float:
    """1 where what is seen is the head at rest in some other pose, less where it is squeezed."""
    _, _, view = _view(rest, seen)
    most, least = np.linalg.svd(view, compute_uv=False)
    return float(least / max(most, TINY))


def head_residual(rest: Points, seen: Points) -> float:
    """Root mean square of what the best turned and scaled head leaves, eye distances."""
    head, picture, view = _view(rest, seen)
    outer, sizes, inner = np.linalg.svd(view, full_matrices=False)
    rotation, scale = outer @ inner, float(sizes.mean())
    for _ in range(STEPS):
        rotation, scale = _closer(head, picture, rotation, scale)
    return _rms(picture - scale * head @ rotation)


def _closer(head: Points, picture: Points, rotation: Points, scale: float) -> tuple[Points, float]:
    """One step of Gauss and Newton; `rotation` [3, 2] are the first two columns of one."""
    whole = np.column_stack([rotation, np.cross(rotation[:, 0], rotation[:, 1])])
    x, y, z = (head @ whole).T
    zero = np.zeros_like(x)
    turns = ((zero, -scale * z), (scale * z, zero), (-scale * y, scale * x))
    slopes = np.column_stack([np.concatenate(each) for each in ((x, y), *turns)])
    left = (picture - scale * np.column_stack([x, y])).T.ravel()
    (grown, *turn), *_ = np.linalg.lstsq(slopes, left, rcond=None)
    a, b, c = turn
    skew = np.array([[0.0, -c, b], [c, 0.0, -a], [-b, a, 0.0]])
    outer, _, inner = np.linalg.svd(whole @ (np.eye(3) + skew).T)
    return np.asarray((outer @ inner)[:, :2]), scale + float(grown)


def plane_residual(rest: Points, seen: Points) -> float:
    """Root mean square of what the best homography leaves, eye distances."""
    x, y = rest[list(RIGID)].T
    u, v = seen[list(RIGID)].T
    one, zero = np.ones_like(x), np.zeros_like(x)
    across = np.column_stack([x, y, one, zero, zero, zero, -u * x, -u * y])
    down = np.column_stack([zero, zero, zero, x, y, one, -v * x, -v * y])
    h, *_ = np.linalg.lstsq(np.vstack([across, down]), np.concatenate([u, v]), rcond=None)
    depth = h[6] * x + h[7] * y + 1.0
    fitted = np.column_stack([h[0] * x + h[1] * y + h[2], h[3] * x + h[4] * y + h[5]])
    return _rms(seen[list(RIGID)] - fitted / np.where(np.abs(depth) < TINY, TINY, depth)[:, None])


def _rms(left: Points) -> float:
    return float(np.sqrt((left**2).sum(axis=1).mean()))
