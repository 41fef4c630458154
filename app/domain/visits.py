"""What becomes of one visit: from the first touch to an outcome that is recorded, then shown.

Every way to an outcome ends in `_conclude`, which asks for the record first. Only `recorded`
releases a door or lets a name be shown, and only for a `Granted` whose record was durable.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from app.domain import access, admission, alerts, memory, renewal, session, source, witness
from app.domain.access import Admitted, Refused
from app.domain.effects import (
    CheckPin,
    Cue,
    Effect,
    Identify,
    Record,
    Release,
    Resolve,
    Rest,
    Sound,
    Watch,
)
from app.domain.events import (
    BadgeRead,
    Condition,
    Identified,
    Looked,
    Moment,
    PinChecked,
    PinVerdict,
    Pressed,
    Recorded,
    Resolved,
)
from app.domain.evidence import Layer
from app.domain.journal import Entry, EntryKind, Factor, Purpose, Tally
from app.domain.matching import Matched, Unmatched, Unsure
from app.domain.people import Claim, ClaimKind, Need, Person
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.session import Challenging, Complete, Failed, Session
from app.domain.states import (
    CheckingPin,
    Denied,
    Granted,
    Identifying,
    Kiosk,
    Offering,
    Outcome,
    Proving,
    Recording,
    Resolving,
    Showing,
    Verifying,
    Visit,
)
from app.domain.tape import End

Stepped = tuple[Kiosk, tuple[Effect, ...]]

CLAIM_FACTOR: dict[ClaimKind, Factor] = {
    ClaimKind.BADGE: Factor.BADGE,
    ClaimKind.NUMBER: Factor.NUMBER,
}

#: Failures that may be somebody trying to be somebody: only these count towards a lock-out. A
#: missed challenge counts, or a recording could be tried until a plan happens to fit it.
COUNTED = frozenset(
    {
        Reason.NOT_RECOGNISED,
        Reason.FACE_CHANGED,
        Reason.CHALLENGE_MISSED,
        Reason.WRONG_MOVEMENT,
        Reason.TOO_SOON,
        Reason.NOT_LIVE,
    }
)


def arrive(kiosk: Kiosk, event: Pressed | BadgeRead) -> Visit:
    """A new visit, known by the event's nonce."""
    return Visit(event.nonce, event.t.s, kiosk.purpose)


def use_face(kiosk: Kiosk, visit: Visit, event: Pressed, policy: Policy) -> Stepped:
    """The face path was chosen; with a claim, whose it is has to be found out first.

    The face begins anew: a factor proved before may have been somebody else's.
    """
    health = kiosk.health
    if not (health.vision is health.camera is Condition.READY):
        return kiosk, ()
    if source.refusal(kiosk.camera, kiosk.cameras, policy.admits) is not None:
        return kiosk, ()
    fresh = replace(
        visit,
        proved=frozenset(),
        subject="",
        weak=False,
        partial=False,
        alike=False,
        odd=frozenset(),
        tape=None,
        measured=None,
    )
    visit = replace(fresh, nonce=event.nonce)
    if visit.claim is not None:
        ticket = kiosk.ticket + 1
        deadline_s = event.t.s + policy.timing.answer_s
        screen = Resolving(visit, visit.claim, ticket, deadline_s)
        return replace(kiosk, ticket=ticket, screen=screen), (Resolve(ticket, visit.claim),)
    if event.t.utc_s < kiosk.face_locked_until_s:
        return kiosk, ()
    return _begin(kiosk, visit, None, event.t, policy)


def resolved(kiosk: Kiosk, screen: Resolving, event: Resolved, policy: Policy) -> Stepped:
    if event.locked:
        return deny(kiosk, screen.visit, Reason.LOCKED, event.t, policy)
    return _begin(kiosk, screen.visit, event.person, event.t, policy)


def _begin(
    kiosk: Kiosk, visit: Visit, claimed: Person | None, t: Moment, policy: Policy
) -> Stepped:
    if source.refusal(kiosk.camera, kiosk.cameras, policy.admits) is not None:
        return deny(kiosk, visit, Reason.FACE_UNAVAILABLE, t, policy, Layer.SOURCE)
    needs: frozenset[Need] = claimed.needs if claimed is not None else frozenset()
    begun = session.begin(visit.nonce, needs, t.s, policy.liveness)
    begun = replace(begun, earlier=memory.recent(kiosk.earlier, t.s, policy.memory))
    if isinstance(begun.stage, Failed):
        return deny(kiosk, visit, begun.stage.reason, t, policy)
    screen = Verifying(visit, begun, claimed)
    return replace(kiosk, screen=screen), (Watch(visit.nonce),)


