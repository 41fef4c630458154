"""`models/manifest.toml` read into the values of `manifest`.

The caller reads the file and hands over its text; nothing here touches a disk. A manifest that
is not exactly what is expected is refused as a whole, because half a promise is none.
"""

from __future__ import annotations

import base64
import binascii
import tomllib
from collections.abc import Mapping
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from app.domain.anomaly import Usual
from app.domain.matching import CalibrationPoint, Metric, Space
from app.errors import ModelRejected
from app.vision import entries
from app.vision.entries import Table
from app.vision.manifest import (
    AntispoofEvidence,
    AntispoofPack,
    Channels,
    Commercial,
    Detection,
    Download,
    Evidence,
    Golden,
    Input,
    Layout,
    Licence,
    Manifest,
    Marking,
    ModelFile,
    Ordinary,
    Output,
    Pack,
    Recognition,
    Scaling,
    Scorer,
    Task,
)

FORMAT = 2
#: Eyes, nose, corners of the mouth.
FIVE = 5
#: A cut larger than this many times the face shows more surroundings than face.
MOST_MARGIN = 4.0
#: The largest cosine distance there is.
MOST_APART = 2.0


def parse(text: str) -> Manifest:
    """The manifest; raises ModelRejected with the place of the fault."""
    try:
        top = tomllib.loads(text)
        entries.only(top, {"format", "recommended", "licences", "files", "packs", "antispoofs"})
        _this_format(top)
        files = _files(top)
        packs = tuple(_pack(table, files) for table in entries.tables(top, "packs"))
        recommended = entries.text(top, "recommended")
        if recommended not in {pack.name for pack in packs}:
            raise ValueError(f"there is no pack {recommended!r} to recommend")  # noqa: TRY301
        others = entries.tables(top, "antispoofs") if "antispoofs" in top else []
        antispoofs = tuple(_antispoof(table) for table in others)
    except (tomllib.TOMLDecodeError, ValueError) as fault:
        raise ModelRejected(
            f"The model manifest cannot be used: {fault}. "
            "Put back the models/manifest.toml that came with this version."
        ) from fault
    return Manifest(packs, antispoofs, recommended)


def _this_format(top: Table) -> None:
    if top.get("format") != FORMAT:
        raise ValueError(f"format is {top.get('format')!r} instead of {FORMAT}")


def _files(top: Table) -> dict[str, ModelFile]:
    """The files that packs are made of, by their names."""
    licences = _licences(top)
    found: dict[str, ModelFile] = {}
    for table in entries.tables(top, "files"):
        file = _file(table, licences)
        if file.name in found:
            raise ValueError(f"two files are named {file.name!r}")
        found[file.name] = file
    return found


def _pack(table: Table, files: Mapping[str, ModelFile]) -> Pack:
    allowed = {"name", "about", "files", "input", "output", "space", "golden", "usual"}
    kinds = {"detector", "landmarks", "recogniser"}
    entries.only(table, allowed | kinds)
    space, evidence = _space(entries.table(table, "space"))
    names = entries.texts(table, "files")
    unknown = [name for name in names if name not in files]
    if unknown:
        raise ValueError(f"file {unknown[0]!r} is not described")
    return Pack(
        name=entries.text(table, "name"),
        detector=Detection(entries.text(table, "detector")),
        landmarks=Marking(entries.text(table, "landmarks")),
        recogniser=Recognition(entries.text(table, "recogniser")),
        about=entries.text(table, "about"),
        files=tuple(files[name] for name in names),
        input=_input(entries.table(table, "input")),
        output=_output(entries.table(table, "output")) if "output" in table else Output(),
        space=space,
        evidence=evidence,
        golden=_golden(entries.table(table, "golden")) if "golden" in table else None,
        ordinary=ordinary(entries.table(table, "usual"), space) if "usual" in table else None,
    )


def ordinary(table: Table, space: Space) -> Ordinary:
    """What is usual of real faces in `space`; raises ValueError for what cannot be."""
    limits = ("apart", "mirror", "crops", "drift")
    entries.only(table, {"lengths", *limits, "centres", "data", "faces", "measured"})
    lengths = entries.numbers(table, "lengths")
    apart, mirror, crops, drift = (entries.number(table, name) for name in limits)
    if len(lengths) != len(("from", "to")) or not 0.0 <= lengths[0] < lengths[1]:
        raise ValueError("lengths must be two numbers, the smaller first")
    if not all(0.0 < limit <= MOST_APART for limit in (apart, mirror, crops, drift)):
        raise ValueError(f"{', '.join(limits)} must be more than 0 and at most {MOST_APART}")
    centres = _centres(entries.text(table, "centres"), space.dimension)
    return Ordinary(
        Usual((lengths[0], lengths[1]), apart, mirror, crops, drift, centres),
        entries.text(table, "data"),
        entries.count(table, "faces"),
        entries.day(table, "measured"),
    )


def _centres(text: str, dimension: int) -> NDArray[np.float32]:
    """Rows of signed bytes in base64, whose directions count; float32 [k, dimension] of length
    1."""
    try:
        rows = np.frombuffer(base64.b64decode("".join(text.split()), validate=True), dtype=np.int8)
        rows = rows.reshape(-1, dimension).astype(np.float32)
    except (binascii.Error, ValueError) as fault:
        raise ValueError(f"centres are not rows of {dimension} bytes in base64") from fault
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not len(rows) or not lengths.all():
        raise ValueError("every centre needs a direction, and there has to be one")
    return np.ascontiguousarray(rows / lengths)


