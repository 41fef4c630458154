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

from app.domain.matching import CalibrationPoint
from app.errors import ModelMissing, ModelRejected
from app.vision.manifest import Evidence, Pack

FOLDER = "calibration"
FEWEST_POINTS = 2
LARGEST_FILE = 64 * 1024


def applied(pack: Pack, models: Path) -> Pack:
    """The pack with what was measured on site, where that was. Raises ModelRejected for a file
    that is not what this program writes."""
    path = _path(pack, models)
    if not path.exists():
        return pack
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError("too long")  # noqa: TRY301
        found = json.loads(path.read_text(encoding="utf-8"))
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


def _is_sound(points: list[CalibrationPoint]) -> bool:
    points = sorted(points, key=lambda point: point.distance)
    rates = [point.fmr for point in points]
    return (
        len(points) >= FEWEST_POINTS
        and all(0.0 < rate < 1.0 for rate in rates)
        and all(0.0 < point.distance < 4.0 for point in points)  # noqa: PLR2004 - any metric's most
        and all(one < other for one, other in itertools.pairwise(rates))
    )


def _unusable(path: Path) -> ModelRejected:
    return ModelRejected(
        f"{path} is not a calibration this version can use. Delete it to go by the one that came "
        "with the pack, or measure again: foyer evaluate identities --calibrate"
    )
