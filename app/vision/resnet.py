"""dlib's face recognition ResNet: its own weights file, written down as a network for onnxruntime.

The network and its numbers are dlib's (D. King, "High Quality Face Recognition with Deep Metric
Learning", 2017; `anet_type` in dlib's example dnn_face_recognition_ex.cpp). dlib's own Python
binding loads from a path only and holds the interpreter lock for the 70 ms of an embedding, which
would stop the window. This takes verified bytes, lets the lock go and needs 6 ms on one core (in
numpy it was 13, median of 25); a test holds it to dlib's own answers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.errors import ModelRejected
from app.vision.graph import Graph
from app.vision.onnx import Network

Array = NDArray[np.float32]

SIDE_PX = 150
DIMENSION = 128

#: One block of two convolutions each, from the stem up; True halves the size of the maps.
HALVES = (False, False, False, True, False, False, False, True, False, False, True, False, False)
BLOCKS = (*HALVES, True)
STEM_WINDOW = 7
BLOCK_WINDOW = 3

_LAYER = re.compile(rb"con_4|affine_|fc_2")
_TENSOR_VERSION = 2


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """`weights` float32 [filters, channels * window * window] and `bias` [filters, 1], with the
    affine layer that follows it in the file already multiplied in."""

    window: int
    weights: Array
    bias: Array


@dataclass(frozen=True, slots=True, eq=False)
class ResNet:
    """The weights. `top` is float32 [256, 128], applied to the mean of the last maps."""

    convolutions: tuple[Convolution, ...]
    top: Array


def loaded(weights: bytes) -> Network:
    """The network, ready to run: float32 [3, 150, 150] in, [128] out. Raises ModelRejected."""
    network = parse(weights)
    try:
        content = graph_of(network)
    except ValueError as fault:  # its layers do not fit each other
        raise _unreadable(fault) from fault
    return Network(content, "dlib's ResNet", (1, 3, SIDE_PX, SIDE_PX), DIMENSION)


def parse(weights: bytes) -> ResNet:
    """The network from the bytes of dlib_face_recognition_resnet_model_v1.dat.

    Each layer stands there as its name and then its parameters as one tensor; the layers' order
    and sizes are known, so everything between is passed over. Raises ModelRejected.
    """
    try:
        layers = list(_layers(weights))
        pairs = zip(layers[:-1:2], layers[1:-1:2], strict=True)
        convolutions = tuple(
            _fold(filters, affine, STEM_WINDOW if index == 0 else BLOCK_WINDOW)
            for index, (filters, affine) in enumerate(pairs)
        )
        top = layers[-1].reshape(-1, DIMENSION).copy()
    except (ValueError, IndexError) as fault:
        raise _unreadable(fault) from fault
    if len(convolutions) != 1 + 2 * len(BLOCKS):
        raise ModelRejected(
            f"The face recognition weights have {len(convolutions)} convolutions instead of "
            f"{1 + 2 * len(BLOCKS)}. Install the face_recognition_models package again."
        )
    return ResNet(convolutions, top)


def _unreadable(fault: Exception) -> ModelRejected:
    return ModelRejected(
        f"The face recognition weights cannot be read ({fault}). "
        "Install the face_recognition_models package again."
    )


def _layers(data: bytes) -> Iterator[Array]:
    for name in _LAYER.finditer(data):
        at = name.end()
        if name.group() == b"fc_2":  # its two sizes stand before its parameters
            _, at = _integer(data, at)
            _, at = _integer(data, at)
        yield _tensor(data, at)


def _tensor(data: bytes, at: int) -> Array:
    """A tensor: version, four sizes, then little-endian IEEE floats."""
    version, at = _integer(data, at)
    if version != _TENSOR_VERSION:
        raise ValueError(f"tensor version {version}")
    sizes = []
    for _ in range(4):
        size, at = _integer(data, at)
        sizes.append(size)
    return np.frombuffer(data, dtype="<f4", count=math.prod(sizes), offset=at)


def _integer(data: bytes, at: int) -> tuple[int, int]:
    """An integer: one byte of length, then that many bytes, lowest first; and its end."""
    end = at + 1 + data[at]
    return int.from_bytes(data[at + 1 : end], "little"), end


def _fold(filters: Array, affine: Array, window: int) -> Convolution:
    """`affine` holds a gain and then an offset for each filter; `filters` end in their biases."""
    count = affine.size // 2
    gain, offset = affine[:count], affine[count:]
    weights = filters[:-count].reshape(count, -1) * gain[:, None]
    bias = filters[-count:] * gain + offset
    return Convolution(window, np.ascontiguousarray(weights), bias[:, None])


def graph_of(net: ResNet) -> bytes:
    """The network as an ONNX file. It takes red, green and blue as dlib's input layer makes them,
    (value - mean of the channel) / 256, float32 [1, 3, 150, 150]."""
    graph = Graph()
    stem, *rest = net.convolutions
    maps = _convolved(graph, Maps("in", (3, SIDE_PX, SIDE_PX)), stem, stride=2)
    maps = _pooled(graph, "MaxPool", Maps(graph.add("Relu", maps.name), maps.shape), window=3)
    for halves, first, second in zip(BLOCKS, rest[::2], rest[1::2], strict=True):
        inner = _convolved(graph, maps, first, stride=2 if halves else 1)
        inner = Maps(graph.add("Relu", inner.name), inner.shape)
        inner = _convolved(graph, inner, second, stride=1)
        around = _pooled(graph, "AveragePool", maps, window=2) if halves else maps
        maps = _summed(graph, inner, around)
    mean = graph.add("Flatten", graph.add("GlobalAveragePool", maps.name))
    graph.end("MatMul", mean, graph.constant(net.top))
    return graph.content((1, 3, SIDE_PX, SIDE_PX), (1, DIMENSION))


@dataclass(frozen=True, slots=True)
class Maps:
    """What is named so in the graph: so many maps, their height and width."""

    name: str
    shape: tuple[int, int, int]


def _convolved(graph: Graph, maps: Maps, layer: Convolution, stride: int) -> Maps:
    """Pads as dlib does: only where it does not stride."""
    channels, height, width = maps.shape
    border = layer.window // 2 if stride == 1 else 0
    count, window = layer.weights.shape[0], layer.window
    name = graph.add(
        "Conv",
        maps.name,
        graph.constant(layer.weights.reshape(count, channels, window, window)),
        graph.constant(layer.bias[:, 0]),
        kernel_shape=[window] * 2,
        strides=[stride] * 2,
        pads=[border] * 4,
    )
    high, wide = ((side + 2 * border - window) // stride + 1 for side in (height, width))
    return Maps(name, (count, high, wide))


def _pooled(graph: Graph, kind: str, maps: Maps, window: int) -> Maps:
    """Over windows of every second place, no border; what is left over is left out."""
    name = graph.add(kind, maps.name, kernel_shape=[window] * 2, strides=[2, 2])
    channels, height, width = maps.shape
    return Maps(name, (channels, (height - window) // 2 + 1, (width - window) // 2 + 1))


def _summed(graph: Graph, one: Maps, other: Maps) -> Maps:
    """As dlib adds: what the smaller lacks in channels, rows or columns counts as 0; then what is
    negative becomes 0."""
    channels, height, width = (max(sides) for sides in zip(one.shape, other.shape, strict=True))
    shape = (channels, height, width)
    both = [_padded(graph, each, shape) for each in (one, other)]
    return Maps(graph.add("Relu", graph.add("Add", *both)), shape)


def _padded(graph: Graph, maps: Maps, shape: tuple[int, int, int]) -> str:
    if maps.shape == shape:
        return maps.name
    lacks = [whole - side for whole, side in zip(shape, maps.shape, strict=True)]
    ends = np.array([0, 0, 0, 0, 0, *lacks], dtype=np.int64)
    return graph.add("Pad", maps.name, graph.constant(ends))
