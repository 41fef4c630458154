"""One still photograph made ready to be animated: placed, cut out and measured.

A plate is somewhat larger than a camera frame, so that the person can sway without showing an
edge. Everything here is done once per visitor (about half a second) and only with OpenCV.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.cv import cv2
from app.domain.observation import Point
from app.errors import ImageError

FRAME_WIDTH, FRAME_HEIGHT = 640, 480
#: The frame's top left corner on the plate, and the plate's size, pixels.
MARGIN_X, MARGIN_Y = 40, 32
PLATE_WIDTH, PLATE_HEIGHT = FRAME_WIDTH + 2 * MARGIN_X, FRAME_HEIGHT + 2 * MARGIN_Y
#: Where the middle of the face is put in the frame, pixels.
FACE_X, FACE_Y = 320.0, 232.0

#: A jaw narrower than this leaves nothing to enlarge.
_SMALLEST_PX = 20.0
#: The jaw's width on the copy that is cut out; masks and filters there have their sizes from it.
_CUTTING_PX = 92.0
#: How far to each side of the face a person reaches, in jaw widths.
_AROUND = 1.95

Pixels = NDArray[np.uint8]
Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Sitter:
    """A photograph, BGR uint8 [h, w, 3], and the 68 iBUG landmarks of the one face meant.

    The face should look into the lens with open eyes; its jaw should be 80 pixels wide or more.
    `face_width_px`: how wide the jaw is shown in the frame, that is how near the person stands.
    """

    photo: Pixels
    landmarks: tuple[Point, ...]
    face_width_px: float = 138.0


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A sitter on a plate. `colour` uint8 [h, w, 3] BGR, also plausible just outside the person;
    `alpha` uint8 [h, w], 255 where the person is; `landmarks` float64 [68, 2] plate pixels."""

    colour: Pixels
    alpha: Pixels
    landmarks: NDArray[np.float64]

    @property
    def face_width_px(self) -> float:
        return float(self.landmarks[16, 0] - self.landmarks[0, 0])


def portrait_of(sitter: Sitter) -> Portrait:
    """Place and cut out; raises ImageError where there is no upright face in the photograph."""
    points = np.asarray(sitter.landmarks, dtype=np.float64)
    if not _is_upright_face(points, sitter.photo.shape):
        raise ImageError("The photograph cannot be animated. Use one of an upright face, whole.")
    plate, inside, landmarks = _place(sitter.photo, points, sitter.face_width_px)
    alpha = _cut_out(plate, inside, landmarks)
    return Portrait(_spread_colour(plate, alpha), alpha, landmarks)


def _is_upright_face(points: NDArray[np.float64], shape: tuple[int, ...]) -> bool:
    if points.shape != (68, 2) or not np.isfinite(points).all():
        return False
    inside = ((points >= 0) & (points < (shape[1], shape[0]))).all(axis=1).mean()
    wide, tall = points[16, 0] - points[0, 0], points[8, 1] - points[17:27, 1].mean()
    return bool(inside > 0.9 and wide > _SMALLEST_PX and 0.4 < tall / wide < 2.0)  # noqa: PLR2004