def look(kiosk: Kiosk, screen: Verifying, event: Looked, policy: Policy) -> Stepped:
    """One more observation; frames of another visit, or of no named camera, are not looked at."""
    if event.visit != screen.visit.nonce or not screen.opened:
        return kiosk, ()
    after = session.look(screen.session, event.observation, event.t.s, policy)
    kiosk = replace(kiosk, screen=replace(screen, session=after))
    match after.stage:
        case Complete() as complete:
            visit = witness.ended(kiosk, screen.visit, after, End.LOOK, event.t, policy)
            return _identify(kiosk, replace(screen, visit=visit), complete, event.t, policy)
        case Failed(reason=reason, layer=layer):
            visit = witness.ended(kiosk, screen.visit, after, End.LOOK, event.t, policy)
            return deny(kiosk, visit, reason, event.t, policy, layer or "")
        case _:
            met = _steps_met(after) > _steps_met(screen.session)
            return kiosk, (Sound(Cue.STEP_MET),) if met else ()


def _steps_met(of: Session) -> int:
    return len(of.stage.met) if isinstance(of.stage, Challenging) else 0


def tick(kiosk: Kiosk, screen: Verifying, t: Moment, policy: Policy) -> Stepped:
    after = session.tick(screen.session, t.s, policy.liveness)
    if isinstance(after.stage, Failed):
        failed = after.stage
        visit = witness.ended(kiosk, screen.visit, after, End.TIME, t, policy)
        return deny(kiosk, visit, failed.reason, t, policy, failed.layer or "")
    return kiosk, ()


def _identify(
    kiosk: Kiosk, screen: Verifying, complete: Complete, t: Moment, policy: Policy
) -> Stepped:
    ticket = kiosk.ticket + 1
    effect = Identify(
        ticket=ticket,
        visit=screen.visit.nonce,
        match_frames=complete.match_frames,
        met_frames=complete.met_frames,
        claimed=screen.visit.claim is not None,
        person=screen.claimed.id if screen.claimed is not None else "",
    )
    weak = admission.is_weak(complete, policy)
    visit = replace(screen.visit, weak=weak, partial=complete.partial)
    waiting = Identifying(visit, ticket, t.s + policy.timing.answer_s, screen.claimed)
    return replace(kiosk, ticket=ticket, screen=waiting), (effect,)


def identified(kiosk: Kiosk, screen: Identifying, event: Identified, policy: Policy) -> Stepped:
    """The face was compared. Anything but one agreed person, the claimed one, is refused."""
    visit = renewal.measured(witness.identified(screen.visit, event), event)
    visit = replace(visit, alike=event.alike, odd=event.odd)
    screen = replace(screen, visit=visit)
    if not event.agrees:
        return deny(kiosk, visit, Reason.FACE_CHANGED, event.t, policy)
    kiosk, alert = alerts.raised(kiosk, visit, event)
    kiosk, effects = _judged(kiosk, screen, event, policy)
    return kiosk, (*alert, *effects)


def _judged(kiosk: Kiosk, screen: Identifying, event: Identified, policy: Policy) -> Stepped:
    visit = screen.visit
    match event.match:
        case Unmatched():
            return deny(kiosk, visit, Reason.NOT_RECOGNISED, event.t, policy)
        case Unsure():
            return deny(kiosk, visit, Reason.UNSURE, event.t, policy)
        case Matched(person=found):
            return _recognised(kiosk, screen, event, found, policy)
        case _ as never:
            assert_never(never)


def _recognised(
    kiosk: Kiosk, screen: Identifying, event: Identified, found: str, policy: Policy
) -> Stepped:
    """The face is `found`'s. With a claim it has to be the claimed person's."""
    visit = screen.visit
    person = event.person
    claimed = screen.claimed.id if screen.claimed is not None else ""
    expected = found if visit.claim is None else claimed
    if not (person is not None and expected and person.id == found == expected):
        return deny(kiosk, visit, Reason.NOT_RECOGNISED, event.t, policy)
    proved = visit.proved | {Factor.FACE}
    if visit.claim is not None:
        proved |= {CLAIM_FACTOR[visit.claim.kind]}
    return _admit(kiosk, replace(visit, proved=proved), person, event.t, policy)


def check_pin(kiosk: Kiosk, screen: Proving, event: Pressed, policy: Policy) -> Stepped:
    ticket = kiosk.ticket + 1
    waiting = CheckingPin(screen.visit, screen.claim, ticket, event.t.s + policy.timing.answer_s)
    effect = CheckPin(ticket, screen.claim, screen.typed)
    return replace(kiosk, ticket=ticket, screen=waiting), (effect,)


