"""The measures the domain's quality gate reads, and how open eyes and mouth are."""

from __future__ import annotations

import numpy as np

from app.cv import cv2
from app.domain.observation import Box, Quality
from app.vision import covering
from app.vision.parts import Pixels, Points
from app.vision.pixels import grey_of, resized

#: Sharpness and light are measured on the face turned upright, this wide and high, with this
#: distance between the eyes and this much above them: from the brows to the chin.
SIDE_PX = 128
EYES_PX = 56.0
ABOVE_EYES_PX = 40.0

#: The box grows by this share on each side before asking how much of it lies in the frame, so
#: that chin and forehead, which detectors cut, are in it.
GROWTH = 0.1

RIGHT_EYE, LEFT_EYE = slice(36, 42), slice(42, 48)
#: Inner lips: the corners, and the three pairs of points above and below each other.
LIP_CORNERS = (60, 64)
LIP_GAPS = ((61, 67), (62, 66), (63, 65))


def quality_of(pixels: Pixels, box: Box, landmarks: Points) -> Quality:
    """All components for a face in a BGR frame, uint8 [h, w, 3]."""
    right, left = landmarks[RIGHT_EYE].mean(axis=0), landmarks[LEFT_EYE].mean(axis=0)
    face, seen = _upright(pixels, right, left), covering.seen_of(pixels, right, left)
    mean, deviation = cv2.meanStdDev(face)
    return Quality(
        eye_distance_px=float(np.hypot(*(left - right))),
        sharpness=float(cv2.Laplacian(face, cv2.CV_32F).var()),
        brightness=float(mean[0][0]),
        contrast=float(deviation[0][0]),
        completeness=_completeness(box, pixels.shape[1], pixels.shape[0]),
        eye_contrast=seen.eye_contrast,
        eye_shade=seen.eye_shade,
        mouth_contrast=seen.mouth_contrast,
    )


def eye_openness(landmarks: Points) -> float:
    """The eye aspect ratio, mean of both eyes (T. Soukupová, J. Čech, 2016); 0 where closed."""
    return float(np.mean([_aspect(landmarks[eye]) for eye in (RIGHT_EYE, LEFT_EYE)]))


def mouth_openness(landmarks: Points) -> float:
    """The mean gap between the inner lips over the width of the inner mouth."""
    gaps = [_distance(landmarks, upper, lower) for upper, lower in LIP_GAPS]
    return float(np.mean(gaps) / max(_distance(landmarks, *LIP_CORNERS), 1e-6))


def _aspect(eye: Points) -> float:
    height = (_distance(eye, 1, 5) + _distance(eye, 2, 4)) / 2.0
    return height / max(_distance(eye, 0, 3), 1e-6)


def _distance(points: Points, one: int, other: int) -> float:
    return float(np.hypot(*(points[one] - points[other])))


def _completeness(box: Box, width_px: int, height_px: int) -> float:
    across, down = GROWTH * box.width, GROWTH * box.height
    left, right = max(box.left - across, 0.0), min(box.right + across, width_px)
    top, bottom = max(box.top - down, 0.0), min(box.bottom + down, height_px)
    inside = max(right - left, 0.0) * max(bottom - top, 0.0)
    return inside / ((1.0 + 2.0 * GROWTH) ** 2 * box.area)


def _upright(pixels: Pixels, right: Points, left: Points) -> Pixels:
    """The grey face with its eyes level, uint8 [128, 128]; outside the frame edges repeat."""
    middle, between = (left + right) / 2.0, left - right
    distance = max(float(np.hypot(*between)), 1.0)
    reach = 2.0 * distance
    last = np.array([pixels.shape[1] - 1, pixels.shape[0] - 1])
    corner = np.clip(np.floor(middle - reach), 0, last).astype(int)
    end = np.maximum(np.ceil(middle + reach), corner + 1).astype(int)
    cut = pixels[corner[1] : end[1], corner[0] : end[0]]
    scale = EYES_PX / distance
    shrink = min(scale, 1.0)
    grey = resized(grey_of(cut), shrink)
    angle = float(np.degrees(np.arctan2(between[1], between[0])))
    x, y = (middle - corner) * shrink
    matrix = cv2.getRotationMatrix2D((float(x), float(y)), angle, max(scale, 1.0))
    matrix[:, 2] += (SIDE_PX / 2.0 - x, ABOVE_EYES_PX - y)
    face = cv2.warpAffine(grey, matrix, (SIDE_PX, SIDE_PX), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(face, dtype=np.uint8)
