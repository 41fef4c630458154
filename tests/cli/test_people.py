"""`foyer people`: every change is journalled, and no badge or PIN is ever shown."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any

import pytest

from app.commands.people import _end, _moment
from app.domain.journal import parse
from app.domain.people import Claim, ClaimKind, Secret
from app.runtime import bootstrap
from tests.cli.conftest import ADMIN_PIN, Foyer
from tests.cli.test_gallery import store_of

PIN, BADGE = "739152", "04A1B2C3D4"


@pytest.fixture
def staffed(kiosk: Foyer) -> Foyer:
    kiosk.ok("people", "add", "--number", "1001", "--name", "Amara Okafor")
    return kiosk


def details(foyer: Foyer) -> list[str]:
    """What the journal says was done, newest last."""
    gallery = store_of(foyer)
    try:
        return [parse(row.text).detail for row in gallery.rows()]
    finally:
        gallery.close()


def local_s(*moment: int) -> float:
    return datetime(*moment).astimezone().timestamp()  # type: ignore[arg-type]


# -- add, list, show


def test_a_new_person_is_listed_and_shown(kiosk: Foyer) -> None:
    kiosk.ok(
        *("people", "add", "--number", "2044", "--name", "Bo Lind", "--kind", "contractor"),
        *("--from", "2026-03-01T08:00", "--until", "2026-12-31"),
        *("--needs", "no-blink", "no-mouth", "--reason", "roof works"),
    )
    listed = kiosk.ok("people", "list").out
    assert "2044" in listed
    assert "Bo Lind" in listed
    (person,) = kiosk.ok("people", "list", "--json").document["people"]
    assert person["kind"] == "contractor"
    assert person["needs"] == ["no-blink", "no-mouth"]
    assert person["templates"] == 0
    assert datetime.fromisoformat(person["from"]).timestamp() == local_s(2026, 3, 1, 8)
    assert datetime.fromisoformat(person["until"]).timestamp() == local_s(2027, 1, 1)
    shown = kiosk.ok("people", "show", "2044", "--json").document
    assert shown["id"] == person["id"]
    assert (shown["badge"], shown["pin"]) == (False, False)
    assert kiosk.ok("people", "show", person["id"]).out.startswith("number  2044")
    assert details(kiosk)[-1] == "person-added: roof works"


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2026-12-31", (2027, 1, 1)),
        ("2028-02-29", (2028, 3, 1)),
        ("2026-12-31T18:00", (2026, 12, 31, 18)),
        ("2026-12-31T00:00", (2026, 12, 31)),
    ],
)
def test_until_a_day_means_to_the_end_of_it(text: str, end: tuple[int, ...]) -> None:
    assert _end(text) == local_s(*end)


def test_a_moment_with_a_zone_is_that_moment() -> None:
    assert _moment("2026-12-31T18:00+00:00") == 1798740000.0
    assert _moment("2026-12-31T18:00Z") == 1798740000.0
    assert _moment("2026-12-31T19:00+01:00") == 1798740000.0


@pytest.mark.parametrize(
    "words",
    [
        ("--number", "12 34", "--name", "Ada"),
        ("--number", "A17", "--name", "Ada"),
        ("--number", "", "--name", "Ada"),
        ("--number", "1" * 11, "--name", "Ada"),
        ("--number", "١٢٣", "--name", "Ada"),
        ("--number", "1002"),
        ("--name", "Ada"),
        ("--number", "1002", "--name", "Ada", "--until", "tomorrow"),
        ("--number", "1002", "--name", "Ada", "--until", "9999999-01-01"),
        ("--number", "1002", "--name", "Ada", "--kind", "boss"),
        ("--number", "1002", "--name", "Ada", "--needs", "no-queue"),
        ("--number", "1002", "--name", "Ada", "--reason", "x" * 81),
        ("--number", "1002", "--name", "Ada", "--reason", "two\nlines"),
    ],
)
def test_what_cannot_be_a_person_is_usage_and_changes_nothing(
    staffed: Foyer, words: tuple[str, ...]
) -> None:
    assert staffed("people", "add", *words).code == 2
    assert len(staffed.ok("people", "list", "--json").document["people"]) == 1


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("--number", "1001", "--name", "Ada"), "number"),
        (("--number", "1002", "--name", " "), "name"),
        (("--number", "1002", "--name", "x" * 201), "name"),
        (
            ("--number", "2", "--name", "Ada", "--from", "2026-02-01", "--until", "2026-01-01"),
            "end",
        ),
    ],
)
def test_what_breaks_a_rule_of_the_gallery_is_one_clear_line(
    staffed: Foyer, words: tuple[str, ...], word: str
) -> None:
    ran = staffed("people", "add", *words)
    assert ran.code == 4
    assert word in ran.err
    assert len(ran.err.splitlines()) == 1
    assert len(staffed.ok("people", "list", "--json").document["people"]) == 1


@pytest.mark.parametrize("action", ["show", "remove", "set-pin", "set-badge"])
def test_an_unknown_person_is_one_clear_line(staffed: Foyer, action: str) -> None:
    for word in ("7777", "", "' OR 1=1 --", "\ud800"):
        ran = staffed("people", action, word, stdin="739152\n")
        assert ran.code == 4
        assert len(ran.err.splitlines()) == 1
        assert "foyer people list" in ran.err


def test_a_program_gets_the_same_as_one_document(staffed: Foyer) -> None:
    ran = staffed("people", "show", "7777", "--json")
    assert ran.code == 4
    assert ran.document["error"]["code"] == "gallery-refused"


# -- PIN and badge


def attempt(foyer: Foyer, claim: Claim, pin: str) -> bool:
    gallery = store_of(foyer)
    try:
        keys = gallery.key_store.load()
        assert keys is not None
        stored = gallery.begin_pin(claim, 0.0).pin_hash
        return bool(stored) and bootstrap.pin_hasher(keys).verify(stored, Secret(pin))
    finally:
        gallery.close()


def test_a_pin_is_set_without_being_shown_and_taken_away_again(staffed: Foyer) -> None:
    claim = Claim(ClaimKind.NUMBER, "1001")
    ran = staffed.ok("people", "set-pin", "1001", stdin=f"{PIN}\n")
    assert PIN not in ran.out + ran.err
    assert attempt(staffed, claim, PIN)
    assert not attempt(staffed, claim, ADMIN_PIN)
    shown = staffed.ok("people", "show", "1001", "--json").document
    assert (shown["pin"], shown["badge"]) == (True, False)
    assert PIN not in json.dumps(shown)
    staffed.ok("people", "set-pin", "1001", "--none", "--reason", "opted out")
    assert not attempt(staffed, claim, PIN)
    assert details(staffed)[-2:] == ["pin-set", "pin-taken-away: opted out"]


def test_a_pin_the_policy_forbids_is_not_set(staffed: Foyer) -> None:
    ran = staffed("people", "set-pin", "1001", stdin="1111\n")
    assert ran.code == 2
    assert "1111" not in ran.err
    assert not staffed.ok("people", "show", "1001", "--json").document["pin"]


def test_a_badge_is_set_without_being_shown_and_taken_away_again(staffed: Foyer) -> None:
    ran = staffed.ok("people", "set-badge", "1001", stdin=f"{BADGE}\n")
    assert BADGE not in ran.out + ran.err
    gallery = store_of(staffed)
    person = gallery.resolve(Claim(ClaimKind.BADGE, BADGE)).person
    gallery.close()
    assert person is not None
    assert person.number == "1001"
    said = staffed.ok("people", "show", "1001").out
    assert "badge   set" in said
    assert BADGE not in said
    assert BADGE not in "".join(details(staffed))
    staffed.ok("people", "set-badge", "1001", "--none")
    assert "badge   none" in staffed.ok("people", "show", "1001").out


def test_a_badge_of_somebody_else_is_refused_without_saying_whose(staffed: Foyer) -> None:
    staffed.ok("people", "add", "--number", "1002", "--name", "Bo")
    staffed.ok("people", "set-badge", "1001", stdin=f"{BADGE}\n")
    ran = staffed("people", "set-badge", "1002", stdin=f"{BADGE}\n")
    assert ran.code == 4
    assert BADGE not in ran.err
    assert "Amara" not in ran.err


@pytest.mark.parametrize("action", ["set-pin", "set-badge"])
def test_nothing_given_is_usage(staffed: Foyer, action: str) -> None:
    ran = staffed("people", action, "1001", stdin="\n")
    assert ran.code == 2
    assert "standard input" in ran.err


# -- remove


class Asked:
    """A standard input at which somebody sits and answers."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self, *_: Any) -> str:
        return f"{self.answer}\n"