def pin_checked(kiosk: Kiosk, screen: CheckingPin, event: PinChecked, policy: Policy) -> Stepped:
    visit = screen.visit
    match event.verdict:
        case PinVerdict.LOCKED:
            return deny(kiosk, visit, Reason.LOCKED, event.t, policy)
        case PinVerdict.WRONG:
            return deny(kiosk, visit, Reason.WRONG_CREDENTIALS, event.t, policy)
        case PinVerdict.RIGHT:
            pass
        case _ as never:
            assert_never(never)
    if event.person is None or (visit.subject and event.person.id != visit.subject):
        return deny(kiosk, visit, Reason.WRONG_CREDENTIALS, event.t, policy)
    shown = {Factor.PIN}
    if not visit.subject:
        shown.add(CLAIM_FACTOR[screen.claim.kind])
    visit = replace(visit, proved=visit.proved | shown)
    return _admit(kiosk, visit, event.person, event.t, policy)


def _admit(kiosk: Kiosk, visit: Visit, person: Person, t: Moment, policy: Policy) -> Stepped:
    """Somebody proved who they are: may they enter, or is a PIN still owed?"""
    remark = admission.remark(kiosk, visit, policy)
    match access.decide(person, visit.proved, admission.suffices(kiosk, visit, policy), t.utc_s):
        case Admitted():
            granted = Granted(visit, person, visit.proved, t.utc_s, remark)
            return _conclude(kiosk, granted, t, policy)
        case Refused(reason=Reason.FACTORS_OWED) if admission.pin_would_do(kiosk, visit, policy):
            claim = Claim(ClaimKind.NUMBER, person.number)
            asked = replace(visit, subject=person.id)
            return replace(kiosk, screen=Proving(asked, claim, t.s)), (Rest(),)
        case Refused(reason=reason):
            denied = Denied(visit, reason, visit.proved, t.utc_s, person, remark)
            return _conclude(kiosk, denied, t, policy)
        case _ as never:
            assert_never(never)


def deny(
    kiosk: Kiosk, visit: Visit, reason: Reason, t: Moment, policy: Policy, detail: str = ""
) -> Stepped:
    """The visit ends with `reason`; who it may have been is not said."""
    visit = witness.interrupted(kiosk, visit, t, policy)
    denied = Denied(visit, reason, _tried(kiosk, visit), t.utc_s, detail=detail)
    return _conclude(kiosk, denied, t, policy)


def write_off(kiosk: Kiosk, visit: Visit, reason: Reason, t: Moment, policy: Policy) -> Stepped:
    """A visit that was cancelled or left alone: written down if anybody showed a factor.

    Nobody waits for the answer, as nothing depends on it.
    """
    tried = _tried(kiosk, visit)
    if not tried:
        return kiosk, ()
    ticket = kiosk.ticket + 1
    visit = witness.interrupted(kiosk, visit, t, policy)
    entry = replace(entry_of(Denied(visit, reason, tried, t.utc_s), t), taps=kiosk.taps)
    return replace(kiosk, ticket=ticket), (Record(ticket, entry, None, visit.tape),)


def _tried(kiosk: Kiosk, visit: Visit) -> frozenset[Factor]:
    tried = set(visit.proved)
    if visit.claim is not None:
        tried.add(CLAIM_FACTOR[visit.claim.kind])
    match kiosk.screen:
        case CheckingPin():
            tried.add(Factor.PIN)
        case Verifying() | Identifying():
            tried.add(Factor.FACE)
        case _:
            pass
    return frozenset(tried)


def _conclude(kiosk: Kiosk, outcome: Outcome, t: Moment, policy: Policy) -> Stepped:
    """Record first. The camera sleeps from here on."""
    ticket = kiosk.ticket + 1
    waiting = Recording(outcome, ticket, t.s + policy.timing.answer_s)
    entry = replace(entry_of(outcome, t), taps=kiosk.taps)
    record = Record(ticket, entry, _tally(outcome), outcome.visit.tape)
    return replace(kiosk, ticket=ticket, screen=waiting), (Rest(), record)


def entry_of(outcome: Outcome, t: Moment) -> Entry:
    """The journal entry of an outcome at moment `t`."""
    visit = outcome.visit
    granted = isinstance(outcome, Granted)
    return Entry(
        kind=EntryKind.VISIT,
        utc_s=t.utc_s,
        granted=granted,
        purpose=visit.purpose,
        factors=outcome.factors,
        reason=None if isinstance(outcome, Granted) else outcome.reason,
        person=outcome.person.id if outcome.person is not None else "",
        person_version=outcome.person.version if outcome.person is not None else 0,
        visit=visit.id,
        seconds=round(t.s - visit.started_s, 3),
        detail=outcome.detail,
    )


