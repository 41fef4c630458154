"""What `foyer demo` says of itself when it was broken off: not that somebody was refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.demo import show
from app.demo.player import VisitKind, VisitReport
from tests.cli.conftest import Foyer

LET_IN = VisitReport(VisitKind.EMPLOYEE, "granted", "face", "", 4.0, 0.5)
WRONG = VisitReport(VisitKind.EMPLOYEE, "denied", "face", "not-recognised", 4.0, 0.5)


def played(patch: pytest.MonkeyPatch, *visits: VisitReport, complete: bool, folder: Path) -> None:
    report = show.DemoReport(visits, folder, complete=complete)
    patch.setattr(show, "play", lambda *_, **__: report)


def test_a_demo_that_was_stopped_says_so(
    foyer: Foyer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    played(monkeypatch, LET_IN, complete=False, folder=tmp_path)
    ran = foyer("demo", "--visits", "employee,badge", "--out", str(tmp_path))
    assert ran.code == 1
    assert "stopped before everything was played" in ran.out
    assert "Not as it should be" not in ran.out


def test_a_wrong_end_is_never_taken_for_a_stop(
    foyer: Foyer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    played(monkeypatch, WRONG, complete=False, folder=tmp_path)
    ran = foyer("demo", "--visits", "employee,badge", "--out", str(tmp_path))
    assert ran.code == 1
    assert "Not as it should be" in ran.out