def test_somebody_removed_is_gone_and_the_journal_says_why(staffed: Foyer) -> None:
    staffed.ok("people", "set-pin", "1001", stdin=f"{PIN}\n")
    erased = staffed.ok("people", "remove", "1001", "--yes", "--reason", "left", "--json").document
    assert erased["erased"]
    assert staffed.ok("people", "list", "--json").document["people"] == []
    assert staffed("people", "show", "1001").code == 4
    assert details(staffed)[-1] == "person-erased: left"
    assert b"Okafor" not in staffed.gallery.read_bytes()


def test_without_anybody_to_ask_nobody_is_removed(staffed: Foyer) -> None:
    ran = staffed("people", "remove", "1001", stdin="y\n")
    assert ran.code == 2
    assert "--yes" in ran.err
    assert len(staffed.ok("people", "list", "--json").document["people"]) == 1


@pytest.mark.parametrize(("answer", "left"), [("y", 0), ("n", 1), ("", 1), ("1001", 1)])
def test_somebody_at_the_terminal_is_asked(
    staffed: Foyer, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    asked: list[str] = []

    def reply(question: str) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr(sys, "stdin", Asked(answer))
    monkeypatch.setattr("builtins.input", reply)
    from app import cli

    assert cli.main(("people", "remove", "1001")) == 0
    assert "Amara Okafor" in asked[0]
    assert len(staffed.ok("people", "list", "--json").document["people"]) == left
