"""`foyer enrol --name`: somebody new in one step, who is only added with a face."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.camera.stills import Still, installed_photo
from app.ports import FaceEngine
from app.runtime import bootstrap
from tests.cli.conftest import Foyer

ASTRONAUT = str(installed_photo(Still.ASTRONAUT))


def names(foyer: Foyer) -> dict[str, str]:
    people = foyer.ok("people", "list", "--json").document["people"]
    return {each["number"]: f"{each['name']}, {each['templates']}" for each in people}


@pytest.mark.parametrize(
    "words",
    [
        ("--number", "1001", "--name", "Eileen", ASTRONAUT),
        ("1001", ASTRONAUT, "--name", "Eileen"),
        ("1001", "--name", "Eileen", ASTRONAUT),
        ("--reason", "first day", "1001", "--name", "Eileen", ASTRONAUT, "--force"),
    ],
)
def test_somebody_new_is_added_with_their_face(
    kiosk: Foyer, engine: FaceEngine, words: tuple[str, ...]
) -> None:
    ran = kiosk.ok("enrol", *words, "--json")
    assert ran.document["number"] == "1001"
    assert ran.document["id"]
    assert names(kiosk) == {"1001": "Eileen, 1"}
    kiosk.ok("audit", "verify")


def test_without_a_usable_picture_nobody_is_added(
    kiosk: Foyer, engine: FaceEngine, tmp_path: Path
) -> None:
    (tmp_path / "empty.jpg").touch()
    ran = kiosk("enrol", "1001", "--name", "Eileen", str(tmp_path / "empty.jpg"), "--json")
    assert ran.code == 1
    assert ran.document["id"] is None
    assert names(kiosk) == {}


def test_somebody_who_is_here_under_another_number_is_only_added_by_force(
    kiosk: Foyer, engine: FaceEngine
) -> None:
    kiosk.ok("enrol", "1001", ASTRONAUT, "--name", "Eileen")
    ran = kiosk("enrol", "1002", ASTRONAUT, "--name", "Somebody Else")
    assert ran.code == 1
    assert "Eileen (1001)" in ran.out
    assert names(kiosk) == {"1001": "Eileen, 1"}
    kiosk.ok("enrol", "1002", ASTRONAUT, "--name", "Somebody Else", "--force")
    assert names(kiosk) == {"1001": "Eileen, 1", "1002": "Somebody Else, 1"}


def test_the_same_line_again_adds_a_face_and_no_second_person(
    kiosk: Foyer, engine: FaceEngine
) -> None:
    for _ in range(2):
        kiosk.ok("enrol", "1001", ASTRONAUT, "--name", "Eileen")
    assert names(kiosk) == {"1001": "Eileen, 2"}


@pytest.mark.parametrize(
    ("number", "code", "said"), [("1001", 4, "Eileen"), ("12a", 2, "digits"), ("", 2, "number")]
)
def test_a_number_that_is_taken_or_cannot_be_typed_is_refused_before_models_load(
    kiosk: Foyer, monkeypatch: pytest.MonkeyPatch, number: str, code: int, said: str
) -> None:
    monkeypatch.setattr(bootstrap, "face_engine", None)
    kiosk.ok("people", "add", "--number", "1001", "--name", "Eileen")
    ran = kiosk("enrol", "--number", number, "--name", "Grace", ASTRONAUT)
    assert ran.code == code
    assert said in ran.err
