"""Looks as columns of numbers: lossless, and ready to be made small by zlib.

What is stored of a look is what `grid` leaves of it. The order and number of the columns are the
format; a field more in an observation is a new version of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from app.domain.grid import DIGESTS, PER_PX
from app.domain.observation import Box, Colour, Face, Observation, Pose, Quality, Relief
from app.domain.session import Told

Wholes = NDArray[np.int64]

#: Of one face: the floats in the order of `_floats`; a version's first so many are all it had.
FLOATS = {1: 14, 2: 17}
NEWEST = 2
LIVE, SKIN, RELIEF = 1, 2, 4
UNMEASURED = -(1 << 31)
"""A landmark that is not a number."""


class Damaged(ValueError):
    """These bytes are not what was written."""


def pack(told: tuple[Told, ...]) -> bytes:
    """Looks, then the faces in them, then the landmarks of those."""
    seen = [each.seen for each in told]
    faces = [face for each in seen for face in each.faces]
    backdrops = [each.backdrop for each in seen]
    skins, reliefs = [face.skin for face in faces], [face.relief for face in faces]
    return b"".join(
        (
            _column([len(seen), len(faces)], "<u4"),
            _column([each.now_s for each in told], "<f8"),
            _column([each.t_s for each in seen], "<f8"),
            _column([each.frame for each in seen], "<i8"),
            _column([each.digest for each in seen], "<u8"),
            _column([(each.width_px, each.height_px) for each in seen], "<i4"),
            _column([len(each.faces) for each in seen], "<u2"),
            _column([each is not None for each in backdrops], "<u1"),
            _column([_rgb(each) for each in backdrops if each is not None], "<f4"),
            _column([face.track for face in faces], "<i8"),
            _column([len(face.landmarks) for face in faces], "<u2"),
            _column([_marks(face) for face in faces], "<u1"),
            _column([_floats(face) for face in faces], "<f4"),
            _column([face.live_score for face in faces if face.live_score is not None], "<f4"),
            _column([_rgb(each) for each in skins if each is not None], "<f4"),
            _column(
                [(each.nose_mm, each.skin_ratio) for each in reliefs if each is not None], "<f4"
            ),
            _column(list(_differences(faces)), "<i4"),
        )
    )


def unpack(data: bytes, version: int = NEWEST) -> tuple[Told, ...]:
    """What `pack` of that version was given; raises Damaged. A measure it did not have yet is as
    `observation` has it where nothing is known."""
    reader = _Reader(data)
    looks, faces = (int(each) for each in reader.wholes(2, "<u4"))
    now_s, t_s = reader.floats(looks, "<f8"), reader.floats(looks, "<f8")
    frame, digest = reader.wholes(looks, "<i8"), reader.wholes(looks, "<i8")
    size = reader.wholes(looks, "<i4", 2)
    each_has = reader.wholes(looks, "<u2")
    lit = reader.wholes(looks, "<u1")
    backdrops = iter(reader.floats(int(lit.astype(bool).sum()), "<f4", 3).tolist())
    if int(each_has.sum()) != faces:
        raise Damaged("its faces do not add up")
    found = iter(list(_faces(reader, faces, FLOATS[version])))
    told = tuple(
        Told(
            float(now_s[at]),
            Observation(
                frame=int(frame[at]),
                t_s=float(t_s[at]),
                width_px=int(size[at, 0]),
                height_px=int(size[at, 1]),
                faces=tuple(next(found) for _ in range(int(each_has[at]))),
                digest=int(digest[at]) & DIGESTS,
                backdrop=Colour(*next(backdrops)) if lit[at] else None,
            ),
        )
        for at in range(looks)
    )
    if reader.left:
        raise Damaged("it holds more than its looks")
    return told


def _faces(reader: _Reader, count: int, floats: int) -> Iterator[Face]:
    tracks = reader.wholes(count, "<i8").tolist()
    points = reader.wholes(count, "<u2").tolist()
    marks = reader.wholes(count, "<u1")
    values = reader.floats(count, "<f4", floats).tolist()
    scores = iter(reader.floats(_with(marks, LIVE), "<f4").tolist())
    skins = iter(reader.floats(_with(marks, SKIN), "<f4", 3).tolist())
    reliefs = iter(reader.floats(_with(marks, RELIEF), "<f4", 2).tolist())
    steps = reader.wholes(2 * sum(points), "<i4")
    before = steps[:0]
    at = 0
    for track, length, mark, of in zip(tracks, points, marks.tolist(), values, strict=True):
        row = steps[at : at + 2 * length]
        at += 2 * length
        before = _wrapped(row + before) if len(before) == len(row) else row
        yield Face(
            track=track,
            box=Box(*of[:4]),
            landmarks=_points(before),
            pose=Pose(*of[4:7]),
            eye_openness=of[12],
            mouth_openness=of[13],
            quality=Quality(*of[7:12], *of[14:]),
            live_score=next(scores) if mark & LIVE else None,
            skin=Colour(*next(skins)) if mark & SKIN else None,
            relief=Relief(*next(reliefs)) if mark & RELIEF else None,
        )


def _with(marks: Wholes, mark: int) -> int:
    """How many faces have it."""
    return int(((marks & mark) != 0).sum())


def _wrapped(of: Wholes) -> Wholes:
    """To 32 bits, as the sum of differences does."""
    return of.astype(np.int32).astype(np.int64)


def _points(steps: Wholes) -> tuple[tuple[float, float], ...]:
    pixels = np.where(steps == UNMEASURED, np.nan, steps / PER_PX).reshape(-1, 2)
    return tuple((x, y) for x, y in pixels.tolist())


def _differences(faces: list[Face]) -> Iterator[int]:
    """Landmarks on their grid, each face from the one before it where both have as many."""
    before: Wholes = np.zeros(0, dtype=np.int64)
    for face in faces:
        flat = np.asarray(face.landmarks, dtype=np.float64).reshape(-1) * PER_PX
        row: Wholes = np.where(np.isnan(flat), float(UNMEASURED), flat).astype(np.int64)
        yield from (_wrapped(row - before) if len(before) == len(row) else row).tolist()
        before = row


def _rgb(of: Colour) -> tuple[float, float, float]:
    return of.red, of.green, of.blue


def _marks(face: Face) -> int:
    return (
        LIVE * (face.live_score is not None)
        + SKIN * (face.skin is not None)
        + RELIEF * (face.relief is not None)
    )


def _floats(face: Face) -> tuple[float, ...]:
    box, pose, quality = face.box, face.pose, face.quality
    return (
        *(box.left, box.top, box.width, box.height),
        *(pose.yaw_deg, pose.pitch_deg, pose.roll_deg),
        *(quality.eye_distance_px, quality.sharpness, quality.brightness),
        *(quality.contrast, quality.completeness),
        *(face.eye_openness, face.mouth_openness),
        *(quality.eye_contrast, quality.eye_shade, quality.mouth_contrast),
    )


def _column(values: object, kind: DTypeLike) -> bytes:
    """An array column by column, all first bytes, all second bytes and so on: these repeat."""
    array = np.asarray(values, dtype=kind)
    across = array.T.reshape(-1)
    if array.dtype.kind == "f":
        # There are many NaN; a tape has one.
        across = np.where(np.isnan(across), np.nan, across).astype(kind)
    planes = across.view(np.uint8).reshape(-1, array.dtype.itemsize)
    return np.ascontiguousarray(planes.T).tobytes()


@dataclass(slots=True)
class _Reader:
    """Takes column after column; [count] or, where a row has several numbers, [count, width]."""

    left: bytes

    def floats(self, count: int, kind: str, width: int = 1) -> NDArray[np.float64]:
        return self._take(count, kind, width).astype(np.float64)

    def wholes(self, count: int, kind: str, width: int = 1) -> Wholes:
        return self._take(count, kind, width).astype(np.int64)

    def _take(self, count: int, kind: str, width: int) -> NDArray[np.generic]:
        dtype = np.dtype(kind)
        size = count * width * dtype.itemsize
        if len(self.left) < size:
            raise Damaged("it is shorter than its looks")
        taken, self.left = self.left[:size], self.left[size:]
        planes = np.frombuffer(taken, dtype=np.uint8).reshape(dtype.itemsize, count * width)
        across = np.ascontiguousarray(planes.T).reshape(-1).view(dtype)
        return across if width == 1 else across.reshape(width, count).T
