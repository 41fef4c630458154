"""MediaPipe's face mesh of 478 points, answered as the 68 of the iBUG 300-W markup.

Where liveness, alignment and quality look is part of what their limits mean, so the house keeps
one markup. Each of its points is a vertex of the mesh or lies on the edge between two neighbours,
as the topology that upstream publishes names them: face oval, brows, nose, lids and lips.
"""

from __future__ import annotations

import io
import math
import zipfile
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app.cv import cv2
from app.domain.observation import Box
from app.vision import golden
from app.vision.archives import UNREADABLE
from app.vision.inputs import prepared
from app.vision.manifest import Channels, Golden, Input, Layout
from app.vision.onnx import Numbers, rejected
from app.vision.parts import Pixels, Points

#: The network's picture, as upstream's own pipeline feeds it.
SIDE_PX = 256
INPUT = Input(
    SIDE_PX,
    SIDE_PX,
    Channels.RGB,
    (0.0, 0.0, 0.0),
    (1.0 / 255.0,) * 3,
    "square about the mesh, eyes level",
    layout=Layout.NHWC,
)
#: Its outputs by name: x, y and depth of every vertex in pixels of that picture, and a logit of
#: how sure it is that there is a face.
VERTICES = 478
PLACES, PRESENCE = "Identity", "Identity_1"
ANSWERS = {PLACES: 3 * VERTICES, PRESENCE: 1}
#: What it is called in upstream's archive, whose networks have 4 MB together, and the most bytes
#: that are unpacked.
MEMBER, MOST_BYTES = "face_landmarks_detector.tflite", 1 << 24
#: Upstream's own limit is 0, a probability of a half. It would leave out people in masks (22 % of
#: 40 drawn black ones, 10 % of blue ones), who are to be asked to take them off; this one leaves
#: out 5 % and none of them, and 9 of 11 places beside a face. Of 400 faces the least is -1.2 at the
#: first look and 3.9 at the second.
LEAST_LOGIT = -6.0
#: What the network answers to `golden.chip`: its first vertices. Swapped colours or another
#: reader's arithmetic move them by more than this, pixels; the file's conversion by 3e-4.
GOLDEN = Golden(
    (149.17, 137.89, -19.88, 139.6, 141.14, -27.71, 144.41, 138.93, -16.3, 121.88, 124.46, -14.68),
    0.05,
)

#: Side of the square the network sees, over the longer side of the mesh's upright box (upstream's
#: figure); and over the detector's box, that of the first look: 1.70 of it come to the same
#: (median of 400 photographs, deviation 0.04).
AROUND_MESH, AROUND_BOX = 1.5, 1.7
#: The outer corners of the eyes, the picture's left one first: a line between them is level.
CORNERS = (33, 263)
#: A mesh smaller than this has no direction, pixels.
LEAST_PX = 4.0

#: For each of the 68: a vertex, its neighbour, and the share of the way to it. Vertices are
#: upstream's; shares are where dlib's points lie between them on 397 photographs of Labeled Faces
#: in the Wild, to a twentieth, and the same on both sides of the face.
MARKUP = (
    # the oval, from the ear that is left in the picture
    (127, 127, 0.0), (234, 93, 0.25), (93, 132, 0.5), (132, 58, 0.6), (58, 172, 0.7),
    (136, 150, 0.1), (150, 149, 0.7), (176, 148, 0.5), (152, 152, 0.0),
    # and on from the chin
    (400, 377, 0.5), (379, 378, 0.7), (365, 379, 0.1), (288, 397, 0.7), (361, 288, 0.6),
    (323, 361, 0.5), (454, 323, 0.25), (356, 356, 0.0),
    # brows
    (70, 156, 0.45), (63, 105, 0.1), (105, 66, 0.35), (66, 107, 0.35), (107, 55, 0.4),
    (336, 285, 0.4), (296, 336, 0.35), (334, 296, 0.35), (293, 334, 0.1), (300, 383, 0.45),
    # the bridge of the nose
    (168, 6, 0.15), (197, 6, 0.2), (195, 5, 0.6), (4, 4, 0.0),
    # its base
    (240, 75, 0.25), (97, 97, 0.0), (2, 164, 0.3), (326, 326, 0.0), (460, 305, 0.25),
    # eyes: a corner, the upper lid, a corner, the lower lid
    (33, 33, 0.0), (160, 159, 0.35), (158, 157, 0.25), (133, 173, 0.35), (153, 145, 0.25),
    (144, 144, 0.0),
    (362, 398, 0.35), (385, 384, 0.25), (387, 386, 0.35), (263, 263, 0.0), (373, 373, 0.0),
    (380, 374, 0.25),
    # outer lips
    (61, 61, 0.0), (40, 39, 0.55), (37, 37, 0.0), (0, 0, 0.0), (267, 267, 0.0), (270, 269, 0.55),
    (291, 291, 0.0),
    (321, 405, 0.5), (314, 314, 0.0), (17, 17, 0.0), (84, 84, 0.0), (91, 181, 0.5),
    # inner lips
    (78, 191, 0.2), (82, 81, 0.15), (13, 13, 0.0), (312, 311, 0.15), (308, 415, 0.2),
    (317, 402, 0.2), (14, 14, 0.0), (87, 178, 0.2),
)  # fmt: skip
ONE = np.array([one for one, _, _ in MARKUP])
OTHER = np.array([other for _, other, _ in MARKUP])
SHARES = np.array([share for _, _, share in MARKUP])


