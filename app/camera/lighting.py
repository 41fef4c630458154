"""What the screen's light does to a picture: the physics that the light layer goes by.

    lit(pixels, glow, returned)     `returned`: the share of the screen's light a thing returns
                                    besides what it does with the room's

Light is added in linear light. A thing that reflects returns the room's light and the screen's
alike, so that its pixels grow by the factor 1 + share of the screen, whatever its colour is; how
large the share is falls with the square of the distance (`reached`). What lights itself returns
next to nothing on top. For what stands before a camera:

    skin, paper       1.0 at arm's length. A print therefore follows the code like a face: the
                      light layer cannot tell it
    a phone, a tablet `GLASS`: the front of the glass, diffusely; its own picture does not follow
    the room behind   `reached(2.5 m)`, 0.06
    an injected video 0.0: it was not there. A renderer that watches the screen can add the light
                      itself with `lit`: the light layer cannot tell that either
    an old recording  made under another code: `lit` with that code, then shown or injected
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.camera.portrait import Field, Pixels
from app.cv import cv2
from app.domain import light
from app.domain.light import Hue

#: Where somebody stands who touches the screen, metres from it.
NEAR_M = 0.6
#: What a white screen adds to an office's light on a face there: 0.13 m² of 21.5 inches at 250
#: cd/m² give 90 lux at 0.6 m; upright faces in offices have 200 to 500. Half of the screen is lit.
SHARE = 0.12
#: A display returns about 1 % diffusely (the mirror image on its glass goes astray), skin some
#: 35 %: this is the one over the other, for a picture shown about as bright as a face is.
GLASS = 0.03
#: Cameras code light about with this power.
GAMMA = 2.2


@dataclass(frozen=True, slots=True)
class Glow:
    """`colour`: linear red, green, blue, 0..1 of white. `share`: what a white screen adds to the
    room's light on something `NEAR_M` away."""

    colour: tuple[float, float, float]
    share: float = SHARE


def glow_of(hue: Hue | None, share: float = SHARE) -> Glow | None:
    """The screen's light for a colour of the code; None where none is shown."""
    return None if hue is None else Glow(light.LINEAR[hue], share)


def reached(distance_m: float) -> float:
    """How much of the light at `NEAR_M` arrives this far from the screen."""
    return (NEAR_M / distance_m) ** 2


def factors(glow: Glow, returned: float) -> tuple[float, float, float]:
    """By how much the coded values of blue, green and red grow."""
    red, green, blue = (
        float((1.0 + returned * glow.share * part) ** (1.0 / GAMMA)) for part in glow.colour
    )
    return blue, green, red


def lit(pixels: Pixels, glow: Glow | None, returned: float | Field) -> Pixels:
    """The picture, uint8 [h, w, 3] BGR, or [h, w, 4] premultiplied, under the screen's light.

    `returned`: one share for all of it, or float32 [h, w].
    """
    if glow is None:
        return pixels
    if isinstance(returned, float | int):
        return grown(pixels, factors(glow, float(returned)))
    colour = np.array(glow.colour[::-1], dtype=np.float32) * np.float32(glow.share)
    more = np.power(1.0 + returned[..., None] * colour, np.float32(1.0 / GAMMA))
    return np.clip(np.rint(pixels * more), 0, 255).astype(np.uint8)


def grown(pixels: Pixels, by: Sequence[float]) -> Pixels:
    """Each channel times its factor; a fourth one, alpha, stays."""
    table = np.zeros((1, 256, pixels.shape[2]), np.uint8)
    for channel, factor in enumerate((*by, 1.0)[: pixels.shape[2]]):
        table[0, :, channel] = np.clip(np.rint(np.arange(256) * factor), 0, 255)
    return np.asarray(cv2.LUT(pixels, table), dtype=np.uint8)


class AutoWhite:
    """A camera's white balance that nobody stopped: it pulls the mean of the picture to grey.

    `pull`: the share of a cast it takes away in the end; `slow_s`: how fast, as a time constant.
    """

    def __init__(self, pull: float = 0.8, slow_s: float = 0.7) -> None:
        self._pull = pull
        self._slow_s = slow_s
        self._gains: NDArray[np.float64] = np.zeros(3)
        self._last_s: float | None = None

    def balanced(self, pixels: Pixels, t_s: float) -> Pixels:
        """The picture as this camera delivers it at `t_s`, seconds."""
        mean = np.log(np.maximum(pixels[::8, ::8].reshape(-1, 3).mean(axis=0), 1.0))
        wanted = -self._pull * (mean - mean.mean())
        passed_s = 1e9 if self._last_s is None else max(t_s - self._last_s, 0.0)
        self._last_s = t_s
        self._gains += (wanted - self._gains) * (1.0 - np.exp(-passed_s / self._slow_s))
        return grown(pixels, tuple(np.exp(self._gains)))
