"""A session shown again is refused, its tape says why, and the kiosk remembers how it moved."""

from __future__ import annotations

from dataclasses import replace

from app.domain import kiosk, tape, witness
from app.domain.events import Moment
from app.domain.evidence import Layer
from app.domain.journal import Purpose
from app.domain.memory import MemoryPolicy, Remembered, remember
from app.domain.reasons import Reason
from app.domain.session import Challenging, Complete, Failed, Session, begin, look
from app.domain.states import Attract, Verifying, Visit
from app.domain.tape import End
from tests.domain.sitting import NONCES, POLICY, perform
from tests.fakes.faces import Actor, Habits

NONCE = NONCES[3]
ONCE = perform(Actor(Habits(noise=0.3)), NONCE)


def earlier(of: Session) -> tuple[Remembered, ...]:
    looks = ((told.seen.t_s, told.seen.faces[0]) for told in of.told)
    return remember((), "the first", looks, 0.0, MemoryPolicy())


def shown_again(known: tuple[Remembered, ...]) -> Session:
    """The very same looks, once more, and the plan fits."""
    session = replace(begin(NONCE, frozenset(), 0.0, POLICY.liveness), earlier=known)
    for told in ONCE.told:
        session = look(session, told.seen, told.now_s, POLICY)
    return session


def test_a_session_shown_again_is_refused_although_it_did_all_that_was_asked() -> None:
    assert isinstance(ONCE.stage, Complete)
    assert isinstance(shown_again(()).stage, Complete)
    again = shown_again(earlier(ONCE))
    assert isinstance(again.stage, Failed)
    assert (again.stage.reason, again.stage.layer) == (Reason.NOT_LIVE, Layer.CONTINUITY)
    assert again.echo is not None
    assert again.echo.visit == "the first"
    assert again.earlier == ()


def test_its_tape_says_the_same_where_nothing_is_remembered_any_more() -> None:
    again = shown_again(earlier(ONCE))
    kept = tape.decode(tape.encode(tape.record(again, End.LOOK, again.seen_s, POLICY)))
    assert kept.echo == again.echo
    assert tape.summary(tape.replay(kept)) == kept.verdict


def test_the_kiosk_remembers_a_session_that_was_asking_however_it_ends() -> None:
    asking = begin(NONCE, frozenset(), 0.0, POLICY.liveness)
    for told in ONCE.told[:-3]:
        asking = look(asking, told.seen, told.now_s, POLICY)
    assert isinstance(asking.stage, Challenging)
    before = Verifying(Visit(NONCE, 0.0, Purpose.ENTER), asking)
    house = replace(kiosk.start(POLICY), screen=before)
    moment = Moment(50.0, 1e9)
    assert witness.remembered(house, before, moment, POLICY).earlier == ()  # it goes on
    left = replace(house, screen=Attract())
    (only,) = witness.remembered(left, before, moment, POLICY).earlier
    assert only.visit == before.visit.id
    framing = replace(before, session=begin(NONCE, frozenset(), 0.0, POLICY.liveness))
    assert witness.remembered(left, framing, moment, POLICY).earlier == ()
