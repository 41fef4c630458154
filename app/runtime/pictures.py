"""From a camera frame to what the preview paints: mirrored, cropped, scaled, RGB."""

from __future__ import annotations

from app.cv import cv2
from app.domain.picture import Picture
from app.ports import Frame

#: The oval of a 1080-wide portrait screen; a landscape screen shows the same picture smaller.
WIDTH_PX = 660
HEIGHT_PX = 840


def picture_of(frame: Frame, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> Picture:
    """The middle of the frame in the preview's shape, as a person sees themselves in a mirror."""
    height, width = frame.pixels.shape[:2]
    crop_width = min(width, round(height * width_px / height_px))
    crop_height = min(height, round(width * height_px / width_px))
    left, top = (width - crop_width) // 2, (height - crop_height) // 2
    crop = frame.pixels[top : top + crop_height, left : left + crop_width]
    scaled = cv2.resize(crop, (width_px, height_px), interpolation=cv2.INTER_LINEAR)
    rgb = cv2.cvtColor(cv2.flip(scaled, 1), cv2.COLOR_BGR2RGB)
    return Picture(width_px, height_px, rgb.tobytes())
