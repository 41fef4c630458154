"""One ONNX network on the CPU: verified bytes in, a checked row of numbers out."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from app.errors import ModelRejected

#: A network takes pictures one at a time: [1, 3, height, width] or [1, height, width, 3].
Numbers = NDArray[np.float32]

CURE = "Install the model pack again; until then use PIN or badge."


class Network:
    """One input of `shape`, float32; one output of [1, `answers`] numbers.

    A file that is not such a network, and an answer that is not such numbers, is a ModelRejected.
    Not shared between threads.
    """

    def __init__(
        self, content: bytes, name: str, shape: tuple[int, ...], answers: int, output: str = ""
    ) -> None:
        """`output`: which of several outputs, "" for the only one."""
        self._name = name
        self._shape = shape
        self._answers = answers
        self._session = _opened(content, name)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        outputs = [each for each in outputs if not output or each.name == output]
        if len(inputs) != 1 or len(outputs) != 1 or inputs[0].type != "tensor(float)":
            raise self._rejected("does not have the one input and the one output it should")
        self._input, self._output = inputs[0].name, outputs[0].name

    def run(self, picture: Numbers) -> Numbers:
        """The answers to one `picture`, float32 of `shape` less its first side; finite, float32
        [answers]."""
        fed = picture[None]
        if fed.shape != self._shape:
            raise self._rejected(f"was given the shape {fed.shape} instead of {self._shape}")
        try:
            (answer,) = self._session.run([self._output], {self._input: fed})
        except Exception as fault:
            raise self._rejected(f"did not run ({type(fault).__name__})") from fault
        numbers = np.asarray(answer)
        if numbers.shape != (1, self._answers) or numbers.dtype != np.float32:
            raise self._rejected(f"answers with the shape {numbers.shape}")
        if not np.isfinite(numbers).all():
            raise self._rejected("answers with something that is not a number")
        return np.asarray(numbers[0], dtype=np.float32)

    def _rejected(self, what: str) -> ModelRejected:
        return rejected(self._name, what)


class Outputs:
    """The same with several outputs, each known by its name and of as many numbers as `answers`
    says, whatever its shape; others are not asked for."""

    def __init__(
        self, content: bytes, name: str, shape: tuple[int, ...], answers: Mapping[str, int]
    ) -> None:
        self._name, self._shape, self._answers = name, shape, dict(answers)
        self._session = _opened(content, name)
        inputs = self._session.get_inputs()
        there = {each.name for each in self._session.get_outputs()}
        if len(inputs) != 1 or inputs[0].type != "tensor(float)" or not there >= set(answers):
            raise rejected(name, "does not have the one input and the outputs it should")
        self._input = inputs[0].name

    def run(self, picture: Numbers) -> dict[str, Numbers]:
        """The outputs by name, for one `picture`, float32 of `shape` less its first side; each
        finite, float32 [n]."""
        fed = picture[None]
        if fed.shape != self._shape:
            raise rejected(self._name, f"was given the shape {fed.shape} instead of {self._shape}")
        try:
            found = self._session.run(list(self._answers), {self._input: fed})
        except Exception as fault:
            raise rejected(self._name, f"did not run ({type(fault).__name__})") from fault
        return rows(self._name, self._answers, dict(zip(self._answers, found, strict=True)))


def rows(
    network: str, answers: Mapping[str, int], found: Mapping[str, object]
) -> dict[str, Numbers]:
    """The outputs `found` as rows, each of as many finite numbers as `answers` says; raises
    ModelRejected where they are not."""
    checked = {}
    for name, count in answers.items():
        numbers = np.asarray(found[name])
        if numbers.size != count or numbers.dtype != np.float32:
            raise rejected(network, f"answers with the shape {numbers.shape}")
        if not np.isfinite(numbers).all():
            raise rejected(network, "answers with something that is not a number")
        checked[name] = np.array(numbers, dtype=np.float32).reshape(count)
    return checked


def rejected(network: str, what: str) -> ModelRejected:
    return ModelRejected(f"The network {network} {what}. {CURE}")


def _opened(content: bytes, name: str) -> onnxruntime.InferenceSession:
    try:
        return onnxruntime.InferenceSession(
            content, session_options(), providers=["CPUExecutionProvider"]
        )
    # onnxruntime's own errors share no base but this one.
    except Exception as fault:
        raise rejected(name, f"cannot be read ({type(fault).__name__})") from fault


def session_options() -> onnxruntime.SessionOptions:
    """All cores but one, as everywhere in vision, and no spinning: waiting threads take the
    processor from those that work."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = max((os.cpu_count() or 1) - 1, 1)
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # fatal only: faults become errors with a code
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
