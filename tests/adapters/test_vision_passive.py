"""The anti-spoof pack: what its networks see, what they may answer, and what real ones do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cv import cv2
from app.domain.observation import Box, Face
from app.errors import ModelMissing, ModelRejected
from app.ports import Frame
from app.resources import resource
from app.vision import listing
from app.vision.engine import Engine
from app.vision.manifest import AntispoofPack, Channels, Golden
from app.vision.parts import Parts, Pixels, Points
from app.vision.passive import EVERY, SHIFTS, PassiveScorer, cut, face_box, room_of
from tests.fakes.depths import infrared_plane
from tests.fakes.networks import CHIP_MEANS, HONEST, SOURCE, elsewhere, network, pack_of
from tests.fakes.vision import (
    ColourRecogniser,
    GivenLandmarks,
    ListedDetector,
    embedded_engine,
    embedded_pack,
)

#: A face of 100 x 100 pixels with its forehead, in the middle of a frame.
BROWS_TO_CHIN = 100.0 / 1.36
LANDMARKS = np.array(
    [(270.0 + 100.0 * (n % 2), 290.0 - BROWS_TO_CHIN * (n < 34)) for n in range(68)]
)


def frame(inside: tuple[int, int, int], outside: tuple[int, int, int]) -> Pixels:
    """One colour on the face's own box, another around it; BGR."""
    pixels = np.full((480, 640, 3), outside, np.uint8)
    pixels[190:290, 270:370] = inside
    return pixels


def loaded(pack: AntispoofPack, folder: Path) -> PassiveScorer:
    scorer = PassiveScorer(pack, folder)
    scorer.load()
    return scorer


def scored(scorer: PassiveScorer, pixels: Pixels) -> float:
    score = scorer.score_at(pixels, LANDMARKS)
    assert score is not None
    return score


def test_the_box_reaches_from_the_hairline_to_the_chin() -> None:
    box = face_box(LANDMARKS)
    assert (box.left, box.width) == (270.0, 100.0)
    assert [box.top, box.height] == pytest.approx([190.0, 100.0])


def test_networks_see_what_is_around_the_face_as_far_as_the_pack_says(tmp_path: Path) -> None:
    """Green means alive to this network: a green face in a red room is 1/4 or 1/16 of the cut."""
    pixels = frame((0, 255, 0), (0, 0, 255))
    near = pack_of(tmp_path, network(*HONEST))
    near = replace(near, scorers=(replace(near.scorers[0], enlargement=1.0),))
    assert scored(loaded(near, tmp_path), pixels) > 0.99
    assert scored(loaded(pack_of(tmp_path, network(*HONEST)), tmp_path), pixels) < 0.01


def test_the_score_is_the_mean_of_the_networks(tmp_path: Path) -> None:
    """One sees nothing but the face, the other the room."""
    pack = pack_of(tmp_path, network(*HONEST), network(*HONEST))
    face_only = replace(pack, scorers=(replace(pack.scorers[0], enlargement=1.0), pack.scorers[1]))
    pixels = frame((0, 255, 0), (0, 0, 255))
    assert scored(loaded(face_only, tmp_path), pixels) == pytest.approx(0.5, abs=0.01)


def test_channels_come_in_the_order_the_pack_says(tmp_path: Path) -> None:
    """Class 1 is the middle channel in both orders, so the outer ones are told by the golden."""
    swapped = replace(SOURCE, channels=Channels.RGB)
    with pytest.raises(ModelRejected, match="does not compute"):
        PassiveScorer(pack_of(tmp_path, network(*HONEST), source=swapped), tmp_path).load()


def test_a_face_with_too_little_around_it_gets_no_score(tmp_path: Path) -> None:
    scorer = loaded(pack_of(tmp_path, network(*HONEST)), tmp_path)
    pixels = frame((0, 255, 0), (0, 0, 255))
    middle = np.array([320.0, 240.0])
    for size, has in ((3.6, True), (3.8, False), (9.0, False)):
        near = (LANDMARKS - middle) * size + middle
        assert (room_of(pixels, face_box(near)) >= 1.3) is has
        assert (scorer.score_at(pixels, near) is not None) is has


