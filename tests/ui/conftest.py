"""Desks that are cleared away: windows closed, languages back to English."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tests.fakes.screen import Desk, make_desk

MakeDesk = Callable[..., Desk]


@pytest.fixture
def desks(qapp: QApplication) -> Iterator[MakeDesk]:
    """Makes shown windows, `make_desk`'s arguments; all are closed afterwards."""
    made: list[Desk] = []

    def make(*args: object, **options: object) -> Desk:
        desk = make_desk(*args, **options)  # type: ignore[arg-type]
        made.append(desk)
        desk.window.show()
        desk.window.activateWindow()
        qapp.processEvents()
        return desk

    yield make
    for desk in made:
        desk.window.leave()
        desk.window.deleteLater()
    qapp.processEvents()


@pytest.fixture
def desk(desks: MakeDesk) -> Desk:
    """A portrait kiosk, light, English."""
    return desks()
