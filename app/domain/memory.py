"""What this kiosk remembers of recent face sessions: how the face moved, and nothing else.

A film of an earlier session, played to the camera or into it, moves as that session moved. No
person does: two turns of one head differ in when they begin, how far and how fast they go, and
how the head leans and shifts beside it, by more than a landmark is measured wrong. So the motion
from the first prompt to the last answer is compared with that of every session remembered, over
every shift, a little slower and faster, and mirrored.

Only numbers are kept, in memory, for a day and for a bounded number of sessions, and a restart
forgets them: a film of an older session has to be stopped by what is asked of it, and by the
other layers. Nor is a film always known again whose screen is shaken in the hand, that was cut
anew, or of a session this kiosk did not see to its end. Whose face it was is not kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.evidence import Echo
from app.domain.observation import Face

Track = NDArray[np.float64]

#: Samples a second of a motion, and the width of the bell they are averaged with: what 10 and
#: what 30 looks a second tell of one movement then differs by less than the measure does.
RATE_HZ, BELL_S = 15.0, 0.07
#: Yaw, pitch and roll in degrees, eye and mouth openness as in `Face`, the place of the eyes in
#: eye distances (x to the right, y down) and the logarithm of that distance. SPREAD is how much
#: a still face of one film scatters from one showing to the next: medians of five filmed faces,
#: each warped, scaled, relit, recompressed and resampled to 10-24 looks a second in 4 ways.
CHANNELS = ("yaw", "pitch", "roll", "eyes", "mouth", "x", "y", "size")
SPREAD = np.array((0.25, 0.3, 0.2, 0.006, 0.008, 0.005, 0.006, 0.005))
MIRRORED = np.array((-1.0, 1.0, -1.0, 1.0, 1.0, -1.0, 1.0, 1.0))
#: The same of a movement, as a share of it, once it may be so much larger or smaller as a whole.
SHARE, GAIN = 0.04, 0.15
SPEEDS = (0.9, 0.935, 0.97, 1.0, 1.035, 1.07, 1.1)
#: Samples of the two lie up to half a sample apart, which in a quick turn is more than a film
#: differs from itself: 59 of 3,000 replays went by for that alone, at 1.30 to 1.33. So the one is
#: sampled at several phases, shares of a sample; most for what runs as it was recorded.
PHASES, FINE_PHASES = (0.0, 0.5), (0.0, 0.25, 0.5, 0.75)
#: What lies this long before the first prompt is compared too; what lies this short before the
#: end is not, as the film may be taken for complete a look or two later than the session was.
BEFORE_S, END_S = 0.1, 0.2
#: A shorter motion says less, and has to be nearer in proportion; under the shortest it says
#: nothing. A stretch of 2.4 s of an actor's sessions had 0.7 of the distance of 3.5 s.
FULL_S, SHORTEST_S = 2.8, 1.2
LONGEST_S = 60.0


@dataclass(frozen=True, slots=True)
class Remembered:
    """One earlier session. `ended_s`: monotonic seconds. `motion`: float32 [n, 8] at RATE_HZ as
    bytes, which keeps two equal states equal."""

    visit: str
    ended_s: float
    motion: bytes


@dataclass(frozen=True, slots=True)
class MemoryPolicy:
    """`sessions`: how many are remembered, each about 2 kB, and compared in about 2 ms.
    More would find older films, and take more people's sessions for somebody's again: one pair in
    about 70 has the same plan. `keep_h`: hours; yesterday had another light and other clothes.
    """

    sessions: int = 32
    keep_h: float = 24.0


def motion_of(looks: Iterable[tuple[float, Face]]) -> Track:
    """Rows [n, 1 + 8] of capture time in s and CHANNELS, of looks that were measured in full."""
    rows: list[tuple[float, ...]] = []
    for t_s, face in looks:
        size = face.quality.eye_distance_px
        if len(face.landmarks) == 68 and size > 0.0:  # noqa: PLR2004 - iBUG points
            eyes = face.landmarks[36:48]
            x = sum(point[0] for point in eyes) / len(eyes)
            y = sum(point[1] for point in eyes) / len(eyes)
            pose = (face.pose.yaw_deg, face.pose.pitch_deg, face.pose.roll_deg)
            rows.append((t_s, *pose, face.eye_openness, face.mouth_openness, x, y, size))
    found = np.array(rows).reshape(-1, 1 + len(CHANNELS))
    found = found[np.isfinite(found).all(axis=1)]
    if len(found):
        scale = float(np.median(found[:, 8]))
        found[:, 6:8] /= scale
        found[:, 8] = np.log(found[:, 8] / scale)
    return np.asarray(found)


def sampled(rows: Track, speed: float = 1.0, phase: float = 0.0) -> Track:
    """CHANNELS at RATE_HZ, [n, 8]; `speed` 1.1: as if everything had taken a tenth longer;
    `phase`: how many samples later the first one is taken."""
    if len(rows) < 2:  # noqa: PLR2004 - one look does not move
        return np.zeros((0, len(CHANNELS)))
    at_s = (rows[:, 0] - rows[0, 0]) * speed
    wanted_s = np.arange(phase / RATE_HZ, min(float(at_s[-1]), LONGEST_S), 1.0 / RATE_HZ)
    apart = (wanted_s[:, None] - at_s[None, :]) / BELL_S
    # Where looks are missing the nearest counts: its weight is never rounded to nothing.
    weights = np.exp(-0.5 * (apart**2 - (apart**2).min(axis=1, keepdims=True)))
    return np.asarray(weights @ rows[:, 1:] / weights.sum(axis=1, keepdims=True))


def remember(
    memory: tuple[Remembered, ...],
    visit: str,
    looks: Iterable[tuple[float, Face]],
    now_s: float,
    policy: MemoryPolicy,
) -> tuple[Remembered, ...]:
    """The memory with one more session, without what is too old or one too many."""
    kept = recent(memory, now_s, policy)
    motion = sampled(motion_of(looks))
    if len(motion):
        kept = (*kept, Remembered(visit, now_s, motion.astype(np.float32).tobytes()))
    return kept[-policy.sessions :]


def recent(
    memory: tuple[Remembered, ...], now_s: float, policy: MemoryPolicy
) -> tuple[Remembered, ...]:
    """What is not too old to be compared with."""
    return tuple(each for each in memory if now_s - each.ended_s < policy.keep_h * 3600.0)


def echo_of(
    looks: Iterable[tuple[float, Face]], first_s: float, memory: tuple[Remembered, ...]
) -> Echo:
    """The remembered session most like this one, which was first asked something at `first_s`."""
    rows = motion_of(looks)
    if not len(rows):
        return Echo()
    asked = (rows[:, 0] >= first_s - BEFORE_S) & (rows[:, 0] <= rows[-1, 0] - END_S)
    rows = rows[asked]
    lasted_s = float(rows[-1, 0] - rows[0, 0]) if len(rows) else 0.0
    if not lasted_s >= SHORTEST_S:
        return Echo()
    paces = [
        sampled(rows, speed, phase)
        for speed in SPEEDS
        for phase in (FINE_PHASES if speed == 1.0 else PHASES)
    ]
    nearest = Echo()
    for each in memory:
        old = np.frombuffer(each.motion, dtype=np.float32).reshape(-1, len(CHANNELS))
        distance = min(distance_between(new, old.astype(np.float64)) for new in paces)
        distance *= max(FULL_S / lasted_s, 1.0)
        if distance < nearest.distance:
            nearest = Echo(distance, each.visit)
    return nearest


def distance_between(new: Track, old: Track) -> float:
    """How far all of `new` is from the most alike stretch of `old`, in multiples of SPREAD.

    About 0.5 for one film shown twice; inf where `old` is the shorter.
    """
    if not 1 < len(new) <= len(old):
        return math.inf
    new = new - new.mean(axis=0)
    views = np.lib.stride_tricks.sliding_window_view(old, len(new), axis=0)
    views = views - views.mean(axis=2, keepdims=True)
    shared = np.einsum("mck,kc->mc", views, new) / len(new)
    mine, theirs = (new**2).mean(axis=0), (views**2).mean(axis=2)
    allowed = 2.0 * SPREAD**2 + SHARE**2 * np.maximum(mine, theirs)
    found = math.inf
    for sign in (1.0, MIRRORED):
        gain = np.clip(sign * shared / np.maximum(theirs, 1e-12), 1.0 - GAIN, 1.0 + GAIN)
        apart = np.maximum(mine - 2.0 * gain * sign * shared + gain**2 * theirs, 0.0)
        found = min(found, float(np.sqrt((apart / allowed).mean(axis=1)).min()))
    return found
