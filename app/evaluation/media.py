"""Flat things held up to the camera: paper, screens and cut-out masks, as geometry and light.

A surface is a texture, premultiplied uint8 [h, w, 4] BGRA, on a sheet that may be bent about its
upright axis, turned like a head and moved by a hand. Coordinates: x right, y down, z towards
the lens, in pixels of the frame where the sheet faces it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.camera.head import Stance, rotation
from app.camera.portrait import FRAME_HEIGHT, FRAME_WIDTH, Pixels, Sitter
from app.camera.puppet import Puppet
from app.cv import cv2

#: The width of the jaw on a texture, pixels.
JAW_PX = 175.0
#: The sheet in jaw widths about the middle of the face: left, up, right, down.
_SHEET = (1.15, 1.15, 1.15, 1.5)
_CELL_PX = 16
_ROUNDS = 6
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Held:
    """How a sheet is held. Angles in degrees with the signs of a head's pose; `x_px`, `y_px`:
    where its middle is seen; `scale`: frame pixels for one of the texture; `bend_deg`: the angle
    its width goes round, edges away from the lens; `lens`: distance in widths of the sheet."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    x_px: float = FRAME_WIDTH / 2
    y_px: float = 262.0
    scale: float = 1.0
    bend_deg: float = 0.0
    lens: float = 3.0


class Surface(Protocol):
    """What is on the sheet at `t_s`, with eyes `closed` and mouth `opened` where it can."""

    def at(self, t_s: float, closed: float, opened: float) -> Pixels: ...


def figure_of(texture: Pixels, held: Held) -> Pixels:
    """The sheet as the camera sees it, premultiplied uint8 [480, 640, 4] BGRA."""
    height, width = texture.shape[:2]
    size = (FRAME_WIDTH, FRAME_HEIGHT)
    if held.bend_deg == 0.0:
        flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)
        corners = _seen(flat, (width, height), held)
        matrix = cv2.getPerspectiveTransform(flat.astype(np.float32), corners.astype(np.float32))
        return np.asarray(cv2.warpPerspective(texture, matrix, size), np.uint8)
    x, y = _backward(held, (width, height))
    figure = cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(figure, np.uint8)