def test_only_every_second_look_is_scored_and_each_from_a_little_beside(tmp_path: Path) -> None:
    scorer = loaded(pack_of(tmp_path, network(*HONEST)), tmp_path)
    ramp = np.zeros((480, 640, 3), np.uint8)
    ramp[:, :, 1] = np.linspace(40, 44, 640)[None, :].round()
    ramp[:, :, 2] = np.linspace(44, 40, 480)[:, None].round()
    scores = [scorer.score(ramp, LANDMARKS) for _ in range(EVERY * len(SHIFTS))]
    assert [score is not None for score in scores] == [False, True] * len(SHIFTS)
    assert len({score for score in scores if score is not None}) >= 3
    scorer.forget()
    assert [scorer.score(ramp, LANDMARKS) for _ in scores] == scores


@given(
    left=st.floats(-300, 700),
    top=st.floats(-300, 500),
    width=st.floats(0, 639),
    height=st.floats(0, 479),
    shift=st.sampled_from(SHIFTS),
    enlargement=st.floats(1, 5),
)
def test_a_cut_is_never_empty_and_never_larger_than_the_picture(
    left: float,
    top: float,
    width: float,
    height: float,
    shift: tuple[float, float],
    enlargement: float,
) -> None:
    pixels = np.zeros((480, 640, 3), np.uint8)
    part = cut(pixels, Box(left, top, width, height), enlargement, shift)
    assert 1 <= part.shape[0] <= 480
    assert 1 <= part.shape[1] <= 640


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"not a network at all", "cannot be read"),
        (network(*HONEST)[:-20], "cannot be read"),
        (network("Flatten"), "answers with the shape"),
        (network("GlobalAveragePool"), "answers with the shape"),
        (network(*HONEST, "Neg", "Log"), "not a number"),
        (network(*HONEST, side_px=32), "did not run"),
        (network(*HONEST, "Neg"), "does not compute what it should"),
    ],
    ids=["garbage", "cut short", "too many", "not a row", "NaN", "another size", "other numbers"],
)
def test_a_network_that_answers_anything_else_is_refused_with_a_cure(
    tmp_path: Path, content: bytes, says: str
) -> None:
    with pytest.raises(ModelRejected, match=says) as fault:
        PassiveScorer(pack_of(tmp_path, content), tmp_path).load()
    assert "PIN or badge" in str(fault.value)


def test_a_damaged_or_missing_file_never_loads(tmp_path: Path) -> None:
    pack = pack_of(tmp_path, network(*HONEST), network(*HONEST))
    with pytest.raises(ModelMissing, match="is not there"):
        PassiveScorer(elsewhere(pack, path="tiny/none.onnx"), tmp_path).load()
    (tmp_path / "tiny" / "network_1.onnx").write_bytes(network(*HONEST, "Neg"))
    with pytest.raises(ModelRejected, match="longer than"):
        PassiveScorer(pack, tmp_path).load()


def test_a_network_that_begins_to_answer_nonsense_stops_the_face_path(tmp_path: Path) -> None:
    """Right for the golden picture, not a number for a black one."""
    pack = pack_of(tmp_path, network(*HONEST, "Log"))
    logs = tuple(float(value) for value in np.log(CHIP_MEANS))
    pack = replace(pack, scorers=(replace(pack.scorers[0], golden=Golden(logs, 0.01)),))
    scorer = loaded(pack, tmp_path)
    with pytest.raises(ModelRejected, match="not a number"):
        scorer.score_at(frame((0, 0, 0), (0, 0, 0)), LANDMARKS)


def test_nothing_is_scored_before_the_pack_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="Load it"):
        PassiveScorer(pack_of(tmp_path), tmp_path).score(frame((0, 0, 0), (0, 0, 0)), LANDMARKS)


class Tells:
    """A scorer that says the width of the face it was given."""

    def __init__(self) -> None:
        self.loads = self.forgets = 0

    def load(self) -> None:
        self.loads += 1

    def score(self, _pixels: Pixels, landmarks: Points) -> float | None:
        return float(np.ptp(landmarks[:, 0])) / 1000.0

    def forget(self) -> None:
        self.forgets += 1


