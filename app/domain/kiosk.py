"""The whole kiosk as one pure function: `step(state, event, policy) -> (state, effects)`.

Reading order: `step` sorts events into those about the house (time, parts) and those about the
visit; each screen has one small function that says what it does with an event. Whatever is not
named changes nothing, so an answer that comes too late, or to a question no longer asked, can
never grant.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from app.domain import desk, renewal, selftest, swap, visits, witness
from app.domain.effects import Effect, Rest
from app.domain.events import (
    BadgeRead,
    Button,
    CameraOpened,
    Condition,
    EffectFailed,
    Event,
    GalleryChanged,
    Identified,
    Looked,
    Moment,
    PartChanged,
    PinChecked,
    Pressed,
    Recorded,
    Resolved,
    Ticked,
    digit,
)
from app.domain.journal import Purpose
from app.domain.people import Claim, ClaimKind
from app.domain.policy import Mode, Policy
from app.domain.reasons import Reason
from app.domain.states import (
    AskingAdmin,
    Attract,
    CheckingAdmin,
    CheckingPin,
    Claiming,
    Denied,
    Health,
    Identifying,
    Kiosk,
    Offering,
    Proving,
    Recording,
    Renewing,
    Resolving,
    Servicing,
    Showing,
    Testing,
    Trying,
    Verifying,
    Visit,
)

Stepped = tuple[Kiosk, tuple[Effect, ...]]

STANDARD_PURPOSE: dict[Mode, Purpose] = {
    Mode.DOOR: Purpose.ENTER,
    Mode.CLOCK: Purpose.CLOCK_IN,
    Mode.CLOCK_IN: Purpose.CLOCK_IN,
    Mode.CLOCK_OUT: Purpose.CLOCK_OUT,
}


def start(policy: Policy) -> Kiosk:
    """The state before anything is known."""
    return Kiosk(purpose=STANDARD_PURPOSE[policy.mode])


def first_screen(kiosk: Kiosk, policy: Policy) -> Kiosk:
    """Back to the beginning, with nothing left of the visit."""
    return replace(kiosk, screen=Attract(), purpose=STANDARD_PURPOSE[policy.mode])


def step(kiosk: Kiosk, event: Event, policy: Policy) -> Stepped:
    """The state after `event`, and what is to be done. Pure and total.

    Time passes first: what is overdue at the event's moment is refused or cleared before the
    event is looked at, so that no answer wins by overtaking the clock's own tick.
    """
    before = kiosk.screen
    kiosk = replace(kiosk, utc_s=event.t.utc_s, t_s=event.t.s)
    kiosk, overdue = _pass_time(kiosk, event.t, policy)
    kiosk, effects = _happen(_tapped(kiosk, event), event, policy)
    if isinstance(kiosk.screen, Attract):
        kiosk = replace(kiosk, taps=0)
    return witness.remembered(kiosk, before, event.t, policy), (*overdue, *effects)


def _tapped(kiosk: Kiosk, event: Event) -> Kiosk:
    """With one tap more. Typing is none: numbers and PINs are as long as they are."""
    typing = {Button.DIGIT, Button.ERASE}
    if isinstance(event, Pressed) and event.button not in typing:
        return replace(kiosk, taps=kiosk.taps + 1)
    return kiosk


def _happen(kiosk: Kiosk, event: Event, policy: Policy) -> Stepped:
    match event:
        case Ticked():
            return kiosk, ()
        case PartChanged():
            return _part_changed(kiosk, event, policy)
        case CameraOpened() if isinstance(kiosk.screen, Testing | Trying):
            return selftest.camera_opened(kiosk, event)
        case CameraOpened():
            return swap.camera_opened(kiosk, event, policy)
        case GalleryChanged():
            kiosk = replace(
                kiosk,
                people=event.people,
                templates=event.templates,
                face_locked_until_s=event.face_locked_until_s,
                cameras=event.cameras,
                tested=event.tested,
            )
            return swap.enrolment_changed(kiosk, event.t, policy)
        case Recorded(face_locked_until_s=until_s):
            kiosk = replace(kiosk, face_locked_until_s=max(kiosk.face_locked_until_s, until_s))
            return _visit(kiosk, event, policy)
        case Pressed(button=Button.SERVICE) if isinstance(kiosk.screen, Attract):
            return replace(kiosk, screen=AskingAdmin(event.t.s)), ()
        case _:
            return _visit(kiosk, event, policy)


def _visit(kiosk: Kiosk, event: Event, policy: Policy) -> Stepped:
    """An event about whoever stands at the kiosk, by the screen they see."""
    screen = kiosk.screen
    if isinstance(screen, AskingAdmin | CheckingAdmin | Servicing):
        return desk.step(kiosk, event, policy)
    if isinstance(screen, Testing | Trying):
        return selftest.step(kiosk, event, policy)
    if kiosk.health.gallery is not Condition.READY:
        return kiosk, ()
    match event:
        case BadgeRead() if not isinstance(
            screen, Identifying | CheckingPin | Recording | Renewing
        ):
            return _badge(kiosk, event, policy)
        case Looked() if isinstance(screen, Verifying):
            return visits.look(kiosk, screen, event, policy)
        case Identified() if isinstance(screen, Identifying) and event.ticket == screen.ticket:
            return visits.identified(kiosk, screen, event, policy)
        case PinChecked() if isinstance(screen, CheckingPin) and event.ticket == screen.ticket:
            return visits.pin_checked(kiosk, screen, event, policy)
        case Resolved() if isinstance(screen, Resolving) and event.ticket == screen.ticket:
            return visits.resolved(kiosk, screen, event, policy)
        case Recorded() if isinstance(screen, Recording) and event.ticket == screen.ticket:
            return visits.recorded(kiosk, screen, event, policy)
        case EffectFailed() if not isinstance(screen, Renewing):
            return _failed(kiosk, event, policy)
        case Pressed(button=Button.NOT_ME) if isinstance(screen, Offering):
            return visits.dispute(kiosk, screen, event, policy)
        case _ if isinstance(screen, Offering | Renewing):
            return renewal.step(kiosk, event, policy)
        case Pressed():
            return _press(kiosk, event, policy)
        case _:
            return kiosk, ()


def _press(kiosk: Kiosk, event: Pressed, policy: Policy) -> Stepped:
    """A button, by screen. On every public screen both doors and the way out are answered."""
    screen = kiosk.screen
    match screen:
        case Attract():
            return _press_attract(kiosk, event, policy)
        case Claiming():
            return _press_claiming(kiosk, screen, event, policy)
        case Proving():
            return _press_proving(kiosk, screen, event, policy)
        case Verifying():
            return _press_verifying(kiosk, screen, event, policy)
        case Showing():
            return _press_showing(kiosk, screen, event, policy)
        case Resolving() | Identifying() | CheckingPin() | Recording():
            return kiosk, ()
        case Offering() | Renewing():
            return renewal.step(kiosk, event, policy)
        case AskingAdmin() | CheckingAdmin() | Servicing() | Testing() | Trying():
            return kiosk, ()
        case _ as never:
            assert_never(never)


def _press_attract(kiosk: Kiosk, event: Pressed, policy: Policy) -> Stepped:
    match event.button:
        case Button.USE_FACE:
            return visits.use_face(kiosk, visits.arrive(kiosk, event), event, policy)
        case Button.USE_BADGE_OR_PIN:
            screen = Claiming(visits.arrive(kiosk, event), event.t.s)
            return replace(kiosk, screen=screen), ()
        case Button.DIGIT:
            screen = Claiming(visits.arrive(kiosk, event), event.t.s, digit(event))
            return replace(kiosk, screen=screen), ()
        case Button.CLOCK_IN if policy.mode is Mode.CLOCK:
            return replace(kiosk, purpose=Purpose.CLOCK_IN, screen=Attract(event.t.s)), ()
        case Button.CLOCK_OUT if policy.mode is Mode.CLOCK:
            return replace(kiosk, purpose=Purpose.CLOCK_OUT, screen=Attract(event.t.s)), ()
        case _:
            return kiosk, ()


def _press_claiming(kiosk: Kiosk, screen: Claiming, event: Pressed, policy: Policy) -> Stepped:
    touched = replace(screen, touched_s=event.t.s)
    match event.button:
        case Button.DIGIT if len(screen.typed) < policy.number_length:
            return replace(kiosk, screen=replace(touched, typed=screen.typed + digit(event))), ()
        case Button.ERASE:
            return replace(kiosk, screen=replace(touched, typed=screen.typed[:-1])), ()
        case Button.CONFIRM if screen.typed:
            claim = Claim(ClaimKind.NUMBER, screen.typed)
            visit = replace(screen.visit, claim=claim)
            return replace(kiosk, screen=Proving(visit, claim, event.t.s)), ()
        case Button.USE_FACE:
            return visits.use_face(kiosk, screen.visit, event, policy)
        case Button.CANCEL:
            return _leave(kiosk, screen.visit, Reason.CANCELLED, event.t, policy)
        case _:
            return kiosk, ()


def _press_proving(kiosk: Kiosk, screen: Proving, event: Pressed, policy: Policy) -> Stepped:
    fewest, longest = policy.pin_lengths
    touched = replace(screen, touched_s=event.t.s)
    match event.button:
        case Button.DIGIT if len(screen.typed.text) < longest:
            typed = replace(screen.typed, text=screen.typed.text + digit(event))
            return replace(kiosk, screen=replace(touched, typed=typed)), ()
        case Button.ERASE:
            typed = replace(screen.typed, text=screen.typed.text[:-1])
            return replace(kiosk, screen=replace(touched, typed=typed)), ()
        case Button.CONFIRM if len(screen.typed.text) >= fewest:
            return visits.check_pin(kiosk, screen, event, policy)
        case Button.USE_FACE:
            return visits.use_face(kiosk, screen.visit, event, policy)
        case Button.CANCEL:
            return _leave(kiosk, screen.visit, Reason.CANCELLED, event.t, policy)
        case _:
            return kiosk, ()


def _press_verifying(kiosk: Kiosk, screen: Verifying, event: Pressed, policy: Policy) -> Stepped:
    match event.button:
        case Button.USE_BADGE_OR_PIN if screen.visit.claim is not None:
            proving = Proving(screen.visit, screen.visit.claim, event.t.s)
            return replace(kiosk, screen=proving), (Rest(),)
        case Button.USE_BADGE_OR_PIN:
            return replace(kiosk, screen=Claiming(screen.visit, event.t.s)), (Rest(),)
        case Button.CANCEL:
            return _leave(kiosk, screen.visit, Reason.CANCELLED, event.t, policy)
        case _:
            return kiosk, ()


def _press_showing(kiosk: Kiosk, screen: Showing, event: Pressed, policy: Policy) -> Stepped:
    match event.button:
        case Button.DONE | Button.CANCEL:
            return first_screen(kiosk, policy), ()
        case Button.NOT_ME:
            return visits.dispute(kiosk, screen, event, policy)
        case Button.RETRY | Button.USE_FACE | Button.USE_BADGE_OR_PIN:
            again = event.button is Button.RETRY
            door = Button.USE_FACE if again else event.button
            attract = _next_try(kiosk, screen, policy)
            return _press_attract(attract, replace(event, button=door), policy)
        case _:
            return kiosk, ()


def _next_try(kiosk: Kiosk, screen: Showing, policy: Policy) -> Kiosk:
    """The first screen after a result. Who was refused tries again for the same purpose; after
    a grant the next person does not inherit what the last one chose."""
    fresh = first_screen(kiosk, policy)
    refused = isinstance(screen.outcome, Denied)
    return replace(fresh, purpose=kiosk.purpose) if refused else fresh


def _badge(kiosk: Kiosk, event: BadgeRead, policy: Policy) -> Stepped:
    """A badge claims a person from any public screen; an unfinished visit gives way to it.

    The same badge again, while its PIN is being typed, is a reader that read twice.
    """
    if not event.badge:
        return kiosk, ()
    claim = Claim(ClaimKind.BADGE, event.badge)
    effects: tuple[Effect, ...] = ()
    match kiosk.screen:
        case Proving(claim=standing) as screen if standing == claim:
            return replace(kiosk, screen=replace(screen, touched_s=event.t.s)), ()
        case Claiming() | Proving() | Resolving() | Verifying() as screen:
            purpose = kiosk.purpose
            kiosk, effects = _leave(kiosk, screen.visit, Reason.CANCELLED, event.t, policy)
            kiosk = replace(kiosk, purpose=purpose)
        case Showing() as screen:
            kiosk = _next_try(kiosk, screen, policy)
        case _:
            pass
    visit = replace(visits.arrive(kiosk, event), claim=claim)
    return replace(kiosk, screen=Proving(visit, claim, event.t.s)), effects


def _leave(kiosk: Kiosk, visit: Visit, reason: Reason, t: Moment, policy: Policy) -> Stepped:
    """Back to the first screen without an outcome; the journal says so if a factor was shown."""
    asleep = (Rest(),) if isinstance(kiosk.screen, Verifying) else ()
    kiosk, written = visits.write_off(kiosk, visit, reason, t, policy)
    return first_screen(kiosk, policy), (*asleep, *written)


def _failed(kiosk: Kiosk, event: EffectFailed, policy: Policy) -> Stepped:
    """What was asked for did not happen: the visit is refused, never granted."""
    screen = kiosk.screen
    match screen:
        case Recording(ticket=ticket) if ticket == event.ticket:
            return visits.not_recorded(kiosk, screen, event.t, policy)
        case Resolving(ticket=ticket) | Identifying(ticket=ticket) | CheckingPin(ticket=ticket):
            if ticket == event.ticket:
                return visits.deny(kiosk, screen.visit, Reason.FAULT, event.t, policy)
            return kiosk, ()
        case _:
            return kiosk, ()


def _part_changed(kiosk: Kiosk, event: PartChanged, policy: Policy) -> Stepped:
    """A part came or went. Losing the camera or the engine ends a face session at once."""
    name = event.part.value
    codes = dict(kiosk.health.codes)
    codes.pop(name, None)
    if event.code:
        codes[name] = event.code
    conditions: dict[str, Condition] = {name: event.condition}
    health: Health = replace(kiosk.health, codes=tuple(sorted(codes.items())), **conditions)
    kiosk = replace(kiosk, health=health)
    screen = kiosk.screen
    if health.gallery is not Condition.READY:
        return _shut(kiosk, event.t, policy)
    gone = {Condition.LOST, Condition.FAILED}
    if isinstance(screen, Trying) and {health.camera, health.vision} & gone:
        return selftest.interrupted(kiosk, screen, event.t)
    if isinstance(screen, Verifying) and {health.camera, health.vision} & gone:
        return visits.deny(kiosk, screen.visit, Reason.CAMERA_LOST, event.t, policy)
    return kiosk, ()


def _shut(kiosk: Kiosk, t: Moment, policy: Policy) -> Stepped:
    """Without the gallery nobody is let in; an outcome in hand becomes a refusal."""
    match kiosk.screen:
        case Recording() as screen:
            return visits.not_recorded(kiosk, screen, t, policy)
        case Attract() | AskingAdmin() | CheckingAdmin() | Servicing() | Testing():
            return kiosk, ()
        case Trying() as screen:
            return selftest.interrupted(kiosk, screen, t)
        case _:
            return first_screen(kiosk, policy), (Rest(),)


def _pass_time(kiosk: Kiosk, t: Moment, policy: Policy) -> Stepped:
    """What time alone does: deadlines deny, idle screens clear, results go away."""
    screen = kiosk.screen
    timing = policy.timing
    match screen:
        case Attract(touched_s=touched_s):
            chosen = kiosk.purpose is not STANDARD_PURPOSE[policy.mode]
            idle = chosen and t.s - touched_s >= timing.idle_s
            return (first_screen(kiosk, policy) if idle else kiosk), ()
        case Claiming(touched_s=touched_s) | Proving(touched_s=touched_s):
            if t.s - touched_s >= timing.idle_s:
                return _leave(kiosk, screen.visit, Reason.TIMED_OUT, t, policy)
        case Verifying():
            return visits.tick(kiosk, screen, t, policy)
        case Resolving() | Identifying() | CheckingPin():
            if t.s >= screen.deadline_s:
                return visits.deny(kiosk, screen.visit, Reason.FAULT, t, policy)
        case Recording():
            if t.s >= screen.deadline_s:
                return visits.not_recorded(kiosk, screen, t, policy)
        case Showing(until_s=until_s):
            return (first_screen(kiosk, policy) if t.s >= until_s else kiosk), ()
        case Offering() | Renewing():
            return renewal.pass_time(kiosk, screen, t, policy)
        case AskingAdmin(touched_s=touched_s):
            idle = t.s - touched_s >= timing.idle_s
            return (first_screen(kiosk, policy) if idle else kiosk), ()
        case CheckingAdmin():
            if t.s >= screen.deadline_s:
                return replace(kiosk, screen=AskingAdmin(t.s, fault=Reason.FAULT)), ()
        case Servicing(touched_s=touched_s):
            idle = t.s - touched_s >= timing.service_idle_s
            return (first_screen(kiosk, policy) if idle else kiosk), ()
        case Testing() | Trying():
            return selftest.tick(kiosk, screen, t, policy)
        case _ as never:
            assert_never(never)
    return kiosk, ()
