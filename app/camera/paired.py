"""Two cameras as one: every colour frame with what the second one saw at the same moment.

Built against recorded and generated pairs; not tried on hardware. The second camera is read up
to the first picture after the colour frame, and the nearer of the last two goes with it; where
neither is near enough, the frame goes alone. A second camera that fails, fails the pair: what was
configured and is gone closes the face path, and nobody is judged without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.depth import SecondKind
from app.domain.source import Camera, SourceKind
from app.errors import CameraMisbehaved, CameraUnavailable
from app.ports import CameraFormat, Frame, FrameSource, Plane

#: Pictures further apart than this are of different moments, seconds: a little more than one
#: period of a camera of 30 Hz. A head that turns at 75 degrees a second turns 3 in it.
NEAREST_S = 0.04
#: A second camera that repeats its readings for this long hangs, seconds; as for the first.
FROZEN_S = 0.8
#: A second camera whose times do not come up with the colour camera's in so many pictures.
_MOST_READ = 120

#: From pixels of the colour frame to the second camera's, two rows of three.
Affine = tuple[tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One picture of the second camera: uint16 [h, w] mm with 0 where there is none, or uint8
    [h, w] infrared. `t_s`: captured, monotonic seconds."""

    t_s: float
    values: NDArray[np.uint16] | NDArray[np.uint8]


class SecondSource(Protocol):
    """The second camera. Like a FrameSource, but one plane of readings instead of colours."""

    name: str
    kind: SecondKind

    def identity(self) -> Camera: ...

    def open(self) -> None: ...

    def read(self) -> Reading: ...

    def close(self) -> None: ...


class Infrared:
    """A camera whose pictures are infrared: most come as colour pictures that are grey."""

    kind = SecondKind.INFRARED

    def __init__(self, source: FrameSource) -> None:
        self.name = source.name
        self._source = source

    def identity(self) -> Camera:
        return self._source.identity()

    def open(self) -> None:
        self._source.open()

    def read(self) -> Reading:
        frame = self._source.read()
        return Reading(frame.t_s, np.ascontiguousarray(frame.pixels[:, :, 1]))

    def close(self) -> None:
        self._source.close()


class PairedCamera:
    """A FrameSource of colour frames with a second plane.

    `affine` None: both cameras see the same picture, perhaps at different sizes.
    """

    def __init__(
        self, colour: FrameSource, second: SecondSource, affine: Affine | None = None
    ) -> None:
        self.name = f"{colour.name} with {second.name} ({second.kind})"
        self._colour = colour
        self._second = second
        self._affine = affine
        self._last: tuple[Reading, ...] = ()
        #: Since when the second camera's readings are the same.
        self._same_s = 0.0

    def identity(self) -> Camera:
        """One fingerprint for both, so that either one swapped is another camera."""
        colour, second = self._colour.identity(), self._second.identity()
        return replace(
            colour,
            kind=least_trusted((colour.kind, second.kind)),
            name=f"{colour.name} with {second.name}",
            driver=f"{colour.driver}+{second.driver}",
            bus=f"{colour.bus}+{second.bus}",
            ids=f"{colour.ids}+{second.ids}",
        )

    def open(self) -> CameraFormat:
        self._last = ()
        told = self._colour.open()
        try:
            self._second.open()
        except BaseException:
            self._colour.close()
            raise
        return told

    def read(self) -> Frame:
        frame = self._colour.read()
        return replace(frame, second=self._plane_at(frame))

    def close(self) -> None:
        self._last = ()
        try:
            self._colour.close()
        finally:
            self._second.close()

    def _plane_at(self, frame: Frame) -> Plane | None:
        for _ in range(_MOST_READ):
            if self._last and self._last[-1].t_s >= frame.t_s:
                break
            self._last = (*self._last[-1:], self._read_on())
        else:
            raise CameraMisbehaved(
                f"The times of {self._second.name} do not follow those of {self._colour.name}. "
                "Use two cameras of one device, or none in camera.second."
            )
        best = min(self._last, key=lambda each: abs(each.t_s - frame.t_s))
        if not abs(best.t_s - frame.t_s) <= NEAREST_S:
            return None
        affine = self._affine or _scaling(frame.pixels.shape, best.values.shape)
        return Plane(self._second.kind, _checked(best.values, self._second), affine)

    def _read_on(self) -> Reading:
        """The next reading; its sensor's noise makes it another one than the last, unless there
        is nothing within its range at all."""
        reading = self._second.read()
        before = self._last[-1].values if self._last else None
        if before is None or not np.array_equal(reading.values, before):
            self._same_s = reading.t_s
        elif reading.t_s - self._same_s >= FROZEN_S and reading.values.any():
            raise CameraMisbehaved(
                f"{self._second.name} repeats the same picture. Replug the camera."
            )
        return reading


def _checked(
    values: NDArray[np.uint16] | NDArray[np.uint8], second: SecondSource
) -> NDArray[np.uint16] | NDArray[np.uint8]:
    wanted = np.uint16 if second.kind is SecondKind.DEPTH else np.uint8
    if values.ndim != 2 or values.dtype != wanted:  # noqa: PLR2004 - one plane
        raise CameraUnavailable(
            f"{second.name} delivers no {second.kind} pictures ({values.dtype}, {values.shape}). "
            "Check camera.second and camera.second_kind."
        )
    values.flags.writeable = False
    return values


def _scaling(colour: Sequence[int], second: Sequence[int]) -> Affine:
    return (second[1] / colour[1], 0.0, 0.0), (0.0, second[0] / colour[0], 0.0)


#: From the one that can be enrolled to the one that never is.
_TRUST = (
    SourceKind.DEVICE,
    SourceKind.NETWORK,
    SourceKind.UNKNOWN,
    SourceKind.SIMULATED,
    SourceKind.RECORDING,
    SourceKind.VIRTUAL,
)


def least_trusted(kinds: tuple[SourceKind, ...]) -> SourceKind:
    return max(kinds, key=_TRUST.index)
