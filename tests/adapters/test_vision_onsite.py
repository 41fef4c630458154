"""A calibration measured where the kiosk stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.domain.matching import CalibrationPoint
from app.errors import ModelRejected
from app.vision import onsite
from app.vision.engine import Engine
from app.vision.manifest import Evidence, Pack
from tests.fakes.vision import embedded_pack

POINTS = (CalibrationPoint(1e-4, 0.03), CalibrationPoint(1e-2, 0.07))
EVIDENCE = Evidence("our staff", 123_456, date(2026, 11, 28), 0.05)


def unmeasured() -> Pack:
    pack = embedded_pack()
    return replace(pack, space=replace(pack.space, calibration=()), evidence=None)


def test_what_was_measured_is_gone_by(tmp_path: Path) -> None:
    pack = embedded_pack()
    assert onsite.applied(pack, tmp_path) == pack
    onsite.write(pack, tmp_path, POINTS, EVIDENCE)
    ours = onsite.applied(pack, tmp_path)
    assert ours.space.calibration == POINTS
    assert ours.evidence == EVIDENCE
    assert ours.space.id == pack.space.id


def test_a_pack_that_nobody_measured_does_not_decide(tmp_path: Path) -> None:
    with pytest.raises(ModelRejected, match="--calibrate"):
        Engine(unmeasured(), tmp_path, measured=True).load()
    onsite.write(unmeasured(), tmp_path, POINTS, EVIDENCE)
    Engine(onsite.applied(unmeasured(), tmp_path), tmp_path, measured=True).load()


@pytest.mark.parametrize(
    "points",
    [
        (),
        POINTS[:1],
        (CalibrationPoint(1e-2, 0.03), CalibrationPoint(1e-4, 0.07)),
        (CalibrationPoint(1e-4, 0.0), CalibrationPoint(1e-2, 0.07)),
        (CalibrationPoint(1e-4, float("nan")), CalibrationPoint(1e-2, 0.07)),
    ],
)
def test_points_that_say_nothing_are_not_written(
    points: tuple[CalibrationPoint, ...], tmp_path: Path
) -> None:
    with pytest.raises(ModelRejected, match="more people"):
        onsite.write(embedded_pack(), tmp_path, points, EVIDENCE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.07", "0.01"),
        ("dlib-resnet", "another-space"),
        ("2026-11-28", "yesterday"),
        ("{", "["),
        ("0.03", "NaN"),
    ],
)
def test_a_file_that_was_spoilt_is_refused_with_its_cure(
    old: str, new: str, tmp_path: Path
) -> None:
    path = onsite.write(embedded_pack(), tmp_path, POINTS, EVIDENCE)
    path.write_text(path.read_text().replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ModelRejected, match="Delete it"):
        onsite.applied(embedded_pack(), tmp_path)
