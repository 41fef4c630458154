"""What stands before the bench's camera, and that camera: a FrameSource of simulated time.

A scene hears what the screen asks and paints the moment; the lens turns that into what a webcam
would deliver. Nothing sleeps and nothing reads a clock: the camera carries its own time, and
everything random comes from a seed, so that a session repeats exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from app.camera.acting import Actor, Look
from app.camera.head import Stance
from app.camera.lighting import AutoWhite, Glow, lit, reached
from app.camera.portrait import Pixels
from app.camera.puppet import Puppet, over
from app.camera.room import SensorNoise
from app.cv import cv2
from app.domain.liveness import Challenge
from app.domain.source import Camera
from app.errors import CameraUnavailable
from app.ports import CameraFormat, Frame

#: Where a session's clock starts, monotonic seconds.
BEGINS_S = 100.0


class Scene(Protocol):
    """`ask` tells what the screen asks for from `t_s` on (None: look straight); `paint` is the
    moment as uint8 [480, 640, 3] BGR, under the screen's light `glow`. Times rise from call to
    call."""

    def ask(self, challenge: Challenge | None, t_s: float) -> None: ...

    def paint(self, t_s: float, glow: Glow | None = None) -> Pixels: ...


@dataclass(frozen=True, slots=True)
class Lens:
    """A webcam. `jitter`: how far frames come off their beat, as a share of the period.

    `gain` scales all light; `grain` is how many times read noise of 1.6 grey levels is added
    (nine times: 4.8). `blur_px`: standard deviation of a defocus. `shrink`: share of 640 x 480
    that is delivered. `jpeg`: quality of the compression, 0 for none. `auto_white`: nobody stopped
    the camera's white balance.
    """

    rate_hz: float = 15.0
    jitter: float = 0.08
    gain: float = 1.0
    grain: int = 1
    blur_px: float = 0.0
    shrink: float = 1.0
    jpeg: int = 0
    auto_white: bool = False


Shine = Callable[[float], Glow | None]
"""The screen's light at a moment, monotonic seconds."""


class SceneCamera:
    """A FrameSource over a scene. It is marked as no simulated camera, because the bench asks
    what the layers do with its pictures; what a camera says it is, is asked apart."""

    simulated = False

    def __init__(self, scene: Scene, lens: Lens, seed: int, camera: Camera) -> None:
        self.name = camera.name
        self._camera = camera
        self._scene = scene
        self._lens = lens
        self._chance = np.random.default_rng(seed)
        self._noise = SensorNoise(seed)
        self._shine: Shine = _dark
        self._white = AutoWhite() if lens.auto_white else None
        self._t_s: float | None = None
        self._beat_s = BEGINS_S
        self._number = 0

    def ask(self, challenge: Challenge | None, t_s: float) -> None:
        self._scene.ask(challenge, t_s)

    def shine(self, shine: Shine) -> None:
        """The screen lights the scene from now on."""
        self._shine = shine

    def open(self) -> CameraFormat:
        lens = self._lens
        self._t_s, self._beat_s, self._number = BEGINS_S, BEGINS_S, 0
        width, height = round(640 * lens.shrink), round(480 * lens.shrink)
        return CameraFormat(width, height, lens.rate_hz, "BENCH")

    def read(self) -> Frame:
        if self._t_s is None:
            raise CameraUnavailable("The bench's camera is closed. Open it before reading.")
        period_s = 1.0 / self._lens.rate_hz
        self._beat_s += period_s
        late_s = float(self._chance.uniform(0.0, 1.0)) * self._lens.jitter * period_s
        self._t_s = self._beat_s + late_s
        self._number += 1
        painted = self._scene.paint(self._t_s, self._shine(self._t_s))
        pixels = through(painted, self._lens, self._noise)
        if self._white is not None:
            pixels = self._white.balanced(pixels, self._t_s)
        pixels.flags.writeable = False
        return Frame(self._number, self._t_s, pixels)

    def close(self) -> None:
        self._t_s = None

    def identity(self) -> Camera:
        return self._camera


