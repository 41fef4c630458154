"""One still picture for enrolment, judged by the gate that visitors pass at sign-in."""

from __future__ import annotations

from app.domain.observation import Face
from app.domain.policy import QualityPolicy
from app.domain.quality import fault
from app.domain.reasons import Reason
from app.ports import FaceEngine, Frame


def best_face(engine: FaceEngine, frame: Frame, policy: QualityPolicy) -> Face | Reason:
    """The largest face of a single frame, or the one thing to mend about the picture.

    Ends the engine's tracks before and after, so that pictures do not follow each other.
    """
    engine.forget()
    observation = engine.observe(frame)
    engine.forget()
    face = max(observation.faces, key=lambda each: each.box.area, default=None)
    if face is None:
        return Reason.NO_FACE
    return fault(face, observation.faces, observation, policy, frontal=True) or face
