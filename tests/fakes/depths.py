"""What a second camera would see of a head, a sheet or a screen: rendered, noisy, with holes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.camera.head import rotation, thin_plate
from app.cv import cv2
from app.domain.depth import SecondKind
from app.ports import Plane
from tests.fakes.heads import EYES_AT_PX, HEAD, PIVOT, Points, Shape, solid

WIDTH, HEIGHT = 640, 480
EYES_PX, EYES_MM, LENS = 80.0, 63.0, 10.0
WALL_MM = 1600.0
SAME_VIEW = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
_CELL = 8


def head_at(
    shape: Shape = solid, yaw_deg: float = 0.0, pitch_deg: float = 0.0
) -> tuple[Points, Points]:
    """The 68 points in the colour frame, pixels [68, 2], and their distances, mm [68]."""
    seen = (shape(HEAD) - PIVOT) @ rotation(yaw_deg, pitch_deg).T + PIVOT
    away = LENS - seen[:, 2]
    at = seen[:, :2] * (LENS / away * EYES_PX)[:, None] + EYES_AT_PX
    return at, away * EYES_MM


def depth_of(
    shape: Shape = solid,
    yaw_deg: float = 0.0,
    pitch_deg: float = 0.0,
    *,
    noise_share: float = 0.0,
    holes: float = 0.0,
    seed: int = 0,
) -> NDArray[np.uint16]:
    """Depth [480, 640] mm of the shape before a wall. `noise_share`: standard deviation of each
    pixel over its distance; `holes`: share of pixels without a reading."""
    at, away = head_at(shape, yaw_deg, pitch_deg)
    x = np.arange(0, WIDTH, _CELL) + (_CELL - 1) / 2
    y = np.arange(0, HEIGHT, _CELL) + (_CELL - 1) / 2
    cells = np.stack(np.meshgrid(x, y), axis=2)
    inverse = thin_plate(at / EYES_PX, 1000.0 / away[:, None], cells.reshape(-1, 2) / EYES_PX)
    surface = cv2.resize(inverse.reshape(cells.shape[:2]), (WIDTH, HEIGHT))
    there = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillConvexPoly(there, cv2.convexHull(at.astype(np.float32)).astype(np.int32), 1)
    there = np.asarray(cv2.dilate(there, np.ones((25, 25), np.uint8)), np.uint8)
    depth = np.where(there == 1, 1000.0 / np.clip(np.asarray(surface), 0.2, 5.0), WALL_MM)
    chance = np.random.default_rng(seed)
    depth = depth * (1.0 + noise_share * chance.standard_normal(depth.shape))
    depth[chance.random(depth.shape) < holes] = 0.0
    return np.asarray(depth.round().clip(0, 65535), dtype=np.uint16)


def depth_plane(values: NDArray[np.uint16]) -> Plane:
    return Plane(SecondKind.DEPTH, values, SAME_VIEW)


def infrared_plane(skin: int, around: int, held: int | None = None) -> Plane:
    """A head of one brightness before another; `held`: that of a sheet or screen about it."""
    picture = np.full((HEIGHT, WIDTH), around, np.uint8)
    x, y = int(EYES_AT_PX[0]), int(EYES_AT_PX[1] + 0.5 * EYES_PX)
    if held is not None:
        cv2.rectangle(picture, (x - 110, y - 150), (x + 110, y + 180), held, -1)
    cv2.ellipse(picture, (x, y), (92, 125), 0, 0, 360, skin, -1)
    return Plane(SecondKind.INFRARED, picture, SAME_VIEW)
