"""Somebody who answers too soon: before the prompt, or faster than a person can."""

from __future__ import annotations

from dataclasses import dataclass

from app.camera.acting import LOOK_UP_DEG, MOUTH_SHARE, TURN_DEG, Actor, Look, minimum_jerk
from app.camera.head import Stance
from app.camera.lighting import Glow, lit
from app.camera.portrait import Pixels
from app.camera.puppet import Puppet, over
from app.domain.liveness import Challenge
from app.evaluation.scenes import BEGINS_S, lit_room

_YAW = {Challenge.TURN_LEFT: TURN_DEG, Challenge.TURN_RIGHT: -TURN_DEG}
#: A movement that is over before anybody could have begun one, seconds: up, and down again.
SNAP_S = 0.06


@dataclass(frozen=True, slots=True)
class _Early:
    """From `began_s`: up in `rise_s`, there for `hold_s`, and back in `rise_s`."""

    challenge: Challenge
    began_s: float
    rise_s: float
    hold_s: float

    def share(self, t_s: float) -> float:
        since_s = t_s - self.began_s
        back_s = 2.0 * self.rise_s + self.hold_s - since_s
        return minimum_jerk(min(since_s, back_s) / self.rise_s)


class Hasty:
    """Answers the steps of `plan` before number `early` as people do, and that one too soon; from
    then on it only sits there.

    `snaps`: within 150 ms of the prompt. Otherwise before there is one, which takes knowing the
    plan; `hold_s` is how long the pose is then held, `lead_s` when the first one begins.
    """

    def __init__(
        self,
        puppet: Puppet,
        actor: Actor,
        backdrop: Pixels,
        plan: tuple[Challenge, ...],
        early: int,
        *,
        snaps: bool,
        hold_s: float,
        lead_s: float,
    ) -> None:
        self._puppet, self._actor, self._backdrop = puppet, actor, backdrop
        self._plan, self._early = plan, early
        self._snaps, self._hold_s = snaps, hold_s
        self._asked: Challenge | None = None
        self._prompts = 0
        self._sooner: _Early | None = None
        if early == 0 and not snaps and plan:
            self._sooner = _Early(plan[0], BEGINS_S + lead_s, 0.3, hold_s)

    def ask(self, challenge: Challenge | None, t_s: float) -> None:
        is_new = challenge is not None and challenge is not self._asked
        was, self._asked = self._asked, challenge
        if is_new:
            self._prompts += 1
        honest = challenge if self._prompts <= self._early else None
        self._actor.ask(honest, t_s)
        if self._sooner is not None or self._early >= len(self._plan):
            return
        wanted = self._plan[self._early]
        if is_new and self._prompts == self._early + 1:
            # Also where one prompt followed the other at once, and left no moment before it.
            self._sooner = _Early(wanted, t_s, SNAP_S, 0.02)
        elif not self._snaps and self._prompts == self._early and was and challenge is None:
            # The step before was met: begin before the next is asked.
            self._sooner = _Early(wanted, t_s, 0.3, self._hold_s)

    def paint(self, t_s: float, glow: Glow | None = None) -> Pixels:
        look = self._actor.look(t_s)
        if self._sooner is not None:
            look = _with(look, self._sooner.challenge, self._sooner.share(t_s))
        figure = self._puppet.figure(look.stance, look.closed, look.opened)
        return over(lit(figure, glow, 1.0), lit_room(self._backdrop, glow))


def _with(look: Look, challenge: Challenge, share: float) -> Look:
    """The moment with one movement more, or less: a head is turned one way at a time, so that the
    next turn takes the place of what is left of the one before. Added to it, the two would hold
    each other at rest until the prompt was there: 5 of 160 were let in for an answer in time."""
    s, yaw_deg, pitch_deg = look.stance, look.stance.yaw_deg, look.stance.pitch_deg
    if challenge in _YAW:
        yaw_deg += (_YAW[challenge] - yaw_deg) * share
    if challenge is Challenge.LOOK_UP:
        pitch_deg += (LOOK_UP_DEG - pitch_deg) * share
    stance = Stance(yaw_deg, pitch_deg, s.roll_deg, s.shift_x_px, s.shift_y_px, s.scale)
    closed = max(look.closed, share if challenge is Challenge.BLINK else 0.0)
    opened = max(look.opened, MOUTH_SHARE * share if challenge is Challenge.OPEN_MOUTH else 0.0)
    return Look(stance, closed, opened)
