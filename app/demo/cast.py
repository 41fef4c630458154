"""Who plays in the demo: people made from photographs that other packages install.

The employee is animated from the public-domain photograph that comes with scikit-image, the
stranger from one that comes with matplotlib; the attack is the employee's photograph held up.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.camera.portrait import Pixels, Sitter
from app.camera.simulated import LiveVisitor, PhotoVisitor, SimulatedCamera, Visitor
from app.camera.stills import Still, load_photo
from app.demo.player import VisitKind
from app.domain.light import Hue
from app.domain.liveness import Challenge
from app.domain.session import largest
from app.errors import ImageError
from app.ports import FaceEngine, Frame


def sitter_of(engine: FaceEngine, photo: Pixels) -> Sitter:
    """The photograph with the landmarks of its largest face; raises ImageError without one."""
    face = largest(engine.observe(Frame(1, 0.0, photo)))
    engine.forget()
    if face is None:
        raise ImageError("No face was found in the demo's photograph. Install Foyer again.")
    return Sitter(photo, face.landmarks)


@dataclass(frozen=True, slots=True)
class Cast:
    """One visitor for every kind of visit by face; the others need nobody at the camera."""

    employee: Visitor
    stranger: Visitor
    photo: Visitor

    def of(self, kind: VisitKind) -> Visitor | None:
        match kind:
            case VisitKind.EMPLOYEE | VisitKind.CLAIM:
                return self.employee
            case VisitKind.STRANGER:
                return self.stranger
            case VisitKind.PHOTO:
                return self.photo
            case VisitKind.BADGE | VisitKind.NUMBER:
                return None


def cast(engine: FaceEngine) -> Cast:
    """Everybody, with a loaded engine."""
    employee = sitter_of(engine, load_photo(Still.ASTRONAUT))
    stranger = sitter_of(engine, load_photo(Still.ADMIRAL))
    return Cast(LiveVisitor(employee), LiveVisitor(stranger), PhotoVisitor(employee))


class CameraStage:
    """Lets the cast walk up to a simulated camera and answer what is asked."""

    def __init__(self, camera: SimulatedCamera, players: Cast) -> None:
        self._camera = camera
        self._players = players

    def enter(self, who: VisitKind) -> None:
        visitor = self._players.of(who)
        if visitor is not None:
            self._camera.walk_up(visitor)

    def leave(self) -> None:
        self._camera.leave()

    def ask(self, challenge: Challenge | None) -> None:
        self._camera.ask(challenge)

    def shine(self, hue: Hue | None) -> None:
        self._camera.shine(hue)
