"""Key providers, chosen by name and never by luck."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from app.domain.people import Secret
from app.errors import KeyStoreError
from app.gallery.credential import SystemdCredential
from app.gallery.passphrase import PassphraseKeys
from app.gallery.wrapping import new_keys
from app.ports import HighWater, Keys, KeyStore


class Provider(StrEnum):
    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105 - the name of a provider
    SYSTEMD = "systemd-credential"
    EPHEMERAL = "ephemeral"


@dataclass(slots=True)
class EphemeralKeys:
    """Keys for one run of the demonstration or a test; gone with the process."""

    name: str = Provider.EPHEMERAL.value
    explanation: str = (
        "For demonstrations and tests only: keys are in memory, and the gallery can never be "
        "opened again once this program ends."
    )
    _keys: Keys | None = None
    _mark: HighWater | None = None

    def load(self) -> Keys | None:
        return self._keys

    def create(self) -> Keys:
        if self._keys is not None:
            raise KeyStoreError("There are keys already. They are never replaced: keep them.")
        self._keys = new_keys()
        return self._keys

    def high_water(self) -> HighWater | None:
        return self._mark

    def set_high_water(self, mark: HighWater) -> None:
        self._mark = mark


def gallery_id_of(gallery: Path) -> str:
    """A name for the gallery at this path, so that two of one user do not share keys.

    It follows the path, not the file: whoever moves a gallery says its old id in the settings.
    """
    return hashlib.sha256(str(gallery.resolve()).encode()).hexdigest()[:16]


def key_store(
    provider: str,
    gallery: Path,
    environment: Mapping[str, str],
    ask_passphrase: Callable[[], Secret],
    gallery_id: str = "",
) -> KeyStore:
    """The provider of that name for the gallery at that path. Raises KeyStoreError.

    `passphrase` keeps its keys and mark, `systemd-credential` its mark, beside the gallery.
    """
    beside = {kind: gallery.with_name(f"{gallery.name}.{kind}") for kind in ("keys", "mark")}
    try:
        chosen = Provider(provider)
    except ValueError:
        names = ", ".join(Provider)
        raise KeyStoreError(
            f"There is no key provider {provider!r}. Choose one of: {names}."
        ) from None
    match chosen:
        case Provider.KEYRING:
            # 160 ms that a start with another provider need not pay.
            from app.gallery.keyring_keys import KeyringKeys  # noqa: PLC0415

            return KeyringKeys(gallery_id or gallery_id_of(gallery))
        case Provider.PASSPHRASE:
            return PassphraseKeys(beside["keys"], beside["mark"], ask_passphrase)
        case Provider.SYSTEMD:
            return SystemdCredential(environment, beside["mark"])
        case Provider.EPHEMERAL:
            return EphemeralKeys()
        case _ as never:
            assert_never(never)
