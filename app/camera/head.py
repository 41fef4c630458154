"""Turning a flat picture of a head: where every pixel comes from when the head has moved.

Each landmark of the 68 has a depth of a generic adult face. A smooth surface through them, which
falls back to the plane of the ears at the outline of the hair, is rotated about the head's
middle and projected again; below the chin the movement fades into the neck. The result is a
backward map for `cv2.remap`, found on a grid of 8-pixel cells and enlarged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.camera.portrait import (
    FRAME_HEIGHT,
    FRAME_WIDTH,
    MARGIN_X,
    MARGIN_Y,
    PLATE_HEIGHT,
    PLATE_WIDTH,
    Field,
    Pixels,
    Portrait,
)
from app.cv import cv2

CELL_PX = 8
#: Depth towards the camera in jaw widths, 0 at the root of the nose, in iBUG order. A generic
#: adult face, estimated to 0.01-0.05 jaw widths and symmetric; only the look depends on it.
_JAW = (-0.56, -0.56, -0.54, -0.49, -0.40, -0.31, -0.21, -0.11, -0.06)
_BROW = (-0.16, -0.11, -0.07, -0.05, -0.03)
_NOSE = (0.0, 0.05, 0.10, 0.15, -0.02, 0.02, 0.05, 0.02, -0.02)
_EYE = (-0.16, -0.11, -0.10, -0.12, -0.11, -0.12)
_OUTER_LIPS = (-0.07, 0.0, 0.03, 0.04, 0.03, 0.0, -0.07, -0.02, 0.01, 0.02, 0.01, -0.02)
_INNER_LIPS = (-0.05, 0.0, 0.02, 0.0, -0.05, 0.0, 0.01, 0.0)
_OTHER_EYE = (-0.12, -0.10, -0.11, -0.16, -0.12, -0.11)
DEPTHS = np.array(
    _JAW + _JAW[-2::-1] + _BROW + _BROW[::-1] + _NOSE + _EYE + _OTHER_EYE + _OUTER_LIPS
    + _INNER_LIPS
)  # fmt: skip
#: Forehead points: across and up from the brows, in jaw widths, and their depth.
_FOREHEAD = ((0.0, 0.25, -0.02), (-0.25, 0.22, -0.10), (0.25, 0.22, -0.10), (0.0, 0.48, -0.14))
EAR_PLANE = -0.54
#: Distance of the lens in jaw widths: a face of 14 cm seen from 70 cm.
LENS = 5.0
#: Steepest slope the surface may have; beyond, a turn of 25 degrees would fold the picture.
STEEPEST = 1.3
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Stance:
    """How the head is held and where the person stands, relative to the photograph.

    Angles in degrees with the signs of `domain.observation.Pose`. `shift_x_px` and
    `shift_y_px` move the whole person, `scale` enlarges about the middle of the frame's bottom.
    """

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    shift_x_px: float = 0.0
    shift_y_px: float = 0.0
    scale: float = 1.0


def thin_plate(
    points: NDArray[np.float64], values: NDArray[np.float64], at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The smoothest surface through `values` [n, k] at `points` [n, 2], read at `at` [m, 2]."""

    def kernel(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        squared = ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2)
        return np.asarray(squared * np.log(np.maximum(squared, 1e-12)), dtype=np.float64)

    n = len(points)
    affine = np.column_stack([np.ones(n), points])
    system = np.zeros((n + 3, n + 3))
    # A little give keeps nearly coincident landmarks (closed lips) from making spikes.
    system[:n, :n] = kernel(points, points) + 1e-3 * np.eye(n)
    system[:n, n:], system[n:, :n] = affine, affine.T
    weights = np.linalg.solve(system, np.vstack([values, np.zeros((3, values.shape[1]))]))
    flat = np.column_stack([np.ones(len(at)), at]) @ weights[n:]
    return np.asarray(kernel(at, points) @ weights[:n] + flat, dtype=np.float64)


