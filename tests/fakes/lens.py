"""The camera of the tests, as a real one would name itself, and its enrolment."""

from __future__ import annotations

from app.domain.source import Camera, EnrolledCamera, SourceKind

LENS = Camera(
    SourceKind.DEVICE,
    "HD Pro Webcam",
    "uvcvideo",
    "pci0000:00/0000:00:14.0/usb-3:1.0",
    "046d:082d:A1B2C3",
    640,
    480,
)
ENROLLED = EnrolledCamera(LENS, 1_799_000_000.0)
