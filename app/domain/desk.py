"""The service screen behind the administrator's PIN: how the parts are, the log's tail, exit."""

from __future__ import annotations

from dataclasses import replace

from app.domain import selftest, source
from app.domain.effects import CheckAdminPin, Effect, EnrolCamera, Quit, ReadStatus, Record
from app.domain.events import (
    AdminChecked,
    Button,
    CameraEnrolled,
    EffectFailed,
    Event,
    Moment,
    PinVerdict,
    Pressed,
    StatusRead,
    digit,
)
from app.domain.journal import Entry, EntryKind
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.source import NEVER_ENROLLED
from app.domain.states import AskingAdmin, Attract, CheckingAdmin, Kiosk, Servicing

Stepped = tuple[Kiosk, tuple[Effect, ...]]


def step(kiosk: Kiosk, event: Event, policy: Policy) -> Stepped:
    screen = kiosk.screen
    match event, screen:
        case Pressed(button=Button.CANCEL), AskingAdmin():
            return replace(kiosk, screen=Attract()), ()
        case Pressed(), AskingAdmin():
            return _press_asking(kiosk, screen, event, policy)
        case AdminChecked(ticket=ticket), CheckingAdmin() if ticket == screen.ticket:
            return _checked(kiosk, event)
        case EffectFailed(ticket=ticket), CheckingAdmin() if ticket == screen.ticket:
            return replace(kiosk, screen=AskingAdmin(event.t.s, fault=Reason.FAULT)), ()
        case StatusRead(ticket=ticket), Servicing() if ticket == screen.ticket:
            return replace(kiosk, screen=replace(screen, facts=event.facts, log=event.log)), ()
        case Pressed(), Servicing():
            return _press_servicing(kiosk, screen, event, policy)
        case CameraEnrolled(), Servicing():
            return _read_again(kiosk, screen, event.t)
        case _:
            return kiosk, ()


def _press_asking(kiosk: Kiosk, screen: AskingAdmin, event: Pressed, policy: Policy) -> Stepped:
    fewest, longest = policy.pin_lengths
    typed = screen.typed.text
    match event.button:
        case Button.DIGIT if len(typed) < longest:
            typed += digit(event)
        case Button.ERASE:
            typed = typed[:-1]
        case Button.CONFIRM if len(typed) >= fewest:
            ticket = kiosk.ticket + 1
            waiting = CheckingAdmin(ticket, event.t.s + policy.timing.answer_s)
            effect = CheckAdminPin(ticket, screen.typed)
            return replace(kiosk, ticket=ticket, screen=waiting), (effect,)
        case _:
            return kiosk, ()
    asking = AskingAdmin(event.t.s, replace(screen.typed, text=typed))
    return replace(kiosk, screen=asking), ()


def _checked(kiosk: Kiosk, event: AdminChecked) -> Stepped:
    """Right opens the screen; every answer is journalled."""
    ticket = kiosk.ticket + 1
    right = event.verdict is PinVerdict.RIGHT
    record = Record(ticket, _entry(event.t, f"service-{event.verdict}", granted=right), None)
    if not right:
        fault = Reason.LOCKED if event.verdict is PinVerdict.LOCKED else Reason.WRONG_CREDENTIALS
        return replace(kiosk, ticket=ticket, screen=AskingAdmin(event.t.s, fault=fault)), (record,)
    status = ReadStatus(ticket + 1)
    screen = Servicing(event.t.s, ticket + 1)
    return replace(kiosk, ticket=ticket + 1, screen=screen), (record, status)


def _read_again(kiosk: Kiosk, screen: Servicing, t: Moment) -> Stepped:
    ticket = kiosk.ticket + 1
    again = replace(screen, touched_s=t.s, ticket=ticket)
    return replace(kiosk, ticket=ticket, screen=again), (ReadStatus(ticket),)


def can_enrol(kiosk: Kiosk) -> bool:
    """Whether the camera that is there could be gone by, and is not yet."""
    camera = kiosk.camera
    known = source.enrolled_as(camera, kiosk.cameras) is not None
    return camera is not None and camera.kind not in NEVER_ENROLLED and not known


def _use_camera(kiosk: Kiosk, screen: Servicing, t: Moment) -> Stepped:
    if kiosk.camera is None or not can_enrol(kiosk):
        return kiosk, ()
    ticket = kiosk.ticket + 1
    touched = replace(screen, touched_s=t.s)
    return replace(kiosk, ticket=ticket, screen=touched), (EnrolCamera(ticket, kiosk.camera),)


def _press_servicing(kiosk: Kiosk, screen: Servicing, event: Pressed, policy: Policy) -> Stepped:
    match event.button:
        case Button.EXIT:
            ticket = kiosk.ticket + 1
            record = Record(ticket, _entry(event.t, "service-exit", granted=True), None)
            return replace(kiosk, ticket=ticket), (record, Quit())
        case Button.RETRY:
            return _read_again(kiosk, screen, event.t)
        case Button.USE_CAMERA:
            return _use_camera(kiosk, screen, event.t)
        case Button.SELF_TEST:
            return selftest.begin(kiosk, event.t, policy)
        case Button.DONE | Button.CANCEL:
            return replace(kiosk, screen=Attract()), ()
        case _:
            return kiosk, ()


def _entry(t: Moment, detail: str, *, granted: bool) -> Entry:
    return Entry(EntryKind.ADMIN, t.utc_s, granted, detail=detail)
