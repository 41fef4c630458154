"""A kiosk without a window says what can be done at it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.commands import run
from app.domain.source import SourceKind
from app.presentation import View
from app.runtime import bootstrap
from app.settings import Settings, load


class BriefHouse:
    """Closes as soon as it is started."""

    def listen(self, on_view: Callable[[View], None]) -> None:
        self._on_view = on_view

    def when_quit(self, on_quit: Callable[[], None]) -> None:
        self._on_quit = on_quit

    def start(self) -> None:
        self._on_quit()

    def stop(self) -> None:
        pass


@pytest.mark.parametrize(
    ("reader", "warned"),
    [("keyboard", True), ("none", True), ("/dev/input/by-id/usb-reader-event-kbd", False)],
)
def test_without_a_window_only_a_reader_of_its_own_can_be_used(
    reader: str, warned: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "_build", lambda _: BriefHouse())
    assert run._headless(load(None, {}, {"reader.badge": reader})) == 0
    said = capsys.readouterr()
    assert ("set reader.badge" in said.err) is warned
    assert said.out == "", "standard output is for Views alone"


def test_a_missing_library_of_the_system_is_named_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from app import cli
    from app.commands import config

    def without_a_library(_: object) -> int:
        raise ImportError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setattr(config, "run", without_a_library)
    assert cli.main(["config", "show"]) == 1
    said = capsys.readouterr().err
    assert "libEGL.so.1" in said
    assert "foyer doctor" in said
    assert "defect" not in said.lower()


@pytest.mark.parametrize("measured", [False, True])
def test_only_a_start_that_is_measured_takes_a_recording_and_it_accepts_nobody(
    measured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[bootstrap.Replacements | None] = []

    def build(_: Settings, instead: bootstrap.Replacements | None = None) -> BriefHouse:
        built.append(instead)
        return BriefHouse()

    monkeypatch.setattr(bootstrap, "build", build)
    settings = load(None, {}, {"gallery.keys": "ephemeral"})
    run._build(settings, measured=measured)
    (instead,) = built
    policy = settings.policy() if instead is None or instead.policy is None else instead.policy
    assert policy.admits == (frozenset({SourceKind.RECORDING}) if measured else frozenset())
    assert (policy.accepted == frozenset()) is measured
