"""A part's fault has the consequence its class says, and stopping is orderly."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from app.domain.events import Condition, Part
from app.errors import CameraUnavailable, FoyerError, GalleryRolledBack, GalleryUnwritable
from app.runtime.supervisor import Supervised, Supervisor
from tests.conftest import Logged

Step = Exception | None


class ScriptedPart:
    """Raises what its script says, once each; then serves until stopped. None: serve at once."""

    def __init__(self, *script: Step) -> None:
        self._script = list(script)
        self.starts = 0
        self.told: list[tuple[Condition, str]] = []
        self.settled = threading.Event()

    def work(self, stopping: threading.Event, ready: Callable[[], None]) -> None:
        self.starts += 1
        step = self._script.pop(0) if self._script else None
        if step is not None:
            raise step
        ready()
        stopping.wait(30.0)

    def tell(self, part: Part, condition: Condition, code: str) -> None:
        assert part is Part.CAMERA
        self.told.append((condition, code))
        if condition in {Condition.READY, Condition.FAILED}:
            self.settled.set()


def run(part: ScriptedPart) -> ScriptedPart:
    supervised = Supervised(Part.CAMERA, part.work, part.tell, again_s=0.001)
    supervised.start()
    assert part.settled.wait(10.0)
    supervised.stop()
    return part


@pytest.mark.parametrize("fault", [CameraUnavailable("gone"), GalleryUnwritable("full")])
def test_a_temporary_fault_is_tried_again(fault: FoyerError, logged: Logged) -> None:
    part = run(ScriptedPart(fault, fault))
    assert part.told == [(Condition.LOST, fault.code), (Condition.READY, "")]
    assert part.starts == 3
    logged.expect("app.runtime.supervisor", str(fault))


def test_a_permanent_fault_is_not_tried_again(logged: Logged) -> None:
    part = run(ScriptedPart(GalleryRolledBack("older file")))
    assert part.told == [(Condition.FAILED, "gallery-rolled-back")]
    assert part.starts == 1
    logged.expect("app.runtime.supervisor", "older file")


def test_a_defect_is_permanent_at_the_third_in_a_row(logged: Logged) -> None:
    part = run(ScriptedPart(ValueError("a"), ValueError("b"), ValueError("c")))
    assert part.told[-1] == (Condition.FAILED, "defect-ValueError")
    assert part.starts == 3
    logged.expect("app.runtime.supervisor")


def test_services_stop_in_reverse_order_and_a_fault_does_not_keep_the_others(
    logged: Logged,
) -> None:
    stopped: list[str] = []

    class Room:
        def __init__(self, name: str, *, breaks: bool = False) -> None:
            self._name = name
            self._breaks = breaks

        def start(self) -> None: ...

        def stop(self) -> None:
            stopped.append(self._name)
            if self._breaks:
                raise RuntimeError(self._name)

    supervisor = Supervisor([Room("io"), Room("vision", breaks=True), Room("kernel")])
    supervisor.start()
    supervisor.stop()
    assert stopped == ["kernel", "vision", "io"]
    logged.expect("app.runtime.supervisor", "did not stop cleanly")
