"""One network in OpenVINO's own two files, run by the openvino library (an extra).

The library reports its use to its makers from the moment it is imported, by a package of its own.
That package is kept out: it then falls back to a stand-in that says nothing to anybody.
"""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType

import numpy as np

from app.errors import ModelMissing, ModelRejected
from app.vision.onnx import CURE, Numbers


def silent_openvino() -> ModuleType:
    """The openvino library without its telemetry; raises ImportError where it is not installed."""
    # None in its place makes every import of it fail, which the library provides for.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    return importlib.import_module("openvino")


def _cure() -> str:
    if getattr(sys, "_MEIPASS", None):
        return "The bundle does not carry it: choose another pack with foyer models use."
    return 'Run: python -m pip install "foyer-kiosk[openvino]"'


class IrNetwork:
    """One input of `shape`; one output of `answers` numbers. Not shared between threads.

    `graph` is the XML file and `weights` the other. Raises ModelMissing where the library is not
    installed, ModelRejected for files that are no such network.
    """

    def __init__(
        self, graph: bytes, weights: bytes, name: str, shape: tuple[int, ...], answers: int
    ) -> None:
        try:
            openvino = silent_openvino()
        except ImportError as fault:
            raise ModelMissing(
                f"This pack is run by the openvino library, which is not installed. {_cure()}"
            ) from fault
        self._name, self._shape, self._answers = name, shape, answers
        threads = max((os.cpu_count() or 1) - 1, 1)
        try:
            core = openvino.Core()
            tensor = openvino.Tensor(np.frombuffer(weights, dtype=np.uint8))
            model = core.read_model(graph, tensor)
            # Some processors would compute in sixteen bits: other numbers on other machines.
            options = {
                "INFERENCE_NUM_THREADS": threads,
                "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_PRECISION_HINT": "f32",
            }
            self._network = core.compile_model(model, "CPU", options)
        # The library's errors share no base but this one.
        except Exception as fault:
            raise self._rejected(f"cannot be read ({type(fault).__name__})") from fault
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
        return ModelRejected(f"The network {self._name} {what}. {CURE}")
