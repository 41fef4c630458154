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

FORMAT = 1
SHA256_DIGITS = 64

Table = Mapping[str, object]


class Task(StrEnum):
    DETECTOR = "detector"
    LANDMARKS = "landmarks"
    RECOGNISER = "recogniser"


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
    """What the recogniser is fed: (pixel - `mean`) * `scale`, channels in this order.

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
class Manifest:
    packs: tuple[Pack, ...]

    def pack(self, name: str) -> Pack:
        """Raises ModelRejected for a name that is not there."""
        for pack in self.packs:
            if pack.name == name:
                return pack
        known = ", ".join(sorted(pack.name for pack in self.packs))
        raise ModelRejected(f"There is no model pack named {name!r}. Choose one of: {known}.")


def parse(text: str) -> Manifest:
    """The manifest; raises ModelRejected with the place of the fault."""
    try:
        top = tomllib.loads(text)
        _only(top, {"format", "packs"})
        _this_format(top)
        packs = tuple(_pack(table) for table in _tables(top, "packs"))
    except (tomllib.TOMLDecodeError, ValueError) as fault:
        raise ModelRejected(
            f"The model manifest cannot be used: {fault}. "
            "Put back the models/manifest.toml that came with this version."
        ) from fault
    return Manifest(packs)


def _this_format(top: Table) -> None:
    if top.get("format") != FORMAT:
        raise ValueError(f"format is {top.get('format')!r} instead of {FORMAT}")


def _pack(table: Table) -> Pack:
    _only(table, {"name", "kind", "about", "licences", "files", "input", "space", "golden"})
    licences = {_text(each, "name"): _licence(each) for each in _tables(table, "licences")}
    space, evidence = _space(_table(table, "space"))
    return Pack(
        name=_text(table, "name"),
        kind=_text(table, "kind"),
        about=_text(table, "about"),
        files=tuple(_file(each, licences) for each in _tables(table, "files")),
        input=_input(_table(table, "input")),
        space=space,
        evidence=evidence,
        golden=_golden(_table(table, "golden")),
    )


def _licence(table: Table) -> Licence:
    _only(table, {"name", "text", "commercial"})
    return Licence(
        _text(table, "name"), _text(table, "text"), Commercial(_text(table, "commercial"))
    )


def _file(table: Table, licences: Mapping[str, Licence]) -> ModelFile:
    allowed = {"name", "task", "bytes", "sha256", "distribution", "path", "upstream", "licence"}
    _only(table, allowed)
    digest, path, licence = (_text(table, key) for key in ("sha256", "path", "licence"))
    if len(digest) != SHA256_DIGITS or not set(digest) <= set("0123456789abcdef"):
        raise ValueError(f"sha256 of {path} is not {SHA256_DIGITS} lower-case hexadecimal digits")
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or ":" in path:
        raise ValueError(f"path {path!r} must lead downwards from where it starts")
    if licence not in licences:
        raise ValueError(f"licence {licence!r} of {path} is not described")
    return ModelFile(
        name=_text(table, "name"),
        task=Task(_text(table, "task")),
        bytes=_count(table, "bytes"),
        sha256=digest,
        distribution=_text(table, "distribution") if "distribution" in table else "",
        path=path,
        upstream=_text(table, "upstream"),
        licence=licences[licence],
    )


def _input(table: Table) -> Input:
    _only(table, {"width_px", "height_px", "channels", "mean", "scale", "template"})
    mean = _numbers(table, "mean")
    if len(mean) != len("rgb"):
        raise ValueError("mean must have three numbers")
    return Input(
        width_px=_count(table, "width_px"),
        height_px=_count(table, "height_px"),
        channels=Channels(_text(table, "channels")),
        mean=(mean[0], mean[1], mean[2]),
        scale=_number(table, "scale"),
        template=_text(table, "template"),
    )


def _space(table: Table) -> tuple[Space, Evidence]:
    _only(table, {"id", "dimension", "metric", "calibration", "data", "impostor_pairs", "measured"})
    points = []
    for each in _tables(table, "calibration"):
        _only(each, {"fmr", "distance"})
        points.append(CalibrationPoint(_number(each, "fmr"), _number(each, "distance")))
    points.sort(key=lambda point: point.distance)
    rates = [point.fmr for point in points]
    if rates != sorted(rates) or not all(0 < rate < 1 for rate in rates):
        raise ValueError("calibration must hold rates between 0 and 1 that rise with distance")
    measured = table.get("measured")
    if not isinstance(measured, date):
        raise ValueError("measured must be a date")  # noqa: TRY004 - all faults are ValueErrors
    space = Space(
        id=_text(table, "id"),
        dimension=_count(table, "dimension"),
        metric=Metric(_text(table, "metric")),
        calibration=tuple(points),
    )
    return space, Evidence(_text(table, "data"), _count(table, "impostor_pairs"), measured)


def _golden(table: Table) -> Golden:
    _only(table, {"values", "tolerance"})
    return Golden(_numbers(table, "values"), _number(table, "tolerance"))


def _only(table: Table, allowed: set[str]) -> None:
    unknown = sorted(set(table) - allowed)
    if unknown:
        raise ValueError(f"unknown entry {unknown[0]!r}")


def _table(table: Table, key: str) -> Table:
    value = table.get(key)
    if not isinstance(value, dict):
        raise ValueError(f"table {key!r} is missing")  # noqa: TRY004
    return value


def _tables(table: Table, key: str) -> list[Table]:
    value = table.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
        raise ValueError(f"list of tables {key!r} is missing")
    return value


def _text(table: Table, key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"text {key!r} is missing")
    return value.strip()


def _count(table: Table, key: str) -> int:
    value = table.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{key!r} must be a whole number of at least 1")
    return value


def _number(table: Table, key: str) -> float:
    value = table.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(f"{key!r} must be a number")  # noqa: TRY004
    return float(value)


def _numbers(table: Table, key: str) -> tuple[float, ...]:
    value = table.get(key)
    if not isinstance(value, list) or not value:
        raise ValueError(f"{key!r} must be a list of numbers")
    return tuple(_number({key: each}, key) for each in value)
