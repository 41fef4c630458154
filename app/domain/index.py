"""The gallery in memory: one exact search over rows that follow the gallery change by change.

Rows lie in blocks. A new row goes behind the last one; the gap that one leaves is filled with the
last. Whatever a snapshot has shown is never written to again: a block that changes is copied
first, so that a change costs a block or two whatever the gallery's size, and a comparison under
way goes on with what it began with. One thing alone reaches it: a row whose template is gone from
the gallery is struck out (its squared norm is no number) and then overwritten, in every block
that still holds it. Who compares reads norms after numbers, so that a row half overwritten is
always one that is struck out. Lives on one thread; snapshots go to any.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.matching import Block, Embedding, Snapshot, Space, is_usable, squares_of
from app.domain.people import Person
from app.domain.templates import Aside

#: Rows of a block: 2 MB of 512 values, which are copied in less than a millisecond, and no more
#: than 1 % of 100,000 templates kept free at the end.
ROWS = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """What changed in a gallery: everybody's and everything's new state, None for what is gone.

    `templates` are by the gallery's own number of each: whose it is, and the embedding [d].
    `whole`: this is all there is, and whatever is not named is gone. `version` is the gallery's
    change counter, `position` where the next change is looked for. `aside` are those that were
    looked at and cannot be compared; nothing else is said of them.
    """

    version: int
    position: int
    whole: bool
    people: Mapping[str, Person | None]
    templates: Mapping[int, tuple[str, Embedding] | None]
    aside: tuple[Aside, ...] = ()


class Index:
    """One space of a gallery, kept in step with `apply`."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._version = 0
        self._stale: list[weakref.ref[Block]] = []
        self._start_anew()

    def _start_anew(self) -> None:
        self._blocks: list[Block] = []
        self._own: list[bool] = []  # of each block: no snapshot has shown it yet
        self._count = 0
        self._names: list[str] = []
        self._tally: list[int] = []
        self._vacant: list[int] = []
        self._places: dict[str, int] = {}
        self._people: dict[str, Person] = {}
        self._shown: tuple[tuple[str, ...], dict[str, int]] | None = None
        self._shown_people: dict[str, Person] | None = None

    def apply(self, moved: Moved) -> None:
        """A template that cannot be used is left out: it matches nobody, and stops nobody else."""
        gone = {key for key, new in moved.templates.items() if new is None}
        if moved.whole:
            gone |= self._keys() - moved.templates.keys()
            self._stale += [weakref.ref(block) for block in self._blocks]
            self._start_anew()
        self._version = moved.version
        rows = sorted(moved.templates.items())
        self._remove(sorted(moved.templates))
        self._wipe(sorted(gone))
        self._append([(key, *new) for key, new in rows if new is not None])
        for name, person in moved.people.items():
            self._shown_people = None
            if person is None:
                self._people.pop(name, None)
            else:
                self._people[name] = person

    def snapshot(self) -> Snapshot:
        if self._shown is None:
            self._shown = (tuple(self._names), dict(self._places))
        if self._shown_people is None:
            self._shown_people = dict(self._people)
        self._own = [False] * len(self._blocks)
        blocks = tuple(self._blocks)
        return Snapshot(
            self._version, self._space, blocks, self._count, *self._shown, self._shown_people
        )

    @property
    def bytes_held(self) -> int:
        """Of the arrays: numbers, norms, owners and keys, with what is kept free at the end."""
        arrays = ((each.rows, each.squares, each.owners, each.keys) for each in self._blocks)
        return sum(array.nbytes for four in arrays for array in four)

    def _keys(self) -> set[int]:
        return {key for block in self._blocks for key in block.keys.tolist()}

    # -- rows in

    def _append(self, rows: Iterable[tuple[int, str, Embedding]]) -> None:
        began = self._count
        for key, person, embedding in rows:
            if not is_usable(embedding, self._space):
                continue
            if self._count == len(self._blocks) * ROWS:
                self._blocks.append(_empty(self._space.dimension))
                self._own.append(True)
            block, row = self._blocks[self._count // ROWS], self._count % ROWS
            block.rows[row] = embedding
            block.owners[row] = self._place_of(person)
            block.keys[row] = key
            self._count += 1
        for at in range(began // ROWS, len(self._blocks)):
            low, high = max(began - at * ROWS, 0), min(self._count - at * ROWS, ROWS)
            block = self._blocks[at]
            with np.errstate(over="ignore"):  # then it is infinite, and the row infinitely far
                block.squares[low:high] = squares_of(block.rows[low:high])

    def _place_of(self, person: str) -> int:
        place = self._places.get(person)
        if place is None:
            self._shown = None
            if self._vacant:
                place = self._vacant.pop()
                self._names[place] = person
            else:
                place = len(self._names)
                self._names.append(person)
                self._tally.append(0)
            self._places[person] = place
        self._tally[place] += 1
        return place

    # -- rows out

    def _remove(self, keys: Sequence[int]) -> None:
        """From the end, so that the row that fills a gap is never itself to go."""
        for at in reversed(self._positions(keys)):
            last = self._count - 1
            source, target = self._taken(last // ROWS), self._taken(at // ROWS)
            self._leave(int(target.owners[at % ROWS]))
            if at != last:
                _copy(source, last % ROWS, target, at % ROWS)
            _strike(source, np.array([last % ROWS]))
            self._count = last
            if last % ROWS == 0:
                self._blocks.pop()
                self._own.pop()

    def _positions(self, keys: Sequence[int]) -> list[int]:
        if not keys or not self._blocks:
            return []
        asked = np.asarray(keys, dtype=np.int64)
        found = [
            at * ROWS + np.flatnonzero(np.isin(block.keys, asked))
            for at, block in enumerate(self._blocks)
        ]
        return [int(each) for each in np.concatenate(found)]

    def _taken(self, at: int) -> Block:
        """The block, a copy where a snapshot has shown it."""
        if not self._own[at]:
            old = self._blocks[at]
            new = _empty(self._space.dimension)
            _copy(old, slice(None), new, slice(None))
            self._blocks[at], self._own[at] = new, True
            self._stale.append(weakref.ref(old))
        return self._blocks[at]

    def _leave(self, place: int) -> None:
        self._tally[place] -= 1
        if not self._tally[place]:
            self._shown = None
            del self._places[self._names[place]]
            self._names[place] = ""
            self._vacant.append(place)

    def _wipe(self, keys: Sequence[int]) -> None:
        """What is gone from the gallery is gone from the blocks older snapshots still hold."""
        kept = [(each, block) for each in self._stale if (block := each()) is not None]
        self._stale = [each for each, _ in kept]
        if keys:
            asked = np.asarray(keys, dtype=np.int64)
            for _, block in kept:
                _strike(block, np.flatnonzero(np.isin(block.keys, asked)))


def snapshot_of(
    version: int,
    space: Space,
    people: Mapping[str, Person],
    templates: Sequence[tuple[str, Embedding]],
) -> Snapshot:
    """A snapshot from (person id, embedding [d]) pairs, all at once."""
    index = Index(space)
    index.apply(Moved(version, 0, True, people, dict(enumerate(templates))))
    return index.snapshot()


def _empty(dimension: int) -> Block:
    """No rows yet. It overwrites its numbers when nothing refers to it any more."""
    block = Block(
        np.zeros((ROWS, dimension), np.float32),
        np.full(ROWS, np.nan, np.float32),
        np.zeros(ROWS, np.int32),
        np.full(ROWS, -1, np.int64),
    )
    weakref.finalize(block, block.rows.fill, 0.0).atexit = False
    return block


def _copy(source: Block, of: int | slice, target: Block, to: int | slice) -> None:
    target.rows[to] = source.rows[of]
    target.squares[to] = source.squares[of]
    target.owners[to] = source.owners[of]
    target.keys[to] = source.keys[of]


def _strike(block: Block, rows: NDArray[np.intp]) -> None:
    """First that it is no row, then its numbers: the order a comparison under way relies on."""
    block.squares[rows] = np.nan
    block.rows[rows] = 0.0
    block.keys[rows] = -1
