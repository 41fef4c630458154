"""Keys in a file, wrapped with what an operator knows: Argon2id, then AES-256-GCM."""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.people import Secret
from app.errors import KeyStoreError
from app.gallery.wrapping import MarkFile, bytes_of, keys_of, new_keys, write_privately
from app.ports import HighWater, Keys

VARIABLE = "FOYER_PASSPHRASE"
SHORTEST = 12
LONGEST_BYTES = 1024
FORMAT = "foyer-keys-1"


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id's work. 256 MiB, four times RFC 9106's smaller choice: paid once a start, and
    whoever takes the file may try passphrases for ever."""

    passes: int = 3
    memory_kib: int = 256 * 1024
    lanes: int = 4


#: What a key file may ask of us; more would be somebody trying to use up the memory.
MOST = Cost(passes=16, memory_kib=1024 * 1024, lanes=16)


def passphrase_from(
    environment: Mapping[str, str],
    file: Path | None = None,
    descriptor: int | None = None,
    prompt: Callable[[], Secret] | None = None,
) -> Callable[[], Secret]:
    """Where the passphrase comes from: an open descriptor, a private file, FOYER_PASSPHRASE or a
    prompt, the first that is there. The answer raises KeyStoreError when asked."""

    def ask() -> Secret:
        if descriptor is not None:
            return _from_descriptor(descriptor)
        if file is not None:
            return _from_file(file)
        if environment.get(VARIABLE):
            return Secret(environment[VARIABLE])
        if prompt is not None:
            return prompt()
        raise KeyStoreError(
            f"The gallery's keys are behind a passphrase. Set {VARIABLE}, or name a private "
            "file that holds it in gallery.key_file."
        )

    return ask


def _from_descriptor(descriptor: int) -> Secret:
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as source:
            return _secret_of(source.read(LONGEST_BYTES + 1))
    except OSError as error:
        raise KeyStoreError(
            f"The passphrase cannot be read from descriptor {descriptor}. Open it for reading."
        ) from error


def _from_file(path: Path) -> Secret:
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyStoreError(
                f"Others can read the passphrase file {path}. Take that away: chmod 600 {path}"
            )
        with path.open("rb") as source:
            return _secret_of(source.read(LONGEST_BYTES + 1))
    except OSError as error:
        raise KeyStoreError(
            f"The passphrase file {path} cannot be read ({error.strerror}). Check its path and "
            "owner."
        ) from error


def _secret_of(raw: bytes) -> Secret:
    try:
        text = raw.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise KeyStoreError("The passphrase is not text. Write it as UTF-8.") from error
    if len(raw) > LONGEST_BYTES:
        raise KeyStoreError(f"The passphrase is over {LONGEST_BYTES} bytes. Choose a shorter one.")
    return Secret(text)


@dataclass(slots=True)
class PassphraseKeys:
    """Keys wrapped in the file `path`, the high-water mark signed in the file `mark_path`."""

    path: Path
    mark_path: Path
    ask: Callable[[], Secret]
    cost: Cost = Cost()
    name: str = "passphrase"
    explanation: str = (
        "Keys are in a file, encrypted with the operator's passphrase. A gallery file that was "
        "put back is noticed; the gallery, its keys and its mark put back together are not."
    )
    _keys: Keys | None = None

    def load(self) -> Keys | None:
        if self._keys is None:
            try:
                wrapped = self.path.read_text("utf-8")
            except FileNotFoundError:
                return None
            except (OSError, UnicodeDecodeError) as error:
                raise _unreadable(self.path) from error
            self._keys = _unwrap(self.path, wrapped, self.ask())
        return self._keys

    def create(self) -> Keys:
        if self.path.exists():
            raise KeyStoreError(f"There are keys in {self.path}. They are never replaced: keep it.")
        passphrase = self.ask()
        if len(passphrase.text) < SHORTEST:
            raise KeyStoreError(
                f"The passphrase is too short. Choose one of at least {SHORTEST} characters."
            )
        keys = new_keys()
        try:
            write_privately(self.path, _wrap(keys, passphrase, self.cost).encode(), replace=False)
        except OSError as error:
            raise KeyStoreError(
                f"The key file {self.path} cannot be written ({error.strerror}). Free some space, "
                "or make its folder writable for the kiosk's user."
            ) from error
        self._keys = keys
        return keys

    def high_water(self) -> HighWater | None:
        return self._mark().read()

    def set_high_water(self, mark: HighWater) -> None:
        self._mark().write(mark)

    def _mark(self) -> MarkFile:
        return MarkFile(self.mark_path, self._unwrapped)

    def _unwrapped(self) -> Keys:
        keys = self.load()
        if keys is None:
            raise KeyStoreError(
                f"There is a high-water mark but no key file {self.path}. Put the key file back."
            )
        return keys


def _wrap(keys: Keys, passphrase: Secret, cost: Cost) -> str:
    head: dict[str, str | int] = {
        "format": FORMAT,
        "passes": cost.passes,
        "memory_kib": cost.memory_kib,
        "lanes": cost.lanes,
        "salt": base64.b64encode(secrets.token_bytes(16)).decode(),
    }
    nonce = secrets.token_bytes(12)
    box = AESGCM(_key_from(head, passphrase)).encrypt(nonce, bytes_of(keys), _context(head))
    return json.dumps(
        {
            **head,
            "nonce": base64.b64encode(nonce).decode(),
            "box": base64.b64encode(box).decode(),
        },
        indent=1,
    )


def _unwrap(path: Path, text: str, passphrase: Secret) -> Keys:
    try:
        fields = json.loads(text)
        nonce = base64.b64decode(fields.pop("nonce"), validate=True)
        box = base64.b64decode(fields.pop("box"), validate=True)
        _require_bearable(fields)
        opened = AESGCM(_key_from(fields, passphrase)).decrypt(nonce, box, _context(fields))
        return keys_of(opened)
    except InvalidTag as error:
        raise KeyStoreError(
            f"The passphrase does not open {path}: it is wrong, or the file was altered. Try again."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, HashingError) as error:
        raise _unreadable(path) from error


def _require_bearable(fields: Mapping[str, object]) -> None:
    """Raises ValueError for another format, or for work nobody would have chosen."""
    bounds = {"passes": MOST.passes, "memory_kib": MOST.memory_kib, "lanes": MOST.lanes}
    bearable = all(
        isinstance(value := fields[name], int) and 0 < value <= most
        for name, most in bounds.items()
    )
    if fields["format"] != FORMAT or not bearable:
        raise ValueError("not our format")


def _key_from(head: Mapping[str, str | int], passphrase: Secret) -> bytes:
    return hash_secret_raw(
        secret=passphrase.text.encode(),
        salt=base64.b64decode(str(head["salt"]), validate=True),
        time_cost=int(head["passes"]),
        memory_cost=int(head["memory_kib"]),
        parallelism=int(head["lanes"]),
        hash_len=32,
        type=Type.ID,
    )


def _context(head: Mapping[str, str | int]) -> bytes:
    """What the box is bound to, so that its parameters cannot be changed either."""
    return json.dumps(head, sort_keys=True).encode()


def _unreadable(path: Path) -> KeyStoreError:
    return KeyStoreError(
        f"{path} is not a readable key file. Put the file back as it was; without it the gallery "
        "stays closed."
    )
