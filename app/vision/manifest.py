"""What `models/manifest.toml` says about the model packs, as typed values.

The caller reads the file and hands over its text; nothing here touches a disk. A manifest that
is not exactly what is expected is refused as a whole, because half a promise is none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath

from app.domain.matching import CalibrationPoint, Metric, Space
from app.errors import ModelRejected
from app.vision import entries
from app.vision.entries import Table

FORMAT = 1
SHA256_DIGITS = 64


class Task(StrEnum):
    DETECTOR = "detector"
    LANDMARKS = "landmarks"
    RECOGNISER = "recogniser"
    ANTISPOOF = "antispoof"


class Commercial(StrEnum):
    """Whether a customer may earn money with it. ASK: the parties do not agree; ask a lawyer."""

    YES = "yes"
    NO = "no"
    ASK = "ask"


class Channels(StrEnum):
    RGB = "rgb"
    BGR = "bgr"


@dataclass(frozen=True, slots=True)
class Licence:
    name: str
    text: str
    commercial: Commercial


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file. `path` is relative with forward slashes: inside the installed `distribution`, or
    inside the models folder where that is empty. `sha256` is lower-case hexadecimal."""

    name: str
    task: Task
    bytes: int
    sha256: str
    distribution: str
    path: str
    upstream: str
    licence: Licence


