"""The quality gate: one reason, the right one, and none for a good face."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.observation import Box, Face, Observation, Pose, Quality
from app.domain.policy import QualityPolicy
from app.domain.quality import cover, fault
from app.domain.reasons import Reason

POLICY = QualityPolicy(
    min_eye_distance_px=40.0,
    max_width_share=0.75,
    min_sharpness=25.0,
    min_brightness=45.0,
    max_brightness=225.0,
    min_contrast=15.0,
    min_completeness=0.97,
    frontal_yaw_deg=12.0,
    frontal_pitch_deg=15.0,
    rival_share=0.6,
)
GOOD = Quality(
    eye_distance_px=70.0, sharpness=200.0, brightness=130.0, contrast=45.0, completeness=1.0
)
FACE = Face(
    track=1,
    box=Box(220.0, 140.0, 200.0, 200.0),
    landmarks=(),
    pose=Pose(0.0, 0.0, 0.0),
    eye_openness=0.3,
    mouth_openness=0.0,
    quality=GOOD,
)
SCENE = Observation(frame=1, t_s=0.0, width_px=640, height_px=480, faces=(FACE,))
NAN = float("nan")


def judge(face: Face, *others: Face, frontal: bool = True) -> Reason | None:
    return fault(face, others, SCENE, POLICY, frontal=frontal)


def measured(**changes: float) -> Face:
    return replace(FACE, quality=replace(GOOD, **changes))


def test_a_good_face_has_no_fault() -> None:
    assert judge(FACE) is None


@pytest.mark.parametrize(
    ("face", "reason"),
    [
        (replace(FACE, box=Box(40.0, 0.0, 500.0, 480.0)), Reason.TOO_NEAR),
        (measured(completeness=0.9), Reason.CUT_OFF),
        (measured(eye_distance_px=39.0), Reason.TOO_FAR),
        (measured(brightness=44.0), Reason.TOO_DARK),
        (measured(brightness=226.0), Reason.TOO_BRIGHT),
        (measured(brightness=60.0, contrast=5.0), Reason.TOO_DARK),
        (measured(brightness=200.0, contrast=5.0), Reason.TOO_BRIGHT),
        (measured(sharpness=24.0), Reason.BLURRED),
        (measured(eye_contrast=0.1), Reason.EYES_COVERED),
        (measured(eye_shade=0.9), Reason.EYES_COVERED),
        (measured(mouth_contrast=0.05), Reason.MOUTH_COVERED),
        (replace(FACE, pose=Pose(0.0, 0.0, 25.0)), Reason.TILTED),
        (replace(FACE, pose=Pose(0.0, 0.0, -25.0)), Reason.TILTED),
        (replace(FACE, pose=Pose(13.0, 0.0, 0.0)), Reason.LOOK_STRAIGHT),
        (replace(FACE, pose=Pose(-13.0, 0.0, 0.0)), Reason.LOOK_STRAIGHT),
        (replace(FACE, pose=Pose(0.0, -16.0, 0.0)), Reason.LOOK_STRAIGHT),
    ],
)
def test_each_fault_has_its_reason(face: Face, reason: Reason) -> None:
    assert judge(face) is reason


@pytest.mark.parametrize(
    "measure",
    [
        "eye_distance_px",
        "sharpness",
        "brightness",
        "contrast",
        "completeness",
        "eye_contrast",
        "eye_shade",
        "mouth_contrast",
    ],
)
def test_a_measure_that_is_not_a_number_never_passes(measure: str) -> None:
    assert judge(measured(**{measure: NAN})) is not None


def test_a_pose_or_box_that_is_not_a_number_never_passes() -> None:
    assert judge(replace(FACE, pose=Pose(NAN, 0.0, 0.0))) is Reason.LOOK_STRAIGHT
    assert judge(replace(FACE, box=Box(0.0, 0.0, NAN, NAN))) is not None


def test_a_covered_face_passes_where_that_is_not_asked() -> None:
    masked = measured(mouth_contrast=0.0)
    assert fault(masked, (), SCENE, POLICY, frontal=True, uncovered=False) is None
    assert cover(masked, POLICY) is Reason.MOUTH_COVERED


def test_open_eyes_are_asked_for_at_an_enrolment_only() -> None:
    shut = replace(FACE, eye_openness=0.05)
    assert judge(shut) is None
    strict = POLICY.for_enrolment()
    assert fault(shut, (), SCENE, strict, frontal=True) is Reason.EYES_CLOSED
    assert fault(replace(shut, eye_openness=NAN), (), SCENE, strict, frontal=True) is not None
    assert fault(FACE, (), SCENE, strict, frontal=True) is None


def test_a_turned_head_is_fine_where_no_straight_look_is_asked() -> None:
    assert judge(replace(FACE, pose=Pose(30.0, 0.0, 0.0)), frontal=False) is None


def test_a_second_person_counts_from_the_rival_share_of_the_box_side() -> None:
    beside = replace(FACE, track=2, box=Box(0.0, 0.0, 120.0, 120.0))
    behind = replace(FACE, track=2, box=Box(0.0, 0.0, 119.0, 119.0))
    assert judge(FACE, beside) is Reason.SEVERAL_FACES
    assert judge(FACE, behind) is None


def test_the_face_itself_is_no_rival() -> None:
    assert judge(FACE, FACE) is None


def test_the_first_cure_comes_first() -> None:
    """Everything wrong at once: each mended fault uncovers the next in a fixed order."""
    rival = replace(FACE, track=2, box=Box(0.0, 0.0, 500.0, 480.0))
    face = replace(FACE, box=Box(0.0, 0.0, 500.0, 480.0), pose=Pose(40.0, 0.0, 0.0))
    face = replace(face, quality=Quality(10.0, 0.0, 0.0, 0.0, 0.2))
    assert judge(face, rival) is Reason.SEVERAL_FACES
    assert judge(face) is Reason.TOO_NEAR
    face = replace(face, box=FACE.box)
    assert judge(face) is Reason.CUT_OFF
    face = replace(face, quality=replace(face.quality, completeness=1.0))
    assert judge(face) is Reason.TOO_FAR
    face = replace(face, quality=replace(face.quality, eye_distance_px=60.0))
    assert judge(face) is Reason.TOO_DARK
    face = replace(face, quality=replace(face.quality, brightness=130.0, contrast=40.0))
    assert judge(face) is Reason.BLURRED
    face = replace(face, quality=replace(face.quality, sharpness=100.0))
    assert judge(face) is Reason.LOOK_STRAIGHT
    face = replace(face, pose=Pose(0.0, 0.0, 40.0))
    assert judge(face) is Reason.TILTED
