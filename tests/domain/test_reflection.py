"""The light layer: skin that follows the code is live, another code is not, and doubt is doubt."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import pytest

from app.domain import layers, reflection
from app.domain.evidence import Evidence, Finding, Layer, Look, Verdict
from app.domain.light import LightPolicy, LightUse
from app.domain.observation import Colour
from app.domain.policy import Policy
from tests.fakes.reflecting import Room, nonce, session, spoiled

POLICY = LightPolicy()
SEEDS = range(12)


def judged(evidence: Evidence) -> Verdict:
    return reflection.judge(evidence, POLICY)


def found(room: Room, seconds: float = 3.6, rate_hz: float = 15.0) -> Counter[Finding]:
    """What is said of a dozen people in this room, each under a code of their own."""
    return Counter(
        judged(
            session(room, seconds=seconds, rate_hz=rate_hz, seed=seed,
                    shown=nonce(seed), asked=nonce(seed))
        ).finding
        for seed in SEEDS
    )  # fmt: skip


# -- people


@pytest.mark.parametrize("rate_hz", [10.0, 15.0, 30.0])
@pytest.mark.parametrize("gain", [0.05, 0.15, 0.6])
def test_skin_under_the_screen_is_live(gain: float, rate_hz: float) -> None:
    assert found(Room(gain=gain), rate_hz=rate_hz) == {Finding.LIVE: 12}


@pytest.mark.parametrize(
    "room",
    [
        Room(light=(1.3, 1.0, 0.6)),  # tungsten
        Room(light=(0.8, 1.0, 1.3)),  # a window
        Room(lag_s=0.02),
        Room(lag_s=0.4),
        Room(balance=0.9),  # a camera that will not hold its white balance
        Room(drift=0.08),
        Room(behind=0.4),  # a wall close behind
        Room(gain=0.1, swing=0.06, scatter=0.003),
    ],
    ids=["warm", "cold", "soon", "late", "balancing", "drifting", "wall", "restless"],
)
def test_skin_is_live_in_other_rooms_and_behind_other_cameras(room: Room) -> None:
    said = found(room)
    assert said[Finding.LIVE] >= 11
    assert said[Finding.REFUSED] == 0


@pytest.mark.parametrize("gain", [0.0, 0.01])
@pytest.mark.parametrize("seconds", [2.6, 4.0, 9.0])
def test_nobody_is_accused_of_standing_in_a_bright_room(gain: float, seconds: float) -> None:
    for room in (Room(gain=gain), Room(gain=gain, swing=0.1, scatter=0.0004)):
        assert found(room, seconds=seconds)[Finding.REFUSED] == 0


def test_where_the_light_does_not_reach_nothing_is_said() -> None:
    verdict = judged(session(Room(gain=0.0)))
    assert (verdict.finding, verdict.why) == (Finding.INCONCLUSIVE, "faint")


# -- other codes


def test_another_code_than_ours_is_not_live() -> None:
    """The screen shows one code and another is expected: 12 recordings of 12 other visits."""
    said = Counter(
        judged(
            session(Room(gain=0.1), seed=seed, shown=nonce(seed), asked=nonce(seed + 50))
        ).finding
        for seed in SEEDS
    )
    assert said[Finding.LIVE] == 0
    assert said[Finding.REFUSED] >= 8


def test_a_recording_of_another_lit_visit_is_a_replay() -> None:
    said = Counter(
        judged(
            session(Room(gain=0.1, returned=0.0, swing=0.01), seed=seed, baked=nonce(900 + seed),
                    shown=nonce(seed), asked=nonce(seed))
        ).why
        for seed in SEEDS
    )  # fmt: skip
    assert said["replay"] >= 9
    assert said[""] == 0


def test_a_recording_without_light_in_a_dark_room_is_unlit() -> None:
    """The wall follows the code, and what is before it shines by itself."""
    dark = Room(gain=1.0, behind=0.2, returned=0.0, swing=0.01)
    said = Counter(
        judged(session(dark, seed=seed, shown=nonce(seed), asked=nonce(seed))).why for seed in SEEDS
    )
    assert said["unlit"] >= 10
    assert said[""] == 0


def test_a_person_in_the_sun_before_a_wall_in_the_shade_is_not_accused() -> None:
    """Ten times the light on the face: its share of the screen's is smaller than the wall's."""
    sunny = session(Room(gain=0.03, behind=8.0, scatter=0.0003, swing=0.0, drift=0.0))

    def bright(look: Look) -> Look:
        shade = replace_colour(look.backdrop, 0.5)
        return replace(look, backdrop=shade)

    assert judged(spoiled(sunny, bright)).finding is not Finding.REFUSED


def replace_colour(colour: Colour | None, by: float) -> Colour:
    assert colour is not None
    return Colour(colour.red * by, colour.green * by, colour.blue * by)


def test_a_tint_over_the_whole_picture_is_no_skin() -> None:
    """A renderer that colours everything alike, or a camera that does: nothing is left over."""
    room = Room(gain=0.2, behind=1.0, swing=0.0)
    assert found(room)[Finding.LIVE] == 0


# -- evidence that is not as it should be


def test_without_light_the_layer_has_no_part() -> None:
    verdict = judged(replace(session(Room()), lit_s=None))
    assert verdict == Verdict(Layer.LIGHT, Finding.ABSENT)


@pytest.mark.parametrize("seconds", [0.0, 0.3, 1.1])
def test_a_code_that_was_hardly_seen_proves_nothing(seconds: float) -> None:
    assert judged(session(Room(gain=0.3), seconds=seconds)).why == "brief"


BAD = [
    None,
    Colour(math.nan, 100.0, 100.0),
    Colour(100.0, math.inf, 100.0),
    Colour(0.0, 0.0, 0.0),
    Colour(255.0, 255.0, 255.0),
    Colour(-5.0, 100.0, 100.0),
]


@pytest.mark.parametrize("bad", BAD)
def test_looks_without_a_colour_do_not_count(bad: Colour | None) -> None:
    good = session(Room(gain=0.3))
    no_skin = spoiled(good, lambda look: replace(look, face=replace(look.face, skin=bad)))
    no_wall = spoiled(good, lambda look: replace(look, backdrop=bad))
    assert judged(no_skin).why == judged(no_wall).why == "brief"
    some = spoiled(good, lambda look: replace(look, backdrop=bad) if look.frame % 7 == 0 else look)
    assert judged(some).finding is Finding.LIVE


def test_looks_from_before_the_light_do_not_count() -> None:
    good = session(Room(gain=0.3))
    early = spoiled(good, lambda look: replace(look, t_s=look.t_s - 60.0))
    assert judged(early).why == "brief"


def test_a_picture_that_never_changes_proves_nothing() -> None:
    first = session(Room(gain=0.3)).looks[0]
    still = spoiled(
        session(Room(gain=0.3)), lambda look: replace(first, frame=look.frame, t_s=look.t_s)
    )
    assert judged(still).finding is Finding.INCONCLUSIVE


def test_the_same_evidence_gives_the_same_verdict_to_the_last_bit() -> None:
    evidence = session(Room())
    assert judged(evidence) == judged(evidence)
    assert all(math.isfinite(value) for _, value in judged(evidence).measures)


# -- in its place


def test_a_refusal_names_the_layer_and_doubt_counts_only_where_light_is_required() -> None:
    policy = Policy(light_use=LightUse.REQUIRE)
    replayed = session(Room(gain=0.1, returned=0.0, swing=0.0), baked=nonce(77))
    told = [each for each in layers.judge(replayed, policy) if each.layer is Layer.LIGHT]
    assert [each.finding for each in told] == [Finding.REFUSED]
    doubtful = layers.judge(session(Room(gain=0.0)), policy)
    assert layers.in_doubt(doubtful, frozenset({Layer.LIGHT}))
    assert not layers.in_doubt(doubtful, frozenset())
