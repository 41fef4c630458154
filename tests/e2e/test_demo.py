"""The contract for programs: one command plays a day's visits and says how each ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LIMIT_S = 240


def foyer(words: Sequence[str], home: Path) -> subprocess.CompletedProcess[str]:
    """The command as a newcomer runs it: no display, a clean home, one process."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FOYER_", "QT_", "XDG_")) and name != "DISPLAY"
    }
    environment["HOME"] = str(home)
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


@pytest.mark.timeout(LIMIT_S + 30)
def test_the_demo_lets_in_who_belongs_and_nobody_else(tmp_path: Path) -> None:
    visits = "employee,stranger,photo,badge"
    done = foyer(["demo", "--visits", visits, "--offscreen", "--json"], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads(done.stdout)
    ended = {each["visit"]: each for each in document["visits"]}
    assert list(ended) == visits.split(",")
    outcomes = [ended[name]["outcome"] for name in ended]
    assert outcomes == ["granted", "denied", "denied", "granted"]
    assert ended["employee"]["factor"] == "face"
    assert ended["badge"]["factor"] == "badge+pin"
    assert ended["stranger"]["reason"] == "not-recognised", "a live stranger fails at who they are"
    assert ended["photo"]["reason"] != "not-recognised", "a photo fails before it is compared"
    assert all(0 < each["seconds"] < LIMIT_S for each in ended.values())
    pictures = sorted(path.name for path in Path(document["screenshots"]).glob("*.png"))
    for needed in ("attract", "employee-result", "stranger-result", "photo-result", "badge-pin"):
        assert any(needed in name for name in pictures), f"no picture of {needed}: {pictures}"
    assert "not-recognised" in (Path(document["screenshots"]) / "timeline.txt").read_text()


@pytest.mark.timeout(LIMIT_S + 30)
def test_a_typed_number_and_a_badge_with_the_face_are_ways_in_too(tmp_path: Path) -> None:
    done = foyer(["demo", "--visits", "number,claim", "--out", str(tmp_path / "out")], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No display was found" in done.stdout
    assert (tmp_path / "out" / "timeline.txt").exists()


def test_an_unknown_visit_is_named_with_those_there_are(tmp_path: Path) -> None:
    done = foyer(["demo", "--visits", "burglar"], tmp_path)
    assert done.returncode == 2
    assert "burglar" in done.stderr
    assert "employee" in done.stderr


@pytest.mark.timeout(LIMIT_S + 30)
def test_bench_prints_every_promised_figure(tmp_path: Path) -> None:
    done = foyer(["bench", "--quick", "--json"], tmp_path)
    assert done.returncode in {0, 1}, done.stderr
    figures = json.loads(done.stdout)["figures"]
    for name in (
        "cold start to a usable screen",
        "cold start to face-ready",
        "frame to observation",
        "observation rate",
        "liveness, added to a look",
        "embedding",
        "search 1000 templates",
        "search 10000 templates",
        "search 100000 templates",
        "last challenge to decision",
        "whole visit",
        "GUI tick lateness",
        "resident memory",
        "journal append",
    ):
        assert figures[name]["n"] >= 1
        assert figures[name]["unit"]
        assert 0 <= figures[name]["median"] <= figures[name]["p99"]
