"""Eyelids and mouth of a portrait, drawn in steps ahead of time and pasted in when needed.

Closing: a lid with its lashes travels down over an eyeball that stays where it is. Opening: lower
lip, chin and cheeks follow a smooth surface downwards, upper teeth stay, and what opens up is
filled dark. All of it happens on the plate, before the head is turned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.camera.head import smooth_step, thin_plate
from app.camera.portrait import Pixels, Portrait
from app.cv import cv2

#: Steps from open to shut, and from shut to wide open.
LEVELS = 12
#: How far the lower lip drops at the most, in mouth widths.
WIDEST = 0.42
_RIGHT_EYE, _LEFT_EYE = (36, 37, 38, 39, 40, 41), (42, 43, 44, 45, 46, 47)
_UPPER_INNER, _LOWER_INNER = (60, 61, 62, 63, 64), (60, 67, 66, 65, 64)
#: How much of each colour the lashes swallow; they are brown, not black.
_LASH_BGR = np.array((0.72, 0.68, 0.58))
_THROAT_BGR, _TONGUE_BGR = (22, 16, 40), (66, 58, 118)

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """Pictures of one feature from rest to the full movement, and where on the plate they lie.

    `images` holds LEVELS + 1 uint8 arrays [h, w, 3] BGR; the first is the photograph itself.
    """

    left: int
    top: int
    images: tuple[Pixels, ...]

    def at(self, share: float) -> Pixels:
        """The picture nearest to `share`, 0..1."""
        return self.images[round(min(max(share, 0.0), 1.0) * LEVELS)]


@dataclass(frozen=True, slots=True)
class _Window:
    """A rectangle of the plate and its pixel coordinates."""

    left: int
    top: int
    right: int
    bottom: int

    def cut(self, image: Pixels) -> Pixels:
        return image[self.top : self.bottom, self.left : self.right]

    def grid(self, step: int = 1) -> tuple[Array, Array]:
        offset = (step - 1) / 2
        y, x = np.mgrid[self.top : self.bottom : step, self.left : self.right : step]
        return x + offset, y + offset


def eyelids_of(portrait: Portrait) -> tuple[Patches, Patches]:
    """Both eyes; the person's right one (left in the image) first."""
    return _eyelid(portrait, _RIGHT_EYE), _eyelid(portrait, _LEFT_EYE)


def _eyelid(portrait: Portrait, eye: tuple[int, ...]) -> Patches:
    points = portrait.landmarks[list(eye)]
    wide = float(points[3, 0] - points[0, 0])
    window = _Window(
        int(points[0, 0] - 0.35 * wide),
        int(points[:, 1].min() - 0.7 * wide),
        int(points[3, 0] + 0.35 * wide),
        int(points[:, 1].max() + 0.6 * wide),
    )
    source = window.cut(portrait.colour)
    x, _ = window.grid()
    points = points + np.array([0.0, _iris_offset(source, window, points)])
    upper = _lid_curve(points[[0, 1, 2, 3]], x[0])
    lower = _lid_curve(points[[0, 5, 4, 3]], x[0])
    # Landmarks lie inside the lids; the lashes reach further out.
    margin = 0.07 * wide * np.clip((lower - upper) / (0.1 * wide), 0, 1)
    lids = upper - margin, np.maximum(lower + 0.5 * margin, upper)
    shut = _shut(source, window, lids, wide)
    images = tuple(
        _lidded((source, shut), window, lids, wide, level / LEVELS) for level in range(LEVELS + 1)
    )
    return Patches(window.left, window.top, images)


def _iris_offset(source: Pixels, window: _Window, points: Array) -> float:
    """How far the iris lies below the middle of its landmarks, pixels (glasses mislead them)."""
    wide = float(points[3, 0] - points[0, 0])
    x, y = window.grid()
    centre = points.mean(axis=0)
    near = (abs(x - centre[0]) < 0.22 * wide) & (abs(y - centre[1]) < 0.3 * wide)
    luma = cv2.cvtColor(source, cv2.COLOR_BGR2GRAY).astype(np.float32)
    size = 2 * round(0.14 * wide) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.float32)
    around = cv2.filter2D(luma, -1, disc / disc.sum())
    darkest = np.argmin(np.where(near, around, np.inf))
    return float(y.flat[darkest] - centre[1])


def _lid_curve(points: Array, x: Array) -> Array:
    """Height of a lid over `x`: a cubic through its four landmarks, straight outside them."""
    inside = np.clip(x, points[0, 0], points[3, 0])
    middle = points[:, 0].mean()
    cubic = np.polyfit(points[:, 0] - middle, points[:, 1], 3)
    return np.asarray(np.polyval(cubic, inside - middle), dtype=np.float64)


