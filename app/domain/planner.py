"""Which movements one visit asks for: a plan drawn from its nonce, as long as it has to be.

Every plan that keeps the rules is equally likely. The rules: nothing the person's needs exclude,
no two neighbours equal, and, where the head may move, at least one turn to a side, as only a turn
shows a layer behind this one whether the face is solid.

How hard a plan is to foresee is counted in two ways. *Stated* bits are the logarithm of the
number of plans. *Effective* bits count only what the best single recording does not get for
nothing: eyes blink by themselves, so a recording that blinks all the time answers every BLINK,
and what a plan asks for after its end is never looked at. The budget is kept in effective bits.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from functools import lru_cache
from itertools import count, pairwise, product

from app.domain.liveness import HEAD, TURNS, Challenge
from app.domain.liveness_policy import LivenessPolicy
from app.domain.people import Need

Plan = tuple[Challenge, ...]

LONGEST = 5
"""Steps. More take longer than looking up a PIN."""

EXCLUDED_BY: dict[Need, frozenset[Challenge]] = {
    Need.NO_HEAD_MOVEMENT: HEAD | {Challenge.MOVE_CLOSER},
    Need.NO_BLINK: frozenset({Challenge.BLINK}),
    Need.NO_MOUTH: frozenset({Challenge.OPEN_MOUTH}),
    Need.NO_LIGHT: frozenset(),
    Need.SEATED: frozenset({Challenge.MOVE_CLOSER}),
}


def allowed(needs: frozenset[Need], policy: LivenessPolicy) -> Plan:
    """What may be asked of a person with these needs, in a fixed order."""
    excluded = frozenset[Challenge]().union(*(EXCLUDED_BY[need] for need in needs))
    if not policy.move_closer:
        excluded |= {Challenge.MOVE_CLOSER}
    return tuple(challenge for challenge in Challenge if challenge not in excluded)


@lru_cache(maxsize=128)
def plans(choices: Plan, steps: int) -> tuple[Plan, ...]:
    """Every plan of so many steps that keeps the rules, in a fixed order; at most 3,426."""
    turns = TURNS.intersection(choices)
    return tuple(
        each
        for each in product(choices, repeat=steps)
        if each
        and all(before is not after for before, after in pairwise(each))
        and (not turns or not turns.isdisjoint(each))
    )


def stated_bits(of: tuple[Plan, ...]) -> float:
    """The logarithm of the number of plans, to base 2."""
    return math.log2(len(of)) if of else 0.0


@lru_cache(maxsize=128)
def effective_bits(of: tuple[Plan, ...]) -> float:
    """-log2 of the share of equally likely plans that the best one recording answers.

    The recording may wait for as long as it likes between movements and blinks throughout. Any
    other movement it makes is the one asked for or voids the session (`liveness`), so it answers
    exactly the plans that, without their blinks, begin it.
    """
    if not of:
        return 0.0
    bare = Counter(tuple(each for each in plan if each is not Challenge.BLINK) for plan in of)
    best = max(sum(bare[film[:length]] for length in range(len(film) + 1)) for film in bare)
    return max(-math.log2(best / len(of)), 0.0)


def steps_for(choices: Plan, policy: LivenessPolicy) -> int:
    """The fewest steps that reach the budget, from `policy.challenges` on; 0 where none do.

    Nothing is asked where nothing can be asked, whatever the budget.
    """
    for steps in range(policy.challenges, LONGEST + 1):
        possible = plans(choices, steps)
        if possible and effective_bits(possible) >= policy.entropy_bits:
            return steps
    return 0


def plan(nonce: bytes, choices: Plan, steps: int) -> Plan:
    """One of `plans`, drawn from `nonce` (at least 16 bytes); empty where there is none.

    SHA-256("foyer plan" ‖ nonce ‖ try, two bytes) as a number; what lies beyond the greatest
    multiple of the number of plans is drawn again, so that none is likelier than another.
    """
    possible = plans(choices, steps) if steps > 0 else ()
    if not possible:
        return ()
    limit = (1 << 256) // len(possible) * len(possible)
    for attempt in count():
        digest = hashlib.sha256(b"foyer plan" + nonce + attempt.to_bytes(2, "big")).digest()
        number = int.from_bytes(digest, "big")
        if number < limit:
            return possible[number % len(possible)]
    raise AssertionError("count() does not end")


def plan_for(nonce: bytes, needs: frozenset[Need], policy: LivenessPolicy) -> Plan:
    """The plan of one session; empty where this person cannot be asked enough."""
    choices = allowed(needs, policy)
    return plan(nonce, choices, steps_for(choices, policy))
