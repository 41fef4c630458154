"""Networks in forms that the openvino library (an extra) runs: its own two files, TensorFlow Lite.

The library reports its use to its makers from the moment it is imported, by a package of its own.
That package is kept out: it then falls back to a stand-in that says nothing to anybody.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from app.errors import ModelMissing, ModelRejected
from app.vision.onnx import Numbers, rejected, rows
from app.vision.packs import as_named


def silent_openvino() -> ModuleType:
    """The openvino library without its telemetry; raises ImportError where it is not installed."""
    # None in its place makes every import of it fail, which the library provides for.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    return importlib.import_module("openvino")


def _cure() -> str:
    if getattr(sys, "_MEIPASS", None):
        return "The bundle does not carry it: choose another pack with foyer models use."
    return 'Run: python -m pip install "foyer-kiosk[openvino]"'


class Core(Protocol):
    """The library's, as far as it is used to read a network."""

    def read_model(self, graph: bytes | str, weights: object = None) -> object: ...


class IrNetwork:
    """One input of `shape`; one output of `answers` numbers. Not shared between threads.

    `graph` is the XML file and `weights` the other. Raises ModelMissing where the library is not
    installed, ModelRejected for files that are no such network.
    """

    def __init__(
        self, graph: bytes, weights: bytes, name: str, shape: tuple[int, ...], answers: int
    ) -> None:
        self._name, self._shape, self._answers = name, shape, answers

        def read(openvino: ModuleType, core: Core) -> object:
            tensor = openvino.Tensor(np.frombuffer(weights, dtype=np.uint8))
            return core.read_model(graph, tensor)

        self._network = _compiled(name, read)
        if len(self._network.inputs) != 1 or len(self._network.outputs) != 1:
            raise self._rejected("does not have the one input and the one output it should")

    def run(self, picture: Numbers) -> Numbers:
        """The answers to one `picture`, float32 of `shape` less its first side; float32
        [answers], finite."""
        fed = picture[None]
        if fed.shape != self._shape:
            raise self._rejected(f"was given the shape {fed.shape} instead of {self._shape}")
        try:
            answer = np.asarray(self._network(fed)[0])
        except Exception as fault:
            raise self._rejected(f"did not run ({type(fault).__name__})") from fault
        if answer.size != self._answers or answer.shape[0] != 1:
            raise self._rejected(f"answers with the shape {answer.shape}")
        if not np.isfinite(answer).all():
            raise self._rejected("answers with something that is not a number")
        return np.array(answer, dtype=np.float32).reshape(self._answers)

    def _rejected(self, what: str) -> ModelRejected:
        return rejected(self._name, what)


class LiteNetwork:
    """A TensorFlow Lite file: one input of `shape`; outputs known by their names and of as many
    numbers as `answers` says. Not shared between threads.

    Raises ModelMissing where the library is not installed, ModelRejected for a file that is no
    such network.
    """

    def __init__(
        self, content: bytes, name: str, shape: tuple[int, ...], answers: Mapping[str, int]
    ) -> None:
        self._name, self._shape, self._answers = name, shape, dict(answers)

        def read(_: ModuleType, core: Core) -> object:
            # It knows this form by the ending of its name alone.
            with as_named(content, ".tflite") as path:
                return core.read_model(path)

        self._network = _compiled(name, read)
        there = {each for output in self._network.outputs for each in output.names}
        if len(self._network.inputs) != 1 or not there >= set(answers):
            raise rejected(name, "does not have the one input and the outputs it should")

    def run(self, picture: Numbers) -> dict[str, Numbers]:
        """The outputs by name, for one `picture`, float32 of `shape` less its first side; each
        finite, float32 [n]."""
        fed = picture[None]
        if fed.shape != self._shape:
            raise rejected(self._name, f"was given the shape {fed.shape} instead of {self._shape}")
        try:
            answer = self._network(fed)
            found = {name: np.asarray(answer[name]) for name in self._answers}
        except Exception as fault:
            raise rejected(self._name, f"did not run ({type(fault).__name__})") from fault
        return rows(self._name, self._answers, found)


def _compiled(name: str, read: Callable[[ModuleType, Core], object]) -> Any:  # noqa: ANN401
    """What `read` makes of a network with the library and its core, ready to run on the
    processor."""
    try:
        openvino = silent_openvino()
    except ImportError as fault:
        raise ModelMissing(
            f"This pack is run by the openvino library, which is not installed. {_cure()}"
        ) from fault
    # Some processors would compute in sixteen bits: other numbers on other machines.
    options = {
        "INFERENCE_NUM_THREADS": max((os.cpu_count() or 1) - 1, 1),
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32",
    }
    try:
        core = openvino.Core()
        return core.compile_model(read(openvino, core), "CPU", options)
    # The library's errors share no base but this one.
    except Exception as fault:
        raise rejected(name, f"cannot be read ({type(fault).__name__})") from fault
