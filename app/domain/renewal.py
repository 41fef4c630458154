"""After a grant: whether somebody is asked to renew their face, and what is done with the visit.

Nothing here decides who enters: all of it happens after the record is durable and the door was
released. A template is stored only after somebody said yes, from the frames of this very visit.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain import adapting
from app.domain.ageing import Due
from app.domain.effects import Adapt, Effect, LetGo, NoteAsked, Renew, Shade, Tend
from app.domain.events import Button, EffectFailed, Event, Identified, Moment, Pressed, Recorded
from app.domain.events import Renewed as RenewedEvent
from app.domain.journal import Factor
from app.domain.matching import Matched
from app.domain.policy import Policy, Renewal
from app.domain.states import (
    Attract,
    Granted,
    Kiosk,
    Measured,
    Notice,
    Offering,
    Outcome,
    Renewing,
    Showing,
    Visit,
)

Stepped = tuple[Kiosk, tuple[Effect, ...]]
NOT_NOW, NO_ANSWER = "renewal-not-now", "renewal-no-answer"
REMINDED = "renewal-reminded"


def measured(visit: Visit, event: Identified) -> Visit:
    """The visit with where its face was recognised, for what comes after the grant."""
    if not isinstance(event.match, Matched) or not event.space:
        return replace(visit, measured=None)
    found = Measured(event.match.person, event.space, event.share, old=event.old_space)
    return replace(visit, measured=found)


def after_record(outcome: Outcome, policy: Policy) -> tuple[Effect, ...]:
    """What is done beside the screen once a visit is written down; none of it is waited for."""
    visit = outcome.visit
    effects: list[Effect] = []
    if policy.shadow and Factor.FACE in outcome.factors:
        effects.append(Shade(visit.nonce))
    seen = visit.measured
    if not isinstance(outcome, Granted) or seen is None or seen.person != outcome.person.id:
        return tuple(effects)
    if Factor.FACE in outcome.factors and seen.share is not None:
        effects.append(Tend(seen.person, seen.space, seen.share))
    if policy.adapting.enabled and outcome.factors >= adapting.FACTORS and not visit.weak:
        effects.append(Adapt(visit.nonce, seen.person))
    return tuple(effects)


def screen_after(outcome: Granted, event: Recorded, policy: Policy) -> Showing | Offering:
    """The result, with an offer or one sentence where the person's face should be renewed."""
    until_s = event.t.s + policy.timing.granted_s
    if event.due is None:
        return Showing(outcome, until_s)
    if event.due is Due.OLD_SPACE and _may_offer(outcome, policy):
        return Offering(outcome, event.t.s + policy.timing.idle_s)
    return Showing(outcome, until_s, Notice.RENEW)


def reminded(screen: Showing | Offering, t: Moment) -> tuple[Effect, ...]:
    """Whoever is told now is left alone for some days."""
    if isinstance(screen, Showing) and screen.notice is Notice.RENEW:
        return (NoteAsked(_person(screen.outcome), REMINDED, t.utc_s),)
    return ()


def _person(outcome: Outcome) -> str:
    return outcome.person.id if outcome.person is not None else ""


def _may_offer(outcome: Granted, policy: Policy) -> bool:
    """Only a face that was recognised in this visit, as far as the house's policy goes."""
    seen = outcome.visit.measured
    if seen is None or not seen.old or seen.person != outcome.person.id:
        return False
    if not _is_whole(outcome.visit):
        return False
    match policy.renewal:
        case Renewal.ALWAYS:
            return True
        case Renewal.TWO_FACTORS:
            return len(outcome.factors) > 1
        case _:
            return False


def _is_whole(visit: Visit) -> bool:
    """Whether the face was judged alive by every layer, and all of it was to be seen."""
    return not (visit.weak or visit.partial or visit.odd)


def step(kiosk: Kiosk, event: Event, policy: Policy) -> Stepped:
    """What is pressed at the offer, and how the storing ended."""
    screen = kiosk.screen
    match event, screen:
        case Pressed(button=Button.AGREE), Offering(outcome=outcome):
            ticket = kiosk.ticket + 1
            waiting = Renewing(outcome, ticket, event.t.s + policy.timing.answer_s)
            renew = Renew(ticket, outcome.visit.nonce, outcome.person.id, outcome.person.version)
            return replace(kiosk, ticket=ticket, screen=waiting), (renew,)
        case Pressed(button=Button.NOT_NOW | Button.DONE | Button.CANCEL), Offering():
            return _asked(kiosk, screen, NOT_NOW, event.t)
        case RenewedEvent(ticket=ticket), Renewing() if ticket == screen.ticket:
            return _told(kiosk, screen, Notice.RENEWED, event.t, policy)
        case EffectFailed(ticket=ticket), Renewing() if ticket == screen.ticket:
            return _told(kiosk, screen, Notice.NOT_RENEWED, event.t, policy)
        case _:
            return kiosk, ()


def pass_time(kiosk: Kiosk, screen: Offering | Renewing, t: Moment, policy: Policy) -> Stepped:
    """No answer is no consent."""
    match screen:
        case Offering() if t.s >= screen.until_s:
            return _asked(kiosk, screen, NO_ANSWER, t)
        case Renewing() if t.s >= screen.deadline_s:
            return _told(kiosk, screen, Notice.NOT_RENEWED, t, policy)
        case _:
            return kiosk, ()


def _asked(kiosk: Kiosk, screen: Offering, detail: str, t: Moment) -> Stepped:
    """Nothing is stored but that they were asked; they are left alone for some days."""
    note = NoteAsked(screen.outcome.person.id, detail, t.utc_s)
    return replace(kiosk, screen=Attract()), (note, LetGo())


def _told(kiosk: Kiosk, screen: Renewing, notice: Notice, t: Moment, policy: Policy) -> Stepped:
    shown = Showing(screen.outcome, t.s + policy.timing.granted_s, notice)
    return replace(kiosk, screen=shown), (LetGo(),)
