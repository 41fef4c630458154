"""Small networks in ONNX files, and an anti-spoof pack of them: no weights are needed.

The honest one answers the mean of each channel of its picture, so what it was fed can be read.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper

from app.vision import golden
from app.vision.manifest import (
    AntispoofEvidence,
    AntispoofPack,
    Channels,
    Commercial,
    Golden,
    Input,
    Licence,
    ModelFile,
    Scorer,
    Task,
)

SIDE_PX = 16
SOURCE = Input(SIDE_PX, SIDE_PX, Channels.BGR, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), "enlarged box")


def network(*steps: str, side_px: int = SIDE_PX) -> bytes:
    """The operators named, one after another, from [1, 3, side, side] to what comes of it."""
    names = ["picture", *(f"after_{place}" for place in range(len(steps)))]
    nodes = [
        helper.make_node(step, [names[place]], [names[place + 1]])
        for place, step in enumerate(steps)
    ]
    shape = [1, 3, side_px, side_px]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(names[-1], TensorProto.FLOAT, None)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return bytes(model.SerializeToString())


#: Blue, green and red of the picture on average: `live` is class 1, so the greener the more alive.
HONEST = ("GlobalAveragePool", "Flatten")
CHIP_MEANS = tuple(
    float(mean) for mean in golden.chip(SIDE_PX, SIDE_PX).astype(np.float64).mean(axis=(0, 1))
)


def pack_of(folder: Path, *contents: bytes, source: Input = SOURCE) -> AntispoofPack:
    """A pack of these networks, its files already in `folder`; the first enlarges most."""
    scorers = []
    for place, content in enumerate(contents):
        path = f"tiny/network_{place}.onnx"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
        enlargement = (4.0, 2.0)[place % 2]
        scorers.append(Scorer(_file(path, content), enlargement, Golden(CHIP_MEANS, 0.01)))
    evidence = AntispoofEvidence("made up", 1, 1, date(2026, 11, 21))
    return AntispoofPack("tiny", "for tests", tuple(scorers), source, 3, 1, 1.3, 0.2, evidence)


def elsewhere(pack: AntispoofPack, **change: object) -> AntispoofPack:
    """The pack with something changed about every file."""

    def changed(scorer: Scorer) -> Scorer:
        return replace(scorer, file=replace(scorer.file, **change))  # type: ignore[arg-type]

    return replace(pack, scorers=tuple(changed(scorer) for scorer in pack.scorers))


def _file(path: str, content: bytes) -> ModelFile:
    licence = Licence("MIT", "do what you like", Commercial.YES)
    digest = hashlib.sha256(content).hexdigest()
    name = Path(path).name
    upstream = "https://example.org/tiny"
    return ModelFile(name, Task.ANTISPOOF, len(content), digest, "", path, upstream, licence)
