"""The mesh as a landmarker: the house's 68 points where dlib puts them, nobody where no face is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cv import cv2
from app.domain.observation import Box
from app.errors import ModelRejected
from app.ports import Frame
from app.resources import resource
from app.vision import golden, images, listing, loading, mesh, quality
from app.vision.engine import Engine
from app.vision.manifest import Channels
from app.vision.onnx import Outputs
from app.vision.parts import Parts, Pixels, Points
from app.vision.pose import pose_of
from app.vision.yunet import YuNet
from tests.adapters.test_vision_videos import alone, blinks, watch
from tests.fakes.meshes import Answering, spread
from tests.fakes.networks import network as other_network
from tests.fakes.vision import (
    ColourRecogniser,
    ListedDetector,
    astronaut,
    close_up,
    embedded_pack,
    embedded_parts,
)

MANIFEST = listing.parse(resource("models/manifest.toml").read_text(encoding="utf-8"))
NETWORK = "landmarks/face_landmarks_detector.onnx"
BOX = Box(100.0, 100.0, 200.0, 200.0)
#: Points of the markup and their mirror images.
MIRROR = np.array(
    [*range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, *range(35, 30, -1),
     45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
     54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65]
)  # fmt: skip


@pytest.fixture(scope="module")
def network(assets: Path) -> Outputs:
    path = assets / "models" / NETWORK
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    return Outputs(path.read_bytes(), path.name, mesh.INPUT.shape, mesh.ANSWERS)


@pytest.fixture(scope="module")
def marks(network: Outputs) -> mesh.Mesh:
    return mesh.Mesh(network)


@pytest.fixture(scope="module")
def detector(assets: Path) -> YuNet:
    path = assets / "models" / "detector" / "face_detection_yunet_2023mar.onnx"
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    return YuNet(path.read_bytes())


def eyes_px(points: Points) -> float:
    """The distance of the eyes, as the figures of the mapping are told in."""
    apart = points[quality.LEFT_EYE].mean(axis=0) - points[quality.RIGHT_EYE].mean(axis=0)
    return float(np.hypot(*apart))


def off(points: Points, others: Points) -> Points:
    """How far each point is from its counterpart, in eye distances."""
    return np.asarray(np.hypot(*(points - others).T) / eyes_px(others), dtype=np.float64)


def marked(marks: mesh.Mesh, pixels: Pixels, box: Box) -> Points:
    found = marks.mark(pixels, box)
    assert found is not None
    return found


def known(detector: YuNet) -> tuple[Pixels, Box]:
    """A portrait everybody has, and where its face is."""
    frame = close_up(astronaut())
    (found,) = detector.find(frame, 80.0, eager=False)
    return frame, found.box


# ---- the mapping ----


def test_the_points_are_where_dlib_puts_them(
    marks: mesh.Mesh, detector: YuNet, assets: Path
) -> None:
    """Of 400 photographs the mean was 0.049 eye distances (3 mm), and the worst point of the 68,
    on the jaw, 0.087 (median)."""
    people = sorted((assets / "identities" / "lfw").glob("*/*_0001.jpg"))[::40]
    if not people:
        pytest.skip("no photographs of Labeled Faces in the Wild")
    errors = []
    for path in people:
        pixels = np.asarray(cv2.resize(images.read(path), None, fx=2, fy=2), np.uint8)
        found = detector.find(pixels, 80.0, eager=False)
        if not found:
            continue
        box = max(found, key=lambda each: each.box.area).box
        theirs = embedded_parts().landmarker.mark(pixels, box)
        assert theirs is not None
        errors.append(off(marked(marks, pixels, box), theirs))
    each = np.median(errors, axis=0)
    assert len(errors) >= 60
    assert float(np.mean(errors)) < 0.06
    assert each.max() < 0.1
    assert each[17:].mean() < 0.045  # without the jaw, where cheeks end is anybody's guess


def test_a_mirror_image_has_mirrored_points(marks: mesh.Mesh, detector: YuNet) -> None:
    frame, box = known(detector)
    across = np.ascontiguousarray(frame[:, ::-1])
    width = frame.shape[1]
    other = Box(width - box.left - box.width, box.top, box.width, box.height)
    back = marked(marks, across, other)[MIRROR] * (-1.0, 1.0) + (width - 1.0, 0.0)
    assert off(back, marked(marks, frame, box)).mean() < 0.03


@pytest.mark.parametrize("angle_deg", [-35.0, -20.0, 20.0, 35.0])
def test_a_tilted_face_has_tilted_points(
    angle_deg: float, marks: mesh.Mesh, detector: YuNet
) -> None:
    frame, box = known(detector)
    straight = marked(marks, frame, box)
    middle = straight.mean(axis=0)
    turn = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), angle_deg, 1.0)
    tilted = np.asarray(cv2.warpAffine(frame, turn, frame.shape[1::-1]), dtype=np.uint8)
    expected = straight @ turn[:, :2].T + turn[:, 2]
    found = marked(marks, tilted, box)
    assert off(found, expected).mean() < 0.06
    assert pose_of(found).roll_deg - pose_of(straight).roll_deg == pytest.approx(
        -angle_deg, abs=4.0
    )


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_face_at_the_edge_is_marked_where_it_is(
    side: str, marks: mesh.Mesh, detector: YuNet
) -> None:
    """A tenth of the face is out of the picture."""
    frame, box = known(detector)
    whole = marked(marks, frame, box)
    x, y = round(box.left + 0.1 * box.width), round(box.top + 0.1 * box.height)
    right, bottom = round(box.left + 0.9 * box.width), round(box.top + 0.95 * box.height)
    cuts = {
        "left": frame[:, x:],
        "right": frame[:, :right],
        "top": frame[y:],
        "bottom": frame[:bottom],
    }
    corner = {"left": (x, 0.0), "top": (0.0, y)}.get(side, (0.0, 0.0))
    moved = Box(box.left - corner[0], box.top - corner[1], box.width, box.height)
    found = marked(marks, np.ascontiguousarray(cuts[side]), moved) + corner
    assert off(found, whole)[17:].mean() < 0.06


def test_turned_heads_and_closed_eyes_read_as_with_dlib(marks: mesh.Mesh, assets: Path) -> None:
    """13 blinks by the assets' count, of which dlib's points show 12 as well."""
    path = assets / "models" / "detector" / "face_detection_yunet_2023mar.onnx"
    yaw = loading.MESH_YAW
    parts = Parts(YuNet(path.read_bytes()), marks, embedded_parts().recogniser, yaw)
    engine = Engine(embedded_pack(), Path("nowhere"), lambda *_: parts)
    engine.load()
    faces = alone(watch(engine, assets / "videos" / "liveportrait_d9.mp4"))
    assert 12 <= blinks(faces) <= 14
    turned = [face.pose.yaw_deg for face in faces]
    assert max(turned) - float(np.median(turned)) == pytest.approx(15.8, abs=2.0)  # dlib: 15.8
    assert 0.25 < float(np.median([face.eye_openness for face in faces])) < 0.32


def test_a_turn_reads_as_large_as_with_dlib(
    marks: mesh.Mesh, detector: YuNet, assets: Path
) -> None:
    """What a visitor has to turn by must not depend on the pack."""
    people = sorted((assets / "identities" / "lfw").glob("*/*_0001.jpg"))[3::40]
    if not people:
        pytest.skip("no photographs of Labeled Faces in the Wild")
    turns = []
    for path in people:
        pixels = np.asarray(cv2.resize(images.read(path), None, fx=2, fy=2), np.uint8)
        found = detector.find(pixels, 80.0, eager=False)
        if not found:
            continue
        box = max(found, key=lambda each: each.box.area).box
        theirs = embedded_parts().landmarker.mark(pixels, box)
        assert theirs is not None
        own = loading.MESH_YAW * pose_of(marked(marks, pixels, box)).yaw_deg
        turns.append((pose_of(theirs).yaw_deg, own))
    dlibs, ours = np.array(turns).T
    assert float(np.corrcoef(dlibs, ours)[0, 1]) > 0.95
    assert float(ours.std() / dlibs.std()) == pytest.approx(1.0, abs=0.12)


# ---- where there is no face, and hostile answers ----


def test_a_wall_is_no_face(marks: mesh.Mesh) -> None:
    chance = np.random.default_rng(4)
    grey = np.full((480, 640, 3), 128, dtype=np.uint8)
    noise = chance.integers(0, 255, (480, 640, 3)).astype(np.uint8)
    for frame in (grey, noise, golden.chip(640, 480)):
        assert marks.mark(frame, Box(200.0, 120.0, 200.0, 200.0)) is None


@pytest.mark.parametrize("logit", [-18.5, -6.1, -np.inf, np.nan])
def test_what_the_network_does_not_take_for_a_face_is_none(logit: float) -> None:
    assert mesh.Mesh(Answering(spread(), logit)).mark(close_up(astronaut()), BOX) is None


def test_vertices_in_one_place_are_no_face() -> None:
    network = Answering(np.full((mesh.VERTICES, 3), 128.0, dtype=np.float32), 9.0)
    assert mesh.Mesh(network).mark(close_up(astronaut()), BOX) is None
    assert network.looks == 1


def test_an_engine_sees_nobody_where_the_landmarker_sees_none() -> None:
    parts = Parts(ListedDetector([BOX]), mesh.Mesh(Answering(spread(), -9.0)), ColourRecogniser())
    engine = Engine(
        replace(
            embedded_pack(),
            golden=None,
            space=replace(embedded_pack().space, dimension=3),
        ),
        Path("nowhere"),
        lambda *_: parts,
    )
    engine.load()
    assert engine.observe(Frame(1, 0.0, close_up(astronaut()))).faces == ()


@settings(max_examples=60, deadline=None)
@given(
    left=st.floats(-900, 900),
    top=st.floats(-900, 900),
    width=st.floats(0, 2000),
    height=st.floats(0, 2000),
)
def test_whatever_box_a_detector_reports_the_answer_is_points_or_none(
    left: float, top: float, width: float, height: float
) -> None:
    found = mesh.Mesh(Answering(spread(), 5.0)).mark(
        close_up(astronaut()), Box(left, top, width, height)
    )
    assert found is None or (found.shape == (68, 2) and np.isfinite(found).all())


def test_swapped_colours_do_not_load(network: Outputs, monkeypatch: pytest.MonkeyPatch) -> None:
    mesh.check(network, "mesh")
    monkeypatch.setattr(mesh, "INPUT", replace(mesh.INPUT, channels=Channels.BGR))
    with pytest.raises(ModelRejected, match="does not compute what it should"):
        mesh.check(network, "mesh")


def test_a_picture_of_another_size_is_refused(network: Outputs) -> None:
    with pytest.raises(ModelRejected, match="was given the shape"):
        network.run(np.zeros((192, 192, 3), dtype=np.float32))


def test_answers_that_are_no_numbers_are_refused(network: Outputs) -> None:
    with pytest.raises(ModelRejected, match="not a number"):
        network.run(np.full((256, 256, 3), np.nan, dtype=np.float32))


def test_a_network_of_other_outputs_is_refused(assets: Path) -> None:
    content = (assets / "models" / NETWORK).read_bytes()
    shape = mesh.INPUT.shape
    with pytest.raises(ModelRejected, match="answers with the shape"):
        Outputs(content, "mesh", shape, {mesh.PLACES: 204}).run(
            np.zeros((256, 256, 3), dtype=np.float32)
        )
    with pytest.raises(ModelRejected, match="the outputs it should"):
        Outputs(content, "mesh", shape, {"landmarks": 204})
    with pytest.raises(ModelRejected, match="the outputs it should"):
        Outputs(other_network("GlobalAveragePool"), "mesh", shape, mesh.ANSWERS)
    with pytest.raises(ModelRejected, match="cannot be read"):
        Outputs(b"no network", "mesh", shape, mesh.ANSWERS)
