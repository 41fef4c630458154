"""PINs: what makes one acceptable, and the slow, peppered hash it is kept as."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from itertools import pairwise

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import Argon2Error

from app.domain.people import Secret

SHORTEST, LONGEST = 4, 12
PEPPER_BYTES = 32
#: Fewer different digits than this are a pattern: 1111, 4747, 1221.
FEWEST_DIFFERENT = 3
#: Years somebody here may be born in, among the first four digits a guesser tries.
YEARS = range(1930, 2031)


def pin_fault(pin: str, fewest: int = SHORTEST, longest: int = LONGEST) -> str | None:
    """Why nobody may have this PIN and what to choose instead, as one text; None if it is fine.

    Refuses what guessers try first: few different digits, counting, one half repeated, and years
    (the most common choices, Bonneau et al. 2012, "A birthday present every eleven wallets?").
    """
    if not (pin.isascii() and pin.isdigit()):
        return "A PIN has digits only. Choose digits."
    if not fewest <= len(pin) <= longest:
        return f"A PIN has {fewest} to {longest} digits. Choose one of that length."
    half = len(pin) // 2
    if len(set(pin)) < FEWEST_DIFFERENT or pin[:half] * 2 == pin:
        return "A PIN that repeats itself is guessed at once. Choose one without a pattern."
    if {(int(b) - int(a)) % 10 for a, b in pairwise(pin)} in ({1}, {9}):
        return "A PIN of counting digits is guessed at once. Choose one without a pattern."
    if len(pin) == len("1985") and int(pin) in YEARS:
        return "A PIN that is a year is guessed at once. Choose one that is not a date."
    return None


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id's parameters: RFC 9106's second recommendation, 64 MiB, three passes, four lanes."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class Argon2Hasher:
    """Hashes and verifies PINs with this `pepper`, 32 bytes from the key provider.

    Without the pepper a stolen gallery would give up six digits in hours (FIELD); with it there
    is nothing to try against. Every `verify` does the same work, whatever it is given; only
    hashes made with `former` parameters, still accepted, take as long as those say.
    """

    pepper: bytes
    cost: Cost = Cost()
    former: tuple[Cost, ...] = ()

    def __post_init__(self) -> None:
        if len(self.pepper) != PEPPER_BYTES:
            raise ValueError(f"a pepper has {PEPPER_BYTES} bytes, not {len(self.pepper)}")

    def __repr__(self) -> str:
        return f"Argon2Hasher({self.cost})"

    def hash(self, pin: Secret) -> str:
        return self._hasher().hash(self._peppered(pin))

    def verify(self, pin_hash: str, pin: Secret) -> bool:
        """False for anything but a hash of this PIN, also for the empty or a malformed one."""
        known = self._is_ours(pin_hash)
        try:
            self._hasher().verify(pin_hash if known else self._dummy(), self._peppered(pin))
        except (Argon2Error, ValueError):
            return False
        return known

    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(
            time_cost=self.cost.passes,
            memory_cost=self.cost.memory_kib,
            parallelism=self.cost.lanes,
            type=Type.ID,
        )

    def _peppered(self, pin: Secret) -> bytes:
        return hmac.digest(self.pepper, pin.text.encode("utf-8", "replace"), hashlib.sha256)

    def _is_ours(self, pin_hash: str) -> bool:
        """Whether verifying it would do agreed work; a planted one might take gigabytes."""
        try:
            found = extract_parameters(pin_hash)
        except ValueError:  # InvalidHashError is one too
            return False
        asked = Cost(found.time_cost, found.memory_cost, found.parallelism)
        return found.type is Type.ID and asked in (self.cost, *self.former)

    def _dummy(self) -> str:
        """A hash of nothing, with the same parameters and so the same work."""
        salt, digest = (_base64(secrets.token_bytes(size)) for size in (16, 32))
        costs = f"m={self.cost.memory_kib},t={self.cost.passes},p={self.cost.lanes}"
        return f"$argon2id$v=19${costs}${salt}${digest}"


def _base64(content: bytes) -> str:
    """Without padding, as the PHC string format has it."""
    return base64.b64encode(content).rstrip(b"=").decode()
