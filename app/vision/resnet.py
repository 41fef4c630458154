"""dlib's face recognition ResNet: its own weights file, read from bytes and run by numpy.

The network and its numbers are dlib's (D. King, "High Quality Face Recognition with Deep Metric
Learning", 2017; `anet_type` in dlib's example dnn_face_recognition_ex.cpp). Only the arithmetic
is ours, because dlib's Python binding loads from a path only and holds the interpreter lock for
the 70 ms of an embedding, which would stop the window. This takes verified bytes, lets the lock
go and needs 12 ms on the same core; a test holds it to dlib's own answers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.errors import ModelRejected

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

    def embed(self, picture: Array) -> Array:
        """The embedding, float32 [128], of an aligned face, float32 [3, 150, 150].

        dlib's input layer makes that of red, green and blue: (value - mean of the channel) / 256.
        """
        stem, *rest = self.convolutions
        maps = _largest_of_nine(_positive(_convolve(picture, stem, stride=2)))
        pairs = zip(BLOCKS, rest[::2], rest[1::2], strict=True)
        for halves, first, second in pairs:
            inner = _positive(_convolve(maps, first, stride=2 if halves else 1))
            inner = _convolve(inner, second, stride=1)
            maps = _positive(_sum(inner, _mean_of_four(maps) if halves else maps))
        return np.asarray(maps.mean(axis=(1, 2)) @ self.top, dtype=np.float32)


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
        raise ModelRejected(
            f"The face recognition weights cannot be read ({fault}). "
            "Install the face_recognition_models package again."
        ) from fault
    if len(convolutions) != 1 + 2 * len(BLOCKS):
        raise ModelRejected(
            f"The face recognition weights have {len(convolutions)} convolutions instead of "
            f"{1 + 2 * len(BLOCKS)}. Install the face_recognition_models package again."
        )
    return ResNet(convolutions, top)


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


def _convolve(maps: Array, layer: Convolution, stride: int) -> Array:
    """Pads as dlib does: only where it does not stride."""
    if stride == 1:
        border = layer.window // 2
        maps = np.pad(maps, ((0, 0), (border, border), (border, border)))
    windows = sliding_window_view(maps, (layer.window, layer.window), axis=(1, 2))
    windows = windows[:, ::stride, ::stride]
    height, width = windows.shape[1:3]
    columns = windows.transpose(0, 3, 4, 1, 2).reshape(-1, height * width)
    return (layer.weights @ columns + layer.bias).reshape(-1, height, width)


def _positive(maps: Array) -> Array:
    return np.maximum(maps, 0, out=maps)


def _largest_of_nine(maps: Array) -> Array:
    """The maximum over 3 x 3, every second place, no border."""
    rows, columns = maps.shape[1] - 2, maps.shape[2] - 2
    nine = [maps[:, y : y + rows : 2, x : x + columns : 2] for y in range(3) for x in range(3)]
    return np.asarray(np.maximum.reduce(nine), dtype=np.float32)


def _mean_of_four(maps: Array) -> Array:
    """The mean over 2 x 2, every second place; an odd last row or column is left out."""
    height, width = maps.shape[1] // 2 * 2, maps.shape[2] // 2 * 2
    even, odd = maps[:, 0:height:2], maps[:, 1:height:2]
    total = even[:, :, 0:width:2] + even[:, :, 1:width:2]
    total += odd[:, :, 0:width:2] + odd[:, :, 1:width:2]
    return total * np.float32(0.25)


def _sum(one: Array, other: Array) -> Array:
    """As dlib adds: what the smaller lacks in channels, rows or columns counts as 0."""
    if one.shape == other.shape:
        return one + other
    shape = tuple(max(sizes) for sizes in zip(one.shape, other.shape, strict=True))
    total = np.zeros(shape, dtype=np.float32)
    for maps in (one, other):
        channels, height, width = maps.shape
        total[:channels, :height, :width] += maps
    return total
