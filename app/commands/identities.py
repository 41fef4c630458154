"""`foyer evaluate identities`: how well a pack tells people apart, and what its distances mean."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.context import Context, json_argument

if TYPE_CHECKING:
    from app.evaluation.identities import Measured
    from app.settings import Settings

EXAMPLES = """
examples:
  foyer evaluate identities --data lfw --pairs pairs.txt --pack embedded --json
  foyer evaluate identities --data lfw --pairs pairs.txt --pack best --report out
  foyer evaluate identities --data staff --pairs pairs.txt --pack sface --calibrate

--data holds one folder of pictures for each person, --pairs a list like that of Labeled Faces in
the Wild: "name i j" or "name i name j". Where --data holds groups.csv (person,group), errors are
told by group too. With --cache embeddings are kept in that folder, so that a run that was ended
goes on: they are biometric data, unencrypted; delete it afterwards.
"""


def add_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser("identities", help="tell people apart over a folder of pictures")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--pairs", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--pack", default="", help="a pack's name, or best: the installed one that misses fewest"
    )
    parser.add_argument("--report", type=Path, metavar="DIR", help="write a page with curves there")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep embeddings there")
    parser.add_argument(
        "--calibrate",
        action="store_true",
        help="let the kiosk go by what was measured here, instead of what came with the pack",
    )
    parser.add_argument(
        "--table", action="store_true", help="print the calibration as models/manifest.toml has it"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="J")
    json_argument(parser)


def run(context: Context) -> int:
    from app.evaluation import identities, identity_report  # noqa: PLC0415 - OpenCV and models
    from app.evaluation.extraction import Job  # noqa: PLC0415
    from app.evaluation.packs import Origin  # noqa: PLC0415

    args, settings = context.args, context.settings
    pack = args.pack or settings.models.pack
    flags = tuple(pair.partition("=")[::2] for pair in args.set)
    origin = Origin(context.config_file, tuple((key, value) for key, value in flags))
    job = Job(origin, _best(settings) if pack == "best" else pack, args.cache)
    asked = identities.Asked(
        job, args.data, args.pairs, settings.policy().matching, max(args.jobs, 1)
    )
    measured = identities.measure(asked, tell)
    document = measured.as_json()
    if args.report is not None:
        page = identity_report.write(measured, args.report)
        context.print(f"written: {page}")
    if args.calibrate:
        path = _calibrate(context, measured)
        document["calibration_file"] = str(path)
        context.print(f"The kiosk goes by this from its next start: {path}")
    _print(context, measured)
    context.answer(document)
    return 0


def _best(settings: Settings) -> str:
    from app.runtime import bootstrap  # noqa: PLC0415
    from app.vision.packs import is_complete  # noqa: PLC0415

    manifest, folder = bootstrap.manifest_of_packs(), bootstrap.models_folder(settings)
    there = frozenset(pack.name for pack in manifest.packs if is_complete(pack, folder))
    return manifest.best(there).name


def tell(what: str, done: int, total: int) -> None:
    """One line that is written over, on a terminal; now and then a line elsewhere."""
    said = f"{what} {done} of {total}" if total else what
    if sys.stderr.isatty():
        print(f"\r… {said:<60}", end="", file=sys.stderr, flush=True)
    elif not total or done == total or done % 800 == 0:
        print(f"… {said}", file=sys.stderr, flush=True)


def _calibrate(context: Context, measured: Measured) -> Path:
    from app.runtime import bootstrap  # noqa: PLC0415
    from app.vision import onsite  # noqa: PLC0415
    from app.vision.manifest import Evidence  # noqa: PLC0415

    settings = context.settings
    points, n, data = measured.calibration
    pack = bootstrap.manifest_of_packs().pack(measured.asked.job.pack)
    evidence = Evidence(data, n, date.today(), measured.fnmr_at_1e4)  # noqa: DTZ011 - their day
    return onsite.write(pack, bootstrap.models_folder(settings), points, evidence)


def _print(context: Context, measured: Measured) -> None:
    context.print(
        f"{measured.asked.job.pack}: {measured.images} pictures of {measured.people} people, "
        f"{100 * measured.fta:.2f} % without a usable face"
    )
    context.print(f"right on {100 * measured.accuracy:.2f} % of {measured.pairs} listed pairs")
    for name, each in {"1+1": measured.single, **measured.fused}.items():
        for row in each.rows:
            low, high = row.fnmr_interval
            context.print(
                f"  template+probe {name}  FMR {row.fmr:.0e} at {row.threshold:.4f}: "
                f"FNMR {100 * row.fnmr:.2f} % ({100 * low:.2f} to {100 * high:.2f})"
            )
    if measured.suspects:
        context.print(
            f"  {len(measured.suspects)} pairs of names seem to be one person each; the last lines "
            "below are without them"
        )
    for found in (*measured.identification, *measured.without_suspects):
        low, high = found.fpir_interval
        context.print(
            f"  of {found.gallery} people: strangers named {100 * found.fpir:.3f} % "
            f"({100 * low:.3f} to {100 * high:.3f}), enrolled not named {100 * found.fnir:.2f} %"
        )
    if context.args.table:
        for line in _table(measured):
            context.print(line)


def _table(measured: Measured) -> list[str]:
    points, n, data = measured.calibration
    return [
        f'data = "{data}"',
        f"impostor_pairs = {n}",
        f"measured = {date.today().isoformat()}",  # noqa: DTZ011 - the operator's day
        f"fnmr = {measured.fnmr_at_1e4:.4f}",
        "calibration = [",
        *(f"  {{ fmr = {each.fmr:.0e}, distance = {each.distance:.4f} }}," for each in points),
        "]",
    ]
