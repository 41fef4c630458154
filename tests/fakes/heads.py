"""A head that is there: 68 points in three dimensions, and where a camera sees them.

The shape is the mean of 22 frontal photographs of Labeled Faces in the Wild, mirrored onto
itself; depths are those of `app.camera.head`. Far from any real person, but solid.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.domain.observation import Point

Points = NDArray[np.float64]

#: In iBUG order and eye distances, from between the eyes: x to the image's right, y down, z
#: towards the camera.
HEAD = np.array([
    (-1.16, 0.06, -1.29), (-1.15, 0.37, -1.29), (-1.13, 0.68, -1.24), (-1.08, 0.98, -1.13),
    (-0.98, 1.28, -0.92), (-0.80, 1.53, -0.71), (-0.57, 1.74, -0.48), (-0.30, 1.91, -0.25),
    (0.00, 1.96, -0.14), (0.30, 1.91, -0.25), (0.57, 1.74, -0.48), (0.80, 1.53, -0.71),
    (0.98, 1.28, -0.92), (1.08, 0.98, -1.13), (1.13, 0.68, -1.24), (1.15, 0.37, -1.29),
    (1.16, 0.06, -1.29), (-0.94, -0.16, -0.37), (-0.80, -0.32, -0.25), (-0.59, -0.37, -0.16),
    (-0.38, -0.35, -0.11), (-0.17, -0.27, -0.07), (0.17, -0.27, -0.07), (0.38, -0.35, -0.11),
    (0.59, -0.37, -0.16), (0.80, -0.32, -0.25), (0.94, -0.16, -0.37), (0.00, -0.05, 0.00),
    (0.00, 0.15, 0.11), (0.00, 0.34, 0.23), (0.00, 0.55, 0.34), (-0.23, 0.69, -0.05),
    (-0.12, 0.73, 0.05), (0.00, 0.76, 0.11), (0.12, 0.73, 0.05), (0.23, 0.69, -0.05),
    (-0.69, 0.01, -0.37), (-0.57, -0.07, -0.25), (-0.43, -0.07, -0.23), (-0.30, 0.02, -0.28),
    (-0.43, 0.05, -0.25), (-0.58, 0.05, -0.28), (0.30, 0.02, -0.28), (0.43, -0.07, -0.23),
    (0.57, -0.07, -0.25), (0.69, 0.01, -0.37), (0.58, 0.05, -0.28), (0.43, 0.05, -0.25),
    (-0.47, 1.10, -0.16), (-0.30, 1.01, 0.00), (-0.13, 0.97, 0.07), (0.00, 1.00, 0.09),
    (0.13, 0.97, 0.07), (0.30, 1.01, 0.00), (0.47, 1.10, -0.16), (0.31, 1.27, -0.05),
    (0.14, 1.34, 0.02), (0.00, 1.36, 0.05), (-0.14, 1.34, 0.02), (-0.31, 1.27, -0.05),
    (-0.40, 1.10, -0.11), (-0.13, 1.06, 0.00), (0.00, 1.07, 0.05), (0.13, 1.06, 0.00),
    (0.40, 1.10, -0.11), (0.13, 1.21, 0.00), (0.00, 1.22, 0.02), (-0.13, 1.21, 0.00),
])  # fmt: skip
#: How far in front of the ears' plane the points are, about which a head turns.
PIVOT = np.array([0.0, 0.3, -1.3])
EYES_AT_PX = np.array([320.0, 200.0])

Shape = Callable[[Points], Points]


def solid(points: Points) -> Points:
    return points


def flat(points: Points) -> Points:
    """A print, or a screen."""
    return np.asarray(points * (1.0, 1.0, 0.0), dtype=np.float64)


def bent(radius: float, axis_deg: float = 90.0) -> Shape:
    """A print round a cylinder of this radius (eye distances; below 0: hollow) whose axis lies
    through the middle of the face, so many degrees from level."""
    along = np.array([math.cos(math.radians(axis_deg)), math.sin(math.radians(axis_deg))])
    across = np.array([-along[1], along[0]])

    def bend(points: Points) -> Points:
        flat_xy = points[:, :2] - (0.0, 0.5)
        angle = flat_xy @ across / radius
        level = np.outer(flat_xy @ along, along) + np.outer(radius * np.sin(angle), across)
        level += (0.0, 0.5)
        return np.column_stack([level, radius * (np.cos(angle) - 1.0)])

    return bend


def landmarks(
    yaw_deg: float = 0.0,
    pitch_deg: float = 0.0,
    eye_distance_px: float = 80.0,
    shape: Shape = solid,
    lens: float = 10.0,
) -> tuple[Point, ...]:
    """Where `shape` of the head is seen, pixels. `lens`: its distance in eye distances; 10 are
    the 63 cm of somebody at a kiosk. The signs of the angles are those of `Pose`."""
    yaw, pitch = math.radians(yaw_deg), math.radians(pitch_deg)
    turn = np.array(
        [[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]]
    )
    nod = np.array(
        [[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]]
    )
    seen = (shape(HEAD) - PIVOT) @ (nod @ turn).T + PIVOT
    spread = lens / (lens - seen[:, 2])
    at = seen[:, :2] * (spread * eye_distance_px)[:, None] + EYES_AT_PX
    return tuple((float(x), float(y)) for x, y in at)
