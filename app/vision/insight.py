"""SCRFD and ArcFace through the insightface library's own classes, on verified bytes.

The library guesses a file's task from its shapes; here the manifest says it. Nothing is ever
downloaded: the classes are given a session over bytes that were verified.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from app.domain.matching import Embedding
from app.domain.observation import Box
from app.errors import ModelRejected
from app.vision.alignment import aligned
from app.vision.manifest import Input, Output
from app.vision.onnx import CURE, session_options
from app.vision.packs import as_path
from app.vision.parts import Found, Pixels, Points
from app.vision.pixels import resized
from app.vision.recogniser import LEAST_LENGTH
from app.vision.yunet import square_of

#: The network's picture, a square; faces of the smallest size are this wide in it, pixels.
SIDE_PX, SMALLEST_PX = 320, 32.0
#: insightface's own threshold, and one for a place where a face was a moment ago.
SURE, EAGER = 0.5, 0.35


def _session(content: bytes, name: str) -> onnxruntime.InferenceSession:
    try:
        return onnxruntime.InferenceSession(
            content, session_options(), providers=["CPUExecutionProvider"]
        )
    # onnxruntime's own errors share no base but this one.
    except Exception as fault:
        raise _rejected(name) from fault


def _rejected(name: str) -> ModelRejected:
    return ModelRejected(f"insightface cannot use the network {name}. {CURE}")


class Scrfd:
    """insightface's SCRFD with five points."""

    def __init__(self, content: bytes, name: str) -> None:
        from insightface.model_zoo.scrfd import SCRFD  # noqa: PLC0415 - 110 MB, seldom needed

        session = _session(content, name)
        try:
            # It reads the file again for each size of picture: here, for the only one.
            with as_path(content) as path:
                self._detector: Any = SCRFD(path, session)
                self._detector.prepare(-1, input_size=(SIDE_PX, SIDE_PX), det_thresh=EAGER)
                blank = np.zeros((SIDE_PX, SIDE_PX, 3), dtype=np.uint8)
                _, points = self._detector.detect(blank)
        # A file of another task: the library trips over its outputs in many ways.
        except Exception as fault:
            raise _rejected(name) from fault
        if points is None:
            raise _rejected(name)

    def find(self, pixels: Pixels, smallest_px: float, *, eager: bool) -> list[Found]:
        """Faces at least `smallest_px` wide."""
        scale = min(SMALLEST_PX / smallest_px, SIDE_PX / max(pixels.shape[:2]))
        picture = np.ascontiguousarray(resized(pixels, scale))
        boxes, points = self._detector.detect(picture)
        least = EAGER if eager else SURE
        found = []
        for box, five in zip(boxes, points, strict=True):
            sides = (box[2] - box[0], box[3] - box[1])
            row = np.concatenate([box[:2], sides, np.ravel(five), box[4:5]]).astype(np.float64)
            if np.isfinite(row).all() and min(sides) > 1.0 and box[4] >= least:
                found.append(Found(_placed(row, scale), float(box[4])))
        return found


def _placed(row: Points, scale: float) -> Box:
    return square_of(row, 1.0 / scale)


class ArcFace:
    """insightface's ArcFace; it scales the picture and turns its colours itself."""

    def __init__(
        self, content: bytes, name: str, convention: Input, output: Output, dimension: int
    ) -> None:
        from insightface.model_zoo.arcface_onnx import ArcFaceONNX  # noqa: PLC0415 - see above

        session = _session(content, name)
        try:
            with as_path(content) as path:
                self._network: Any = ArcFaceONNX(path, session)
        except Exception as fault:
            raise _rejected(name) from fault
        self._name = name
        self._convention = convention
        self._output = output
        self._dimension = dimension

    def align(self, pixels: Pixels, landmarks: Points) -> Pixels:
        return aligned(pixels, landmarks, self._convention)

    def embed(self, chip: Pixels) -> Embedding:
        answer = self.answer(chip)
        if self._output.mirrored:
            answer = answer + self.answer(np.ascontiguousarray(chip[:, ::-1]))
        if self._output.unit:
            answer = answer / max(float(np.linalg.norm(answer)), LEAST_LENGTH)
        return np.asarray(answer, dtype=np.float32)

    def answer(self, chip: Pixels) -> NDArray[np.float32]:
        try:
            answer = np.asarray(self._network.get_feat(chip), dtype=np.float32)
        except Exception as fault:
            raise _rejected(self._name) from fault
        if answer.shape != (1, self._dimension) or not np.isfinite(answer).all():
            raise _rejected(self._name)
        return np.array(answer[0], dtype=np.float32)
