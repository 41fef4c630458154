"""What a kiosk decides by is in its journal: each time it opens with other settings than before.

Named are the settings that differ from their defaults, with their values, so that somebody who
reads the journal later knows by what rules a person was let in; none of them is a secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import islice

from app.domain.journal import Entry, EntryKind, parse
from app.ports import Journal
from app.settings import Setting, Settings

#: Tables that hold what the decision depends on; the others are how a kiosk looks and is wired.
DECIDING = frozenset({"policy", "liveness", "models", "evidence"})
#: These say where something lies, and nothing of how it is decided.
PLACES = frozenset({"models.folder"})
WORD = "settings"
#: The journal is searched this far back for what was in force before; a longer way back costs
#: nothing but one more line.
LOOKED_BACK = 5000
#: A line of the journal stays readable; the digest stands for all of them.
LONGEST = 400


def said_of(table: Mapping[str, Setting]) -> str:
    """A digest of every deciding setting, and those that are not the defaults."""
    deciding = {
        key: setting
        for key, setting in sorted(table.items())
        if key.partition(".")[0] in DECIDING and key not in PLACES
    }
    values = "\n".join(f"{key}={each.value!r}" for key, each in deciding.items())
    digest = hashlib.sha256(values.encode()).hexdigest()[:12]
    changed = [f"{key}={each.value}" for key, each in deciding.items() if each.origin != "default"]
    said = f"{WORD} {digest}: {', '.join(changed) or 'all defaults'}"
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def note(journal: Journal, settings: Settings, utc_s: float) -> None:
    """Write down what is in force, unless that is what was written last."""
    said = said_of(settings.table)
    if _last(journal) != said:
        journal.record(Entry(EntryKind.SYSTEM, utc_s, granted=True, detail=said))


def _last(journal: Journal) -> str:
    """What was in force before, "" where that was too long ago or never written."""
    found = ""
    for row in islice(journal.rows(LOOKED_BACK), LOOKED_BACK):
        if f'"detail":"{WORD} ' in row.text:
            found = parse(row.text).detail
    return found
