"""A list of pairs in the format of Labeled Faces in the Wild, read against a folder of people.

A pair is "name i j", two pictures of one person, or "name i name j", one picture of each of two;
fields are separated by tabs or blanks, and a first line may say how many folds of how many pairs
there are. The picture is `name/name_0001.jpg`, or the one of that number in the folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import FoyerError

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
#: How many folds there are where the file names none (LFW's own number).
FOLDS = 10
LARGEST_FILE = 64 * 1024 * 1024


class PairsUnusable(FoyerError):
    """The list of pairs, or the folder of people, cannot be used."""

    code = "evaluation-pairs"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures, and whether they show one person. `fold` counts from 0."""

    one: Path
    other: Path
    genuine: bool
    fold: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """`missing`: how many pairs name a picture or a person that is not there."""

    pairs: tuple[Pair, ...]
    folds: int
    missing: int


def people_in(folder: Path) -> dict[str, tuple[Path, ...]]:
    """The pictures of each person, by the name of their folder; people without one are left out.
    Raises PairsUnusable for a folder that is none or holds nobody."""
    try:
        found = {
            each.name: tuple(sorted(p for p in each.iterdir() if p.suffix.lower() in PICTURES))
            for each in sorted(folder.iterdir())
            if each.is_dir()
        }
    except OSError as fault:
        raise PairsUnusable(
            f"{folder} cannot be read ({fault.strerror}). Name a folder with --data that holds one "
            "folder of pictures for each person."
        ) from fault
    people = {name: pictures for name, pictures in found.items() if pictures}
    if len(people) > 1:
        return people
    raise PairsUnusable(
        f"{folder} holds pictures of {len(people)} people. It has to hold one folder a person, "
        "named after them, with their pictures in it, for two people at least."
    )


def read(file: Path, people: Mapping[str, Sequence[Path]]) -> Pairs:
    """Raises PairsUnusable for a file that is no such list."""
    rows = [line.strip() for line in _text(file).splitlines()]
    rows = [row for row in rows if row and not row.startswith("#")]
    folds, size = FOLDS, 0
    if rows and (head := re.fullmatch(r"(\d+)(?:\s+(\d+))?", rows[0])):
        folds, size = (int(head[1]), int(head[2])) if head[2] else (FOLDS, 0)
        rows = rows[1:]
    if folds < 2:  # noqa: PLR2004 - each fold is judged by what the others say
        folds, size = FOLDS, 0
    if not rows:
        raise PairsUnusable(f"{file} holds no pairs. Its lines are: name i j, or: name i name j.")
    found: list[Pair] = []
    missing = 0
    for place, row in enumerate(rows):
        pair = _pair(file, row, people, _fold(place, len(rows), max(folds, 1), size))
        if pair is None:
            missing += 1
        else:
            found.append(pair)
    if not found:
        raise PairsUnusable(
            f"None of the {missing} pairs of {file} names two pictures of the folder. The list and "
            "the folder of people do not belong together."
        )
    return Pairs(tuple(found), max(folds, 1), missing)


def _fold(place: int, total: int, folds: int, size: int) -> int:
    """Each fold has `size` pairs of each kind, one fold after the other; without a size, pairs
    are dealt out one by one."""
    if size and folds > 1 and total == 2 * size * folds:
        return place // (2 * size)
    return (place + place // folds) % folds


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise PairsUnusable(f"{file} is larger than any list of pairs. Name another --pairs.")
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise PairsUnusable(
            f"{file} is not text in UTF-8. Save it as that and try again."
        ) from fault
    except OSError as fault:
        raise PairsUnusable(
            f"{file} cannot be read ({fault.strerror}). Name the list of pairs with --pairs."
        ) from fault


def _pair(file: Path, row: str, people: Mapping[str, Sequence[Path]], fold: int) -> Pair | None:
    """None where a picture is not there."""
    fields = row.split("\t") if "\t" in row else row.split()
    fields = [field.strip() for field in fields if field.strip()]
    match fields:
        case [name, one, other] if one.isdigit() and other.isdigit():
            names, numbers = (name, name), (int(one), int(other))
        case [first, one, second, other] if one.isdigit() and other.isdigit():
            names, numbers = (first, second), (int(one), int(other))
        case _:
            raise PairsUnusable(
                f"{file} has a line that is no pair: {row[:60]!r}. "
                "A line is: name i j, or: name i name j."
            )
    pictures = [
        _picture(people.get(name, ()), name, number)
        for name, number in zip(names, numbers, strict=True)
    ]
    if pictures[0] is None or pictures[1] is None:
        return None
    return Pair(pictures[0], pictures[1], names[0] == names[1], fold)


def _picture(pictures: Sequence[Path], name: str, number: int) -> Path | None:
    called = {f"{name}_{number:04d}", f"{name}_{number}"}
    named = next((each for each in pictures if each.stem in called), None)
    if named is not None:
        return named
    usual = any(re.fullmatch(re.escape(name) + r"_\d+", each.stem) for each in pictures)
    return pictures[number - 1] if not usual and 0 < number <= len(pictures) else None
