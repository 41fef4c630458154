"""A presentation attack: somebody's photograph on paper, held up to the camera by hand."""

from __future__ import annotations

from math import pi, sin

import numpy as np
from numpy.typing import NDArray

from app.camera.portrait import FRAME_HEIGHT, FRAME_WIDTH, Pixels, Sitter
from app.camera.puppet import over
from app.cv import cv2

#: The sheet in jaw widths about the face's middle: left, up, right, down.
_SHEET = (1.15, 1.15, 1.15, 1.5)
_FACE_PX = 175.0
_MARGIN_PX = 12
#: The lens is this many sheet widths away.
_LENS = 3.0


class HeldPhoto:
    """A sheet that trembles and tilts a little, with a gloss that wanders; it answers nothing."""

    def __init__(self, sitter: Sitter, seed: int = 0) -> None:
        self._phases = np.random.default_rng(seed).uniform(0.0, 2.0 * pi, 6)
        self._sheet = _printed(sitter)
        self._gloss = _gloss(self._sheet.shape[1], self._sheet.shape[0])

    def paint(self, t_s: float, backdrop: Pixels, shift_x_px: float, opacity: float) -> Pixels:
        """A frame at `t_s`, uint8 [480, 640, 3] BGR: the sheet over what is behind it."""
        return over(self.figure(t_s, shift_x_px), backdrop, opacity)

    def figure(self, t_s: float, shift_x_px: float) -> Pixels:
        """The sheet alone at `t_s`, premultiplied uint8 [480, 640, 4] BGRA."""

        def wave(index: int, hertz: float, size: float) -> float:
            return size * sin(2.0 * pi * hertz * t_s + float(self._phases[index]))

        yaw, pitch = wave(0, 0.29, 4.0), wave(1, 0.37, 3.0)
        height, width = self._sheet.shape[:2]
        slide = np.array([[1, 0, yaw * 14.0], [0, 1, pitch * 10.0]])
        gloss = cv2.warpAffine(self._gloss, slide, (width, height))
        sheet = cv2.add(self._sheet, cv2.merge([gloss, gloss, gloss, np.zeros_like(gloss)]))
        corners = _corners(width, height, yaw, pitch, wave(2, 0.19, 2.0))
        tremble = (wave(3, 7.3, 0.6) + wave(4, 0.4, 5.0), wave(5, 8.1, 0.6) + wave(3, 0.5, 3.0))
        corners += (FRAME_WIDTH / 2 + shift_x_px + tremble[0], 262.0 + tremble[1])
        flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
        matrix = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
        figure = cv2.warpPerspective(sheet, matrix, (FRAME_WIDTH, FRAME_HEIGHT))
        return np.asarray(figure, dtype=np.uint8)


def _printed(sitter: Sitter) -> Pixels:
    """The sheet, premultiplied uint8 [h, w, 4]: flatter contrast, a paper tint, a white margin."""
    marks = np.asarray(sitter.landmarks)
    scale = _FACE_PX / (marks[16, 0] - marks[0, 0])
    left, up, right, down = (share * _FACE_PX for share in _SHEET)
    middle = marks[27:31].mean(axis=0) * scale
    matrix = np.array([[scale, 0, left - middle[0]], [0, scale, up - middle[1]]])
    size = (int(left + right), int(up + down))
    face = cv2.warpAffine(
        sitter.photo, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    soft = cv2.GaussianBlur(face, (0, 0), 0.6).astype(np.float64)
    ink = 34.0 + soft * 0.8 * (0.94, 0.97, 1.0)
    m = _MARGIN_PX
    sheet = cv2.copyMakeBorder(
        np.clip(ink, 0, 255).astype(np.uint8),
        m,
        m,
        m,
        m,
        cv2.BORDER_CONSTANT,
        None,
        (225, 230, 232),
    )
    solid = np.full(sheet.shape[:2], 255, np.uint8)
    return np.asarray(cv2.merge([sheet, solid]), dtype=np.uint8)


def _gloss(width: int, height: int) -> Pixels:
    """A slanting band of reflected light, uint8 [h, w], to be added."""
    band = np.zeros((height, width), np.uint8)
    cv2.line(band, (int(0.1 * width), height), (int(0.75 * width), 0), 70, int(0.16 * width))
    return np.asarray(cv2.GaussianBlur(band, (0, 0), 0.07 * width), dtype=np.uint8)


def _corners(
    width: int, height: int, yaw_deg: float, pitch_deg: float, roll_deg: float
) -> NDArray[np.float64]:
    """Where the sheet's corners are seen, relative to its middle; float64 [4, 2] pixels."""
    yaw, pitch, roll = np.radians((yaw_deg, pitch_deg, roll_deg))
    flat = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (width / 2, height / 2)
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    x, y = (flat @ turn.T).T
    z = x * np.sin(yaw) + y * np.sin(pitch)
    nearer = 1.0 / (1.0 - z / (_LENS * width))
    return np.column_stack([x * np.cos(yaw) * nearer, y * np.cos(pitch) * nearer])
