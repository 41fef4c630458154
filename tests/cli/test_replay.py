"""`foyer audit replay`: a visit judged again from its evidence, and what is wrong said plainly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.domain.journal import Entry, EntryKind, Factor
from app.domain.reasons import Reason
from app.domain.session import Complete, Failed
from app.domain.tape import End, Tape, encode, record
from app.runtime.clock import SystemClock
from tests.cli.conftest import Foyer
from tests.cli.test_gallery import store_of
from tests.domain.sitting import NONCES, POLICY, perform
from tests.fakes.faces import Actor, Habits, leaves


def session_tape(actor: Actor, number: int = 0) -> Tape:
    session = perform(actor, NONCES[number])
    assert isinstance(session.stage, Complete | Failed)
    tape = record(session, End.LOOK, session.seen_s, POLICY, camera="c0" * 32)
    return replace(tape, identified="unmatched" if isinstance(session.stage, Complete) else "")


def write(foyer: Foyer, tape: Tape, **changes: Any) -> str:
    """A visit with this evidence in the journal; its id."""
    visit = tape.nonce.hex()[:16]
    entry = Entry(
        EntryKind.VISIT,
        now_s(),
        granted=False,
        factors=frozenset({Factor.FACE}),
        visit=visit,
        reason=Reason.NOT_RECOGNISED,
    )
    gallery = store_of(foyer)
    gallery.record(replace(entry, **changes), None, encode(tape))
    gallery.close()
    return visit


def now_s() -> float:
    return SystemClock().utc_s()


def test_a_visit_is_judged_again_bit_for_bit(kiosk: Foyer) -> None:
    tape = session_tape(Actor(Habits(noise=1.0)))
    visit = write(kiosk, tape)
    said = kiosk.ok("audit", "replay", visit[:6]).out
    assert "Reproduced bit for bit." in said
    assert "complete" in said
    assert "the faces' comparison" in said
    shown = kiosk.ok("audit", "replay", visit, "--json").document
    assert shown["reproduced"] is True
    assert shown["recorded"] == shown["found"]
    assert shown["visit"] == visit
    assert shown["camera"] == tape.camera
    assert shown["looks"] == len(tape.told)
    assert visit[:8] in kiosk.ok("audit", "tail").out


def test_it_says_which_layer_decided(kiosk: Foyer) -> None:
    tape = session_tape(Actor(twists=(leaves(1.0),)))
    visit = write(kiosk, tape, reason=Reason.TRACK_LOST, detail="challenge")
    said = kiosk.ok("audit", "replay", visit).out
    assert "failed: track-lost" in said
    assert "layer challenge" in said
    assert kiosk.ok("audit", "replay", visit, "--json").document["decided_by"] == "layer challenge"


def test_a_verdict_that_comes_out_otherwise_is_said(kiosk: Foyer) -> None:
    """As when the program that judges is another."""
    tape = session_tape(Actor(Habits(noise=1.0)))
    visit = write(kiosk, replace(tape, verdict=tape.verdict.replace("complete", "failed")))
    ran = kiosk("audit", "replay", visit)
    assert ran.code == 1
    assert "NOT reproduced" in ran.out
    shown = kiosk("audit", "replay", visit, "--json")
    assert shown.code == 1
    assert shown.document["reproduced"] is False


def test_a_journal_that_says_otherwise_is_said(kiosk: Foyer) -> None:
    tape = session_tape(Actor(twists=(leaves(1.0),)))
    visit = write(kiosk, tape, reason=Reason.NO_FACE)
    ran = kiosk("audit", "replay", visit)
    assert ran.code == 1
    assert "does not end with track-lost" in ran.out


HARM: dict[str, tuple[str, str]] = {
    "gone": ("DELETE FROM evidence", "its days are over"),
    "altered": (
        "UPDATE evidence SET tape = CAST(substr(tape, 1, 99) || x'00' AS BLOB)",
        "it was altered",
    ),
}


@pytest.mark.parametrize(("statement", "said"), HARM.values(), ids=HARM)
def test_evidence_that_is_gone_or_altered_is_said(kiosk: Foyer, statement: str, said: str) -> None:
    visit = write(kiosk, session_tape(Actor(Habits(noise=1.0))))
    gallery = store_of(kiosk)
    gallery._open().connection.execute(statement)
    gallery.close()
    ran = kiosk("audit", "replay", visit)
    assert ran.code != 0
    assert said in ran.err
    assert "Reproduced" not in ran.out


def test_evidence_this_program_cannot_read_is_said(
    kiosk: Foyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = write(kiosk, session_tape(Actor(Habits(noise=1.0))))
    monkeypatch.setattr("app.domain.tape.KNOWN", {})
    ran = kiosk("audit", "replay", visit)
    assert ran.code != 0
    assert "cannot be read" in ran.err


def no_evidence(foyer: Foyer) -> str:
    gallery = store_of(foyer)
    entry = Entry(EntryKind.VISIT, now_s(), granted=False, visit="abcdef0123456789")
    gallery.record(entry)
    gallery.close()
    return "abcdef"


UNKNOWN: dict[str, tuple[Callable[[Foyer], str], str]] = {
    "nobody's": (lambda _: "ffff", "No visit here"),
    "without evidence": (no_evidence, "no evidence"),
    "too short": (lambda _: "abc", "no visit's id"),
    "no id": (lambda _: "../etc", "no visit's id"),
}


@pytest.mark.parametrize(("which", "said"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_visit_that_cannot_be_judged_again_is_said(
    kiosk: Foyer, which: Callable[[Foyer], str], said: str
) -> None:
    ran = kiosk("audit", "replay", which(kiosk))
    assert ran.code != 0
    assert said in ran.err


def test_a_beginning_that_two_visits_share_is_asked_about(kiosk: Foyer) -> None:
    one, two = (session_tape(Actor(), number) for number in (0, 1))
    shared = replace(two, nonce=one.nonce[:2] + two.nonce[2:])
    first, second = write(kiosk, one), write(kiosk, shared)
    ran = kiosk("audit", "replay", first[:4])
    assert ran.code != 0
    assert first in ran.err
    assert second in ran.err
