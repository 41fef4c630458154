"""Attacks on the stream instead of the picture: frames again, frames late, another camera."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.domain.source import Camera, SourceKind
from app.evaluation.attacks import Species
from app.evaluation.kit import Chance, Kit, lens_of
from app.evaluation.scenes import SceneCamera
from app.evaluation.sittings import (
    TRUSTED,
    Arrival,
    Sitting,
    arriving,
    play,
    replay,
)

#: Between an earlier session and its replay, seconds: within the day a kiosk remembers.
LATER_S = (20.0, 80_000.0)
#: A loop shorter than this share of a session has to come round before the last step is met;
#: one that is longer is the session once more, which is another species.
MOST_OF_IT = 0.6
#: How long a frozen or looped stream is kept up, seconds.
KEPT_UP_S = 25.0
FILM_HZ = 12.0

_LOOKALIKES = ("OBS Virtual Camera", "Dummy video device", "ManyCam", "bench camera")


def _session_replay(kit: Kit, chance: Chance) -> Sitting:
    """An earlier session once more, before a kiosk that was there: with any fresh nonce, and
    every other time with one that asks for the very movements."""
    earlier = kit.earlier(int(chance.integers(2)))
    fits = bool(chance.integers(2))
    nonce = kit.nonce_for(chance, kit.plan(earlier.nonce)) if fits else chance.bytes(16)
    again = arriving(earlier.sitting.tape, float(chance.uniform(*LATER_S)))
    return replay(again, kit.policy, nonce, earlier.kiosk)[0]


def _forgotten_replay(kit: Kit, chance: Chance) -> Sitting:
    """The same before a kiosk that does not remember: started anew, or another one. Any fresh
    nonce, as only chance makes it fit."""
    earlier = kit.earlier(int(chance.integers(2)))
    return replay(arriving(earlier.sitting.tape), kit.policy, chance.bytes(16))[0]


def _frozen(kit: Kit, chance: Chance) -> Sitting:
    """The genuine session of this very nonce, until the picture stands still: at the latest as
    the last movement is asked for, as whoever made that one was there."""
    earlier = kit.earlier(int(chance.integers(2)))
    tape = earlier.sitting.tape
    asked_s = max((told_s for told_s, _ in earlier.sitting.prompts), default=tape[-1].t_s)
    before = sum(seen.t_s <= asked_s for seen in tape)
    last = int(chance.integers(2, max(before, 3)))
    shown, stands = tape[:last], tape[last - 1]
    more = tuple(
        replace(stands, frame=stands.frame + n, t_s=stands.t_s + n / FILM_HZ)
        for n in range(1, int(KEPT_UP_S * FILM_HZ))
    )
    return replay(arriving((*shown, *more)), kit.policy, earlier.nonce)[0]


def _looped(kit: Kit, chance: Chance) -> Sitting:
    """A piece of an earlier session over and over, for a plan that asks for what comes round."""
    earlier = kit.earlier(int(chance.integers(2)))
    tape = earlier.sitting.tape
    length = max(int(len(tape) * chance.uniform(0.1, MOST_OF_IT)), 2)
    first = int(chance.integers(0, len(tape) - length + 1))
    piece = tape[first : first + length]
    rounds = int(KEPT_UP_S * FILM_HZ / length) + 1
    start_s = tape[0].t_s
    again = tuple(
        replace(seen, frame=n + 1, t_s=start_s + n / FILM_HZ)
        for n, seen in enumerate(piece * rounds)
    )
    shown = [c for t_s, c in earlier.sitting.prompts if piece[0].t_s <= t_s <= piece[-1].t_s]
    steps = len(kit.plan(earlier.nonce))
    wanted = tuple((shown * steps)[:steps])
    nonce = kit.nonce_for(chance, wanted) if wanted else chance.bytes(16)
    return replay(arriving(again), kit.policy, nonce)[0]


def _stale(kit: Kit, chance: Chance) -> Sitting:
    """The genuine session of this very nonce, its frames out of order, repeated, dated back, or
    all handed over long after they were taken."""
    earlier = kit.earlier(int(chance.integers(2)))
    arrivals = arriving(earlier.sitting.tape)
    match int(chance.integers(4)):
        case 0:
            order = _shuffled(len(arrivals), chance)
            seen = tuple(arrivals[place].seen for place in order)
        case 1:
            seen = tuple(replace(each.seen, t_s=arrivals[0].seen.t_s) for each in arrivals)
        case 2:
            back_s = float(chance.uniform(3.0, 3000.0))
            seen = tuple(replace(each.seen, t_s=each.seen.t_s - back_s) for each in arrivals)
        case _:
            first = arrivals[0].seen.frame
            seen = tuple(replace(each.seen, frame=first) for each in arrivals)
    changed = tuple(
        Arrival(arrival.now_s, each) for arrival, each in zip(arrivals, seen, strict=True)
    )
    return replay(changed, kit.policy, earlier.nonce)[0]


def _shuffled(length: int, chance: Chance) -> list[int]:
    """Blocks of about a second in another order; as they were would be no attack."""
    size = max(int(FILM_HZ * chance.uniform(0.4, 1.2)), 2)
    blocks = [list(range(at, min(at + size, length))) for at in range(0, length, size)]
    order = chance.permutation(len(blocks))
    while len(blocks) > 1 and (order == np.arange(len(blocks))).all():
        order = chance.permutation(len(blocks))
    return [place for block in order for place in blocks[int(block)]]


def _through(kit: Kit, chance: Chance, camera: Camera) -> Sitting:
    """An animated photograph that does all that is asked, through `camera`."""
    scene = kit.visitor(chance)
    source = SceneCamera(scene, lens_of(chance), int(chance.integers(2**31)), camera)
    return play(source, kit.engine, kit.policy, chance.bytes(16))[0]


def _injected(kit: Kit, chance: Chance) -> Sitting:
    name = str(chance.choice(_LOOKALIKES))
    kind = SourceKind.VIRTUAL if chance.integers(2) else SourceKind.UNKNOWN
    return _through(kit, chance, replace(TRUSTED, kind=kind, name=name, driver="v4l2 loopback"))


def _virtual_camera(kit: Kit, chance: Chance) -> Sitting:
    """A program that claims to be the trusted camera in every word."""
    kinds = (SourceKind.VIRTUAL, SourceKind.RECORDING, SourceKind.SIMULATED)
    return _through(kit, chance, replace(TRUSTED, kind=kinds[int(chance.integers(3))]))


def _unknown_camera(kit: Kit, chance: Chance) -> Sitting:
    return _through(kit, chance, _another(chance))


def _another(chance: Chance) -> Camera:
    """A real camera that differs from the trusted one in one thing or another."""
    choices = (
        replace(TRUSTED, bus=f"usb-1.{int(chance.integers(2, 9))}"),
        replace(TRUSTED, ids=f"{int(chance.integers(1, 65535)):04x}:0001"),
        replace(TRUSTED, driver="other"),
        replace(TRUSTED, name="Integrated Camera"),
        replace(TRUSTED, width_px=1280, height_px=720),
        replace(TRUSTED, kind=SourceKind.NETWORK, bus="rtsp://10.0.0.9/stream"),
    )
    return choices[int(chance.integers(len(choices)))]


def _swapped_camera(kit: Kit, chance: Chance) -> Sitting:
    """The genuine session of this very nonce, but from some moment on through another camera, or
    through the same one unplugged and plugged in again."""
    earlier = kit.earlier(int(chance.integers(2)))
    arrivals = arriving(earlier.sitting.tape)
    moment = arrivals[int(chance.integers(1, max(len(arrivals) - 1, 2)))].now_s
    camera = _another(chance) if chance.integers(3) else TRUSTED
    return replay(arrivals, kit.policy, earlier.nonce, swapped=(moment, camera))[0]


STREAMED = (
    Species("session-replay", _session_replay, films=2),
    Species("session-replay-forgotten", _forgotten_replay, gated=False, films=2),
    Species("frozen", _frozen, films=2),
    Species("looped", _looped, films=2),
    Species("stale", _stale, films=2),
    Species("injected", _injected),
    Species("unknown-camera", _unknown_camera),
    Species("virtual-camera", _virtual_camera),
    Species("swapped-camera", _swapped_camera, films=2),
)
