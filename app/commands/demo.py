"""`foyer demo`: the kiosk at work, without a camera and without a display."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from app.commands.context import Context

DEFAULT_VISITS = "employee,stranger,photo,badge"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--visits",
        default=DEFAULT_VISITS,
        metavar="A,B,…",
        help="employee, stranger, photo, badge, number, claim; default: %(default)s",
    )
    parser.add_argument("--offscreen", action="store_true", help="show no window")
    parser.add_argument("--out", metavar="DIR", help="folder for screenshots and the timeline")
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")


def run(context: Context) -> int:
    """0 when everybody who should be let in was, and nobody else."""
    from app.demo import show  # noqa: PLC0415 - models and OpenCV load only for this
    from app.demo.player import VisitKind  # noqa: PLC0415

    known = [kind.value for kind in VisitKind]
    names = [name.strip() for name in context.args.visits.split(",") if name.strip()]
    strange = [name for name in names if name not in known]
    if strange or not names:
        said = strange[0] if strange else "nothing"
        print(f"foyer: {said!r} is no visit. Choose from: {', '.join(known)}.", file=sys.stderr)
        return 2
    offscreen = context.args.offscreen or not show.has_display()
    if offscreen and not context.args.offscreen:
        context.print("No display was found: the demo runs offscreen and keeps its screenshots.")
    if context.args.out:
        folder = Path(context.args.out)
        folder.mkdir(parents=True, exist_ok=True)
    else:
        folder = Path(tempfile.mkdtemp(prefix="foyer-demo-"))
    context.print("Everything is real but the visitor, who is animated from a photograph.")
    report = show.play(
        context.settings,
        tuple(VisitKind(name) for name in names),
        folder,
        context.print,
        offscreen=offscreen,
        stay=not offscreen and not context.as_json and not os.environ.get("CI"),
    )
    context.answer(report.as_json())
    context.print(f"Screenshots and timeline: {folder}")
    if report.as_expected:
        context.print("As it should be: who belongs here came in, and nobody else did.")
        return 0
    if report.none_wrong and not report.complete:
        context.print("It was stopped before everything was played.")
        return 1
    context.print("Not as it should be: see the timeline, and run: foyer doctor")
    return 1
