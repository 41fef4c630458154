"""Who may enter when: standing, the contract to the second, then the factors."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.access import Admitted, Refused, decide
from app.domain.journal import Factor
from app.domain.people import Status
from app.domain.policy import STANDARD_FACTORS
from app.domain.reasons import Reason
from tests.fakes.people import AMARA

PERSON = AMARA.person
FROM_S, UNTIL_S = 1_000_000.0, 2_000_000.0
CONTRACT = replace(PERSON, valid_from_s=FROM_S, valid_until_s=UNTIL_S)
BY_FACE = frozenset({Factor.FACE})

factors = st.frozensets(st.sampled_from(Factor))
accepted = st.frozensets(factors, max_size=4)


@pytest.mark.parametrize(
    ("utc_s", "reason"),
    [
        (FROM_S - 1.0, Reason.NOT_YET_VALID),
        (FROM_S - 0.001, Reason.NOT_YET_VALID),
        (FROM_S, None),
        (UNTIL_S - 0.001, None),
        (UNTIL_S, Reason.ENDED),
        (UNTIL_S + 1.0, Reason.ENDED),
    ],
)
def test_a_contract_holds_to_the_second(utc_s: float, reason: Reason | None) -> None:
    found = decide(CONTRACT, BY_FACE, STANDARD_FACTORS, utc_s)
    assert found == (Admitted(CONTRACT) if reason is None else Refused(reason))


def test_a_time_that_is_not_a_number_is_in_no_contract() -> None:
    assert isinstance(decide(CONTRACT, BY_FACE, STANDARD_FACTORS, math.nan), Refused)
    begins = replace(PERSON, valid_from_s=FROM_S)
    assert isinstance(decide(begins, BY_FACE, STANDARD_FACTORS, math.nan), Refused)


@pytest.mark.parametrize(
    ("status", "reason"), [(Status.SUSPENDED, Reason.SUSPENDED), (Status.ENDED, Reason.ENDED)]
)
def test_standing_comes_before_everything(status: Status, reason: Reason) -> None:
    person = replace(CONTRACT, status=status)
    assert decide(person, frozenset(Factor), STANDARD_FACTORS, 0.0) == Refused(reason)


@pytest.mark.parametrize("factor", [Factor.BADGE, Factor.NUMBER, Factor.PIN])
def test_a_user_name_or_a_pin_alone_is_not_enough(factor: Factor) -> None:
    shown = frozenset({factor})
    assert decide(PERSON, shown, STANDARD_FACTORS, 0.0) == Refused(Reason.FACTORS_OWED)


def test_an_empty_set_of_factors_admits_nobody() -> None:
    nothing = frozenset({frozenset[Factor]()})
    assert decide(PERSON, frozenset(Factor), nothing, 0.0) == Refused(Reason.FACTORS_OWED)


@given(factors, factors, accepted)
def test_more_factors_never_shut_a_door(
    shown: frozenset[Factor], more: frozenset[Factor], enough: frozenset[frozenset[Factor]]
) -> None:
    if isinstance(decide(PERSON, shown, enough, 0.0), Admitted):
        assert isinstance(decide(PERSON, shown | more, enough, 0.0), Admitted)


@given(factors, accepted, factors)
def test_accepting_less_never_opens_one(
    shown: frozenset[Factor], enough: frozenset[frozenset[Factor]], left_out: frozenset[Factor]
) -> None:
    if isinstance(decide(PERSON, shown, enough, 0.0), Refused):
        assert isinstance(decide(PERSON, shown, enough - {left_out}, 0.0), Refused)


@given(
    st.floats(allow_nan=True, allow_infinity=True),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.floats(allow_nan=False),
)
def test_who_is_admitted_is_within_their_contract(
    utc_s: float, from_s: float | None, until_s: float | None
) -> None:
    person = replace(PERSON, valid_from_s=from_s, valid_until_s=until_s)
    if isinstance(decide(person, BY_FACE, STANDARD_FACTORS, utc_s), Admitted):
        assert from_s is None or from_s <= utc_s
        assert until_s is None or utc_s < until_s
