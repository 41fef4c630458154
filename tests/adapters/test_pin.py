"""PINs: which are refused, and that a wrong, unknown or malformed one costs the same work."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from app.credentials.pin import Argon2Hasher, Cost, pin_fault
from app.domain.people import Secret

PEPPER = bytes(range(32))
CHEAP = Cost(passes=1, memory_kib=64, lanes=1)
OTHER = Cost(passes=2, memory_kib=64, lanes=1)
HASHER = Argon2Hasher(PEPPER, CHEAP)
PIN = Secret("204816")
HASH = HASHER.hash(PIN)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """The parameters of every Argon2 verification that was carried out."""
    done: list[tuple[int, int, int]] = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, hash: str, password: bytes) -> bool:  # noqa: A002
        found = extract_parameters(hash)
        done.append((found.time_cost, found.memory_cost, found.parallelism))
        return real(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    return done


def test_a_pin_fits_its_own_hash_only() -> None:
    assert HASHER.verify(HASH, PIN)
    assert not HASHER.verify(HASH, Secret("204817"))
    assert not HASHER.verify(HASH, Secret(""))
    assert not HASHER.verify(HASHER.hash(Secret("204817")), PIN)


def test_two_hashes_of_one_pin_differ_and_hold_neither_pin_nor_pepper() -> None:
    assert HASHER.hash(PIN) != HASH
    assert PIN.text not in HASH
    assert PEPPER.hex() not in repr(HASHER)


def test_without_the_pepper_the_right_pin_does_not_fit() -> None:
    assert not Argon2Hasher(bytes(32), CHEAP).verify(HASH, PIN)
    with pytest.raises(ValueError, match="32 bytes"):
        Argon2Hasher(b"short", CHEAP)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        HASH,
        "x",
        "$argon2id$",
        HASH[:-5],
        HASH.replace("argon2id", "argon2i"),
        HASH.replace("m=64", "m=4194304"),
        HASH.replace("t=1", "t=1000000"),
        HASH.replace("$", "#"),
        "é" + HASH,
        HASH + "\0",
    ],
)
def test_whatever_is_stored_a_wrong_pin_costs_one_agreed_verification(
    work: list[tuple[int, int, int]], stored: str
) -> None:
    assert not HASHER.verify(stored, Secret("9999"))
    assert work == [(1, 64, 1)]


@given(st.text(max_size=200) | st.text("$argon2id=v19mtp,0123456789ABCdef+/", max_size=120))
def test_no_text_at_all_passes_for_a_hash(stored: str) -> None:
    assert not HASHER.verify(stored, PIN)


@given(st.text(max_size=40))
def test_any_text_can_be_tried_as_a_pin(text: str) -> None:
    assert HASHER.verify(HASH, Secret(text)) == (text == PIN.text)


def test_hashes_made_before_a_change_of_cost_still_fit_when_named() -> None:
    old = Argon2Hasher(PEPPER, OTHER).hash(PIN)
    assert not HASHER.verify(old, PIN)
    assert Argon2Hasher(PEPPER, CHEAP, former=(OTHER,)).verify(old, PIN)


def test_the_default_work_is_the_rfcs() -> None:
    assert Cost() == Cost(passes=3, memory_kib=65_536, lanes=4)
    parameters = extract_parameters(Argon2Hasher(PEPPER).hash(PIN))
    assert (parameters.type.name, parameters.hash_len) == ("ID", 32)


@pytest.mark.parametrize(
    ("pin", "word"),
    [
        ("", "digits only"),
        ("12a4", "digits only"),
        ("\uff11\uff12\uff13\uff17", "digits only"),
        (" 4711", "digits only"),
        ("471", "4 to 12"),
        ("4711471147114", "4 to 12"),
        ("1111", "repeats"),
        ("4747", "repeats"),
        ("1221", "repeats"),
        ("123123", "repeats"),
        ("1234", "counting"),
        ("8901", "counting"),
        ("9876", "counting"),
        ("3210", "counting"),
        ("2109876543", "counting"),
        ("1985", "year"),
        ("2024", "year"),
    ],
)
def test_a_pin_that_is_guessed_first_is_refused_with_advice(pin: str, word: str) -> None:
    fault = pin_fault(pin)
    assert fault is not None
    assert word in fault
    assert ". " in fault
    assert not pin or pin not in fault


@pytest.mark.parametrize("pin", ["4711", "2580", "1066", "204816", "0102", "135790", "1928374650"])
def test_other_pins_are_fine(pin: str) -> None:
    assert pin_fault(pin) is None


def test_the_policys_lengths_count() -> None:
    assert pin_fault("4711", 6, 8) is not None
    assert pin_fault("471109", 6, 8) is None


@given(st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_few_pins_are_refused(pin: str) -> None:
    """A policy that refuses much would itself tell a guesser where not to look."""
    patterned = len(set(pin)) < 3 or pin[:3] == pin[3:] or pin in "01234567890123456789"
    downwards = pin in "98765432109876543210"
    assert (pin_fault(pin) is not None) == (patterned or downwards)
