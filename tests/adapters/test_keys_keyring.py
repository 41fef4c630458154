"""The keyring provider against a real Secret Service, and against backends it must not use."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import keyring
import pytest
import secretstorage
from keyring.backend import KeyringBackend
from keyring.backends import Windows, macOS

from app.errors import KeyStoreError
from app.gallery.keyring_keys import LOCKED, SAFE, KeyringKeys, safe_backend
from app.ports import HighWater
from tests.fakes.secret_service import secret_service


class Plaintext(KeyringBackend):
    """What keyrings.alt is: a plug-in that wins by priority and writes secrets in the clear."""

    priority = 100.0

    written: list[str] = []  # noqa: RUF012 - shared on purpose, to see any use at all

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.written.append(password)


class Asking(KeyringBackend):
    """Shows a prompt: answers only when somebody clicks."""

    priority = 1.0

    def __init__(self, clicked: threading.Event) -> None:
        self.clicked = clicked

    def set_password(self, service: str, username: str, password: str) -> None:
        self.clicked.wait()

    def get_password(self, service: str, username: str) -> str | None:
        self.clicked.wait()
        return None


class Forgetful(KeyringBackend):
    """Takes everything and keeps nothing."""

    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        return None


class Garbled(Forgetful):
    def get_password(self, service: str, username: str) -> str | None:
        return "secret-that-must-not-be-shown"


@pytest.fixture
def plaintext_is_the_default() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(Plaintext())  # type: ignore[no-untyped-call]
    Plaintext.written.clear()
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("plaintext_is_the_default")
def test_a_plaintext_backend_is_never_used_even_as_the_librarys_choice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    assert isinstance(keyring.get_keyring(), Plaintext)
    store = KeyringKeys("g")
    for call in (store.load, store.create, store.high_water):
        with pytest.raises(KeyStoreError, match="No safe keyring"):
            call()
    with pytest.raises(KeyStoreError, match="passphrase"):
        store.set_high_water(HighWater(0, "", 0))
    assert Plaintext.written == []


@pytest.mark.usefixtures("plaintext_is_the_default")
def test_beside_a_plaintext_backend_the_real_keyring_is_used() -> None:
    with secret_service():
        keys = KeyringKeys("g").create()
        assert KeyringKeys("g").load() == keys
    assert Plaintext.written == []


def test_the_allowed_backends_are_the_systems_own() -> None:
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in SAFE}
    assert names == {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring.backends.macOS.Keyring",
    }


@pytest.mark.parametrize("candidates", [(), (Windows.WinVaultKeyring, macOS.Keyring)])
@pytest.mark.skipif(sys.platform != "linux", reason="those two work where they are at home")
def test_no_working_candidate_is_told(candidates: tuple[type[KeyringBackend], ...]) -> None:
    with pytest.raises(KeyStoreError, match="Start one"):
        safe_backend(candidates)


def test_two_galleries_in_one_keyring_do_not_meet() -> None:
    with secret_service():
        one, two = KeyringKeys("one"), KeyringKeys("two")
        keys = one.create()
        one.set_high_water(HighWater(1, "a", 1))
        assert two.load() is None
        assert two.high_water() is None
        assert two.create() != keys
        assert one.load() == keys


def test_a_locked_keyring_is_told_at_once_and_nothing_is_shown() -> None:
    with secret_service():
        store = KeyringKeys("g")
        store.create()
        with closing(secretstorage.dbus_init()) as bus:
            secretstorage.get_default_collection(bus).lock()
        for call in (store.load, store.high_water, KeyringKeys("g").load):
            with pytest.raises(KeyStoreError) as error:
                call()
            assert str(error.value) == LOCKED


def test_a_service_without_a_keyring_is_told() -> None:
    with secret_service(unlocked=False), pytest.raises(KeyStoreError, match="Log in"):
        KeyringKeys("g").load()


def test_a_keyring_that_goes_away_is_told() -> None:
    with secret_service():
        store = KeyringKeys("g")
        store.create()
    with pytest.raises(KeyStoreError, match="Check that it is running"):
        store.set_high_water(HighWater(1, "a", 1))


def test_a_prompt_nobody_answers_ends_in_an_error() -> None:
    clicked = threading.Event()
    store = KeyringKeys("g", lambda: Asking(clicked), limit_s=0.05)
    try:
        for _ in range(2):  # the second is refused without piling up another waiting call
            with pytest.raises(KeyStoreError, match="did not answer"):
                store.load()
        assert [t.name for t in threading.enumerate()].count("keyring") == 1
    finally:
        clicked.set()


def test_after_the_prompt_was_answered_it_works_again() -> None:
    clicked = threading.Event()
    store = KeyringKeys("g", lambda: Asking(clicked), limit_s=5.0)
    impatient = KeyringKeys("g", lambda: Asking(clicked), limit_s=0.05)
    with pytest.raises(KeyStoreError):
        impatient.load()
    clicked.set()
    waiting = [thread for thread in threading.enumerate() if thread.name == "keyring"]
    for thread in waiting:
        thread.join(5)
    assert impatient.load() is None
    assert store.load() is None


def test_a_keyring_that_keeps_nothing_is_found_out() -> None:
    with pytest.raises(KeyStoreError, match="did not keep"):
        KeyringKeys("g", Forgetful).create()


def test_a_garbled_entry_is_told_without_showing_it() -> None:
    store = KeyringKeys("g", Garbled)
    for call in (store.load, store.high_water):
        with pytest.raises(KeyStoreError) as error:
            call()
        assert "secret-that-must-not-be-shown" not in str(error.value)
