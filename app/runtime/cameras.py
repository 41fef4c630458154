"""What rooms without a gallery go by of the enrolled cameras: which is, and what was said of it.

`SourceWatch` tells whoever runs the kiosk, in the log, that the face path is shut for its
camera's sake, `LightWatch` the camera room how a camera's light is treated. They only listen:
what is decided is decided in the domain, by the same rule.
"""

from __future__ import annotations

import logging
import threading

from app.domain import source
from app.domain.events import CameraOpened, Event, GalleryChanged
from app.domain.policy import Policy
from app.domain.source import Camera, EnrolledCamera, LightProfile, SourceFault

log = logging.getLogger(__name__)


class SourceWatch:
    """`see` is called with events of any kind, on any thread; every change is said once."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._lock = threading.Lock()
        self._camera: Camera | None = None
        self._enrolled: tuple[EnrolledCamera, ...] | None = None
        self._said: SourceFault | None = None

    def see(self, event: Event) -> None:
        match event:
            case CameraOpened(camera=camera):
                with self._lock:
                    self._camera = camera
                    self._tell()
            case GalleryChanged(cameras=enrolled):
                with self._lock:
                    self._enrolled = enrolled
                    self._tell()
            case _:
                pass

    def _tell(self) -> None:
        if self._camera is None or self._enrolled is None:
            return
        fault = source.refusal(self._camera, self._enrolled, self._policy.admits)
        if fault is not None and fault is not self._said:
            log.warning(
                "%s: the face path is closed for %s. %s",
                fault,
                self._camera.name,
                source.CURES[fault],
            )
        self._said = fault


class LightWatch:
    """`see` is called with events of any kind and `of` with a camera, on any thread."""

    def __init__(self) -> None:
        self._enrolled: tuple[EnrolledCamera, ...] = ()

    def see(self, event: Event) -> None:
        if isinstance(event, GalleryChanged):
            self._enrolled = event.cameras

    def of(self, camera: Camera) -> LightProfile:
        return source.light_of(camera, self._enrolled)
