"""`foyer gallery`: made once, with a PIN nobody else can read, and never replaced by accident."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from app.commands import asking
from app.commands.context import Misused
from app.domain.journal import Entry, EntryKind, parse
from app.domain.matching import Metric, Space
from app.domain.people import Person, Secret
from app.gallery.keys import EphemeralKeys
from app.gallery.store import Store
from app.runtime import bootstrap
from app.settings import load
from tests.cli.conftest import ADMIN_PIN, PASSPHRASE, Foyer


def store_of(foyer: Foyer) -> Store:
    environ = {
        "FOYER_GALLERY_PATH": str(foyer.gallery),
        "FOYER_GALLERY_KEYS": "passphrase",
        "FOYER_PASSPHRASE": PASSPHRASE,
    }
    return bootstrap.open_gallery(load(None, environ, {}))


class Terminal:
    """A standard input at which somebody sits."""

    def isatty(self) -> bool:
        return True


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Somebody at a terminal gives these answers to hidden prompts."""
    waiting = iter(answers)
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(asking, "getpass", lambda _: next(waiting))


# -- init


def test_a_gallery_is_made_with_an_administrators_pin_that_is_never_shown(kiosk: Foyer) -> None:
    gallery = store_of(kiosk)
    keys = gallery.key_store.load()
    assert keys is not None
    hasher = bootstrap.pin_hasher(keys)
    assert hasher.verify(gallery.admin_pin_hash(), Secret(ADMIN_PIN))
    (row,) = gallery.rows()
    assert parse(row.text).detail == "gallery-made"
    assert ADMIN_PIN not in row.text
    gallery.close()


def test_it_says_what_the_key_provider_can_promise_and_what_not(foyer: Foyer) -> None:
    """With the real cost of the passphrase, once."""
    said = foyer.ok("gallery", "init", stdin=f"{ADMIN_PIN}\n").out
    assert str(foyer.gallery) in said
    assert "passphrase" in said
    assert "put back together are not" in said
    assert ADMIN_PIN not in said
    assert PASSPHRASE not in said
    again = foyer("gallery", "init", stdin="731946\n")
    assert again.code == 4
    assert "already" in again.err
    assert "set-pin" in again.err


@pytest.mark.parametrize("pin", ["", "12", "1234", "abcdef", "7777", "1" * 40, "\ud800"])
def test_a_pin_the_policy_forbids_makes_nothing(foyer: Foyer, pin: str) -> None:
    ran = foyer("gallery", "init", stdin=f"{pin}\n")
    assert ran.code == 2
    assert "PIN" in ran.err
    assert len(ran.err.splitlines()) == 1
    assert not foyer.gallery.parent.exists()


def test_the_pins_length_is_the_settings(foyer: Foyer) -> None:
    ran = foyer("gallery", "init", "--set", "policy.pin_fewest=8", stdin=f"{ADMIN_PIN}\n")
    assert ran.code == 2
    assert "8" in ran.err


def test_a_pin_is_typed_twice_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(None, {}, {})
    typed(monkeypatch, ADMIN_PIN, ADMIN_PIN)
    assert asking.new_pin(settings, "The PIN").text == ADMIN_PIN
    typed(monkeypatch, ADMIN_PIN, "905129")
    with pytest.raises(Misused, match="not the same"):
        asking.new_pin(settings, "The PIN")


def test_no_pin_is_an_argument(foyer: Foyer) -> None:
    assert foyer("gallery", "init", ADMIN_PIN).code == 2
    assert foyer("gallery", "init", "--pin", ADMIN_PIN).code == 2


def test_keys_that_are_forgotten_at_once_are_refused(foyer: Foyer) -> None:
    ran = foyer("gallery", "init", "--set", "gallery.keys=ephemeral", stdin=f"{ADMIN_PIN}\n")
    assert ran.code == 4
    assert EphemeralKeys().name in ran.err
    assert "keyring or passphrase" in ran.err
    assert not foyer.gallery.exists()


def test_an_init_broken_off_before_the_pin_goes_on(kiosk: Foyer) -> None:
    gallery = store_of(kiosk)
    connection = gallery._open().connection
    connection.execute("UPDATE gallery SET admin_pin_hash = ''")
    gallery.close()
    kiosk.ok("gallery", "init", stdin=f"{ADMIN_PIN}\n")


