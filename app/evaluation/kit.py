"""What one person's trials share: engine, policy, the figures, and tapes of what was filmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from app.camera.acting import Actor
from app.camera.portrait import Pixels
from app.domain import session as sessions
from app.domain.light import LightUse
from app.domain.liveness import Challenge
from app.domain.observation import Observation
from app.domain.policy import Policy
from app.domain.states import Kiosk
from app.evaluation.people import Model
from app.evaluation.scenes import Lens, Person, Scene, SceneCamera
from app.evaluation.sittings import TRUSTED, Sitting, play
from app.ports import FaceEngine

Tape = tuple[Observation, ...]
Chance = np.random.Generator
#: Rates a webcam delivers in a room that is none too bright; faster ones are films' and genuine
#: visitors'. Each look costs the bench as much as it costs a kiosk.
RATES_HZ = (10.0, 10.0, 10.0, 12.0, 12.0, 15.0)
#: How many plans are drawn until one suits; of all plans at least one in 20 does.
DRAWS = 400


@dataclass(frozen=True, slots=True)
class Earlier:
    """A genuine session that was filmed, and the kiosk that remembers it."""

    sitting: Sitting
    kiosk: Kiosk
    nonce: bytes


@dataclass(slots=True)
class Kit:
    """`model` is the person who is enrolled, `other` somebody else. Tapes are made when first
    asked for and used again with other nonces: an observation is a function of the frames."""

    engine: FaceEngine
    policy: Policy
    room: Pixels
    model: Model
    other: Model
    seed: int
    tapes: dict[str, Tape] = field(default_factory=dict)
    sessions: dict[int, Earlier] = field(default_factory=dict)
    figures: dict[str, Model] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)

    def tape(self, name: str, make: Callable[[], Tape]) -> Tape:
        if name not in self.tapes:
            self.tapes[name] = make()
        return self.tapes[name]

    def earlier(self, number: int) -> Earlier:
        """One of two genuine sessions of this person; an accepted one where there is any."""
        place = number % 2
        if place not in self.sessions:
            for attempt in range(3):
                chance = np.random.default_rng((self.seed, 77, place, attempt))
                found = self._genuine(chance)
                self.sessions[place] = found
                if found.sitting.accepted:
                    break
        return self.sessions[place]

    def _genuine(self, chance: Chance) -> Earlier:
        nonce = chance.bytes(16)
        lens = Lens(rate_hz=12.0)
        camera = SceneCamera(self.visitor(chance), lens, int(chance.integers(2**31)), TRUSTED)
        sitting, kiosk = play(camera, self.engine, self.policy, nonce)
        return Earlier(sitting, kiosk, nonce)

    def visitor(self, chance: Chance, returns: float = 1.0) -> Person:
        """The person themselves, animated, doing what is asked; `returns` as `Person` has it."""
        actor = Actor(int(chance.integers(2**31)), blinks=True)
        stronger = float(chance.uniform(0.98, 1.15))
        return Person(self.model.puppet, actor, self.room, stronger=stronger, returns=returns)

    @property
    def is_lit(self) -> bool:
        """Whether the screen lights the face: then frames depend on the nonce."""
        return self.policy.light_use is not LightUse.OFF

    def live(self, scene: Scene, lens: Lens, chance: Chance, nonce: bytes) -> Sitting:
        """The scene through the trusted camera, answering prompts."""
        camera = SceneCamera(scene, lens, int(chance.integers(2**31)), TRUSTED)
        return play(camera, self.engine, self.policy, nonce)[0]

    def plan(self, nonce: bytes) -> tuple[Challenge, ...]:
        return sessions.begin(nonce, frozenset(), 0.0, self.policy.liveness).plan

    def nonce_within(self, chance: Chance, doable: frozenset[Challenge]) -> bytes:
        """A nonce whose plan asks only what the attacker can do: attackers come again until one
        does, so this is what a patient one is measured by."""
        for _ in range(DRAWS):
            nonce = chance.bytes(16)
            if set(self.plan(nonce)) <= doable:
                return nonce
        return chance.bytes(16)

    def nonce_for(self, chance: Chance, plan: tuple[Challenge, ...]) -> bytes:
        """A fresh nonce with this very plan, where one is found."""
        for _ in range(DRAWS):
            nonce = chance.bytes(16)
            if self.plan(nonce) == plan:
                return nonce
        return chance.bytes(16)


def lens_of(chance: Chance) -> Lens:
    """Some webcam in some light."""
    return Lens(
        rate_hz=float(chance.choice(RATES_HZ)),
        jitter=float(chance.uniform(0.02, 0.2)),
        gain=float(chance.uniform(0.65, 1.15)),
        grain=int(chance.integers(1, 4)),
        blur_px=float(chance.uniform(0.0, 0.7)),
        auto_white=bool(chance.integers(2)),
    )
