"""A run of the bench that was ended goes on where it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.evaluation.kept import Kept, NotKept, key_of
from app.evaluation.outcomes import Outcome, left_out
from app.evaluation.protocol import GENUINE, Plan, shares

REFUSED = Outcome("print", "", "off", False, "challenge", ("challenge",), "slow", 60, 12.5, 0.1)
OTHERS = left_out("eyes not open", GENUINE, "on", "glasses")


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "trials", "one")
    kept.add(0, [REFUSED, OTHERS])
    kept.add(7, [])
    assert kept.read() == {0: [REFUSED, OTHERS], 7: []}


def test_another_run_is_not_gone_by(tmp_path: Path) -> None:
    Kept(tmp_path / "trials", "one").add(0, [REFUSED])
    assert Kept(tmp_path / "trials", "other").read() == {}


def test_a_line_that_was_being_written_is_left_out(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "trials", "one")
    kept.add(0, [REFUSED])
    kept.add(1, [OTHERS])
    whole = (tmp_path / "trials").read_text()
    (tmp_path / "trials").write_text(whole[:-20])
    assert kept.read() == {0: [REFUSED]}


def test_without_a_file_nothing_is_kept() -> None:
    kept = Kept(None, "one")
    kept.add(0, [REFUSED])
    assert kept.read() == {}


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "trials").mkdir()
    with pytest.raises(NotKept, match="--resume"):
        Kept(tmp_path / "trials", "one").add(0, [REFUSED])
    with pytest.raises(NotKept, match="--resume"):
        Kept(tmp_path / "trials", "one").read()


def test_a_run_is_called_by_what_is_played() -> None:
    plan = Plan(("print",), 3, 1)
    assert key_of(plan) == key_of(Plan(("print",), 3, 1))
    assert key_of(plan) != key_of(Plan(("print",), 3, 2))


def test_groups_have_their_own_numbers_of_trials() -> None:
    plan = Plan(("print", "hand-over"), 4, 1, apart=(("hand-over", 10), (GENUINE, 0)))
    work = shares([Path("a"), Path("b"), Path("c")], plan.most)
    played = {
        group: sorted(number for share in work for number in share.of(plan.trials(group)))
        for group in ("print", "hand-over", GENUINE)
    }
    assert played == {"print": [0, 1, 2, 3], "hand-over": list(range(10)), GENUINE: []}
