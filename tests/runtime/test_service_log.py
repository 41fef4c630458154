"""The service screen's log ends with what happened last: the newest line is never cut off."""

from __future__ import annotations

from app.domain.journal import Entry, EntryKind
from app.runtime.ledger import LOG_TAIL, status_log
from tests.runtime.rig import furnished


def test_the_newest_row_is_the_last_line() -> None:
    gallery = furnished()
    gallery.open()
    for number in range(LOG_TAIL + 3):
        gallery.record(
            Entry(EntryKind.ADMIN, float(number), granted=True, detail=f"number {number}")
        )
    lines = status_log(gallery)
    assert len(lines) == LOG_TAIL
    assert f"number {LOG_TAIL + 2}:" in lines[-1]
    assert "number 3:" in lines[0]
