"""A whole house that looks closer at faces: oddity costs the PIN, a fault the grant."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.domain.anomaly import Signs, Usual
from app.domain.events import Button
from app.domain.journal import EntryKind, parse
from app.ports import Chip
from app.presentation import AttractView, DeniedView, FaceDoor, GrantedView, PinView, View
from app.runtime.beside import Others
from app.runtime.eyes import EXAMINED
from tests.conftest import Logged
from tests.fakes.visitor import face_of
from tests.runtime.rig import Rig

SAME = face_of(0)
USUAL = Usual((1.0, 2.0), 0.1, 0.1, 0.1, 0.1, SAME[None, :] / np.linalg.norm(SAME))


class Closer:
    """Says what it is told about every face."""

    usual = USUAL

    def __init__(self, signs: Callable[[], Signs]) -> None:
        self._signs = signs
        self.looked = 0

    def examine(self, chip: Chip) -> Signs:
        self.looked += 1
        return self._signs()


def visit(closer: Closer) -> tuple[Rig, View | None]:
    rig = Rig(others=Others(examiner=closer))
    with rig.running() as running:
        rig.wait_for(lambda view: isinstance(view, AttractView) and view.face is FaceDoor.OPEN)
        running.kernel.press(Button.USE_FACE)
        shown = rig.wait_for(lambda view: isinstance(view, GrantedView | DeniedView | PinView))
    return rig, shown


def kinds(rig: Rig) -> list[EntryKind]:
    return [parse(row.text).kind for row in rig.gallery.journal]


def test_a_usual_face_is_let_in_by_itself() -> None:
    closer = Closer(lambda: Signs(1.5, 0.05, SAME))
    rig, shown = visit(closer)
    assert isinstance(shown, GrantedView)
    assert 1 <= closer.looked <= EXAMINED
    assert EntryKind.ALERT not in kinds(rig)


def test_an_odd_face_owes_the_pin_and_security_can_read_why() -> None:
    rig, shown = visit(Closer(lambda: Signs(9.0, 0.05, SAME)))
    assert isinstance(shown, PinView)
    assert rig.door.released == []
    alerts = [parse(row.text) for row in rig.gallery.journal if '"alert"' in row.text]
    assert [(each.detail, each.granted, each.person) for each in alerts] == [
        ("odd-length", False, "p-1")
    ]


def test_a_face_that_other_cuts_of_it_do_not_bear_out_owes_the_pin() -> None:
    _, shown = visit(Closer(lambda: Signs(1.5, 0.05, face_of(1))))
    assert isinstance(shown, PinView)


def test_whoever_cannot_look_closer_lets_nobody_in(logged: Logged) -> None:
    def fails() -> Signs:
        raise RuntimeError("examine")

    rig, shown = visit(Closer(fails))
    assert isinstance(shown, DeniedView)
    assert rig.door.released == []
    logged.expect("app.runtime.supervisor", "the vision is lost: examine")
