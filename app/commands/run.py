"""`foyer run`: the kiosk itself, with its window or without."""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import signal
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING

from app.commands.context import Context

if TYPE_CHECKING:
    from app.presentation import View
    from app.runtime.house import House
    from app.settings import Settings

log = logging.getLogger(__name__)

SIZES = {"portrait": (540, 960), "landscape": (1280, 800)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--headless", action="store_true", help="no window; Views as JSON lines")
    parser.add_argument("--window", action="store_true", help="a window instead of full screen")


def run(context: Context) -> int:
    """Until it is told to stop. The window comes first; everything else loads behind it."""
    from app.runtime.hardening import harden  # noqa: PLC0415 - no other command needs it

    settings = context.settings
    for gap in harden():
        log.warning("%s", gap)
    return _headless(settings) if context.args.headless else _windowed(context, settings)


def _build(settings: Settings) -> House:
    from app.runtime import bootstrap  # noqa: PLC0415 - loads what a parser does not need

    return bootstrap.build(settings)


def _headless(settings: Settings) -> int:
    """The same kernel without a screen: every View is a line of JSON on standard output."""
    house = _build(settings)
    stopping = threading.Event()
    house.listen(print_view)
    house.when_quit(stopping.set)
    before = {
        number: signal.signal(number, lambda *_: stopping.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    house.start()
    try:
        stopping.wait()
    finally:
        house.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def print_view(view: View) -> None:
    """One JSON line: the View's kind and fields, without the name of a person."""
    fields = {name: value for name, value in asdict(view).items() if name != "name"}
    document = {"view": type(view).__name__, **fields}
    print(json.dumps(document, default=_plain, ensure_ascii=False), flush=True)


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _windowed(context: Context, settings: Settings) -> int:
    ui = importlib.import_module("ui.application")
    kiosk = settings.kiosk
    options = ui.UiOptions(
        house_name=kiosk.house_name,
        kiosk=kiosk.fullscreen and not context.args.window,
        size_px=SIZES["landscape" if kiosk.layout == "landscape" else "portrait"],
        theme=ui.ThemeName(kiosk.theme),
        language=kiosk.language,
        text_scale=kiosk.text_scale,
        reduced_motion=kiosk.reduced_motion,
    )
    house = _build(settings)

    def attach(bridge: object) -> None:
        house.listen(bridge.deliver)  # type: ignore[attr-defined]
        house.when_quit(bridge.quit)  # type: ignore[attr-defined]
        house.start()

    try:
        return int(ui.run(house.kernel, house.pictures, options, attach))
    finally:
        house.stop()
