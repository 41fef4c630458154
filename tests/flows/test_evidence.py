"""What a visit leaves to be judged again: the tape of its face session, and no more."""

from __future__ import annotations

import pytest

from app.domain.effects import Record
from app.domain.events import Button
from app.domain.reasons import Reason
from app.domain.states import Attract, Showing
from app.domain.tape import End, Tape, decode, encode, replay, summary
from tests.fakes.faces import Habits, leaves
from tests.fakes.people import AMARA, STRANGER
from tests.flows.stage import Stage
from tests.flows.story import (
    Line,
    given,
    holds_badge,
    person_walks_up,
    presses,
    shows,
    story,
    time_passes,
    types,
)


def records(stage: Stage) -> list[Record]:
    return [each for _, _, effects in stage.done for each in effects if isinstance(each, Record)]


def tape_of(*lines: Line) -> Tape:
    """Of the one record these lines end in; judged again to the same verdict."""
    (record,) = records(story(*lines))
    assert record.tape is not None
    tape = decode(encode(record.tape))
    assert summary(replay(tape)) == tape.verdict
    assert tape.nonce.hex()[:16] == record.entry.visit
    return tape


BY_FACE = (person_walks_up(AMARA), presses(Button.USE_FACE))


def test_a_grant_leaves_its_session_and_which_camera_saw_it() -> None:
    tape = tape_of(*BY_FACE, shows("granted", within_s=15.0))
    assert tape.end is End.LOOK
    assert tape.identified == "matched"
    assert len(tape.camera) == 64
    assert '"stage":"complete"' in tape.verdict


@pytest.mark.parametrize(
    ("lines", "end", "identified", "stage"),
    [
        (
            (person_walks_up(STRANGER), presses(Button.USE_FACE)),
            End.LOOK,
            "unmatched",
            "complete",
        ),
        ((given(handed_over=True), *BY_FACE), End.LOOK, "changed", "complete"),
        (
            (person_walks_up(AMARA, leaves(1.0)), presses(Button.USE_FACE)),
            End.LOOK,
            "",
            "failed",
        ),
        (
            (person_walks_up(habits=Habits(does=lambda _: None)), presses(Button.USE_FACE)),
            End.TIME,
            "",
            "failed",
        ),
    ],
    ids=["a stranger", "handed over", "gone", "who does nothing"],
)
def test_a_refusal_leaves_its_session(
    lines: tuple[Line, ...], end: End, identified: str, stage: str
) -> None:
    tape = tape_of(*lines, shows("denied", within_s=25.0))
    assert (tape.end, tape.identified) == (end, identified)
    assert f'"stage":"{stage}"' in tape.verdict


def test_who_cancels_leaves_what_there_was() -> None:
    tape = tape_of(*BY_FACE, time_passes(1.5), presses(Button.CANCEL))
    assert tape.end is End.OUTSIDE
    assert tape.told


def test_a_pin_leaves_none_and_neither_does_taking_it_back() -> None:
    by_pin = story(holds_badge(AMARA), types(AMARA.pin), presses(Button.CONFIRM), shows("granted"))
    assert [each.tape for each in records(by_pin)] == [None]
    taken_back = story(
        *BY_FACE,
        shows("granted", within_s=15.0),
        presses(Button.NOT_ME),
        shows("denied", Reason.DISPUTED),
    )
    assert [each.tape is None for each in records(taken_back)] == [False, True]


def test_the_tape_is_forgotten_with_the_visit() -> None:
    stage = story(*BY_FACE, shows("granted", within_s=15.0))
    assert isinstance(stage.kiosk.screen, Showing)
    assert stage.kiosk.screen.outcome.visit.tape is None
    cancelled = story(*BY_FACE, time_passes(1.5), presses(Button.CANCEL))
    assert isinstance(cancelled.kiosk.screen, Attract)
