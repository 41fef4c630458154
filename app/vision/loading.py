"""A pack's parts from its verified files: which class runs what, by the kinds the manifest names.

Libraries are imported where they are needed: a kiosk with another pack needs no dlib, and nobody
needs any of them before loading.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from app.errors import ModelRejected
from app.vision.manifest import Detection, Marking, ModelFile, Pack, Recognition, Task
from app.vision.packs import as_path, load_verified
from app.vision.parts import Detector, Landmarker, Parts, Recogniser

if TYPE_CHECKING:
    from app.vision.mesh import Runs

#: The mesh reads a turn 1.16 times as large as dlib's points do: slope over 398 photographs of
#: Labeled Faces in the Wild; 1.17 (median) in 41 looks of seven videos that are 12 degrees and more
#: from rest. Pitch, eyes and mouth are on one scale as they are (slopes 0.93, 0.93 and 0.97).
MESH_YAW = 1.0 / 1.16


def load_parts(pack: Pack, models: Path) -> Parts:
    """The pack's parts from verified files; raises ModelMissing or ModelRejected."""
    return Parts(
        _detector(pack, models),
        _landmarker(pack, models),
        _recogniser(pack, models),
        1.0 if pack.landmarks.agrees_with(Marking.DLIB_68) else MESH_YAW,
    )


def _detector(pack: Pack, models: Path) -> Detector:
    match pack.detector:
        case Detection.DLIB_FRONTAL:
            from app.vision.dlib_models import FrontalDetector  # noqa: PLC0415

            return FrontalDetector()
        case Detection.YUNET:
            from app.vision.yunet import YuNet  # noqa: PLC0415

            return YuNet(load_verified(pack.file(Task.DETECTOR), models))
        case Detection.SCRFD:
            from app.vision.insight import Scrfd  # noqa: PLC0415

            file = pack.file(Task.DETECTOR)
            return Scrfd(load_verified(file, models), file.name)
        case _ as never:
            assert_never(never)


def _landmarker(pack: Pack, models: Path) -> Landmarker:
    match pack.landmarks:
        case Marking.DLIB_68:
            from app.vision.dlib_models import Landmarks68  # noqa: PLC0415

            with as_path(load_verified(pack.file(Task.LANDMARKS), models)) as path:
                return Landmarks68(path)
        case Marking.MESH:
            from app.vision import mesh  # noqa: PLC0415
            from app.vision.onnx import Outputs  # noqa: PLC0415

            file = pack.file(Task.LANDMARKS)
            content = load_verified(file, models)
            return _checked(Outputs(content, file.name, mesh.INPUT.shape, mesh.ANSWERS), file)
        case Marking.MESH_TASK:
            from app.vision import mesh  # noqa: PLC0415
            from app.vision.openvino import LiteNetwork  # noqa: PLC0415

            file = pack.file(Task.LANDMARKS)
            lite = mesh.network_in(load_verified(file, models), file.name)
            return _checked(LiteNetwork(lite, file.name, mesh.INPUT.shape, mesh.ANSWERS), file)
        case _ as never:
            assert_never(never)


def _checked(network: Runs, file: ModelFile) -> Landmarker:
    """The mesh, once its network answered as it should; raises ModelRejected."""
    from app.vision.mesh import Mesh, check  # noqa: PLC0415

    check(network, file.name)
    return Mesh(network)


def _recogniser(pack: Pack, models: Path) -> Recogniser:
    shape, answers = pack.input.shape, pack.space.dimension
    match pack.recogniser:
        case Recognition.DLIB_RESNET:
            from app.vision import dlib_models, resnet  # noqa: PLC0415

            network = resnet.loaded(load_verified(pack.file(Task.RECOGNISER), models))
            return dlib_models.DlibRecogniser(network, pack.input)
        case Recognition.ONNX:
            from app.vision.onnx import Network  # noqa: PLC0415
            from app.vision.recogniser import DescribedRecogniser  # noqa: PLC0415

            file = pack.file(Task.RECOGNISER)
            content = load_verified(file, models)
            run = Network(content, file.name, shape, answers, pack.output.name)
            return DescribedRecogniser(run, pack.input, pack.output)
        case Recognition.OPENVINO:
            from app.vision.openvino import IrNetwork  # noqa: PLC0415
            from app.vision.recogniser import DescribedRecogniser  # noqa: PLC0415

            graph, weights = _two_files(pack)
            network_of = IrNetwork(
                load_verified(graph, models),
                load_verified(weights, models),
                pack.name,
                shape,
                answers,
            )
            return DescribedRecogniser(network_of, pack.input, pack.output)
        case Recognition.INSIGHTFACE:
            from app.vision.insight import ArcFace  # noqa: PLC0415

            file = pack.file(Task.RECOGNISER)
            content = load_verified(file, models)
            return ArcFace(content, file.name, pack.input, pack.output, answers)
        case _ as never:
            assert_never(never)


def _two_files(pack: Pack) -> tuple[ModelFile, ModelFile]:
    """The graph and the weights of an OpenVINO network; raises ModelRejected."""
    files = {Path(file.path).suffix: file for file in pack.files_for(Task.RECOGNISER)}
    if set(files) != {".xml", ".bin"}:
        raise ModelRejected(
            f"The model pack {pack.name} does not name the two files of an OpenVINO network. "
            "Put back the models/manifest.toml that came with this version."
        )
    return files[".xml"], files[".bin"]
