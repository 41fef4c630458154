"""`foyer report` on a real gallery: presence to print, hours to pay by, and parity to prove."""

from __future__ import annotations

import csv
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.journal import Entry, EntryKind, Factor, Purpose
from app.runtime import bootstrap
from app.settings import load
from tests.cli.conftest import Foyer

PINNED = frozenset({Factor.NUMBER, Factor.PIN})


@dataclass
class House:
    """A kiosk with two people, and what its journal is told."""

    foyer: Foyer
    ids: dict[str, str]

    def visits(self, *visits: tuple[str, Purpose, float]) -> None:
        gallery = bootstrap.open_gallery(load(None, os.environ, {}))
        for number, purpose, utc_s in visits:
            person = self.ids[number]
            version = gallery.person(person)
            assert version is not None
            gallery.record(
                Entry(
                    EntryKind.VISIT,
                    utc_s,
                    granted=True,
                    purpose=purpose,
                    factors=PINNED,
                    person=person,
                    person_version=version.version,
                    visit=f"{number}-{utc_s}",
                    seconds=5.0,
                    taps=2,
                )
            )
        gallery.close()


@pytest.fixture
def house(kiosk: Foyer) -> House:
    ids = {}
    for number, name in (("1001", "Amara Okafor"), ("1002", "=Bo <Lind>")):
        kiosk.ok("people", "add", "--number", number, "--name", name)
        ids[number] = kiosk.ok("people", "show", number, "--json").document["id"]
    return House(kiosk, ids)


def test_who_is_here_can_be_read_and_printed(house: House, tmp_path: Path) -> None:
    now = time.time()
    house.visits(
        ("1001", Purpose.CLOCK_IN, now - 7200),
        ("1002", Purpose.ENTER, now - 3600),
        ("1001", Purpose.CLOCK_OUT, now - 60),
    )
    page = tmp_path / "list.html"
    ran = house.foyer.ok("report", "presence", "--out", str(page), "--zone", "UTC", "--json")
    assert [each["number"] for each in ran.document["present"]] == ["1002"]
    text = page.read_text(encoding="utf-8")
    assert "1 people in the house" in text
    assert "=Bo &lt;Lind&gt;" in text
    assert "<Lind>" not in text
    assert (
        house.foyer.ok("report", "presence", "--hours", "0.5", "--json").document["present"] == []
    )
    house.foyer.ok("people", "remove", "1002", "--yes", "--reason", "left")
    said = house.foyer.ok("report", "presence").out
    assert "(erased)" in said
    assert "Lind" not in said


def test_hours_are_told_by_day_and_week_and_no_cell_is_a_formula(
    house: House, tmp_path: Path
) -> None:
    day = 1_795_600_800.0  # Wednesday 2026-11-25 10:00 UTC
    house.visits(
        ("1002", Purpose.CLOCK_IN, day),
        ("1002", Purpose.CLOCK_OUT, day + 4 * 3600),
        ("1001", Purpose.CLOCK_IN, day),
    )
    table = tmp_path / "hours.csv"
    words = ("report", "attendance", "--zone", "UTC", "--out", str(table))
    document = house.foyer.ok(*words, "--json").document
    by_number = {each["number"]: each for each in document["people"]}
    assert by_number["1002"]["days"] == {"2026-11-25": 4.0}
    assert by_number["1002"]["weeks"] == {"2026-W48": 4.0}
    assert by_number["1001"]["missing"][0]["missing"] == "out"
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["name"] for row in rows} == {"Amara Okafor", "'=Bo <Lind>"}
    later = house.foyer.ok("report", "attendance", "--from", "2026-11-26", "--json").document
    assert later == {"people": []}


def test_each_way_in_is_measured(house: House) -> None:
    house.visits(*(("1001", Purpose.ENTER, 1_795_600_800.0 + n) for n in range(3)))
    (way,) = house.foyer.ok("report", "parity", "--json").document["ways"]
    assert way == {
        "way": "number+pin",
        "visits": 3,
        "failed": 0,
        "median_s": 5.0,
        "p90_s": 5.0,
        "taps": 2,
    }
    assert "20 entries each" in house.foyer.ok("report", "parity").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("presence", "--zone", "Europe/Nowhere"), "Europe/Berlin"),
        (("presence", "--zone", "../../etc/passwd"), "Europe/Berlin"),
        (("presence", "--out", "/nowhere/at/all.html"), "--out"),
        (("attendance", "--from", "2026-11-30", "--until", "2026-11-01"), "Exchange"),
        (("attendance", "--from", "last week"), "2026-11-28"),
        (("presence", "--hours", "0"), "hours"),
    ],
)
def test_what_cannot_be_reported_is_said_plainly(
    kiosk: Foyer, words: tuple[str, ...], said: str
) -> None:
    ran = kiosk("report", *words)
    assert ran.code == 2
    assert said in ran.err
