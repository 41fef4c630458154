"""`foyer run --headless`: whoever reads its output learns no name or number, and delays nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from app.commands import run
from app.domain.journal import Factor, Purpose
from app.domain.people import ClaimKind
from app.presentation import ClaimView, FaceDoor, GrantedView, PinView, View

if TYPE_CHECKING:
    from app.settings import Settings

VIEWS: tuple[View, ...] = (
    ClaimView("77123", 10, FaceDoor.OPEN),
    PinView(3, 4, 12, ClaimKind.NUMBER, FaceDoor.OPEN),
    GrantedView("Amara Okafor", Purpose.ENTER, frozenset({Factor.FACE}), 0.0, simulated=False),
)


def test_a_printed_view_names_nobody_and_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    for view in VIEWS:
        run.print_view(view)
    said = capsys.readouterr().out
    assert "Amara" not in said
    assert "77123" not in said
    assert '"typed": 5' in said


class ShortHouse:
    """Tells every View from a thread of its own, as the kernel does, and then quits."""

    def __init__(self, views: tuple[View, ...]) -> None:
        self._views = views
        self.delivered = threading.Event()
        self.stopped = False

    def listen(self, on_view: Callable[[View], None]) -> None:
        self._on_view = on_view

    def when_quit(self, on_quit: Callable[[], None]) -> None:
        self._on_quit = on_quit

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._thread.join()
        self.stopped = True

    def _run(self) -> None:
        for view in self._views:
            self._on_view(view)
        self.delivered.set()
        self._on_quit()


def test_a_reader_who_does_not_read_does_not_keep_the_kernel(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    house = ShortHouse(VIEWS)
    printed: list[View] = []

    def print_view(view: View) -> None:
        assert house.delivered.wait(5.0), "the kernel went on while this View was being printed"
        printed.append(view)

    monkeypatch.setattr(run, "_build", lambda _: house)
    monkeypatch.setattr(run, "print_view", print_view)
    assert run._headless(settings) == 0
    assert printed == list(VIEWS)
    assert house.stopped


def test_a_reader_who_went_away_stops_the_house(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    house = ShortHouse(VIEWS)

    def print_view(view: View) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(run, "_build", lambda _: house)
    monkeypatch.setattr(run, "print_view", print_view)
    with pytest.raises(BrokenPipeError):
        run._headless(settings)
    assert house.stopped


@pytest.fixture
def settings() -> Settings:
    from app.settings import load

    return load(None, {}, {})
