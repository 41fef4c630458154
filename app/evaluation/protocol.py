"""The attack bench: which trials are played, by whom, on how many processes, with which chance.

Every trial has its own chance, from the seed, its group and its number; so results depend
neither on how many processes share the work nor on which other groups are asked for. One
person's trials stay together, because figures and tapes are made once for all of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from app.camera.room import empty_room
from app.cv import cv2
from app.domain.light import LightUse
from app.domain.policy import Policy
from app.errors import FoyerError
from app.evaluation import genuine
from app.evaluation.attacks import PICTURED, Species
from app.evaluation.kept import Kept
from app.evaluation.kit import Kit
from app.evaluation.outcomes import Outcome, left_out, outcome_of
from app.evaluation.packs import Origin, Packs
from app.evaluation.people import Model, Skipped, model_at
from app.evaluation.streams import STREAMED
from app.ports import FaceEngine
from app.runtime.workers import workers

ALL_SPECIES = (*PICTURED, *STREAMED)
GENUINE = "genuine"
#: At most this many people play; each has about this many trials of a group, or more.
MOST_PEOPLE, TRIALS_EACH = 40, 4


class NothingToPlay(FoyerError):
    """The folder holds no face a trial can be made of."""

    code = "evaluation-assets"


#: What the gate asks of a species more than of the others; every one of them is played again and
#: again by a patient attacker.
GATE_N = 300
GATE = (("session-replay", 3000), ("hand-over", 1000))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for. `lights`: "off", "on" or both, played apart. `apart`: other numbers of
    trials, by group, than `n`."""

    species: tuple[str, ...]
    n: int
    seed: int
    lights: tuple[str, ...] = ("off",)
    jobs: int = 1
    apart: tuple[tuple[str, int], ...] = ()

    def trials(self, group: str) -> int:
        """How many trials of a species, or of genuine visits, are played with each light."""
        return dict(self.apart).get(group, self.n)

    @property
    def most(self) -> int:
        """Trials of the group that has most."""
        return max(self.trials(group) for group in (*self.species, GENUINE))


@dataclass(frozen=True, slots=True)
class Share:
    """One person's part of the work: their photograph, somebody else's, and the numbers of the
    trials that are theirs."""

    photo: Path
    other: Path
    numbers: tuple[int, ...]

    def of(self, trials: int) -> tuple[int, ...]:
        """Those of a group of that many."""
        return tuple(number for number in self.numbers if number < trials)


@dataclass(slots=True)
class Worker:
    """An engine at work in this process; loaded once for all shares it gets."""

    engine: FaceEngine
    policy: Policy

    @staticmethod
    def ready(origin: Origin, packs: Packs) -> Worker:
        settings = origin.settings()
        engine = packs.engine(settings)
        engine.load()
        # Processes share the cores; libraries that each take all of them wait for each other.
        cv2.setNumThreads(1)
        threadpool_limits(limits=1)
        return Worker(engine, packs.policy(settings))

    def play(self, share: Share, plan: Plan) -> list[Outcome]:
        """Every trial of this share; nothing where its people cannot be animated."""
        model, other = model_at(share.photo, self.engine), model_at(share.other, self.engine)
        if isinstance(model, Skipped) or isinstance(other, Skipped):
            return []
        found: list[Outcome] = []
        for light in plan.lights:
            found += self._trials(model, other, share, plan, light)
        return found

    def _trials(
        self, model: Model, other: Model, share: Share, plan: Plan, light: str
    ) -> list[Outcome]:
        policy = lit(self.policy, light)
        seed = chance_for(plan.seed, light, share.numbers[0])
        kit = Kit(self.engine, policy, empty_room(), model, other, int(seed.integers(2**31)))
        found = []
        for name in plan.species:
            species = species_named(name)
            if species.needs_two and share.photo == share.other:
                continue
            for number in share.of(plan.trials(name)):
                sitting = species.play(kit, chance_for(plan.seed, name + light, number))
                found.append(outcome_of(sitting, name, light))
        for turn, number in enumerate(share.of(plan.trials(GENUINE))):
            # In turn for each person, so that no condition is only ever some people's.
            condition = genuine.CONDITIONS[(number + turn) % len(genuine.CONDITIONS)]
            why = genuine.unfit(kit, condition)
            if why:
                found.append(left_out(why, GENUINE, light, condition.name))
                continue
            sitting = genuine.sit(kit, condition, chance_for(plan.seed, GENUINE + light, number))
            found.append(outcome_of(sitting, GENUINE, light, condition.name))
        return found


def lit(policy: Policy, light: str) -> Policy:
    """The policy with the screen's light asked for, or not."""
    return replace(policy, light_use=LightUse.WATCH if light == "on" else LightUse.OFF)


def chance_for(seed: int, group: str, number: int) -> np.random.Generator:
    return np.random.default_rng((seed, zlib.crc32(group.encode()), number))


def species_named(name: str) -> Species:
    return next(each for each in ALL_SPECIES if each.name == name)


def shares(photos: list[Path], n: int) -> list[Share]:
    """Who plays what: trial after trial goes to the next person."""
    count = len(photos)
    return [
        Share(photo, photos[(place + 1) % count], tuple(range(place, n, count)))
        for place, photo in enumerate(photos[:n])
    ]


def people_wanted(n: int) -> int:
    return min(max(-(-n // TRIALS_EACH), 2), MOST_PEOPLE)


def run(
    origin: Origin,
    packs: Packs,
    plan: Plan,
    photos: list[Path],
    tell: Callable[[int], None],
    kept: Kept,
) -> list[Outcome]:
    """Everything, in the order of the shares; `tell` hears how many shares are done. What `kept`
    holds of them is not played again, and what is played is added to it."""
    found = kept.read()
    work = dict(enumerate(shares(photos, plan.most)))
    open_work = {place: share for place, share in work.items() if place not in found}
    for place, outcomes in _played(origin, packs, plan, open_work):
        kept.add(place, outcomes)
        found[place] = outcomes
        tell(len(found))
    return [each for place in sorted(found) for each in found[place]]


def _played(
    origin: Origin, packs: Packs, plan: Plan, work: dict[int, Share]
) -> Iterator[tuple[int, list[Outcome]]]:
    if plan.jobs <= 1:
        worker = Worker.ready(origin, packs)
        for place, share in work.items():
            yield place, worker.play(share, plan)
        return
    with workers(plan.jobs, _start, origin, packs) as pool:
        pending = {pool.submit(_play, share, plan): place for place, share in work.items()}
        for future in as_completed(pending):
            yield pending[future], future.result()


#: The worker of this process, where it is one of several.
_own: list[Worker] = []


def _start(origin: Origin, packs: Packs) -> None:
    _own.append(Worker.ready(origin, packs))


def _play(share: Share, plan: Plan) -> list[Outcome]:
    return _own[0].play(share, plan)
