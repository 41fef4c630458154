"""The hand-over species: no visit counts in which the second person never was."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from app.camera.lighting import Glow
from app.camera.portrait import Pixels
from app.camera.room import empty_room
from app.domain.liveness import Challenge
from app.domain.policy import Policy
from app.evaluation.attacks import HAND_OVERS
from app.evaluation.holding import HandOver
from app.evaluation.kit import Chance, Kit
from app.evaluation.people import Model
from app.evaluation.protocol import chance_for, species_named
from app.evaluation.scenes import Lens, Person, Scene
from app.evaluation.sittings import Sitting
from tests.fakes.vision import ScriptedEngine


class Flat:
    """Somebody who is all of one grey."""

    def __init__(self, grey: int) -> None:
        self._grey = grey

    def ask(self, challenge: Challenge | None, t_s: float) -> None: ...

    def paint_on(
        self, t_s: float, backdrop: Pixels, glow: Glow | None = None, shift_x_px: float = 0.0
    ) -> Pixels:
        return np.full_like(backdrop, self._grey)


@pytest.mark.parametrize(
    ("takes_s", "walks", "shown_s"), [(0.0, False, 0.5), (1.0, False, 1.0), (1.0, True, 1.0)]
)
def test_the_second_is_shown_from_half_of_the_change_on(
    takes_s: float, walks: bool, shown_s: float
) -> None:
    both = (Flat(10), Flat(200))
    scene = HandOver(*both, empty_room(), prompt=1, wait_s=0.5, takes_s=takes_s, walks=walks)
    scene.ask(Challenge.BLINK, 0.0)
    scene.paint(shown_s - 0.05)
    assert not scene.is_shown
    scene.paint(shown_s + 0.05)
    assert scene.is_shown


class Brief(Kit):
    """Visits that last this long after the first prompt; it counts them."""

    lasts_s = 0.0
    visits = 0

    def visitor(self, chance: Chance, returns: float = 1.0) -> Person:
        return cast(Person, Flat(10))

    def live(self, scene: Scene, lens: Lens, chance: Chance, nonce: bytes) -> Sitting:
        assert isinstance(scene, HandOver)
        self.visits += 1
        for each in self.plan(nonce)[:1]:
            scene.ask(each, 0.0)
            scene.is_shown |= scene._share(self.lasts_s) >= 0.5
        return Sitting(True, "", (), "", 1, self.lasts_s)


def played(lasts_s: float, number: int) -> int:
    other = cast(Model, SimpleNamespace(puppet=None))
    kit = Brief(ScriptedEngine(()), Policy(), empty_room(), other, other, 0)
    kit.lasts_s = lasts_s
    species_named("hand-over").play(kit, chance_for(1, "hand-over", number))
    return kit.visits


def test_two_people_try_again_until_both_were_seen() -> None:
    assert all(played(0.0, number) in range(1, HAND_OVERS + 1) for number in range(20))
    assert max(played(0.0, number) for number in range(20)) > 1
    later = [played(60.0, number) for number in range(20)]
    assert min(later) == 1
