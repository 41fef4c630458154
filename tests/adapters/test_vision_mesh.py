"""The mesh as a landmarker: the house's 68 points where dlib puts them, nobody where no face is."""

from __future__ import annotations

import hashlib
import io
import zipfile
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
from app.vision.inputs import prepared
from app.vision.manifest import Channels, Commercial, Marking, Pack, Task
from app.vision.onnx import Numbers, Outputs
from app.vision.openvino import LiteNetwork, silent_openvino
from app.vision.parts import Parts, Pixels, Points
from app.vision.pose import pose_of
from app.vision.yunet import YuNet
from tests.adapters.test_vision_videos import alone, blinks, watch
from tests.fakes.lite import lite, summed, weights_of
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
    on the jaw, 0.087 (median). dlib's own points scatter by 0.02 with the box they start from."""
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


class Answering:
    """Answers every picture alike: `places` of the vertices in the network's picture, [478, 3]."""

    def __init__(self, places: Numbers, logit: float) -> None:
        self.answers = {
            mesh.PLACES: np.asarray(places, dtype=np.float32).ravel(),
            mesh.PRESENCE: np.array([logit], dtype=np.float32),
        }
        self.looks = 0

    def run(self, picture: Numbers) -> dict[str, Numbers]:
        assert picture.shape == (256, 256, 3)
        self.looks += 1
        return self.answers


def spread() -> Numbers:
    """Vertices all over the picture."""
    drawn = np.random.default_rng(1).uniform(40.0, 216.0, (mesh.VERTICES, 3))
    return np.asarray(drawn, dtype=np.float32)


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


# ---- the form upstream publishes ----


def archive(**members: bytes) -> bytes:
    """A zip as upstream has it: nothing in it is compressed."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as opened:
        for name, content in members.items():
            opened.writestr(f"{name}.tflite", content)
    return written.getvalue()


def test_the_mesh_is_taken_out_of_upstreams_archive() -> None:
    whole = archive(face_detector=b"other", face_landmarks_detector=b"mesh")
    assert mesh.network_in(whole, "task") == b"mesh"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "cannot be unpacked"),
        (b"TFL3" * 99, "cannot be unpacked"),
        (archive(face_landmarks_detector=b"mesh" * 99)[:300], "cannot be unpacked"),
        (archive(face_detector=b"other"), "holds no face_landmarks_detector.tflite"),
    ],
)
def test_an_archive_without_it_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(ModelRejected, match=why):
        mesh.network_in(content, "task")


def test_an_archive_that_grows_is_not_unpacked() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(mesh.MEMBER, bytes(mesh.MOST_BYTES + 1))
    with pytest.raises(ModelRejected, match="far too large"):
        mesh.network_in(written.getvalue(), "task")


@pytest.fixture(scope="module")
def openvino() -> None:
    try:
        silent_openvino()
    except ImportError:
        pytest.skip("the extra openvino is not installed")


WEIGHTS = {mesh.PLACES: weights_of(3 * mesh.VERTICES), mesh.PRESENCE: weights_of(1, seed=8)}


@pytest.mark.usefixtures("openvino")
def test_a_lite_network_answers_by_the_names_of_its_outputs() -> None:
    """Upstream's own file was not at hand; this one has its input and outputs."""
    content = mesh.network_in(archive(face_landmarks_detector=lite(WEIGHTS)), "task")
    network = LiteNetwork(content, "task", mesh.INPUT.shape, mesh.ANSWERS)
    picture = prepared(golden.chip(256, 256), mesh.INPUT)
    answers = network.run(picture)
    for name, weights in WEIGHTS.items():
        assert answers[name] == pytest.approx(summed(picture, weights), abs=1e-5)


@pytest.mark.usefixtures("openvino")
def test_a_lite_network_that_is_another_one_does_not_load() -> None:
    network = LiteNetwork(lite(WEIGHTS), "task", mesh.INPUT.shape, mesh.ANSWERS)
    with pytest.raises(ModelRejected, match="does not compute what it should"):
        mesh.check(network, "task")


