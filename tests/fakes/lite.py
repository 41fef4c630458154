"""A TensorFlow Lite file with the mesh's input and outputs, made here: no weights are needed.

The format is FlatBuffers; what is needed of it is written by the numbers of the fields in
TensorFlow's schema.fbs (version 3). Every output is a weighted sum of the picture's patches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import flatbuffers
import numpy as np
from numpy.typing import NDArray

SIDE_PX, PATCH_PX = 256, 32
#: Patches of the picture times colours.
PATCHES = (SIDE_PX // PATCH_PX) ** 2 * 3
#: Numbers of the operators, and of the kinds of their options.
AVERAGE_POOL, FULLY_CONNECTED = 1, 9
POOL_OPTIONS, FULL_OPTIONS = 5, 8
VALID = 1

Weights = NDArray[np.float32]


def weights_of(answers: int, seed: int = 3) -> Weights:
    """Small ones, the same every time; float32 [answers, 192]."""
    drawn = np.random.default_rng(seed).normal(size=(answers, PATCHES))
    return np.asarray(drawn / PATCHES, dtype=np.float32)


def summed(picture: NDArray[np.float32], weights: Weights) -> NDArray[np.float32]:
    """What the network answers, computed apart from it; picture float32 [256, 256, 3]."""
    side = SIDE_PX // PATCH_PX
    patches = picture.reshape(side, PATCH_PX, side, PATCH_PX, 3).mean(axis=(1, 3))
    return np.asarray(weights @ patches.ravel(), dtype=np.float32)


def lite(outputs: Mapping[str, Weights]) -> bytes:
    """The file of a network with these outputs, by name."""
    return _Writer().network(outputs)


class _Writer:
    def __init__(self) -> None:
        self._to: Any = flatbuffers.Builder(1 << 16)

    def network(self, outputs: Mapping[str, Weights]) -> bytes:
        tensors = [
            self._tensor("input_12", (1, SIDE_PX, SIDE_PX, 3), 0),
            self._tensor("patches", (1, SIDE_PX // PATCH_PX, SIDE_PX // PATCH_PX, 3), 0),
        ]
        buffers = [self._table(1)]
        pool = self._table(6, numbers={0: VALID}, wide=dict.fromkeys((1, 2, 3, 4), PATCH_PX))
        steps = [self._step(0, [0], [1], POOL_OPTIONS, pool)]
        answers = []
        for name, weights in outputs.items():
            first = len(tensors)
            tensors.append(self._tensor(f"{name}/weights", weights.shape, len(buffers)))
            tensors.append(self._tensor(name, (1, len(weights)), 0))
            content = np.frombuffer(weights.astype("<f4").tobytes(), np.uint8)
            numbers = self._to.CreateNumpyVector(content)
            buffers.append(self._table(1, tables={0: numbers}))
            options = self._table(4)
            step = self._step(1, [1, first, -1], [first + 1], FULL_OPTIONS, options)
            steps.append(step)
            answers.append(first + 1)
        kinds = [self._kind(AVERAGE_POOL), self._kind(FULLY_CONNECTED)]
        return self._file(tensors, buffers, steps, kinds, answers)

    def _file(
        self,
        tensors: list[int],
        buffers: list[int],
        steps: list[int],
        kinds: list[int],
        answers: list[int],
    ) -> bytes:
        within = {
            0: self._list(tensors),
            1: self._whole([0]),
            2: self._whole(answers),
            3: self._list(steps),
            4: self._to.CreateString("main"),
        }
        graphs = self._list([self._table(5, tables=within)])
        whole = {1: self._list(kinds), 2: graphs, 4: self._list(buffers)}
        model = self._table(8, tables=whole, wide={0: 3})
        self._to.Finish(model, file_identifier=b"TFL3")
        return bytes(self._to.Output())

    def _tensor(self, name: str, shape: Sequence[int], buffer: int) -> int:
        named = {0: self._whole(shape), 3: self._to.CreateString(name)}
        return self._table(8, tables=named, wide={2: buffer})

    def _step(
        self, kind: int, inputs: Sequence[int], outputs: Sequence[int], holds: int, options: int
    ) -> int:
        tables = {1: self._whole(inputs), 2: self._whole(outputs), 4: options}
        return self._table(9, tables=tables, wide={0: kind}, numbers={3: holds})

    def _kind(self, operator: int) -> int:
        return self._table(4, numbers={0: operator}, wide={2: 1, 3: operator})

    def _table(
        self,
        fields: int,
        *,
        tables: Mapping[int, int] | None = None,
        wide: Mapping[int, int] | None = None,
        numbers: Mapping[int, int] | None = None,
    ) -> int:
        """`tables`: other things by where they were written; `wide`: whole numbers of four
        bytes; `numbers`: of one."""
        self._to.StartObject(fields)
        for field, place in (tables or {}).items():
            self._to.PrependUOffsetTRelativeSlot(field, place, 0)
        for field, value in (wide or {}).items():
            self._to.PrependInt32Slot(field, value, 0)
        for field, value in (numbers or {}).items():
            self._to.PrependInt8Slot(field, value, 0)
        return int(self._to.EndObject())

    def _whole(self, values: Sequence[int]) -> int:
        return int(self._to.CreateNumpyVector(np.array(values, dtype=np.int32)))

    def _list(self, places: Sequence[int]) -> int:
        self._to.StartVector(4, len(places), 4)
        for place in reversed(places):
            self._to.PrependUOffsetTRelative(place)
        return int(self._to.EndVector())
