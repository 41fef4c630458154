"""Several recognisers over the same pictures, for enrolment while more than one space is in use.

One engine looks; the others only cut and embed what it found, so none of them searches again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.cv import cv2
from app.domain.matching import Embedding, Space
from app.domain.observation import Face, Observation
from app.ports import Chip, FaceEngine, Frame

#: A kept picture holds the face's box and this much of its size on every side.
AROUND = 0.5
LONGEST_PX = 640


class Together:
    """The FaceEngine `first`, which remembers what `others` made of each face it embedded."""

    def __init__(self, first: FaceEngine, others: Sequence[FaceEngine]) -> None:
        self.space: Space = first.space
        self._first = first
        self._others = tuple(others)
        self._cut: tuple[Chip, list[Chip], bytes] | None = None
        # By identity; the embedding is held beside what belongs to it, so none is given twice.
        self._made: dict[int, tuple[Embedding, list[Embedding], bytes]] = {}

    @property
    def spaces(self) -> tuple[Space, ...]:
        """Of the others, in order."""
        return tuple(each.space for each in self._others)

    def load(self) -> None:
        for engine in (self._first, *self._others):
            engine.load()

    def observe(self, frame: Frame) -> Observation:
        return self._first.observe(frame)

    def align(self, frame: Frame, face: Face) -> Chip:
        chip = self._first.align(frame, face)
        beside = [engine.align(frame, face) for engine in self._others]
        self._cut = (chip, beside, picture_of(frame, face))
        return chip

    def embed(self, chip: Chip) -> Embedding:
        embedding = self._first.embed(chip)
        if self._cut is not None and self._cut[0] is chip:
            pairs = zip(self._others, self._cut[1], strict=True)
            made = [engine.embed(each) for engine, each in pairs]
            self._made[id(embedding)] = (embedding, made, self._cut[2])
        return embedding

    def forget(self) -> None:
        self._first.forget()

    def beside(self, embedding: Embedding) -> list[Embedding]:
        """What the others made of the face this is an embedding of, in order of `spaces`."""
        return self._made[id(embedding)][1]

    def picture(self, embedding: Embedding) -> bytes:
        """The face with what is around it, PNG."""
        return self._made[id(embedding)][2]


def picture_of(frame: Frame, face: Face) -> bytes:
    """The face with half its box around it, at most 640 px, as PNG; empty where there is none."""
    height, width = frame.pixels.shape[:2]
    box, around = face.box, AROUND * max(face.box.width, face.box.height)
    left, top = max(round(box.left - around), 0), max(round(box.top - around), 0)
    right, bottom = min(round(box.right + around), width), min(round(box.bottom + around), height)
    if right <= left or bottom <= top:
        return b""
    cut = frame.pixels[top:bottom, left:right]
    scale = min(LONGEST_PX / max(cut.shape[:2]), 1.0)
    small = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    done, encoded = cv2.imencode(".png", small)
    return bytes(encoded) if done else b""


def frame_of(picture: bytes) -> Frame:
    """A kept picture as a frame. Raises ValueError for what is none."""
    pixels = cv2.imdecode(np.frombuffer(picture, dtype=np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("a kept picture cannot be decoded")
    return Frame(1, 0.0, np.asarray(pixels, dtype=np.uint8))
