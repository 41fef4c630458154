"""The grid every observation is put on before anything is decided by it.

A session is judged by what can be stored of it exactly, so that what was stored leads to the same
verdict, bit for bit. Landmarks lie on 1/64 px, finer than any of them is measured (FIELD: the
embedded pack scatters by half a pixel); every other measure is a 32-bit float. Times and whole
numbers stay as they are.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from app.domain.observation import Box, Colour, Face, Observation, Pose, Quality, Relief

PER_PX = 64
"""Steps of a landmark's grid in one pixel."""
FURTHEST_PX = float(1 << 20)
"""A landmark beyond this is in no picture, and counts as not measured."""
LAST_FRAME = (1 << 63) - 1
DIGESTS = (1 << 64) - 1


def rounded(*values: float) -> list[float]:
    """The nearest 32-bit floats."""
    with np.errstate(over="ignore", invalid="ignore"):
        near = np.asarray(values, dtype=np.float64).astype(np.float32)
    return [_number(each) for each in near.tolist()]


def _number(value: float) -> float:
    """The value; what is none is always the same one, so that equal observations stay equal."""
    return math.nan if math.isnan(value) else float(value)


def on_grid(seen: Observation) -> Observation:
    """The observation as it will be judged and stored. Doing it twice changes nothing more."""
    return replace(
        seen,
        faces=tuple(_face(face) for face in seen.faces),
        digest=seen.digest & DIGESTS,
        backdrop=None if seen.backdrop is None else _colour(seen.backdrop),
    )


def _face(face: Face) -> Face:
    box, pose, quality = face.box, face.pose, face.quality
    values = rounded(
        *(box.left, box.top, box.width, box.height, pose.yaw_deg, pose.pitch_deg, pose.roll_deg),
        *(quality.eye_distance_px, quality.sharpness, quality.brightness, quality.contrast),
        *(quality.completeness, face.eye_openness, face.mouth_openness),
        *(quality.eye_contrast, quality.eye_shade, quality.mouth_contrast),
    )
    relief = face.relief
    return replace(
        face,
        box=Box(*values[:4]),
        landmarks=_landmarks(face),
        pose=Pose(*values[4:7]),
        quality=Quality(*values[7:12], *values[14:17]),
        eye_openness=values[12],
        mouth_openness=values[13],
        live_score=None if face.live_score is None else rounded(face.live_score)[0],
        skin=None if face.skin is None else _colour(face.skin),
        relief=None if relief is None else Relief(*rounded(relief.nose_mm, relief.skin_ratio)),
    )


def _colour(colour: Colour) -> Colour:
    return Colour(*rounded(colour.red, colour.green, colour.blue))


def _landmarks(face: Face) -> tuple[tuple[float, float], ...]:
    if not face.landmarks:
        return ()
    points = np.asarray(face.landmarks, dtype=np.float64)
    points = np.where(np.abs(points) <= FURTHEST_PX, points, np.nan)
    # Adding 0 turns a negative nought, which whole numbers do not have, into a plain one.
    snapped = np.rint(points * PER_PX) / PER_PX + 0.0
    return tuple((_number(x), _number(y)) for x, y in snapped.tolist())
