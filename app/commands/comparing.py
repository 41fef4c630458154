"""What `foyer verify` and `foyer identify` share: pictures compared for an operator who may.

Behind the administrator's PIN and with a reason, both written down before anything is answered.
How sure an answer is, is said on the terminal alone: no file, no program and no log gets it.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.context import Context, Misused, json_argument
from app.commands.opened import note, opened, require_administrator
from app.domain.journal import EntryKind

if TYPE_CHECKING:
    from app.domain.matching import Embedding, MatchPolicy, Space
    from app.gallery.store import Store
    from app.ports import FaceEngine

#: Fewer than this many strangers in one are not told apart from none.
FEWEST_IN = 1e7


@dataclass(frozen=True, slots=True)
class Desk:
    """An operator who gave the PIN and a reason, with everything at hand."""

    gallery: Store
    engine: FaceEngine
    policy: MatchPolicy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reason", required=True, metavar="TEXT", help="why; it is written into the journal"
    )
    json_argument(parser)


@contextmanager
def allowed(context: Context, what: str) -> Iterator[Desk]:
    """The desk, once the PIN was right and the use was written down. Raises Misused for a reason
    that is none, GalleryRefused for a wrong PIN, and what the gallery or the models raise."""
    from app.runtime import bootstrap  # noqa: PLC0415 - loads what a parser does not need

    if not context.args.reason.strip():
        raise Misused("A reason has to be given: --reason TEXT. It is written into the journal.")
    with opened(context) as gallery:
        require_administrator(gallery, what)
        engine = bootstrap.face_engine(context.settings)
        engine.load()
        # Before any answer: whoever looks somebody up has left a trace of it.
        gallery.record(note(context, what, EntryKind.ADMIN))
        yield Desk(gallery, engine, context.settings.policy().matching)


def embedding_of(context: Context, desk: Desk, path: Path) -> Embedding:
    """Raises ImageError, or Misused for a picture without one usable face."""
    from app.commands import pictures  # noqa: PLC0415
    from app.errors import ImageError  # noqa: PLC0415

    found = pictures.photograph(desk.engine, path, context.settings.policy().quality)
    if found.embedding is None:
        raise ImageError(f"{found.name}: {found.said.removeprefix(found.name).strip()}")
    return found.embedding


def tell_confidence(space: Space, distance: float) -> None:
    """How often strangers are this near, on a terminal; nothing anywhere else."""
    if not sys.stderr.isatty():
        return
    print(f"  (only here: {sureness(space, distance)})", file=sys.stderr)


def sureness(space: Space, distance: float) -> str:
    from app.domain.matching import rate_at  # noqa: PLC0415

    rate = rate_at(space, distance)
    if rate is None:
        return "farther apart than one in a hundred strangers"
    if rate * FEWEST_IN < 1.0:
        return "strangers come as near less than once in ten million comparisons"
    digits = max(round(1.0 / rate, 1 - int(math.log10(1.0 / rate))), 1.0)
    return f"strangers come as near about once in {digits:,.0f} comparisons"


def nearest(probe: Embedding, others: Sequence[Embedding], space: Space) -> float:
    """The smallest distance; infinite for none."""
    import numpy as np  # noqa: PLC0415

    from app.domain.matching import distances  # noqa: PLC0415

    if not others:
        return math.inf
    return float(distances(probe, np.stack(list(others)), space.metric).min())
