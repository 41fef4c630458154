"""P2, told a second time: was this face session challenged in order, in time, on one track?

Reads events, effects and Views only, and asks of them what a guard at the door would: what did
the screen say, and what was seen from then on. It knows nothing of steps, arming or baselines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from math import inf, isfinite

from app.domain.effects import Effect, Identify, Watch
from app.domain.events import Event, Looked, Resolved
from app.domain.observation import Face, Observation
from app.domain.people import Need, Person
from app.domain.policy import Policy
from app.domain.states import Kiosk
from app.presentation import VerifyView, present

Done = Sequence[tuple[Event, Kiosk, tuple[Effect, ...]]]

NAMES = ("turn-left", "turn-right", "look-up", "blink", "open-mouth", "move-closer")
EXCLUDED = {
    Need.NO_HEAD_MOVEMENT: (*NAMES[:3], *NAMES[5:]),
    Need.NO_BLINK: NAMES[3:4],
    Need.NO_MOUTH: NAMES[4:5],
    Need.NO_LIGHT: (),
    Need.SEATED: NAMES[5:],
}
#: By how much a measure must change between rest and the movement: more than half the whole.
LEAST = {
    "turn-left": 8.0,
    "turn-right": 8.0,
    "look-up": 5.4,
    "open-mouth": 0.12,
    "move-closer": 8.0,
}


@dataclass(frozen=True, slots=True)
class Look:
    """One frame, when it was told, and what the screen asked then, and since when."""

    told_s: float
    seen: Observation
    asks: Asks


@dataclass(frozen=True, slots=True)
class Asks:
    since_s: float
    step: int = 0
    prompt: str | None = None


def challenged(done: Done, asked: Identify, policy: Policy) -> None:
    """Raises AssertionError unless the session behind `asked` was met as promised."""
    looks, needs = _session(done, asked.visit, policy)
    wanted = _plan(asked.visit, needs, policy)
    assert len(asked.met_frames) == len(wanted) >= 1
    by_frame = {look.seen.frame: look for look in looks}
    track = _one_track(asked, by_frame)
    _unbroken(looks, track, asked, policy)
    for step, (name, frame) in enumerate(zip(wanted, asked.met_frames, strict=True), 1):
        prompted = [look for look in looks if look.asks.step == step and look.asks.prompt]
        assert prompted, "a step was met that was never asked for"
        assert {look.asks.prompt for look in prompted} == {name}, "something else was asked"
        _answered(prompted, by_frame[frame], name, track, policy)
    assert list(asked.met_frames) == sorted(set(asked.met_frames)), "out of order"


def _session(done: Done, visit: bytes, policy: Policy) -> tuple[list[Look], frozenset[Need]]:
    """The believable looks of a visit with the screen as it was before each, and whose needs."""
    looks: list[Look] = []
    claimed: Person | None = None
    needs: frozenset[Need] = frozenset()
    asks = Asks(0.0)
    watching = False
    began_s = inf
    for event, kiosk, effects in done:
        if isinstance(event, Resolved):
            claimed = event.person
        for effect in effects:
            if isinstance(effect, Watch) and effect.visit == visit:
                assert not watching, "one nonce for two sessions"
                watching, began_s = True, event.t.s
                needs = claimed.needs if isinstance(event, Resolved) and claimed else frozenset()
            if isinstance(effect, Identify) and effect.visit == visit:
                looks.append(_look(event, asks))
                return looks, needs
        if watching and isinstance(event, Looked) and event.visit == visit:
            last = looks[-1].seen if looks else None
            fresh = last is None or (event.observation.frame > last.frame)
            later = began_s < event.observation.t_s <= event.t.s
            if fresh and later and (last is None or event.observation.t_s > last.t_s):
                looks.append(_look(event, asks))
        view = present(kiosk, policy)
        if isinstance(view, VerifyView) and (view.step, view.prompt) != (asks.step, asks.prompt):
            asks = Asks(event.t.s, view.step, view.prompt)
    raise AssertionError("a comparison without a session")


def _look(event: Event, asks: Asks) -> Look:
    assert isinstance(event, Looked), "a session ended by something other than a look"
    return Look(event.t.s, event.observation, asks)


def _plan(nonce: bytes, needs: frozenset[Need], policy: Policy) -> tuple[str, ...]:
    """The same plan from the same nonce, drawn by hand."""
    left_out = {name for need in needs for name in EXCLUDED[need]}
    left_out |= set() if policy.liveness.move_closer else {"move-closer"}
    every = _plans(tuple(name for name in NAMES if name not in left_out), policy)
    for attempt in range(9):
        text = b"foyer plan" + nonce + bytes([0, attempt])
        number = int(hashlib.sha256(text).hexdigest(), 16)
        if number < 2**256 - 2**256 % len(every):
            return every[number % len(every)]
    raise AssertionError("nine bad draws")


@cache
def _plans(names: tuple[str, ...], policy: Policy) -> tuple[tuple[str, ...], ...]:
    """The shortest plans whose best recording, blinking all the while, is rare enough."""
    for steps in range(policy.liveness.challenges, 6):
        every = [each for each in product(names, repeat=steps) if _keeps_rules(each, names)]
        films = product([name for name in names if name != "blink"], repeat=steps)
        fits = [sum(film[: len(_bare(each))] == _bare(each) for each in every) for film in films]
        if fits and every and max(fits) <= len(every) * 0.5**policy.liveness.entropy_bits:
            return tuple(every)
    raise AssertionError("a session without a plan")


def _keeps_rules(each: tuple[str, ...], names: tuple[str, ...]) -> bool:
    turns = {"turn-left", "turn-right"}
    changes = all(a != b for a, b in pairwise(each))
    return changes and (not turns & set(names) or bool(turns & set(each)))


def _bare(each: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in each if name != "blink")


def _one_track(asked: Identify, by_frame: dict[int, Look]) -> int:
    """The one face that is in every frame to be compared."""
    frames = (*asked.match_frames, *asked.met_frames)
    assert asked.match_frames, "nothing to compare"
    everywhere = [{face.track for face in by_frame[frame].seen.faces} for frame in frames]
    common = set.intersection(*everywhere)
    assert common, "no face is in all the frames"
    return max(common, key=lambda track: _size(by_frame[frames[0]].seen, track))


def _size(seen: Observation, track: int) -> float:
    return max(face.box.area for face in seen.faces if face.track == track)


def _unbroken(looks: list[Look], track: int, asked: Identify, policy: Policy) -> None:
    """From the first kept frame to the last answer the face is never gone, and never in company."""
    first = min(*asked.match_frames, *asked.met_frames)
    here_s: float | None = None
    for look in looks:
        face = _of(look.seen, track)
        if look.seen.frame < first or face is None:
            continue
        assert here_s is None or look.seen.t_s - here_s <= policy.liveness.track_gap_s
        here_s = look.seen.t_s
        for other in look.seen.faces:
            assert other is face or other.box.height < 0.6 * face.box.height


def _of(seen: Observation, track: int) -> Face | None:
    return next((face for face in seen.faces if face.track == track), None)


def _answered(prompted: list[Look], met: Look, name: str, track: int, policy: Policy) -> None:
    """At rest later than anybody can have answered, then clearly moved, and in time."""
    asked_s = prompted[0].asks.since_s
    assert met in prompted
    assert met.told_s - asked_s <= policy.liveness.step_s + 0.5
    mine = [
        (look, face)
        for look in prompted
        if asked_s + 0.15 <= look.seen.t_s <= met.seen.t_s
        and (face := _of(look.seen, track)) is not None
    ]
    assert any(_moved(name, mine[:at], face) for at, (_, face) in enumerate(mine)), name


def _moved(name: str, before: list[tuple[Look, Face]], now: Face) -> bool:
    """Whether `now` differs from some look before in the way that was asked for."""
    if name == "blink":
        opened = [face.eye_openness for _, face in before]
        return any(
            isfinite(shut)
            and shut < 0.85 * now.eye_openness
            and shut < 0.85 * max(opened[:at], default=0)
            for at, shut in enumerate(opened)
        )
    changes = [_measure(name, now) - _measure(name, face) for _, face in before]
    return max(changes, default=0.0) >= LEAST[name]


def _measure(name: str, face: Face) -> float:
    match name:
        case "turn-left":
            return face.pose.yaw_deg
        case "turn-right":
            return -face.pose.yaw_deg
        case "look-up":
            return face.pose.pitch_deg
        case "move-closer":
            return face.quality.eye_distance_px
        case _:
            return face.mouth_openness
