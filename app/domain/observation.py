"""What one look at one frame told: numbers about faces, never a pixel.

All coordinates are pixels of the full, unmirrored camera frame: x to the right, y down.
Angles are degrees and named from the person's side: *left* is the person's own left.
"""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def area(self) -> float:
        return max(self.width, 0.0) * max(self.height, 0.0)

    def overlap(self, other: Box) -> float:
        """Intersection over union, 0..1."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self.area + other.area - shared)


@dataclass(frozen=True, slots=True)
class Pose:
    """Head pose in degrees; (0, 0, 0) looks into the lens.

    `yaw_deg` > 0: the head is turned to the person's own left. `pitch_deg` > 0: it looks up.
    `roll_deg` > 0: it is tilted towards the person's own left shoulder.
    """

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


@dataclass(frozen=True, slots=True)
class Quality:
    """The measures the quality gate reads.

    `eye_distance_px`: between the eye centres. `sharpness`: variance of the Laplacian of the
    aligned grey face. `brightness` and `contrast`: mean and standard deviation of its luma,
    0..255. `completeness`: share of the enlarged face box that lies inside the frame, 0..1.

    Three differences of logarithms of brightnesses (see vision.covering), by default as where
    nothing covers the face. `eye_contrast`: of the less visible eye, from its lids to its darkest
    (0.6 in an open eye, near 0 behind a hand). `eye_shade`: by how much the brightest of the eyes
    is darker than the cheeks (0.1; 1 and more behind dark glasses). `mouth_contrast`: redness of
    the lips against the skin around them, and light and shade of the lower face (0.36; below 0.1
    behind a mask).
    """

    eye_distance_px: float
    sharpness: float
    brightness: float
    contrast: float
    completeness: float
    eye_contrast: float = 0.6
    eye_shade: float = 0.1
    mouth_contrast: float = 0.36


@dataclass(frozen=True, slots=True)
class Colour:
    """A mean of pixels as the camera gives them (gamma-coded), each channel 0..255."""

    red: float
    green: float
    blue: float


@dataclass(frozen=True, slots=True)
class Relief:
    """What a second, aligned camera told about one face; NaN where it could not measure.

    `nose_mm`: how far the tip of the nose stands out before the plane of the eyes and mouth.
    `skin_ratio`: infrared brightness of the skin over that of what lies around the face.
    """

    nose_mm: float
    skin_ratio: float


@dataclass(frozen=True, slots=True)
class Face:
    """One face in one frame.

    `track` is the same number for as long as boxes of consecutive frames overlap; a number is
    never used twice. `eye_openness` is the mean eye aspect ratio of both eyes (about 0.3 open,
    0.15 closed), `mouth_openness` the inner-lip gap over the mouth's width (about 0 closed).
    `landmarks` are the 68 points of the iBUG 300-W markup in order. `live_score` is the passive
    pack's, 0..1, the higher the more alive; None without such a pack. `skin` is the mean colour
    of cheeks and forehead, `relief` what a second camera saw; None where there is none.
    """

    track: int
    box: Box
    landmarks: tuple[Point, ...]
    pose: Pose
    eye_openness: float
    mouth_openness: float
    quality: Quality
    live_score: float | None = None
    skin: Colour | None = None
    relief: Relief | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One frame as the domain sees it; `t_s` is the moment of capture, monotonic seconds.

    `digest` is the same for two frames exactly if all their pixels are (64 bits of a keyless
    hash; 0: not known). `backdrop` is the mean colour of what lies around the faces.
    """

    frame: int
    t_s: float
    width_px: int
    height_px: int
    faces: tuple[Face, ...]
    digest: int = 0
    backdrop: Colour | None = None
