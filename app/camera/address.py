"""What the camera setting means: one line of text to one kind of source.

0                          the first camera, through this platform's own interface
dshow:1                    the second one, through a named interface
/dev/v4l/by-id/usb-…       a Linux camera by its name, which survives replugging
http://…  https://…        an MJPEG or other stream
rtsp://…  rtsps://…        a network camera
file:/path/to/video.mp4    a recording; file: works with a folder of pictures too
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

from app.errors import SettingsError

HELP = (
    "Use a number such as 0, a path such as /dev/v4l/by-id/usb-…, an address such as "
    "rtsp://camera/stream, or file:/path/to/video.mp4."
)
_STREAMS = ("http", "https", "rtsp", "rtsps")


class Interface(Enum):
    """How a device is reached; the names are those used in the address."""

    V4L2 = "v4l2"
    MSMF = "msmf"
    DSHOW = "dshow"
    AVFOUNDATION = "avfoundation"


@dataclass(frozen=True, slots=True)
class Device:
    """A camera of this machine, by number or by path."""

    where: int | str
    interface: Interface

    def __str__(self) -> str:
        return self.where if isinstance(self.where, str) else f"camera {self.where}"


@dataclass(frozen=True, slots=True)
class Stream:
    """A camera on the network. The text shown leaves out user name, password and query."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@dataclass(frozen=True, slots=True)
class Recording:
    """A video file or a folder of pictures."""

    path: str

    def __str__(self) -> str:
        return self.path


Address = Device | Stream | Recording


def parse_address(text: str, platform: str = sys.platform) -> Address:
    """What `text` names; raises SettingsError for text that names nothing.

    Whether the source is there is only known when it is opened.
    """
    text = text.strip()
    if text.isdecimal():
        return Device(int(text), _own_interface(platform))
    if text.startswith("/dev/"):
        return Device(text, Interface.V4L2)
    scheme, separator, rest = text.partition(":")
    scheme = scheme.lower()
    if separator and scheme in {interface.value for interface in Interface} and rest.isdecimal():
        return Device(int(rest), Interface(scheme))
    if separator and scheme in _STREAMS:
        return _stream(text)
    if separator and scheme == "file":
        path = rest.removeprefix("//")
        if path:
            return Recording(path)
    raise SettingsError(f"The camera address {text!r} names no camera. {HELP}")


def _own_interface(platform: str) -> Interface:
    match platform:
        case "win32":
            return Interface.MSMF
        case "darwin":
            return Interface.AVFOUNDATION
        case _:
            return Interface.V4L2


def _stream(text: str) -> Stream:
    """The message never repeats the text: it may hold a password."""
    try:
        parts = urlsplit(text)
        complete = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        complete = False
    if not complete:
        raise SettingsError(f"The camera address names no host, or a port that cannot be. {HELP}")
    return Stream(text)
