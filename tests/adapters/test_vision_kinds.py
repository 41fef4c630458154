"""Every recogniser is an entry of the manifest: what it answers, and what it refuses."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from app.domain.matching import Metric, Space
from app.errors import ModelError, ModelMissing, ModelRejected
from app.resources import resource
from app.vision import golden, listing, loading
from app.vision.alignment import aligned, five_of, similarity
from app.vision.engine import Engine
from app.vision.inputs import prepared
from app.vision.manifest import (
    Channels,
    Commercial,
    Detection,
    Input,
    Layout,
    Manifest,
    Marking,
    Output,
    Pack,
    Recognition,
    Scaling,
    Task,
)
from app.vision.openvino import IrNetwork, silent_openvino
from app.vision.recogniser import DescribedRecogniser
from app.vision.yunet import YuNet
from tests.fakes.vision import astronaut, close_up, embedded_engine, embedded_pack

MANIFEST: Manifest = listing.parse(resource("models/manifest.toml").read_text(encoding="utf-8"))
#: The packs of which the assets hold every file.
AT_HAND = (
    "retail-0095-onnx",
    "retail-0095-mesh-onnx",
    "foamliu",
    "mobilefacenet-y1",
    "esp-mbf",
)


@pytest.fixture(scope="module")
def models(assets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with every file of the assets that the manifest knows."""
    folder = tmp_path_factory.mktemp("models")
    there = {
        path.stat().st_size: path
        for path in (assets / "models").rglob("*.onnx")
        if path.parent.name in {"detector", "landmarks", "recogniser"}
    }
    for file in (file for pack in MANIFEST.packs for file in pack.files):
        if file.bytes in there and not file.distribution:
            target = folder / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                target.symlink_to(there[file.bytes].resolve())
    return folder


@pytest.mark.parametrize("name", AT_HAND)
def test_every_pack_at_hand_computes_what_it_should(name: str, models: Path) -> None:
    pack = MANIFEST.pack(name)
    parts = loading.load_parts(pack, models)
    chip = golden.chip(pack.input.width_px, pack.input.height_px)
    golden.check(pack, parts.recogniser.embed(chip))


@pytest.mark.parametrize("name", AT_HAND)
def test_swapped_colours_are_caught_in_every_pack(name: str, models: Path) -> None:
    """They move error rates by ten points and nothing else would show it."""
    pack = MANIFEST.pack(name)
    parts = loading.load_parts(pack, models)
    chip = golden.chip(pack.input.width_px, pack.input.height_px)
    with pytest.raises(ModelRejected, match="golden"):
        golden.check(pack, parts.recogniser.embed(np.ascontiguousarray(chip[:, :, ::-1])))


@pytest.mark.parametrize("name", AT_HAND)
def test_the_same_face_is_found_where_dlib_finds_it(name: str, models: Path) -> None:
    parts = loading.load_parts(MANIFEST.pack(name), models)
    frame = close_up(astronaut())
    (face,) = embedded_engine()._loaded()[1].look(frame, 0.0, ())
    (found,) = parts.detector.find(frame, 80.0, eager=False)
    assert found.box.overlap(face.box) > 0.6
    marks = parts.landmarker.mark(frame, found.box)
    usual = parts.landmarker.mark(frame, face.box)
    assert marks is not None
    assert usual is not None
    assert np.abs(marks - usual).mean() < 0.02 * face.box.width


def silent_or_skip() -> ModuleType:
    try:
        return silent_openvino()
    except ImportError:
        pytest.skip("the extra openvino is not installed")


