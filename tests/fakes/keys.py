"""A key store in memory, for tests that are not about key stores."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from app.errors import KeyStoreError
from app.ports import HighWater, Keys


@dataclass
class MemoryKeyStore:
    """Keys derived from `seed`, so that two tests see the same ones.

    `refuses_marks` makes every move of the high-water mark fail.
    """

    seed: str = "seed"
    keys: Keys | None = None
    mark: HighWater | None = None
    refuses_marks: bool = False
    name: str = "memory"
    explanation: str = "Kept in memory by a test."

    def load(self) -> Keys | None:
        return self.keys

    def create(self) -> Keys:
        if self.keys is not None:
            raise KeyStoreError("There are keys already. Keep them.")
        data, badge, pepper = (
            hashlib.sha256(f"{self.seed} {use}".encode()).digest()
            for use in ("data", "badge", "pepper")
        )
        self.keys = Keys(data, badge, pepper)
        return self.keys

    def high_water(self) -> HighWater | None:
        return self.mark

    def set_high_water(self, mark: HighWater) -> None:
        if self.refuses_marks:
            raise KeyStoreError("The mark cannot be moved. Let it.")
        self.mark = mark
