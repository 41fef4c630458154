"""What delivers the pictures: which camera it is, and whether the face path may go by it.

Every other layer judges pictures, and pictures can be made: a program that looks like a camera
shows whatever it likes. So an administrator names the cameras, and no other opens a door.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class SourceKind(StrEnum):
    """DEVICE: hardware, as the system's own tree of devices says. NETWORK: a stream. VIRTUAL: a
    program that looks like a camera. RECORDING: a file. SIMULATED: Foyer's own visitor, an
    animated photograph. UNKNOWN: this system does not say what it is."""

    DEVICE = "device"
    NETWORK = "network"
    VIRTUAL = "virtual"
    RECORDING = "recording"
    SIMULATED = "simulated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Camera:
    """What a source is, read from the system and not from its pictures.

    `bus`: the place it is plugged in, or a stream's address without user, password and query.
    `ids`: vendor:product, and :serial where there is one. Size as delivered, 0 before the first
    opening. What is not known is empty.
    """

    kind: SourceKind
    name: str
    driver: str = ""
    bus: str = ""
    ids: str = ""
    width_px: int = 0
    height_px: int = 0

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical text, 64 hexadecimal digits."""
        return hashlib.sha256(canonical(self).encode("utf-8", "backslashreplace")).hexdigest()


class LightProfile(StrEnum):
    """How the faces a camera sees are handed to the recogniser: AS_IS, or EVENED, brightened and
    darkened to the full range where they are flat, for a place against the light or in the dark.
    Only with a model pack that was measured to gain by it (docs/decisions/0016)."""

    AS_IS = "as-is"
    EVENED = "evened"


@dataclass(frozen=True, slots=True)
class EnrolledCamera:
    """A camera an administrator named. `enrolled_utc_s`: when, seconds since the epoch."""

    camera: Camera
    enrolled_utc_s: float
    light: LightProfile = LightProfile.AS_IS


def canonical(camera: Camera) -> str:
    """The text that is hashed and stored: JSON, sorted keys, no spaces, ASCII."""
    fields = {
        "kind": camera.kind,
        "name": camera.name,
        "driver": camera.driver,
        "bus": camera.bus,
        "ids": camera.ids,
        "width_px": camera.width_px,
        "height_px": camera.height_px,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def parse(text: str) -> Camera:
    """The camera a stored text stands for; raises ValueError, KeyError or TypeError on others."""
    fields = json.loads(text)
    return Camera(
        kind=SourceKind(fields["kind"]),
        name=str(fields["name"]),
        driver=str(fields["driver"]),
        bus=str(fields["bus"]),
        ids=str(fields["ids"]),
        width_px=int(fields["width_px"]),
        height_px=int(fields["height_px"]),
    )


class SourceFault(StrEnum):
    """Why a source may not be gone by; a stable word for operators, never for a visitor."""

    UNSEEN = "camera-unseen"
    NONE_ENROLLED = "camera-none-enrolled"
    NOT_ENROLLED = "camera-not-enrolled"
    VIRTUAL = "camera-virtual"
    RECORDING = "camera-recording"
    SIMULATED = "camera-simulated"


#: What an operator can do about each.
CURES: dict[SourceFault, str] = {
    SourceFault.UNSEEN: "Wait until the camera was opened once.",
    SourceFault.NONE_ENROLLED: "Run: foyer liveness camera enrol",
    SourceFault.NOT_ENROLLED: "Plug the enrolled camera in where it was, or run: "
    "foyer liveness camera enrol",
    SourceFault.VIRTUAL: "Choose a real camera in camera.source; a program cannot be one.",
    SourceFault.RECORDING: "Choose a camera in camera.source; a recording opens no door.",
    SourceFault.SIMULATED: "Choose a camera in camera.source; the simulated one is for the demo.",
}

#: Kinds that are never enrolled; only `Policy.admits` may let the last two pass.
NEVER_ENROLLED = frozenset({SourceKind.VIRTUAL, SourceKind.RECORDING, SourceKind.SIMULATED})


def refusal(
    camera: Camera | None, enrolled: Iterable[EnrolledCamera], admits: frozenset[SourceKind]
) -> SourceFault | None:
    """Why the face path may not go by `camera` (None: not opened yet), or None where it may."""
    if camera is None:
        return SourceFault.UNSEEN
    match camera.kind:
        case SourceKind.VIRTUAL:
            return SourceFault.VIRTUAL
        case SourceKind.RECORDING:
            return None if camera.kind in admits else SourceFault.RECORDING
        case SourceKind.SIMULATED:
            return None if camera.kind in admits else SourceFault.SIMULATED
        case SourceKind.DEVICE | SourceKind.NETWORK | SourceKind.UNKNOWN:
            # Asked with every View: equal cameras have equal fingerprints, and hashing is dear.
            known = [each.camera for each in enrolled]
            if camera in known:
                return None
            return SourceFault.NOT_ENROLLED if known else SourceFault.NONE_ENROLLED
        case _ as never:
            assert_never(never)


def light_of(camera: Camera, enrolled: Iterable[EnrolledCamera]) -> LightProfile:
    """What was said of this very camera; as it is where nothing was."""
    found = enrolled_as(camera, enrolled)
    return LightProfile.AS_IS if found is None else found.light


def enrolled_as(camera: Camera | None, enrolled: Iterable[EnrolledCamera]) -> EnrolledCamera | None:
    """The enrolment of this very camera, if there is one."""
    return next((each for each in enrolled if each.camera == camera), None)
