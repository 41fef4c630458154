"""`foyer bench`: this machine against the figures Foyer promises."""

from __future__ import annotations

import argparse
import platform
import sys
from typing import TYPE_CHECKING

from app.commands.context import Context

if TYPE_CHECKING:
    from app.evaluation.figures import Figure

HEAD = f"{'figure':<32}{'median':>10}{'p95':>10}{'p99':>10}  {'unit':<11}{'n':>6}  promise"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, under a minute")
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")


def run(context: Context) -> int:
    """1 when a promised figure is not reached."""
    import os  # noqa: PLC0415

    from app.evaluation import bench  # noqa: PLC0415 - models and OpenCV load only for this

    quick = bench.Effort(starts=1, frames=60, embeddings=10, searches=10, visits=1, appends=50)
    effort = quick if context.args.quick else bench.Effort()
    found = bench.measure(context.settings, effort, lambda what: _tell(context, what))
    context.answer(
        {
            "machine": {
                "system": platform.platform(),
                "processor": platform.processor() or platform.machine(),
                "cores": os.cpu_count(),
                "python": platform.python_version(),
            },
            "figures": {each.name: each.as_json() for each in found},
        }
    )
    context.print(
        f"{'figure':<32}{'median':>10}{'p95':>10}{'p99':>10}  {'unit':<11}{'n':>6}  promise"
    )
    for each in found:
        context.print(_line(each))
    return 0 if all(each.holds for each in found) else 1


def _tell(context: Context, what: str) -> None:
    if not context.as_json and sys.stderr.isatty():
        print(f"… {what}", file=sys.stderr)


def _line(each: Figure) -> str:
    promise = ""
    if each.limit is not None:
        sign = "≤" if each.at_most else "≥"
        promise = f"{each.judged} {sign} {each.limit:g}: {'kept' if each.holds else 'NOT KEPT'}"
    numbers = f"{each.median:>10.2f}{each.p95:>10.2f}{each.p99:>10.2f}"
    return f"{each.name:<32}{numbers}  {each.unit:<11}{each.n:>6}  {promise}"
