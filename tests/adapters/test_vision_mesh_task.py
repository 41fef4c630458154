"""The mesh's network in the form upstream publishes, and the packs that carry it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.domain.observation import Box
from app.errors import ModelRejected
from app.ports import Frame
from app.resources import resource
from app.vision import golden, listing, loading, mesh
from app.vision.engine import Engine
from app.vision.inputs import prepared
from app.vision.manifest import Commercial, Marking, Pack, Task
from app.vision.onnx import Outputs
from app.vision.openvino import LiteNetwork, silent_openvino
from app.vision.parts import Parts, Pixels, Points
from tests.fakes.lite import lite, summed, weights_of
from tests.fakes.meshes import Answering, spread
from tests.fakes.vision import (
    astronaut,
    close_up,
    embedded_pack,
    embedded_parts,
)

MANIFEST = listing.parse(resource("models/manifest.toml").read_text(encoding="utf-8"))
NETWORK = "landmarks/face_landmarks_detector.onnx"


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
def test_openvino_computes_what_onnxruntime_computes(assets: Path) -> None:
    """The same weights run by the library that is to run upstream's form."""
    path = assets / "models" / NETWORK
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    network = Outputs(path.read_bytes(), path.name, mesh.INPUT.shape, mesh.ANSWERS)
    library = silent_openvino()
    core = library.Core()
    model = core.read_model(path)
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


class Aside:
    """dlib's points four pixels to the right: a face marked by other habits."""

    def mark(self, pixels: Pixels, box: Box) -> Points | None:
        found = embedded_parts().landmarker.mark(pixels, box)
        return None if found is None else np.add(found, (4.0, 0.0))


def test_a_pack_beside_one_that_marks_otherwise_marks_faces_itself() -> None:
    """Else the templates of the space that is being left would meet another cut than their own."""
    detector, marks = embedded_parts().detector, Aside()
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
