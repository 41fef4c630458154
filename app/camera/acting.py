"""What a visitor does when: the choreography of a cooperative person, without a pixel.

Times are monotonic seconds and come in with every call, so that a run repeats exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import pi, sin
from typing import assert_never

import numpy as np

from app.camera.head import Stance
from app.domain.liveness import Challenge

#: A simple visual reaction takes 0.2-0.3 s; reading a prompt first makes it a little slower.
REACTION_S = 0.38
REACTION_JITTER_S = 0.12
#: Rest between two movements, long enough to be seen at five looks a second.
SETTLE_S = 0.4
#: Still asked for the same after a movement: it was missed, and people try again, more clearly.
PATIENCE_S = 1.0
_CLEARER, _LONGER = 0.06, 0.5
#: Landmarks regress to the mean face: of these, the embedded pack reads about 21 and 15 degrees.
TURN_DEG, LOOK_UP_DEG = 27.0, 21.0
#: No two movements of one person are alike. Aimed movements vary by about a tenth in extent and
#: time (R. Schmidt and others, 1979), and the head leans, tips and shifts differently each time;
#: how much is estimated. A film of a session has to be told from the same person's next one.
_SIZE_JITTER, _TIME_JITTER = 0.08, 0.2
_STRAY_DEG, _STRAY_PX = 2.5, 4.0
MOUTH_SHARE = 0.85
#: How much larger a face gets that leans in by 14 cm from 60.
CLOSER = 0.3


@dataclass(frozen=True, slots=True)
class Look:
    """One moment of a visitor: stance, `closed` eyes and `opened` mouth as shares 0..1."""

    stance: Stance
    closed: float = 0.0
    opened: float = 0.0


@dataclass(frozen=True, slots=True)
class _Movement:
    """One movement from rest and back; seconds. `size` scales it; `stray` goes along with it."""

    challenge: Challenge
    began_s: float
    rise_s: float
    hold_s: float
    fall_s: float
    size: float = 1.0
    stray: Stance = field(default_factory=Stance)

    @property
    def ends_s(self) -> float:
        return self.began_s + self.rise_s + self.hold_s + self.fall_s

    def share(self, t_s: float) -> float:
        """How far the movement has gone, 0..1."""
        since = t_s - self.began_s
        if since < self.rise_s:
            return minimum_jerk(since / self.rise_s)
        return minimum_jerk((self.ends_s - t_s) / self.fall_s)


def minimum_jerk(share: float) -> float:
    """The way human limbs travel between two points (Flash and Hogan 1985); 0..1 to 0..1."""
    s = min(max(share, 0.0), 1.0)
    return s**3 * (10.0 - 15.0 * s + 6.0 * s * s)


def _movement(challenge: Challenge, began_s: float, size: float, tries: int) -> _Movement:
    """The first try, or one of the more distinct ones after it."""
    longer = 1.0 + _LONGER * tries
    match challenge:
        case Challenge.BLINK:
            # A blink on request is slower than a spontaneous one.
            return _Movement(challenge, began_s, 0.11, 0.2 * longer, 0.14)
        case Challenge.OPEN_MOUTH:
            return _Movement(challenge, began_s, 0.3, 0.55 * longer, 0.3)
        case Challenge.MOVE_CLOSER:
            clearer = size + _CLEARER * min(tries, 2)
            return _Movement(challenge, began_s, 0.42, 0.35 * longer, 0.42, clearer)
        case Challenge.TURN_LEFT | Challenge.TURN_RIGHT | Challenge.LOOK_UP:
            clearer = size + _CLEARER * min(tries, 2)
            return _Movement(challenge, began_s, 0.4, 0.35 * longer, 0.4, clearer)
        case _:
            assert_never(challenge)


class Actor:
    """Somebody who does what the screen asks, after a human delay, and then rests again."""

    def __init__(self, seed: int = 0, *, blinks: bool = False) -> None:
        self._chance = np.random.default_rng(seed)
        self._phases = self._chance.uniform(0.0, 2.0 * pi, 6)
        self._blinks = blinks
        self._asked: Challenge | None = None
        self._due_s = 0.0
        self._rested_s = float("-inf")
        self._movement: _Movement | None = None
        self._tries = 0
        self._next_blink_s: float | None = None

    def ask(self, challenge: Challenge | None, t_s: float) -> None:
        """The screen asks for something else from `t_s` on; None: look straight."""
        if challenge is self._asked:
            return
        self._asked = challenge
        self._tries = 0
        delay_s = REACTION_S + float(self._chance.uniform(-1.0, 1.0)) * REACTION_JITTER_S
        self._due_s = t_s + delay_s

    def look(self, t_s: float) -> Look:
        """What is seen at `t_s`, which must not be before the last call's."""
        self._carry_on(t_s)
        sway = self._sway(t_s)
        if self._movement is None:
            return Look(sway)
        share = self._movement.share(t_s)
        return _performed(self._movement, share, sway)

    def _carry_on(self, t_s: float) -> None:
        """Finish, begin or repeat a movement. A movement once begun is carried through."""
        if self._movement is not None and t_s >= self._movement.ends_s:
            self._rested_s = self._movement.ends_s
            if self._movement.challenge is self._asked:
                self._due_s = max(self._due_s, self._rested_s + PATIENCE_S)
                self._tries += 1
            self._movement = None
        if self._movement is not None:
            return
        if self._asked is not None:
            if t_s >= max(self._due_s, self._rested_s + SETTLE_S):
                self._movement = self._varied(self._asked, t_s)
        elif self._blinks:
            self._blink_now_and_then(t_s)

    def _varied(self, challenge: Challenge, t_s: float) -> _Movement:
        """The movement as it comes out this time."""
        size, rise, hold, fall, yaw, pitch, roll, x, y = self._chance.uniform(-1.0, 1.0, 9)
        plain = _movement(challenge, t_s, 1.0 + float(size) * _SIZE_JITTER, self._tries)
        turns = challenge in {Challenge.TURN_LEFT, Challenge.TURN_RIGHT}
        stray = Stance(
            0.0 if turns else float(yaw) * _STRAY_DEG,
            0.0 if challenge is Challenge.LOOK_UP else float(pitch) * _STRAY_DEG,
            float(roll) * _STRAY_DEG,
            float(x) * _STRAY_PX,
            float(y) * _STRAY_PX,
        )
        return replace(
            plain,
            rise_s=plain.rise_s * (1.0 + float(rise) * _TIME_JITTER),
            hold_s=plain.hold_s * (1.0 + abs(float(hold)) * _TIME_JITTER),
            fall_s=plain.fall_s * (1.0 + float(fall) * _TIME_JITTER),
            stray=stray,
        )

    def _blink_now_and_then(self, t_s: float) -> None:
        """People at rest blink about every four seconds (Bentivoglio 1997: 17 a minute)."""
        if self._next_blink_s is None or t_s - self._next_blink_s > 1.0:
            self._next_blink_s = t_s + float(self._chance.uniform(2.0, 6.0))
        elif t_s >= self._next_blink_s:
            self._movement = _Movement(Challenge.BLINK, t_s, 0.08, 0.03, 0.12)
            self._next_blink_s = t_s + float(self._chance.uniform(2.0, 6.0))

    def _sway(self, t_s: float) -> Stance:
        """Nobody stands quite still: a few slow waves of a degree or two pixels."""

        def wave(index: int, hertz: float, size: float) -> float:
            return size * sin(2.0 * pi * hertz * t_s + float(self._phases[index]))

        return Stance(
            yaw_deg=wave(0, 0.23, 0.8),
            pitch_deg=wave(1, 0.31, 0.5),
            roll_deg=wave(2, 0.17, 0.35),
            shift_x_px=wave(3, 0.13, 2.2),
            shift_y_px=wave(4, 0.21, 1.0),
            scale=1.0 + wave(5, 0.11, 0.004),
        )


def _performed(movement: _Movement, share: float, sway: Stance) -> Look:
    yaw_deg, pitch_deg = sway.yaw_deg, sway.pitch_deg
    closed = opened = 0.0
    scale = sway.scale
    match movement.challenge:
        case Challenge.TURN_LEFT:
            yaw_deg += share * TURN_DEG * movement.size
        case Challenge.TURN_RIGHT:
            yaw_deg -= share * TURN_DEG * movement.size
        case Challenge.LOOK_UP:
            pitch_deg += share * LOOK_UP_DEG * movement.size
        case Challenge.BLINK:
            closed = share
        case Challenge.OPEN_MOUTH:
            opened = share * MOUTH_SHARE
        case Challenge.MOVE_CLOSER:
            scale *= 1.0 + share * CLOSER * movement.size
        case _:
            assert_never(movement.challenge)
    stray = movement.stray
    stance = Stance(
        yaw_deg + share * stray.yaw_deg,
        pitch_deg + share * stray.pitch_deg,
        sway.roll_deg + share * stray.roll_deg,
        sway.shift_x_px + share * stray.shift_x_px,
        sway.shift_y_px + share * stray.shift_y_px,
        scale,
    )
    return Look(stance, closed, opened)
