"""One picture for the screen: what the camera thread hands to whoever paints it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Ready to paint: mirrored, cropped and scaled already.

    `rgb` is `height_px` rows of `width_px` pixels, 3 bytes each in the order red, green, blue,
    with no padding between rows. It is never written to disk or logged.
    """

    width_px: int
    height_px: int
    rgb: bytes

    def __post_init__(self) -> None:
        expected = self.width_px * self.height_px * 3
        if self.width_px < 1 or self.height_px < 1 or len(self.rgb) != expected:
            shape = f"{self.width_px} x {self.height_px}"
            raise ValueError(f"a picture of {shape} has {expected} bytes, not {len(self.rgb)}")

    def __repr__(self) -> str:
        return f"Picture({self.width_px} x {self.height_px})"
