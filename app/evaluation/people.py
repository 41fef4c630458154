"""Faces to animate and to print: found in a folder of the assets' layout, usable ones only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.camera.acting import LOOK_UP_DEG, MOUTH_SHARE, TURN_DEG
from app.camera.head import Stance
from app.camera.portrait import Pixels, Portrait, Sitter, portrait_of
from app.camera.puppet import Puppet
from app.cv import cv2
from app.domain import quality
from app.domain.liveness import Challenge, baseline_of, deflection
from app.domain.observation import Face, Observation
from app.domain.policy import Policy
from app.domain.session import largest
from app.errors import ImageError
from app.ports import FaceEngine, Frame

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
#: Faces looking into the lens, so that an animation of them can rest: degrees and openness.
STRAIGHT_YAW_DEG, STRAIGHT_PITCH_DEG = 8.0, 10.0
OPEN_EYES, CLOSED_LIPS = 0.22, 0.2
#: An eye distance that can be enlarged to a camera's without a blur of its own, pixels.
EYES_PX = 32.0


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Somebody to play with: `name` of the folder, the photograph, and the animated figure."""

    name: str
    sitter: Sitter
    portrait: Portrait
    puppet: Puppet


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not used, and why."""

    file: str
    why: str


def photographs(assets: Path) -> list[Path]:
    """One photograph of each person of `identities/lfw/<Person>/`, or of any folder below
    `identities` that holds pictures; in the order of their names."""
    root = assets / "identities"
    lfw = root / "lfw"
    folders = sorted(each for each in lfw.iterdir() if each.is_dir()) if lfw.is_dir() else []
    found = [picture for folder in folders if (picture := _first(folder)) is not None]
    if found:
        return found
    return sorted(each for each in root.rglob("*") if each.suffix.lower() in PICTURES)


def _first(folder: Path) -> Path | None:
    return min((each for each in folder.iterdir() if each.suffix.lower() in PICTURES), default=None)


def picture_at(path: Path) -> Pixels | None:
    """The picture, or None where it cannot be read."""
    try:
        pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    except cv2.error:  # more pixels than `app.cv` allows
        return None
    return None if pixels is None else np.asarray(pixels, dtype=np.uint8)


def observed(engine: FaceEngine, pixels: Pixels) -> Observation:
    """One picture by itself."""
    engine.forget()
    seen = engine.observe(Frame(1, 0.0, pixels))
    engine.forget()
    return seen


def model_at(path: Path, engine: FaceEngine) -> Model | Skipped:
    """The person in the picture, or why nobody can be made of it."""
    pixels = picture_at(path)
    if pixels is None:
        return Skipped(str(path), "unreadable")
    seen = observed(engine, pixels)
    face = largest(seen)
    if face is None:
        return Skipped(str(path), "no face")
    if len(seen.faces) > 1:
        return Skipped(str(path), "several faces")
    why = _unfit(face)
    if why:
        return Skipped(str(path), why)
    return model_of(path.parent.name, Sitter(pixels, face.landmarks))


def model_of(name: str, sitter: Sitter) -> Model | Skipped:
    try:
        portrait = portrait_of(sitter)
        return Model(name, sitter, portrait, Puppet(portrait))
    except (ImageError, cv2.error, ValueError, np.linalg.LinAlgError):
        return Skipped(name, "cannot be animated")


def _unfit(face: Face) -> str:
    """Why the face cannot be at rest before a camera, or nothing."""
    if not face.quality.eye_distance_px >= EYES_PX:
        return "too small"
    turned = abs(face.pose.yaw_deg) <= STRAIGHT_YAW_DEG
    if not (turned and abs(face.pose.pitch_deg) <= STRAIGHT_PITCH_DEG):
        return "not looking straight"
    if not face.eye_openness >= OPEN_EYES:
        return "eyes not open"
    if not face.mouth_openness <= CLOSED_LIPS:
        return "mouth not closed"
    return ""


def usable(
    paths: list[Path], engine: FaceEngine, wanted: int, skipped: list[Skipped], acts: Acts
) -> Iterator[Path]:
    """The first `wanted` photographs of somebody who can act; the others join `skipped`."""
    found = 0
    for path in paths:
        if found >= wanted:
            return
        model = model_at(path, engine)
        why = model.why if isinstance(model, Skipped) else acts(model, engine)
        if why:
            skipped.append(Skipped(str(path), why))
        else:
            found += 1
            yield path


Acts = Callable[[Model, FaceEngine], str]
#: How far beyond the threshold a movement of an animation has to read.
CLEARLY = 1.2


def cannot_act(
    model: Model,
    engine: FaceEngine,
    policy: Policy,
    room: Pixels,
    through: Callable[[Pixels], Pixels] = np.array,
    clearly: float = CLEARLY,
) -> str:
    """Why the figure is nobody to play with, "" where nothing is in the way. `through`: what the
    camera makes of a frame; `clearly`: how many times its threshold a movement has to read.

    An animation's lids or lips may not read as closed or open, as behind dark glasses or a beard,
    and in the dark a face may be none that a session begins with: the screen then says what to
    mend. Neither says anything about the layers, so it is counted apart.
    """

    def painted(stance: Stance, closed: float = 0.0, opened: float = 0.0) -> Observation:
        return observed(engine, through(model.puppet.paint(stance, closed, opened, room)))

    seen = painted(Stance())
    rest = largest(seen)
    if rest is None:
        return "not found in the frame"
    fault = quality.fault(rest, (), seen, policy.quality, frontal=True)
    if fault is not None:
        return str(fault)
    usual = baseline_of((rest,))
    shown = {
        Challenge.TURN_LEFT: painted(Stance(yaw_deg=TURN_DEG)),
        Challenge.TURN_RIGHT: painted(Stance(yaw_deg=-TURN_DEG)),
        Challenge.LOOK_UP: painted(Stance(pitch_deg=LOOK_UP_DEG)),
        Challenge.BLINK: painted(Stance(), closed=1.0),
        Challenge.OPEN_MOUTH: painted(Stance(), opened=MOUTH_SHARE),
    }
    for challenge, after in shown.items():
        face = largest(after)
        if face is None or not deflection(challenge, face, usual, policy.liveness) >= clearly:
            return f"{challenge} does not show"
    return ""
