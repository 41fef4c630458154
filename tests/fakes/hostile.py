"""Five hundred files that somebody might give for a photograph, made at test time from a seed.

Each says what must come of it: a right picture (`READS`), a refusal (`REFUSED`), or either where
damage may or may not hit what matters (`EITHER`). Nothing of it is kept in the repository: the
kinds are in `hostile_kinds`, the places a path can lead to in `hostile_places`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SEED = 20261128
COUNT = 500

WIDTH, HEIGHT = 64, 48
RED, GREEN, BLUE, WHITE = (200, 40, 30), (30, 160, 60), (40, 60, 190), (235, 235, 235)


class Outcome(StrEnum):
    READS = "reads"
    REFUSED = "refused"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Specimen:
    """`make` writes it to the path it is given. `scene`: it shows the scene, upright."""

    name: str
    make: Callable[[Path], None]
    outcome: Outcome
    scene: bool = False


def scene(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Red above green on the left and blue above white on the right: turns and colours show."""
    picture = Image.new("RGB", (width, height), WHITE)
    picture.paste(RED, (0, 0, width // 2, height // 2))
    picture.paste(GREEN, (0, height // 2, width // 2, height))
    picture.paste(BLUE, (width // 2, 0, width, height // 2))
    return picture


def shows_scene(pixels: NDArray[np.uint8]) -> bool:
    """Whether BGR pixels are the scene, upright and in its colours, whatever their size."""
    height, width = pixels.shape[:2]
    quarters = {(0, 0): RED, (1, 0): GREEN, (0, 1): BLUE, (1, 1): WHITE}
    if abs(width / height - WIDTH / HEIGHT) > 0.1:
        return False
    for (down, across), colour in quarters.items():
        y, x = height * (1 + 2 * down) // 4, width * (1 + 2 * across) // 4
        if np.abs(pixels[y, x, ::-1].astype(int) - colour).max() > 40:
            return False
    return True


def raw(name: str, content: bytes, outcome: Outcome, *, scene: bool = False) -> Specimen:
    """A specimen that is these bytes."""

    def make(path: Path) -> None:
        path.write_bytes(content)

    return Specimen(name, make, outcome, scene)


def corpus(seed: int = SEED, count: int = COUNT) -> list[Specimen]:
    """At least `count` specimens, the same for the same seed: all kinds, and then mutations."""
    # Here, because the kinds are made of what is above.
    from tests.fakes import hostile_kinds, hostile_places

    specimens = [*hostile_kinds.every(), *hostile_places.every()]
    specimens += _mutations(seed, max(count - len(specimens), 100))
    assert len({each.name for each in specimens}) == len(specimens)
    return specimens


def _mutations(seed: int, count: int) -> Iterator[Specimen]:
    """Good files with bytes knocked over, cut out, doubled or cut off."""
    from tests.fakes import hostile_kinds

    random = np.random.default_rng(seed)
    good = hostile_kinds.good_files()
    for number in range(count):
        kind, content = good[number % len(good)]
        spoilt = bytearray(content)
        place, end = sorted(random.integers(0, len(spoilt), 2).tolist())
        match number // len(good) % 4:
            case 0:
                for at in random.integers(0, min(len(spoilt), 200), 4):
                    spoilt[at] ^= int(random.integers(1, 256))
            case 1:
                del spoilt[place : min(end, place + 64)]
            case 2:
                spoilt[place:place] = spoilt[place:end] * 3
            case _:
                del spoilt[max(place, 8) :]
        yield raw(f"mutated-{number:03}.{kind}", bytes(spoilt), Outcome.EITHER)
