"""What a cooperative visitor does when asked, in angles and shares, at 30 looks a second."""

from __future__ import annotations

import itertools

import pytest

from app.camera.acting import (
    CLOSER,
    LOOK_UP_DEG,
    MOUTH_SHARE,
    REACTION_JITTER_S,
    REACTION_S,
    TURN_DEG,
    Actor,
    Look,
)
from app.domain.liveness import Challenge

STEP_S = 1 / 30
#: What swaying adds at most, degrees.
SWAY_DEG = 1.0


def play(actor: Actor, from_s: float, to_s: float) -> list[tuple[float, Look]]:
    count = round((to_s - from_s) / STEP_S)
    return [(t_s, actor.look(t_s)) for t_s in (from_s + n * STEP_S for n in range(count))]


def asked(challenge: Challenge, seed: int = 0) -> list[tuple[float, Look]]:
    """Asked at second 10, followed for more than two seconds; times since the prompt."""
    actor = Actor(seed)
    play(actor, 9.0, 10.0)
    actor.ask(challenge, 10.0)
    return [(t_s - 10.0, look) for t_s, look in play(actor, 10.0, 12.3)]


def moved(look: Look, challenge: Challenge) -> float:
    """How far the movement asked for has gone; 1 is all the way."""
    match challenge:
        case Challenge.TURN_LEFT:
            return look.stance.yaw_deg / TURN_DEG
        case Challenge.TURN_RIGHT:
            return -look.stance.yaw_deg / TURN_DEG
        case Challenge.LOOK_UP:
            return look.stance.pitch_deg / LOOK_UP_DEG
        case Challenge.BLINK:
            return look.closed
        case Challenge.OPEN_MOUTH:
            return look.opened / MOUTH_SHARE
        case Challenge.MOVE_CLOSER:
            return (look.stance.scale - 1.0) / CLOSER


@pytest.mark.parametrize("challenge", list(Challenge))
@pytest.mark.parametrize("seed", range(5))
def test_does_what_is_asked_and_comes_to_rest(challenge: Challenge, seed: int) -> None:
    seen = [(t_s, moved(look, challenge)) for t_s, look in asked(challenge, seed)]

    assert max(share for _, share in seen) > 0.85
    assert all(share < 0.1 for t_s, share in seen if t_s < REACTION_S - REACTION_JITTER_S)
    done_s = max(seen, key=lambda each: each[1])[0]
    assert any(share < 0.1 for t_s, share in seen if t_s > done_s)


@pytest.mark.parametrize("challenge", list(Challenge))
def test_does_nothing_else(challenge: Challenge) -> None:
    others = [other for other in Challenge if other is not challenge]
    for _, look in asked(challenge):
        assert all(moved(look, other) < 0.15 for other in others)


def test_never_quicker_than_a_person() -> None:
    quickest = min(
        next(t_s for t_s, look in asked(Challenge.BLINK, seed) if look.closed > 0.05)
        for seed in range(50)
    )

    assert quickest > 0.25


def test_moves_smoothly() -> None:
    angles = [look.stance.yaw_deg for _, look in asked(Challenge.TURN_LEFT)]
    steps = [abs(after - before) for before, after in itertools.pairwise(angles)]

    # A head can turn at 300 degrees a second, that is 10 in one of these steps; this one is calm.
    assert max(steps) < 5.0
    changes = [abs(b - a) for a, b in itertools.pairwise(steps)]
    assert max(changes) < 2.0


def test_left_to_itself_it_only_sways() -> None:
    for _, look in play(Actor(), 0.0, 20.0):
        assert abs(look.stance.yaw_deg) < SWAY_DEG
        assert abs(look.stance.pitch_deg) < SWAY_DEG
        assert abs(look.stance.shift_x_px) < 4.0
        assert look.closed == look.opened == 0.0


def test_tries_again_and_more_clearly() -> None:
    actor = Actor()
    actor.ask(Challenge.TURN_LEFT, 0.0)
    looks = play(actor, 0.0, 6.0)

    first = max(look.stance.yaw_deg for t_s, look in looks if t_s < 2.0)
    later = max(look.stance.yaw_deg for t_s, look in looks if t_s > 2.5)
    assert later > first


def test_asking_the_same_again_changes_nothing() -> None:
    once, often = Actor(3), Actor(3)
    once.ask(Challenge.BLINK, 1.0)
    for t_s, look in play(once, 1.0, 3.0):
        often.ask(Challenge.BLINK, t_s)
        assert often.look(t_s) == look


def test_no_longer_asked_it_stays_at_rest() -> None:
    actor = Actor()
    actor.ask(Challenge.OPEN_MOUTH, 0.0)
    play(actor, 0.0, 0.6)
    actor.ask(None, 0.6)

    assert any(look.opened > 0.5 for _, look in play(actor, 0.6, 1.9))  # carried through
    assert all(look.opened == 0.0 for _, look in play(actor, 1.9, 8.0))


def test_rests_visibly_between_two_movements() -> None:
    """The next prompt can come while the head is still on its way back."""
    actor = Actor()
    actor.ask(Challenge.TURN_LEFT, 0.0)
    play(actor, 0.0, 0.9)
    actor.ask(Challenge.TURN_RIGHT, 0.9)
    looks = play(actor, 0.9, 4.0)

    back = next(t_s for t_s, look in looks if look.stance.yaw_deg < 3.0)
    off = next(t_s for t_s, look in looks if look.stance.yaw_deg < -3.0)
    assert off - back > 0.35


def test_the_same_seed_moves_the_same_way() -> None:
    assert asked(Challenge.LOOK_UP, 7) == asked(Challenge.LOOK_UP, 7)
    assert asked(Challenge.LOOK_UP, 7) != asked(Challenge.LOOK_UP, 8)


def test_blinks_by_itself_only_when_told_to_and_not_when_asked_for_something() -> None:
    blinking = Actor(blinks=True)
    times = [t_s for t_s, look in play(blinking, 0.0, 60.0) if look.closed > 0.9]
    assert 5 <= len({round(t_s) for t_s in times}) <= 40

    blinking.ask(Challenge.TURN_LEFT, 60.0)
    assert all(look.closed == 0.0 for _, look in play(blinking, 61.0, 66.0))
