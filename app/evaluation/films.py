"""Videos of people as what the engine saw of them, shot by shot.

A video that was cut together is several films: whoever was there has jumped in time, which the
kiosk is right to refuse. Where it was cut is told by the pictures alone and not by the face, so
that no layer that judges the face has a say in what it is given to judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.camera.portrait import Pixels
from app.camera.replay import ReplayCamera
from app.cv import cv2
from app.domain.observation import Observation
from app.domain.session import largest
from app.errors import CameraError
from app.evaluation.people import Skipped
from app.ports import Chip, FaceEngine, Frame

#: Of a video this much is looked at, and at most this often a second, as the kiosk would.
LONGEST_S, LOOKS_HZ = 20.0, 30.0
#: A shot with fewer looks holds no session.
FEWEST_LOOKS = 20
#: A cut changes every grey of a 32 x 24 picture by this much on average, of 255, and by this many
#: times as much as the frames about it do. In 11 videos (3,479 frames) the 8 cuts changed it by 26
#: to 58, 2.3 to 97 times their neighbours; no movement by more than 20, or by 1.6 times.
CUT_LEVELS, CUT_TIMES, CUT_BESIDE = 20.0, 2.0, 4
_SMALL = (32, 24)
Tape = tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class Film:
    """`shots`: looks between two cuts. `chips`: the largest face of every look, by its number."""

    shots: tuple[Tape, ...]
    chips: dict[int, Chip]


def film_of(path: Path, engine: FaceEngine) -> Film | Skipped:
    """What the engine sees of a video, or why it cannot be used."""
    try:
        cuts = _cuts(path)
        shots, chips = _looked_at(path, engine, cuts)
    except CameraError as fault:
        return Skipped(str(path), f"unplayable: {fault.code}")
    long = tuple(shot for shot in shots if len(shot) >= FEWEST_LOOKS)
    if not long:
        return Skipped(str(path), "too short")
    if not any(each.faces for shot in long for each in shot):
        return Skipped(str(path), "no face")
    return Film(long, chips)


def _looked_at(
    path: Path, engine: FaceEngine, cuts: frozenset[int]
) -> tuple[list[Tape], dict[int, Chip]]:
    shots: list[list[Observation]] = [[]]
    chips: dict[int, Chip] = {}
    next_s, number = 0.0, 0
    engine.forget()
    for place, frame in enumerate(_frames(path)):
        if place in cuts:
            engine.forget()  # another shot may show somebody else in the same place
            shots.append([])
            next_s = 0.0
        if frame.t_s < next_s:
            continue
        next_s, number = frame.t_s + 0.9 / LOOKS_HZ, number + 1
        shown = replace(frame, number=number)
        seen = engine.observe(shown)
        face = largest(seen)
        if face is not None:
            chips[number] = engine.align(shown, face)
        shots[-1].append(seen)
    engine.forget()
    return [tuple(shot) for shot in shots], chips


def _frames(path: Path) -> Iterator[Frame]:
    """Every frame of the first part of a video, at its own times; CameraError where there is
    none."""
    now_s = 0.0

    def wait(seconds: float) -> None:
        nonlocal now_s
        now_s += seconds

    camera = ReplayCamera(path, monotonic_s=lambda: now_s, wait=wait)
    first_s: float | None = None
    try:
        camera.open()
        while True:
            try:
                frame = camera.read()
            except CameraError:
                if first_s is None:
                    raise
                return
            first_s = frame.t_s if first_s is None else first_s
            if frame.t_s - first_s > LONGEST_S:
                return
            yield frame
    finally:
        camera.close()


def _cuts(path: Path) -> frozenset[int]:
    """The places of the frames before which the video was cut."""
    changes, before = [], None
    for frame in _frames(path):
        small = _small(frame.pixels)
        changes.append(0.0 if before is None else float(np.abs(small - before).mean()))
        before = small
    return frozenset(place for place in range(len(changes)) if _is_cut(changes, place))


def _small(pixels: Pixels) -> NDArray[np.float64]:
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, _SMALL, interpolation=cv2.INTER_AREA), np.float64)


def _is_cut(changes: list[float], place: int) -> bool:
    beside = changes[max(place - CUT_BESIDE, 0) : place] + changes[place + 1 :][:CUT_BESIDE]
    most = max(beside, default=0.0)
    return changes[place] >= CUT_LEVELS and changes[place] >= CUT_TIMES * most