def _seen(points: Points, size: tuple[int, int], held: Held) -> Points:
    """Where points of the texture [n, 2] are seen in the frame, pixels [n, 2]."""
    width = size[0] * held.scale
    a, b = ((points - np.array(size) / 2.0) * held.scale).T
    z = np.zeros_like(a)
    if held.bend_deg != 0.0:
        radius = width / np.radians(held.bend_deg)
        a, z = radius * np.sin(a / radius), radius * (np.cos(a / radius) - 1.0)
    roll = np.radians(held.roll_deg)
    upright = np.array(
        [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    )
    turned = np.stack([a, b, z], axis=1) @ (rotation(held.yaw_deg, held.pitch_deg) @ upright).T
    distance = held.lens * width
    nearness = distance / np.maximum(distance - turned[:, 2], 0.2 * distance)
    return np.asarray(turned[:, :2] * nearness[:, None] + (held.x_px, held.y_px))


def _backward(held: Held, size: tuple[int, int]) -> tuple[NDArray[np.float32], ...]:
    """For every pixel of the frame the texture's x and y it shows, by Newton's method on cells."""
    columns = np.arange(0, FRAME_WIDTH, _CELL_PX) + (_CELL_PX - 1) / 2
    rows = np.arange(0, FRAME_HEIGHT, _CELL_PX) + (_CELL_PX - 1) / 2
    target = np.stack(np.meshgrid(columns, rows), axis=2).reshape(-1, 2)
    middle = np.array(size) / 2.0
    source = (target - (held.x_px, held.y_px)) / held.scale + middle
    most = 0.75 * np.array(size)  # beyond, a bent sheet would come round again
    for _ in range(_ROUNDS):
        source = np.clip(source, middle - most, middle + most)
        here = _seen(source, size, held)
        along_x = _seen(source + np.array([1.0, 0.0]), size, held) - here
        along_y = _seen(source + np.array([0.0, 1.0]), size, held) - here
        area = along_x[:, 0] * along_y[:, 1] - along_x[:, 1] * along_y[:, 0]
        area = np.where(np.abs(area) < 1e-2, 1e-2, area)  # noqa: PLR2004 - seen edge on
        miss = target - here
        step_x = (miss[:, 0] * along_y[:, 1] - miss[:, 1] * along_y[:, 0]) / area
        step_y = (along_x[:, 0] * miss[:, 1] - along_x[:, 1] * miss[:, 0]) / area
        source = source + np.column_stack([step_x, step_y])
    missed = np.abs(_seen(source, size, held) - target).max(axis=1) > _CELL_PX
    source[missed] = -4.0 * most
    grid = source.reshape(len(rows), len(columns), 2).astype(np.float32)
    full = cv2.resize(grid, (FRAME_WIDTH, FRAME_HEIGHT), interpolation=cv2.INTER_LINEAR)
    x, y = cv2.split(full)
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


@dataclass(frozen=True, slots=True)
class Print:
    """How a photograph was printed. `ink`: contrast left; `paper`: level of its black; `gamma`
    of the printer; `soft_px`: blur; `rough`: grey levels of paper noise; `gloss`: those of a
    reflection."""

    ink: float = 0.8
    paper: float = 34.0
    gamma: float = 1.0
    soft_px: float = 0.6
    rough: float = 2.0
    gloss: float = 40.0
    margin_px: int = 12


class Paper:
    """A printed photograph with a reflection that wanders over it."""

    def __init__(self, sitter: Sitter, made: Print, seed: int) -> None:
        chance = np.random.default_rng(seed)
        self._sheet = _printed(sitter, made, chance)
        height, width = self._sheet.shape[:2]
        self._gloss = gloss_of(width, height, made.gloss)
        self._way = chance.uniform(-0.4, 0.4, 2) * width
        self._beat_hz = float(chance.uniform(0.1, 0.4))

    def at(self, t_s: float, closed: float, opened: float) -> Pixels:
        _ = closed, opened
        return with_gloss(self._sheet, self._gloss, self._way * np.sin(t_s * self._beat_hz * 6.28))


def _printed(sitter: Sitter, made: Print, chance: np.random.Generator) -> Pixels:
    face = face_on_sheet(sitter)
    soft = cv2.GaussianBlur(face, (0, 0), made.soft_px).astype(np.float64) / 255.0
    ink = made.paper + 255.0 * made.ink * soft**made.gamma * (0.95, 0.98, 1.0)
    ink += made.rough * chance.standard_normal(ink.shape[:2])[..., None]
    m = made.margin_px
    white = (225, 230, 232)
    sheet = cv2.copyMakeBorder(
        np.clip(ink, 0, 255).astype(np.uint8), m, m, m, m, cv2.BORDER_CONSTANT, None, white
    )
    return opaque(np.asarray(sheet, np.uint8))


def face_on_sheet(sitter: Sitter) -> Pixels:
    """The photograph around the face, uint8 [h, w, 3], the jaw `JAW_PX` wide."""
    marks = np.asarray(sitter.landmarks)
    scale = JAW_PX / max(float(marks[16, 0] - marks[0, 0]), 1.0)
    left, up, right, down = (share * JAW_PX for share in _SHEET)
    middle = marks[27:31].mean(axis=0) * scale
    matrix = np.array([[scale, 0, left - middle[0]], [0, scale, up - middle[1]]])
    size = (int(left + right), int(up + down))
    photo = sitter.photo
    if scale < 1.0:  # warpAffine skips pixels when it shrinks
        photo = np.asarray(cv2.GaussianBlur(photo, (0, 0), 0.5 / scale), np.uint8)
    face = cv2.warpAffine(
        photo, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(face, dtype=np.uint8)


def opaque(sheet: Pixels) -> Pixels:
    solid = np.full(sheet.shape[:2], 255, np.uint8)
    return np.asarray(cv2.merge([sheet, solid]), dtype=np.uint8)


def gloss_of(width: int, height: int, level: float) -> Pixels:
    """A slanting band of reflected light, uint8 [h, w], to be added."""
    band = np.zeros((height, width), np.uint8)
    ends = (int(0.1 * width), height), (int(0.75 * width), 0)
    cv2.line(band, *ends, round(level), int(0.16 * width))
    return np.asarray(cv2.GaussianBlur(band, (0, 0), 0.07 * width), dtype=np.uint8)


def with_gloss(sheet: Pixels, gloss: Pixels, way: NDArray[np.float64]) -> Pixels:
    height, width = sheet.shape[:2]
    slide = np.array([[1, 0, way[0]], [0, 1, way[1]]])
    moved = cv2.warpAffine(gloss, slide, (width, height))
    light = cv2.merge([moved, moved, moved, np.zeros_like(moved)])
    return np.asarray(cv2.add(sheet, light), np.uint8)


@dataclass(frozen=True, slots=True)
class Display:
    """A screen. `gamma`, `bright` and `cold` (share of red lost) of its picture; `grid`: depth
    of the pixel grid; `bands`: of the flicker's bands; `gloss`: grey levels of a reflection."""

    gamma: float = 1.0
    bright: float = 1.0
    cold: float = 0.05
    grid: float = 0.05
    bands: float = 0.03
    gloss: float = 20.0
    bezel_px: int = 16


class Screen:
    """A phone or tablet showing moving pictures (uint8 [480, 640, 3] BGR, a face in the middle)."""

    def __init__(self, content: Scenery, made: Display, seed: int) -> None:
        chance = np.random.default_rng(seed)
        self._content = content
        self._made = made
        self._phase = float(chance.uniform(0.0, 6.28))
        self._beat_hz = float(chance.uniform(0.5, 7.0))
        levels = np.arange(256) / 255.0
        tone = 255.0 * made.bright * levels**made.gamma + 6.0
        tones = np.stack([tone, tone, tone * (1.0 - made.cold)], axis=-1)
        self._tones = np.clip(tones, 0, 255).astype(np.uint8)[None]
        self._shape = (int(480 * _ENLARGED), int(400 * _ENLARGED))
        self._grid = _grid(self._shape, made.grid)
        height, width = (side + 2 * made.bezel_px for side in self._shape)
        self._gloss = gloss_of(width, height, made.gloss)

    def at(self, t_s: float, closed: float, opened: float) -> Pixels:
        _ = closed, opened
        height, width = self._shape
        picture = cv2.resize(self._content.paint(t_s)[:, 120:520], (width, height))
        picture = cv2.LUT(picture, self._tones)
        rows = np.arange(height) / 90.0 + self._beat_hz * t_s + self._phase
        band = (255.0 * (1.0 - self._made.bands * (0.5 + 0.5 * np.sin(rows)))).astype(np.uint8)
        mesh = cv2.multiply(self._grid, np.repeat(band[:, None], width, axis=1), scale=1 / 255)
        lit = cv2.multiply(picture, cv2.merge([mesh, mesh, mesh]), scale=1 / 255)
        m = self._made.bezel_px
        framed = cv2.copyMakeBorder(lit, m, m, m, m, cv2.BORDER_CONSTANT, None, (24, 22, 22))
        way = np.array([0.1, 0.05]) * width * np.sin(t_s)
        return with_gloss(opaque(np.asarray(framed, np.uint8)), self._gloss, way)


class Scenery(Protocol):
    """Moving pictures for a screen."""

    def paint(self, t_s: float) -> Pixels: ...


#: The animated person's jaw is 138 pixels wide in its frame.
_ENLARGED = JAW_PX / 138.0


def _grid(shape: tuple[int, int], depth: float) -> Pixels:
    """The gaps between the screen's pixels, every third row and column of the texture."""
    grid = np.full(shape, 255.0)
    grid[::3] *= 1.0 - depth
    grid[:, ::3] *= 1.0 - depth
    return grid.astype(np.uint8)


class Mask:
    """A face cut out of a print, with somebody's own eyes and mouth moving behind the holes."""

    def __init__(self, puppet: Puppet, landmarks: Points, blank: Pixels) -> None:
        """`landmarks` [68, 2] of the puppet's face at rest in its frame; `blank` lies behind."""
        self._puppet = puppet
        self._blank = blank
        self._alpha = _oval(landmarks)
        self._kept: tuple[tuple[float, float], Pixels] | None = None

    def at(self, t_s: float, closed: float, opened: float) -> Pixels:
        _ = t_s
        wanted = (round(closed, 2), round(opened, 2))
        if self._kept is None or self._kept[0] != wanted:
            picture = self._puppet.paint(Stance(), closed, opened, self._blank)
            cut = cv2.multiply(picture, cv2.merge([self._alpha] * 3), scale=1 / 255)
            self._kept = wanted, np.asarray(cv2.merge([cut, self._alpha]), np.uint8)
        return self._kept[1]


def _oval(landmarks: Points) -> Pixels:
    """The face with its forehead, 255 inside, uint8 [480, 640]."""
    tall = landmarks[8, 1] - landmarks[17:27, 1].mean()
    forehead = landmarks[17:27] - (0.0, 0.45 * tall)
    hull = cv2.convexHull(np.vstack([landmarks, forehead]).astype(np.int32))
    alpha = np.zeros((FRAME_HEIGHT, FRAME_WIDTH), np.uint8)
    cv2.fillConvexPoly(alpha, hull, 255)
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), 0.8), np.uint8)
