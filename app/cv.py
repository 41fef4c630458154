"""OpenCV, imported once and the same way by every part that needs it.

opencv-python points two Qt variables at its own plugins (and, on Linux, LD_LIBRARY_PATH at its
own folder) when it is imported; our windows and the programs we start must not inherit them.
The variables set here only have defaults: an operator who exported one keeps it.
"""

from __future__ import annotations

import os

_NATIVE = {
    # Faults become errors with a code; OpenCV and FFmpeg printing them too would be noise.
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    # Seconds that a V4L2 read may block when the driver delivers nothing; OpenCV's default is 10.
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "1",
    # A 389 kB PNG of 20000x20000 cost 2.3 GiB to decode (FIELD); 64 megapixels is the limit.
    "OPENCV_IO_MAX_IMAGE_PIXELS": str(64 * 1024 * 1024),
}
_LEAKED = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")

_before = {name: os.environ.get(name) for name in _LEAKED}
for _name, _value in _NATIVE.items():
    os.environ.setdefault(_name, _value)

import cv2  # noqa: E402 - the variables above are read while it loads

for _name, _old in _before.items():
    if _old is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _old

__all__ = ["cv2"]