def engine_with(boxes: list[Box], passive: Tells) -> Engine:
    pack = replace(embedded_pack(), golden=Golden((0.0, 0.0, 0.0), 256.0))
    pack = replace(pack, space=replace(pack.space, dimension=3))
    shape = np.full((68, 2), 0.5)
    shape[36:42], shape[42:48], shape[0], shape[16] = (0.3, 0.3), (0.7, 0.3), (0, 0.4), (1, 0.4)
    parts = Parts(ListedDetector(boxes), GivenLandmarks(shape), ColourRecogniser())
    return Engine(pack, Path("nowhere"), lambda *_: parts, passive)


def test_the_engine_scores_the_largest_face_only_and_forgets_with_it() -> None:
    passive = Tells()
    engine = engine_with([Box(20, 20, 100, 100), Box(200, 100, 200, 200)], passive)
    engine.load()
    seen = engine.observe(Frame(1, 1.0, np.full((480, 640, 3), 128, np.uint8)))
    assert [face.live_score for face in seen.faces] == [pytest.approx(0.2), None]
    engine.forget()
    assert (passive.loads, passive.forgets) == (1, 1)


def test_the_engine_asks_the_second_camera_about_the_largest_face_only() -> None:
    engine = engine_with([Box(20, 20, 100, 100), Box(200, 100, 200, 200)], Tells())
    engine.load()
    pixels = np.full((480, 640, 3), 128, np.uint8)
    seen = engine.observe(Frame(1, 1.0, pixels, infrared_plane(140, 40)))
    assert [face.relief is not None for face in seen.faces] == [True, False]
    alone = engine.observe(Frame(2, 2.0, pixels))
    assert [face.relief for face in alone.faces] == [None, None]


def test_the_engine_does_not_start_without_the_pack_it_is_to_use(tmp_path: Path) -> None:
    pack = pack_of(tmp_path, network("Flatten"))
    engine = engine_with([], Tells())
    engine._passive = PassiveScorer(pack, tmp_path)
    with pytest.raises(ModelRejected):
        engine.load()


@pytest.fixture(scope="module")
def minifasnet(assets: Path) -> PassiveScorer:
    """The real pack, its files in the assets' own folder."""
    text = resource("models/manifest.toml").read_text(encoding="utf-8")
    pack = listing.parse(text).antispoof("minifasnet")
    moved = [replace(each, file=replace(each.file, path=each.file.name)) for each in pack.scorers]
    return loaded(replace(pack, scorers=tuple(moved)), assets / "models" / "antispoof")


def faces_in(pixels: Pixels) -> tuple[Face, ...]:
    return embedded_engine().observe(Frame(1, 1.0, pixels)).faces


def real_score(scorer: PassiveScorer, path: Path) -> float:
    pixels = np.asarray(cv2.imread(str(path)), np.uint8)
    score = scorer.score_at(pixels, np.array(faces_in(pixels)[0].landmarks))
    assert score is not None
    return score


def test_recorded_attacks_score_low_and_a_person_high(
    minifasnet: PassiveScorer, assets: Path
) -> None:
    threshold = minifasnet._pack.threshold
    folder = assets / "attacks" / "silentface"
    for name in ("image_F1.jpg", "image_F2.jpg"):
        assert real_score(minifasnet, folder / name) < threshold
    assert real_score(minifasnet, folder / "image_T1.jpg") > 0.9


def test_a_screen_held_up_scores_lower_than_the_person_it_shows(
    minifasnet: PassiveScorer, assets: Path
) -> None:
    """The same frames of a real clip, as they are and on a dark-edged screen in a room."""
    video = cv2.VideoCapture(str(assets / "videos" / "liveportrait_d6.mp4"), cv2.CAP_FFMPEG)
    genuine: list[float] = []
    held: list[float] = []
    for _ in range(5):
        pixels = np.asarray(video.read()[1], np.uint8)
        screen = np.full((480, 640, 3), 180, np.uint8)
        shown = cv2.resize(pixels[:, 90:390], (250, 400), interpolation=cv2.INTER_AREA)
        screen[26:454, 185:455] = 12
        screen[40:440, 195:445] = shown
        for frames, scores in ((pixels, genuine), (screen, held)):
            score = minifasnet.score_at(frames, np.array(faces_in(frames)[0].landmarks))
            assert score is not None
            scores.append(score)
    video.release()
    assert np.median(genuine) > 0.8
    assert np.median(held) < 0.05
