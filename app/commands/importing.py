"""`foyer people import`: a table of people and a folder of their pictures, row by row.

Each row is stored by itself, and what is here already is left as it is: a run that was ended goes
on when it is started again. Faces are looked at on every core; only this process writes.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands import roster
from app.commands.context import Context, Misused
from app.commands.opened import note
from app.commands.pictures import Picture, doubts, enrolling_engine, of_one_person, photograph
from app.commands.roster import Line, Wanted
from app.domain import fusion
from app.domain.journal import Entry, EntryKind
from app.domain.matching import Embedding, MatchPolicy, Space
from app.domain.people import Claim, ClaimKind, Person
from app.domain.templates import Template
from app.errors import GalleryRefused
from app.settings import load

if TYPE_CHECKING:
    from app.gallery.store import Store
    from app.settings import Settings
    from app.vision.together import Together

#: Files that are pictures; where the table names none, 1001.jpg, 1001-2.png and 1001_b.jpg are
#: those of number 1001.
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp")
#: Pictures of one person that are looked at; more add nothing.
MOST_PHOTOS = 8
NO_CONSENT = "no-consent"
NOT_IN_FOLDER = "not-in-folder"


@dataclass(slots=True)
class Done:
    """What became of one row. `result`: added, known or refused. `face`: stored, there, refused or
    none."""

    line: int
    number: str
    result: str
    why: list[str] = field(default_factory=list)
    face: str = "none"
    images: list[dict[str, object]] = field(default_factory=list)

    def document(self) -> dict[str, object]:
        return {
            "line": self.line,
            "number": self.number,
            "result": self.result,
            "why": self.why,
            "face": self.face,
            "images": self.images,
        }


@dataclass(frozen=True, slots=True)
class Looking:
    """A person whose pictures are to be looked at."""

    row: Done
    person: Person
    consent: date
    photos: tuple[Path, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """One picture, and the embeddings of the same face in the other spaces in use."""

    picture: Picture
    others: tuple[Embedding, ...] = field(default=(), repr=False)


def run(context: Context, gallery: Store) -> int:
    """0 where every row and every picture was taken, 1 where some were not: they are named."""
    args = context.args
    today = date.today()  # noqa: DTZ011 - the day on the operator's calendar
    lines = roster.read(args.file, context.settings.policy().number_length, today)
    pictures = _folder(args.photos)
    entry = note(context, "person-imported")
    rows, looking = [], []
    for each in lines:
        row, person = _stored(gallery, each, entry, dry=args.dry_run)
        rows.append(row)
        job = _to_look_at(each, row, person, pictures)
        if job is not None:
            looking.append(job)
    if looking and not args.dry_run:
        _faces(context, gallery, looking)
    return _told(context, rows)


def _folder(folder: Path | None) -> dict[str, Path] | None:
    """The pictures below the folder by their names, None where none is given. Raises Misused."""
    if folder is None:
        return None
    if not folder.is_dir():
        raise Misused(f"There is no folder {folder}. Name the one with the pictures: --photos DIR")
    files = (each for each in sorted(folder.rglob("*")) if each.suffix.lower() in ENDINGS)
    root = folder.resolve()
    return {
        each.relative_to(folder).as_posix(): each
        for each in files
        if each.resolve().is_relative_to(root)
    }


def _stored(gallery: Store, line: Line, entry: Entry, *, dry: bool) -> tuple[Done, Person | None]:
    """The row's person, who is added unless they are here."""
    wanted = line.wanted
    if wanted is None:
        return Done(line.line, line.number, "refused", list(line.faults)), None
    known = gallery.resolve(Claim(ClaimKind.NUMBER, wanted.number)).person
    if known is not None:
        if known.name != wanted.name:
            said = f"number is {known.name}'s; give this person another one"
            return Done(line.line, wanted.number, "refused", [said]), None
        return Done(line.line, wanted.number, "known"), known
    row = Done(line.line, wanted.number, "added")
    if dry:
        return row, None
    try:
        return row, gallery.put_person(_person(wanted), entry)
    except GalleryRefused as fault:
        return Done(line.line, wanted.number, "refused", [str(fault)]), None


def _person(wanted: Wanted) -> Person:
    return Person(
        id="",
        number=wanted.number,
        name=wanted.name,
        kind=wanted.kind,
        valid_from_s=wanted.begins_s,
        valid_until_s=wanted.ends_s,
        needs=wanted.needs,
    )


def _to_look_at(
    line: Line, row: Done, person: Person | None, pictures: Mapping[str, Path] | None
) -> Looking | None:
    """The row's pictures, where somebody agreed that they are used."""
    if person is None or line.wanted is None or pictures is None:
        return None
    found = _pictures_of(line.wanted, row, pictures)
    if found and line.wanted.consent is None:
        said = "Nobody agreed: write the day on which they did into the column consent."
        row.images += [_image(path.name, NO_CONSENT, said) for path in found]
        row.face = "refused"
        return None
    if not found or line.wanted.consent is None:
        return None
    return Looking(row, person, line.wanted.consent, found)


def _pictures_of(wanted: Wanted, row: Done, pictures: Mapping[str, Path]) -> tuple[Path, ...]:
    """Those the table names, or those that are named after the number."""
    if not wanted.photos:
        own = (wanted.number, f"{wanted.number}-", f"{wanted.number}_")
        named = [
            path
            for path in pictures.values()
            if path.stem == own[0] or path.stem.startswith(own[1:])
        ]
        return tuple(named[:MOST_PHOTOS])
    for name in wanted.photos:
        if name not in pictures:
            said = "It is no picture in the folder of --photos. Correct the name."
            row.images.append(_image(name, NOT_IN_FOLDER, said))
            row.face = "refused"
    return tuple(pictures[name] for name in wanted.photos if name in pictures)[:MOST_PHOTOS]


