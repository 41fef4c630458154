"""How keys and high-water marks are written down, the same for every key provider."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.errors import KeyStoreError
from app.ports import HighWater, Keys

KEY_SIZE = 32


def new_keys() -> Keys:
    """Three secrets from the operating system's random source."""
    return Keys(*(secrets.token_bytes(KEY_SIZE) for _ in range(3)))


def bytes_of(keys: Keys) -> bytes:
    """96 bytes: database key, badge key, pepper."""
    return keys.data + keys.badge + keys.pepper


def keys_of(blob: bytes) -> Keys:
    """The keys in 96 bytes. Raises ValueError for another length."""
    if len(blob) != 3 * KEY_SIZE:
        raise ValueError(f"{len(blob)} bytes are not three keys")
    return Keys(*(blob[start : start + KEY_SIZE] for start in range(0, len(blob), KEY_SIZE)))


def keys_to_text(keys: Keys) -> str:
    return json.dumps({"foyer-keys-1": base64.b64encode(bytes_of(keys)).decode()})


def keys_from_text(text: str) -> Keys:
    """Raises KeyStoreError for anything `keys_to_text` did not write."""
    try:
        fields = json.loads(text)
        return keys_of(base64.b64decode(fields["foyer-keys-1"], validate=True))
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise KeyStoreError(
            "The stored keys cannot be read. Put back the entry as it was; without it the gallery "
            "stays closed."
        ) from error


def mark_to_text(mark: HighWater) -> str:
    return json.dumps({"changes": mark.changes, "head": mark.head, "sequence": mark.sequence})


def mark_from_text(text: str) -> HighWater:
    """Raises KeyStoreError for anything `mark_to_text` did not write."""
    try:
        fields = json.loads(text)
        return HighWater(int(fields["sequence"]), str(fields["head"]), int(fields["changes"]))
    except (ValueError, KeyError, TypeError) as error:
        raise KeyStoreError(
            "The high-water mark cannot be read. Put back the entry as it was."
        ) from error


def write_privately(path: Path, content: bytes, *, replace: bool) -> None:
    """A file only we can read, complete or not there at all. Raises OSError.

    With `replace` False an existing file stays, FileExistsError is raised, and the new file is
    durable. A replacement may be undone by a power cut in the next seconds: then the file before
    is there, whole. One writer at a time: the draft always has the same name, so that crashes
    leave no litter.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            path.hardlink_to(draft)
            _sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Makes a new name in the folder durable, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class MarkFile:
    """A high-water mark in a file, signed with a key of the gallery's.

    It shows that a gallery file was put back, not that both files were put back together. After
    a power cut it may be a few seconds older than the gallery, which is never refused.
    """

    path: Path
    keys: Callable[[], Keys]

    def _seal(self, text: str) -> str:
        key = hmac.digest(self.keys().data, b"foyer high-water file", hashlib.sha256)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def read(self) -> HighWater | None:
        """None where there is no file. Raises KeyStoreError."""
        try:
            text, _, seal = self.path.read_text("utf-8").partition("\n")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise KeyStoreError(
                f"The high-water mark {self.path} cannot be read. Check the file and its "
                "permissions."
            ) from error
        if not hmac.compare_digest(seal.strip().encode(), self._seal(text).encode()):
            raise KeyStoreError(
                f"The high-water mark {self.path} was altered, or belongs to another key. Put the "
                "newest copy back."
            )
        return mark_from_text(text)

    def write(self, mark: HighWater) -> None:
        """Raises KeyStoreError."""
        text = mark_to_text(mark)
        content = f"{text}\n{self._seal(text)}\n".encode()
        try:
            write_privately(self.path, content, replace=True)
        except OSError as error:
            raise KeyStoreError(
                f"The high-water mark {self.path} cannot be written ({error.strerror}). Free some "
                "space, or make its folder writable for the kiosk's user."
            ) from error
