"""`foyer evaluate liveness` without its words: a folder of assets in, one document out."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.camera.room import empty_room
from app.evaluation import outcomes, people
from app.evaluation.added import added_ms, frames_of
from app.evaluation.attacks import Species
from app.evaluation.kept import Kept, key_of
from app.evaluation.outcomes import Outcome
from app.evaluation.packs import Origin, Packs
from app.evaluation.people import Model, Skipped
from app.evaluation.protocol import (
    GENUINE,
    NothingToPlay,
    Plan,
    Worker,
    people_wanted,
    run,
    shares,
    species_named,
)
from app.evaluation.recorded import Recorded, play_all
from app.ports import FaceEngine
from app.vision.passive import PassiveScorer

#: Files that were not used are named up to this many; the others are only counted.
NAMED = 20
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was played, and with what."""

    plan: Plan
    packs: tuple[str, str]
    people: int
    seconds: float
    outcomes: tuple[Outcome, ...]
    recorded: Recorded
    skipped: tuple[Skipped, ...]
    liveness_ms: float | None = None

    def as_json(self) -> dict[str, object]:
        """The contract's three parts, and beside them how it was done."""
        by_group: dict[str, list[Outcome]] = {name: [] for name in (*self.plan.species, GENUINE)}
        for each in self.outcomes:
            by_group[each.group].append(each)
        face, passive = self.packs
        return {
            "species": {
                name: self._species(species_named(name), by_group[name])
                for name in self.plan.species
            },
            "genuine": outcomes.genuine_json(by_group[GENUINE]),
            "recorded": self.recorded.as_json(),
            "packs": {"face": face, "passive": passive},
            "people": self.people,
            "seed": self.plan.seed,
            "asked_n": self.plan.n,
            "asked_apart": dict(self.plan.apart),
            "seconds": round(self.seconds, 1),
            "costs": outcomes.costs_json(list(self.outcomes), self.liveness_ms),
            "skipped": {
                "why": outcomes.counted(each.why for each in self.skipped),
                "files": [
                    {"file": Path(each.file).name, "why": each.why} for each in self.skipped[:NAMED]
                ],
            },
        }

    def _species(self, species: Species, played: list[Outcome]) -> dict[str, object]:
        """`sequences`: how many different films or performances the trials were made of."""
        films = species.films * self.people
        return {
            **outcomes.attack_json(played, gated=species.gated),
            "sequences": min(films, len(played)) if films else len(played),
        }


def evaluate(
    origin: Origin, assets: Path, plan: Plan, tell: Tell, resume: Path | None = None
) -> Found:
    """Raises NothingToPlay where the folder holds no face to make a trial of, and NotKept where
    trials cannot be kept in the file `resume`."""
    began = time.perf_counter()
    if not assets.is_dir():
        raise NothingToPlay(f"There is no folder {assets}. Name one with --assets.")
    skipped: list[Skipped] = []
    with tempfile.TemporaryDirectory(prefix="foyer-evaluate-") as private:
        settings = origin.settings()
        packs = Packs.of(settings, assets, Path(private))
        tell("looking for faces to play with")
        worker = Worker.ready(origin, packs)
        photos = chosen(assets, worker, plan, skipped)
        total = len(shares(photos, plan.most))
        names = packs.names(settings)
        kept = Kept(resume, key_of(replace(plan, jobs=1), photos, worker.policy, names))
        told = lambda done: tell(f"person {done} of {total}")  # noqa: E731
        found = run(origin, packs, plan, photos, told, kept)
        tell("playing recordings")
        real = play_all(assets, worker.engine, worker.policy, plan.seed, skipped)
        cost_ms = _added_ms(photos, worker, packs.scorer(settings))
    seconds = time.perf_counter() - began
    return Found(plan, names, len(photos), seconds, tuple(found), real, tuple(skipped), cost_ms)


def _added_ms(photos: list[Path], worker: Worker, scorer: PassiveScorer | None) -> float | None:
    """The median milliseconds of one core that the layers add to a look at one of the people."""
    model = people.model_at(photos[0], worker.engine)
    if isinstance(model, Skipped):
        return None
    samples = added_ms(frames_of(model), worker.engine, scorer)
    return round(float(np.median(samples)), 2) if samples else None


def chosen(assets: Path, worker: Worker, plan: Plan, skipped: list[Skipped]) -> list[Path]:
    """Photographs of different people, in an order that is the seed's."""
    there = people.photographs(assets)
    order = np.random.default_rng(plan.seed).permutation(len(there))
    shuffled = [there[int(place)] for place in order]
    room = empty_room()

    def acts(model: Model, engine: FaceEngine) -> str:
        return people.cannot_act(model, engine, worker.policy, room)

    photos = list(people.usable(shuffled, worker.engine, people_wanted(plan.most), skipped, acts))
    if photos:
        return photos
    raise NothingToPlay(
        f"{assets} holds no photograph of one face that looks into the lens with open eyes "
        f"({len(there)} pictures below identities/ were looked at). Add some, one folder a "
        "person: identities/lfw/<Person>/<picture>.jpg"
    )