def test_openvino_reports_to_nobody() -> None:
    """Imported as it comes it starts a thread that tells its makers."""
    silent_or_skip()
    code = (
        "import sys, threading; from app.vision.openvino import silent_openvino;"
        "silent_openvino().Core();"
        "assert threading.active_count() == 1, threading.enumerate();"
        "assert not [name for name, module in sys.modules.items()"
        " if name.startswith('openvino_telemetry') and module is not None]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_the_published_form_answers_as_the_converted_one(models: Path, tmp_path: Path) -> None:
    """OpenVINO's own files, made here of the ONNX file; upstream's were not at hand."""
    openvino = silent_or_skip()
    pack = MANIFEST.pack("retail-0095")
    converted = MANIFEST.pack("retail-0095-onnx").file(Task.RECOGNISER)
    model = openvino.Core().read_model(models / converted.path)
    openvino.serialize(model, tmp_path / "net.xml", tmp_path / "net.bin")
    network = IrNetwork(
        (tmp_path / "net.xml").read_bytes(),
        (tmp_path / "net.bin").read_bytes(),
        "net",
        pack.input.shape,
        pack.space.dimension,
    )
    recogniser = DescribedRecogniser(network, pack.input, pack.output)
    golden.check(pack, recogniser.embed(golden.chip(pack.input.width_px, pack.input.height_px)))


@pytest.mark.parametrize(("bundled", "cure"), [(False, "pip install"), (True, "another pack")])
def test_without_the_library_it_says_what_to_do(
    bundled: bool, cure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    if bundled:
        monkeypatch.setattr(sys, "_MEIPASS", "/bundle", raising=False)
    with pytest.raises(ModelMissing, match=cure):
        IrNetwork(b"", b"", "net", (1, 3, 4, 4), 8)


@pytest.mark.parametrize("spoilt", [b"", b"<net/>", b"\0" * 999])
def test_a_file_that_is_no_such_network_is_refused(spoilt: bytes) -> None:
    silent_or_skip()
    with pytest.raises(ModelRejected, match="Install the model pack again"):
        IrNetwork(spoilt, spoilt, "net", (1, 3, 4, 4), 8)


@pytest.mark.parametrize("name", ["retail-0095-onnx", "esp-mbf"])
@pytest.mark.parametrize("task", [Task.DETECTOR, Task.RECOGNISER])
def test_a_file_of_another_task_is_refused(name: str, task: Task, models: Path) -> None:
    """The manifest says the task; a file that cannot do it is not made to."""
    pack = MANIFEST.pack(name)
    other = Task.RECOGNISER if task is Task.DETECTOR else Task.DETECTOR
    swapped = replace(pack.file(other), task=task)
    files = tuple(swapped if file.task is task else file for file in pack.files)
    with pytest.raises(ModelRejected):
        Engine(replace(pack, files=files), models).load()


def test_a_detector_file_that_is_none_is_refused() -> None:
    with pytest.raises(ModelRejected, match="detector file"):
        YuNet(b"no network")


def test_no_pack_that_was_not_measured_claims_to_have_been() -> None:
    for pack in MANIFEST.packs:
        assert bool(pack.space.calibration) == (pack.evidence is not None)


def test_a_pack_may_be_used_as_its_narrowest_licence_allows() -> None:
    said = {pack.name: pack.commercial for pack in MANIFEST.packs}
    assert said["buffalo_l"] is said["buffalo_sc"] is Commercial.NO
    assert said["esp-mbf"] is said["mobilefacenet-y1"] is Commercial.NO
    assert said[MANIFEST.recommended] is not Commercial.NO


# ---- a network of FaceNet's shape, made here: an entry, no class ----


def facenet(dimension: int) -> bytes:
    """[1, 160, 160, 3] in, `dimension` numbers out: means of patches, mixed."""
    chance = np.random.default_rng(5)
    mixed = chance.normal(size=(25 * 3, dimension)).astype(np.float32)
    steps = [
        helper.make_node("Transpose", ["picture"], ["channels"], perm=[0, 3, 1, 2]),
        helper.make_node(
            "AveragePool", ["channels"], ["patches"], kernel_shape=[32, 32], strides=[32, 32]
        ),
        helper.make_node("Flatten", ["patches"], ["row"]),
        helper.make_node("MatMul", ["row", "weights"], ["embedding"]),
        helper.make_node("Relu", ["row"], ["other"]),
    ]
    tensor = helper.make_tensor_value_info
    graph = helper.make_graph(
        steps,
        "facenet-shaped",
        [tensor("picture", TensorProto.FLOAT, [1, 160, 160, 3])],
        [
            tensor("embedding", TensorProto.FLOAT, [1, dimension]),
            tensor("other", TensorProto.FLOAT, [1, 75]),
        ],
        [numpy_helper.from_array(mixed, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return bytes(model.SerializeToString())


def facenet_pack(folder: Path, content: bytes, dimension: int) -> Pack:
    """Fed as FaceNet is: a square cut with a margin, every picture to mean 0 and deviation 1."""
    (folder / "facenet.onnx").write_bytes(content)
    embedded = embedded_pack()
    marks = embedded.file(Task.LANDMARKS)
    file = replace(
        embedded.file(Task.RECOGNISER),
        name="facenet.onnx",
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        distribution="",
        path="facenet.onnx",
    )
    return Pack(
        name="facenet",
        detector=Detection.DLIB_FRONTAL,
        landmarks=Marking.DLIB_68,
        recogniser=Recognition.ONNX,
        about="made for the test",
        files=(file, marks),
        input=Input(
            160,
            160,
            Channels.RGB,
            (0.0, 0.0, 0.0),
            (1.0, 1.0, 1.0),
            "square with a margin",
            margin=1.25,
            layout=Layout.NHWC,
            scaling=Scaling.PICTURE,
        ),
        space=Space("facenet", dimension, Metric.EUCLIDEAN, ()),
        evidence=None,
        golden=None,
        output=Output(name="embedding", mirrored=False, unit=True),
    )


@pytest.mark.parametrize("dimension", [128, 512])
def test_a_network_of_facenets_shape_is_an_entry(dimension: int, tmp_path: Path) -> None:
    pack = facenet_pack(tmp_path, facenet(dimension), dimension)
    recogniser = loading.load_parts(pack, tmp_path).recogniser
    chip = golden.chip(160, 160)
    found = recogniser.embed(chip)
    golden.check(pack, found)
    # What FaceNet's own recipe says, computed apart from ours.
    values = chip[:, :, ::-1].astype(np.float64)
    fed = (values - values.mean()) / values.std()
    pooled = fed.reshape(5, 32, 5, 32, 3).mean(axis=(1, 3)).transpose(2, 0, 1).ravel()
    weights = np.random.default_rng(5).normal(size=(75, dimension)).astype(np.float32)
    expected = pooled @ weights
    assert found == pytest.approx(expected / np.linalg.norm(expected), abs=1e-4)


def test_its_darker_picture_is_the_same_to_it(tmp_path: Path) -> None:
    pack = facenet_pack(tmp_path, facenet(128), 128)
    recogniser = loading.load_parts(pack, tmp_path).recogniser
    chip = golden.chip(160, 160) // 2 * 2
    assert recogniser.embed(chip // 2) == pytest.approx(recogniser.embed(chip), abs=1e-4)


def test_another_dimension_than_the_spaces_is_refused(tmp_path: Path) -> None:
    pack = facenet_pack(tmp_path, facenet(128), 512)
    with pytest.raises(ModelRejected, match="answers with the shape"):
        loading.load_parts(pack, tmp_path).recogniser.embed(golden.chip(160, 160))


def test_answers_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    pack = facenet_pack(tmp_path, facenet(128), 128)
    recogniser = loading.load_parts(pack, tmp_path).recogniser
    assert isinstance(recogniser, DescribedRecogniser)
    with pytest.raises(ModelError, match="not a number"):
        recogniser._network.run(np.full((160, 160, 3), np.nan, dtype=np.float32))


def test_one_colour_has_no_deviation_and_stays_finite() -> None:
    convention = Input(
        160, 160, Channels.RGB, (0.0,) * 3, (1.0,) * 3, "", margin=1.2, scaling=Scaling.PICTURE
    )
    assert np.isfinite(prepared(np.full((160, 160, 3), 7, np.uint8), convention)).all()


# ---- alignment ----


def test_points_turned_scaled_and_moved_are_brought_back() -> None:
    chance = np.random.default_rng(3)
    target = chance.uniform(0, 112, (5, 2))
    angle, scale = 0.4, 2.5
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = similarity(target @ turn.T + (30.0, -8.0), target)
    moved = (target @ turn.T + (30.0, -8.0)) @ matrix[:, :2].T + matrix[:, 2]
    assert moved == pytest.approx(target, abs=1e-6)


def test_the_cut_puts_the_eyes_where_the_network_expects_them() -> None:
    pack = MANIFEST.pack("sface")
    frame = close_up(astronaut())
    engine = embedded_engine()
    (found,) = engine._loaded()[1].look(frame, 0.0, ())
    marks = engine._loaded()[0].landmarker.mark(frame, found.box)
    assert marks is not None
    chip = aligned(frame, marks, pack.input)
    assert chip.shape == (112, 112, 3)
    matrix = similarity(five_of(marks), np.array(pack.input.points))
    placed = five_of(marks) @ matrix[:, :2].T + matrix[:, 2]
    assert np.abs(placed - np.array(pack.input.points)).max() < 8.0
