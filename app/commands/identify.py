"""`foyer identify`: who of the enrolled people pictures show."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands import comparing
from app.commands.context import Context
from app.errors import ImageError

if TYPE_CHECKING:
    from app.commands.comparing import Desk
    from app.domain.matching import Embedding, Snapshot

EXAMPLES = """
examples:
  foyer identify found.jpg --reason "who left the laptop at the gate"
  foyer identify *.jpg --reason "audit 2026-11" --json

Asks for the administrator's PIN, or reads it as a line of standard input. The use and its reason
are in the journal before any name is shown. Exit code 0: every picture shows somebody enrolled,
1: at least one does not, or not surely.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    parser.add_argument("pictures", type=Path, nargs="+", metavar="FILE")
    comparing.add_arguments(parser)


def run(context: Context) -> int:
    """0 where every picture was named, 1 otherwise; one that cannot be used stops no other."""
    with comparing.allowed(context, "pictures-identified") as desk:
        snapshot = desk.gallery.snapshot(desk.engine.space)
        found = [_one(context, desk, snapshot, path) for path in context.args.pictures]
    context.answer({"space": desk.engine.space.id, "pictures": found})
    return 0 if all(each["outcome"] == "matched" for each in found) else 1


def _one(context: Context, desk: Desk, snapshot: Snapshot, path: Path) -> dict[str, object]:
    from app.domain.matching import Matched, Unsure, identify  # noqa: PLC0415
    from app.vision.images import named  # noqa: PLC0415

    name = named(path)
    try:
        probe = comparing.embedding_of(context, desk, path)
    except ImageError as fault:
        context.print(f"{name}: not usable. {fault}")
        return {"picture": name, "outcome": "unusable", "reason": str(fault)}
    match identify(probe, snapshot, desk.policy):
        case Matched(person=who):
            person = snapshot.people[who]
            context.print(f"{name}: {person.name} ({person.number or person.id})")
            _confidence(snapshot, who, probe)
            return {
                "picture": name,
                "outcome": "matched",
                "id": person.id,
                "number": person.number,
                "name": person.name,
            }
        case Unsure():
            context.print(f"{name}: not sure. Two people are as near; somebody has to look.")
            return {"picture": name, "outcome": "unsure"}
        case _:
            context.print(f"{name}: nobody who is enrolled here.")
            return {"picture": name, "outcome": "unmatched"}


def _confidence(snapshot: Snapshot, who: str, probe: Embedding) -> None:
    rows = list(snapshot.of(who)[0])
    comparing.tell_confidence(snapshot.space, comparing.nearest(probe, rows, snapshot.space))
