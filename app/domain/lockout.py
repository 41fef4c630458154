"""Failures in a row, and how long the next try has to wait.

Five in a row are free (NIST SP 800-63B-4, 3.2.3), then 30 s, doubling to a ceiling. A success
clears the count; waiting does not.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LockoutPolicy:
    free_failures: int = 5
    first_delay_s: float = 30.0
    longest_delay_s: float = 900.0


@dataclass(frozen=True, slots=True)
class Lockout:
    """`until_s` is UTC seconds since the epoch; 0 when nothing has to wait."""

    failures: int = 0
    until_s: float = 0.0


def fail(lockout: Lockout, utc_s: float, policy: LockoutPolicy) -> Lockout:
    """One more failure at `utc_s`."""
    failures = lockout.failures + 1
    over = failures - policy.free_failures
    if over < 0:
        return Lockout(failures, lockout.until_s)
    delay_s = min(policy.first_delay_s * 2.0 ** min(over, 32), policy.longest_delay_s)
    return Lockout(failures, utc_s + delay_s)


def is_locked(lockout: Lockout, utc_s: float) -> bool:
    """Whether a try at `utc_s` must be refused unseen."""
    return utc_s < lockout.until_s
