"""`foyer enrol`: adds a person's face, from photographs or from the camera.

All pictures of one enrolment become one template, their mean: it lies nearer to its person than any
one of them does, and is what the pack's calibration assumes (models/manifest.toml). The pictures
themselves are never stored.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.context import Context, Misused, json_argument
from app.commands.opened import note, opened, person_named
from app.domain.journal import Entry
from app.domain.people import Person

if TYPE_CHECKING:
    from app.commands.pictures import Picture
    from app.domain.matching import Embedding
    from app.gallery.store import Store
    from app.ports import FaceEngine

EXAMPLES = """
examples:
  foyer enrol 1001 front.jpg smiling.jpg glasses.jpg
  foyer enrol 1001 --camera

Three to five different pictures of a straight look make a face that is recognised best. Exit code
1 means that nothing was stored: no picture was usable, or they look like somebody else, which
--force overrides.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    parser.add_argument("person", metavar="NUMBER", help="the employee number")
    parser.add_argument("photos", metavar="PHOTO", nargs="*", help="JPEG, PNG, WebP, TIFF or BMP")
    parser.add_argument("--camera", action="store_true", help="take pictures now")
    parser.add_argument(
        "--force", action="store_true", help="store it although it looks like somebody else"
    )
    parser.add_argument("--reason", default="", help="why, for the journal; no names")
    json_argument(parser)


def run(context: Context) -> int:
    args = context.args
    if bool(args.photos) == args.camera:
        raise Misused("Name photographs, or give --camera: one of the two. See: foyer enrol --help")
    entry = note(context, "face-enrolled")
    with opened(context) as gallery:
        return _enrol(context, gallery, person_named(gallery, args.person), entry)


def _enrol(context: Context, gallery: Store, person: Person, entry: Entry) -> int:
    from app.commands import pictures  # noqa: PLC0415 - models load only for somebody known
    from app.domain import matching  # noqa: PLC0415
    from app.runtime import bootstrap  # noqa: PLC0415

    policy = context.settings.policy()
    engine = bootstrap.face_engine(context.settings)
    engine.load()
    seen = pictures.of_one_person(_seen(context, engine), engine.space, policy.matching)
    for each in seen:
        context.print(f"{'ok  ' if each.usable else 'no  '}  {each.name}{_why(each)}")
    usable = [each.embedding for each in seen if each.embedding is not None]
    doubts: tuple[str, ...] = ()
    if usable:
        snapshot = gallery.snapshot(engine.space)
        template = matching.fuse(usable)
        doubts = pictures.doubts([template, *usable], person, snapshot, policy.matching)
    stored = bool(usable) and (not doubts or context.args.force)
    if stored:
        gallery.add_templates(person.id, engine.space, [matching.fuse(usable)], entry)
    _tell(context, person, usable, doubts, stored=stored)
    context.answer(
        {
            "number": person.number,
            "id": person.id,
            "space": engine.space.id,
            "stored": stored,
            "images": [
                {
                    "image": each.name,
                    "usable": each.usable,
                    "reason": each.reason or None,
                    "said": each.said or None,
                }
                for each in seen
            ],
            "warnings": list(doubts),
        }
    )
    return 0 if stored else 1


def _seen(context: Context, engine: FaceEngine) -> list[Picture]:
    from app.commands import pictures, sitting  # noqa: PLC0415
    from app.runtime import bootstrap  # noqa: PLC0415

    policy = context.settings.policy().quality
    if context.args.camera:
        return sitting.sit(bootstrap.frame_source(context.settings), engine, policy, context.print)
    photos = context.progress(context.args.photos, len(context.args.photos), "photographs")
    return [pictures.photograph(engine, Path(photo), policy) for photo in photos]


def _why(picture: Picture) -> str:
    """What speaks against it; messages about files name the file already."""
    return "" if picture.usable else f": {picture.said.removeprefix(picture.name).strip()}"


def _tell(
    context: Context,
    person: Person,
    usable: list[Embedding],
    doubts: tuple[str, ...],
    *,
    stored: bool,
) -> None:
    for doubt in doubts:
        context.print(f"Warning: {doubt}")
    if stored:
        what = "1 picture" if len(usable) == 1 else f"{len(usable)} pictures"
        context.print(f"Stored the face of {person.name} ({person.number}) from {what}.")
    elif doubts:
        context.print("Nothing was stored. Make sure who this is; --force stores it all the same.")
    else:
        context.print("Nothing was stored: no picture was usable.")
