"""A network written down as an ONNX file, for weights that come in a form nobody else runs.

ONNX is Protocol Buffers; what is needed of it is a few nested lists, and so no library is carried
along for it. Numbers of fields are those of onnx.proto3 (IR version 8, operator set 13).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32] | NDArray[np.int64]

IR_VERSION, OPERATORS = 8, 13
#: Kinds of attributes (AttributeProto.type) and of numbers (TensorProto.data_type).
INTS = 7
FLOAT32, INT64 = 1, 7
#: How a field is written: as one number, or as a length and so many bytes.
NUMBER, BYTES = 0, 2


class Graph:
    """Nodes in the order they run. One input "in" and one output "out", float32."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._named = 0

    def add(self, kind: str, *inputs: str, **lists: Sequence[int]) -> str:
        """One operator over what is named by `inputs`; its output's name."""
        return self._add(kind, inputs, self._name(), lists)

    def end(self, kind: str, *inputs: str) -> None:
        """The last operator, whose output is the network's."""
        self._add(kind, inputs, "out", {})

    def constant(self, values: Array) -> str:
        """Numbers that are part of the network; their name."""
        name = self._name()
        is_float = values.dtype == np.float32
        little = np.ascontiguousarray(values, dtype="<f4" if is_float else "<i8")
        self._constants.append(
            b"".join(_number(1, side) for side in values.shape)
            + _number(2, FLOAT32 if is_float else INT64)
            + _text(8, name)
            + _bytes(9, little.tobytes())
        )
        return name

    def content(self, fed: Sequence[int], answers: Sequence[int]) -> bytes:
        """The file of the network, whose input and output have these shapes."""
        graph = b"".join(
            (
                *(_bytes(1, node) for node in self._nodes),
                _text(2, "network"),
                *(_bytes(5, constant) for constant in self._constants),
                _bytes(11, _value("in", fed)),
                _bytes(12, _value("out", answers)),
            )
        )
        return _number(1, IR_VERSION) + _bytes(7, graph) + _bytes(8, _number(2, OPERATORS))

    def _add(
        self, kind: str, inputs: Sequence[str], output: str, lists: dict[str, Sequence[int]]
    ) -> str:
        self._nodes.append(
            b"".join(_text(1, each) for each in inputs)
            + _text(2, output)
            + _text(4, kind)
            + b"".join(_bytes(5, _attribute(name, values)) for name, values in lists.items())
        )
        return output

    def _name(self) -> str:
        self._named += 1
        return f"v{self._named}"


def _attribute(name: str, values: Sequence[int]) -> bytes:
    written = b"".join(_number(8, value) for value in values)
    return _text(1, name) + written + _number(20, INTS)


def _value(name: str, shape: Sequence[int]) -> bytes:
    sides = b"".join(_bytes(1, _number(1, side)) for side in shape)
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, FLOAT32) + _bytes(2, sides)))


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | BYTES) + _varint(len(content)) + content


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | NUMBER) + _varint(value)


def _varint(value: int) -> bytes:
    """Seven bits a byte, lowest first; the eighth says that more follow."""
    written = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - the largest number of seven bits
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
