"""What distances mean where a kiosk stands: a calibration measured on site instead of ours.

A small file in the models folder for each space, written by `foyer evaluate identities
--calibrate`. It holds rates and distances, and nothing of anybody's face.
"""

from __future__ import annotations

import itertools
import json
import os
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.matching import CalibrationPoint
from app.errors import ModelMissing, ModelRejected
from app.vision.listing import ordinary
from app.vision.manifest import Evidence, Pack

FOLDER = "calibration"
FEWEST_POINTS = 2
LARGEST_FILE = 64 * 1024


def applied(pack: Pack, models: Path) -> Pack:
    """The pack with what was measured on site, where that was. Raises ModelRejected for a file
    that is not what this program writes."""
    return _with_usual(_calibrated(pack, models), models)


def _calibrated(pack: Pack, models: Path) -> Pack:
    path = _path(pack, models)
    if not path.exists():
        return pack
    try:
        found = _read(path)
        points = [
            CalibrationPoint(float(each["fmr"]), float(each["distance"]))
            for each in found["calibration"]
        ]
        evidence = Evidence(
            str(found["data"]),
            int(found["impostor_pairs"]),
            date.fromisoformat(found["measured"]),
            float(found["fnmr"]),
        )
        sound = found["space"] == pack.space.id and _is_sound(points)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise _unusable(path) from fault
    if not sound:
        raise _unusable(path)
    points.sort(key=lambda point: point.distance)
    return replace(pack, space=replace(pack.space, calibration=tuple(points)), evidence=evidence)


def _with_usual(pack: Pack, models: Path) -> Pack:
    path = _usual_path(pack, models)
    if not path.exists():
        return pack
    try:
        found = _read(path)
        if found.pop("space") != pack.space.id:
            raise ValueError("another space")  # noqa: TRY301
        found["measured"] = date.fromisoformat(found["measured"])
        return replace(pack, ordinary=ordinary(found, pack.space))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise _unusable(path, "foyer evaluate anomaly --calibrate") from fault


def _read(path: Path) -> Any:  # noqa: ANN401 - what JSON holds is checked by whoever reads it
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError("too long")
    return json.loads(path.read_text(encoding="utf-8"))


def write_usual(pack: Pack, models: Path, found: dict[str, Any]) -> Path:
    """What is usual of real faces here, as the manifest has it; whole or not at all. Raises
    ModelRejected for numbers that cannot be, ModelMissing where the file cannot be written."""
    try:
        ordinary(found, pack.space)
    except ValueError as fault:
        raise ModelRejected(
            f"These pictures do not say what is usual: {fault}. Give pictures of more people."
        ) from fault
    document = {"space": pack.space.id, **found, "measured": found["measured"].isoformat()}
    return _written(_usual_path(pack, models), document)


def write(
    pack: Pack, models: Path, points: tuple[CalibrationPoint, ...], evidence: Evidence
) -> Path:
    """Whole or not at all. Raises ModelRejected for points that say nothing, ModelMissing where
    the file cannot be written."""
    if not _is_sound(list(points)):
        raise ModelRejected(
            "So few people say nothing about rates that matter: at least two rates with ten "
            "expected errors each are needed. Give pictures of more people."
        )
    path = _path(pack, models)
    document = {
        "space": pack.space.id,
        "data": evidence.data,
        "impostor_pairs": evidence.impostor_pairs,
        "measured": evidence.measured.isoformat(),
        "fnmr": evidence.fnmr,
        "calibration": [{"fmr": each.fmr, "distance": each.distance} for each in points],
    }
    return _written(path, document)


def _written(path: Path, document: dict[str, Any]) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
        with os.fdopen(number, "w", encoding="utf-8") as stream:
            json.dump(document, stream, indent=2)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as fault:
        raise ModelMissing(f"{path} cannot be written ({fault.strerror}).") from fault
    return path


def _path(pack: Pack, models: Path) -> Path:
    return models / FOLDER / f"{pack.space.id}.json"


def _usual_path(pack: Pack, models: Path) -> Path:
    return models / FOLDER / f"{pack.space.id}.usual.json"


def _is_sound(points: list[CalibrationPoint]) -> bool:
    points = sorted(points, key=lambda point: point.distance)
    rates = [point.fmr for point in points]
    return (
        len(points) >= FEWEST_POINTS
        and all(0.0 < rate < 1.0 for rate in rates)
        and all(0.0 < point.distance < 4.0 for point in points)  # noqa: PLR2004 - any metric's most
        and all(one < other for one, other in itertools.pairwise(rates))
    )


def _unusable(path: Path, again: str = "foyer evaluate identities --calibrate") -> ModelRejected:
    return ModelRejected(
        f"{path} is not a calibration this version can use. Delete it to go by the one that came "
        f"with the pack, or measure again: {again}"
    )
