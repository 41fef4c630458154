"""`foyer audit replay`: what a face session was told, judged once more."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.commands.context import Context, Misused
from app.commands.tables import lines
from app.domain import tape as tapes
from app.domain.evidence import Verdict
from app.domain.journal import Entry, EntryKind, parse
from app.domain.session import Challenging, Complete, Failed, Framing, Session
from app.domain.tape import End, Tape
from app.errors import GalleryCorrupt, GalleryRefused

if TYPE_CHECKING:
    from app.gallery.store import Store

FEWEST_DIGITS = 4
"""Of a visit's id; fewer are a guess."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A visit's row in the journal, and the evidence that belongs to it."""

    row: int
    entry: Entry
    tape: Tape


def replay(context: Context, gallery: Store) -> int:
    """0 when the verdict came out as it was recorded, bit for bit, and the journal agrees."""
    case = _load(gallery, context.args.session)
    session = tapes.replay(case.tape)
    now = tapes.summary(session)
    same = now == case.tape.verdict
    contradiction = _contradiction(case, session)
    context.answer(_document(case, session, now, contradiction))
    _print(context, case, session)
    if not same:
        context.print("NOT reproduced. Recorded then, and found now:")
        context.print(f"  {case.tape.verdict}")
        context.print(f"  {now}")
    if contradiction:
        context.print(f"The journal says otherwise: {contradiction}.")
    if same and not contradiction:
        context.print("Reproduced bit for bit.")
    return 0 if same and not contradiction else 1


def _load(gallery: Store, word: str) -> _Case:
    """Raises Misused, GalleryRefused or GalleryCorrupt, each with what can be done."""
    wanted = word.lower()
    if len(wanted) < FEWEST_DIGITS or not set(wanted) <= set("0123456789abcdef"):
        raise Misused(
            f"{word!r} is no visit's id: {FEWEST_DIGITS} or more of its first digits, as "
            "`foyer audit tail` shows them."
        )
    row, entry = _row_of(gallery, wanted)
    data = gallery.tape(row)
    if not data:
        raise GalleryRefused(
            f"The evidence of visit {entry.visit} is gone: its days are over "
            "(evidence.keep_days), or the person was erased. The journal's row stands."
        )
    if hashlib.sha256(data).hexdigest() != entry.evidence:
        raise GalleryCorrupt(
            f"The evidence of visit {entry.visit} is not what row {row} of the journal names: it "
            "was altered. Keep this file and find out who had it."
        )
    try:
        tape = tapes.decode(data)
    except ValueError as error:
        raise GalleryCorrupt(
            f"The evidence of visit {entry.visit} cannot be read: {error}. Use the version of "
            "Foyer it was recorded with."
        ) from error
    if tape.nonce.hex()[: len(entry.visit)] != entry.visit:
        raise GalleryCorrupt(f"The evidence with row {row} is that of another visit.")
    return _Case(row, entry, tape)


def _row_of(gallery: Store, wanted: str) -> tuple[int, Entry]:
    """The row with evidence of the one visit whose id begins like this."""
    found: list[tuple[int, Entry]] = []
    for row in gallery.rows():
        try:
            entry = parse(row.text)
        except (ValueError, KeyError, TypeError):
            continue  # `foyer audit verify` says what that means
        if entry.kind is EntryKind.VISIT and entry.visit.startswith(wanted):
            found.append((row.sequence, entry))
    visits = sorted({entry.visit for _, entry in found})
    if not visits:
        raise GalleryRefused(f"No visit here begins with {wanted}. See them: foyer audit tail")
    if len(visits) > 1:
        raise GalleryRefused(f"Several visits begin with {wanted}: {', '.join(visits)}. Say more.")
    named = [(row, entry) for row, entry in found if entry.evidence]
    if not named:
        raise GalleryRefused(
            f"Visit {visits[0]} has no evidence: its face was not looked at, or none was kept "
            "(evidence.keep_days)."
        )
    return named[0]


def _contradiction(case: _Case, session: Session) -> str:
    """Where the row and the session cannot both be right, or empty."""
    entry, stage = case.entry, session.stage
    if case.tape.end is End.OUTSIDE:
        return f"row {case.row} is a grant" if entry.granted else ""
    if isinstance(stage, Complete):
        return ""  # who it was, and whether they may enter, was decided after it
    if isinstance(stage, Failed):
        told = (entry.granted, entry.reason, entry.detail)
        want = (False, stage.reason, stage.layer or "")
        return "" if told == want else f"row {case.row} does not end with {stage.reason}"
    return "the session has not ended"


def _decided(case: _Case, session: Session) -> str:
    """Which part of the kiosk had the last word on this visit."""
    if case.tape.end is End.OUTSIDE:
        return "the visit was broken off"
    if isinstance(session.stage, Failed):
        return f"layer {session.stage.layer}" if session.stage.layer else "framing"
    return "the faces' comparison" if case.tape.identified != "matched" else "access"


def _stage(session: Session) -> str:
    match session.stage:
        case Complete():
            return "complete: every movement was made and no layer refused"
        case Failed(reason=reason):
            return f"failed: {reason}"
        case Challenging(index=index):
            return f"not ended: at movement {index + 1}"
        case Framing():
            return "not ended: looking for a face"


def _verdicts(session: Session) -> tuple[Verdict, ...]:
    return session.stage.verdicts if isinstance(session.stage, Complete | Failed) else ()


def _print(context: Context, case: _Case, session: Session) -> None:
    entry, told = case.entry, case.tape.told
    when = datetime.fromtimestamp(entry.utc_s).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    ended = "granted" if entry.granted else f"refused, {entry.reason}"
    seconds = case.tape.ended_s - case.tape.started_s
    context.print(f"Visit {entry.visit}, row {case.row}, {when}: {ended}.")
    context.print(f"Told: {len(told)} looks in {seconds:.1f} s; asked: {', '.join(session.plan)}.")
    context.print(f"Session {_stage(session)}. Faces: {case.tape.identified or 'not compared'}.")
    context.print(f"Decided by: {_decided(case, session)}.")
    cells = [(each.layer, each.finding, each.why or "-") for each in _verdicts(session)]
    for line in lines(("layer", "finding", "why"), cells) if cells else ():
        context.print(line)


def _document(case: _Case, session: Session, now: str, contradiction: str) -> dict[str, object]:
    entry, tape = case.entry, case.tape
    return {
        "visit": entry.visit,
        "row": case.row,
        "utc_s": entry.utc_s,
        "granted": entry.granted,
        "reason": entry.reason,
        "reproduced": now == tape.verdict,
        "contradiction": contradiction,
        "session": _stage(session),
        "decided_by": _decided(case, session),
        "identified": tape.identified,
        "camera": tape.camera,
        "engine": tape.policy.engine,
        "plan": list(session.plan),
        "looks": len(tape.told),
        "seconds": round(tape.ended_s - tape.started_s, 3),
        "layers": [
            {
                "layer": each.layer,
                "finding": each.finding,
                "why": each.why,
                "measures": {n: v if math.isfinite(v) else None for n, v in each.measures},
            }
            for each in _verdicts(session)
        ],
        "recorded": json.loads(tape.verdict),
        "found": json.loads(now),
    }
