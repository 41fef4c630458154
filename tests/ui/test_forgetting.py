"""Whatever one visitor left is gone before the next one looks."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from app.domain.journal import Factor, Purpose
from app.domain.people import ClaimKind
from app.presentation import ClaimView, FaceDoor, GrantedView, PinView, View
from tests.fakes.screen import MORNING, VIEWS, Desk, plain_picture
from tests.ui.conftest import MakeDesk
from ui.components.entry import PinEntry
from ui.components.oval import Oval

NUMBER = "7319064825"
NAME = "Grace Brewster Hopper"


def everything_said(window: QWidget) -> str:
    """Every word any widget holds, shown or hidden, seen or read out."""
    held = []
    for widget in window.findChildren(QWidget):
        held += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
        if isinstance(widget, QLabel | QAbstractButton):
            held.append(widget.text())
    return "\n".join(held)


def walk_through(desk: Desk) -> None:
    desk.pictures.put(plain_picture())
    granted = GrantedView(
        NAME, Purpose.ENTER, frozenset({Factor.FACE}), MORNING.timestamp(), simulated=False
    )
    visit: list[View] = [
        VIEWS["attract"],
        ClaimView(NUMBER, 10, FaceDoor.OPEN),
        PinView(6, 4, 12, ClaimKind.NUMBER, FaceDoor.OPEN),
        VIEWS["verify-left"],
        granted,
    ]
    for view in visit:
        desk.show(view)
        desk.window.settle()


def test_a_visit_leaves_its_traces_while_it_lasts(desk: Desk) -> None:
    """The other tests look in the right place."""
    desk.show(ClaimView(NUMBER, 10, FaceDoor.OPEN))
    assert NUMBER in everything_said(desk.window)
    walk_through(desk)
    assert NAME in everything_said(desk.window)


def test_after_the_first_screen_no_widget_holds_anything(desk: Desk) -> None:
    walk_through(desk)
    desk.pictures.put(plain_picture())
    desk.show(VIEWS["attract"])
    said = everything_said(desk.window)
    assert NUMBER not in said
    assert NAME not in said
    for oval in desk.window.findChildren(Oval):
        assert not oval.has_picture()
    for entry in desk.window.findChildren(PinEntry):
        assert entry.typed() == 0
    assert desk.pictures.picture is None


def test_each_screen_forgets_when_it_is_left(desk: Desk) -> None:
    desk.show(ClaimView(NUMBER, 10, FaceDoor.OPEN))
    desk.show(VIEWS["busy-checking"])
    assert NUMBER not in everything_said(desk.window)


def test_the_picture_is_gone_as_soon_as_the_look_is_over(desk: Desk) -> None:
    desk.pictures.put(plain_picture())
    desk.show(VIEWS["verify-left"])
    desk.window.settle()
    (oval,) = desk.window.findChildren(Oval)
    assert oval.has_picture()
    desk.show(VIEWS["busy-checking"])
    assert not oval.has_picture()


def test_an_idle_claim_is_cleared_by_its_view(desk: Desk) -> None:
    desk.show(ClaimView(NUMBER, 10, FaceDoor.OPEN))
    desk.show(ClaimView("", 10, FaceDoor.OPEN))
    assert NUMBER not in everything_said(desk.window)


def test_a_pin_is_never_held_at_all(desk: Desk) -> None:
    desk.show(PinView(6, 4, 12, ClaimKind.BADGE, FaceDoor.OPEN))
    (entry,) = [e for e in desk.window.findChildren(PinEntry) if e.isVisible()]
    assert entry.text() == ""
    assert entry.typed() == 6


def test_choices_of_one_visitor_are_not_the_next_ones(desks: MakeDesk) -> None:
    desk = desks()
    desk.show(VIEWS["attract"])
    desk.button("Deutsch").click()
    desk.button("Größere Schrift").click()
    assert desk.window.look().text_scale > 1.0
    assert "Guten Morgen" in everything_said(desk.window)
    desk.window.forget_choices()
    assert desk.window.look().text_scale == 1.0
    assert "Good morning" in everything_said(desk.window)
    assert "Guten Morgen" not in everything_said(desk.window)
