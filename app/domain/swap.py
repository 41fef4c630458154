"""A camera that changes while somebody looks into it: the session is void.

Whoever could put another source in the place of the enrolled one for a moment could show it a
film. Nothing of this is told to the visitor but that the camera was interrupted.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain import source, visits
from app.domain.events import CameraOpened, Moment
from app.domain.evidence import Layer
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.states import Identifying, Kiosk, Verifying
from app.domain.visits import Stepped


def camera_opened(kiosk: Kiosk, event: CameraOpened, policy: Policy) -> Stepped:
    """A session goes on with the camera it began with, opened once for it; with no other."""
    same = event.camera == kiosk.camera
    kiosk = replace(kiosk, camera=event.camera)
    match kiosk.screen:
        case Verifying(opened=False) as screen if same and not is_refused(kiosk, policy):
            return replace(kiosk, screen=replace(screen, opened=True)), ()
        case Verifying() | Identifying():
            return _void(kiosk, event.t, policy)
        case _:
            return kiosk, ()


def enrolment_changed(kiosk: Kiosk, t: Moment, policy: Policy) -> Stepped:
    """A camera that was just forgotten ends the session it is in."""
    return _void(kiosk, t, policy) if is_refused(kiosk, policy) else (kiosk, ())


def is_refused(kiosk: Kiosk, policy: Policy) -> bool:
    return source.refusal(kiosk.camera, kiosk.cameras, policy.admits) is not None


def _void(kiosk: Kiosk, t: Moment, policy: Policy) -> Stepped:
    match kiosk.screen:
        case Verifying() | Identifying() as screen:
            return visits.deny(kiosk, screen.visit, Reason.CAMERA_LOST, t, policy, Layer.SOURCE)
        case _:
            return kiosk, ()
