"""`foyer verify` and `foyer identify`: who may, what is written down first, and what gets out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from app.camera.stills import Still, installed_photo
from app.commands import comparing
from app.domain.matching import CalibrationPoint, Metric, Space, rate_at, threshold_at
from app.ports import FaceEngine
from tests.cli.conftest import ADMIN_PIN, Foyer
from tests.cli.test_gallery import store_of

ASTRONAUT, ADMIRAL = str(installed_photo(Still.ASTRONAUT)), str(installed_photo(Still.ADMIRAL))
PIN = f"{ADMIN_PIN}\n"
SPACE = Space(
    "s",
    4,
    Metric.COSINE,
    (CalibrationPoint(1e-5, 0.04), CalibrationPoint(1e-3, 0.06), CalibrationPoint(1e-2, 0.08)),
)


@pytest.fixture
def staffed(kiosk: Foyer, engine: FaceEngine) -> Foyer:
    kiosk.ok("people", "add", "--number", "1001", "--name", "Eileen")
    kiosk.ok("enrol", "1001", ASTRONAUT)
    return kiosk


def last_entry(foyer: Foyer) -> str:
    gallery = store_of(foyer)
    try:
        return list(gallery.rows())[-1].text
    finally:
        gallery.close()


def test_two_pictures_of_one_person_are_and_of_two_are_not(staffed: Foyer) -> None:
    same = staffed("verify", ASTRONAUT, ASTRONAUT, "--reason", "a test", stdin=PIN)
    assert (same.code, "They show one person." in same.out) == (0, True)
    other = staffed("verify", ASTRONAUT, ADMIRAL, "--reason", "a test", "--json", stdin=PIN)
    assert (other.code, other.document["one_person"]) == (1, False)
    assert "pictures-verified: a test" in last_entry(staffed)


def test_who_is_enrolled_is_named_and_who_is_not_is_not(staffed: Foyer, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    words = (ASTRONAUT, ADMIRAL, str(tmp_path / "broken.jpg"), "--reason", "lost badge")
    ran = staffed("identify", *words, "--json", stdin=PIN)
    assert ran.code == 1
    assert [each["outcome"] for each in ran.document["pictures"]] == [
        "matched",
        "unmatched",
        "unusable",
    ]
    assert ran.document["pictures"][0]["number"] == "1001"
    assert "pictures-identified: lost badge" in last_entry(staffed)
    assert "Eileen (1001)" in staffed.ok("identify", ASTRONAUT, "--reason", "x", stdin=PIN).out


@pytest.mark.parametrize("command", [("verify", ASTRONAUT, ASTRONAUT), ("identify", ASTRONAUT)])
def test_without_the_pin_and_a_reason_nothing_is_answered(
    command: tuple[str, ...], staffed: Foyer
) -> None:
    wrong = staffed(*command, "--reason", "x", stdin="000000\n")
    assert wrong.code == 4
    assert "Eileen" not in wrong.out
    assert '"granted":false' in last_entry(staffed).replace(" ", "")
    assert staffed(*command, "--reason", " ", stdin=PIN).code == 2
    assert staffed(*command, stdin=PIN).code == 2


def test_how_sure_it_is_gets_nowhere_but_to_a_terminal(
    staffed: Foyer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = staffed("identify", ASTRONAUT, "--reason", "x", "--json", stdin=PIN)
    assert "strangers" not in ran.out + ran.err
    assert not any(isinstance(each, float) for each in ran.document["pictures"][0].values())
    assert "0." not in json.dumps(ran.document)
    comparing.tell_confidence(SPACE, 0.06)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    comparing.tell_confidence(SPACE, 0.06)
    out, err = capsys.readouterr()
    assert out == ""
    assert "once in 1,000" in err


@pytest.mark.parametrize(
    ("apart", "says"),
    [(0.09, "farther apart"), (float("nan"), "farther"), (0.0, "ten million"), (0.04, "100,000")],
)
def test_sureness_is_said_as_how_often_strangers_come_as_near(apart: float, says: str) -> None:
    assert says in comparing.sureness(SPACE, apart)


@pytest.mark.parametrize("fmr", [1e-2, 3e-3, 1e-3, 1e-4, 1e-5, 1e-6])
def test_rate_and_distance_are_each_others_inverse(fmr: float) -> None:
    apart = threshold_at(SPACE, fmr)
    assert rate_at(SPACE, apart) == pytest.approx(fmr, rel=1e-6)


def test_somebody_enrolled_twice_under_two_names_is_shown_as_a_double(staffed: Foyer) -> None:
    staffed.ok("people", "add", "--number", "1002", "--name", "Grace")
    staffed.ok("enrol", "1002", ASTRONAUT, "--force")
    assert staffed.ok("people", "show", "1001", "--json").document["alike"] == ["1002"]
    assert "Looks like Eileen (1001)" in staffed.ok("people", "show", "1002").out
    staffed.ok("people", "remove", "1002", "--yes")
    assert staffed.ok("people", "show", "1001", "--json").document["alike"] == []
