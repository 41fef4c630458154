"""Keys handed over by the service manager: a systemd credential, decrypted by systemd.

Made once by the administrator, with nothing of it on a disk in the clear:

    head -c 96 /dev/urandom | systemd-creds encrypt --name=foyer.key - /etc/foyer/foyer.key.cred

and in the service: `LoadCredentialEncrypted=foyer.key:/etc/foyer/foyer.key.cred`.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.errors import KeyStoreError
from app.gallery.wrapping import KEY_SIZE, MarkFile, keys_of
from app.ports import HighWater, Keys

VARIABLE = "CREDENTIALS_DIRECTORY"
FILE_NAME = "foyer.key"
SIZE = 3 * KEY_SIZE
HOW = (
    "Make it once with `head -c 96 /dev/urandom | systemd-creds encrypt --name=foyer.key - "
    "/etc/foyer/foyer.key.cred` and give the service "
    "`LoadCredentialEncrypted=foyer.key:/etc/foyer/foyer.key.cred`"
)


@dataclass(slots=True)
class SystemdCredential:
    """The credential `foyer.key`: 96 random bytes, or the same as 192 hexadecimal digits.

    It cannot be written, so the high-water mark is in the file `mark_path`, signed.
    """

    environment: Mapping[str, str]
    mark_path: Path
    name: str = "systemd-credential"
    explanation: str = (
        "Keys come from systemd, which may hold them in the TPM. A gallery file that was put back "
        "is noticed; the gallery and its mark put back together are not."
    )
    _keys: Keys | None = None

    def load(self) -> Keys | None:
        """Never None: who cannot create must not seem to have nothing yet."""
        return self._loaded()

    def create(self) -> Keys:
        raise KeyStoreError(f"The credential {FILE_NAME} can only be made by hand. {HOW}.")

    def high_water(self) -> HighWater | None:
        return self._mark().read()

    def set_high_water(self, mark: HighWater) -> None:
        self._mark().write(mark)

    def _mark(self) -> MarkFile:
        return MarkFile(self.mark_path, self._loaded)

    def _loaded(self) -> Keys:
        if self._keys is None:
            self._keys = _parse(self._read())
        return self._keys

    def _read(self) -> bytes:
        folder = self.environment.get(VARIABLE)
        if not folder:
            raise KeyStoreError(f"systemd handed over no credentials. {HOW}.")
        try:
            with Path(folder, FILE_NAME).open("rb") as file:
                return file.read(4 * SIZE)
        except OSError as error:
            raise KeyStoreError(
                f"The credential {FILE_NAME} cannot be read ({error.strerror}). {HOW}."
            ) from error


def _parse(content: bytes) -> Keys:
    try:
        keys = keys_of(content if len(content) == SIZE else binascii.unhexlify(content.strip()))
    except ValueError as error:
        raise KeyStoreError(
            f"The credential {FILE_NAME} has neither {SIZE} bytes nor {2 * SIZE} hexadecimal "
            f"digits. {HOW}."
        ) from error
    # 32 random bytes have about 30 different values and practically never under 20.
    if min(len(set(key)) for key in (keys.data, keys.badge, keys.pepper)) < KEY_SIZE // 2:
        raise KeyStoreError(f"The credential {FILE_NAME} is not random. {HOW}.")
    return keys