def _shut(source: Pixels, window: _Window, lids: tuple[Array, Array], wide: float) -> Pixels:
    """The window with a smooth lid in place of the eye: skin grown in from around it."""
    _, y = window.grid()
    upper, lower = lids
    rim = 0.06 * wide
    eye = ((y > upper - rim) & (y < lower + rim) & (lower - upper > 0.02 * wide)).astype(np.uint8)
    eye = cv2.dilate(eye, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))).astype(np.uint8)
    skin = cv2.inpaint(source, eye, 3.0, cv2.INPAINT_TELEA)
    smooth = cv2.GaussianBlur(skin, (0, 0), 0.06 * wide).astype(np.float64)
    blend = np.asarray(cv2.GaussianBlur(eye * 255, (0, 0), 1.2), dtype=np.float64)[..., None] / 255
    # A lid bulges: lighter in its middle, darker towards the crease and the lashes.
    height = np.clip((y - upper) / np.maximum(lower - upper, 1.0), 0, 1)
    bulge = 1.0 - 0.16 * (2 * height - 0.9) ** 2
    lid = smooth * bulge[..., None]
    return np.asarray(np.clip(lid * blend + source * (1 - blend), 0, 255), dtype=np.uint8)


def _lidded(
    looks: tuple[Pixels, Pixels],
    window: _Window,
    lids: tuple[Array, Array],
    wide: float,
    closed: float,
) -> Pixels:
    """One eye, `closed` 0..1: the shut look above the travelling lashes, the open one below."""
    opened, shut = looks
    if closed == 0.0:
        return opened.copy()
    _, y = window.grid()
    upper, lower = lids
    gap = lower - upper
    edge = upper + closed * 0.88 * gap
    rise = lower - closed * 0.12 * gap
    # Beyond the lids' ends nothing moves.
    moving = np.clip(gap / (0.12 * wide), 0, 1)
    seen = np.clip(y - edge + 0.5, 0, 1) * np.clip(rise - y + 0.5, 0, 1) * moving
    shade = 1.0 - 0.4 * closed * np.clip(1.0 - (y - edge) / (0.12 * wide), 0, 1)
    outside = ((y > rise) & (closed < 1.0)) | (moving == 0)
    lidded = np.where(outside[..., None], opened, shut).astype(np.float64)
    mixed = lidded * (1 - seen[..., None]) + opened * (shade * seen)[..., None]
    lash = np.exp(-(((y - edge) / (0.042 * wide)) ** 2)) * moving**2 * min(1.0, 2 * closed)
    mixed *= 1.0 - lash[..., None] * _LASH_BGR
    return np.asarray(np.clip(mixed, 0, 255), dtype=np.uint8)