def _image(name: str, reason: str, said: str) -> dict[str, object]:
    return {"image": name, "usable": not reason, "reason": reason or None, "said": said or None}


# -- faces


@dataclass(slots=True)
class _Worker:
    engine: Together
    settings: Settings

    def look(self, photos: Sequence[Path]) -> list[Looked]:
        gates = self.settings.policy().quality.for_enrolment()
        found = []
        for path in photos:
            picture = photograph(self.engine, path, gates)
            others = () if picture.embedding is None else self.engine.beside(picture.embedding)
            found.append(Looked(picture, tuple(others)))
        return found


#: The worker of this process, where it is one of several.
_own: list[_Worker] = []


def _start(file: Path | None, flags: tuple[tuple[str, str], ...]) -> None:
    settings = load(file, os.environ, dict(flags))
    engine = enrolling_engine(settings)
    engine.load()
    _own.append(_Worker(engine, settings))


def _look(place: int, photos: Sequence[Path]) -> tuple[int, list[Looked]]:
    return place, _own[0].look(photos)


def _faces(context: Context, gallery: Store, looking: Sequence[Looking]) -> None:
    """Whoever has a face here already keeps it; the others' are stored as they come."""
    from app.runtime import bootstrap  # noqa: PLC0415 - loads what a parser does not need

    pack = bootstrap.face_pack(context.settings)
    have = {each.person for each in gallery.care.stored() if each.space == pack.space.id}
    for each in looking:
        if each.person.id in have:
            each.row.face = "there"
    jobs = [each for each in looking if each.person.id not in have]
    spaces = _other_spaces(context.settings)
    found = _looked(context, jobs)
    for job, pictures in context.progress(found, len(jobs), "people with pictures"):
        _store(gallery, job, pictures, (pack.space, *spaces), context.settings.policy().matching)


def _other_spaces(settings: Settings) -> tuple[Space, ...]:
    from app.runtime import bootstrap  # noqa: PLC0415

    others = bootstrap.other_engines(settings)
    return tuple(each.space for each in (others.legacy, others.shadow) if each is not None)


def _looked(context: Context, jobs: Sequence[Looking]) -> Iterator[tuple[Looking, list[Looked]]]:
    from app.runtime.workers import workers  # noqa: PLC0415

    flags = tuple(pair.partition("=")[::2] for pair in context.args.set)
    if context.args.jobs <= 1 or len(jobs) == 1:
        _start(context.config_file, flags)
        worker = _own.pop()
        for each in jobs:
            yield each, worker.look(each.photos)
        return
    with workers(context.args.jobs, _start, context.config_file, flags) as pool:
        pending = [pool.submit(_look, at, each.photos) for at, each in enumerate(jobs)]
        for future in as_completed(pending):
            place, pictures = future.result()
            yield jobs[place], pictures


def _store(
    gallery: Store,
    job: Looking,
    looked: Sequence[Looked],
    spaces: Sequence[Space],
    policy: MatchPolicy,
) -> None:
    """One person's face, unless it is another's or nobody can be seen."""
    agreed = of_one_person([each.picture for each in looked], spaces[0], policy)
    job.row.images += [_image(each.name, each.reason, each.said) for each in agreed]
    kept = [each for each, picture in zip(looked, agreed, strict=True) if picture.usable]
    usable = [each.picture.embedding for each in kept if each.picture.embedding is not None]
    job.row.face = "refused"
    if not usable:
        return
    template = fusion.fuse(usable)
    said = doubts([template, *usable], job.person, gallery.snapshot(spaces[0]), policy)
    if said:
        job.row.why += said
        return
    rows = [(each.picture.embedding, *each.others) for each in kept]
    columns = [[row[at] for row in rows] for at in range(len(spaces))]
    new = [
        Template(space, fusion.fuse([each for each in column if each is not None]))
        for space, column in zip(spaces, columns, strict=True)
    ]
    detail = f"face-imported: consent of {job.consent}"
    entry = Entry(EntryKind.PEOPLE, time.time(), granted=True, detail=detail)
    gallery.care.add(job.person.id, new, entry)
    job.row.face = "stored"


# -- the answer


def _told(context: Context, rows: Sequence[Done]) -> int:
    found = Counter(row.result for row in rows)
    results = {word: found[word] for word in ("added", "known", "refused")}
    seen = Counter(row.face for row in rows)
    faces = {word: seen[word] for word in ("stored", "there", "refused")}
    for row in rows:
        for line in _lines(row):
            context.print(line)
    verb = "would be added" if context.args.dry_run else "added"
    context.print(
        f"{len(rows)} rows: {results['added']} {verb}, {results['known']} here already, "
        f"{results['refused']} refused. Faces: {faces['stored']} stored, {faces['there']} here "
        f"already, {faces['refused']} refused."
    )
    document: dict[str, Any] = {"dry_run": context.args.dry_run, **results, "faces": faces}
    document["rows"] = [row.document() for row in rows]
    context.answer(document)
    whole = not results["refused"] and not faces["refused"]
    return 0 if whole else 1


def _lines(row: Done) -> Iterator[str]:
    """Only what somebody has to do something about."""
    if row.result == "refused" or row.why:
        yield f"line {row.line}, number {row.number or '-'}: {'; '.join(row.why)}"
    for image in row.images:
        if not image["usable"]:
            yield f"line {row.line}, picture {image['image']}: {image['said']}"
