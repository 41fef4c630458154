"""Which camera an address leads to, as the system says and not as its pictures do.

On Linux the kernel's tree of devices (sysfs) says where a camera is plugged in, which driver
serves it and whether there is hardware behind it at all; a program with a camera's name cannot
write there. Elsewhere OpenCV knows a number and an interface and no more: such a camera is of
unknown kind, and swapping it for another one is not noticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never
from urllib.parse import urlsplit

from app.camera.address import Address, Device, Interface, Recording, Stream
from app.domain.source import Camera, SourceKind

ROOT = Path("/")
_CLASS = "sys/class/video4linux"
_NODE = re.compile(r"video[0-9]+")
#: A device on USB is `bus-port.port:configuration.interface`; the bus is renumbered by chance.
_USB = re.compile(r"[0-9]+-(?P<ports>[0-9.]+)(?P<interface>:[0-9.]+)?")
_FOUR_HEX = re.compile(r"[0-9a-fA-F]{4}")
_LONGEST_TEXT = 128
_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}

#: Drivers, and stems of devices, behind which there is a program: loopbacks, the kernel's test
#: drivers, USB over the network, and a USB host that exists in software only.
VIRTUAL_DRIVERS = frozenset(
    {
        "v4l2loopback", "v4l2_loopback", "akvcam", "vivid", "vimc", "vim2m", "vicodec", "visl",
        "vhci_hcd", "usbip", "usbip_vhci", "dummy_hcd", "dummy_udc", "avstream", "vcam",
    }
)  # fmt: skip

#: Words in the names of programs that look like a camera, in lower case. Their names can be
#: changed, so this only catches who does not hide; the tree of devices catches the others.
VIRTUAL_NAMES = (
    "obs virtual", "obs-camera", "virtual", "loopback", "dummy video", "manycam", "droidcam",
    "snap camera", "xsplit", "splitcam", "youcam", "sparkocam", "webcammax", "e2esoft", "vcam",
    "iriun", "epoccam", "ivcam", "camtwist", "ndi webcam", "ndi video", "unity video capture",
    "akvcam", "mmhmm", "camo studio", "reincubate", "fake", "ffmpeg", "gstreamer", "scrcpy",
)  # fmt: skip


def camera_at(address: Address, width_px: int = 0, height_px: int = 0, root: Path = ROOT) -> Camera:
    """What `address` leads to now; never raises. `root` is where `sys` and `dev` lie."""
    return replace(_found(address, root), width_px=width_px, height_px=height_px)


def _found(address: Address, root: Path) -> Camera:
    match address:
        case Device(where, interface):
            if interface is Interface.V4L2:
                return _in_sysfs(address, root)
            return Camera(SourceKind.UNKNOWN, str(address), interface.value, str(where))
        case Stream(url):
            return _on_network(url)
        case Recording(path):
            return Camera(SourceKind.RECORDING, f"recording {Path(path).name}", "file")
        case _ as never:
            assert_never(never)


def devices(root: Path = ROOT) -> Iterator[tuple[str, Camera]]:
    """Every video device the kernel knows, by its path; empty where there is no sysfs."""
    try:
        names = sorted(
            each.name for each in (root / _CLASS).iterdir() if _NODE.fullmatch(each.name)
        )
    except OSError:
        names = []
    for name in names:
        device = Device(f"/dev/{name}", Interface.V4L2)
        yield f"/dev/{name}", camera_at(device, root=root)


def _on_network(url: str) -> Camera:
    """Scheme, host, port and path: never who may look, nor the query, which may hold a key."""
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    place = f"{parts.scheme}://{parts.hostname or ''}:{port}{parts.path}"
    return Camera(SourceKind.NETWORK, place, parts.scheme, place)


@dataclass(frozen=True, slots=True)
class _Place:
    """A device in sysfs: its folder, the folder of all devices, and its way from there."""

    folder: Path
    top: Path
    parts: tuple[str, ...]


def _in_sysfs(address: Device, root: Path) -> Camera:
    unknown = Camera(SourceKind.UNKNOWN, str(address), Interface.V4L2.value)
    try:
        node = _node(address.where, root)
        place = _place(root / _CLASS / node, root) if _NODE.fullmatch(node) else None
        if place is None:
            return unknown
        name = _text(place.folder / "name")
        driver = _link(place.folder / "device" / "driver")
        ids = _usb_ids(place)
    except (OSError, RuntimeError, ValueError):  # also a loop of links, a name with a zero byte
        return unknown
    kind = _kind(place, name, driver)
    return Camera(kind, name or str(address), driver, _bus(place), ids)


def _node(where: int | str, root: Path) -> str:
    """The device's own name, such as video0, also behind /dev/v4l/by-id/…"""
    if isinstance(where, int):
        return f"video{where}"
    return (root / where.lstrip("/")).resolve().name


def _place(entry: Path, root: Path) -> _Place | None:
    """Where the entry of the class leads; None where it is no device of this system."""
    top = (root / "sys/devices").resolve()
    folder = entry.resolve(strict=True)
    if not folder.is_relative_to(top):
        return None
    return _Place(folder, top, folder.relative_to(top).parts)


def _kind(place: _Place, name: str, driver: str) -> SourceKind:
    said = name.lower()
    stems = {part.partition(".")[0] for part in place.parts}
    behind = {driver, *stems}
    if place.parts[0] == "virtual" or behind & VIRTUAL_DRIVERS:
        return SourceKind.VIRTUAL
    if any(word in said for word in VIRTUAL_NAMES):
        return SourceKind.VIRTUAL
    return SourceKind.DEVICE if driver else SourceKind.UNKNOWN


def _bus(place: _Place) -> str:
    """The way to the socket it is plugged into, the same after every start."""
    way = []
    *parts, last = [part for part in place.parts if part != "video4linux"]
    for number, part in enumerate(parts):
        usb = _USB.fullmatch(part)
        if usb is None:
            way += [] if re.fullmatch(r"usb[0-9]+", part) else [part]
        elif number + 1 == len(parts):
            way.append(f"usb-{usb['ports']}{usb['interface'] or ''}")
    return "/".join(way) or last


def _usb_ids(place: _Place) -> str:
    """vendor:product, and :serial where there is one, of the nearest USB device above."""
    for folder in (place.folder, *place.folder.parents):
        if folder == place.top:
            break
        vendor, product = _text(folder / "idVendor"), _text(folder / "idProduct")
        if _FOUR_HEX.fullmatch(vendor) and _FOUR_HEX.fullmatch(product):
            serial = _text(folder / "serial")
            return f"{vendor}:{product}".lower() + (f":{serial}" if serial else "")
    return ""


def _text(path: Path) -> str:
    """The one line of a file, made printable; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            said = file.read(_LONGEST_TEXT).decode("utf-8", "replace").strip()
    except OSError:
        return ""
    return "".join(letter if letter.isprintable() else "�" for letter in said)


def _link(path: Path) -> str:
    """The name of what a link leads to; empty where it leads nowhere."""
    try:
        return path.resolve(strict=True).name
    except OSError:
        return ""