class Runs(Protocol):
    """A loaded network: float32 [256, 256, 3] in; its outputs by name, finite float32 rows."""

    def run(self, picture: Numbers) -> dict[str, Numbers]: ...


@dataclass(frozen=True, slots=True)
class Square:
    """Where in the frame the network looks: middle and side in pixels, the way to the right in
    it as an angle, radians clockwise."""

    x: float
    y: float
    side: float
    turn: float

    def matrix(self) -> Points:
        """From the frame to the network's picture, float64 [2, 3]."""
        scale = SIDE_PX / self.side
        along, down = scale * math.cos(self.turn), scale * math.sin(self.turn)
        turn = np.array([[along, down], [-down, along]])
        return np.hstack([turn, (SIDE_PX / 2.0 - turn @ (self.x, self.y))[:, None]])


class Mesh:
    """A Landmarker: one look at the detector's box, and one at the face as that found it, level
    and in the middle. The second takes a quarter off the jitter of the eye aspect ratio."""

    def __init__(self, network: Runs) -> None:
        self._network = network

    def mark(self, pixels: Pixels, box: Box) -> Points | None:
        """None where the network sees no face, or one of no size."""
        seen = self.seen(pixels, about_box(box))
        again = None if seen is None else about_mesh(seen)
        marks = None if again is None else self.seen(pixels, again)
        return None if marks is None else sixty_eight(marks)

    def seen(self, pixels: Pixels, square: Square) -> Points | None:
        """The vertices in pixels of the frame, float64 [478, 2]; None where there is no face."""
        if not (square.side >= LEAST_PX and math.isfinite(square.side)):
            return None
        matrix = square.matrix()
        size = (SIDE_PX, SIDE_PX)
        cut = cv2.warpAffine(pixels, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        answers = self._network.run(prepared(np.asarray(cut, dtype=np.uint8), INPUT))
        if not answers[PRESENCE][0] >= LEAST_LOGIT:
            return None
        places = answers[PLACES].astype(np.float64).reshape(VERTICES, 3)[:, :2]
        back = cv2.invertAffineTransform(matrix)
        return np.asarray(places @ back[:, :2].T + back[:, 2], dtype=np.float64)


def check(network: Runs, name: str) -> None:
    """Raises ModelRejected unless the network answers the golden picture as it should."""
    answers = network.run(prepared(golden.chip(SIDE_PX, SIDE_PX), INPUT))
    golden.check_numbers(name, GOLDEN, answers[PLACES])


def network_in(archive: bytes, name: str) -> bytes:
    """The mesh's network out of the archive that upstream publishes, a zip with other networks
    beside it; raises ModelRejected for one that does not hold it."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened, opened.open(MEMBER) as stream:
            content = stream.read(MOST_BYTES + 1)
    except KeyError as fault:
        raise rejected(name, f"holds no {MEMBER}") from fault
    except UNREADABLE as fault:
        raise rejected(name, f"cannot be unpacked ({type(fault).__name__})") from fault
    if len(content) > MOST_BYTES:
        raise rejected(name, f"holds a {MEMBER} that is far too large")
    return content


def about_box(box: Box) -> Square:
    """What the first look sees, for the detector's `box`."""
    middle = (box.left + box.width / 2.0, box.top + box.height / 2.0)
    return Square(*middle, AROUND_BOX * max(box.width, box.height), 0.0)


def about_mesh(mesh: Points) -> Square | None:
    """The square about the vertices, float64 [478, 2], with the eyes level, as upstream follows a
    face from one picture to the next; None for vertices that are all in one place."""
    across = mesh[CORNERS[1]] - mesh[CORNERS[0]]
    turn = math.atan2(across[1], across[0])
    to_level = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    level = mesh @ to_level.T
    low, high = level.min(axis=0), level.max(axis=0)
    longer = float((high - low).max())
    if not LEAST_PX <= longer < math.inf:
        return None
    x, y = to_level.T @ ((low + high) / 2.0)
    return Square(float(x), float(y), AROUND_MESH * longer, turn)


def sixty_eight(mesh: Points) -> Points:
    """The markup's points, float64 [68, 2], of vertices float64 [478, 2]."""
    return np.asarray(mesh[ONE] + SHARES[:, None] * (mesh[OTHER] - mesh[ONE]), dtype=np.float64)
