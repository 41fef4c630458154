"""PINs: hashed slowly, salted, and peppered from the key provider.

A six-digit PIN under Argon2id alone falls in hours to whoever holds the file (FIELD); with a
pepper that is not in the file it does not fall at all.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from app.domain.people import Secret

#: A pepper is a key: 32 bytes.
PEPPER_BYTES = 32
#: As many equal, rising or falling digits in a row make a PIN trivial.
RUN = 4


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id's work; RFC 9106's second choice (64 MiB, three passes, four lanes)."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4


class Argon2Hasher:
    """A PinHasher. `verify("", …)` does the same work against a hash that nothing fits."""

    def __init__(self, pepper: bytes, cost: Cost | None = None) -> None:
        if len(pepper) != PEPPER_BYTES:
            raise ValueError(f"a pepper has {PEPPER_BYTES} bytes, not {len(pepper)}")
        cost = cost or Cost()
        self._pepper = pepper
        self._argon2 = PasswordHasher(
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            type=Type.ID,
        )
        self._nobody = self._argon2.hash(b"nobody's")

    def hash(self, pin: Secret) -> str:
        return self._argon2.hash(self._peppered(pin))

    def verify(self, pin_hash: str, pin: Secret) -> bool:
        """Whether the PIN fits. An empty or malformed hash fits nothing, and takes as long."""
        try:
            fits = self._argon2.verify(pin_hash or self._nobody, self._peppered(pin))
        except InvalidHashError:
            self.verify("", pin)
            return False
        except VerificationError:
            return False
        return bool(pin_hash) and fits

    def _peppered(self, pin: Secret) -> bytes:
        return hmac.new(self._pepper, pin.text.encode(), hashlib.sha256).digest()


def pin_fault(pin: str, fewest: int = 4, longest: int = 12) -> str | None:
    """What is wrong with a PIN somebody wants to set, as a sentence; None when it is good."""
    if not (pin.isascii() and pin.isdigit()):
        return "A PIN has digits only."
    if not fewest <= len(pin) <= longest:
        return f"A PIN has {fewest} to {longest} digits."
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        return "A PIN of equal or counting digits is guessed at once. Choose another."
    if len(set(pin)) < 3 and len(pin) >= RUN:  # noqa: PLR2004 - two digits taking turns
        return "A PIN of one or two different digits is guessed at once. Choose another."
    half = len(pin) // 2
    if len(pin) > RUN and pin[:half] * 2 == pin:
        return "A PIN that repeats itself is guessed at once. Choose another."
    return None