def _tally(outcome: Outcome) -> Tally | None:
    """What the outcome does to the failures in a row of its claim, or of this kiosk's face path.

    PIN checks count by themselves, before they are answered.
    """
    if Factor.FACE not in outcome.factors:
        return None
    match outcome:
        case Granted(visit=visit):
            return Tally(visit.claim, failed=False)
        case Denied(visit=visit, reason=reason) if reason in COUNTED:
            return Tally(visit.claim, failed=True)
        case _:
            return None


def recorded(kiosk: Kiosk, screen: Recording, event: Recorded, policy: Policy) -> Stepped:
    """It is written down: now, and only now, the door may open and the name be shown.

    A contract that ended while the record was written is kept to the second all the same.
    """
    match screen.outcome:
        case Granted(person=person, factors=factors) as outcome:
            enough = admission.suffices(kiosk, outcome.visit, policy)
            allowed = access.decide(person, factors, enough, event.t.utc_s)
            if isinstance(allowed, Refused):
                return _take_back(kiosk, outcome, allowed.reason, event.t, policy)
            bare = Granted(_bare(outcome.visit), person, factors, outcome.utc_s, outcome.detail)
            shown = renewal.screen_after(bare, event, policy)
            kiosk = replace(kiosk, screen=shown)
            beside = (
                Sound(Cue.GRANTED),
                *renewal.after_record(outcome, policy),
                *renewal.reminded(shown, event.t),
            )
            if outcome.visit.purpose is not Purpose.ENTER:
                return kiosk, beside
            return kiosk, (Release(entry_of(outcome, event.t)), *beside)
        case Denied() as outcome:
            kiosk, effects = _refuse(kiosk, outcome, event.t, policy)
            return kiosk, (*effects, *renewal.after_record(outcome, policy))
        case _ as never:
            assert_never(never)


def not_recorded(kiosk: Kiosk, screen: Recording, t: Moment, policy: Policy) -> Stepped:
    """The record failed or came too late. What would have been granted is refused."""
    match screen.outcome:
        case Granted() as outcome:
            return _take_back(kiosk, outcome, Reason.CANNOT_RECORD, t, policy)
        case Denied() as outcome:
            return _refuse(kiosk, outcome, t, policy)
        case _ as never:
            assert_never(never)


def _take_back(
    kiosk: Kiosk, outcome: Granted, reason: Reason, t: Moment, policy: Policy
) -> Stepped:
    """A grant becomes a refusal before anything opened.

    A refusal entry follows the grant, whose own record stands or may still arrive, so that the
    journal says that nothing was opened.
    """
    denied = Denied(outcome.visit, reason, outcome.factors, t.utc_s)
    record = Record(kiosk.ticket + 1, entry_of(denied, t), None)
    kiosk, effects = _refuse(replace(kiosk, ticket=record.ticket), denied, t, policy)
    return kiosk, (record, *effects)


def _refuse(kiosk: Kiosk, outcome: Denied, t: Moment, policy: Policy) -> Stepped:
    until_s = t.s + policy.timing.denied_s
    return replace(kiosk, screen=Showing(_without_claim(outcome), until_s)), (Sound(Cue.DENIED),)


def _without_claim(outcome: Outcome) -> Outcome:
    """What a result needs and no more: the claim, the tape, and whom a refusal was about, are
    forgotten."""
    visit = replace(_bare(outcome.visit), measured=None)
    match outcome:
        case Granted():
            return replace(outcome, visit=visit)
        case Denied():
            return replace(outcome, visit=visit, person=None)
        case _ as never:
            assert_never(never)


def _bare(visit: Visit) -> Visit:
    return replace(visit, claim=None, tape=None)


def dispute(kiosk: Kiosk, screen: Showing | Offering, event: Pressed, policy: Policy) -> Stepped:
    """Taken back with "Not me": the journal says so, and another way in is offered."""
    outcome = screen.outcome
    if not isinstance(outcome, Granted):
        return kiosk, ()
    denied = Denied(outcome.visit, Reason.DISPUTED, outcome.factors, event.t.utc_s)
    entry = replace(
        entry_of(outcome, event.t), kind=EntryKind.DISPUTE, granted=False, reason=Reason.DISPUTED
    )
    ticket = kiosk.ticket + 1
    waiting = Recording(denied, ticket, event.t.s + policy.timing.answer_s)
    return replace(kiosk, ticket=ticket, screen=waiting), (Record(ticket, entry, None),)
