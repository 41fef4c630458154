"""Which camera it is: read from a tree of devices as the kernel lays it out, made by hand."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.camera.address import Device, Interface, parse_address
from app.camera.identity import camera_at, devices
from app.camera.opencv import OpencvCamera
from app.camera.replay import ReplayCamera
from app.domain.source import Camera, SourceKind
from app.errors import CameraMisbehaved
from tests.fakes.camera import ScriptedCapture, noisy_picture, write_video

USB = "pci0000:00/0000:00:14.0/usb1/1-3/1-3:1.0"


@dataclass
class Tree:
    """A root with `sys` and `dev`; every device is laid out as Linux 6 does."""

    root: Path

    def plug(
        self,
        node: str = "video0",
        place: str = USB,
        name: str = "HD Pro Webcam C920",
        driver: str = "uvcvideo",
        ids: tuple[str, str, str] = ("046d", "082d", "A1B2C3"),
    ) -> Path:
        """The folder of the new device in sysfs. Without `driver` there is none behind it."""
        device = self.root / "sys/devices" / place
        folder = device / "video4linux" / node
        folder.mkdir(parents=True)
        (folder / "name").write_text(f"{name}\n", encoding="utf-8")
        if driver:
            behind = self.root / "sys/bus/usb/drivers" / driver
            behind.mkdir(parents=True, exist_ok=True)
            self.link(folder / "device", device)
            if not (device / "driver").exists():
                self.link(device / "driver", behind)
        for file, text in zip(("idVendor", "idProduct", "serial"), ids, strict=True):
            if text:
                (device.parent / file).write_text(f"{text}\n", encoding="utf-8")
        self.link(self.root / "sys/class/video4linux" / node, folder)
        (self.root / "dev").mkdir(exist_ok=True)
        (self.root / "dev" / node).write_bytes(b"")
        return folder

    def link(self, at: Path, to: Path) -> None:
        at.parent.mkdir(parents=True, exist_ok=True)
        at.symlink_to(os.path.relpath(to, at.parent))

    def camera(self, address: str = "0") -> Camera:
        return camera_at(parse_address(address, "linux"), 640, 480, self.root)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / "sys/class/video4linux").mkdir(parents=True)
    (tmp_path / "sys/devices").mkdir(parents=True)
    return Tree(tmp_path)


# -- hardware


def test_a_usb_camera_is_known_by_socket_ids_driver_and_size(tree: Tree) -> None:
    tree.plug()
    assert tree.camera() == Camera(
        SourceKind.DEVICE,
        "HD Pro Webcam C920",
        "uvcvideo",
        "pci0000:00/0000:00:14.0/usb-3:1.0",
        "046d:082d:A1B2C3",
        640,
        480,
    )


def test_it_is_the_same_by_any_of_its_names(tree: Tree) -> None:
    tree.plug("video2")
    by_id = tree.root / "dev/v4l/by-id/usb-046d_HD_Pro_Webcam_C920_A1B2C3-video-index0"
    tree.link(by_id, tree.root / "dev/video2")
    named = (
        tree.camera("2"),
        tree.camera("/dev/video2"),
        tree.camera(f"/dev/v4l/by-id/{by_id.name}"),
    )
    assert len({each.fingerprint for each in named}) == 1


def test_neither_its_number_nor_the_number_of_its_bus_matters(tmp_path: Path) -> None:
    """Both are given out in the order things are found in; a restart must not change a camera."""
    before, after = Tree(tmp_path / "before"), Tree(tmp_path / "after")
    before.plug("video0")
    after.plug("video4", USB.replace("usb1/1-3/1-3:", "usb3/3-3/3-3:"))
    assert before.camera("0") == after.camera("4")


@pytest.mark.parametrize(
    "change",
    [
        {"place": "pci0000:00/0000:00:14.0/usb1/1-4/1-4:1.0"},
        {"place": "pci0000:00/0000:00:14.0/usb1/1-3/1-3.2/1-3.2:1.0"},
        {"place": "pci0000:00/0000:00:15.0/usb1/1-3/1-3:1.0"},
        {"place": "pci0000:00/0000:00:14.0/usb1/1-3/1-3:1.2"},
        {"driver": "gspca_main"},
        {"name": "HD Pro Webcam C922"},
        {"ids": ("046d", "085c", "A1B2C3")},
        {"ids": ("046d", "082d", "D4E5F6")},
        {"ids": ("046d", "082d", "")},
    ],
    ids=str,
)
def test_another_socket_driver_or_device_is_another_camera(
    tmp_path: Path, change: dict[str, str]
) -> None:
    one, other = Tree(tmp_path / "one"), Tree(tmp_path / "other")
    one.plug()
    other.plug(**change)  # type: ignore[arg-type]
    assert other.camera().kind is SourceKind.DEVICE
    assert one.camera().fingerprint != other.camera().fingerprint


def test_a_camera_on_the_board_has_a_place_too(tree: Tree) -> None:
    tree.plug(place="platform/soc/fe801000.csi", driver="unicam", name="unicam", ids=("", "", ""))
    camera = tree.camera()
    assert (camera.kind, camera.bus, camera.ids) == (
        SourceKind.DEVICE,
        "platform/soc/fe801000.csi",
        "",
    )


# -- programs that look like a camera


@pytest.mark.parametrize(
    ("place", "driver", "name"),
    [
        ("virtual", "", "HD Pro Webcam C920"),
        ("virtual", "", "OBS Virtual Camera"),
        ("platform/vivid.0", "vivid", "vivid-000-vid-cap"),
        ("platform/vimc.0", "vimc", "Sensor A"),
        ("platform/vhci_hcd.0/usb5/5-1/5-1:1.0", "uvcvideo", "HD Pro Webcam C920"),
        ("platform/dummy_hcd.0/usb7/7-1/7-1:1.0", "uvcvideo", "HD Pro Webcam C920"),
        ("platform/akvcam", "akvcam", "HD Pro Webcam C920"),
        (USB, "v4l2loopback", "HD Pro Webcam C920"),
        (USB, "uvcvideo", "ManyCam Virtual Webcam"),
        (USB, "uvcvideo", "DroidCam"),
        (USB, "uvcvideo", "Snap Camera"),
        (USB, "uvcvideo", "XSplit VCam"),
        (USB, "uvcvideo", "Dummy video device (0x0000)"),
        (USB, "uvcvideo", "obs-camera"),
    ],
)
def test_a_program_is_no_camera_whatever_it_calls_itself(
    tree: Tree, place: str, driver: str, name: str
) -> None:
    tree.plug(place=place, driver=driver, name=name)
    assert tree.camera().kind is SourceKind.VIRTUAL


@pytest.mark.parametrize(
    "name",
    ["HD Pro Webcam C920", "Integrated Camera: Integrated C", "FaceTime HD Camera", "BRIO 4K",
     "USB2.0 HD UVC WebCam", "Intel(R) RealSense(TM) Depth Ca", "Surface Camera Front", "ov5647"],
)  # fmt: skip
def test_a_usual_name_is_not_taken_for_a_program(tree: Tree, name: str) -> None:
    tree.plug(name=name)
    assert tree.camera().kind is SourceKind.DEVICE


# -- what is missing, unreadable or nonsense


def test_without_sysfs_nothing_is_known_and_nothing_falls_over(tmp_path: Path) -> None:
    camera = camera_at(Device(0, Interface.V4L2), 640, 480, tmp_path)
    assert camera == Camera(SourceKind.UNKNOWN, "camera 0", "v4l2", "", "", 640, 480)
    assert list(devices(tmp_path)) == []


@pytest.mark.parametrize(
    "address", ["7", "/dev/video7", "/dev/null", "/dev/v4l/by-id/gone", "/dev/../etc/passwd"]
)
def test_an_address_that_leads_to_no_video_device_is_unknown(tree: Tree, address: str) -> None:
    tree.plug()
    assert tree.camera(address).kind is SourceKind.UNKNOWN


def test_a_name_with_a_zero_byte_is_unknown(tree: Tree) -> None:
    device = Device("/dev/video\0", Interface.V4L2)
    assert camera_at(device, root=tree.root).kind is SourceKind.UNKNOWN


def test_links_that_go_round_in_a_circle(tree: Tree) -> None:
    at = tree.root / "sys/class/video4linux/video0"
    at.symlink_to("video1")
    at.with_name("video1").symlink_to("video0")
    assert tree.camera().kind is SourceKind.UNKNOWN


def test_an_entry_that_leads_out_of_the_devices_is_unknown(tree: Tree) -> None:
    """A folder somebody made elsewhere is not the kernel's word."""
    (tree.root / "home").mkdir()
    (tree.root / "home/name").write_text("HD Pro Webcam C920", encoding="utf-8")
    tree.link(tree.root / "sys/class/video4linux/video0", tree.root / "home")
    assert tree.camera().kind is SourceKind.UNKNOWN


