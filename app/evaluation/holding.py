"""Hands that hold something flat before the camera, and answer as well as that allows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi, sin
from typing import Protocol

import numpy as np

from app.camera.acting import Actor
from app.camera.lighting import Glow, lit
from app.camera.portrait import Pixels
from app.camera.puppet import over
from app.domain.liveness import Challenge
from app.evaluation.media import Held, Surface, figure_of
from app.evaluation.scenes import lit_room


@dataclass(frozen=True, slots=True)
class Hand:
    """How a sheet is held and moved. `held`: at rest. `tremor_px`: of a hand, 7 to 9 Hz;
    `sway_deg`, `sway_px`: slow waves. `answers`: degrees of tilt for each degree a head would
    turn, 0 for a hand that does not hear. `slide_px`: how far it moves aside while it tilts, per
    degree. `nods`: it tilts to narrow the eyes when a blink is asked for."""

    held: Held
    tremor_px: float = 0.5
    sway_deg: float = 2.0
    sway_px: float = 4.0
    answers: float = 0.0
    slide_px: float = 0.0
    nods: bool = False


#: How far a sheet is tilted to narrow the eyes on it, degrees.
_NOD_DEG = 38.0


class HeldScene:
    """A surface in a hand. A surface that can blink is blinked with, whatever the hand does."""

    def __init__(
        self,
        surface: Surface,
        hand: Hand,
        backdrop: Pixels,
        seed: int,
        *,
        hears: bool = True,
        returns: float = 1.0,
    ) -> None:
        """`returns`: the share of the screen's light that comes back; 1 of paper and skin."""
        self._returns = returns
        self._surface = surface
        self._hand = hand
        self._backdrop = backdrop
        self._hears = hears
        self._actor = Actor(seed, blinks=True)
        chance = np.random.default_rng(seed)
        self._phases = chance.uniform(0.0, 2.0 * pi, 8)
        self._rates = chance.uniform(0.8, 1.25, 8)

    def ask(self, challenge: Challenge | None, t_s: float) -> None:
        if self._hears:
            self._actor.ask(challenge, t_s)

    def paint(self, t_s: float, glow: Glow | None = None) -> Pixels:
        look = self._actor.look(t_s)
        texture = self._surface.at(t_s, look.closed, look.opened)
        nod = _NOD_DEG * look.closed if self._hand.nods else 0.0
        held = self._moved(t_s, look.stance.yaw_deg, look.stance.pitch_deg, nod)
        figure = lit(figure_of(texture, held), glow, self._returns)
        return over(figure, lit_room(self._backdrop, glow))

    def _moved(self, t_s: float, yaw_deg: float, pitch_deg: float, nod_deg: float) -> Held:
        def wave(index: int, hertz: float, size: float) -> float:
            beat = 2.0 * pi * hertz * float(self._rates[index])
            return size * sin(beat * t_s + float(self._phases[index]))

        hand, held = self._hand, self._hand.held
        tilt = hand.answers * yaw_deg
        return replace(
            held,
            yaw_deg=held.yaw_deg + tilt + wave(0, 0.29, hand.sway_deg),
            pitch_deg=held.pitch_deg
            + hand.answers * pitch_deg
            + nod_deg
            + wave(1, 0.37, 0.75 * hand.sway_deg),
            roll_deg=held.roll_deg + wave(2, 0.19, 0.5 * hand.sway_deg),
            x_px=held.x_px
            + hand.slide_px * tilt
            + wave(3, 7.6, hand.tremor_px)
            + wave(4, 0.4, hand.sway_px),
            y_px=held.y_px + wave(5, 8.2, hand.tremor_px) + wave(6, 0.5, 0.6 * hand.sway_px),
            scale=held.scale * (1.0 + wave(7, 0.2, 0.006)),
        )


class Painted(Protocol):
    """Somebody who is painted over a backdrop that comes with every call."""

    def ask(self, challenge: Challenge | None, t_s: float) -> None: ...

    def paint_on(
        self,
        t_s: float,
        backdrop: Pixels,
        glow: Glow | None = None,
        shift_x_px: float = 0.0,
    ) -> Pixels: ...


#: How far somebody walks until they are out of sight, pixels.
_WAY_PX = 420.0
#: The share of somebody from which on a look shows them rather than the one who leaves.
_SHOWN_SHARE = 0.5


class HandOver:
    """Two people before one camera: after the `prompt`-th prompt and `wait_s` more the second
    takes the place of the first, within `takes_s` seconds: 0 is a cut in the stream; `walks`
    moves both through the picture, otherwise one fades into the other. `is_shown`: whether the
    second was in a picture; until then it shows nothing but one genuine visitor."""

    def __init__(
        self,
        first: Painted,
        second: Painted,
        backdrop: Pixels,
        *,
        prompt: int,
        wait_s: float,
        takes_s: float,
        walks: bool,
    ) -> None:
        self._both = (first, second)
        self._backdrop = backdrop
        self._prompt = prompt
        self._wait_s = wait_s
        self._takes_s = takes_s
        self._walks = walks
        self._asked: Challenge | None = None
        self._prompts = 0
        self._begins_s: float | None = None
        self.is_shown = False

    def ask(self, challenge: Challenge | None, t_s: float) -> None:
        for each in self._both:
            each.ask(challenge, t_s)
        if challenge is not None and challenge is not self._asked:
            self._prompts += 1
            if self._prompts == self._prompt:
                self._begins_s = t_s + self._wait_s
        self._asked = challenge

    def paint(self, t_s: float, glow: Glow | None = None) -> Pixels:
        first, second = self._both
        room = lit_room(self._backdrop, glow)
        share = self._share(t_s)
        self.is_shown = self.is_shown or share >= _SHOWN_SHARE
        if share <= 0.0:
            return first.paint_on(t_s, room, glow)
        if share >= 1.0:
            return second.paint_on(t_s, room, glow)
        if self._walks:
            behind = first.paint_on(t_s, room, glow, share * _WAY_PX)
            return second.paint_on(t_s, behind, glow, (share - 1.0) * _WAY_PX)
        leaving = first.paint_on(t_s, room, glow).astype(np.float32)
        coming = second.paint_on(t_s, room, glow)
        return np.asarray(leaving + share * (coming - leaving), dtype=np.uint8)

    def _share(self, t_s: float) -> float:
        """How much of the second is there, 0..1."""
        if self._begins_s is None or t_s < self._begins_s:
            return 0.0
        since_s = t_s - self._begins_s
        return 1.0 if since_s >= self._takes_s else since_s / self._takes_s
