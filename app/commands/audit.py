"""`foyer audit`: whether the journal is whole, what it says last, and a visit judged again."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.commands.context import Context, json_argument
from app.commands.opened import opened
from app.commands.replay import replay
from app.commands.tables import lines
from app.domain.journal import GENESIS, Broken, Entry, Row, first_break, parse

if TYPE_CHECKING:
    from app.gallery.store import Store
    from app.ports import HighWater

EXAMPLES = """
examples:
  foyer audit verify             every row against the one before, and the mark kept elsewhere
  foyer audit tail -n 50         the last fifty rows
  foyer audit tail --json        the last rows for a program
  foyer audit replay 1f0c        judge once more what a visit's face session was told
"""


#: Enough of a visit's id to name it.
VISIT_DIGITS = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="check the whole chain; exit code 1 if it is broken")
    tail = actions.add_parser("tail", help="print the last rows, newest last")
    tail.add_argument(
        "-n", "--last", type=_count, default=20, metavar="N", help="how many; default: %(default)s"
    )
    again = actions.add_parser(
        "replay", help="judge a face session again from its evidence; exit code 1 if it differs"
    )
    again.add_argument("session", metavar="SESSION", help="a visit's id, or its first digits")
    for each in (verify, tail, again):
        json_argument(each)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > len("999999999"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rows")
    return int(text)


def run(context: Context) -> int:
    with opened(context) as gallery:
        match context.args.action:
            case "verify":
                return _verify(context, gallery)
            case "replay":
                return replay(context, gallery)
            case _:
                return _tail(context, gallery)


@dataclass(slots=True)
class _Walk:
    """What was passed on the way along the chain.

    `marked`: the hash of the row the key provider remembers; `unreadable`: the first one, or 0.
    """

    mark: HighWater | None
    rows: int = 0
    head: str = GENESIS
    marked: str = GENESIS
    unreadable: int = 0

    def past(self, row: Row) -> Row:
        self.rows, self.head = row.sequence, row.hash
        if self.mark is not None and row.sequence == self.mark.sequence:
            self.marked = row.hash
        if not self.unreadable and _entry(row) is None:
            self.unreadable = row.sequence
        return row


def _verify(context: Context, gallery: Store) -> int:
    mark = gallery.key_store.high_water()
    walk = _Walk(mark)
    total = gallery.info().journal_rows
    rows = context.progress(gallery.rows(), total, "journal rows")
    broken = first_break(walk.past(row) for row in rows) or _wanting(walk)
    context.answer(
        {
            "sound": broken is None,
            "rows": total,
            "head": walk.head,
            "high_water": mark.sequence if mark else None,
            "first_broken": {"row": broken.sequence, "why": broken.why} if broken else None,
        }
    )
    if broken is not None:
        context.print(f"The journal does not hold at row {broken.sequence}: {broken.why}.")
        context.print("Rows before it stand. Keep this file as evidence and find out who had it.")
        return 1
    context.print(f"The journal is whole: {total} rows, each following from the one before.")
    context.print(f"The key provider remembers row {mark.sequence if mark else 0}, which is there.")
    context.print(f"Head: {walk.head}")
    return 0


def _wanting(walk: _Walk) -> Broken | None:
    """Where a chain without a break is still not what was written, as far as anybody remembers."""
    mark = walk.mark
    if walk.unreadable:
        return Broken(walk.unreadable, "it cannot be read by this version")
    if mark is None:
        return Broken(walk.rows, "the key provider remembers nothing of it")
    if mark.sequence > walk.rows:
        return Broken(walk.rows + 1, f"the key provider remembers {mark.sequence} rows")
    if walk.marked != mark.head:
        return Broken(mark.sequence, "it is not the row the key provider remembers")
    return None


def _tail(context: Context, gallery: Store) -> int:
    numbers = {person.id: person.number or person.id for person in gallery.people()}
    rows = [(row, _entry(row)) for row in gallery.rows(last=context.args.last)]
    cells = [_cells(row, entry, numbers) for row, entry in rows]
    for line in lines(("row", "when", "kind", "visit", "who", "how", "ended"), cells):
        context.print(line)
    context.answer({"rows": [_document(row, entry) for row, entry in rows]})
    return 0


def _entry(row: Row) -> Entry | None:
    """None for a text that is no entry: `verify` says what that means."""
    try:
        return parse(row.text)
    except (ValueError, KeyError, TypeError):
        return None


def _cells(row: Row, entry: Entry | None, numbers: dict[str, str]) -> tuple[str, ...]:
    if entry is None:
        return (str(row.sequence), *"?????", "cannot be read: foyer audit verify")
    who = numbers.get(entry.person, "erased") if entry.person else "-"
    how = "+".join(sorted(entry.factors)) or entry.detail or "-"
    ended = "granted" if entry.granted else (entry.reason or "refused")
    visit = entry.visit[:VISIT_DIGITS] or "-"
    return (str(row.sequence), _when(entry.utc_s), entry.kind.value, visit, who, how, ended)


def _when(utc_s: float) -> str:
    """This machine's local time."""
    return datetime.fromtimestamp(utc_s).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _document(row: Row, entry: Entry | None) -> dict[str, object]:
    if entry is None:
        return {"row": row.sequence, "hash": row.hash, "readable": False}
    return {
        "row": row.sequence,
        "hash": row.hash,
        "utc_s": entry.utc_s,
        "kind": entry.kind.value,
        "granted": entry.granted,
        "purpose": entry.purpose,
        "factors": sorted(entry.factors),
        "reason": entry.reason,
        "person": entry.person,
        "visit": entry.visit,
        "seconds": entry.seconds,
        "detail": entry.detail,
        "evidence": entry.evidence,
    }