def test_a_lost_gallery_is_only_replaced_on_purpose(kiosk: Foyer) -> None:
    kiosk.gallery.unlink()
    assert "gallery init" in kiosk("gallery", "info").err
    refused = kiosk("gallery", "init", stdin=f"{ADMIN_PIN}\n")
    assert refused.code == 4
    assert "gallery init --anew" in refused.err
    assert not kiosk.gallery.exists()
    kiosk.ok("gallery", "init", "--anew", stdin=f"{ADMIN_PIN}\n")
    assert "in place of" in kiosk.ok("gallery", "info").out


def test_another_administrators_pin(kiosk: Foyer) -> None:
    kiosk.ok("gallery", "set-pin", "--reason", "handed over", stdin="731946\n")
    gallery = store_of(kiosk)
    keys = gallery.key_store.load()
    assert keys is not None
    hasher, stored = bootstrap.pin_hasher(keys), gallery.admin_pin_hash()
    assert hasher.verify(stored, Secret("731946"))
    assert not hasher.verify(stored, Secret(ADMIN_PIN))
    assert [parse(row.text).detail for row in gallery.rows(1)] == [
        "administrator-pin-set: handed over"
    ]
    gallery.close()


# -- info and check


def test_info_says_how_it_is_kept_and_nothing_personal(kiosk: Foyer) -> None:
    kiosk.ok("people", "add", "--number", "1001", "--name", "Amara Okafor")
    said = kiosk.ok("gallery", "info").out
    for word in (str(kiosk.gallery), "SQLCipher", "passphrase", "people", "journal"):
        assert word in said
    assert "Amara" not in said
    shown = kiosk.ok("gallery", "info", "--json").document
    assert (shown["people"], shown["journal_rows"]) == (1, 2)
    assert shown["path"] == str(kiosk.gallery)


def test_a_sound_gallery_passes_its_check(kiosk: Foyer) -> None:
    shown = kiosk.ok("gallery", "check", "--json").document
    assert shown["sound"]
    assert {finding["name"] for finding in shown["findings"]} == {
        "page authentication",
        "database structure",
        "references",
        "templates",
        "enrolled cameras",
        "self-tests",
        "journal chain",
        "high-water mark",
    }
    assert "is sound" in kiosk.ok("gallery", "check").out


def test_a_template_that_changed_by_itself_is_mended_by_enrolling_again(kiosk: Foyer) -> None:
    gallery = store_of(kiosk)
    told = Entry(EntryKind.PEOPLE, 0.0, granted=False, detail="test")
    person = gallery.put_person(Person("", "4711", "Ada Nguyen"), told)
    space = Space("faces", 4, Metric.COSINE, ())
    gallery.add_templates(person.id, space, [np.ones(4, np.float32)], told)
    gallery._open().connection.execute("UPDATE templates SET seal = zeroblob(16)")
    gallery.close()
    ran = kiosk("gallery", "check")
    assert ran.code == 1
    assert "4711 is not what was stored" in ran.out
    assert "Enrol the people named above again" in ran.out
    assert "newest sound copy" not in ran.out


def test_a_gallery_that_breaks_a_rule_fails_its_check(kiosk: Foyer) -> None:
    gallery = store_of(kiosk)
    connection = gallery._open().connection
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("INSERT INTO pins VALUES ('nobody', 'hash')")
    gallery.close()
    ran = kiosk("gallery", "check")
    assert ran.code == 1
    assert "references" in ran.out
    shown = kiosk("gallery", "check", "--json").document
    assert not shown["sound"]


def test_every_command_of_the_gallery_says_how_to_make_one(foyer: Foyer) -> None:
    commands = (
        ("gallery", "info"),
        ("gallery", "check"),
        ("people", "list"),
        ("audit", "verify"),
        ("enrol", "1001", "photo.jpg"),
    )
    for words in commands:
        ran = foyer(*words)
        assert ran.code == 4
        assert str(foyer.gallery) in ran.err
        assert "foyer gallery init" in ran.err
    assert not Path(foyer.gallery.parent).exists()
