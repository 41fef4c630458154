"""Which source a camera address gets, and which second one stands beside it."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from app.camera.address import Device, Recording, Stream, parse_address
from app.camera.depth_camera import DepthDevice, DepthFolder
from app.camera.opencv import OpencvCamera, Wanted
from app.camera.paired import Infrared, SecondSource
from app.camera.replay import ReplayCamera
from app.domain.depth import SecondKind
from app.errors import SettingsError
from app.ports import FrameSource


def source_at(
    text: str, width_px: int, height_px: int, rate_hz: float, *, steady: bool = False
) -> FrameSource:
    """The source named by the address `text`, not opened yet; raises SettingsError.

    Size and rate are asked of a device, and with `steady` that it stops adjusting itself;
    streams and recordings come as they are.
    """
    address = parse_address(text)
    match address:
        case Device() | Stream():
            return OpencvCamera(address, Wanted(width_px, height_px, rate_hz), steady=steady)
        case Recording(path):
            return ReplayCamera(Path(path))
        case _:
            assert_never(address)


def second_at(text: str, kind: SecondKind, colour: FrameSource, wanted: Wanted) -> SecondSource:
    """The second camera named by `text`, not opened yet; raises SettingsError. `wanted` is asked
    of an infrared device."""
    if kind is SecondKind.INFRARED:
        source = source_at(text, wanted.width_px, wanted.height_px, wanted.rate_hz)
        if source.name == colour.name:
            raise SettingsError(
                "camera.second names the same camera as camera.source. Name another, or none."
            )
        return Infrared(source)
    match address := parse_address(text):
        case Device():
            return DepthDevice(address)
        case Recording(path):
            return DepthFolder(Path(path))
        case Stream():
            raise SettingsError(
                f"camera.second is a stream ({address}), which carries no depth. Name a device, a "
                "folder of 16-bit pictures, or set camera.second_kind to infrared."
            )
        case _:
            assert_never(address)
