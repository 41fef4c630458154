"""A contractor's time here, on the real command line: let in, longer, on hold, over, erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.commands.lifecycle import CHANGES
from app.domain.people import Status
from tests.cli.conftest import Foyer

WHY = ("--reason", "as agreed")


@pytest.fixture
def contractor(kiosk: Foyer) -> Foyer:
    kiosk.ok("people", "add", "--number", "2044", "--name", "Bo Lind", "--kind", "contractor")
    return kiosk


def explained(foyer: Foyer, *words: str, factors: str = "badge,pin") -> tuple[int, dict[str, str]]:
    """The exit code, and each rule that is not kept with what was said of it."""
    ran = foyer("access", "explain", "2044", "--factors", factors, *words, "--json")
    document = ran.document
    assert document["would_enter"] == (ran.code == 0)
    lost = {each["rule"]: each["said"] for each in document["why"] if not each["kept"]}
    assert (document["reason"] is None) == (not lost)
    return ran.code, lost


def status(foyer: Foyer) -> str:
    return str(foyer.ok("people", "show", "2044", "--json").document["status"])


def test_a_whole_life(contractor: Foyer) -> None:
    day = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
    assert explained(contractor) == (0, {})
    contractor.ok("people", "extend", "2044", "--until", day, *WHY)
    later = (datetime.now(UTC) + timedelta(days=12)).isoformat(timespec="minutes")
    code, lost = explained(contractor, "--at", later)
    assert (code, set(lost)) == (1, {"not-over"})
    contractor.ok("people", "suspend", "2044", *WHY)
    assert set(explained(contractor)[1]) == {"standing"}
    contractor.ok("people", "reactivate", "2044", *WHY)
    assert explained(contractor) == (0, {})
    contractor.ok("people", "revoke", "2044", *WHY)
    assert "ended" in explained(contractor)[1]["standing"]
    contractor.ok("people", "reactivate", "2044", *WHY)
    contractor.ok("people", "erase", "2044", *WHY)
    assert contractor("people", "show", "2044").code == 4
    tail = contractor.ok("audit", "tail", "-n", "6", "--json").document["rows"]
    assert [row["detail"] for row in tail] == [
        "access-extended: as agreed",
        "access-suspended: as agreed",
        "access-reactivated: as agreed",
        "access-revoked: as agreed",
        "access-reactivated: as agreed",
        "person-erased: as agreed",
    ]


#: From each standing, what may be made of it; everything else is refused.
WAYS = {
    Status.ACTIVE: {"extend", "suspend", "revoke", "withdraw", "erase"},
    Status.SUSPENDED: {"extend", "revoke", "reactivate", "withdraw", "erase"},
    Status.ENDED: {"reactivate", "withdraw", "erase"},
}
REACHED_BY = {Status.ACTIVE: (), Status.SUSPENDED: ("suspend",), Status.ENDED: ("revoke",)}


@pytest.mark.parametrize("standing", list(Status))
@pytest.mark.parametrize("change", list(CHANGES))
def test_every_change_from_every_standing(contractor: Foyer, standing: Status, change: str) -> None:
    for step in REACHED_BY[standing]:
        contractor.ok("people", step, "2044", *WHY)
    assert status(contractor) == standing
    more = ("--until", "2099-01-01") if change == "extend" else ()
    ran = contractor("people", change, "2044", *more, *WHY, "--json")
    if change in WAYS[standing]:
        assert ran.code == 0
        return
    assert ran.code == 4
    assert status(contractor) == standing
    said = ran.document["error"]["message"]
    assert all(way in said for way in WAYS[standing])


@pytest.mark.parametrize("change", list(CHANGES))
def test_nothing_is_changed_without_a_reason(contractor: Foyer, change: str) -> None:
    more = ("--until", "2099-01-01") if change == "extend" else ()
    assert contractor("people", change, "2044", *more).code == 2
    assert contractor("people", change, "2044", *more, "--reason", "  ").code == 2
    assert status(contractor) == Status.ACTIVE


@pytest.mark.parametrize("until", ["2001-01-01", "soon", "2026-02-30", ""])
def test_an_end_that_cannot_be_changes_nothing(contractor: Foyer, until: str) -> None:
    assert contractor("people", "extend", "2044", "--until", until, *WHY).code == 2
    assert contractor.ok("people", "show", "2044", "--json").document["until"] is None


def test_access_is_explained_by_factors_and_by_the_cameras_tier(contractor: Foyer) -> None:
    assert explained(contractor, factors="badge")[1].keys() == {"factors"}
    assert explained(contractor, factors="face")[1].keys() == {"factors"}, "no camera was tested"
    assert explained(contractor, "--tier", "trusted", factors="face") == (0, {})
    assert explained(contractor, "--purpose", "clock-in", factors="face") == (0, {})
    said = explained(contractor, factors="badge")[1]["factors"]
    assert "badge + pin" in said


def test_the_end_is_kept_to_the_second(contractor: Foyer) -> None:
    end = "2099-01-01T12:00:00+00:00"
    contractor.ok("people", "extend", "2044", "--until", end, *WHY)
    assert explained(contractor, "--at", "2099-01-01T11:59:59+00:00") == (0, {})
    assert set(explained(contractor, "--at", end)[1]) == {"not-over"}
    assert set(explained(contractor, "--at", "2099-01-01T13:00:00+01:00")[1]) == {"not-over"}


def test_a_zone_is_not_said_to_be_kept(contractor: Foyer) -> None:
    words = ("access", "explain", "2044", "--factors", "badge,pin", "--zone", "lab", "--json")
    assert contractor.ok(*words).document["zone"]["judged"] is False


@pytest.mark.parametrize(
    "words",
    [("--factors", "smile"), ("--factors", ","), ("--factors", "pin", "--at", "noon")],
)
def test_what_cannot_be_asked_is_said(contractor: Foyer, words: tuple[str, ...]) -> None:
    assert contractor("access", "explain", "2044", *words).code == 2


def test_the_list_can_be_narrowed(contractor: Foyer) -> None:
    def numbers(*words: str) -> set[str]:
        document = contractor.ok("people", "list", *words, "--json").document
        return {each["number"] for each in document["people"]}

    contractor.ok("people", "add", "--number", "1", "--name", "Always")
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    contractor.ok("people", "extend", "2044", "--until", day, *WHY)
    assert numbers("--expiring", "7") == {"2044"}
    assert numbers("--expiring", "1") == set()
    assert numbers("--opted-out") == numbers("--never-verified") == {"1", "2044"}
    assert contractor("people", "list", "--expiring", "soon").code == 2
