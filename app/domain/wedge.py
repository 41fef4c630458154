"""A badge reader that types, told from a person at the same keyboard by time alone.

A keyboard-wedge reader types a key every 1-2 ms and ends with Enter or Tab, or just stops; a
fast person takes 60 ms a key (measured, FIELD). So every key waits for `pause_s` to see whether
another follows at once. Feed it the moment a key went *down* as the platform stamped it: a busy
screen handles keys late and all together, which would make a person look like a reader.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

TERMINATORS = frozenset("\r\n\t")
#: Stands for a key that types nothing, or more than one character.
NOTHING = "\0"
ALPHABET = frozenset(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.:;,%?=+/*#$@!()^~ "
)


@dataclass(frozen=True, slots=True)
class WedgePolicy:
    """Times in seconds, lengths in characters.

    `gap_s`: keys closer than this belong together; ten times a reader's gap, a third of a fast
    person's. `pause_s`: after this much silence what was kept is decided; what a person types
    shows this much later. `shortest`/`longest`: of a badge. `chord`: this many keys at once are
    still a person's (two fingers landing together). `apart_s`: another card sooner than this
    after the last is not read, because nobody can know whose turn it is. `needs_end`: the reader
    is known to send a terminator, so a burst without one was cut short.
    """

    gap_s: float = 0.020
    pause_s: float = 0.035
    shortest: int = 4
    longest: int = 64
    chord: int = 2
    apart_s: float = 0.5
    needs_end: bool = False


class Spoilt(StrEnum):
    """Why a burst was not taken for a badge."""

    CUT_SHORT = "cut-short"
    TOO_LONG = "too-long"
    STRANGE = "strange-characters"
    TWO_AT_ONCE = "two-at-once"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Badge:
    """What a reader typed, without its terminator."""

    text: str

    def __repr__(self) -> str:
        return "Badge(…)"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed: usually one character, a terminator included."""

    text: str

    def __repr__(self) -> str:
        return f"Typed({len(self.text)})"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A burst that was neither; nothing of it is kept."""

    why: Spoilt


Heard = Badge | Typed | Dropped


@dataclass(frozen=True, slots=True)
class Wedge:
    """What is being waited on. `kept`: characters so far, at most one more than a badge has;
    `last_s`: the last key of them, or of what was just read; `read_s`, `read`: the last badge."""

    kept: str = ""
    last_s: float = -math.inf
    read_s: float = -math.inf
    read: str = ""

    def __repr__(self) -> str:
        return f"Wedge({len(self.kept)} kept)"


def due_s(wedge: Wedge, policy: WedgePolicy) -> float | None:
    """When to call `flush`, or None while there is nothing to wait for."""
    return wedge.last_s + policy.pause_s if wedge.kept else None


def feed(
    wedge: Wedge, character: str, t_s: float, policy: WedgePolicy
) -> tuple[Wedge, tuple[Heard, ...]]:
    """One key going down at `t_s`, monotonic seconds.

    `character` is what it types; anything but one character spoils a burst and is otherwise
    ignored. Every key is answered within `pause_s`, by this call, the next or `flush`.
    """
    heard: tuple[Heard, ...] = ()
    joins = 0.0 <= t_s - wedge.last_s <= policy.gap_s
    if not joins:
        wedge, heard = _decide(wedge, ended=False, policy=policy)
    if character in TERMINATORS:
        wedge, more = _end(wedge, character, t_s, policy, joins=joins)
        return wedge, heard + more
    kept = wedge.kept + (character if len(character) == 1 else NOTHING)
    return replace(wedge, kept=kept[: policy.longest + 1], last_s=t_s), heard


def _end(
    wedge: Wedge, character: str, t_s: float, policy: WedgePolicy, *, joins: bool
) -> tuple[Wedge, tuple[Heard, ...]]:
    """Enter or Tab: ends a burst, trails after one, or was pressed.

    A reader may send two of them, or its one late; as a person's it would confirm something.
    """
    if len(wedge.kept) > policy.chord:
        return _decide(replace(wedge, last_s=t_s), ended=True, policy=policy)
    trails = joins or 0.0 <= t_s - wedge.read_s < policy.apart_s
    if not wedge.kept and trails:
        return replace(wedge, last_s=t_s), ()
    return replace(wedge, kept=""), (*_typed(wedge.kept), Typed(character))


def flush(wedge: Wedge, t_s: float, policy: WedgePolicy) -> tuple[Wedge, tuple[Heard, ...]]:
    """Decides what has been kept if the silence up to `t_s` is long enough; call it by a timer."""
    # The same sum as in `due_s`, or rounding would find a timer that is on time too early.
    if not wedge.kept or wedge.last_s <= t_s < wedge.last_s + policy.pause_s:
        return wedge, ()
    return _decide(wedge, ended=False, policy=policy)


def _decide(wedge: Wedge, *, ended: bool, policy: WedgePolicy) -> tuple[Wedge, tuple[Heard, ...]]:
    """What the kept characters were. `ended`: by a terminator, not by silence."""
    burst, cleared = wedge.kept, replace(wedge, kept="")
    if len(burst) <= policy.chord:
        return cleared, _typed(burst)
    why = _fault(burst, ended=ended, policy=policy)
    if why is None and wedge.last_s - wedge.read_s < policy.apart_s:
        why = Spoilt.REPEATED if burst == wedge.read else Spoilt.TWO_AT_ONCE
    if why is not None:
        return cleared, (Dropped(why),)
    return replace(cleared, read=burst, read_s=wedge.last_s), (Badge(burst),)


def _fault(burst: str, *, ended: bool, policy: WedgePolicy) -> Spoilt | None:
    if len(burst) > policy.longest:
        return Spoilt.TOO_LONG
    if not ALPHABET.issuperset(burst):
        return Spoilt.STRANGE
    if len(burst) < policy.shortest or (policy.needs_end and not ended):
        return Spoilt.CUT_SHORT
    return None


def _typed(text: str) -> tuple[Heard, ...]:
    """A person's keys, without those that type nothing."""
    text = text.replace(NOTHING, "")
    return (Typed(text),) if text else ()
