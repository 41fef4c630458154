"""YuNet, the face detector of the OpenCV zoo, by OpenCV's own class."""

from __future__ import annotations

import numpy as np

from app.cv import cv2
from app.domain.observation import Box
from app.errors import ModelRejected
from app.vision.parts import Found, Pixels, Points
from app.vision.pixels import resized

#: Width of the smallest face in the picture that the network gets, pixels. It finds faces of 10
#: pixels and more; of 200 photographs brought to 640 x 480, all were found at 60 pixels.
SMALLEST_PX = 40.0
#: OpenCV's own examples ask for 0.6 to 0.9; the second is for where a face was a moment ago.
SURE, EAGER = 0.75, 0.5
OVERLAP = 0.3
MOST_FACES = 50
#: From the five points and the box to the square dlib's landmark trees were trained in: side over
#: the root of the box's area, and its middle from the middle of eyes and mouth, in the same unit.
#: 422 photographs of Labeled Faces in the Wild that both detectors found one face in; deviations
#: 7.5 % (dlib's sizes come in steps of a fifth), 3.6 % and 3.4 %.
SQUARE_SIDE, SQUARE_ACROSS = 0.974, -0.03


class YuNet:
    """Faces as the squares that the 68 landmarks are looked for in."""

    def __init__(self, content: bytes) -> None:
        try:
            self._detector = cv2.FaceDetectorYN.create(
                "onnx",
                np.frombuffer(content, dtype=np.uint8),
                np.zeros(0, dtype=np.uint8),
                (320, 240),
                SURE,
                OVERLAP,
                MOST_FACES,
            )
            self.find(np.zeros((240, 320, 3), dtype=np.uint8), SMALLEST_PX, eager=False)
        except cv2.error as fault:
            raise ModelRejected(
                "OpenCV cannot use the detector file of this pack. Install the model pack again; "
                "until then use PIN or badge."
            ) from fault

    def find(self, pixels: Pixels, smallest_px: float, *, eager: bool) -> list[Found]:
        """Faces at least `smallest_px` wide; the picture is scaled so that they are just seen."""
        scale = min(SMALLEST_PX / smallest_px, 1.0)
        picture = np.ascontiguousarray(resized(pixels, scale))
        height, width = picture.shape[:2]
        self._detector.setInputSize((width, height))
        self._detector.setScoreThreshold(EAGER if eager else SURE)
        rows: object = self._detector.detect(picture)[1]
        if rows is None:
            return []
        faces = np.asarray(rows, dtype=np.float64)
        usable = np.isfinite(faces).all(axis=1) & (faces[:, 2] > 1.0) & (faces[:, 3] > 1.0)
        return [Found(square_of(row, 1.0 / scale), float(row[14])) for row in faces[usable]]


def square_of(row: Points, scale: float) -> Box:
    """From YuNet's row (box, ten coordinates, score), `scale` times as large."""
    unit = float(np.sqrt(row[2] * row[3]))
    points = row[4:14].reshape(5, 2)
    # Two eyes and two corners of the mouth; the nose between them moves when the head turns.
    middle = points[[0, 1, 3, 4]].mean(axis=0)
    side = SQUARE_SIDE * unit
    left = middle[0] + SQUARE_ACROSS * unit - side / 2.0
    return Box(left * scale, (middle[1] - side / 2.0) * scale, side * scale, side * scale)
