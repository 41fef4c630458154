"""Which frames of a session are compared: the best few, and not all of one moment."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain import quality
from app.domain.liveness import Sight
from app.domain.policy import Policy

#: Below every face that is whole.
COVERED_WORTH = -1000.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A frame good enough to be compared. `worth` orders them; it is never shown. `covered`: it
    shows only a part of the face."""

    frame: int
    worth: float
    t_s: float
    covered: bool = False


def keep(kept: tuple[Kept, ...], sight: Sight, policy: Policy) -> tuple[Kept, ...]:
    """The best few frames so far: whole faces first, then frontal, then sharp, and not all of one
    moment: neighbours are nearly the same picture, and say no more together than one of them."""
    face = sight.face
    covered = quality.cover(face, policy.quality) is not None
    off_axis = abs(face.pose.yaw_deg) + 0.5 * abs(face.pose.pitch_deg)
    worth = -off_axis + min(face.quality.sharpness, 200.0) / 40.0 + COVERED_WORTH * covered
    gap_s = policy.liveness.match_gap_s
    best: list[Kept] = []
    news = Kept(sight.frame, worth, sight.t_s, covered)
    for each in sorted((*kept, news), key=lambda one: -one.worth):
        if all(abs(each.t_s - other.t_s) >= gap_s for other in best):
            best.append(each)
    return tuple(best[: policy.liveness.match_frames])
