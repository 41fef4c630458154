"""What a second camera tells about a face: how far the nose stands out, how bright the skin is.

Built against generated and recorded pairs; not tried on hardware. Landmarks come from the colour
frame and are carried over by the plane's own map. Depth cameras leave holes at edges, in hair
and on glass: a place with too many of them is not measured, and nothing is filled in.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from app.domain.depth import SecondKind
from app.domain.observation import Relief
from app.ports import Plane
from app.vision.parts import Points

#: Inner eye corners and corners of the mouth: close to the middle, so that a sheet bent round the
#: face hardly takes them out of their plane; and the tip of the nose.
PLANE, TIP = (39, 42, 48, 54), 30
#: Half a patch's side, in eye distances (63 mm): 3.8 mm, as wide as the tip of a nose.
PATCH = 0.06
#: A patch with fewer readings than this share is a hole.
READ = 0.5
#: Depth cameras for desks measure from 0.2 m; nobody stands farther off than 2 m.
NEAREST_MM, FARTHEST_MM = 150.0, 2500.0

#: Cheeks and the bridge of the nose, halfway between the landmarks of each pair.
SKIN = ((2, 31), (14, 35), (3, 48), (13, 54), (27, 30))
#: What lies around: at these distances from the middle of the face, in eye distances; 1.9 is
#: beyond the ears and the hair of most, and 2.6 still near.
AROUND = (1.9, 2.6)
#: Beyond this level the surroundings have a light of their own, sunlight mostly; 0..255.
LIT = 120.0
_NOT_MEASURED = Relief(math.nan, math.nan)

Values = NDArray[np.float64]


def relief_of(plane: Plane, landmarks: Points) -> Relief:
    """The face with these 68 landmarks of the colour frame, as the second camera saw it."""
    if not np.isfinite(landmarks).all():
        return _NOT_MEASURED
    there = landmarks @ np.array(plane.affine)[:, :2].T + np.array(plane.affine)[:, 2]
    eyes = float(np.hypot(*(there[42:48].mean(axis=0) - there[36:42].mean(axis=0))))
    if not 0.0 < eyes < max(plane.values.shape):
        return _NOT_MEASURED
    if plane.kind is SecondKind.DEPTH:
        return Relief(_nose_mm(plane, there, eyes), math.nan)
    return Relief(math.nan, _skin_ratio(plane, there, eyes))


def _nose_mm(plane: Plane, there: Points, eyes_px: float) -> float:
    """How far the tip of the nose lies before the plane of the four corners, along its own ray.

    The inverse depth of a plane is linear over the picture, however the plane is tilted, so four
    corners say without any focal length how deep it would be behind the nose.
    """
    half = max(round(PATCH * eyes_px), 1)
    depths = np.array([_patch_mm(plane, there[place], half) for place in (*PLANE, TIP)])
    if not np.isfinite(depths).all():
        return math.nan
    corners = np.column_stack([there[list(PLANE)], np.ones(len(PLANE))])
    slope, *_ = np.linalg.lstsq(corners, 1.0 / depths[:-1], rcond=None)
    inverse = float(np.append(there[TIP], 1.0) @ slope)
    if not inverse > 1.0 / (2.0 * FARTHEST_MM):
        return math.nan
    return 1.0 / inverse - float(depths[-1])


def _patch_mm(plane: Plane, middle: Points, half: int) -> float:
    """The median depth about a point, mm; NaN where it lies outside or is mostly holes."""
    patch = _window(plane, middle, half)
    read = patch[(patch >= NEAREST_MM) & (patch <= FARTHEST_MM)]
    if patch.size == 0 or read.size < READ * (2 * half + 1) ** 2:
        return math.nan
    return float(np.median(read))


def _skin_ratio(plane: Plane, there: Points, eyes_px: float) -> float:
    """Brightness of the skin over that of what lies around the head; NaN where the surroundings
    are lit by something else than the lamp, or lie outside the picture."""
    half = max(round(PATCH * eyes_px), 1)
    skin = [_window(plane, (there[a] + there[b]) / 2.0, half) for a, b in SKIN]
    if any(patch.size == 0 for patch in skin):
        return math.nan
    ring = _ring(plane, there[[36, 45, 48, 54]].mean(axis=0), eyes_px)
    if ring.size == 0:
        return math.nan
    around = float(np.median(ring))
    if around > LIT:
        return math.nan
    # Black is never quite nothing: one level more on both sides keeps two dark ones equal.
    return (float(np.median([np.median(patch) for patch in skin])) + 1.0) / (around + 1.0)


def _ring(plane: Plane, middle: Points, eyes_px: float) -> Values:
    """Readings beside and above the head, where no shoulder is; float64 [n]."""
    angles = np.radians(np.arange(180.0, 361.0, 10.0))
    rays = np.column_stack([np.cos(angles), np.sin(angles)])
    places = np.concatenate([middle + rays * (reach * eyes_px) for reach in AROUND])
    x, y = places.round().astype(int).T
    height, width = plane.values.shape
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    if inside.mean() < READ:
        return np.empty(0)
    return np.asarray(plane.values[y[inside], x[inside]], dtype=np.float64)


def _window(plane: Plane, middle: Points, half: int) -> Values:
    """The square about a point as far as it lies in the picture; float64 [h, w]."""
    x, y = round(float(middle[0])), round(float(middle[1]))
    rows = slice(max(y - half, 0), max(y + half + 1, 0))
    columns = slice(max(x - half, 0), max(x + half + 1, 0))
    return np.asarray(plane.values[rows, columns], dtype=np.float64)