@dataclass(frozen=True, slots=True)
class Input:
    """What a network is fed: (pixel - `mean`) * `scale`, channels in this order.

    `template` names the alignment of the face in the `width_px` x `height_px` picture.
    """

    width_px: int
    height_px: int
    channels: Channels
    mean: tuple[float, float, float]
    scale: float
    template: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a calibration table comes from."""

    data: str
    impostor_pairs: int
    measured: date


@dataclass(frozen=True, slots=True)
class Golden:
    """The first numbers of the embedding of `golden.chip`, each right within `tolerance`."""

    values: tuple[float, ...]
    tolerance: float


@dataclass(frozen=True, slots=True)
class Pack:
    """A set of models that work together. `kind` names the loader."""

    name: str
    kind: str
    about: str
    files: tuple[ModelFile, ...]
    input: Input
    space: Space
    evidence: Evidence
    golden: Golden

    def file(self, task: Task) -> ModelFile:
        """The one file for a task; raises ModelRejected."""
        found = [file for file in self.files if file.task is task]
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
    """`antispoofs` are the passive packs, the one that is used by itself first."""

    packs: tuple[Pack, ...]
    antispoofs: tuple[AntispoofPack, ...] = ()

    def pack(self, name: str) -> Pack:
        """Raises ModelRejected for a name that is not there."""
        for pack in self.packs:
            if pack.name == name:
                return pack
        known = ", ".join(sorted(pack.name for pack in self.packs))
        raise ModelRejected(f"There is no model pack named {name!r}. Choose one of: {known}.")

    def antispoof(self, name: str) -> AntispoofPack:
        """Raises ModelRejected for a name that is not there."""
        for pack in self.antispoofs:
            if pack.name == name:
                return pack
        known = ", ".join(["auto", "none", *(pack.name for pack in self.antispoofs)])
        raise ModelRejected(f"There is no anti-spoof pack named {name!r}. Choose one of: {known}.")


def parse(text: str) -> Manifest:
    """The manifest; raises ModelRejected with the place of the fault."""
    try:
        top = tomllib.loads(text)
        entries.only(top, {"format", "packs", "antispoofs"})
        _this_format(top)
        packs = tuple(_pack(table) for table in entries.tables(top, "packs"))
        others = entries.tables(top, "antispoofs") if "antispoofs" in top else []
        antispoofs = tuple(_antispoof(table) for table in others)
    except (tomllib.TOMLDecodeError, ValueError) as fault:
        raise ModelRejected(
            f"The model manifest cannot be used: {fault}. "
            "Put back the models/manifest.toml that came with this version."
        ) from fault
    return Manifest(packs, antispoofs)


def _this_format(top: Table) -> None:
    if top.get("format") != FORMAT:
        raise ValueError(f"format is {top.get('format')!r} instead of {FORMAT}")


def _pack(table: Table) -> Pack:
    entries.only(table, {"name", "kind", "about", "licences", "files", "input", "space", "golden"})
    licences = _licences(table)
    space, evidence = _space(entries.table(table, "space"))
    return Pack(
        name=entries.text(table, "name"),
        kind=entries.text(table, "kind"),
        about=entries.text(table, "about"),
        files=tuple(_file(each, licences) for each in entries.tables(table, "files")),
        input=_input(entries.table(table, "input")),
        space=space,
        evidence=evidence,
        golden=_golden(entries.table(table, "golden")),
    )


def _antispoof(table: Table) -> AntispoofPack:
    allowed = {"name", "about", "licences", "files", "input", "output", "threshold"}
    entries.only(table, allowed)
    output, threshold = entries.table(table, "output"), entries.table(table, "threshold")
    entries.only(output, {"classes", "live"})
    entries.only(threshold, {"score", "data", "genuine", "attacks", "measured"})
    licences = _licences(table)
    source = dict(entries.table(table, "input"))
    pack = AntispoofPack(
        name=entries.text(table, "name"),
        about=entries.text(table, "about"),
        scorers=tuple(_scorer(each, licences) for each in entries.tables(table, "files")),
        least_enlargement=entries.number(source, "least_enlargement"),
        input=_input({key: source[key] for key in source if key != "least_enlargement"}),
        classes=entries.count(output, "classes"),
        live=entries.index(output, "live"),
        threshold=entries.number(threshold, "score"),
        evidence=AntispoofEvidence(
            entries.text(threshold, "data"),
            entries.count(threshold, "genuine"),
            entries.count(threshold, "attacks"),
            entries.day(threshold, "measured"),
        ),
    )
    if not (0 < pack.threshold < 1 and pack.live < pack.classes and pack.least_enlargement >= 1):
        raise ValueError(f"the numbers of {pack.name} contradict each other")
    return pack


def _scorer(table: Table, licences: Mapping[str, Licence]) -> Scorer:
    own = ("enlargement", "golden")
    file = _file({key: table[key] for key in table if key not in own}, licences)
    if file.task is not Task.ANTISPOOF:
        raise ValueError(f"task of {file.path} must be {Task.ANTISPOOF}")
    enlargement = entries.number(table, "enlargement")
    return Scorer(file, enlargement, _golden(entries.table(table, "golden")))


def _licences(table: Table) -> dict[str, Licence]:
    return {
        entries.text(each, "name"): _licence(each) for each in entries.tables(table, "licences")
    }


def _licence(table: Table) -> Licence:
    entries.only(table, {"name", "text", "commercial"})
    return Licence(
        entries.text(table, "name"),
        entries.text(table, "text"),
        Commercial(entries.text(table, "commercial")),
    )


def _file(table: Table, licences: Mapping[str, Licence]) -> ModelFile:
    allowed = {"name", "task", "bytes", "sha256", "distribution", "path", "upstream", "licence"}
    entries.only(table, allowed)
    digest, path, licence = (entries.text(table, key) for key in ("sha256", "path", "licence"))
    if len(digest) != SHA256_DIGITS or not set(digest) <= set("0123456789abcdef"):
        raise ValueError(f"sha256 of {path} is not {SHA256_DIGITS} lower-case hexadecimal digits")
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or ":" in path:
        raise ValueError(f"path {path!r} must lead downwards from where it starts")
    if licence not in licences:
        raise ValueError(f"licence {licence!r} of {path} is not described")
    return ModelFile(
        name=entries.text(table, "name"),
        task=Task(entries.text(table, "task")),
        bytes=entries.count(table, "bytes"),
        sha256=digest,
        distribution=entries.text(table, "distribution") if "distribution" in table else "",
        path=path,
        upstream=entries.text(table, "upstream"),
        licence=licences[licence],
    )


def _input(table: Table) -> Input:
    entries.only(table, {"width_px", "height_px", "channels", "mean", "scale", "template"})
    mean = entries.numbers(table, "mean")
    if len(mean) != len("rgb"):
        raise ValueError("mean must have three numbers")
    return Input(
        width_px=entries.count(table, "width_px"),
        height_px=entries.count(table, "height_px"),
        channels=Channels(entries.text(table, "channels")),
        mean=(mean[0], mean[1], mean[2]),
        scale=entries.number(table, "scale"),
        template=entries.text(table, "template"),
    )


def _space(table: Table) -> tuple[Space, Evidence]:
    entries.only(
        table, {"id", "dimension", "metric", "calibration", "data", "impostor_pairs", "measured"}
    )
    points = []
    for each in entries.tables(table, "calibration"):
        entries.only(each, {"fmr", "distance"})
        points.append(
            CalibrationPoint(entries.number(each, "fmr"), entries.number(each, "distance"))
        )
    points.sort(key=lambda point: point.distance)
    rates = [point.fmr for point in points]
    if rates != sorted(rates) or not all(0 < rate < 1 for rate in rates):
        raise ValueError("calibration must hold rates between 0 and 1 that rise with distance")
    measured = entries.day(table, "measured")
    space = Space(
        id=entries.text(table, "id"),
        dimension=entries.count(table, "dimension"),
        metric=Metric(entries.text(table, "metric")),
        calibration=tuple(points),
    )
    return space, Evidence(
        entries.text(table, "data"), entries.count(table, "impostor_pairs"), measured
    )


def _golden(table: Table) -> Golden:
    entries.only(table, {"values", "tolerance"})
    return Golden(entries.numbers(table, "values"), entries.number(table, "tolerance"))
