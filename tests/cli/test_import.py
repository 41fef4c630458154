"""`foyer people import` on a real gallery with real faces: row by row, killed, and gone on with."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Foyer

PEOPLE = 6


@pytest.fixture(scope="module")
def photos(assets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture each of several people, called 1001.jpg and so on; two of the first."""
    lfw = assets / "identities" / "lfw"
    if not lfw.is_dir():
        pytest.skip("the assets hold no Labeled Faces in the Wild")
    folder = tmp_path_factory.mktemp("photos")
    several = [
        pictures
        for person in sorted(lfw.iterdir())
        if len(pictures := sorted(person.glob("*.jpg"))) > 1
    ]
    for place, pictures in enumerate(several[:PEOPLE]):
        shutil.copy(pictures[0], folder / f"{1001 + place}.jpg")
    shutil.copy(several[0][1], folder / "1001-2.jpg")
    return folder


def table(folder: Path, *rows: str, heading: str = "number,name,consent") -> str:
    path = folder / "people.csv"
    path.write_text("\n".join((heading, *rows)), encoding="utf-8")
    return str(path)


def faces(document: Any) -> dict[str, str]:
    return {row["number"]: row["face"] for row in document["rows"]}


def test_people_come_with_their_faces_and_a_second_run_changes_nothing(
    kiosk: Foyer, photos: Path, tmp_path: Path
) -> None:
    rows = [f"{1001 + place},Person {place},2026-11-01" for place in range(3)]
    words = ("people", "import", table(tmp_path, *rows), "--photos", str(photos), "--jobs", "1")
    first = kiosk(*words, "--json")
    counts = {word: first.document[word] for word in ("added", "known", "refused")}
    assert counts == {"added": 3, "known": 0, "refused": 0}
    stored = faces(first.document)
    assert set(stored.values()) <= {"stored", "refused"}
    assert "stored" in stored.values()
    images = [image for row in first.document["rows"] for image in row["images"]]
    assert len(images) == 4, "two of 1001"
    again = kiosk(*words, "--json").document
    assert (again["added"], again["known"]) == (0, 3)
    assert {number for number, face in faces(again).items() if face == "there"} == {
        number for number, face in stored.items() if face == "stored"
    }
    shown = kiosk.ok("people", "show", "1001", "--json").document
    assert shown["templates"] == (1 if stored["1001"] == "stored" else 0)


def test_without_consent_no_picture_is_looked_at(
    kiosk: Foyer, photos: Path, tmp_path: Path
) -> None:
    file = table(tmp_path, "1001,Amara,", "1002,Bo,2026-11-01")
    ran = kiosk("people", "import", file, "--photos", str(photos), "--jobs", "1", "--json")
    assert ran.code == 1
    first = ran.document["rows"][0]
    assert (first["result"], first["face"]) == ("added", "refused")
    assert {image["reason"] for image in first["images"]} == {"no-consent"}
    assert kiosk.ok("people", "show", "1001", "--json").document["templates"] == 0


def test_somebody_elses_face_is_not_stored_under_another_number(
    kiosk: Foyer, photos: Path, tmp_path: Path
) -> None:
    names = [f"{1001 + place}.jpg" for place in range(3)]
    rows = [
        f"{place}{copy},Person {place}{copy},2026-11-01,{name}"
        for place, name in enumerate(names, 1)
        for copy in (1, 2)
    ]
    file = table(tmp_path, *rows, heading="number,name,consent,photos")
    ran = kiosk("people", "import", file, "--photos", str(photos), "--jobs", "1", "--json")
    ended = faces(ran.document)
    pairs = [{ended[f"{place}1"], ended[f"{place}2"]} for place in (1, 2, 3)]
    assert {"refused", "stored"} in pairs
    assert {"stored"} not in pairs
    said = [row["why"][0] for row in ran.document["rows"] if row["why"]]
    assert said
    assert all("looks like" in each for each in said)


def test_every_row_and_every_picture_that_is_refused_is_named(kiosk: Foyer, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "none.jpg").write_bytes(b"no picture")
    kiosk.ok("people", "add", "--number", "7", "--name", "Somebody")
    file = table(
        tmp_path,
        "7,Somebody Else,2026-11-01,",
        "8,=1+1,2026-11-01,",
        "9,Bo,2026-11-01,none.jpg;../people.csv",
        "10,Chi,,",
        heading="number,name,consent,photos",
    )
    words = ("people", "import", file, "--photos", str(tmp_path / "pictures"), "--jobs", "1")
    ran = kiosk(*words)
    assert ran.code == 1
    for said in ("Somebody's", "formula", "none.jpg", "../people.csv", "2 added", "2 refused"):
        assert said in ran.out, ran.out
    numbers = {each["number"] for each in kiosk.ok("people", "list", "--json").document["people"]}
    assert numbers == {"7", "9", "10"}


def test_a_dry_run_stores_nothing(kiosk: Foyer, tmp_path: Path) -> None:
    ran = kiosk.ok("people", "import", table(tmp_path, "1,A,", "2,B,"), "--dry-run", "--json")
    assert (ran.document["added"], ran.document["dry_run"]) == (2, True)
    assert kiosk.ok("people", "list", "--json").document["people"] == []


def test_a_folder_or_file_that_is_not_there_is_named(kiosk: Foyer, tmp_path: Path) -> None:
    file = table(tmp_path, "1,A,")
    assert "--photos DIR" in kiosk("people", "import", file, "--photos", "/nowhere").err
    assert "Check its name" in kiosk("people", "import", "/nowhere.csv").err
    assert kiosk.ok("people", "list", "--json").document["people"] == []


def test_a_run_that_was_killed_goes_on_where_it_was(
    kiosk: Foyer, photos: Path, tmp_path: Path
) -> None:
    """Killed at three random moments; then everybody is here once, with one face at the most."""
    rows = [f"{1001 + place},Person {place},2026-11-01" for place in range(PEOPLE)]
    words = ["people", "import", table(tmp_path, *rows), "--photos", str(photos), "--jobs", "2"]
    chance = random.Random(20261128)
    for _ in range(3):
        begun = subprocess.Popen(
            [sys.executable, "-m", "app", *words],
            env=dict(os.environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with suppress(subprocess.TimeoutExpired):
            begun.wait(timeout=chance.uniform(0.5, 6.0))
        begun.kill()
        begun.wait()
    last = kiosk(*words[:-2], "--jobs", "1", "--json").document
    assert last["added"] + last["known"] == PEOPLE
    people = kiosk.ok("people", "list", "--json").document["people"]
    assert sorted(each["number"] for each in people) == [str(1001 + n) for n in range(PEOPLE)]
    assert {each["templates"] for each in people} <= {0, 1}
    there = {number for number, face in faces(last).items() if face in ("stored", "there")}
    assert there == {each["number"] for each in people if each["templates"]}
    assert kiosk.ok("audit", "verify", "--json").document["sound"]
