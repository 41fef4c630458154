"""What every key store does, whoever keeps the keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.people import Secret
from app.errors import KeyStoreError
from app.gallery.credential import FILE_NAME, VARIABLE, SystemdCredential
from app.gallery.keyring_keys import KeyringKeys
from app.gallery.keys import EphemeralKeys
from app.gallery.passphrase import Cost, PassphraseKeys
from app.gallery.wrapping import bytes_of, new_keys
from app.ports import HighWater, KeyStore
from tests.fakes.keys import MemoryKeyStore
from tests.fakes.secret_service import secret_service

MARK = HighWater(7, "ab" * 32, 12)
CHEAP = Cost(passes=1, memory_kib=64, lanes=1)

#: Opens the same store as another run of the program would; None where nothing outlives a run.
Again = Callable[[], KeyStore] | None


@pytest.fixture(params=["memory", "ephemeral", "passphrase", "keyring", "systemd-credential"])
def store_and_again(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[KeyStore, Again]]:
    match request.param:
        case "memory":
            yield MemoryKeyStore(), None
        case "ephemeral":
            yield EphemeralKeys(), None
        case "passphrase":

            def make() -> KeyStore:
                secret = Secret("a long enough passphrase")
                return PassphraseKeys(tmp_path / "k", tmp_path / "m", lambda: secret, CHEAP)

            yield make(), make
        case "systemd-credential":
            (tmp_path / FILE_NAME).write_bytes(bytes_of(new_keys()))

            def make_systemd() -> KeyStore:
                return SystemdCredential({VARIABLE: str(tmp_path)}, tmp_path / "m")

            yield make_systemd(), make_systemd
        case "keyring":
            with secret_service():
                yield KeyringKeys("one"), lambda: KeyringKeys("one")


def created(store: KeyStore) -> KeyStore:
    if store.name != "systemd-credential":
        store.create()
    return store


def test_it_says_what_it_is(store_and_again: tuple[KeyStore, Again]) -> None:
    store, _ = store_and_again
    assert store.name
    assert store.explanation.endswith(".")


def test_keys_are_three_and_created_once(store_and_again: tuple[KeyStore, Again]) -> None:
    store, _ = store_and_again
    if store.name != "systemd-credential":
        assert store.load() is None
        assert store.create() == store.load()
    keys = store.load()
    assert keys is not None
    assert {len(keys.data), len(keys.badge), len(keys.pepper)} == {32}
    assert len({keys.data, keys.badge, keys.pepper}) == 3
    with pytest.raises(KeyStoreError):
        store.create()
    assert store.load() == keys


def test_the_mark_is_kept_and_replaced(store_and_again: tuple[KeyStore, Again]) -> None:
    store = created(store_and_again[0])
    assert store.high_water() is None
    store.set_high_water(MARK)
    assert store.high_water() == MARK
    store.set_high_water(replace(MARK, sequence=8, changes=13))
    assert store.high_water() == replace(MARK, sequence=8, changes=13)


def test_keys_and_mark_outlive_the_program(store_and_again: tuple[KeyStore, Again]) -> None:
    store, again = store_and_again
    if again is None:
        pytest.skip("kept in memory only, by design")
    created(store).set_high_water(MARK)
    assert again().load() == store.load()
    assert again().high_water() == MARK
    with pytest.raises(KeyStoreError):
        again().create()


def test_nothing_secret_is_in_its_representation(store_and_again: tuple[KeyStore, Again]) -> None:
    store = created(store_and_again[0])
    keys = store.load()
    assert keys is not None
    for secret in (keys.data, keys.badge, keys.pepper):
        assert secret.hex() not in repr(store)
        assert repr(secret)[2:-1] not in repr(store)
