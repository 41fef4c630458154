"""Enrolment at the camera: a few good pictures of one face that differ, and one hint at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from app.commands.pictures import Picture, embedded
from app.domain.observation import Face, Observation, Pose
from app.domain.policy import QualityPolicy
from app.domain.quality import fault
from app.domain.reasons import Reason
from app.domain.session import largest
from app.ports import FaceEngine, Frame, FrameSource

WANTED = 5
#: With fewer in the time there is, nothing is made of them.
LEAST = 3
LIMIT_S = 60.0
#: Heads of two pictures differ at least this much: more than the pose scatters by itself (1° to
#: 2°), little enough that five find room within a straight look.
APART_DEG = 4.0
#: How long a hint stands before another one replaces it.
HINT_S = 1.0

TURN = "Good. Now turn your head a little, to another side each time."
HINTS: dict[Reason, str] = {
    Reason.NO_FACE: "Step in front of the camera.",
    Reason.SEVERAL_FACES: "One person at a time, please.",
    Reason.TOO_FAR: "Come nearer.",
    Reason.TOO_NEAR: "Step back a little.",
    Reason.TOO_DARK: "More light on the face, please.",
    Reason.TOO_BRIGHT: "Less light on the face, please.",
    Reason.BLURRED: "Hold still.",
    Reason.CUT_OFF: "Move to the middle of the picture.",
    Reason.LOOK_STRAIGHT: "Look straight at the camera.",
    Reason.TILTED: "Hold your head upright.",
    Reason.EYES_COVERED: "Take off dark glasses, or brush back the hair.",
    Reason.MOUTH_COVERED: "Uncover nose and mouth.",
    Reason.EYES_CLOSED: "Open your eyes.",
}


@dataclass(frozen=True, slots=True)
class _Taken:
    track: int
    pose: Pose
    picture: Picture


class _Hints:
    """Says a hint when it is new, and not before the one before could be read."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._said = ""
        self._since_s = -math.inf

    def say(self, hint: str, t_s: float) -> None:
        if hint != self._said and t_s - self._since_s >= HINT_S:
            self._tell(hint)
            self._said, self._since_s = hint, t_s


def sit(
    source: FrameSource,
    engine: FaceEngine,
    policy: QualityPolicy,
    tell: Callable[[str], None],
) -> list[Picture]:
    """The pictures taken, or one that says why there are too few; raises CameraError."""
    taken: list[_Taken] = []
    hints = _Hints(tell)
    wanting = Reason.NO_FACE.value
    source.open()
    try:
        end_s = math.inf
        while len(taken) < WANTED:
            frame = source.read()
            end_s = min(end_s, frame.t_s + LIMIT_S)
            if not frame.t_s < end_s:
                break
            found = _look(engine, frame, taken, policy)
            if isinstance(found, _Taken):
                if taken and taken[-1].track != found.track:
                    tell("The face was lost from sight: from the beginning, please.")
                    taken.clear()
                taken.append(found)
                tell(f"Picture {len(taken)} of {WANTED} is taken.")
            else:
                wanting = found.value if found else "no-movement"
                hints.say(HINTS.get(found, found.value) if found else TURN, frame.t_s)
    finally:
        source.close()
        engine.forget()
    if len(taken) >= LEAST:
        return [each.picture for each in taken]
    said = f"Only {len(taken)} good pictures came in {LIMIT_S:.0f} seconds. Try again."
    return [Picture("camera", None, wanting, said)]


def _look(
    engine: FaceEngine, frame: Frame, taken: list[_Taken], policy: QualityPolicy
) -> _Taken | Reason | None:
    """A new picture, or the one thing to mend; None where it is only too much like another."""
    seen: Observation = engine.observe(frame)
    face = largest(seen)
    if face is None:
        return Reason.NO_FACE
    wrong = fault(face, seen.faces, seen, policy, frontal=True)
    if wrong is not None:
        return wrong
    mine = [each for each in taken if each.track == face.track]
    if any(_turned_deg(each.pose, face) < APART_DEG for each in mine):
        return None
    picture = embedded(engine, f"picture {len(mine) + 1}", engine.embed(engine.align(frame, face)))
    return _Taken(face.track, face.pose, picture)


def _turned_deg(before: Pose, face: Face) -> float:
    """How far the head has turned or nodded since, degrees."""
    return math.hypot(face.pose.yaw_deg - before.yaw_deg, face.pose.pitch_deg - before.pitch_deg)
