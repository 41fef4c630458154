"""Skin and walls under a screen, in numbers: what a light session leaves to be judged.

The physics is written down here once more and independently: light is added in linear light and
coded by the sRGB curve; a camera multiplies channels (exposure, white balance); a turning head
changes its hue a little by itself; sensors scatter. Nothing here knows how it is judged.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.domain import light
from app.domain.evidence import Evidence, Look
from app.domain.liveness import Baseline
from app.domain.observation import Box, Colour, Pose
from tests.fakes.faces import face

Three = NDArray[np.float64]
LIT_S = 100.0
SYMBOL_S = 0.4
SKIN = np.array([0.30, 0.17, 0.11])
WALL = np.array([0.40, 0.38, 0.35])


@dataclass(frozen=True, slots=True)
class Room:
    """`gain`: what a white screen adds to the light on the skin. `behind`: the share of that which
    reaches the wall. `light`: of the room, red, green, blue. `lag_s`: of the picture behind the
    code. `fade_s`: from one colour to the next. `scatter`: of each mean, natural logarithm.
    `swing`: what turning the head does to its hue. `balance`: the share of a cast the camera's
    automatic white balance takes away. `drift`: of exposure and hue over the session.
    `returned`: the share of the screen's light the thing before the camera returns.
    """

    gain: float = 0.08
    behind: float = 0.06
    light: tuple[float, float, float] = (1.0, 1.0, 1.0)
    lag_s: float = 0.18
    fade_s: float = 0.13
    scatter: float = 0.0015
    swing: float = 0.03
    balance: float = 0.0
    drift: float = 0.02
    returned: float = 1.0


def nonce(number: int) -> bytes:
    return number.to_bytes(16, "big")


def session(
    room: Room,
    *,
    seconds: float = 4.0,
    rate_hz: float = 15.0,
    shown: bytes = nonce(1),
    asked: bytes = nonce(1),
    baked: bytes | None = None,
    seed: int = 0,
) -> Evidence:
    """A lit session. `shown` is the code on the screen, `asked` the one it is judged by; `baked`
    is one the picture of the face carries from elsewhere."""
    chance = np.random.default_rng(seed)
    times = LIT_S + np.arange(int(seconds * rate_hz)) / rate_hz + 0.01
    on_screen, before = _code(shown), _code(baked) if baked is not None else None
    yaws = 22.0 * np.sin(np.clip((times - LIT_S - 0.8) / 1.2, 0.0, 1.0) * math.pi)
    hue = chance.normal(0.0, room.swing, 3)
    gains = np.zeros(3)
    looks = []
    for number, (t_s, yaw_deg) in enumerate(zip(times, yaws, strict=True), 1):
        since_s = t_s - LIT_S - room.lag_s
        screen = _faded(on_screen, since_s, room.fade_s)
        skin = SKIN * (np.array(room.light) + room.returned * room.gain * screen)
        if before is not None:
            skin = skin * (1.0 + room.gain * _faded(before, since_s + 7.13, room.fade_s))
        wall = WALL * (np.array(room.light) + room.gain * room.behind * screen)
        skin = skin * np.exp(hue * yaw_deg / 22.0)
        cast = np.log(0.3 * skin + 0.7 * wall)
        gains += (-room.balance * (cast - cast.mean()) - gains) * min(1.4 / rate_hz, 1.0)
        wander = room.drift * math.sin(1.3 * (t_s - LIT_S)) * np.array([1.0, 0.2, -1.0])
        seen = np.exp(gains + wander)
        skin, wall = (
            each * seen * np.exp(chance.normal(0.0, room.scatter, 3)) for each in (skin, wall)
        )
        one = replace(
            face(),
            box=Box(220.0 + yaw_deg / 10.0, 120.0, 200.0, 200.0),
            pose=Pose(
                yaw_deg + float(chance.normal(0.0, 0.8)), float(chance.normal(0.0, 0.8)), 0.0
            ),
            skin=_coded(skin),
        )
        looks.append(Look(number, float(t_s), float(t_s) + 0.05, one, number, _coded(wall)))
    return Evidence(asked, Baseline(0.0, 0.0, 0.32, 0.03), tuple(looks), (), LIT_S)


def spoiled(evidence: Evidence, spoil: Callable[[Look], Look]) -> Evidence:
    """The same session with each look replaced by another one."""
    return replace(evidence, looks=tuple(spoil(look) for look in evidence.looks))


def _code(of: bytes) -> Three:
    return np.array([light.LINEAR[hue] for hue in light.code(of, 80)])


def _faded(code: Three, since_s: float, fade_s: float) -> Three:
    """What a fading screen shows on average while a picture is taken; half grey before."""
    moments = since_s - np.linspace(0.0, fade_s, 5)
    lit = [code[int(each / SYMBOL_S)] if each >= 0 else np.full(3, 0.5) for each in moments]
    return np.asarray(np.mean(lit, axis=0))


def _coded(linear: Three) -> Colour:
    value = np.clip(linear, 1e-4, 1.0)
    red, green, blue = (
        float(255.0 * (1.055 * each ** (1 / 2.4) - 0.055)) for each in value.tolist()
    )
    return Colour(red, green, blue)
