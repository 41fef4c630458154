"""One trial of the self-test in a terminal: the same face session, its prompts as lines of text."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from app.domain import selftest, session
from app.domain.assurance import Species, Trial
from app.domain.liveness import Challenge
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.session import Challenging, Complete, Failed, Framing, Session
from app.domain.source import Camera
from app.errors import CameraMisbehaved
from app.ports import FaceEngine, FrameSource

PROMPTS: dict[Challenge, str] = {
    Challenge.TURN_LEFT: "Turn your head left.",
    Challenge.TURN_RIGHT: "Turn your head right.",
    Challenge.LOOK_UP: "Look up.",
    Challenge.BLINK: "Blink once.",
    Challenge.OPEN_MOUTH: "Open your mouth.",
    Challenge.MOVE_CLOSER: "Lean in.",
}
REST = "Look straight ahead."
HINTS: dict[Reason, str] = {
    Reason.NO_FACE: "Into the middle of the picture, please.",
    Reason.SEVERAL_FACES: "One face at a time, please.",
    Reason.TOO_FAR: "Nearer, please.",
    Reason.TOO_NEAR: "Further back, please.",
    Reason.TOO_DARK: "More light, please.",
    Reason.TOO_BRIGHT: "Less light, please.",
    Reason.BLURRED: "Hold still, please.",
    Reason.CUT_OFF: "The whole face into the picture, please.",
    Reason.HOLD_STILL: "Hold still, please.",
    Reason.LOOK_STRAIGHT: REST,
    Reason.TILTED: "The head upright, please.",
    Reason.EYES_COVERED: "Uncover the eyes, please.",
    Reason.MOUTH_COVERED: "Uncover nose and mouth, please.",
}


def trial(
    source: FrameSource,
    engine: FaceEngine,
    camera: Camera,
    species: Species,
    policy: Policy,
    tell: Callable[[str], None],
    nonce: bytes | None = None,
) -> Trial:
    """How it ended. Raises a CameraError, also where the source is not `camera` any more."""
    source.open()
    try:
        if source.identity() != camera:
            raise CameraMisbehaved("Another camera answers now. Start again with the enrolled one.")
        return _watched(source, engine, species, policy, tell, nonce or secrets.token_bytes(16))
    finally:
        source.close()
        engine.forget()


def _watched(
    source: FrameSource,
    engine: FaceEngine,
    species: Species,
    policy: Policy,
    tell: Callable[[str], None],
    nonce: bytes,
) -> Trial:
    """Time is that of the frames: the camera stamps them by the clock that runs everywhere."""
    said = ""
    now: Session | None = None
    while True:
        frame = source.read()
        before = now or session.begin(nonce, frozenset(), frame.t_s, policy.liveness)
        now = session.tick(before, frame.t_s, policy.liveness)
        if not isinstance(now.stage, Failed):
            now = session.look(now, engine.observe(frame), frame.t_s, policy)
        match now.stage:
            case Complete():
                return Trial(species, accepted=True)
            case Failed() as failed:
                framed = not isinstance(before.stage, Framing)
                return selftest.ended(species, failed, framed=framed)
            case Framing() | Challenging():
                line = _line(now.stage)
                if line != said:
                    tell(line)
                    said = line


def _line(stage: Framing | Challenging) -> str:
    """The one thing to do now."""
    if isinstance(stage, Challenging) and stage.step.prompted_s is not None:
        return PROMPTS[stage.step.challenge]
    if stage.hint is None:
        return REST
    return HINTS.get(stage.hint, REST)
