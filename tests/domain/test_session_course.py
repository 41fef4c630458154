"""The course of a session: when the screen asks, what it corrects, which frames are kept."""

from __future__ import annotations

from itertools import pairwise

import pytest

from app.domain.liveness import Challenge
from app.domain.observation import Face
from app.domain.reasons import Reason
from app.domain.session import Challenging, Complete, Failed, Framing, begin, look
from tests.domain.sitting import (
    NEXT,
    NONCES,
    POLICY,
    STEADY_S,
    asked_at_rest,
    hint_of,
    kept,
    looked_at,
    nonce_for,
    perform,
    stages,
)
from tests.fakes.faces import Actor, Habits, face, leaves, seen, swaps

# -- what is kept


def test_the_kept_frames_are_frontal_and_of_this_session() -> None:
    for nonce in NONCES:
        session = perform(Actor(Habits(noise=1.0)), nonce)
        assert isinstance(session.stage, Complete)
        assert len(session.stage.match_frames) == POLICY.liveness.match_frames
        assert len(session.stage.met_frames) == len(session.plan)
        assert list(session.stage.met_frames) == sorted(session.stage.met_frames)
        assert session.stage.met_frames[-1] == session.frame


def test_a_refused_session_keeps_nothing() -> None:
    session = perform(Actor(twists=(leaves(1.5),)), NONCES[0])
    assert isinstance(session.stage, Failed)
    assert session.kept == ()


def test_frames_of_the_track_before_are_not_kept() -> None:
    """Somebody is pushed aside while the kiosk still looks for a good face."""
    session = perform(Actor(twists=(swaps(0.4),)), NONCES[0])
    assert isinstance(session.stage, Complete)
    assert min(session.stage.match_frames) > 0.4 * 15


def test_good_frames_of_the_framing_are_kept() -> None:
    assert len(kept(asked_at_rest())) == POLICY.liveness.match_frames


def test_better_frames_of_the_challenge_take_their_place() -> None:
    still = face(sharpness=100.0)
    session = looked_at(*STEADY_S, of=still)
    better = seen(NEXT, 0.75, face(sharpness=150.0))
    assert NEXT in kept(look(session, better, 0.75, POLICY))


@pytest.mark.parametrize(
    "worse", [face(sharpness=5.0), face(brightness=5.0), face(yaw_deg=13.0), face(track=3)]
)
def test_frames_that_would_not_pass_the_gate_are_not_kept(worse: Face) -> None:
    assert NEXT not in kept(asked_at_rest(worse))


def test_frames_of_the_one_before_are_not_kept() -> None:
    session = begin(NONCES[0], frozenset(), 0.0, POLICY.liveness)
    for number in range(1, 12):
        each = face(track=1, sharpness=900.0) if number < 4 else face(track=2)
        session = look(session, seen(number, 0.1 * number, each), 0.1 * number, POLICY)
    assert isinstance(session.stage, Challenging)
    assert min(kept(session)) >= 4


def test_frames_to_be_compared_are_not_all_of_one_moment() -> None:
    """At sixty frames a second neighbours are the same picture."""
    session = perform(Actor(Habits(fps=60.0, noise=1.0)), NONCES[0])
    times_s = sorted(each.t_s for each in session.kept)
    assert len(times_s) == POLICY.liveness.match_frames
    assert all(b - a >= POLICY.liveness.match_gap_s for a, b in pairwise(times_s))


def test_a_slow_camera_has_to_show_enough_looks() -> None:
    """Time alone is no baseline."""
    assert isinstance(looked_at(0.1, 0.35, 0.6, 0.85).stage, Framing)
    assert isinstance(looked_at(0.1, 0.35, 0.6, 0.85, 1.1).stage, Challenging)


def test_a_fast_camera_has_to_look_long_enough() -> None:
    assert isinstance(looked_at(*[0.02 * n for n in range(1, 20)]).stage, Framing)


# -- prompts


def test_the_screen_asks_only_a_face_at_rest() -> None:
    nonce = nonce_for(Challenge.TURN_LEFT, Challenge.LOOK_UP)
    for t_s, seen_face, stage in stages(Actor(Habits(overshoot_deg=9.0)), nonce):
        if stage.step.prompted_s == t_s:
            assert abs(seen_face.pose.yaw_deg) < 7.0


def test_between_two_movements_it_asks_to_look_straight_first() -> None:
    nonce = nonce_for(Challenge.TURN_LEFT, Challenge.LOOK_UP)
    second = [stage for _, _, stage in stages(Actor(), nonce) if stage.index == 1]
    assert second[0].step.prompted_s is None
    assert second[0].hint is Reason.LOOK_STRAIGHT
    assert second[-1].step.prompted_s is not None
    assert second[-1].hint is None


def test_after_a_blink_the_next_prompt_comes_at_once() -> None:
    nonce = nonce_for(Challenge.BLINK, Challenge.TURN_LEFT)
    second = [(t_s, stage) for t_s, _, stage in stages(Actor(), nonce) if stage.index == 1]
    assert second[0][1].step.prompted_s == second[0][0]


def test_nobody_is_corrected_while_they_answer() -> None:
    for nonce in NONCES:
        asked = [stage for _, _, stage in stages(Actor(), nonce) if stage.step.prompted_s]
        assert {stage.hint for stage in asked} == {None}


def test_who_answered_too_soon_is_asked_to_look_straight_first() -> None:
    nonce = nonce_for(Challenge.TURN_LEFT, Challenge.BLINK)
    hasty = Habits(reaction_s=0.02, speed_deg_s=500.0)
    told = stages(Actor(hasty), nonce)
    anew = [stage for _, _, stage in told if stage.hasty]
    assert anew[0].step.prompted_s is None
    assert anew[0].hint is Reason.LOOK_STRAIGHT


def test_in_the_first_moment_nobody_is_corrected() -> None:
    """And then what is to be mended comes before where to look."""
    away, dark = face(yaw_deg=10.0), face(yaw_deg=10.0, brightness=5.0)
    assert hint_of(asked_at_rest(away)) is None
    assert hint_of(asked_at_rest(away, away)) is Reason.LOOK_STRAIGHT
    assert hint_of(asked_at_rest(away, dark)) is Reason.TOO_DARK


def test_who_only_moves_eyes_or_mouth_is_asked_to_hold_still() -> None:
    session = begin(
        nonce_for(Challenge.OPEN_MOUTH, Challenge.BLINK), frozenset(), 0.0, POLICY.liveness
    )
    for number in range(1, 10):
        each = face(mouth=0.4) if number > 7 else face()
        session = look(session, seen(number, 0.1 * number, each), 0.1 * number, POLICY)
    assert hint_of(session) is Reason.HOLD_STILL
