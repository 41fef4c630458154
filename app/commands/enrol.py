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
from app.commands.opened import new_number, note, opened, person_named
from app.domain.journal import Entry
from app.domain.people import Claim, ClaimKind, Person
from app.errors import GalleryRefused

if TYPE_CHECKING:
    from app.commands.pictures import Picture
    from app.domain.enrolment import Appearance
    from app.domain.matching import Embedding
    from app.gallery.store import Store
    from app.ports import FaceEngine

#: Fewer pictures make a face that is recognised, but not as well as it could be.
FEW = 3

EXAMPLES = """
examples:
  foyer enrol 1001 front.jpg smiling.jpg glasses.jpg
  foyer enrol 1001 --camera
  foyer enrol 1001 --camera --appearance glasses            beside what is stored already
  foyer enrol --number 1002 --name "Bo Lind" front.jpg      somebody who is not known here yet

Three to five different pictures of a straight look make a face that is recognised best. Exit code
1 means that nothing was stored: no picture was usable, or they look like somebody else, which
--force overrides.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    parser.add_argument("person", metavar="NUMBER", nargs="?", help="the employee number")
    parser.add_argument("photos", metavar="PHOTO", nargs="*", help="JPEG, PNG, WebP, TIFF or BMP")
    parser.add_argument("--number", help="the same, where it does not come first")
    parser.add_argument("--name", help="of somebody new, added once there is a usable picture")
    parser.add_argument("--camera", action="store_true", help="take pictures now")
    parser.add_argument(
        "--force", action="store_true", help="store it although it looks like somebody else"
    )
    parser.add_argument(
        "--appearance",
        action="append",
        default=[],
        choices=("glasses", "mask", "hair", "beard"),
        help="what the person wears in these pictures, kept beside what is stored already",
    )
    parser.add_argument("--reason", default="", help="why, for the journal; no names")
    json_argument(parser)


def run(context: Context) -> int:
    args = context.args
    number = args.person if args.number is None else args.number
    if args.number is not None and args.person:
        args.photos.insert(0, args.person)
    if not number:
        raise Misused("Say whose face it is, by employee number. See: foyer enrol --help")
    if bool(args.photos) == args.camera:
        raise Misused("Name photographs, or give --camera: one of the two. See: foyer enrol --help")
    entry = note(context, "face-enrolled")
    with opened(context) as gallery:
        return _enrol(context, gallery, _whom(context, gallery, number), entry)


def _whom(context: Context, gallery: Store, number: str) -> Person:
    """Somebody known, or with --name somebody new, who has no id as long as they are not stored."""
    name = context.args.name
    if name is None:
        return person_named(gallery, number)
    known = gallery.resolve(Claim(ClaimKind.NUMBER, number)).person
    if known is None:
        return Person(id="", number=new_number(context, number), name=name.strip())
    if known.name != name.strip():
        raise GalleryRefused(
            f"The number {number} is {known.name}'s. Leave --name out to add pictures of them, or "
            "give somebody new another number."
        )
    return known


def _enrol(context: Context, gallery: Store, person: Person, entry: Entry) -> int:
    from app.commands import pictures  # noqa: PLC0415 - models load only for somebody known
    from app.domain import fusion  # noqa: PLC0415
    from app.domain.templates import Template  # noqa: PLC0415

    policy = context.settings.policy()
    engine = pictures.enrolling_engine(context.settings)
    engine.load()
    seen = pictures.of_one_person(_seen(context, engine), engine.space, policy.matching)
    for each in seen:
        context.print(f"{'ok  ' if each.usable else 'no  '}  {each.name}{_why(each)}")
    usable = [each.embedding for each in seen if each.embedding is not None]
    doubts: tuple[str, ...] = ()
    template = fusion.fuse(usable) if usable else None
    if template is not None:
        snapshot = gallery.snapshot(engine.space)
        doubts = pictures.doubts([template, *usable], person, snapshot, policy.matching)
    stored = template is not None and (not doubts or context.args.force)
    if template is not None and stored:
        if not person.id:
            person = gallery.put_person(person, note(context, "person-added"))
        tags = frozenset(each.value for each in _appearance(context))
        new = [Template(engine.space, template, tags)]
        for place, space in enumerate(engine.spaces):
            same = [engine.beside(each)[place] for each in usable]
            new.append(Template(space, fusion.fuse(same), tags))
        gallery.care.add(person.id, new, entry)
        _keep_pictures(context, gallery, person, [engine.picture(each) for each in usable])
    _tell(context, person, usable, doubts, stored=stored)
    context.answer(
        {
            "number": person.number,
            "id": person.id or None,
            "space": engine.space.id,
            "appearance": sorted(context.args.appearance),
            "stored": stored,
            "images": [_document(each) for each in seen],
            "warnings": list(doubts),
        }
    )
    return 0 if stored else 1


def _keep_pictures(context: Context, gallery: Store, person: Person, pictures: list[bytes]) -> None:
    """For the next model: only where the house keeps them and the person agreed."""
    if context.settings.gallery.keep_crops and person.id in gallery.care.consents():
        gallery.care.keep_crops(person.id, pictures, note(context, "pictures-kept"))
        context.print(f"Kept {len(pictures)} pictures for the next model, encrypted.")


def _seen(context: Context, engine: FaceEngine) -> list[Picture]:
    from app.commands import pictures, sitting  # noqa: PLC0415
    from app.domain import enrolment  # noqa: PLC0415
    from app.runtime import bootstrap  # noqa: PLC0415

    policy = enrolment.gates(context.settings.policy().quality, _appearance(context))
    if context.args.camera:
        return sitting.sit(bootstrap.frame_source(context.settings), engine, policy, context.print)
    photos = context.progress(context.args.photos, len(context.args.photos), "photographs")
    return [pictures.photograph(engine, Path(photo), policy) for photo in photos]


def _appearance(context: Context) -> frozenset[Appearance]:
    from app.domain.enrolment import Appearance  # noqa: PLC0415

    return frozenset(Appearance(word) for word in context.args.appearance)


def _document(picture: Picture) -> dict[str, object]:
    return {
        "image": picture.name,
        "usable": picture.usable,
        "reason": picture.reason or None,
        "said": picture.said or None,
    }


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
        if len(usable) < FEW:
            context.print(
                "Three to five different pictures are recognised better, enrolled in one go."
            )
    elif doubts:
        context.print("Nothing was stored. Make sure who this is; --force stores it all the same.")
    else:
        context.print("Nothing was stored: no picture was usable.")
