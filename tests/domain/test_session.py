"""One face session: who is accepted, who is refused and why, and what time does to it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.liveness import Challenge
from app.domain.liveness_policy import LivenessPolicy
from app.domain.observation import Box, Face, Observation, Pose, Quality
from app.domain.people import Need
from app.domain.planner import allowed
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.session import (
    Challenging,
    Complete,
    Failed,
    Framing,
    begin,
    look,
    tick,
)
from tests.domain.sitting import ALL, NONCES, POLICY, looked_at, nonce_for, outcome, perform
from tests.fakes.faces import (
    NAN,
    Actor,
    Habits,
    Twist,
    doing,
    face,
    hidden,
    joined,
    leaves,
    looped,
    seen,
    swaps,
    turned,
    unmeasured,
)

COOPERATIVE: dict[str, Habits] = {
    "10 frames a second": Habits(fps=10.0, noise=1.0),
    "15 frames a second": Habits(fps=15.0, noise=1.0),
    "30 frames a second": Habits(fps=30.0, noise=1.0),
    "quick": Habits(reaction_s=0.25, speed_deg_s=150.0, noise=1.0),
    "slow": Habits(reaction_s=1.0, speed_deg_s=8.0, hold_s=4.0, noise=1.0),
    "swinging": Habits(overshoot_deg=10.0, fps=30.0, noise=1.0),
    "talking and blinking": Habits(talks=True, blinks_every_s=2.3, noise=1.0),
    "looking down at it": Habits(rest_yaw_deg=7.0, rest_pitch_deg=-10.0, noise=1.0),
    "badly measured": Habits(noise=2.0, fps=15.0),
}


@pytest.mark.parametrize("habits", COOPERATIVE.values(), ids=COOPERATIVE)
def test_whoever_does_what_is_asked_is_accepted(habits: Habits) -> None:
    ended = [outcome(perform(Actor(habits, seed=n), nonce)) for n, nonce in enumerate(NONCES)]
    assert ended == ["Complete"] * len(NONCES)


@given(st.binary(min_size=16, max_size=16), st.floats(10.0, 30.0), st.integers(0, 1000))
def test_at_any_usual_frame_rate(nonce: bytes, fps: float, seed: int) -> None:
    actor = Actor(Habits(fps=fps, noise=1.0), seed=seed)
    assert outcome(perform(actor, nonce)) == "Complete"


def test_it_takes_less_than_five_seconds_once_the_camera_is_awake() -> None:
    for nonce in NONCES:
        session = perform(Actor(Habits(reaction_s=0.35, noise=1.0)), nonce)
        assert isinstance(session.stage, Complete)
        assert session.seen_s < 5.0


# -- who is refused

REFUSED: dict[str, tuple[Habits, tuple[Twist, ...], Reason]] = {
    "who holds still": (Habits(does=lambda _: None), (), Reason.CHALLENGE_MISSED),
    "who leaves": (Habits(), (leaves(1.0),), Reason.TRACK_LOST),
    "who is not there": (Habits(), (leaves(0.0),), Reason.NO_FACE),
    "who swaps with another": (Habits(), (swaps(1.0),), Reason.TRACK_LOST),
    "who hides for long": (Habits(), (hidden(0.9, 1.9),), Reason.TRACK_LOST),
    "who is joined": (Habits(), (joined(1.0),), Reason.SEVERAL_FACES),
    "who comes as two": (Habits(), (joined(0.0),), Reason.SEVERAL_FACES),
    "who is turned away": (Habits(), (turned(20.0),), Reason.LOOK_STRAIGHT),
    "whose camera freezes": (Habits(), (looped(1.0),), Reason.CAMERA_LOST),
    "who cannot be measured": (Habits(), (unmeasured(),), Reason.LOOK_STRAIGHT),
    "who is measured no more": (Habits(), (unmeasured(1.0),), Reason.TRACK_LOST),
}


@pytest.mark.parametrize(("habits", "twists", "reason"), REFUSED.values(), ids=REFUSED)
def test_who_is_refused(habits: Habits, twists: tuple[Twist, ...], reason: Reason) -> None:
    assert outcome(perform(Actor(habits, twists), NONCES[0])) is reason


def test_a_small_face_in_the_background_does_not_disturb() -> None:
    session = perform(Actor(twists=(joined(0.0, side_px=80.0),)), NONCES[0])
    assert outcome(session) == "Complete"


@pytest.mark.parametrize("asked", [Challenge.TURN_LEFT, Challenge.TURN_RIGHT])
def test_the_wrong_way_voids_the_session(asked: Challenge) -> None:
    mirrored = {
        Challenge.TURN_LEFT: Challenge.TURN_RIGHT,
        Challenge.TURN_RIGHT: Challenge.TURN_LEFT,
    }
    actor = Actor(Habits(does=lambda wanted: mirrored.get(wanted, wanted)))
    nonce = nonce_for(asked, Challenge.BLINK)
    assert outcome(perform(actor, nonce)) is Reason.WRONG_MOVEMENT


def rehearsed(*moves: Challenge) -> Twist:
    """A recording: these movements one after the other, over and over, whatever is asked."""

    def twist(t_s: float, each: Observation) -> tuple[Observation, ...]:
        moment_s = t_s % (2.0 * len(moves))
        move = moves[int(moment_s / 2.0)]
        now = doing(move) if 1.0 <= moment_s % 2.0 < 1.5 else face()
        return (replace(each, faces=(now,)),)

    return twist


@given(st.binary(min_size=16, max_size=16), st.permutations(ALL), st.integers(1, 4))
def test_a_recording_without_what_is_asked_is_refused(
    nonce: bytes, moves: list[Challenge], length: int
) -> None:
    shown = tuple(moves[:length])
    session = perform(Actor(twists=(rehearsed(*shown),)), nonce)
    if not set(session.plan) <= set(shown):
        assert isinstance(session.stage, Failed)


def test_most_recordings_fail_even_if_they_hold_everything() -> None:
    """All five movements in a fixed order: the head moves at the wrong time void the session."""
    ended = [outcome(perform(Actor(twists=(rehearsed(*ALL),)), nonce)) for nonce in NONCES]
    assert ended.count("Complete") <= len(NONCES) / 3


# -- time


def test_the_first_frame_may_take_longer_than_the_next_ones() -> None:
    fresh = begin(NONCES[0], frozenset(), 0.0, POLICY.liveness)
    assert tick(fresh, 3.9, POLICY.liveness) == fresh
    assert outcome(tick(fresh, 4.1, POLICY.liveness)) is Reason.CAMERA_LOST
    awake = looked_at(3.5)
    assert tick(awake, 4.9, POLICY.liveness) == awake
    assert outcome(tick(awake, 5.1, POLICY.liveness)) is Reason.CAMERA_LOST


@pytest.mark.parametrize(
    "odd",
    [
        seen(3, 0.3, face()),
        seen(3, 0.4, face()),
        seen(4, 0.3, face()),
        seen(2, 0.5, face()),
        seen(4, 0.2, face()),
        seen(4, 99.0, face()),
        seen(4, NAN, face()),
        seen(4, -1.0, face()),
    ],
    ids=[
        "again",
        "the same number",
        "the same time",
        "an old number",
        "an old time",
        "the future",
        "no time",
        "before it began",
    ],
)
def test_frames_out_of_order_change_nothing(odd: Observation) -> None:
    session = looked_at(0.1, 0.2, 0.3)
    assert look(session, odd, 0.5, POLICY) == session


def test_a_gap_while_framing_starts_the_looking_anew() -> None:
    session = looked_at(0.1, 0.2, 0.3, 0.4, 1.3)
    assert isinstance(session.stage, Framing)
    assert len(session.stage.steady) == 1


def test_a_gap_while_asking_breaks_the_track_although_its_number_goes_on() -> None:
    """A frozen second is long enough for two people to change places."""
    steady = [0.1 * n for n in range(1, 10)]
    assert isinstance(looked_at(*steady).stage, Challenging)
    assert outcome(looked_at(*steady, 1.5)) is Reason.TRACK_LOST


def beside(side_px: float) -> Face:
    return replace(face(track=2), box=Box(430.0, 120.0, side_px, side_px))


@pytest.mark.parametrize(
    ("faces", "hint"),
    [
        ((face(), beside(190.0)), Reason.SEVERAL_FACES),
        ((face(eyes=NAN),), Reason.BLURRED),
        ((face(mouth=NAN),), Reason.BLURRED),
        ((), Reason.NO_FACE),
    ],
    ids=["two of a size", "eyes not measured", "mouth not measured", "nobody"],
)
def test_nobody_is_asked_anything_while_something_is_to_be_mended(
    faces: tuple[Face, ...], hint: Reason
) -> None:
    session = begin(NONCES[0], frozenset(), 0.0, POLICY.liveness)
    for number in range(1, 30):
        session = look(session, seen(number, 0.1 * number, *faces), 0.1 * number, POLICY)
        assert isinstance(session.stage, Framing)
        assert session.stage.hint is hint


def test_framing_ends_with_what_would_have_to_be_mended() -> None:
    session = looked_at(*[0.1 * n for n in range(1, 121)], of=face(brightness=10.0))
    assert outcome(tick(session, 12.1, POLICY.liveness)) is Reason.TOO_DARK


# -- beginnings


@pytest.mark.parametrize(
    ("needs", "possible"),
    [
        (frozenset[Need](), True),
        (frozenset({Need.NO_HEAD_MOVEMENT}), False),
        (frozenset({Need.NO_LIGHT, Need.SEATED}), True),
        (frozenset({Need.NO_MOUTH}), True),
        (frozenset({Need.NO_BLINK, Need.NO_MOUTH}), True),
        (frozenset({Need.NO_HEAD_MOVEMENT, Need.NO_BLINK}), False),
        (frozenset(Need), False),
    ],
)
def test_a_profile_that_leaves_too_little_to_ask_sends_elsewhere(
    needs: frozenset[Need], possible: bool
) -> None:
    session = begin(NONCES[0], needs, 0.0, POLICY.liveness)
    assert set(session.plan) <= set(allowed(needs, POLICY.liveness))
    assert (outcome(session) == "Framing") is possible
    assert possible or outcome(session) is Reason.FACE_UNAVAILABLE


@pytest.mark.parametrize("nonce", [b"", b"fifteen bytes.."])
def test_a_nonce_too_short_to_be_fresh_begins_nothing(nonce: bytes) -> None:
    assert outcome(begin(nonce, frozenset(), 0.0, POLICY.liveness)) is Reason.FACE_UNAVAILABLE


def test_a_budget_out_of_reach_is_no_session() -> None:
    none = LivenessPolicy(entropy_bits=7.0)
    assert outcome(begin(NONCES[0], frozenset(), 0.0, none)) is Reason.FACE_UNAVAILABLE


def test_whoever_cannot_move_the_head_needs_a_budget_of_nothing() -> None:
    """A recording that blinks and opens its mouth has both plans there are."""
    lowered = LivenessPolicy(entropy_bits=0.0)
    session = begin(NONCES[0], frozenset({Need.NO_HEAD_MOVEMENT}), 0.0, lowered)
    assert set(session.plan) == {Challenge.BLINK, Challenge.OPEN_MOUTH}


# -- leaning in

LEANING = Policy(liveness=LivenessPolicy(move_closer=True, entropy_bits=4.0))


@given(st.binary(min_size=16, max_size=16))
def test_who_leans_in_when_asked_is_accepted(nonce: bytes) -> None:
    assert outcome(perform(Actor(Habits(noise=1.0)), nonce, policy=LEANING)) == "Complete"


def test_who_stands_near_steps_back_only_where_leaning_in_is_to_come() -> None:
    """0.7 of the frame passes the gate, and could not come nearer."""
    near = replace(face(), box=Box(20.0, 20.0, 448.0, 440.0))
    hints = set()
    for nonce in NONCES:
        session = begin(nonce, frozenset(), 0.0, LEANING.liveness)
        for number in range(1, 12):
            session = look(session, seen(number, 0.1 * number, near), 0.1 * number, LEANING)
        closer = Challenge.MOVE_CLOSER in session.plan
        assert isinstance(session.stage, Framing) is closer
        hints.add(session.stage.hint if isinstance(session.stage, Framing) else None)
    assert hints == {Reason.TOO_NEAR, None}


# -- answers before the question


@given(st.binary(min_size=16, max_size=16), st.floats(20.0, 30.0), st.floats(0.0, 0.05))
def test_who_moves_before_each_prompt_is_refused(
    nonce: bytes, fps: float, reaction_s: float
) -> None:
    """Faster than anybody can see and move; a blink alone is nobody's fault."""
    hasty = Habits(fps=fps, reaction_s=reaction_s, speed_deg_s=900.0, hold_s=0.6)
    assert isinstance(perform(Actor(hasty), nonce).stage, Failed)


