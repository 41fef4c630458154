"""Keys in the desktop's own keyring, through backends we name and no others.

The keyring library would pick any installed plug-in, plaintext files included, so it is not
asked to pick: only the classes in `SAFE` are ever tried. Every call has a time limit, because a
keyring may put up a prompt that nobody at a kiosk will answer.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TypeVar

from keyring.backend import KeyringBackend
from keyring.backends import SecretService, Windows, kwallet, macOS

from app.errors import KeyStoreError
from app.gallery.wrapping import (
    keys_from_text,
    keys_to_text,
    mark_from_text,
    mark_to_text,
    new_keys,
)
from app.ports import HighWater, Keys

SERVICE = "foyer-kiosk"
KEYS = "keys"
MARK = "high-water"
#: A running keyring answers in some 15 ms.
LIMIT_S = 10.0

SAFE: tuple[type[KeyringBackend], ...] = (
    SecretService.Keyring,
    kwallet.DBusKeyring,
    kwallet.DBusKeyringKWallet4,
    Windows.WinVaultKeyring,
    macOS.Keyring,
)

NONE_HERE = (
    "No safe keyring is running. Start one (GNOME Keyring or KWallet in this user's session), or "
    "set gallery.keys to passphrase or systemd-credential."
)
LOCKED = (
    "The keyring is locked. Unlock it by logging in to this user's session, then start again; "
    "nothing here will ask for its password."
)

Answer = TypeVar("Answer")


def safe_backend(candidates: Sequence[type[KeyringBackend]] = SAFE) -> KeyringBackend:
    """The best of the candidates that works here. Raises KeyStoreError."""
    working: list[tuple[float, type[KeyringBackend]]] = []
    for candidate in candidates:
        try:
            working.append((float(candidate.priority), candidate))
        except Exception:  # noqa: BLE001, S112 - however it says so, this one does not work here
            continue
    if not working:
        raise KeyStoreError(NONE_HERE)
    return max(working, key=lambda pair: pair[0])[1]()


def refuse_locked(backend: KeyringBackend) -> None:
    """Raises KeyStoreError where the next call would put up a prompt.

    Only the Secret Service can be asked; the others answer with an error of their own.
    """
    if not isinstance(backend, SecretService.Keyring):
        return
    import secretstorage  # noqa: PLC0415 - only there where the Secret Service is

    with closing(secretstorage.dbus_init()) as bus:
        try:
            collection = secretstorage.get_collection_by_alias(bus, "default")
            locked = collection.is_locked()
        except secretstorage.ItemNotFoundException as error:
            raise KeyStoreError(
                "The keyring has no default collection. Log in to this user's session once to "
                "make one."
            ) from error
    if locked:
        raise KeyStoreError(LOCKED)


@dataclass(slots=True)
class KeyringKeys:
    """Two entries in the keyring, under a service name of this gallery's own."""

    gallery_id: str
    find_backend: Callable[[], KeyringBackend] = safe_backend
    limit_s: float = LIMIT_S
    name: str = "keyring"
    explanation: str = (
        "Keys and high-water mark are in this user's keyring. A gallery file that was put back is "
        "noticed, unless the keyring's own files are put back with it."
    )
    _backend: KeyringBackend | None = None
    _stuck: threading.Thread | None = field(default=None, repr=False)

    def load(self) -> Keys | None:
        text = self._get(KEYS)
        return None if text is None else keys_from_text(text)

    def create(self) -> Keys:
        if self._get(KEYS) is not None:
            raise KeyStoreError("The keyring holds keys already. They are never replaced: keep it.")
        keys = new_keys()
        self._set(KEYS, keys_to_text(keys))
        if self.load() != keys:
            raise KeyStoreError("The keyring did not keep the keys. Choose another key provider.")
        return keys

    def high_water(self) -> HighWater | None:
        text = self._get(MARK)
        return None if text is None else mark_from_text(text)

    def set_high_water(self, mark: HighWater) -> None:
        self._set(MARK, mark_to_text(mark))

    def _get(self, entry: str) -> str | None:
        return self._ask(lambda backend: backend.get_password(self._service, entry))

    def _set(self, entry: str, text: str) -> None:
        self._ask(lambda backend: backend.set_password(self._service, entry, text))

    @property
    def _service(self) -> str:
        return f"{SERVICE}:{self.gallery_id}"

    def _ask(self, question: Callable[[KeyringBackend], Answer]) -> Answer:
        def work() -> Answer:
            if self._backend is None:
                self._backend = self.find_backend()
            refuse_locked(self._backend)
            return question(self._backend)

        return self._within_limit(work)

    def _within_limit(self, work: Callable[[], Answer]) -> Answer:
        """The answer, or KeyStoreError: also for whatever a backend raises."""
        if self._stuck is not None and self._stuck.is_alive():
            raise KeyStoreError(_no_answer(self.limit_s))
        answers: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()

        def run() -> None:
            try:
                answers.put(work())
            except Exception as error:  # noqa: BLE001 - raised again below, in our own tree
                answers.put(error)

        # A prompt cannot be taken back from here, so this is the one thread that must not be able
        # to keep the process alive.
        thread = threading.Thread(target=run, name="keyring", daemon=True)
        thread.start()
        try:
            answer = answers.get(timeout=self.limit_s)
        except queue.Empty:
            self._stuck = thread
            raise KeyStoreError(_no_answer(self.limit_s)) from None
        thread.join()
        if isinstance(answer, KeyStoreError):
            raise answer
        if isinstance(answer, Exception):
            raise KeyStoreError(
                f"The keyring failed ({type(answer).__name__}). Check that it is running and "
                "unlocked in this user's session."
            ) from answer
        return answer


def _no_answer(limit_s: float) -> str:
    return (
        f"The keyring did not answer within {limit_s:g} seconds, perhaps because it shows a "
        "prompt. Unlock it, then start again."
    )
