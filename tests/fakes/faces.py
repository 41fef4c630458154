"""Faces in numbers: builders, and an `Actor` who does what the screen asks, or pointedly not.

Nothing here knows the rules it is used to test. An actor sees what a visitor sees (a prompt or
none, a hint or none), needs time to react and to move, and is measured with some noise. Bad
behaviour is a `Twist`: a function from the honest observation to what the kiosk gets instead.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.liveness import Challenge
from app.domain.observation import Box, Face, Observation, Pose, Quality
from app.domain.reasons import Reason
from tests.fakes import heads

WIDTH_PX, HEIGHT_PX = 640, 480
GOOD_QUALITY = Quality(
    eye_distance_px=80.0, sharpness=200.0, brightness=128.0, contrast=40.0, completeness=1.0
)
OPEN_EYES, CLOSED_EYES = 0.32, 0.12
CLOSED_MOUTH, OPEN_MOUTH = 0.03, 0.5
NAN = math.nan


def face(
    track: int = 1,
    yaw_deg: float = 0.0,
    pitch_deg: float = 0.0,
    eyes: float = OPEN_EYES,
    mouth: float = CLOSED_MOUTH,
    **quality: float,
) -> Face:
    """A face that passes every gate unless told otherwise, on a head that is there."""
    measured = replace(GOOD_QUALITY, **quality)
    return Face(
        track=track,
        box=Box(220.0, 120.0, 200.0, 200.0),
        landmarks=heads.landmarks(yaw_deg, pitch_deg, measured.eye_distance_px),
        pose=Pose(yaw_deg, pitch_deg, 0.0),
        eye_openness=eyes,
        mouth_openness=mouth,
        quality=measured,
    )


def seen(frame: int, t_s: float, *faces: Face) -> Observation:
    return Observation(frame, t_s, WIDTH_PX, HEIGHT_PX, faces)


def doing(challenge: Challenge, share: float = 1.5, track: int = 1) -> Face:
    """A face in the middle of a movement; at 1.0 it is 15° of turn, 10° up, and so on."""
    match challenge:
        case Challenge.TURN_LEFT:
            return face(track, yaw_deg=15.0 * share)
        case Challenge.TURN_RIGHT:
            return face(track, yaw_deg=-15.0 * share)
        case Challenge.LOOK_UP:
            return face(track, pitch_deg=10.0 * share)
        case Challenge.BLINK:
            return face(track, eyes=OPEN_EYES * max(1.0 - 0.32 * share, 0.0))
        case Challenge.OPEN_MOUTH:
            return face(track, mouth=CLOSED_MOUTH + 0.22 * share)
        case Challenge.MOVE_CLOSER:
            return face(track, eye_distance_px=80.0 * (1.0 + 0.2 * share))


@dataclass(frozen=True, slots=True)
class Habits:
    """How somebody moves. Times in seconds, angles in degrees, speeds in degrees a second.

    `reaction_s`: from a new prompt to the first movement. `overshoot_deg`: how far the head
    swings past the middle on its way back. `noise`: standard deviation of the measured angles in
    degrees; a hundredth of it for eyes and mouth. `blinks_every_s`: involuntarily, 0 for never.
    `rest_yaw_deg`, `rest_pitch_deg`: how this person looks straight ahead.
    """

    fps: float = 15.0
    reaction_s: float = 0.35
    speed_deg_s: float = 70.0
    turn_deg: float = 24.0
    look_up_deg: float = 16.0
    blink_s: float = 0.3
    hold_s: float = 1.5
    overshoot_deg: float = 0.0
    noise: float = 0.0
    blinks_every_s: float = 0.0
    talks: bool = False
    rest_yaw_deg: float = 0.0
    rest_pitch_deg: float = 0.0
    does: Callable[[Challenge], Challenge | None] = lambda asked: asked


Twist = Callable[[float, Observation], tuple[Observation, ...]]
"""Seconds since the actor came, and the honest observation, to what the kiosk gets."""


class Actor:
    """One visitor in front of the camera, from when the camera first looks.

    `look` is called once a frame with what the screen asks at that moment. It is a function of
    the calls made so far and the seed; no clock, no chance.
    """

    def __init__(
        self, habits: Habits | None = None, twists: tuple[Twist, ...] = (), seed: int = 0
    ) -> None:
        self.habits = habits if habits is not None else Habits()
        self._twists = twists
        self._random = random.Random(seed)
        self._frame = 0
        self._came_s: float | None = None
        self._last_s = 0.0
        self._asked: Challenge | None = None
        self._since_s = 0.0
        self._yaw_deg = 0.0
        self._pitch_deg = 0.0
        self._swing_deg = 0.0

    def look(
        self, t_s: float, prompt: Challenge | None, hint: Reason | None = None
    ) -> tuple[Observation, ...]:
        """What the camera sees at `t_s`, when the screen asks `prompt`, or says `hint`."""
        if self._came_s is None:
            self._came_s = self._last_s = t_s
        self._listen(prompt if hint is None else None, t_s)
        self._move(t_s)
        self._frame += 1
        observations: tuple[Observation, ...] = (seen(self._frame, t_s, self._measure(t_s)),)
        for twist in self._twists:
            observations = tuple(
                out for each in observations for out in twist(t_s - self._came_s, each)
            )
        return observations

    def _listen(self, prompt: Challenge | None, t_s: float) -> None:
        wanted = self.habits.does(prompt) if prompt is not None else None
        if wanted is not self._asked:
            self._asked, self._since_s = wanted, t_s

    def _phase(self, t_s: float) -> float | None:
        """Seconds into the movement, None before and between; whoever is not heard tries again."""
        elapsed_s = t_s - self._since_s - self.habits.reaction_s
        if self._asked is None or elapsed_s < 0:
            return None
        phase_s = elapsed_s % (self.habits.hold_s + 1.0)
        return phase_s if phase_s < self.habits.hold_s else None

    def _move(self, t_s: float) -> None:
        """The head follows where it is meant to be, no faster than it can."""
        yaw_deg, pitch_deg = self._target(t_s)
        reach_deg = self.habits.speed_deg_s * (t_s - self._last_s)
        self._last_s = t_s
        if yaw_deg == 0.0 and abs(self._yaw_deg) > self.habits.turn_deg / 2:
            self._swing_deg = -math.copysign(self.habits.overshoot_deg, self._yaw_deg)
        goal_deg = yaw_deg or self._swing_deg
        self._yaw_deg += _towards(goal_deg - self._yaw_deg, reach_deg)
        self._pitch_deg += _towards(pitch_deg - self._pitch_deg, reach_deg)
        if abs(self._yaw_deg - self._swing_deg) < 1e-6:
            self._swing_deg = 0.0

    def _target(self, t_s: float) -> tuple[float, float]:
        """Yaw and pitch the head is on its way to."""
        if self._asked is None:
            heard = t_s - self._since_s >= self.habits.reaction_s
            return (0.0, 0.0) if heard else (self._yaw_deg, self._pitch_deg)
        if self._phase(t_s) is None:
            return 0.0, 0.0
        match self._asked:
            case Challenge.TURN_LEFT:
                return self.habits.turn_deg, 0.0
            case Challenge.TURN_RIGHT:
                return -self.habits.turn_deg, 0.0
            case Challenge.LOOK_UP:
                return 0.0, self.habits.look_up_deg
            case Challenge.BLINK | Challenge.OPEN_MOUTH | Challenge.MOVE_CLOSER:
                return 0.0, 0.0

    def _measure(self, t_s: float) -> Face:
        habits = self.habits
        return face(
            yaw_deg=habits.rest_yaw_deg + self._yaw_deg + self._noise(),
            pitch_deg=habits.rest_pitch_deg + self._pitch_deg + self._noise(),
            eyes=self._eyes(t_s) + self._noise() / 100.0,
            mouth=self._mouth(t_s) + self._noise() / 100.0,
            eye_distance_px=self._eye_distance_px(t_s),
        )

    def _noise(self) -> float:
        return self._random.gauss(0.0, self.habits.noise) if self.habits.noise else 0.0

    def _eyes(self, t_s: float) -> float:
        phase_s = self._phase(t_s)
        asked = self._asked is Challenge.BLINK and phase_s is not None
        every_s = self.habits.blinks_every_s
        by_itself = every_s > 0.0 and (t_s % every_s) < 0.15
        closed = by_itself or (asked and phase_s is not None and phase_s < self.habits.blink_s)
        return CLOSED_EYES if closed else OPEN_EYES

    def _eye_distance_px(self, t_s: float) -> float:
        near = self._asked is Challenge.MOVE_CLOSER and self._phase(t_s) is not None
        return GOOD_QUALITY.eye_distance_px * (1.3 if near else 1.0)

    def _mouth(self, t_s: float) -> float:
        if self._asked is Challenge.OPEN_MOUTH and self._phase(t_s) is not None:
            return OPEN_MOUTH
        return CLOSED_MOUTH + (0.12 * abs(math.sin(10.0 * t_s)) if self.habits.talks else 0.0)


def _towards(distance: float, reach: float) -> float:
    return math.copysign(min(abs(distance), reach), distance)


# -- what can go wrong with what a camera sees


def leaves(after_s: float) -> Twist:
    """Nobody is there any more."""
    return lambda t_s, each: (replace(each, faces=()) if t_s >= after_s else each,)


def hidden(from_s: float, to_s: float) -> Twist:
    """A hand before the face for a while; the track goes on afterwards."""
    return lambda t_s, each: (replace(each, faces=()) if from_s <= t_s < to_s else each,)


def swaps(after_s: float, track: int = 2) -> Twist:
    """Somebody else steps into the picture: the tracker gives them another number."""

    def twist(t_s: float, each: Observation) -> tuple[Observation, ...]:
        others = tuple(replace(one, track=track) for one in each.faces)
        return (replace(each, faces=others) if t_s >= after_s else each,)

    return twist


def joined(after_s: float, side_px: float = 200.0) -> Twist:
    """A second face beside the first."""
    other = replace(face(track=7), box=Box(430.0, 120.0, side_px, side_px))

    def twist(t_s: float, each: Observation) -> tuple[Observation, ...]:
        return (replace(each, faces=(*each.faces, other)) if t_s >= after_s else each,)

    return twist


def freezes(after_s: float) -> Twist:
    """The camera delivers nothing more."""
    return lambda t_s, each: () if t_s >= after_s else (each,)


def stutters(each_time: int = 3) -> Twist:
    """Every frame comes several times."""
    return lambda _t_s, each: (each,) * each_time


def looped(after_s: float) -> Twist:
    """From then on the last picture comes again and again, with its old number and time."""
    last: list[Observation] = []

    def twist(t_s: float, each: Observation) -> tuple[Observation, ...]:
        if t_s < after_s or not last:
            last[:] = [each]
        return (last[0],)

    return twist


def shuffled() -> Twist:
    """Every second frame comes after its successor."""
    held: list[Observation] = []

    def twist(_t_s: float, each: Observation) -> tuple[Observation, ...]:
        if held:
            return (each, held.pop())
        held.append(each)
        return ()

    return twist


def blurs(**quality: float) -> Twist:
    """Every face has this quality: `brightness=10.0` is a dark lobby."""

    def twist(_t_s: float, each: Observation) -> tuple[Observation, ...]:
        worse = tuple(replace(one, quality=replace(one.quality, **quality)) for one in each.faces)
        return (replace(each, faces=worse),)

    return twist


def in_and_out(**quality: float) -> Twist:
    """The same, by somebody who steps back for a moment every two seconds."""
    worse, far = blurs(**quality), blurs(eye_distance_px=20.0)
    return lambda t_s, each: (far if t_s % 2.0 < 0.2 else worse)(t_s, each)


def tilted(roll_deg: float) -> Twist:
    """The head leans towards a shoulder."""

    def twist(_t_s: float, each: Observation) -> tuple[Observation, ...]:
        faces = tuple(replace(one, pose=replace(one.pose, roll_deg=roll_deg)) for one in each.faces)
        return (replace(each, faces=faces),)

    return twist


def boxed(box: Box) -> Twist:
    """Every face is there in the picture."""
    return lambda _t_s, each: (
        replace(each, faces=tuple(replace(one, box=box) for one in each.faces)),
    )


def turned(yaw_deg: float, pitch_deg: float = 0.0, after_s: float = 0.0) -> Twist:
    """The head stays like this from then on, whatever is asked."""
    held = Pose(yaw_deg, pitch_deg, 0.0)
    marks = heads.landmarks(yaw_deg, pitch_deg)

    def twist(t_s: float, each: Observation) -> tuple[Observation, ...]:
        faces = tuple(replace(one, pose=held, landmarks=marks) for one in each.faces)
        return (replace(each, faces=faces) if t_s >= after_s else each,)

    return twist


def on_paper(shape: heads.Shape = heads.flat, tilted: float = 2.2) -> Twist:
    """The face is a print, tilted this many times as far as the turn that is read from it."""

    def marked(one: Face) -> Face:
        angles = (tilted * one.pose.yaw_deg, tilted * one.pose.pitch_deg)
        marks = heads.landmarks(*angles, one.quality.eye_distance_px, shape)
        return replace(one, landmarks=marks)

    return lambda _t_s, each: (replace(each, faces=tuple(map(marked, each.faces))),)


def unmeasured(after_s: float = 0.0) -> Twist:
    """Every measure of pose, eyes and mouth is not a number."""

    def twist(t_s: float, each: Observation) -> tuple[Observation, ...]:
        lost = tuple(
            replace(one, pose=Pose(NAN, NAN, NAN), eye_openness=NAN, mouth_openness=NAN)
            for one in each.faces
        )
        return (replace(each, faces=lost) if t_s >= after_s else each,)

    return twist
