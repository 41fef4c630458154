"""`foyer verify`: whether two pictures show one person."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.commands import comparing
from app.commands.context import Context

EXAMPLES = """
examples:
  foyer verify badge-photo.jpg door.jpg --reason "badge reported stolen"

Asks for the administrator's PIN, or reads it as a line of standard input. The use and its reason
are in the journal before the answer is shown. Exit code 0: one person, 1: not one person.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    parser.add_argument("one", type=Path, metavar="A")
    parser.add_argument("other", type=Path, metavar="B")
    comparing.add_arguments(parser)


def run(context: Context) -> int:
    """0 for one person, 1 otherwise."""
    from app.domain.matching import threshold_at  # noqa: PLC0415 - numpy comes with it

    with comparing.allowed(context, "pictures-verified") as desk:
        one = comparing.embedding_of(context, desk, context.args.one)
        other = comparing.embedding_of(context, desk, context.args.other)
        space = desk.engine.space
        apart = comparing.nearest(one, [other], space)
        same = apart < threshold_at(space, desk.policy.claim_fmr)
    context.print(
        "They show one person." if same else "They do not show one person, or not surely."
    )
    comparing.tell_confidence(space, apart)
    context.answer({"one_person": same, "space": space.id})
    return 0 if same else 1
