"""The recogniser: dlib's own numbers, the right colours, and people kept apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dlib
import numpy as np
import pytest

from app.cv import cv2
from app.domain.matching import distances, fuse, threshold_at
from app.errors import ModelRejected
from app.ports import Chip, Frame
from app.vision import golden, resnet
from app.vision.dlib_models import DlibRecogniser
from app.vision.engine import Engine
from app.vision.inputs import prepared
from app.vision.manifest import Channels, Pack, Task
from app.vision.onnx import Network
from app.vision.packs import load_verified, locate
from app.vision.parts import Parts, Pixels
from tests.fakes.vision import (
    ColourRecogniser,
    GivenLandmarks,
    ListedDetector,
    admiral,
    astronaut,
    close_up,
    embedded_engine,
    embedded_pack,
)

NOWHERE = Path("nowhere")
PACK = embedded_pack()
assert PACK.golden is not None
GOLDEN = PACK.golden


@pytest.fixture(scope="module")
def engine() -> Engine:
    return embedded_engine()


@pytest.fixture(scope="module")
def network() -> Network:
    return resnet.loaded(load_verified(PACK.file(Task.RECOGNISER), NOWHERE))


def chip_of(engine: Engine, picture: Pixels) -> Chip:
    frame = Frame(1, 0.0, picture)
    engine.forget()
    return engine.align(frame, engine.observe(frame).faces[0])


def apart(engine: Engine, one: Chip, other: Chip) -> float:
    rows = engine.embed(one)[None]
    return float(distances(engine.embed(other), rows, engine.space.metric)[0])


def test_the_network_computes_what_dlib_computes(engine: Engine, network: Network) -> None:
    theirs = dlib.face_recognition_model_v1(str(locate(PACK.file(Task.RECOGNISER), NOWHERE)))
    for picture in (close_up(astronaut()), close_up(admiral())):
        chip = chip_of(engine, picture).pixels
        expected = np.array(theirs.compute_face_descriptor(np.ascontiguousarray(chip[:, :, ::-1])))
        found = network.run(prepared(chip, PACK.input))
        assert np.abs(found - expected).max() < 1e-5


def test_the_chip_is_the_one_dlib_cuts(engine: Engine) -> None:
    frame = Frame(1, 0.0, astronaut())
    engine.forget()
    face = engine.observe(frame).faces[0]
    whole = [(round(x), round(y)) for x, y in face.landmarks]
    shape = dlib.full_object_detection(
        dlib.rectangle(), dlib.points([dlib.point(x, y) for x, y in whole])
    )
    expected = dlib.get_face_chip(frame.pixels, shape, 150, 0.25).astype(int)
    found = engine.align(frame, replace(face, landmarks=tuple(whole))).pixels
    assert np.abs(found - expected).mean() < 0.5


def test_one_person_is_near_and_another_is_far(engine: Engine) -> None:
    small, large = chip_of(engine, astronaut()), chip_of(engine, close_up(astronaut()))
    other = chip_of(engine, close_up(admiral()))
    assert apart(engine, small, large) < threshold_at(engine.space, 1e-5)
    assert apart(engine, large, other) > threshold_at(engine.space, 1e-2)


def test_a_face_and_its_mirror_image_are_the_same_to_it(engine: Engine) -> None:
    chip = chip_of(engine, close_up(astronaut()))
    mirrored = Chip(np.ascontiguousarray(chip.pixels[:, ::-1]))
    assert apart(engine, chip, mirrored) < 1e-6


def test_embeddings_have_length_one(engine: Engine) -> None:
    chip = chip_of(engine, close_up(astronaut()))
    assert np.linalg.norm(engine.embed(chip)) == pytest.approx(1.0, abs=1e-5)
    assert np.linalg.norm(fuse([engine.embed(chip)])) == pytest.approx(1.0, abs=1e-5)


def test_the_golden_picture_tells_the_colours_apart() -> None:
    picture = golden.chip(150, 150)
    means = picture.reshape(-1, 3).mean(axis=0)
    assert means[0] * 1.5 < means[1] < means[2] / 1.5


def without_landmarks(pack: Pack, models: Path) -> Parts:
    """The pack's recogniser alone, as its loader makes it; the rest is not needed here."""
    recogniser = DlibRecogniser(
        resnet.loaded(load_verified(pack.file(Task.RECOGNISER), models)), pack.input
    )
    return Parts(ListedDetector([]), GivenLandmarks(np.zeros((68, 2))), recogniser)


def test_the_pack_as_it_is_passes() -> None:
    Engine(PACK, NOWHERE, without_landmarks).load()


@pytest.mark.parametrize(
    "wrong",
    [
        replace(PACK, input=replace(PACK.input, channels=Channels.BGR)),
        replace(PACK, input=replace(PACK.input, scale=(1 / 128,) * 3)),
        replace(PACK, input=replace(PACK.input, mean=(0.0, 0.0, 0.0))),
        replace(PACK, golden=replace(GOLDEN, values=(0.0,) * 16)),
        replace(PACK, golden=replace(GOLDEN, values=GOLDEN.values * 20)),
        replace(PACK, space=replace(PACK.space, dimension=512)),
    ],
    ids=["swapped channels", "scale", "mean", "golden", "too much golden", "dimension"],
)
def test_another_convention_than_the_networks_is_caught_at_load(wrong: Pack) -> None:
    with pytest.raises(ModelRejected, match="golden embedding"):
        Engine(wrong, NOWHERE, without_landmarks).load()


def test_an_engine_whose_golden_embedding_is_wrong_does_not_start() -> None:
    parts = Parts(ListedDetector([]), GivenLandmarks(np.zeros((68, 2))), ColourRecogniser())
    engine = Engine(PACK, NOWHERE, lambda *_: parts)
    with pytest.raises(ModelRejected, match="golden embedding"):
        engine.load()


def without_a_filter(weights: bytes) -> bytes:
    """The second layer's affine half as long, so that its neighbours do not fit it."""
    place = weights.index(b"affine_", weights.index(b"affine_") + 1)
    size = weights.index(b"@", place)
    return weights[:size] + b" " + weights[size + 1 :]


@pytest.mark.parametrize("spoil", ["cut", "renamed", "headless", "unfitting"])
def test_weights_that_cannot_be_read_are_rejected(spoil: str) -> None:
    weights = load_verified(PACK.file(Task.RECOGNISER), NOWHERE)
    match spoil:
        case "cut":
            weights = weights[: len(weights) // 2]
        case "renamed":
            weights = weights.replace(b"affine_", b"other__")
        case "unfitting":  # as if it were another network's layer
            weights = without_a_filter(weights)
        case _:
            weights = b""
    with pytest.raises(ModelRejected, match="Install the face_recognition_models package again"):
        resnet.loaded(weights)


def test_a_chip_of_a_blurred_face_still_embeds(engine: Engine) -> None:
    blurred = np.asarray(cv2.GaussianBlur(close_up(astronaut()), (0, 0), 4.0), dtype=np.uint8)
    embedding = engine.embed(chip_of(engine, blurred))
    assert np.isfinite(embedding).all()
