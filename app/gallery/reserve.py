"""Disk space kept back for the day the disk is full.

SQLite needs room even to delete. The reserve is given up so that a person can still be erased
and a refusal still be written down; while it is missing nobody is let in.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: Bytes. An erasure rewrites a few dozen pages of 8 KiB; this is room for several hundred.
SIZE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reserve:
    """The file at `path`, `size` bytes of zeros."""

    path: Path
    size: int = SIZE

    def is_held(self) -> bool:
        try:
            return self.path.stat().st_size >= self.size
        except OSError:
            return False

    def hold(self) -> bool:
        """Fills the file if it is not full yet; False where there is no room for it.

        Real zeros, because a sparse file reserves nothing.
        """
        if self.is_held():
            return True
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb", buffering=0) as file:
                written = 0
                while written < self.size:
                    written += file.write(bytes(min(self.size - written, 1 << 20)))
                os.fsync(file.fileno())
        except OSError:
            # What did fit would only make the full disk fuller.
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
            return False
        return True

    def release(self) -> bool:
        """Gives the space back; False where there was none to give."""
        try:
            if self.path.stat().st_size == 0:
                return False
            os.truncate(self.path, 0)
            self.path.unlink(missing_ok=True)
        except OSError:
            return False
        return True