def test_who_is_too_soon_once_is_asked_anew() -> None:
    nonce = nonce_for(Challenge.TURN_LEFT)

    def twist(t_s: float, each: Observation) -> tuple[Observation, ...]:
        if not 0.6 <= t_s < 0.85:
            return (each,)
        share = 1.5 * math.sin(math.pi * (t_s - 0.6) / 0.25)
        return (replace(each, faces=(doing(Challenge.TURN_LEFT, share),)),)

    session = perform(Actor(Habits(fps=30.0), (twist,)), nonce)
    assert outcome(session) == "Complete"


# -- whatever a camera may say

anything = st.floats()
faces = st.builds(
    Face,
    track=st.integers(0, 2),
    box=st.builds(Box, anything, anything, anything, anything)
    | st.just(Box(220.0, 120.0, 200.0, 200.0)),
    landmarks=st.just(()),
    pose=st.builds(Pose, anything, anything, anything) | st.just(Pose(0.0, 0.0, 0.0)),
    eye_openness=anything | st.just(0.3),
    mouth_openness=anything | st.just(0.0),
    quality=st.builds(Quality, anything, anything, anything, anything, anything)
    | st.just(face().quality),
)
observations = st.builds(
    Observation,
    frame=st.integers(-1, 60),
    t_s=anything | st.floats(0.0, 3.0),
    width_px=st.just(640),
    height_px=st.just(480),
    faces=st.lists(faces, max_size=3).map(tuple),
)


@given(st.lists(observations, max_size=40))
def test_no_observation_makes_a_session_raise_or_complete(seen_all: list[Observation]) -> None:
    """Forty looks at random never answer two challenges: completing takes a person."""
    session = begin(NONCES[0], frozenset(), 0.0, POLICY.liveness)
    for index, observation in enumerate(seen_all):
        session = look(session, observation, 0.1 * index, POLICY)
        session = tick(session, 0.1 * index, POLICY.liveness)
    assert not isinstance(session.stage, Complete)
