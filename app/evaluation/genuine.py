"""Genuine visitors: animated from stills, under the conditions a reception has."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.camera.acting import Actor, minimum_jerk
from app.camera.head import Stance
from app.camera.portrait import FRAME_HEIGHT, FRAME_WIDTH, Pixels, Sitter
from app.camera.room import SensorNoise
from app.cv import cv2
from app.evaluation.kit import Chance, Kit
from app.evaluation.people import Model, Skipped, cannot_act, model_of
from app.evaluation.scenes import BEGINS_S, Lens, Person, through
from app.evaluation.sittings import Sitting

#: How wide a figure's jaw is unless said otherwise, pixels.
JAW_PX = 138.0


@dataclass(frozen=True, slots=True)
class Condition:
    """`lens`: the camera and the light. `stronger`: how far heads are turned, 1: about 27
    degrees. `from_deg`: looking this far aside on arrival. `jaw_px`: the nearness."""

    name: str
    lens: Lens
    stronger: float = 1.05
    from_deg: float = 0.0
    glasses: bool = False
    backlight: bool = False
    jaw_px: float = JAW_PX


CONDITIONS = (
    Condition("plain", Lens(rate_hz=20.0, jpeg=85, auto_white=True)),
    Condition("glasses", Lens(rate_hz=15.0), glasses=True),
    Condition("low-light", Lens(rate_hz=15.0, gain=0.45, grain=9, blur_px=0.5)),
    Condition("backlight", Lens(rate_hz=15.0, grain=2), backlight=True),
    Condition("15-fps", Lens(rate_hz=15.0, jitter=0.25, grain=2, auto_white=True)),
    Condition("10-fps", Lens(rate_hz=10.0, jitter=0.25, grain=2)),
    Condition("small-picture", Lens(rate_hz=15.0, shrink=0.75, grain=2), jaw_px=150.0),
    Condition("yaw-30", Lens(rate_hz=15.0), stronger=1.12, from_deg=30.0),
)


#: A movement that reads less far under a condition cannot be met there, whoever makes it. Who reads
#: only just as far is played: nobody is left out for being hard to see.
SHOWS = 1.0
#: The share of its light a face keeps before a bright window.
SHADE = 0.55


def sit(kit: Kit, condition: Condition, chance: Chance) -> Sitting:
    """One genuine visit."""
    actor = Actor(int(chance.integers(2**31)), blinks=True)
    from_deg = condition.from_deg * float(chance.choice([-1.0, 1.0]))
    person = Person(
        _figure(kit, condition).puppet,
        actor,
        _behind(kit, condition),
        stronger=condition.stronger * float(chance.uniform(0.97, 1.06)),
        leaning=(lambda t_s: _turning(from_deg, t_s)) if from_deg else None,
    )
    return kit.live(person, condition.lens, chance, chance.bytes(16))


def unfit(kit: Kit, condition: Condition) -> str:
    """Why this person cannot be shown under this condition, "" where they can; found once."""
    if condition.name not in kit.unfit:
        lens, noise = condition.lens, SensorNoise(kit.seed)
        kit.unfit[condition.name] = cannot_act(
            _figure(kit, condition),
            kit.engine,
            kit.policy,
            _behind(kit, condition),
            lambda pixels: through(pixels, lens, noise),
            SHOWS,
        )
    return kit.unfit[condition.name]


def _behind(kit: Kit, condition: Condition) -> Pixels:
    return _window() if condition.backlight else kit.room


def _turning(from_deg: float, t_s: float) -> Stance:
    """Looking aside on arrival, and then at the screen."""
    left = 1.0 - minimum_jerk((t_s - BEGINS_S - 0.4) / 0.7)
    return Stance(yaw_deg=from_deg * left)


def _window() -> Pixels:
    """A bright sky behind the visitor."""
    light = np.linspace(255.0, 225.0, FRAME_HEIGHT)[:, None, None]
    return np.ascontiguousarray(np.broadcast_to(light, (FRAME_HEIGHT, FRAME_WIDTH, 3)), np.uint8)


def _figure(kit: Kit, condition: Condition) -> Model:
    """The person as this condition shows them, made once."""
    if not (condition.glasses or condition.backlight or condition.jaw_px != JAW_PX):
        return kit.model
    if condition.name not in kit.figures:
        sitter = kit.model.sitter
        photo = with_glasses(sitter) if condition.glasses else sitter.photo
        if condition.backlight:
            photo = np.asarray(cv2.convertScaleAbs(photo, alpha=SHADE), np.uint8)
        changed = replace(sitter, photo=photo, face_width_px=condition.jaw_px)
        made = model_of(kit.model.name, changed)
        kit.figures[condition.name] = kit.model if isinstance(made, Skipped) else made
    return kit.figures[condition.name]


def with_glasses(sitter: Sitter) -> Pixels:
    """The photograph with a dark frame drawn round both eyes."""
    points = np.asarray(sitter.landmarks)
    photo = sitter.photo.copy()
    right, left = points[36:42].mean(axis=0), points[42:48].mean(axis=0)
    apart = float(np.hypot(*(left - right)))
    angle = float(np.degrees(np.arctan2(*(left - right)[::-1])))
    axes = (int(0.36 * apart * _FINE), int(0.27 * apart * _FINE))
    thick, ink = max(int(0.045 * apart), 1), (38, 34, 40)
    for middle in (right, left):
        centre = _fine(middle + np.array([0.0, 0.04 * apart]))
        cv2.ellipse(photo, centre, axes, angle, 0, 360, ink, thick, cv2.LINE_AA, _SHIFT)
    inner = 0.36 * (left - right)
    cv2.line(photo, _fine(right + inner), _fine(left - inner), ink, thick, cv2.LINE_AA, _SHIFT)
    for eye, temple in ((right - inner, points[0]), (left + inner, points[16])):
        cv2.line(photo, _fine(eye), _fine(temple), ink, thick, cv2.LINE_AA, _SHIFT)
    return photo


#: Drawing in sixteenths of a pixel.
_SHIFT, _FINE = 4, 16


def _fine(point: NDArray[np.float64]) -> tuple[int, int]:
    return round(float(point[0]) * _FINE), round(float(point[1]) * _FINE)