def test_no_driver_is_nothing_to_rely_on(tree: Tree) -> None:
    folder = tree.plug()
    (folder / "device/driver").unlink()
    assert tree.camera().kind is SourceKind.UNKNOWN


@pytest.mark.parametrize("file", ["name", "device/../idVendor", "device/../serial"])
@pytest.mark.parametrize("fault", ["gone", "folder", "garbage", "endless"])
def test_a_file_that_cannot_be_read_leaves_its_word_out(tree: Tree, file: str, fault: str) -> None:
    path = (tree.plug() / file).resolve()
    whole = tree.camera()
    path.unlink()
    if fault == "folder":
        path.mkdir()
    if fault == "garbage":
        path.write_bytes(bytes(range(256)))
    if fault == "endless":
        path.write_bytes(b"A" * 1_000_000)
    camera = tree.camera()
    assert camera.kind is SourceKind.DEVICE
    assert camera.fingerprint != whole.fingerprint
    assert all(text.isprintable() and len(text) < 300 for text in (camera.name, camera.ids))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_nobody_may_read(tree: Tree) -> None:
    (tree.plug() / "name").chmod(0)
    assert tree.camera().kind is SourceKind.DEVICE


@pytest.mark.parametrize("vendor", ["", "46d", "xyzt", "046d\n\n082d", "\uff10\uff14\uff16\uff44"])
def test_ids_are_four_digits_or_none(tree: Tree, vendor: str) -> None:
    tree.plug(ids=(vendor, "082d", "A1"))
    assert tree.camera().ids == ""


