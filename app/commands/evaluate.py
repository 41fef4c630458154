"""`foyer evaluate`: what is let through, whom it turns away, and how well people are told apart."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands import anomaly, identities
from app.commands.context import Context, Misused, json_argument

if TYPE_CHECKING:
    from app.evaluation.liveness import Found

EXAMPLES = """
examples:
  foyer evaluate liveness --assets DIR                    every species, 30 trials each
  foyer evaluate liveness --assets DIR --n 300 --json     for a program, with tight bounds
  foyer evaluate liveness --assets DIR --species print,mask --light both
  foyer evaluate liveness --assets DIR --gate --light both --resume FILE
                                                          what a release is judged by: hours

Rates are synthetic attack accept rates: of attacks that Foyer renders itself, on no real camera.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    liveness = actions.add_parser(
        "liveness", help="play synthetic attacks and genuine visits end to end"
    )
    liveness.add_argument(
        "--assets", metavar="DIR", required=True, help="folder of faces, videos and attacks"
    )
    liveness.add_argument(
        "--species", metavar="A,B", default="", help="only these; default: all of them"
    )
    liveness.add_argument(
        "--n", type=_count, default=30, metavar="N", help="trials a species; default: %(default)s"
    )
    liveness.add_argument(
        "--genuine",
        type=_count_or_none,
        metavar="N",
        help="genuine visits; default: as many as trials of a species",
    )
    liveness.add_argument(
        "--gate",
        action="store_true",
        help="300 trials a species, 1,000 hand-overs and 3,000 replayed sessions",
    )
    liveness.add_argument(
        "--resume",
        metavar="FILE",
        type=Path,
        help="keep every person's trials here (numbers only), and go on where a run was ended",
    )
    liveness.add_argument("--seed", type=_seed, default=1, help="default: %(default)s")
    liveness.add_argument(
        "--light",
        choices=("off", "on", "both"),
        default="off",
        help="with the screen's coloured light, without, or each; default: %(default)s",
    )
    liveness.add_argument(
        "--jobs",
        type=_count,
        default=os.cpu_count() or 1,
        metavar="J",
        help="processes; default: one a core",
    )
    json_argument(liveness)
    identities.add_arguments(actions)
    anomaly.add_arguments(actions)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 1_000_000:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 1,000,000")
    return int(text)


def _count_or_none(text: str) -> int:
    return 0 if text == "0" else _count(text)


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 on")
    return int(text)


def run(context: Context) -> int:
    actions = {"identities": identities.run, "anomaly": anomaly.run, "liveness": _liveness}
    return actions[context.args.action](context)


def _liveness(context: Context) -> int:
    """1 when something of a gated species was accepted."""
    from app.evaluation import liveness  # noqa: PLC0415 - models and OpenCV load only for this
    from app.evaluation.packs import Origin  # noqa: PLC0415
    from app.evaluation.protocol import (  # noqa: PLC0415
        ALL_SPECIES,
        GATE,
        GATE_N,
        GENUINE,
        Plan,
    )

    args = context.args
    known = [each.name for each in ALL_SPECIES]
    usual = [each.name for each in ALL_SPECIES if args.light != "off" or not each.lit_only]
    wanted = [word.strip() for word in args.species.split(",") if word.strip()] or usual
    unknown = [word for word in wanted if word not in known]
    if unknown:
        raise Misused(f"There is no species {unknown[0]!r}. Choose from: {', '.join(known)}.")
    lights = ("off", "on") if args.light == "both" else (args.light,)
    apart = dict(GATE) if args.gate else {}
    if args.genuine is not None:
        apart[GENUINE] = args.genuine
    n = GATE_N if args.gate else args.n
    plan = Plan(tuple(dict.fromkeys(wanted)), n, args.seed, lights, args.jobs, tuple(apart.items()))
    flags = tuple(pair.partition("=")[::2] for pair in args.set)
    origin = Origin(context.config_file, tuple((key, value) for key, value in flags))
    found = liveness.evaluate(origin, Path(args.assets), plan, _tell, args.resume)
    document = found.as_json()
    context.answer(document)
    _print(context, found, document)
    return 0 if _holds(document) else 1


def _tell(what: str) -> None:
    """One line that is written over, on a terminal; a line each elsewhere."""
    if sys.stderr.isatty():
        print(f"\r… {what:<60}", end="", file=sys.stderr, flush=True)
    else:
        print(f"… {what}", file=sys.stderr, flush=True)


def _holds(document: dict[str, Any]) -> bool:
    gated = [each for each in document["species"].values() if each["gated"]]
    return all(each["accepted"] == 0 for each in gated)


def _print(context: Context, found: Found, document: dict[str, Any]) -> None:
    face, passive = found.packs
    context.print(f"Packs: {face}, anti-spoof {passive}. People: {found.people}.")
    context.print("")
    context.print(f"{'synthetic attack':<20}{'accepted':>12}{'upper 95 %':>12}  refused by")
    for name, each in document["species"].items():
        context.print(_line(name, each, "accepted"))
    context.print("")
    context.print(f"{'genuine visit':<20}{'refused':>12}{'upper 95 %':>12}  refused by")
    context.print(_line("all", document["genuine"], "refused"))
    for name, each in document["genuine"]["by_condition"].items():
        context.print(_line(name, each, "refused"))
    context.print("")
    people, attacks = document["recorded"]["genuine"], document["recorded"]["attacks"]
    alone = people["without_challenge"]
    context.print(f"{'recorded':<20}{'':>12}{'upper 95 %':>12}  refused by")
    context.print(_line("people, answering", people, "refused"))
    for steps, each in people["by_steps"].items():
        context.print(_line(f"  plans of {steps}", each, "refused"))
    context.print(_line("people, unasked", alone, "refused"))
    context.print(_line("attacks", attacks, "accepted"))
    left_out = ", ".join(f"{why} {n}" for why, n in document["skipped"]["why"].items())
    context.print(f"Not used: {left_out or 'nothing'}. Took {document['seconds']:.0f} s.")


def _line(name: str, each: dict[str, Any], what: str) -> str:
    counts = f"{each[what]} of {each['n']}"
    by = ", ".join(f"{layer} {count}" for layer, count in each["refused_by"].items())
    apart = ", ".join(f"{why} {count}" for why, count in each.get("left_out", {}).items())
    by += f"{'; ' if by else ''}left out: {apart}" if apart else ""
    return f"{name:<20}{counts:>12}{100.0 * each['upper95']:>11.1f}%  {by}"
