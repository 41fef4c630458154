"""What a visit keeps of its face session for the journal: the tape, from when the session ends."""

from __future__ import annotations

from dataclasses import replace

from app.domain import memory, session, tape
from app.domain.events import Identified, Moment
from app.domain.matching import Matched, Unmatched, Unsure
from app.domain.policy import Policy
from app.domain.session import Challenging, Session
from app.domain.states import Kiosk, Screen, Verifying, Visit
from app.domain.tape import End


def ended(kiosk: Kiosk, visit: Visit, of: Session, end: End, t: Moment, policy: Policy) -> Visit:
    """The visit with the evidence of its face session, which is over."""
    camera = kiosk.camera.fingerprint if kiosk.camera is not None else ""
    return replace(visit, tape=tape.record(of, end, t.s, policy, camera))


def interrupted(kiosk: Kiosk, visit: Visit, t: Moment, policy: Policy) -> Visit:
    """The same where the visit ends and its session has not: a camera lost, a person gone."""
    if visit.tape is not None or not isinstance(kiosk.screen, Verifying):
        return visit
    return ended(kiosk, visit, kiosk.screen.session, End.OUTSIDE, t, policy)


def remembered(kiosk: Kiosk, before: Screen, t: Moment, policy: Policy) -> Kiosk:
    """The kiosk with the motion of a session that was asking until now, however it ended."""
    if not isinstance(before, Verifying) or not isinstance(before.session.stage, Challenging):
        return kiosk
    goes_on = isinstance(kiosk.screen, Verifying) and kiosk.screen.visit.id == before.visit.id
    if goes_on:
        return kiosk
    looks = session.looks_of(before.session, before.session.stage)
    moved = ((look.t_s, look.face) for look in looks)
    earlier = memory.remember(kiosk.earlier, before.visit.id, moved, t.s, policy.memory)
    return replace(kiosk, earlier=earlier)


def identified(visit: Visit, event: Identified) -> Visit:
    """With what the comparison of the faces found."""
    if visit.tape is None:
        return visit
    words = {Matched: "matched", Unmatched: "unmatched", Unsure: "unsure"}
    word = words[type(event.match)] if event.agrees else "changed"
    return replace(visit, tape=replace(visit.tape, identified=word))
