"""Enrolled cameras. A row that does not say what its fingerprint promises is nobody's camera."""

from __future__ import annotations

import math

from app.domain.source import (
    NEVER_ENROLLED,
    Camera,
    EnrolledCamera,
    LightProfile,
    canonical,
    parse,
)
from app.errors import GalleryRefused
from app.gallery.sql import Connection


def everyone(connection: Connection) -> tuple[EnrolledCamera, ...]:
    """Oldest first. What cannot be read is left out, and so opens nothing."""
    rows = connection.execute(
        "SELECT fingerprint, camera, enrolled_s, light FROM cameras "
        "ORDER BY enrolled_s, fingerprint"
    )
    read = ((_read(row[0], row[1], row[3]), row[2], row[3]) for row in rows)
    return tuple(
        EnrolledCamera(camera, at_s, LightProfile(light))
        for camera, at_s, light in read
        if camera is not None
    )


def unreadable(connection: Connection) -> list[str]:
    """What an operator is told of rows that are left out."""
    rows = connection.execute("SELECT fingerprint, camera, light FROM cameras ORDER BY fingerprint")
    return [
        f"the enrolled camera {fingerprint[:12]} is not what it was enrolled as; enrol it again"
        for fingerprint, text, light in rows
        if _read(fingerprint, text, light) is None
    ]


def _read(fingerprint: str, text: str, light: str) -> Camera | None:
    try:
        camera, _ = parse(text), LightProfile(light)
    except (ValueError, KeyError, TypeError):
        return None
    honest = camera.fingerprint == fingerprint and camera.kind not in NEVER_ENROLLED
    return camera if honest else None


def put(connection: Connection, enrolled: EnrolledCamera) -> None:
    """Raises GalleryRefused for what is no camera."""
    camera = enrolled.camera
    if camera.kind in NEVER_ENROLLED:
        raise GalleryRefused(f"A {camera.kind} camera is never enrolled. Choose a real one.")
    if not math.isfinite(enrolled.enrolled_utc_s):
        raise GalleryRefused("A time is finite. Set the clock.")
    connection.execute(
        "INSERT OR REPLACE INTO cameras VALUES (?, ?, ?, ?)",
        (camera.fingerprint, canonical(camera), enrolled.enrolled_utc_s, enrolled.light.value),
    )


def erase(connection: Connection, fingerprint: str) -> None:
    """Raises GalleryRefused where no such camera is enrolled."""
    gone = connection.execute("DELETE FROM cameras WHERE fingerprint = ?", (fingerprint,))
    if gone.rowcount != 1:
        raise GalleryRefused("No such camera is enrolled. See: foyer liveness camera")