def _place(
    photo: Pixels, points: NDArray[np.float64], width_px: float
) -> tuple[Pixels, Pixels, NDArray[np.float64]]:
    """The plate, a mask of what is really photograph, and the landmarks on the plate."""
    scale = width_px / (points[16, 0] - points[0, 0])
    centre = (points[[0, 16]].mean(axis=0) + points[27:36].mean(axis=0)) / 2
    target = np.array([FACE_X + MARGIN_X, FACE_Y + MARGIN_Y])
    matrix = np.column_stack([np.eye(2) * scale, target - scale * centre])
    size = (PLATE_WIDTH, PLATE_HEIGHT)
    if scale < 1.0:  # warpAffine skips pixels when it shrinks
        photo = cv2.GaussianBlur(photo, (0, 0), 0.5 / scale).astype(np.uint8)
    plate = cv2.warpAffine(
        photo, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    whole = np.full(photo.shape[:2], 255, np.uint8)
    inside = np.asarray(cv2.warpAffine(whole, matrix, size), dtype=np.uint8)
    last = int(np.flatnonzero(inside.any(axis=1))[-1])
    inside[last:] = inside[last - 1]  # a body goes on below the picture, as its mirror image
    return np.asarray(plate, dtype=np.uint8), inside, points * scale + matrix[:, 2]


def _guess(landmarks: NDArray[np.float64], inside: Pixels) -> Pixels:
    """GrabCut's first mask: where a head and shoulders surely and probably are."""
    height, width = inside.shape
    jaw = landmarks[16, 0] - landmarks[0, 0]
    x = float(landmarks[[0, 16], 0].mean())
    brow, chin = float(landmarks[17:27, 1].min()), float(landmarks[8, 1])
    tall = chin - brow
    centre = (int(x), int(brow + 0.2 * tall))
    mask = np.full((height, width), cv2.GC_BGD, np.uint8)
    cv2.ellipse(mask, centre, (int(0.95 * jaw), int(1.25 * tall)), 0, 0, 360, cv2.GC_PR_BGD, -1)
    beside = mask[int(chin - 0.25 * tall) :]
    beside[beside == cv2.GC_BGD] = cv2.GC_PR_BGD
    cv2.ellipse(mask, centre, (int(0.62 * jaw), int(tall)), 0, 0, 360, cv2.GC_PR_FGD, -1)
    for half_top, half_bottom, kind in ((0.45, 1.7, cv2.GC_PR_FGD), (0.3, 1.0, cv2.GC_FGD)):
        body = [(half_top, chin), (half_bottom, chin + 0.9 * tall), (half_bottom, height)]
        right = [(x + half * jaw, y) for half, y in body]
        left = [(x - half * jaw, y) for half, y in reversed(body)]
        cv2.fillPoly(mask, [np.array(right + left).astype(np.int32)], kind)
    forehead = landmarks[17:27] - (0.0, 0.3 * tall)
    face = cv2.convexHull(np.vstack([landmarks, forehead]).astype(np.int32))
    cv2.fillConvexPoly(mask, face, cv2.GC_FGD)
    for side in (-1.0, 1.0):  # nobody's shoulder slopes less than this
        near, far = x + side * 1.25 * jaw, x + side * 2.1 * jaw
        above = np.array([(near, brow), (near, chin), (far, chin + 0.75 * tall), (far, brow)])
        cv2.fillConvexPoly(mask, above.astype(np.int32), cv2.GC_BGD)
    mask[inside == 0] = cv2.GC_BGD
    return mask


def _surroundings(landmarks: NDArray[np.float64], shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The rows and columns worth looking at: what is far away only teaches wrong colours."""
    jaw = landmarks[16, 0] - landmarks[0, 0]
    x, y = landmarks[[0, 16]].mean(axis=0)
    left, right, top = (int(v) for v in (x - _AROUND * jaw, x + _AROUND * jaw, y - 1.6 * jaw))
    return slice(max(top, 0), shape[0]), slice(max(left, 0), min(right, shape[1]))


def _cut_out(plate: Pixels, inside: Pixels, landmarks: NDArray[np.float64]) -> Pixels:
    """The person's alpha, uint8 [h, w]; on a small copy, where GrabCut takes a quarter second."""
    size = _CUTTING_PX / (landmarks[16, 0] - landmarks[0, 0])
    small = cv2.resize(plate, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
    covered = cv2.resize(inside, None, fx=size, fy=size, interpolation=cv2.INTER_NEAREST)
    mask = _guess(landmarks * size, np.asarray(covered, dtype=np.uint8))
    cv2.setRNGSeed(1)  # its colour clusters start at random
    model_back, model_front = np.zeros((1, 65)), np.zeros((1, 65))
    near = _surroundings(landmarks * size, mask.shape)
    part, found = np.ascontiguousarray(small[near]), np.ascontiguousarray(mask[near])
    cv2.grabCut(part, found, (0, 0, 1, 1), model_back, model_front, 5, cv2.GC_INIT_WITH_MASK)
    solid = np.zeros_like(mask)
    solid[near] = (found == cv2.GC_FGD) | (found == cv2.GC_PR_FGD)
    round9 = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    solid = cv2.morphologyEx(solid, cv2.MORPH_OPEN, round9).astype(np.uint8)
    nose = (landmarks[30] * size).astype(int)
    solid = _without_holes(_component_at(solid, int(nose[0]), int(nose[1])))
    smooth = cv2.medianBlur(solid * np.uint8(255), 7)
    full = cv2.resize(smooth, (plate.shape[1], plate.shape[0]), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(full, (0, 0), 2.2).astype(np.float32)
    # Pull the edge inwards by a pixel, so that no rim of the old background shows.
    return np.asarray(np.clip((soft - 115.0) * (255.0 / 115.0), 0, 255), dtype=np.uint8)


def _component_at(mask: Pixels, x: int, y: int) -> Pixels:
    _, labels = cv2.connectedComponents(mask, connectivity=4)
    return np.asarray(labels == labels[y, x], dtype=np.uint8)


def _without_holes(mask: Pixels) -> Pixels:
    """Fill enclosed gaps; what is connected to the plate's border is not enclosed."""
    count, labels = cv2.connectedComponents(np.uint8(1) - mask, connectivity=4)
    border = set(np.unique(np.concatenate([labels[0], labels[:, 0], labels[:, -1]])).tolist())
    for label in range(1, count):
        if label not in border:
            mask[labels == label] = 1
    return mask


def _spread_colour(plate: Pixels, alpha: Pixels) -> Pixels:
    """Replace the colours around the edge by those just inside it (no fringe when composed)."""
    core = (cv2.erode(alpha, np.ones((5, 5), np.uint8)) > 250).astype(np.float32)  # noqa: PLR2004
    weight = cv2.GaussianBlur(core, (0, 0), 4.0)
    spread = cv2.GaussianBlur(plate.astype(np.float32) * core[..., None], (0, 0), 4.0)
    spread = spread / np.maximum(weight, 1e-3)[..., None]
    keep = np.asarray(cv2.GaussianBlur(core, (0, 0), 1.0))[..., None]
    return np.asarray(np.clip(plate * keep + spread * (1.0 - keep), 0, 255), dtype=np.uint8)
