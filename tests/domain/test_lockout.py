"""Five failures are free, then each waits longer; nothing but a success or time opens again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.lockout import Lockout, LockoutPolicy, fail, is_locked

POLICY = LockoutPolicy()
NOW = 1_800_000_000.0
TIMES = st.lists(st.floats(0, 4e9), max_size=60)


def after(failures: int, utc_s: float = NOW, policy: LockoutPolicy = POLICY) -> Lockout:
    lockout = Lockout()
    for _ in range(failures):
        lockout = fail(lockout, utc_s, policy)
    return lockout


def test_the_default_is_the_guidelines() -> None:
    """NIST SP 800-63B-4: at most 5 failures in a row, then at least 30 s."""
    assert POLICY.free_failures <= 5
    assert POLICY.first_delay_s >= 30


@pytest.mark.parametrize(
    ("failures", "delay_s"),
    [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (1000, 900)],
)
def test_the_delay_doubles_to_a_ceiling(failures: int, delay_s: float) -> None:
    lockout = after(failures)
    assert lockout.failures == failures
    assert lockout.until_s == (NOW + delay_s if delay_s else 0.0)
    assert is_locked(lockout, NOW) == bool(delay_s)
    assert not is_locked(lockout, NOW + delay_s)


def test_a_lock_ends_on_its_second() -> None:
    lockout = after(5)
    assert is_locked(lockout, NOW + 29.999)
    assert not is_locked(lockout, NOW + 30.0)


@given(TIMES)
def test_waiting_never_clears_the_count(times: list[float]) -> None:
    lockout = Lockout()
    for count, utc_s in enumerate(times, 1):
        lockout = fail(lockout, utc_s, POLICY)
        assert lockout.failures == count


@given(st.integers(5, 10_000), st.floats(0, 4e9))
def test_every_failure_over_the_free_ones_locks_from_that_moment(
    failures: int, utc_s: float
) -> None:
    lockout = fail(Lockout(failures - 1, 0.0), utc_s, POLICY)
    assert is_locked(lockout, utc_s)
    delay_s = lockout.until_s - utc_s
    assert POLICY.first_delay_s * 0.99 <= delay_s <= POLICY.longest_delay_s * 1.01


@given(TIMES, st.floats(0, 4e9))
def test_setting_the_clock_back_buys_nothing(times: list[float], utc_s: float) -> None:
    """Whatever is locked at a moment was locked at every earlier one."""
    lockout = Lockout()
    for time in times:
        lockout = fail(lockout, time, POLICY)
    if is_locked(lockout, utc_s):
        assert is_locked(lockout, utc_s - 3600)


def test_guessing_for_a_day_gets_nowhere() -> None:
    """At a quarter of an hour a try about a hundred fit into a day: of a million PINs, one in
    ten thousand."""
    lockout, now, tries = Lockout(), NOW, 0
    while now < NOW + 86_400:
        lockout = fail(lockout, now, POLICY)
        tries += 1
        now = max(now, lockout.until_s)
    assert tries < 110
