"""The parts of the embedded pack: dlib's detector, its 68 landmarks, and its ResNet.

Frames are BGR. Detector and landmarks get grey; the network gets what the manifest says.
"""

from __future__ import annotations

import dlib
import numpy as np

from app.cv import cv2
from app.domain.matching import Embedding
from app.domain.observation import Box
from app.errors import ModelRejected
from app.vision.inputs import prepared
from app.vision.manifest import Input
from app.vision.parts import Found, Pixels, Points
from app.vision.pixels import grey_of, resized
from app.vision.recogniser import Runs
from app.vision.resnet import SIDE_PX

#: Side of the smallest face dlib's sliding window sees.
WINDOW_PX = 80.0
#: dlib's own threshold, and the one for a place where a face was a moment ago.
SURE, EAGER = 0.0, -0.4

#: Faces are brought to this width for the landmarks, because dlib rounds those to whole pixels.
MARK_PX = 256.0
#: Share of the box's width taken along on each side; landmarks look a little beyond the box.
MARK_MARGIN = 0.4
#: Shifts of the box, in shares of its width, whose landmarks are averaged. On two videos of
#: talking people this takes 13 % and 26 % off the jitter of the eye aspect ratio.
NUDGES = ((0.0, -0.03), (-0.03, 0.02), (0.03, 0.02))

#: Luma between the darkest and brightest of a face below which it is not stretched further.
LEAST_CONTRAST = 8.0

#: Padding of dlib's face chips, as its recognition network was trained.
PADDING = 0.25
#: Landmarks are handed to dlib in sixteenths of a pixel, because it takes whole numbers.
FINE = 16


class FrontalDetector:
    """dlib's frontal HOG detector: five filters, from one side of the face to the other."""

    def __init__(self) -> None:
        self._detector = dlib.get_frontal_face_detector()

    def find(self, pixels: Pixels, smallest_px: float, *, eager: bool) -> list[Found]:
        """Faces at least `smallest_px` wide; the picture is scaled so that dlib just sees them."""
        scale = WINDOW_PX / smallest_px
        grey = resized(grey_of(pixels), scale)
        boxes, scores, _ = self._detector.run(grey, 0, EAGER if eager else SURE)
        return [
            Found(_scaled(box, 1.0 / scale), float(score))
            for box, score in zip(boxes, scores, strict=True)
        ]


class Landmarks68:
    """dlib's regression trees for 68 points, from the file at `path`."""

    def __init__(self, path: str) -> None:
        try:
            self._predictor = dlib.shape_predictor(path)
        except RuntimeError as fault:
            raise ModelRejected(
                f"dlib cannot read the landmark file ({fault}). "
                "Install the face_recognition_models package again."
            ) from fault

    def mark(self, pixels: Pixels, box: Box) -> Points:
        cut, left, top = _cut_out(pixels, box)
        scale = MARK_PX / box.width
        grey = _stretched(resized(grey_of(cut), scale))
        marks = [
            self._mark_once(
                grey,
                Box(
                    (box.left - left + across * box.width) * scale,
                    (box.top - top + down * box.width) * scale,
                    MARK_PX,
                    box.height * scale,
                ),
            )
            for across, down in NUDGES
        ]
        return np.asarray(np.mean(marks, axis=0) / scale + (left, top), dtype=np.float64)

    def _mark_once(self, grey: Pixels, box: Box) -> Points:
        shape = self._predictor(grey, _rectangle(box))
        return np.array([(point.x, point.y) for point in shape.parts()], dtype=np.float64)


class DlibRecogniser:
    """The 150-pixel chip of dlib, and the 128 numbers of its network."""

    def __init__(self, network: Runs, convention: Input) -> None:
        self._network = network
        self._convention = convention

    def align(self, pixels: Pixels, landmarks: Points) -> Pixels:
        """The chip dlib itself would cut, with the landmarks' fractions of a pixel kept."""
        points = dlib.points([dlib.point(*map(round, point * FINE)) for point in landmarks])
        shape = dlib.full_object_detection(dlib.rectangle(), points)
        fine = dlib.get_face_chip_details(shape, SIDE_PX, PADDING)
        centre, half = fine.rect.dcenter(), (fine.rect.width() / FINE - 1.0) / 2.0
        across, down = centre.x / FINE, centre.y / FINE
        place = dlib.drectangle(across - half, down - half, across + half, down + half)
        details = dlib.chip_details(place, dlib.chip_dims(SIDE_PX, SIDE_PX), fine.angle)
        return np.asarray(
            dlib.extract_image_chip(np.ascontiguousarray(pixels), details), dtype=np.uint8
        )

    def answer(self, chip: Pixels) -> Embedding:
        return self._network.run(prepared(chip, self._convention))

    def embed(self, chip: Pixels) -> Embedding:
        """The mean of the face and its mirror image, of length 1.

        dlib compares by Euclidean distance; on Labeled Faces in the Wild the same numbers brought
        to one length, and averaged with the mirror's, reject 16 % instead of 30 % of one person's
        pairs of photographs at a false match rate of 1e-4 (2,582 pairs).
        """
        picture = prepared(chip, self._convention)
        mirrored = np.ascontiguousarray(picture[:, :, ::-1])
        both = self._network.run(picture) + self._network.run(mirrored)
        return np.asarray(both / max(float(np.linalg.norm(both)), 1e-12), dtype=np.float32)


def _stretched(grey: Pixels) -> Pixels:
    """The face's own darkest and brightest one in a hundred become black and white.

    The regression trees compare brightnesses with fixed numbers: in the dark their landmarks were
    off by 8 % of the eyes' distance, with this by 1 % (44 photographs at 15 % of their light).
    """
    margin = round(MARK_MARGIN * MARK_PX)
    face = grey[margin:-margin:4, margin:-margin:4]
    dark, bright = np.percentile(face, (1.0, 99.0))
    levels = (np.arange(256) - dark) * (255.0 / max(bright - dark, LEAST_CONTRAST))
    return np.asarray(cv2.LUT(grey, np.clip(levels, 0, 255).astype(np.uint8)), np.uint8)


def _cut_out(pixels: Pixels, box: Box) -> tuple[Pixels, int, int]:
    """The box with its margin, edges repeated where it leaves the picture, and its corner."""
    margin = MARK_MARGIN * box.width
    left, top = round(box.left - margin), round(box.top - margin)
    right, bottom = round(box.right + margin), round(box.bottom + margin)
    height, width = pixels.shape[:2]
    inside = pixels[max(top, 0) : min(bottom, height), max(left, 0) : min(right, width)]
    beyond = (max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0))
    if any(beyond):
        inside = np.asarray(cv2.copyMakeBorder(inside, *beyond, cv2.BORDER_REPLICATE), np.uint8)
    return inside, left, top


def _scaled(box: dlib.rectangle, scale: float) -> Box:
    return Box(box.left() * scale, box.top() * scale, box.width() * scale, box.height() * scale)


def _rectangle(box: Box) -> dlib.rectangle:
    """A rectangle of dlib's is closed: its right column belongs to it."""
    return dlib.rectangle(
        round(box.left), round(box.top), round(box.right) - 1, round(box.bottom) - 1
    )
