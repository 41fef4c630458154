"""The challenge layer: which movements are asked for, and what counts as having made one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.liveness import (
    Advanced,
    Baseline,
    Challenge,
    Met,
    Sight,
    Step,
    TooSoon,
    WrongMovement,
    advance,
    baseline_of,
    deflection,
)
from app.domain.liveness_policy import LivenessPolicy
from app.domain.observation import Face, Pose
from tests.fakes.faces import CLOSED_EYES, NAN, OPEN_EYES, doing, face

POLICY = LivenessPolicy(move_closer=True)
AT_REST = face()
REST = baseline_of((AT_REST,))
ALL = tuple(Challenge)
HEAD_MOVES = (Challenge.TURN_LEFT, Challenge.TURN_RIGHT, Challenge.LOOK_UP)

challenges = st.sampled_from(ALL)
frame_rates = st.floats(min_value=5.0, max_value=60.0)
phases = st.floats(min_value=0.0, max_value=1.0)
Poses = Callable[[float], Face]

# -- what counts


def watch(
    challenge: Challenge,
    pose: Poses,
    fps: float = 30.0,
    phase: float = 0.0,
    until_s: float = 6.0,
    rest: Baseline = REST,
) -> Advanced:
    """Looks at `pose(t)` from a second before the prompt, which comes at 0; the last word on it.

    `phase` is where in its frame time the camera is when the prompt comes, 0..1.
    """
    step = Step(challenge, since_s=0.0, prompted_s=0.0)
    for number, index in enumerate(range(-int(fps), int(until_s * fps)), 1):
        t_s = (index + phase) / fps
        after = advance(step, Sight(pose(t_s), number, t_s, t_s), rest, POLICY)
        if not isinstance(after, Step):
            return after
        step = after
    return step


def from_rest(challenge: Challenge, at_s: float, for_s: float = 60.0, share: float = 1.5) -> Poses:
    """At rest but for the time from `at_s` on, `for_s` long."""
    return lambda t_s: doing(challenge, share) if at_s <= t_s < at_s + for_s else AT_REST


@given(challenges, st.floats(min_value=0.36, max_value=4.0), st.sampled_from([10.0, 15.0, 30.0]))
def test_a_movement_made_when_asked_counts(challenge: Challenge, at_s: float, fps: float) -> None:
    made = watch(challenge, from_rest(challenge, at_s, for_s=0.6), fps)
    assert isinstance(made, Met)
    assert at_s <= made.t_s <= at_s + 0.6 + 1 / fps


@given(challenges, frame_rates, phases)
def test_a_pose_held_from_before_never_counts(
    challenge: Challenge, fps: float, phase: float
) -> None:
    assert not isinstance(watch(challenge, from_rest(challenge, at_s=-9.0), fps, phase), Met)


@given(challenges, frame_rates, phases, st.floats(min_value=-1.0, max_value=0.149))
def test_an_answer_before_a_person_can_react_never_counts(
    challenge: Challenge, fps: float, phase: float, at_s: float
) -> None:
    """Whether the movement is then held, or over before anybody would have begun."""
    for for_s in (60.0, 0.149 - at_s):
        assert not isinstance(watch(challenge, from_rest(challenge, at_s, for_s), fps, phase), Met)


@given(
    challenges,
    st.sampled_from([10.0, 15.0, 30.0, 60.0]),
    phases,
    st.floats(min_value=0.0, max_value=0.08),
)
def test_a_whole_movement_before_anybody_can_answer_is_too_soon(
    challenge: Challenge, fps: float, phase: float, at_s: float
) -> None:
    """A camera fast enough to look twice sees it; eyes may always blink."""
    ended = watch(challenge, from_rest(challenge, at_s, for_s=0.7), fps, phase)
    looked = math.floor((0.15 * fps) - phase) >= math.ceil(at_s * fps - phase)
    expected = TooSoon(challenge) if looked and challenge is not Challenge.BLINK else None
    assert ended == expected or (expected is None and not isinstance(ended, TooSoon | Met))


@given(challenges, frame_rates, phases)
def test_one_look_before_anybody_can_answer_is_a_glitch(
    challenge: Challenge, fps: float, phase: float
) -> None:
    odd = from_rest(challenge, 0.0, for_s=0.9 / fps, share=3.0)
    assert isinstance(watch(challenge, odd, fps, phase, until_s=3.0), Step)


@given(challenges, st.sampled_from([10.0, 15.0, 30.0, 60.0]))
def test_a_mouth_held_open_unasked_voids_the_session(asked: Challenge, fps: float) -> None:
    if asked is not Challenge.OPEN_MOUTH:
        gaping = from_rest(Challenge.OPEN_MOUTH, 1.0, for_s=0.6)
        assert watch(asked, gaping, fps) == WrongMovement(asked)


def test_one_look_that_slips_does_not_shut_an_open_mouth() -> None:
    def slipping(t_s: float) -> Face:
        share = 0.6 if 1.2 <= t_s < 1.23 else 1.5
        return doing(Challenge.OPEN_MOUTH, share) if 1.0 <= t_s < 1.45 else AT_REST

    assert isinstance(watch(Challenge.OPEN_MOUTH, slipping), Met)


@given(challenges, st.sampled_from([10.0, 15.0, 30.0, 60.0]))
def test_talking_neither_counts_nor_voids(asked: Challenge, fps: float) -> None:
    """Vowels open the mouth for up to a quarter of a second."""

    def talking(t_s: float) -> Face:
        return doing(Challenge.OPEN_MOUTH, 2.0) if t_s % 0.5 < 0.25 else AT_REST

    assert isinstance(watch(asked, talking, fps), Step)


@pytest.mark.parametrize("asked", HEAD_MOVES)
@pytest.mark.parametrize("other", HEAD_MOVES)
def test_no_pose_answers_two_prompts(asked: Challenge, other: Challenge) -> None:
    """A head that turns and looks up, with the mouth open: at most one of them accepts it."""
    if asked is other:
        return
    both = replace(
        doing(asked),
        pose=Pose(
            doing(asked).pose.yaw_deg + doing(other).pose.yaw_deg,
            doing(asked).pose.pitch_deg + doing(other).pose.pitch_deg,
            0.0,
        ),
        mouth_openness=doing(Challenge.OPEN_MOUTH).mouth_openness,
    )

    def diagonal(t_s: float) -> Face:
        return both if 1.0 <= t_s < 2.0 else AT_REST

    accepted = [c for c in ALL if isinstance(watch(c, diagonal), Met)]
    assert len(accepted) <= 1


@given(challenges, challenges, frame_rates, phases, st.floats(min_value=-1.0, max_value=5.0))
def test_another_movement_never_counts(
    asked: Challenge, made: Challenge, fps: float, phase: float, at_s: float
) -> None:
    if asked is not made:
        pose = from_rest(made, at_s, for_s=1.0)
        assert not isinstance(watch(asked, pose, fps, phase), Met)


@given(challenges, st.sampled_from(HEAD_MOVES), st.sampled_from([10.0, 15.0, 30.0, 60.0]))
def test_the_wrong_head_movement_voids_the_session(
    asked: Challenge, made: Challenge, fps: float
) -> None:
    """Looking up while turning is forgiven: people do, and it is not the other answer."""
    forgiven = asked in {Challenge.TURN_LEFT, Challenge.TURN_RIGHT} and made is Challenge.LOOK_UP
    if asked is not made and not forgiven:
        assert watch(asked, from_rest(made, 1.0, for_s=0.4), fps) == WrongMovement(asked)


@given(challenges, challenges, frame_rates, phases)
def test_one_look_is_a_glitch_and_neither_counts_nor_voids(
    asked: Challenge, glitch: Challenge, fps: float, phase: float
) -> None:
    seen_at: list[float] = []

    def pose(t_s: float) -> Face:
        if t_s >= 1.0 and not seen_at:
            seen_at.append(t_s)
        return doing(glitch, 3.0) if t_s in seen_at else AT_REST

    after = watch(asked, pose, fps, phase)
    assert isinstance(after, Step)
    assert after.armed


@given(challenges, challenges, st.sampled_from([10.0, 15.0, 30.0, 60.0]))
def test_two_glitches_are_not_one_movement(asked: Challenge, glitch: Challenge, fps: float) -> None:
    """One look each, a second apart, with rest between them."""

    def pose(t_s: float) -> Face:
        return doing(glitch, 3.0) if t_s % 1.0 < 0.999 / fps and t_s >= 0.5 else AT_REST

    after = watch(asked, pose, fps, until_s=3.5)
    assert isinstance(after, Step)


@given(challenges, st.sampled_from([60.0, 120.0]))
def test_a_movement_shorter_than_people_can_make_does_not_count(
    challenge: Challenge, fps: float
) -> None:
    """However many looks a fast camera takes at it."""
    assert isinstance(watch(challenge, from_rest(challenge, 1.0, for_s=0.04), fps), Step)


def test_raising_the_chin_with_the_mouth_wide_open_is_not_the_wrong_movement() -> None:
    """An open mouth raises the measured pitch, by 5 to 10 degrees on the test videos."""

    def yawning(t_s: float) -> Face:
        return face(pitch_deg=14.0, mouth=0.2) if 1.0 <= t_s < 1.5 else AT_REST

    def wide(t_s: float) -> Face:
        return face(pitch_deg=14.0, mouth=0.5) if t_s >= 1.5 else yawning(t_s)

    assert isinstance(watch(Challenge.OPEN_MOUTH, wide), Met)


@pytest.mark.parametrize("challenge", ALL)
def test_progress_follows_the_movement(challenge: Challenge) -> None:
    half, whole = (
        watch(challenge, from_rest(challenge, 1.0, share=share), until_s=1.05)
        for share in (0.5, 1.5)
    )
    assert isinstance(half, Step)
    assert isinstance(whole, Step)
    assert 0.0 < half.progress < whole.progress <= 1.0


@given(challenges, st.floats(min_value=0.0, max_value=0.99))
def test_less_than_the_whole_movement_never_counts(challenge: Challenge, share: float) -> None:
    assert isinstance(watch(challenge, from_rest(challenge, 1.0, share=share)), Step)


@pytest.mark.parametrize("challenge", HEAD_MOVES)
def test_a_slow_movement_counts(challenge: Challenge) -> None:
    def slowly(t_s: float) -> Face:
        return doing(challenge, min(max(t_s - 0.5, 0.0) / 4.0, 1.2))

    assert isinstance(watch(challenge, slowly), Met)


@pytest.mark.parametrize("challenge", HEAD_MOVES)
def test_a_second_try_after_coming_back_counts(challenge: Challenge) -> None:
    """Half the way at once, back to rest, and then properly."""

    def twice(t_s: float) -> Face:
        if 0.0 <= t_s < 0.5:
            return doing(challenge, 0.9)
        return doing(challenge) if t_s > 1.5 else AT_REST

    made = watch(challenge, twice)
    assert isinstance(made, Met)
    assert made.t_s > 1.5


@pytest.mark.parametrize(
    ("asked", "swing_deg"),
    [
        (asked, swing_deg)
        for asked in (Challenge.LOOK_UP, Challenge.BLINK, Challenge.OPEN_MOUTH)
        for swing_deg in (-8.0, -14.0, -25.0)
    ],
)
def test_a_head_that_swings_past_the_middle_voids_nothing(
    asked: Challenge, swing_deg: float
) -> None:
    """Back from a turn to the left the head crosses the middle, overshoots, and comes to rest.

    The next prompt may come in that very moment; what the head does then is not yet judged.
    """

    def swinging(t_s: float) -> Face:
        if 0.02 <= t_s < 0.52:
            return face(yaw_deg=swing_deg * math.sin(math.pi * (t_s - 0.02) / 0.5))
        return doing(asked) if 0.8 <= t_s < 1.4 else AT_REST

    assert isinstance(watch(asked, swinging), Met)


def test_blinking_while_turning_and_talking_while_looking_up_change_nothing() -> None:
    def turning(t_s: float) -> Face:
        turned = doing(Challenge.TURN_LEFT) if t_s > 0.8 else AT_REST
        return replace(turned, eye_openness=CLOSED_EYES if t_s % 0.4 < 0.15 else OPEN_EYES)

    def looking_up(t_s: float) -> Face:
        raised = doing(Challenge.LOOK_UP) if t_s > 0.8 else AT_REST
        return replace(raised, mouth_openness=0.3 * abs(math.sin(12.0 * t_s)))

    assert isinstance(watch(Challenge.TURN_LEFT, turning), Met)
    assert isinstance(watch(Challenge.LOOK_UP, looking_up), Met)


# -- blinks


def test_a_blink_counts_when_the_eyes_are_open_again() -> None:
    made = watch(Challenge.BLINK, from_rest(Challenge.BLINK, 1.0, for_s=0.3))
    assert isinstance(made, Met)
    assert made.t_s >= 1.3


def test_eyes_that_stay_shut_are_no_blink_until_they_blink() -> None:
    def sleepy(t_s: float) -> Face:
        shut = 1.0 <= t_s < 3.0 or 4.0 <= t_s < 4.3
        return doing(Challenge.BLINK) if shut else AT_REST

    made = watch(Challenge.BLINK, sleepy)
    assert isinstance(made, Met)
    assert made.t_s >= 4.3


def test_after_eyes_that_stayed_shut_one_glitch_is_no_blink() -> None:
    def sleepy(t_s: float) -> Face:
        shut = 1.0 <= t_s < 3.0 or 4.0 <= t_s < 4.02
        return doing(Challenge.BLINK) if shut else AT_REST

    assert isinstance(watch(Challenge.BLINK, sleepy), Step)


def test_an_involuntary_blink_at_the_prompt_does_not_count_and_does_no_harm() -> None:
    def blinking(t_s: float) -> Face:
        return doing(Challenge.BLINK) if -0.05 <= t_s < 0.12 or 1.0 <= t_s < 1.3 else AT_REST

    made = watch(Challenge.BLINK, blinking)
    assert isinstance(made, Met)
    assert made.t_s >= 1.3


@pytest.mark.parametrize(("yaw_deg", "pitch_deg"), [(16.0, 0.0), (0.0, -11.0), (0.0, 11.0)])
def test_eyes_that_narrow_because_the_head_tilts_are_no_blink(
    yaw_deg: float, pitch_deg: float
) -> None:
    """What tilting a photograph does."""

    def tilting(t_s: float) -> Face:
        tilted = face(yaw_deg=yaw_deg, pitch_deg=pitch_deg, eyes=CLOSED_EYES)
        return tilted if 1.0 <= t_s < 1.4 else AT_REST

    assert not isinstance(watch(Challenge.BLINK, tilting), Met)


def test_eyes_that_are_no_longer_measured_are_not_open_again() -> None:
    def lost(t_s: float) -> Face:
        if t_s < 1.0:
            return AT_REST
        return face(eyes=CLOSED_EYES if t_s < 1.3 else NAN)

    assert isinstance(watch(Challenge.BLINK, lost), Step)


# -- what is measured


@pytest.mark.parametrize("challenge", ALL)
def test_a_movement_is_measured_against_the_persons_own_rest(challenge: Challenge) -> None:
    crooked = face(yaw_deg=6.0, pitch_deg=-8.0, eyes=0.24, mouth=0.1)
    rest = baseline_of((crooked,))
    assert deflection(challenge, crooked, rest, POLICY) == pytest.approx(0.0)
    assert deflection(challenge, doing(challenge, 1.0), REST, POLICY) == pytest.approx(1.0)


def test_one_odd_look_does_not_move_the_baseline() -> None:
    looks = (AT_REST, AT_REST, face(eyes=CLOSED_EYES, yaw_deg=11.0, mouth=0.4), AT_REST, AT_REST)
    assert baseline_of(looks) == REST


@given(
    challenges,
    st.tuples(*[st.floats() for _ in range(4)]),
    st.tuples(*[st.floats() for _ in range(4)]),
)
def test_no_number_there_is_makes_a_step_raise(
    challenge: Challenge,
    now: tuple[float, float, float, float],
    before: tuple[float, float, float, float],
) -> None:
    """Progress is always a share, whatever is measured."""
    rest = Baseline(*before)
    yaw_deg, pitch_deg, eyes, mouth = now
    odd = replace(
        AT_REST, pose=Pose(yaw_deg, pitch_deg, 0.0), eye_openness=eyes, mouth_openness=mouth
    )
    step = Step(challenge, since_s=0.0, prompted_s=0.0, armed=True)
    after = advance(step, Sight(odd, 1, 1.0, 1.0), rest, POLICY)
    if isinstance(after, Step):
        assert 0.0 <= after.progress <= 1.0
