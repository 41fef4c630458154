"""The gallery in memory, kept in step on the io thread: one index a space, told what changed."""

from __future__ import annotations

from app.domain.index import Index
from app.domain.matching import Snapshot, Space
from app.domain.templates import Aside
from app.ports import Gallery


class Following:
    """Of one opened gallery; another opening begins with another of these."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery
        self._known: dict[str, tuple[Index, int]] = {}
        self._aside: list[Aside] = []

    def snapshot(self, space: Space) -> Snapshot:
        """As the gallery is now. What is read is what changed since the last time."""
        # Taken out meanwhile: an index that a fault left half changed is never asked again.
        index, position = self._known.pop(space.id, (Index(space), -1))
        moved = self._gallery.moved(space, position)
        index.apply(moved)
        self._known[space.id] = (index, moved.position)
        self._aside += moved.aside
        return index.snapshot()

    def take_aside(self) -> tuple[Aside, ...]:
        """The templates found not to be usable since this was last asked."""
        found, self._aside = tuple(self._aside), []
        return found
