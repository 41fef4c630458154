"""P1: whatever breaks, nobody is let in by it.

Every call the house makes to an adapter is made to raise in turn: for good, and once. A fault
for good on the path of a visit must end without a grant. After a single fault the house may
recover, but a door is then only released for a row that is already in the journal.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.events import Button
from app.domain.journal import first_break
from app.errors import CameraUnavailable, FoyerError, GalleryUnwritable, ModelRejected
from app.presentation import (
    AttractView,
    BusyView,
    DeniedView,
    GrantedView,
    OutOfServiceView,
    PinView,
    View,
)
from app.runtime.house import House
from tests.conftest import Logged
from tests.fakes.faulty import Faulty
from tests.runtime.rig import BADGE, PIN, Rig

DEFECTS: list[Exception] = [RuntimeError("a defect"), MemoryError(), GalleryUnwritable("full")]

FACE_PATH = [
    ("source", "open", CameraUnavailable("unplugged")),
    ("source", "read", CameraUnavailable("unplugged")),
    ("source", "close", OSError("driver")),
    ("engine", "load", ModelRejected("altered")),
    ("engine", "observe", RuntimeError("a defect")),
    ("engine", "align", RuntimeError("a defect")),
    ("engine", "embed", RuntimeError("a defect")),
    ("engine", "forget", RuntimeError("a defect")),
    ("ledger", "open", GalleryUnwritable("full")),
    ("ledger", "moved", RuntimeError("a defect")),
    ("ledger", "change_counter", RuntimeError("a defect")),
    ("ledger", "face_lockout", RuntimeError("a defect")),
    *(("ledger", "record", defect) for defect in DEFECTS),
]
PIN_PATH = [
    *(("ledger", "begin_pin", defect) for defect in DEFECTS),
    *(("ledger", "clear_pin_failures", defect) for defect in DEFECTS),
    *(("ledger", "record", defect) for defect in DEFECTS),
    ("ledger", "open", GalleryUnwritable("full")),
    ("hasher", "verify", RuntimeError("a defect")),
]


def settled(view: View) -> bool:
    """As far as the house gets: usable, or shut for good."""
    return isinstance(view, AttractView | OutOfServiceView)


def use_face(rig: Rig, house: House) -> None:
    house.kernel.press(Button.USE_FACE)


def use_badge(rig: Rig, house: House) -> None:
    house.badge_read(BADGE)
    rig.wait_for(lambda view: isinstance(view, PinView), 0.5)
    for digit in PIN:
        house.kernel.press(Button.DIGIT, digit)
    house.kernel.press(Button.CONFIRM)


def try_visit(rig: Rig, visit: Callable[[Rig, House], None], patience_s: float) -> View | None:
    with rig.running() as house:
        rig.wait_for(settled, 0.5)
        rig.wait_for(lambda view: isinstance(view, AttractView) and view.face == "open", 0.3)
        visit(rig, house)
        return rig.result(patience_s)


def assert_nobody_was_let_in(rig: Rig) -> None:
    assert rig.door.released == []
    assert not any(isinstance(view, GrantedView) for view in rig.seen)


@pytest.mark.parametrize(
    ("part", "method", "fault", "visit"),
    [
        *((*each, use_face) for each in FACE_PATH),
        *((*each, use_badge) for each in PIN_PATH),
    ],
)
def test_a_lasting_fault_never_ends_in_a_grant(
    part: str, method: str, fault: Exception, visit: Callable[[Rig, House], None], logged: Logged
) -> None:
    logged.allow("app")
    rig = Rig()
    broken = Faulty(getattr(rig, part), method, fault)
    setattr(rig, part, broken)
    result = try_visit(rig, visit, patience_s=3.0)
    assert broken.raised, "the fault was not on the path: the test would prove nothing"
    assert_nobody_was_let_in(rig)
    if result is None:
        waiting = (BusyView, AttractView, OutOfServiceView, PinView)
        assert isinstance(rig.seen[-1], waiting), "somebody was left in front of a dead screen"


@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize(("part", "method", "fault"), FACE_PATH)
def test_after_a_single_fault_only_a_recorded_visit_is_let_in(
    part: str, method: str, fault: Exception, at: int, logged: Logged
) -> None:
    logged.allow("app")
    rig = Rig()
    setattr(rig, part, Faulty(getattr(rig, part), method, fault, at=at))
    result = try_visit(rig, use_face, patience_s=3.0)
    assert len(rig.door.released) <= 1
    assert rig.door.granted_rows in ([], [1])
    assert bool(rig.door.released) == isinstance(result, GrantedView)
    assert first_break(rig.gallery.journal) is None


def test_a_step_that_raises_denies_and_the_house_goes_on(
    monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    """Even a defect in the decision itself only sends the visitor back to the first screen."""
    from app.domain import visits

    def defective(*args: object) -> None:
        raise ZeroDivisionError

    rig = Rig()
    with monkeypatch.context() as broken:
        broken.setattr(visits, "pin_checked", defective)
        assert try_visit(rig, use_badge, patience_s=1.0) is None
    assert_nobody_was_let_in(rig)
    assert isinstance(rig.seen[-1], AttractView)
    logged.expect("app.runtime.kernel", "a step failed")


def test_a_door_that_fails_is_logged_and_the_record_stands(logged: Logged) -> None:
    from app.errors import DoorError

    rig = Rig()
    rig.door = Faulty(rig.door, "release", DoorError("no answer"))  # type: ignore[assignment]
    result = try_visit(rig, use_badge, patience_s=3.0)
    assert isinstance(result, GrantedView)
    logged.expect("app.runtime.hands", "no answer")


def test_a_worker_that_never_answers_is_a_refusal(logged: Logged) -> None:
    """A late answer cannot grant: the deadline has already refused the visit."""
    import threading

    logged.allow("app")
    released = threading.Event()

    class SlowHasher:
        def verify(self, pin_hash: str, pin: object) -> bool:
            released.wait(10.0)
            return True

    rig = Rig(hasher=SlowHasher())
    with rig.running() as house:
        rig.wait_for(settled, 1.0)
        use_badge(rig, house)
        rig.wait_for(lambda view: isinstance(view, DeniedView), 4.0)
        released.set()
    assert_nobody_was_let_in(rig)


def test_every_error_of_the_tree_has_a_code_of_its_own() -> None:
    def below(root: type[FoyerError]) -> list[type[FoyerError]]:
        return [root, *(each for child in root.__subclasses__() for each in below(child))]

    codes = [each.code for each in below(FoyerError) if each.__module__ == "app.errors"]
    assert len(codes) == len(set(codes))