def cell_centres(width: int, height: int) -> NDArray[np.float64]:
    """Pixel coordinates [rows, columns, 2] of the cells' middles, as `cv2.resize` counts them."""
    x = np.arange(width // CELL_PX) * CELL_PX + (CELL_PX - 1) / 2
    y = np.arange(height // CELL_PX) * CELL_PX + (CELL_PX - 1) / 2
    return np.stack(np.meshgrid(x, y), axis=2)


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A head's surface on the plate's cells, ready to be turned; make one with `head_of`.

    `solid` float64 [rows, columns, 3]: coordinates about the pivot in jaw widths, depth towards
    the lens. `follows` [rows, columns]: 1 where a point belongs to the head, 0 on the shoulders.
    """

    solid: NDArray[np.float64]
    follows: NDArray[np.float64]
    width_px: float


def head_of(portrait: Portrait) -> Head:
    landmarks, width = portrait.landmarks, portrait.face_width_px
    pivot = landmarks[[0, 16]].mean(axis=0)
    cells = cell_centres(PLATE_WIDTH, PLATE_HEIGHT)
    across = (cells - pivot) / width
    depth = _depth(portrait, across, pivot)
    below_chin = (cells[..., 1] - landmarks[8, 1]) / (0.55 * width)
    return Head(np.dstack([across, depth]), 1.0 - smooth_step(below_chin), width)


def _depth(
    portrait: Portrait, across: NDArray[np.float64], pivot: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Depth of every cell in jaw widths, smooth, nowhere steeper than `STEEPEST`."""
    width = portrait.face_width_px
    face = (portrait.landmarks - pivot) / width
    brow = face[17:27].mean(axis=0)
    forehead = np.array([(brow[0] + x, brow[1] - y) for x, y, _ in _FOREHEAD])
    outline = _outline(portrait.alpha, pivot, width)
    points = np.vstack([face, forehead, outline])
    depths = np.concatenate(
        [DEPTHS, [z for _, _, z in _FOREHEAD], np.full(len(outline), EAR_PLANE)]
    )
    surface = thin_plate(points, depths[:, None], across.reshape(-1, 2))[:, 0]
    grid = np.clip(surface.reshape(across.shape[:2]), EAR_PLANE - 0.08, 0.17)
    return _gentler(grid, CELL_PX / width)


def _outline(alpha: Pixels, pivot: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Where rays from the head's middle leave the person, sideways and upwards; jaw widths."""
    angles = np.radians(np.arange(-195.0, 16.0, 15.0))
    rays = np.column_stack([np.cos(angles), np.sin(angles)])
    reaches = np.arange(0.55, 1.15, 0.02)
    along = pivot + rays[:, None, :] * (reaches * width)[None, :, None]
    x, y = np.moveaxis(along.round().astype(int), 2, 0)
    in_sight = (x >= 0) & (x < alpha.shape[1]) & (y >= 0) & (y < alpha.shape[0])
    person = in_sight & (alpha[y.clip(0, alpha.shape[0] - 1), x.clip(0, alpha.shape[1] - 1)] > 127)  # noqa: PLR2004
    left = np.where(person.all(axis=1), len(reaches) - 1, person.argmin(axis=1))
    return np.asarray(rays * reaches[left][:, None], dtype=np.float64)


def _gentler(grid: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Lower the peaks that are too steep to be turned without tearing; `step` jaw widths a cell."""
    for _ in range(40):
        rise_y, rise_x = np.gradient(grid, step)
        steep = np.maximum(np.abs(rise_x), np.abs(rise_y)) > STEEPEST
        if not steep.any():
            break
        near = cv2.dilate(steep.astype(np.float32), np.ones((3, 3), np.uint8))
        blend = np.asarray(cv2.GaussianBlur(near, (0, 0), 1.0), dtype=np.float64)
        softer = np.asarray(cv2.GaussianBlur(grid, (0, 0), 1.0), dtype=np.float64)
        grid = grid * (1 - blend) + softer * blend
    return grid


def smooth_step(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 below 0, 1 above 1, and no corner between."""
    inside = np.clip(share, 0.0, 1.0)
    return np.asarray(inside * inside * (3.0 - 2.0 * inside), dtype=np.float64)


def rotation(yaw_deg: float, pitch_deg: float) -> NDArray[np.float64]:
    """For x right, y down, z towards the lens: yaw to the image's right, pitch upwards."""
    yaw, pitch = np.radians(yaw_deg), np.radians(pitch_deg)
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    nod = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    return np.asarray(nod @ turn)


def displacement(head: Head, stance: Stance) -> Field:
    """How far every cell of the plate moves when the head turns, pixels [rows, columns, 2]."""
    x, y, z = head.solid[..., 0], head.solid[..., 1], head.solid[..., 2]
    about = z - EAR_PLANE
    nearness = 1.0 - z / LENS
    turned = (
        np.dstack([x * nearness, y * nearness, about])
        @ rotation(stance.yaw_deg, stance.pitch_deg).T
    )
    again = 1.0 - (turned[..., 2] + EAR_PLANE) / LENS
    moved = turned[..., :2] / again[..., None] - head.solid[..., :2]
    return np.asarray(moved * (head.follows * head.width_px)[..., None], dtype=np.float32)


def backward_map(head: Head, stance: Stance) -> tuple[Field, Field]:
    """For every pixel of the frame the plate's x and y it shows, float32 [480, 640] each."""
    moved = displacement(head, stance)
    still = _unplaced(stance)
    source = still
    for _ in range(_ROUNDS):  # a fixed point: source + moved(source) = still
        at_cells = (source - np.float32((CELL_PX - 1) / 2)) / np.float32(CELL_PX)
        x, y = cv2.split(at_cells)
        there = cv2.remap(moved, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        source = still - np.asarray(there, dtype=np.float32)
    full = cv2.resize(source, (FRAME_WIDTH, FRAME_HEIGHT), interpolation=cv2.INTER_LINEAR)
    x, y = cv2.split(full)
    return np.asarray(x, dtype=np.float32), np.asarray(y, dtype=np.float32)


def _unplaced(stance: Stance) -> Field:
    """The frame's cells on a plate whose person neither leans, moves nor comes nearer."""
    foot = np.array([FRAME_WIDTH / 2, float(FRAME_HEIGHT)])
    shift = np.array([stance.shift_x_px, stance.shift_y_px])
    # A person's own left is the image's right, so leaning left turns the picture clockwise.
    angle = np.radians(stance.roll_deg)
    back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    cells = cell_centres(FRAME_WIDTH, FRAME_HEIGHT) - shift - foot
    placed = cells @ (back / stance.scale).T + foot + (MARGIN_X, MARGIN_Y)
    return np.asarray(placed, dtype=np.float32)
