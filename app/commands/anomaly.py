"""`foyer evaluate anomaly`: what is usual of real faces with a pack, and what forged ones show."""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.context import Context, json_argument
from app.commands.identities import tell

if TYPE_CHECKING:
    from app.evaluation.anomaly import Measured

EXAMPLES = """
examples:
  foyer evaluate anomaly --data lfw --pack embedded --json
  foyer evaluate anomaly --data lfw --pack embedded --forged 0 --table
  foyer evaluate anomaly --data staff --calibrate

--data holds one folder of pictures for each person; people with two or more are used. Forged faces
are made from theirs, a pixel at a time, until the network takes one person for another. Nothing of
them is kept.
"""


def add_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser("anomaly", help="forge faces, and see whether they are noticed")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--pack", default="", help="a pack's name; default: the one in use")
    parser.add_argument("--people", type=_count, default=400, metavar="N", help="at most so many")
    parser.add_argument(
        "--forged", type=_count, default=20, metavar="N", help="faces forged in each of two ways"
    )
    parser.add_argument(
        "--queries", type=_count, default=1000, metavar="N", help="questions a forger may ask"
    )
    parser.add_argument("--seed", type=_count, default=1)
    parser.add_argument(
        "--calibrate",
        action="store_true",
        help="let the kiosk go by what is usual here, instead of what came with the pack",
    )
    parser.add_argument(
        "--table", action="store_true", help="print the limits as models/manifest.toml has them"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="J")
    json_argument(parser)


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("give a whole number, 0 or more")
    return number


def run(context: Context) -> int:
    from app.evaluation import anomaly  # noqa: PLC0415 - OpenCV and models
    from app.evaluation.extraction import Job  # noqa: PLC0415
    from app.evaluation.packs import Origin  # noqa: PLC0415

    args, settings = context.args, context.settings
    flags = tuple(pair.partition("=")[::2] for pair in args.set)
    origin = Origin(context.config_file, tuple((key, value) for key, value in flags))
    job = Job(origin, args.pack or settings.models.pack, None)
    asked = anomaly.Asked(
        job=job,
        data=args.data,
        policy=settings.policy().matching,
        people=args.people,
        forged=args.forged,
        queries=args.queries,
        seed=args.seed,
        jobs=max(args.jobs, 1),
    )
    measured = anomaly.measure(asked, tell)
    document = measured.as_json()
    if args.calibrate:
        document["calibration_file"] = str(_calibrate(context, measured))
        context.print(f"The kiosk goes by this from its next start: {document['calibration_file']}")
    _print(context, document)
    if args.table:
        context.print(_table(measured))
    context.answer(document)
    return 0


def _fitted(measured: Measured) -> dict[str, Any]:
    """What is usual of all of these faces, as the manifest has it. Raises TooFew."""
    from app.evaluation.anomaly import EACH, FEWEST, TooFew  # noqa: PLC0415
    from app.vision.listing import centres_text  # noqa: PLC0415

    usual = measured.fitted
    if usual is None:
        raise TooFew(
            f"{measured.faces} usable faces are too few to set limits by. Give pictures of at "
            f"least {FEWEST // EACH} people, {EACH} each."
        )
    return {
        "lengths": [round(each, 4) for each in usual.lengths],
        "apart": round(usual.apart, 4),
        "mirror": round(usual.mirror, 4),
        "crops": round(usual.crops, 4),
        "drift": round(usual.drift, 4),
        "data": f"{measured.people} people of {measured.asked.data.name}, {EACH} pictures each",
        "faces": measured.faces,
        "measured": date.today(),  # noqa: DTZ011 - the operator's day
        "centres": centres_text(usual.centres),
    }


def _table(measured: Measured) -> str:
    def said(value: object) -> str:
        if isinstance(value, str) and "\n" in value:
            return f'"""\n{value}"""'
        return f'"{value}"' if isinstance(value, str) else str(value)

    lines = (f"{key} = {said(value)}" for key, value in _fitted(measured).items())
    return "\n".join(("[packs.usual]", *lines))


def _calibrate(context: Context, measured: Measured) -> Path:
    from app.runtime import bootstrap  # noqa: PLC0415
    from app.vision import onsite  # noqa: PLC0415

    pack = bootstrap.manifest_of_packs().pack(measured.asked.job.pack)
    folder = bootstrap.models_folder(context.settings)
    return onsite.write_usual(pack, folder, _fitted(measured))


def _print(context: Context, said: dict[str, Any]) -> None:
    genuine, limits = said["genuine"], said["limits"]
    context.print(
        f"{said['pack']}: {said['faces']} faces of {said['people']} people, limits of the "
        f"{limits['of']}"
    )
    context.print(
        f"  real faces called odd: {genuine['odd']} of {genuine['n']} "
        f"({_percent(genuine['interval95'])}) {_why(genuine['by'])}"
    )
    for kind, found in said["forged"].items():
        context.print(
            f"  forged by {kind}: {found['reached']} of {found['tried']} were taken for the other "
            f"person, and {found['noticed']} of those were noticed "
            f"({_percent(found['interval95'])}) {_why(found['by'])}"
        )


def _percent(interval: list[float]) -> str:
    return f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f} %"


def _why(by: dict[str, int]) -> str:
    return ", ".join(f"{word} {count}" for word, count in by.items())
