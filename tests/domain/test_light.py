"""The code on the screen: not to be known before, no flash, and begun with the asking."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import light
from app.domain.light import LINEAR, Hue, LightPolicy, LightUse
from app.domain.people import Need
from app.domain.policy import Policy
from app.domain.session import Challenging, Framing, begin, evidence_of, look
from app.errors import SettingsError
from app.settings import load
from tests.fakes.faces import face, seen

POLICY = Policy()
WATCH = replace(POLICY, light_use=LightUse.WATCH)
NONCE = bytes(range(16))


@given(st.binary(min_size=16, max_size=16), st.integers(1, 60))
def test_a_code_repeats_for_a_nonce_and_no_colour_follows_itself(nonce: bytes, many: int) -> None:
    drawn = light.code(nonce, many)
    assert drawn == light.code(nonce, many)
    assert len(drawn) == many
    assert drawn == light.code(nonce, many + 5)[:many]
    assert all(one is not other for one, other in itertools.pairwise(drawn))


def test_every_code_is_about_as_likely_as_any_other() -> None:
    """1,200 nonces over the 36 codes of three symbols: 33 each, and chance spares none."""
    counted = dict.fromkeys(itertools.product(Hue, repeat=3), 0)
    for number in range(1200):
        counted[light.code(number.to_bytes(16, "big"), 3)] += 1
    possible = {code: n for code, n in counted.items() if code[0] != code[1] != code[2]}
    assert sum(possible.values()) == 1200
    assert len(possible) == 36
    assert all(10 < many < 65 for many in possible.values())
    assert light.entropy_bits(3) == pytest.approx(5.17, abs=0.01)


def test_the_code_says_nothing_about_the_plan() -> None:
    """Both come from one nonce: the digests differ by their domain."""
    assert len({light.code(bytes([n]) * 16, 1) for n in range(40)}) == 4


# -- what photosensitive eyes are spared (WCAG 2.2, 2.3.1)


def test_no_two_colours_differ_in_brightness() -> None:
    bright = [light.luminance(hue) for hue in Hue]
    assert max(bright) - min(bright) < 0.005
    assert bright[0] == pytest.approx(0.45, abs=0.005)


def test_no_colour_is_a_saturated_red() -> None:
    assert all(red / (red + green + blue) < 0.6 for red, green, blue in LINEAR.values())


def test_it_changes_less_than_three_times_a_second_however_it_is_set() -> None:
    shortest = load(None, {}, {"policy.light.symbol_s": "0.34"}).policy().light
    for policy in (LightPolicy(), shortest):
        moments = [n / 200 for n in range(200 * 8)]
        shown = [light.shown(NONCE, t_s, policy) for t_s in moments]
        changes = [t for t, (one, other) in zip(moments[1:], itertools.pairwise(shown), strict=True)
                   if one is not other]  # fmt: skip
        assert all(later - first > 1 / 3 for first, later in itertools.pairwise(changes))
    with pytest.raises(SettingsError):
        load(None, {}, {"policy.light.symbol_s": "0.33"})


def test_colours_are_told_to_the_screen_as_srgb_has_it() -> None:
    assert light.srgb(Hue.AMBER) == (231, 163, 139)
    assert light.encoded(0.0) == 0.0
    assert light.encoded(1.0) == pytest.approx(1.0)


def test_nothing_is_shown_before_it_begins() -> None:
    policy = LightPolicy()
    assert light.shown(NONCE, -0.001, policy) is None
    assert light.shown(NONCE, float("nan"), policy) is None
    assert light.shown(NONCE, 0.0, policy) is light.code(NONCE, 1)[0]
    assert light.shown(NONCE, 0.81, policy) is light.code(NONCE, 3)[2]


# -- when it begins, and for whom


def framed(policy: Policy, needs: frozenset[Need] = frozenset()) -> tuple[float | None, float]:
    """(when the light began, when the first movement's turn came)."""
    session = begin(NONCE, needs, 0.0, policy.liveness)
    for number in range(1, 20):
        assert isinstance(session.stage, Framing)
        assert session.lit_s is None
        session = look(session, seen(number, 0.1 * number, face()), 0.1 * number + 0.03, policy)
        if isinstance(session.stage, Challenging):
            assert evidence_of(session, session.stage).lit_s == session.lit_s
            return session.lit_s, session.stage.step.since_s
    raise AssertionError("nobody was asked")


def test_it_begins_with_the_first_movement_and_adds_no_time() -> None:
    lit_s, asked_s = framed(WATCH)
    assert lit_s == asked_s == framed(POLICY)[1]


def test_there_is_none_where_it_is_off_or_somebody_must_not_see_it() -> None:
    assert framed(POLICY)[0] is None
    assert framed(WATCH, frozenset({Need.NO_LIGHT}))[0] is None
    assert framed(WATCH, frozenset({Need.SEATED}))[0] is not None


# -- the setting


def test_light_is_off_until_an_administrator_wants_it() -> None:
    assert load(None, {}, {}).policy().light_use is LightUse.OFF
    assert load(None, {}, {"liveness.light": "require"}).policy().light_use is LightUse.REQUIRE
    with pytest.raises(SettingsError):
        load(None, {}, {"liveness.light": "disco"})


def test_a_kiosk_on_which_nothing_moves_has_no_light() -> None:
    flags = {"liveness.light": "require", "kiosk.reduced_motion": "true"}
    assert load(None, {}, flags).policy().light_use is LightUse.OFF