def centres_text(centres: NDArray[np.float32]) -> str:
    """Centres, float32 [k, d], as `ordinary` reads them: 76 characters a line."""
    rows = np.round(127.0 * centres / np.abs(centres).max(axis=1, keepdims=True)).astype(np.int8)
    return base64.encodebytes(rows.tobytes()).decode("ascii")


def _output(table: Table) -> Output:
    entries.only(table, {"name", "mirrored", "unit"})
    usual = Output()
    return Output(
        entries.text(table, "name") if "name" in table else usual.name,
        entries.switch(table, "mirrored") if "mirrored" in table else usual.mirrored,
        entries.switch(table, "unit") if "unit" in table else usual.unit,
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
    allowed = {"name", "task", "bytes", "distribution", "path", "upstream", "licence"}
    entries.only(table, allowed | {"sha256", "sha384", "download"})
    path, licence = entries.text(table, "path"), entries.text(table, "licence")
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or ":" in path:
        raise ValueError(f"path {path!r} must lead downwards from where it starts")
    if licence not in licences:
        raise ValueError(f"licence {licence!r} of {path} is not described")
    longer = "sha384" in table and "sha256" not in table
    return ModelFile(
        name=entries.text(table, "name"),
        task=Task(entries.text(table, "task")),
        bytes=entries.count(table, "bytes"),
        sha256="" if longer else _digest(table, "sha256", path),
        sha384=_digest(table, "sha384", path) if "sha384" in table else "",
        distribution=entries.text(table, "distribution") if "distribution" in table else "",
        path=path,
        upstream=entries.text(table, "upstream"),
        licence=licences[licence],
        download=_download(entries.table(table, "download")) if "download" in table else None,
    )


#: Hexadecimal digits of each digest.
_DIGITS = {"sha256": 64, "sha384": 96}


def _digest(table: Table, key: str, of: str) -> str:
    digest = entries.text(table, key)
    if len(digest) != _DIGITS[key] or not set(digest) <= set("0123456789abcdef"):
        raise ValueError(f"{key} of {of} is not {_DIGITS[key]} lower-case hexadecimal digits")
    return digest


def _download(table: Table) -> Download:
    entries.only(table, {"url", "member", "sha256", "bytes"})
    url = entries.text(table, "url")
    if not url.startswith("https://"):
        raise ValueError(f"{url!r} does not begin with https://")
    if "member" not in table:
        return Download(url)
    return Download(
        url,
        entries.text(table, "member"),
        _digest(table, "sha256", url),
        entries.count(table, "bytes"),
    )


def _input(table: Table) -> Input:
    usual = {"width_px", "height_px", "channels", "mean", "scale", "template"}
    entries.only(table, usual | {"points", "margin", "layout", "scaling", "evens"})
    mean = entries.numbers(table, "mean")
    each = isinstance(table.get("scale"), list)
    scale = entries.numbers(table, "scale") if each else (entries.number(table, "scale"),) * 3
    if len(mean) != len("rgb") or len(scale) != len("rgb"):
        raise ValueError("mean must have three numbers, and scale one or three")
    points = _points(table) if "points" in table else ()
    margin = entries.number(table, "margin") if "margin" in table else 0.0
    if (points and margin) or not 0.0 <= margin <= MOST_MARGIN:
        raise ValueError(f"a face has points, or a margin from 0 to {MOST_MARGIN}, not both")
    return Input(
        width_px=entries.count(table, "width_px"),
        height_px=entries.count(table, "height_px"),
        channels=Channels(entries.text(table, "channels")),
        mean=(mean[0], mean[1], mean[2]),
        scale=(scale[0], scale[1], scale[2]),
        template=entries.text(table, "template"),
        points=points,
        margin=margin,
        layout=Layout(entries.text(table, "layout")) if "layout" in table else Layout.NCHW,
        scaling=Scaling(entries.text(table, "scaling")) if "scaling" in table else Scaling.FIXED,
        evens=entries.switch(table, "evens") if "evens" in table else False,
    )


def _points(table: Table) -> tuple[tuple[float, float], ...]:
    rows = table["points"]
    if not isinstance(rows, list) or len(rows) != FIVE:
        raise ValueError("points must be the five of eyes, nose and mouth")
    pairs = [entries.numbers({"points": row}, "points") for row in rows]
    if any(len(pair) != len("xy") for pair in pairs):
        raise ValueError("points must have two numbers each")
    return tuple((pair[0], pair[1]) for pair in pairs)


def _space(table: Table) -> tuple[Space, Evidence | None]:
    """Without a calibration nothing was measured, and no evidence is claimed."""
    entries.only(
        table,
        {
            "id",
            "dimension",
            "metric",
            "calibration",
            "data",
            "impostor_pairs",
            "measured",
            "fnmr",
        },
    )
    if "calibration" not in table:
        entries.only(table, {"id", "dimension", "metric"})
        return _space_of(table, ()), None
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
    measured, fnmr = entries.day(table, "measured"), entries.number(table, "fnmr")
    if not 0.0 <= fnmr <= 1.0:
        raise ValueError("fnmr must be a rate")
    return _space_of(table, tuple(points)), Evidence(
        entries.text(table, "data"), entries.count(table, "impostor_pairs"), measured, fnmr
    )


def _space_of(table: Table, calibration: tuple[CalibrationPoint, ...]) -> Space:
    return Space(
        id=entries.text(table, "id"),
        dimension=entries.count(table, "dimension"),
        metric=Metric(entries.text(table, "metric")),
        calibration=calibration,
    )


def _golden(table: Table) -> Golden:
    entries.only(table, {"values", "tolerance"})
    return Golden(entries.numbers(table, "values"), entries.number(table, "tolerance"))
