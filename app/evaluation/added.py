"""What the layers against attacks add to a look: the skin, what is behind, the picture's digest,
and the anti-spoof pack's score, beside finding and marking the face, which every look does."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from app.camera.acting import Actor
from app.camera.room import SensorNoise, empty_room
from app.domain.session import largest
from app.evaluation.people import Model
from app.ports import FaceEngine, Frame
from app.vision import light
from app.vision.passive import EVERY, PassiveScorer

#: Milliseconds a frame may cost more on one core (promise of the liveness layers).
PROMISE_MS = 15.0
#: Frames that are measured, and at which rate they are painted.
FRAMES, RATE_HZ = 30, 15.0


def added_ms(
    frames: Sequence[Frame], engine: FaceEngine, scorer: PassiveScorer | None
) -> list[float]:
    """Milliseconds of processor time a frame, each a mean of `EVERY` neighbours, as only every
    so many are scored. Frames without a face are left out; the scorer is loaded here.

    Processor time of this process on all cores: what else the machine does is not counted.
    """
    if scorer is not None:
        scorer.load()
    engine.forget()
    spent: list[float] = []
    for frame in frames:
        face = largest(engine.observe(frame))
        if face is None:
            continue
        marks = np.array(face.landmarks)
        began = time.process_time()
        light.skin_of(frame.pixels, marks)
        light.backdrop_of(frame.pixels, [face.box])
        light.digest_of(frame.pixels)
        if scorer is not None:
            scorer.score(frame.pixels, marks)
        spent.append(1000.0 * (time.process_time() - began))
    engine.forget()
    whole = len(spent) // EVERY * EVERY
    groups = [spent[place : place + EVERY] for place in range(0, whole, EVERY)]
    return [sum(each) / EVERY for each in groups]


def frames_of(model: Model) -> list[Frame]:
    """Somebody at rest before the camera."""
    actor, noise, room = Actor(1, blinks=True), SensorNoise(1), empty_room()
    found = []
    for number in range(1, FRAMES + 1):
        look = actor.look(number / RATE_HZ)
        painted = model.puppet.paint(look.stance, look.closed, look.opened, room)
        found.append(Frame(number, number / RATE_HZ, noise.add(painted)))
    return found
