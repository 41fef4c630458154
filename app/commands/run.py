"""`foyer run`: the kiosk itself, with its window or without."""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import queue
import signal
import sys
import threading
import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from app.commands.context import Context
from app.domain.source import SourceKind
from app.presentation import AttractView, ClaimView, FaceDoor

if TYPE_CHECKING:
    from app.demo.show import Bridge
    from app.presentation import View
    from app.runtime.house import House
    from app.settings import Settings

log = logging.getLogger(__name__)

START_PATIENCE_S = 60.0
NOBODY_CAN_ACT = (
    "foyer: Without a window nothing can be typed, and no badge reader is read that is a device of "
    "its own: set reader.badge to one, such as /dev/input/by-id/…-event-kbd. Ctrl+C stops."
)
SIZES = {"portrait": (540, 960), "landscape": (1280, 800)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--headless", action="store_true", help="no window; Views as JSON lines")
    parser.add_argument("--until-ready", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--window", action="store_true", help="a window instead of full screen")


def run(context: Context) -> int:
    """Until it is told to stop. The window comes first; everything else loads behind it."""
    from app.runtime.hardening import harden  # noqa: PLC0415 - no other command needs it

    settings = context.settings
    for gap in harden():
        log.warning("%s", gap)
    return _headless(settings) if context.args.headless else _windowed(context, settings)


def _build(settings: Settings, *, measured: bool = False) -> House:
    """`measured`: `foyer bench` waits for the face path to open over a recording, which no kiosk
    takes for a camera; so this one accepts nobody by anything."""
    from app.runtime import bootstrap  # noqa: PLC0415 - loads what a parser does not need

    bootstrap.require_gallery(settings)
    if not measured:
        return bootstrap.build(settings)
    admits = frozenset({SourceKind.RECORDING})
    policy = replace(settings.policy(), accepted=frozenset(), admits=admits)
    return bootstrap.build(settings, bootstrap.Replacements(policy=policy))


def _headless(settings: Settings) -> int:
    """The same kernel without a screen: every View is a line of JSON on standard output."""
    house = _build(settings)
    if settings.reader.badge in {"keyboard", "none", ""}:
        print(NOBODY_CAN_ACT, file=sys.stderr)
    # Printed here and not on the kernel's thread: whoever reads slowly must not slow a visit.
    views: queue.SimpleQueue[View | None] = queue.SimpleQueue()
    house.listen(views.put)
    house.when_quit(lambda: views.put(None))
    before = {
        number: signal.signal(number, lambda *_: views.put(None))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    house.start()
    try:
        while (view := views.get()) is not None:
            print_view(view)
    finally:
        house.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def print_view(view: View) -> None:
    """One JSON line: the View's kind and fields, without a person's name or typed number."""
    fields = {name: value for name, value in asdict(view).items() if name != "name"}
    if isinstance(view, ClaimView):
        fields["typed"] = len(view.typed)
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
    house = _build(settings, measured=context.args.until_ready)

    starting = StartWatch()

    def attach(bridge: Bridge) -> None:
        house.listen(bridge.deliver)
        house.when_quit(bridge.quit)
        if context.args.until_ready:
            starting.watch(house, bridge)
        house.start()

    try:
        return int(ui.run(house.kernel, house.pictures, options, attach))
    finally:
        house.stop()
        starting.join()


class StartWatch:
    """For `foyer bench`: says when the screen was usable and when the face path opened, then
    closes the kiosk. Times are UTC seconds, one JSON line each, once the screen was painted."""

    def __init__(self) -> None:
        self._views: queue.SimpleQueue[View] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def watch(self, house: House, bridge: Bridge) -> None:
        house.listen(self._views.put)
        self._thread = threading.Thread(target=self._run, args=(bridge,), name="start-watch")
        self._thread.start()

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def _run(self, bridge: Bridge) -> None:
        told: set[str] = set()
        deadline_s = time.monotonic() + START_PATIENCE_S
        while "ready" not in told and time.monotonic() < deadline_s:
            try:
                view = self._views.get(timeout=0.2)
            except queue.Empty:
                continue
            if not isinstance(view, AttractView):
                continue
            bridge.capture().wait()
            reached = {"usable", *(["ready"] if view.face is FaceDoor.OPEN else [])} - told
            for name in sorted(reached, reverse=True):
                print(json.dumps({"reached": name, "utc_s": time.time()}), flush=True)
            told |= reached
        bridge.quit()
