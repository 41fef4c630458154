"""A camera without a camera: a reception, and visitors animated from one still photograph.

For the demonstration, `doctor` and tests. It is marked as simulated wherever it is shown.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from app.camera.acting import Actor, minimum_jerk
from app.camera.held_photo import HeldPhoto
from app.camera.lighting import Glow, glow_of, lit, reached
from app.camera.portrait import FRAME_HEIGHT, FRAME_WIDTH, Pixels, Sitter, portrait_of
from app.camera.puppet import Puppet, over
from app.camera.room import SensorNoise, empty_room
from app.domain.light import Hue
from app.domain.liveness import Challenge
from app.domain.source import Camera, SourceKind
from app.errors import CameraUnavailable
from app.ports import CameraFormat, Frame

#: How long somebody takes to step in front of the camera and away again.
ARRIVAL_S, DEPARTURE_S = 0.9, 0.6
_WAY_PX = 150.0
#: The wall behind is this far from the screen.
_WALL_M = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is behind a visitor, uint8 [480, 640, 3] BGR, and the screen's light on both."""

    backdrop: Pixels
    glow: Glow | None = None


class LiveVisitor:
    """A person who is there and does what is asked."""

    def __init__(self, sitter: Sitter, seed: int = 0, *, blinks: bool = False) -> None:
        self._puppet = Puppet(portrait_of(sitter))
        self._actor = Actor(seed, blinks=blinks)

    def ask(self, challenge: Challenge | None, t_s: float) -> None:
        self._actor.ask(challenge, t_s)

    def paint(self, t_s: float, scene: Scene, shift_x_px: float, opacity: float) -> Pixels:
        look = self._actor.look(t_s)
        stance = replace(look.stance, shift_x_px=look.stance.shift_x_px + shift_x_px)
        figure = lit(self._puppet.figure(stance, look.closed, look.opened), scene.glow, 1.0)
        return over(figure, scene.backdrop, opacity)


class PhotoVisitor:
    """Somebody else holding up a photograph; nothing that is asked reaches it."""

    def __init__(self, sitter: Sitter, seed: int = 0) -> None:
        self._photo = HeldPhoto(sitter, seed)

    def ask(self, challenge: Challenge | None, t_s: float) -> None:
        """A photograph does not hear."""

    def paint(self, t_s: float, scene: Scene, shift_x_px: float, opacity: float) -> Pixels:
        figure = lit(self._photo.figure(t_s, shift_x_px), scene.glow, 1.0)
        return over(figure, scene.backdrop, opacity)


Visitor = LiveVisitor | PhotoVisitor


@dataclass(frozen=True, slots=True)
class _Presence:
    """Who is coming, there or going, and since when (None: from the next frame on)."""

    visitor: Visitor
    leaving: bool = False
    since_s: float | None = None


class SimulatedCamera:
    """A FrameSource of 640x480. `ask`, `shine`, `walk_up` and `leave`: from any thread.

    `wait` pauses for so many seconds; tests hand in one that moves `monotonic_s` on instead.
    """

    def __init__(
        self,
        visitor: Visitor | None = None,
        *,
        rate_hz: float = 30.0,
        seed: int = 0,
        monotonic_s: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self.name = "SIMULATED camera"
        self._period_s = 1.0 / rate_hz
        self._monotonic_s = monotonic_s
        self._wait = wait or threading.Event().wait
        self._room = empty_room()
        self._noise = SensorNoise(seed)
        self._lock = threading.Lock()
        self._asked: Challenge | None = None
        self._glow: Glow | None = None
        # Somebody who is there from the start does not walk in first.
        self._presence = None if visitor is None else _Presence(visitor, since_s=float("-inf"))
        self._opened = False
        self._number = 0
        self._next_s = self._last_s = float("-inf")

    def identity(self) -> Camera:
        return Camera(
            SourceKind.SIMULATED,
            self.name,
            "simulated",
            width_px=FRAME_WIDTH,
            height_px=FRAME_HEIGHT,
        )

    def ask(self, challenge: Challenge | None) -> None:
        """What the screen asks for now; None: look straight."""
        with self._lock:
            self._asked = challenge

    def shine(self, hue: Hue | None) -> None:
        """The colour the screen shows around the picture now; None: no light of its own."""
        with self._lock:
            self._glow = glow_of(hue)

    def walk_up(self, visitor: Visitor) -> None:
        """`visitor` steps in front of the camera with the next frame; whoever was there is gone."""
        with self._lock:
            self._presence = _Presence(visitor)
            self._asked = None

    def leave(self) -> None:
        """Whoever is there walks away."""
        with self._lock:
            if self._presence is not None and not self._presence.leaving:
                self._presence = _Presence(self._presence.visitor, leaving=True)

    def open(self) -> CameraFormat:
        self._opened = True
        self._number = 0
        self._next_s = self._monotonic_s()
        return CameraFormat(FRAME_WIDTH, FRAME_HEIGHT, 1.0 / self._period_s, "SIMULATED")

    def read(self) -> Frame:
        if not self._opened:
            raise CameraUnavailable("The simulated camera is closed. Open it before reading.")
        pause_s = self._next_s - self._monotonic_s()
        if pause_s > 0:
            self._wait(pause_s)
        t_s = max(self._monotonic_s(), np.nextafter(self._last_s, np.inf))
        # A renderer that fell behind skips pictures instead of hurrying after them.
        on_time = t_s - self._next_s < self._period_s
        self._next_s = (self._next_s if on_time else t_s) + self._period_s
        self._last_s = float(t_s)
        self._number += 1
        pixels = self._noise.add(self._scene(self._last_s))
        pixels.flags.writeable = False
        return Frame(self._number, self._last_s, pixels)

    def close(self) -> None:
        self._opened = False

    def _scene(self, t_s: float) -> Pixels:
        with self._lock:
            presence = self._settle(t_s)
            asked, glow = self._asked, self._glow
        scene = Scene(lit(self._room, glow, reached(_WALL_M)), glow)
        if presence is None or presence.since_s is None:
            return scene.backdrop
        nearness = minimum_jerk((t_s - presence.since_s) / ARRIVAL_S)
        if presence.leaving:
            nearness = 1.0 - minimum_jerk((t_s - presence.since_s) / DEPARTURE_S)
        presence.visitor.ask(asked, t_s)
        shift_x_px = (nearness - 1.0) * _WAY_PX
        return presence.visitor.paint(t_s, scene, shift_x_px, nearness)

    def _settle(self, t_s: float) -> _Presence | None:
        """Date a change that came in between frames, and forget somebody who is out of sight."""
        presence = self._presence
        if presence is not None and presence.since_s is None:
            presence = replace(presence, since_s=t_s)
        elif presence is not None and presence.leaving:
            gone = t_s - (presence.since_s or 0.0) >= DEPARTURE_S
            presence = None if gone else presence
        self._presence = presence
        return presence