def _sample(image: Pixels, x: Array, y: Array) -> Pixels:
    sampled = cv2.remap(
        image,
        x.astype(np.float32),
        y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(sampled, dtype=np.uint8)


def mouth_of(portrait: Portrait) -> Patches:
    """Mouth, chin and the skin around them."""
    marks, jaw = portrait.landmarks, portrait.face_width_px
    window = _Window(
        int(marks[8, 0] - 0.62 * jaw),
        int(marks[33, 1] - 0.05 * jaw),
        int(marks[8, 0] + 0.62 * jaw),
        min(int(marks[8, 1] + 0.55 * jaw), portrait.colour.shape[0]),
    )
    source = window.cut(portrait.colour)
    images = tuple(_opened(source, window, portrait, level / LEVELS) for level in range(LEVELS + 1))
    return Patches(window.left, window.top, images)


def _jaw_drop(portrait: Portrait, opened: float) -> Array:
    """How every landmark moves, float64 [68, 2] pixels, with the mouth `opened` 0..1."""
    marks = portrait.landmarks
    wide = float(np.linalg.norm(marks[54] - marks[48]))
    fall = opened * WIDEST * wide
    down = np.zeros(68)
    down[[5, 6, 7, 8, 9, 10, 11]] = (0.25, 0.55, 0.75, 0.8, 0.75, 0.55, 0.25)
    down[[4, 12]] = 0.08
    down[[55, 56, 57, 58, 59]] = (0.72, 0.9, 0.93, 0.9, 0.72)
    down[[65, 66, 67]] = (0.86, 0.93, 0.86)
    down[[48, 54, 60, 64]] = 0.3
    down[[49, 50, 51, 52, 53, 61, 62, 63]] = -0.05
    inward = np.zeros(68)
    inward[[48, 60]], inward[[54, 64]] = 0.1, -0.1
    inward[[59, 67]], inward[[55, 65]] = 0.05, -0.05
    return np.column_stack([inward * fall, down * fall])


def _fields(
    portrait: Portrait, moved: Array, window: _Window
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Backward maps (x, y) of the upper and the lower part of the face over the window.

    The lips part, so no one surface describes both: the lower knows nothing of the upper lip
    and the upper nothing of the lower.
    """
    marks, jaw = portrait.landmarks, portrait.face_width_px
    neck = marks[8] + np.array([(dx * jaw, 0.5 * jaw) for dx in (-0.6, -0.3, 0.0, 0.3, 0.6)])
    step = 6
    x, y = window.grid(step)
    at = np.stack([x, y], axis=2).reshape(-1, 2) / jaw
    maps = []
    for dropped in ((55, 56, 57, 58, 59, 65, 66, 67), (49, 50, 51, 52, 53, 61, 62, 63)):
        kept = [i for i in range(68) if i not in dropped]
        known = np.vstack([moved[kept], neck]) / jaw
        back = np.vstack([marks[kept] - moved[kept], np.zeros((5, 2))])
        offset = thin_plate(known, back, at).reshape(*x.shape, 2)
        full = cv2.resize(offset, (x.shape[1] * step, x.shape[0] * step))
        full = np.asarray(full)[: window.bottom - window.top, : window.right - window.left]
        every_x, every_y = window.grid()
        maps.append((every_x + full[..., 0] - window.left, every_y + full[..., 1] - window.top))
    return maps[0], maps[1]


def _opened(source: Pixels, window: _Window, portrait: Portrait, opened: float) -> Pixels:
    if opened == 0.0:
        return source.copy()
    moved = portrait.landmarks + _jaw_drop(portrait, opened)
    upper, lower = _fields(portrait, moved, window)
    x, y = window.grid()
    lip_up = np.interp(x[0], moved[list(_UPPER_INNER), 0], moved[list(_UPPER_INNER), 1])
    lip_low = np.interp(x[0], moved[list(_LOWER_INNER), 0], moved[list(_LOWER_INNER), 1])
    middle, band = (lip_up + lip_low) / 2, np.maximum((lip_low - lip_up) / 2, 6.0)
    share = smooth_step((y - middle) / (2 * band) + 0.5)
    face = _sample(
        source, upper[0] * (1 - share) + lower[0] * share, upper[1] * (1 - share) + lower[1] * share
    ).astype(np.float64)
    inside = _polygon(moved, window)[..., None]
    cavity = _cavity(source, window, portrait, moved)
    return np.asarray(np.clip(face * (1 - inside) + cavity * inside, 0, 255), dtype=np.uint8)


def _polygon(marks: Array, window: _Window) -> Array:
    """The mouth's inner contour as a soft mask 0..1 over the window."""
    ring = marks[60:68] - (window.left, window.top)
    for _ in range(3):  # Chaikin's corner cutting
        after = np.roll(ring, -1, axis=0)
        ring = np.stack([0.75 * ring + 0.25 * after, 0.25 * ring + 0.75 * after], axis=1)
        ring = ring.reshape(-1, 2)
    mask = np.zeros((window.bottom - window.top, window.right - window.left), np.uint8)
    cv2.fillPoly(mask, [np.round(ring * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.9), dtype=np.float64) / 255.0


def _cavity(source: Pixels, window: _Window, portrait: Portrait, moved: Array) -> Array:
    """What is seen between the lips: the photograph's upper teeth, then dark, then the tongue."""
    x, y = window.grid()
    raised = float((portrait.landmarks[61:64, 1] - moved[61:64, 1]).mean())
    place = x - window.left, y - window.top + raised
    teeth = (_polygon(portrait.landmarks, window) * 255).astype(np.uint8)
    teeth_there = _sample(teeth, *place).astype(np.float64)[..., None] / 255.0
    seen = _sample(source, *place).astype(np.float64)
    top, bottom = moved[60:68, 1].min(), moved[60:68, 1].max()
    depth = smooth_step((y - top) / max(bottom - top, 1.0) * 1.4 - 0.55)[..., None]
    dark = np.array(_THROAT_BGR) * (1 - depth) + np.array(_TONGUE_BGR) * depth
    return np.asarray(seen * teeth_there + dark * (1 - teeth_there), dtype=np.float64)