# -- other sources


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("rtsp://porter:s3cret@Gate.local/one?key=s3cret", "rtsp://gate.local:554/one"),
        ("http://gate.local:8080/one.mjpg", "http://gate.local:8080/one.mjpg"),
        ("https://gate.local/", "https://gate.local:443/"),
    ],
)
def test_a_network_camera_is_its_address_without_any_secret(
    tree: Tree, address: str, place: str
) -> None:
    camera = tree.camera(address)
    assert (camera.kind, camera.bus) == (SourceKind.NETWORK, place)
    assert "s3cret" not in repr(camera)
    assert "porter" not in repr(camera)


def test_another_port_or_path_is_another_camera(tree: Tree) -> None:
    names = ("rtsp://g/1", "rtsp://g:555/1", "rtsp://g/2", "rtsps://g/1", "rtsp://h/1")
    assert len({tree.camera(name).fingerprint for name in names}) == len(names)
    assert tree.camera("rtsp://g/1") == tree.camera("rtsp://a:b@g:554/1")


@pytest.mark.parametrize("address", ["msmf:0", "dshow:1", "avfoundation:0"])
def test_where_the_system_does_not_say_the_kind_is_unknown(tree: Tree, address: str) -> None:
    tree.plug()
    camera = tree.camera(address)
    assert camera.kind is SourceKind.UNKNOWN
    assert camera.driver == address.partition(":")[0]


def test_a_recording_says_so_through_either_reader(tmp_path: Path) -> None:
    path = write_video(tmp_path / "visitor.avi", 3)
    for source in (ReplayCamera(path), OpencvCamera(parse_address(f"file:{path}"))):
        assert source.identity().kind is SourceKind.RECORDING
        source.open()
        source.close()
        camera = source.identity()
        assert (camera.kind, camera.width_px, camera.height_px) == (SourceKind.RECORDING, 160, 120)
        assert str(tmp_path) not in repr(camera)


# -- through a camera that is open


def seen_by(tree: Tree, capture: ScriptedCapture) -> OpencvCamera:
    def identify(address: object, width_px: int, height_px: int) -> Camera:
        assert isinstance(address, Device)
        return camera_at(address, width_px, height_px, tree.root)

    return OpencvCamera(Device(0, Interface.V4L2), opener=lambda *_: capture, identify=identify)


def test_an_open_camera_says_at_each_moment_what_is_there_now(tree: Tree) -> None:
    """Taken away and replaced behind the driver's back: the next look at the system tells."""
    folder = tree.plug()
    source = seen_by(tree, ScriptedCapture())
    assert source.identity().width_px == 0
    source.open()
    first = source.identity()
    assert (first.kind, first.width_px, first.height_px) == (SourceKind.DEVICE, 160, 120)
    (folder / "name").write_text("OBS Virtual Camera", encoding="utf-8")
    assert source.identity().kind is SourceKind.VIRTUAL
    source.close()


def test_a_camera_that_changes_its_size_in_mid_session_ends_it_and_is_another_one(
    tree: Tree,
) -> None:
    tree.plug()
    capture = ScriptedCapture()
    source = seen_by(tree, capture)
    source.open()
    source.read()
    before = source.identity()
    capture.pictures = lambda number: noisy_picture(number, 320, 240)
    with pytest.raises(CameraMisbehaved, match="picture size"):
        _read_five(source)
    source.close()
    source.open()
    assert source.identity() == replace(before, width_px=320, height_px=240)
    assert source.identity().fingerprint != before.fingerprint
    source.close()


def _read_five(source: OpencvCamera) -> None:
    """The grabber may have one picture of the old size in hand."""
    for _ in range(5):
        source.read()


def test_every_device_is_listed_with_its_path(tree: Tree) -> None:
    tree.plug("video0")
    tree.plug("video10", "virtual", driver="", name="loop")
    found = dict(devices(tree.root))
    assert [(path, each.kind) for path, each in found.items()] == [
        ("/dev/video0", SourceKind.DEVICE),
        ("/dev/video10", SourceKind.VIRTUAL),
    ]
