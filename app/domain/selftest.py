"""The self-test behind the administrator's PIN: what this camera, where it stands, lets through.

    Servicing ─▶ Testing ─a species─▶ Trying ─▶ Testing … ─store─▶ Servicing

A trial is a face session like any visitor's, up to the verdict of its layers. Nobody is looked
up in it, nothing is written down about it, no door opens and no failure counts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from app.domain import assurance, session, source
from app.domain.assurance import Species, Tested, Trial, Trials
from app.domain.effects import Effect, ReadStatus, Rest, StoreTrials, Watch
from app.domain.events import (
    Button,
    CameraOpened,
    Condition,
    EffectFailed,
    Event,
    Looked,
    Moment,
    Pressed,
    TrialsStored,
)
from app.domain.journal import Entry, EntryKind
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.session import Complete, Failed, Framing, Session
from app.domain.source import NEVER_ENROLLED
from app.domain.states import Kiosk, Servicing, Testing, Trying, Verifying, Visit

Stepped = tuple[Kiosk, tuple[Effect, ...]]

SPECIES: dict[Button, Species] = {
    Button.TRY_GENUINE: Species.GENUINE,
    Button.TRY_PRINT: Species.PRINT,
    Button.TRY_PHONE: Species.PHONE,
    Button.TRY_TABLET: Species.TABLET,
}
#: Ends of a session that say nothing about what was held before the camera.
VOID = frozenset({Reason.CAMERA_LOST, Reason.FACE_UNAVAILABLE, Reason.FAULT})


def can_begin(kiosk: Kiosk, policy: Policy) -> bool:
    """Only with an enrolled camera that is there: a film or an animated picture proves nothing."""
    health, camera = kiosk.health, kiosk.camera
    if camera is None or camera.kind in NEVER_ENROLLED:
        return False
    ready = health.vision is health.camera is Condition.READY
    return ready and source.refusal(camera, kiosk.cameras, policy.admits) is None


def begin(kiosk: Kiosk, t: Moment, policy: Policy) -> Stepped:
    """Go on with what was stored under these very conditions, or from nothing."""
    if kiosk.camera is None or not can_begin(kiosk, policy):
        return kiosk, ()
    now = assurance.conditions_of(kiosk.camera.fingerprint, policy)
    before = assurance.standing(kiosk.tested, now, t.utc_s, policy)
    trials = before.trials if before is not None else Trials()
    return replace(kiosk, screen=Testing(t.s, kiosk.camera, trials)), ()


def step(kiosk: Kiosk, event: Event, policy: Policy) -> Stepped:
    screen = kiosk.screen
    match event, screen:
        case Pressed(), Testing() if not screen.ticket:
            return _press(kiosk, screen, event, policy)
        case Pressed(button=Button.CANCEL), Trying():
            return _back(kiosk, screen, event.t, None)
        case Looked(), Trying():
            return _look(kiosk, screen, event, policy)
        case TrialsStored(ticket=ticket), Testing() if screen.ticket and ticket == screen.ticket:
            return _leave(kiosk, event.t)
        case EffectFailed(ticket=ticket), Testing() if screen.ticket and ticket == screen.ticket:
            return _not_stored(kiosk, screen, event.t), ()
        case _:
            return kiosk, ()


def _press(kiosk: Kiosk, screen: Testing, event: Pressed, policy: Policy) -> Stepped:
    touched = replace(screen, touched_s=event.t.s, not_stored=False)
    match event.button:
        case Button.TRY_GENUINE | Button.TRY_PRINT | Button.TRY_PHONE | Button.TRY_TABLET:
            return _try(kiosk, touched, event, policy)
        case Button.DISCARD if screen.last is not None and screen.last.counted:
            trials = screen.trials.plus(screen.last, -1)
            last = replace(screen.last, counted=False)
            return replace(kiosk, screen=replace(touched, trials=trials, last=last)), ()
        case Button.START_ANEW:
            anew = replace(touched, trials=Trials(), last=None, changed=True)
            return replace(kiosk, screen=anew), ()
        case Button.CONFIRM if screen.changed:
            return _store(kiosk, touched, event.t, policy)
        case Button.CANCEL:
            return _leave(kiosk, event.t)
        case _:
            return kiosk, ()


def _try(kiosk: Kiosk, screen: Testing, event: Pressed, policy: Policy) -> Stepped:
    if not can_begin(kiosk, policy):
        return kiosk, ()
    begun = session.begin(event.nonce, frozenset(), event.t.s, policy.liveness)
    visit = Visit(event.nonce, event.t.s, kiosk.purpose)
    trying = Trying(screen, SPECIES[event.button], Verifying(visit, begun))
    if isinstance(begun.stage, Failed):
        return _back(kiosk, trying, event.t, None)
    return replace(kiosk, screen=trying), (Watch(event.nonce),)


def _look(kiosk: Kiosk, screen: Trying, event: Looked, policy: Policy) -> Stepped:
    """One more observation, as for a visitor: of this session, once its camera named itself."""
    shot = screen.shot
    if event.visit != shot.visit.nonce or not shot.opened:
        return kiosk, ()
    after = session.look(shot.session, event.observation, event.t.s, policy)
    return _followed(kiosk, screen, after, event.t)


def tick(kiosk: Kiosk, screen: Testing | Trying, t: Moment, policy: Policy) -> Stepped:
    """What time alone does. A test left alone is dropped; what was stored before it stands."""
    match screen:
        case Testing(ticket=ticket) if ticket and t.s >= screen.deadline_s:
            return _not_stored(kiosk, screen, t), ()
        case Testing(ticket=0) if t.s - screen.touched_s >= policy.timing.selftest_idle_s:
            return _leave(kiosk, t)
        case Testing():
            return kiosk, ()
        case Trying(shot=shot):
            after = session.tick(shot.session, t.s, policy.liveness)
            return _followed(kiosk, screen, after, t)
        case _ as never:
            assert_never(never)


def camera_opened(kiosk: Kiosk, event: CameraOpened) -> Stepped:
    """A trial goes on with the camera the test began with, opened once; a test with no other."""
    screen = kiosk.screen
    kiosk = replace(kiosk, camera=event.camera)
    match screen:
        case Testing() | Trying(testing=Testing()) if event.camera != _camera_of(screen):
            kiosk, effects = _leave(kiosk, event.t)
            return kiosk, (Rest(), *effects)
        case Trying(shot=Verifying(opened=False) as shot):
            return replace(kiosk, screen=replace(screen, shot=replace(shot, opened=True))), ()
        case Trying():
            return interrupted(kiosk, screen, event.t)
        case _:
            return kiosk, ()


def _camera_of(screen: Testing | Trying) -> source.Camera:
    return screen.testing.camera if isinstance(screen, Trying) else screen.camera


def interrupted(kiosk: Kiosk, screen: Trying, t: Moment) -> Stepped:
    """The camera or the models went away: the trial says nothing."""
    void = Trial(screen.species, accepted=False, counted=False, reason=Reason.CAMERA_LOST)
    return _back(kiosk, screen, t, void)


def _followed(kiosk: Kiosk, screen: Trying, after: Session, t: Moment) -> Stepped:
    match after.stage:
        case Complete():
            return _back(kiosk, screen, t, Trial(screen.species, accepted=True))
        case Failed() as failed:
            framed = not isinstance(screen.shot.session.stage, Framing)
            return _back(kiosk, screen, t, ended(screen.species, failed, framed=framed))
        case _:
            shot = replace(screen.shot, session=after)
            return replace(kiosk, screen=replace(screen, shot=shot)), ()


def ended(species: Species, failed: Failed, *, framed: bool) -> Trial:
    """What a refusal says about the camera. `framed`: there was a face good enough to be asked.

    An attack nobody got to see stopped nothing, and counting it would flatter the rate; a person
    who is not even found is refused like any other.
    """
    counted = failed.reason not in VOID and (framed or species is Species.GENUINE)
    return Trial(species, False, counted, failed.reason, failed.layer or "")


def _back(kiosk: Kiosk, screen: Trying, t: Moment, trial: Trial | None) -> Stepped:
    """To the choice of the next trial, with this one counted if it says anything."""
    testing = replace(screen.testing, touched_s=t.s, last=trial)
    if trial is not None and trial.counted:
        testing = replace(testing, trials=testing.trials.plus(trial), changed=True)
    return replace(kiosk, screen=testing), (Rest(),)


def _store(kiosk: Kiosk, screen: Testing, t: Moment, policy: Policy) -> Stepped:
    ticket = kiosk.ticket + 1
    tested = result(screen.trials, screen.camera, t.utc_s, policy)
    waiting = replace(screen, ticket=ticket, deadline_s=t.s + policy.timing.answer_s)
    effect = StoreTrials(ticket, tested, entry_of(tested, policy))
    return replace(kiosk, ticket=ticket, screen=waiting), (effect,)


def result(trials: Trials, camera: source.Camera, utc_s: float, policy: Policy) -> Tested:
    """What is signed and stored."""
    return Tested(trials, assurance.conditions_of(camera.fingerprint, policy), utc_s)


def entry_of(tested: Tested, policy: Policy) -> Entry:
    """The journal's row for a result."""
    tier = assurance.shown_by(tested.trials, policy.assurance)
    detail = f"selftest-{tier} {tested.conditions.camera[:12]}"
    return Entry(EntryKind.ADMIN, tested.utc_s, granted=True, detail=detail)


def _not_stored(kiosk: Kiosk, screen: Testing, t: Moment) -> Kiosk:
    return replace(kiosk, screen=replace(screen, touched_s=t.s, ticket=0, not_stored=True))


def _leave(kiosk: Kiosk, t: Moment) -> Stepped:
    ticket = kiosk.ticket + 1
    return replace(kiosk, ticket=ticket, screen=Servicing(t.s, ticket)), (ReadStatus(ticket),)
