"""`foyer people templates` and `foyer people pictures`: templates, their updates, and a consent."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from app.commands.context import Context, json_argument
from app.commands.opened import note, person_named
from app.commands.tables import lines

if TYPE_CHECKING:
    from app.gallery.store import Store


def add_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    templates = actions.add_parser("templates", help="a person's templates and their updates")
    parts = templates.add_subparsers(dest="part", required=True, metavar="PART")
    listing = parts.add_parser("list", help="what is stored, and every adaptive update")
    listing.add_argument("person", metavar="NUMBER")
    undo = parts.add_parser("undo", help="take the newest adaptive update back")
    undo.add_argument("update", type=int, metavar="ID", help="from: foyer people templates list")
    undo.add_argument("--reason", default="", help="why, for the journal; no names")
    pictures = actions.add_parser(
        "pictures", help="whether somebody agreed that pictures are kept for the next model"
    )
    pictures.add_argument("person", metavar="NUMBER")
    answer = pictures.add_mutually_exclusive_group(required=True)
    answer.add_argument("--agreed", action="store_true", help="they agreed")
    answer.add_argument("--withdrawn", action="store_true", help="they did not, or no longer do")
    pictures.add_argument("--reason", default="", help="why, for the journal; no names")
    for each in (listing, undo, pictures):
        json_argument(each)


def templates(context: Context, gallery: Store) -> None:
    if context.args.part == "undo":
        _undo(context, gallery)
    else:
        _list(context, gallery)


def _list(context: Context, gallery: Store) -> None:
    person = person_named(gallery, context.args.person)
    stored, updates = gallery.care.stored(person.id), gallery.care.updates(person.id)
    rows = [
        (each.space, each.origin.value, " ".join(sorted(each.tags)) or "-", _day(each.created_s))
        for each in stored
    ]
    for line in lines(("space", "origin", "tags", "since"), rows):
        context.print(line)
    for each in updates:
        undone = f", undone {_day(each.undone_s)}" if each.undone_s is not None else ""
        context.print(f"update {each.id} on {_day(each.made_s)} in {each.space}{undone}")
    context.answer(
        {
            "number": person.number,
            "templates": [
                {
                    "id": each.id,
                    "space": each.space,
                    "origin": each.origin.value,
                    "tags": sorted(each.tags),
                    "created_s": each.created_s,
                }
                for each in stored
            ],
            "updates": [
                {
                    "id": each.id,
                    "space": each.space,
                    "made_s": each.made_s,
                    "undone_s": each.undone_s,
                }
                for each in updates
            ],
        }
    )


def _day(utc_s: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(utc_s))


def _undo(context: Context, gallery: Store) -> None:
    update = gallery.care.undo(context.args.update, note(context, "template-update-undone {id}"))
    context.print(f"Update {update.id} is taken back. The enrolment was never touched.")
    context.answer({"undone": update.id, "person": update.person})


def pictures(context: Context, gallery: Store) -> None:
    person = person_named(gallery, context.args.person)
    agreed = bool(context.args.agreed)
    what = "pictures-agreed" if agreed else "pictures-withdrawn"
    gallery.care.set_consent(person.id, note(context, what), given=agreed)
    if agreed:
        context.print(f"{person.name} agreed. Pictures are kept from the next enrolment on, where")
        context.print("gallery.keep_crops is switched on, and go once the next model read them.")
    else:
        context.print(f"No picture of {person.name} is kept; what was kept is erased.")
    context.answer({"number": person.number, "agreed": agreed})


def due(context: Context, gallery: Store) -> dict[str, str]:
    """Person id to why their face should be taken again."""
    from app.domain import ageing  # noqa: PLC0415 - numpy comes with it
    from app.domain.ageing import Trend  # noqa: PLC0415
    from app.runtime import bootstrap  # noqa: PLC0415

    settings = context.settings
    space = bootstrap.face_pack(settings, settings.models.pack).space.id
    trends, limits = gallery.care.trends(space), settings.policy().ageing
    found = {}
    for person in gallery.people():
        stored = gallery.care.stored(person.id)
        why = ageing.due(stored, space, trends.get(person.id, Trend()), time.time(), limits)
        if why is not None:
            found[person.id] = why.value
    return found