def through(pixels: Pixels, lens: Lens, noise: SensorNoise) -> Pixels:
    """What the lens delivers of a moment, white balance apart; a new array."""
    if lens.blur_px > 0.0:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), lens.blur_px), np.uint8)
    if lens.gain != 1.0:
        pixels = np.asarray(cv2.convertScaleAbs(pixels, alpha=lens.gain), np.uint8)
    for _ in range(lens.grain):
        pixels = noise.add(pixels)
    if lens.shrink != 1.0:
        pixels = np.asarray(
            cv2.resize(pixels, None, fx=lens.shrink, fy=lens.shrink, interpolation=cv2.INTER_AREA),
            np.uint8,
        )
    return compressed(pixels, lens.jpeg) if lens.jpeg else np.array(pixels)


def compressed(pixels: Pixels, quality: int) -> Pixels:
    """The picture after a JPEG compression, as a webcam's MJPG stream has it."""
    _, coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), dtype=np.uint8)


def _dark(t_s: float) -> Glow | None:
    _ = t_s
    return None


#: The wall behind is this far from the screen, metres, as in the demo.
WALL_M = 2.5


def lit_room(backdrop: Pixels, glow: Glow | None) -> Pixels:
    """What is behind, under the little of the screen's light that reaches it."""
    return lit(backdrop, glow, reached(WALL_M))


Performance = Callable[[float], Challenge | None]


class Person:
    """An animated photograph that does what is asked.

    `stronger` scales head movements; `leaning` is added to every stance. `script` says what is
    acted instead of what the screen asks: a recording, or somebody who does not wait. `own_light`
    lights a recording, instead of the screen; `returns` is the share of the screen's light that
    comes back, 0 for pictures that never were before it.
    """

    def __init__(
        self,
        puppet: Puppet,
        actor: Actor,
        backdrop: Pixels,
        *,
        stronger: float = 1.0,
        leaning: Callable[[float], Stance] | None = None,
        script: Performance | None = None,
        own_light: Shine | None = None,
        returns: float = 1.0,
    ) -> None:
        self._puppet = puppet
        self._actor = actor
        self._backdrop = backdrop
        self._stronger = stronger
        self._leaning = leaning
        self._script = script
        self._own_light = own_light
        self._returns = returns

    def ask(self, challenge: Challenge | None, t_s: float) -> None:
        if self._script is None:
            self._actor.ask(challenge, t_s)

    def paint(self, t_s: float, glow: Glow | None = None) -> Pixels:
        if self._own_light is not None:
            glow = self._own_light(t_s)
        behind = lit_room(self._backdrop, glow) if self._returns else self._backdrop
        return self.paint_on(t_s, behind, glow)

    def paint_on(
        self,
        t_s: float,
        backdrop: Pixels,
        glow: Glow | None = None,
        shift_x_px: float = 0.0,
    ) -> Pixels:
        """Over a backdrop that is lit already, moved sideways by `shift_x_px`."""
        if self._script is not None:
            self._actor.ask(self._script(t_s), t_s)
        look = self._placed(self._actor.look(t_s), t_s)
        stance = replace(look.stance, shift_x_px=look.stance.shift_x_px + shift_x_px)
        figure = self._puppet.figure(stance, look.closed, look.opened)
        return over(lit(figure, glow, self._returns), backdrop)

    def _placed(self, look: Look, t_s: float) -> Look:
        lean = Stance() if self._leaning is None else self._leaning(t_s)
        stance = look.stance
        return replace(
            look,
            stance=replace(
                stance,
                yaw_deg=self._stronger * stance.yaw_deg + lean.yaw_deg,
                pitch_deg=self._stronger * stance.pitch_deg + lean.pitch_deg,
                roll_deg=stance.roll_deg + lean.roll_deg,
                shift_x_px=stance.shift_x_px + lean.shift_x_px,
                shift_y_px=stance.shift_y_px + lean.shift_y_px,
                scale=stance.scale * lean.scale,
            ),
        )
