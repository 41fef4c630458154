"""Cameras as values: one text and one fingerprint each, and what has to be cured."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from app.domain.policy import Policy
from app.domain.source import (
    CURES,
    NEVER_ENROLLED,
    Camera,
    SourceFault,
    SourceKind,
    canonical,
    enrolled_as,
    parse,
    refusal,
)
from app.options import options
from tests.fakes.lens import ENROLLED, LENS


def test_the_fingerprint_of_a_camera_stays_what_it_is() -> None:
    """Stored ones must be found again by later versions: change this and every kiosk is shut."""
    camera = Camera(SourceKind.DEVICE, "Tür", "uvcvideo", "usb-3", "046d:082d", 640, 480)
    assert canonical(camera) == (
        '{"bus":"usb-3","driver":"uvcvideo","height_px":480,"ids":"046d:082d","kind":"device",'
        '"name":"T\\u00fcr","width_px":640}'
    )
    assert camera.fingerprint == "e3120e6d66de8ebbd32143eb5b638c7fabb22533fde0049812925cedc2063789"


CHANGES = (
    replace(LENS, kind=SourceKind.UNKNOWN),
    replace(LENS, name="other"),
    replace(LENS, driver="other"),
    replace(LENS, bus="other"),
    replace(LENS, ids="other"),
    replace(LENS, width_px=1),
    replace(LENS, height_px=1),
)


def test_everything_about_a_camera_is_in_its_fingerprint() -> None:
    prints = {each.fingerprint for each in (LENS, *CHANGES)}
    assert len(prints) == len(fields(Camera)) + 1
    assert all(len(each) == 64 for each in prints)


@pytest.mark.parametrize("name", ["", "\ud800", '"}{', "Tür · 門\x00", "😀"])
def test_any_name_comes_back_as_it_was(name: str) -> None:
    camera = replace(LENS, name=name)
    assert parse(canonical(camera)) == camera
    assert len(camera.fingerprint) == 64


def test_a_camera_is_enrolled_only_as_itself() -> None:
    assert enrolled_as(LENS, (ENROLLED,)) == ENROLLED
    assert enrolled_as(replace(LENS, name="x"), (ENROLLED,)) is None
    assert enrolled_as(None, (ENROLLED,)) is None


def test_every_kind_of_source_is_refused_until_somebody_says_otherwise() -> None:
    faults = {kind: refusal(replace(LENS, kind=kind), (), Policy().admits) for kind in SourceKind}
    assert None not in faults.values()
    assert refusal(None, (ENROLLED,), Policy().admits) is SourceFault.UNSEEN
    assert {kind for kind, fault in faults.items() if fault is not SourceFault.NONE_ENROLLED} == (
        NEVER_ENROLLED
    )


def test_every_fault_has_a_cure() -> None:
    assert set(CURES) == set(SourceFault)
    assert all(cure.endswith(("enrol", ".")) for cure in CURES.values())


def test_no_setting_admits_a_source() -> None:
    """What passes unenrolled is written in the demo, the evaluation and tests, and nowhere else."""
    assert Policy().admits == frozenset()
    assert not [key for key in options() if "admit" in key or "enrol" in key]
