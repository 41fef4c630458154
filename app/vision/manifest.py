"""What `models/manifest.toml` says about the model packs, as typed values; `listing` reads them.

A pack is data: which files, how they are fed, what comes out and what its distances mean. Another
recogniser of a kind that is known here is another entry, not another class.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.anomaly import Usual
from app.domain.matching import Space
from app.errors import ModelRejected

#: A file's bytes; the name itself is taken by how many there are.
Content = bytes


class Task(StrEnum):
    DETECTOR = "detector"
    LANDMARKS = "landmarks"
    RECOGNISER = "recogniser"
    ANTISPOOF = "antispoof"


class Detection(StrEnum):
    """Which detector finds the faces."""

    DLIB_FRONTAL = "dlib-frontal"
    YUNET = "yunet"
    SCRFD = "scrfd"


class Marking(StrEnum):
    """What marks the 68 points of a face: dlib's trees, or MediaPipe's mesh; that by onnxruntime,
    or by OpenVINO out of the archive that upstream publishes."""

    DLIB_68 = "dlib-68"
    MESH = "mesh"
    MESH_TASK = "mesh-task"

    def agrees_with(self, other: Marking) -> bool:
        """Whether both put the points in the same places, whatever runs them."""
        trees = Marking.DLIB_68
        return (self is trees) == (other is trees)


class Recognition(StrEnum):
    """What runs the recogniser: onnxruntime (dlib's own file, or ONNX), OpenVINO, or the
    insightface library."""

    DLIB_RESNET = "dlib-resnet"
    ONNX = "onnx"
    OPENVINO = "openvino"
    INSIGHTFACE = "insightface"


class Commercial(StrEnum):
    """Whether a customer may earn money with it. ASK: the parties do not agree; ask a lawyer."""

    YES = "yes"
    NO = "no"
    ASK = "ask"


class Channels(StrEnum):
    RGB = "rgb"
    BGR = "bgr"


class Layout(StrEnum):
    """The order of a network's input: [1, channel, y, x] or [1, y, x, channel]."""

    NCHW = "nchw"
    NHWC = "nhwc"


class Scaling(StrEnum):
    """FIXED: by the manifest's mean and scale. PICTURE: every picture to mean 0 and deviation 1,
    as FaceNet has it."""

    FIXED = "fixed"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Licence:
    name: str
    text: str
    commercial: Commercial


@dataclass(frozen=True, slots=True)
class Download:
    """`url` of the file itself, or of a zip archive in which it is called `member`; `sha256` is
    then the archive's, and `bytes` the most that it may have."""

    url: str
    member: str = ""
    sha256: str = ""
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file. `path` is relative with forward slashes: inside the installed `distribution`, or
    inside the models folder where that is empty. `sha256` is lower-case hexadecimal; where
    upstream publishes only a longer digest it is empty and `sha384` is not. `download`: where the
    very bytes are published, None where they are not."""

    name: str
    task: Task
    bytes: int
    sha256: str
    distribution: str
    path: str
    upstream: str
    licence: Licence
    sha384: str = ""
    download: Download | None = None

    @property
    def digest(self) -> str:
        """Which digest it is known by."""
        return "SHA-256" if self.sha256 else "SHA-384"

    def is_right(self, content: Content) -> bool:
        """Whether these are the bytes."""
        if self.sha256:
            return hashlib.sha256(content).hexdigest() == self.sha256
        return bool(self.sha384) and hashlib.sha384(content).hexdigest() == self.sha384


@dataclass(frozen=True, slots=True)
class Input:
    """What a network is fed: (pixel - `mean`) * `scale`, channels in this order, one number each.

    `template` says how the face lies in the `width_px` x `height_px` picture. Where `points` are
    given, the face is turned, moved and scaled so that the middles of the eyes, the tip of the
    nose and the corners of the mouth come nearest to them, pixels, the left of the picture first.
    Where `margin` is, the face's box is cut out as a square that much larger than its longer side.
    `evens`: it was measured to tell people apart better where flat pictures are stretched; only
    then does a camera's light profile change anything.
    """

    width_px: int
    height_px: int
    channels: Channels
    mean: tuple[float, float, float]
    scale: tuple[float, float, float]
    template: str
    points: tuple[tuple[float, float], ...] = ()
    margin: float = 0.0
    layout: Layout = Layout.NCHW
    scaling: Scaling = Scaling.FIXED
    evens: bool = False

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Of the network's input, one picture at a time."""
        sides = (self.height_px, self.width_px)
        return (1, 3, *sides) if self.layout is Layout.NCHW else (1, *sides, 3)


@dataclass(frozen=True, slots=True)
class Output:
    """What is made of a network's answer. `name`: which of several outputs, "" for the only one.
    `mirrored`: the answers to a face and to its mirror image are added. `unit`: brought to length
    1."""

    name: str = ""
    mirrored: bool = True
    unit: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a calibration table comes from. `fnmr`: false non-match rate at a false match rate of
    1e-4, one picture against one, on the same data; 0..1."""

    data: str
    impostor_pairs: int
    measured: date
    fnmr: float = 1.0


@dataclass(frozen=True, slots=True)
class Ordinary:
    """What is usual of real faces in a pack's space: of so many faces, of what, and when."""

    usual: Usual
    data: str
    faces: int
    measured: date


@dataclass(frozen=True, slots=True)
class Golden:
    """The first numbers of the embedding of `golden.chip`, each right within `tolerance`."""

    values: tuple[float, ...]
    tolerance: float


@dataclass(frozen=True, slots=True)
class Pack:
    """A set of models that work together: what finds, marks and recognises a face.

    `evidence` is None where the space has no calibration: nothing was measured here, and until an
    operator measures it, the pack names nobody. `golden` is None where nobody could run the file
    here; its digest is then all that proves it. `ordinary` is None where nobody measured how real
    faces come out of it: then no face is odd.
    """

    name: str
    detector: Detection
    landmarks: Marking
    recogniser: Recognition
    about: str
    files: tuple[ModelFile, ...]
    input: Input
    space: Space
    evidence: Evidence | None
    golden: Golden | None
    output: Output = Output()
    ordinary: Ordinary | None = None

    @property
    def commercial(self) -> Commercial:
        """The narrowest of its files' licences."""
        found = {file.licence.commercial for file in self.files}
        order = (Commercial.NO, Commercial.ASK)
        return next((each for each in order if each in found), Commercial.YES)

    def files_for(self, task: Task) -> tuple[ModelFile, ...]:
        return tuple(file for file in self.files if file.task is task)

    def file(self, task: Task) -> ModelFile:
        """The one file for a task; raises ModelRejected."""
        found = self.files_for(task)
        if len(found) != 1:
            raise ModelRejected(
                f"The model pack {self.name} names {len(found)} files for the task {task}. "
                "Put back the models/manifest.toml that came with this version."
            )
        return found[0]


@dataclass(frozen=True, slots=True)
class Scorer:
    """One network of an anti-spoof pack: it sees the face's box `enlargement` times as large.
    `golden`: the first numbers it answers to `golden.chip`, before the softmax."""

    file: ModelFile
    enlargement: float
    golden: Golden


@dataclass(frozen=True, slots=True)
class AntispoofEvidence:
    """What the threshold was set on: sequences of people and of attacks, and what they are."""

    data: str
    genuine: int
    attacks: int
    measured: date


@dataclass(frozen=True, slots=True)
class AntispoofPack:
    """Networks that tell how alive a face looks; their mean counts.

    Each answers `classes` numbers, whose softmax at `live` is the probability of a living face.
    `threshold`: a session whose median score is lower is refused. `least_enlargement`: where the
    picture holds less of what surrounds the face, the score means nothing.
    """

    name: str
    about: str
    scorers: tuple[Scorer, ...]
    input: Input
    classes: int
    live: int
    least_enlargement: float
    threshold: float
    evidence: AntispoofEvidence

    @property
    def files(self) -> tuple[ModelFile, ...]:
        return tuple(scorer.file for scorer in self.scorers)


@dataclass(frozen=True, slots=True)
class Manifest:
    """`antispoofs` are the passive packs, the one that is used by itself first. `recommended`
    names the pack for whoever does not want to choose."""

    packs: tuple[Pack, ...]
    antispoofs: tuple[AntispoofPack, ...] = ()
    recommended: str = ""

    def pack(self, name: str) -> Pack:
        """Raises ModelRejected for a name that is not there."""
        for pack in self.packs:
            if pack.name == name:
                return pack
        known = ", ".join(sorted(pack.name for pack in self.packs))
        raise ModelRejected(f"There is no model pack named {name!r}. Choose one of: {known}.")

    def best(self, names: frozenset[str]) -> Pack:
        """The measured pack among these that misses fewest people; raises ModelRejected where none
        was measured."""
        there = [pack for pack in self.packs if pack.name in names and pack.evidence is not None]
        if not there:
            raise ModelRejected("No installed model pack was measured. Name one with --pack.")
        return min(there, key=lambda pack: pack.evidence.fnmr if pack.evidence else 1.0)

    def antispoof(self, name: str) -> AntispoofPack:
        """Raises ModelRejected for a name that is not there."""
        for pack in self.antispoofs:
            if pack.name == name:
                return pack
        known = ", ".join(["auto", "none", *(pack.name for pack in self.antispoofs)])
        raise ModelRejected(f"There is no anti-spoof pack named {name!r}. Choose one of: {known}.")