@pytest.mark.usefixtures("openvino")
def test_a_lite_file_that_is_no_such_network_is_refused() -> None:
    shape = mesh.INPUT.shape
    for spoilt in (b"", b"TFL3" * 99, lite(WEIGHTS)[:2000]):
        with pytest.raises(ModelRejected, match="Install the model pack again"):
            LiteNetwork(spoilt, "task", shape, mesh.ANSWERS)
    with pytest.raises(ModelRejected, match="the outputs it should"):
        LiteNetwork(lite({"landmarks": weights_of(204)}), "task", shape, mesh.ANSWERS)
    fewer = LiteNetwork(
        lite({**WEIGHTS, mesh.PLACES: weights_of(204)}), "task", shape, mesh.ANSWERS
    )
    with pytest.raises(ModelRejected, match="answers with the shape"):
        fewer.run(np.zeros((256, 256, 3), dtype=np.float32))
    with pytest.raises(ModelRejected, match="was given the shape"):
        fewer.run(np.zeros((192, 192, 3), dtype=np.float32))


@pytest.mark.usefixtures("openvino")
def test_openvino_computes_what_onnxruntime_computes(network: Outputs, assets: Path) -> None:
    """The same weights run by the library that is to run upstream's form."""
    library = silent_openvino()
    core = library.Core()
    model = core.read_model(assets / "models" / NETWORK)
    compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    picture = prepared(golden.chip(256, 256), mesh.INPUT)
    found = np.asarray(compiled(picture[None])[mesh.PLACES]).ravel()
    assert np.abs(found - network.run(picture)[mesh.PLACES]).max() < 0.01


# ---- packs ----


def test_a_pack_without_dlibs_points_may_be_earned_with() -> None:
    marked_by = {pack.name: pack.landmarks for pack in MANIFEST.packs}
    for name, marking in marked_by.items():
        free = MANIFEST.pack(name).commercial is Commercial.YES
        assert not (free and marking is Marking.DLIB_68)
    assert MANIFEST.pack("retail-0095-mesh").commercial is Commercial.YES
    assert MANIFEST.pack("retail-0095-mesh-onnx").commercial is Commercial.YES


def test_both_forms_of_the_mesh_share_a_space_that_is_not_dlibs() -> None:
    one, other = MANIFEST.pack("retail-0095-mesh"), MANIFEST.pack("retail-0095-mesh-onnx")
    assert one.space == other.space
    assert one.space.id != MANIFEST.pack("retail-0095").space.id


@pytest.mark.parametrize("spoilt", [b"no zip", archive(face_landmarks_detector=lite(WEIGHTS))])
@pytest.mark.usefixtures("openvino")
def test_another_archive_does_not_become_a_landmarker(spoilt: bytes, tmp_path: Path) -> None:
    """By its digest first, and where that was right, by what it answers."""
    pack = MANIFEST.pack("retail-0095-mesh")
    file = pack.file(Task.LANDMARKS)
    path = tmp_path / file.path
    path.parent.mkdir(parents=True)
    path.write_bytes(spoilt)
    with pytest.raises(ModelRejected):
        loading._landmarker(pack, tmp_path)
    known_as = replace(file, bytes=len(spoilt), sha256=hashlib.sha256(spoilt).hexdigest())
    files = tuple(known_as if each is file else each for each in pack.files)
    with pytest.raises(ModelRejected, match=r"cannot be unpacked|does not compute"):
        loading._landmarker(replace(pack, files=files), tmp_path)


def test_a_pack_beside_one_that_marks_otherwise_marks_faces_itself(
    marks: mesh.Mesh, detector: YuNet
) -> None:
    """Else the templates of the space that is being left would meet another cut than their own."""
    shown = Frame(1, 0.0, close_up(astronaut()))
    own, meshed = embedded_pack(), MANIFEST.pack("retail-0095-mesh-onnx")
    looking = Parts(detector, marks, embedded_parts().recogniser)
    usual = Parts(detector, embedded_parts().landmarker, embedded_parts().recogniser)

    def cut(parts: Parts, beside: Pack | None) -> Pixels:
        engine = Engine(own, Path("nowhere"), lambda *_: parts, beside=beside)
        engine.load()
        return engine.align(shown, face).pixels

    engine = Engine(own, Path("nowhere"), lambda *_: looking)
    engine.load()
    (face,) = engine.observe(shown).faces
    theirs = embedded_parts().landmarker.mark(shown.pixels, face.box)
    assert theirs is not None
    expected = usual.recogniser.align(shown.pixels, theirs)
    assert (cut(usual, meshed) == expected).all()
    assert (cut(usual, own) == cut(looking, None)).all()
    assert not (cut(usual, own) == expected).all()
    # A landmarker that sees nobody there leaves the cut to the one that did.
    blind = replace(usual, landmarker=mesh.Mesh(Answering(spread(), -9.0)))
    assert (cut(blind, meshed) == cut(usual, own)).all()
