"""Sessions that a film of somebody unprompted happens to answer, found by the kiosk's own code.

For every moment of a film the session's framing is run, and then every movement is asked in turn
of what follows; where one is met the next is asked, up to `MOST_STEPS`. What is found is a plan and
a nonce for it, with the prompts before the movements as they come. Only the challenge layer is
asked here, so that the others judge what they were not consulted about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from app.domain import session as sessions
from app.domain.liveness import HEAD, TURNS, Challenge, deflection
from app.domain.liveness_policy import LivenessPolicy
from app.domain.observation import Observation
from app.domain.people import Need
from app.domain.policy import Policy
from app.domain.session import Challenging, Complete, Failed, Framing, Session, begin, largest
from app.evaluation.sittings import LAG_S, Sitting, arriving, replay

Tape = tuple[Observation, ...]
#: Sessions are begun this far apart, and how many nonces are drawn for a plan.
STRIDE_S, DRAWS = 0.5, 3000
#: Steps tried for; a policy's own plan has three.
MOST_STEPS = 3
#: Where nothing of the head is asked, nothing says that it is solid: another profile's plan.
SEATED_STILL = frozenset({Need.NO_HEAD_MOVEMENT})
NO_NEEDS: frozenset[Need] = frozenset()
_ANY = Challenge.BLINK


@dataclass(frozen=True, slots=True)
class Fit:
    """A plan that the looks `first` to `last` of a film answer."""

    plan: tuple[Challenge, ...]
    first: int
    last: int

    @property
    def turns(self) -> bool:
        return not TURNS.isdisjoint(self.plan)

    @property
    def needs(self) -> frozenset[Need]:
        return NO_NEEDS if self.turns else SEATED_STILL

    @property
    def can_be_asked(self) -> bool:
        """A plan turns the head, or asks nothing of it (see `planner`)."""
        return self.turns or HEAD.isdisjoint(self.plan)


@dataclass(frozen=True, slots=True)
class Found:
    """`fits` do not overlap; `unfit`: why sessions begun elsewhere found none, and how often."""

    fits: tuple[Fit, ...]
    unfit: Counter[str]


def search(tape: Tape, policy: Policy) -> Found:
    """The longest plans first, those with a turn before others, then the earliest."""
    fits: list[Fit] = []
    unfit: Counter[str] = Counter()
    next_s = tape[0].t_s
    for first, seen in enumerate(tape):
        if seen.t_s < next_s:
            continue
        next_s = seen.t_s + STRIDE_S
        here, why = _from(tape, first, policy)
        fits += here
        if not here:
            unfit[why] += 1
    fits.sort(key=lambda each: (-len(each.plan), not each.turns, each.last))
    chosen: list[Fit] = []
    for fit in fits:
        if all(fit.first > other.last or fit.last < other.first for other in chosen):
            chosen.append(fit)
    return Found(tuple(chosen), unfit)


def _from(tape: Tape, first: int, policy: Policy) -> tuple[list[Fit], str]:
    """What a session begun at look `first` can ask, or why it cannot ask anything."""
    session = replace(
        begin(bytes(16), NO_NEEDS, tape[first].t_s - LAG_S, policy.liveness), plan=(_ANY, _ANY)
    )
    for place in range(first, len(tape)):
        after = _told(session, tape[place], policy)
        match after.stage:
            case Challenging():
                fits = _answers(tape, place, session, (), first, policy)
                return list(fits), "no movement"
            case Failed(reason=reason):
                return [], str(reason)
            case _:
                session = after
    stage = session.stage
    hint = stage.hint if isinstance(stage, Framing) else None
    return [], str(hint) if hint else "too short"


def _answers(
    tape: Tape,
    place: int,
    before: Session,
    asked: tuple[Challenge, ...],
    first: int,
    policy: Policy,
) -> Iterator[Fit]:
    """`before`: the session without look `place`, at which its next step begins to be asked."""
    for challenge in Challenge:
        if challenge is Challenge.MOVE_CLOSER or (asked and asked[-1] is challenge):
            continue
        plan = (*asked, challenge)
        met = _met(tape, place, replace(before, plan=(*plan, _ANY)), len(plan), policy)
        if met is None:
            continue
        last, session = met
        fit = Fit(plan, first, last)
        if fit.can_be_asked:
            yield fit
        if len(plan) < MOST_STEPS:
            yield from _answers(tape, last, session, plan, first, policy)


def _met(
    tape: Tape, place: int, session: Session, steps: int, policy: Policy
) -> tuple[int, Session] | None:
    """The look that meets step number `steps`, and the session before it."""
    if not _is_ever_made(tape, place, session, steps, policy):
        return None
    for at in range(place, len(tape)):
        after = _told(session, tape[at], policy)
        if not isinstance(after.stage, Challenging):
            return None
        if after.stage.index == steps:
            return at, session
        session = after
    return None


def _is_ever_made(tape: Tape, place: int, session: Session, steps: int, policy: Policy) -> bool:
    """Whether the movement is seen at all in the time there is, which is soon asked."""
    after = _told(session, tape[place], policy)
    if not isinstance(after.stage, Challenging):
        return False
    rest, wanted = after.stage.rest, session.plan[steps - 1]
    until_s = tape[place].t_s + 2.0 * policy.liveness.step_s
    return any(
        deflection(wanted, face, rest, policy.liveness) >= 1.0
        for seen in tape[place:]
        if seen.t_s <= until_s and (face := largest(seen)) is not None
    )


def _told(session: Session, seen: Observation, policy: Policy) -> Session:
    now_s = seen.t_s + LAG_S
    return sessions.tick(sessions.look(session, seen, now_s, policy), now_s, policy.liveness)


Agrees = Callable[[Tape, Complete], bool]


def played(
    tape: Tape, fit: Fit, policy: Policy, chance: np.random.Generator, agrees: Agrees
) -> Sitting | None:
    """The session, judged by every layer; None where no nonce was found for its plan."""
    limits = replace(policy.liveness, challenges=len(fit.plan), entropy_bits=0.0)
    nonce = _nonce_for(fit, limits, chance)
    if nonce is None:
        return None
    asking = replace(policy, liveness=limits)
    part = tape[fit.first :]
    return replay(
        arriving(part),
        asking,
        nonce,
        needs=fit.needs,
        agrees=lambda complete: agrees(part, complete),
    )[0]


def _nonce_for(fit: Fit, limits: LivenessPolicy, chance: np.random.Generator) -> bytes | None:
    for _ in range(DRAWS):
        nonce = chance.bytes(16)
        if begin(nonce, fit.needs, 0.0, limits).plan == fit.plan:
            return nonce
    return None
