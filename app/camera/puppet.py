"""A portrait that moves: features pasted in, head turned, composed over a backdrop."""

from __future__ import annotations

import numpy as np

from app.camera.features import Patches, eyelids_of, mouth_of
from app.camera.head import Stance, backward_map, head_of
from app.camera.portrait import Pixels, Portrait
from app.cv import cv2


class Puppet:
    """Draws one person in any stance. Not shared between threads.

    The plate is kept premultiplied with its alpha, so that one `remap` and one blend make a
    frame; eyes and mouth are only pasted again when their step changes.
    """

    def __init__(self, portrait: Portrait) -> None:
        self._head = head_of(portrait)
        eyes, mouth = eyelids_of(portrait), mouth_of(portrait)
        self._eyes = tuple(_premultiplied(eye, portrait) for eye in eyes)
        self._mouth = _premultiplied(mouth, portrait)
        self._plate = cv2.merge([_over_black(portrait.colour, portrait.alpha), portrait.alpha])

    def paint(
        self, stance: Stance, closed: float, opened: float, backdrop: Pixels, opacity: float = 1.0
    ) -> Pixels:
        """A frame, uint8 [480, 640, 3] BGR: the figure over what is behind it."""
        return over(self.figure(stance, closed, opened), backdrop, opacity)

    def figure(self, stance: Stance, closed: float, opened: float) -> Pixels:
        """The person alone, premultiplied uint8 [480, 640, 4] BGRA. `closed` eyes and `opened`
        mouth are shares 0..1."""
        for eye in self._eyes:
            self._paste(eye, closed)
        self._paste(self._mouth, opened)
        figure = cv2.remap(
            self._plate,
            *backward_map(self._head, stance),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
        )
        return np.asarray(figure, dtype=np.uint8)

    def _paste(self, patches: Patches, share: float) -> None:
        image = patches.at(share)
        height, width = image.shape[:2]
        rows = slice(patches.top, patches.top + height)
        self._plate[rows, patches.left : patches.left + width, :3] = image


def over(figure: Pixels, backdrop: Pixels, opacity: float = 1.0) -> Pixels:
    """`figure` premultiplied uint8 [h, w, 4] over `backdrop` uint8 [h, w, 3]."""
    if opacity < 1.0:
        figure = np.asarray(cv2.convertScaleAbs(figure, alpha=max(opacity, 0.0)), dtype=np.uint8)
    colour = cv2.cvtColor(figure, cv2.COLOR_BGRA2BGR)
    through = cv2.bitwise_not(cv2.extractChannel(figure, 3))
    behind = cv2.multiply(backdrop, cv2.merge([through, through, through]), scale=1 / 255)
    return np.asarray(cv2.add(colour, behind), dtype=np.uint8)


def _over_black(colour: Pixels, alpha: Pixels) -> Pixels:
    covering = cv2.merge([alpha, alpha, alpha])
    return np.asarray(cv2.multiply(colour, covering, scale=1 / 255), dtype=np.uint8)


def _premultiplied(patches: Patches, portrait: Portrait) -> Patches:
    height, width = patches.images[0].shape[:2]
    alpha = np.ascontiguousarray(
        portrait.alpha[patches.top : patches.top + height, patches.left : patches.left + width]
    )
    return Patches(
        patches.left, patches.top, tuple(_over_black(image, alpha) for image in patches.images)
    )
