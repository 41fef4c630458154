"""Which source a camera address gets."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from app.camera.address import Device, Recording, Stream, parse_address
from app.camera.opencv import OpencvCamera, Wanted
from app.camera.replay import ReplayCamera
from app.ports import FrameSource


def source_at(text: str, width_px: int, height_px: int, rate_hz: float) -> FrameSource:
    """The source named by the address `text`, not opened yet; raises SettingsError.

    Size and rate are asked of a device; streams and recordings come as they are.
    """
    address = parse_address(text)
    match address:
        case Device() | Stream():
            return OpencvCamera(address, Wanted(width_px, height_px, rate_hz))
        case Recording(path):
            return ReplayCamera(Path(path))
        case _:
            assert_never(address)
