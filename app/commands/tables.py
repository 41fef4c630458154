"""Columns of text for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

GAP = "  "


def lines(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows under their headings, each column as wide as its widest cell but the last."""
    table = [headings, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(headings) - 1)]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield GAP.join([*cells, row[-1]]).rstrip()


def size(count: int) -> str:
    """Bytes in words."""
    return f"{count / 2**20:.1f} MiB" if count >= 2**20 else f"{count / 2**10:.1f} KiB"
