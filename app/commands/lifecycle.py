"""What may become of somebody's access: longer, on hold, over, on again, or erased; and why."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.commands.context import Context, Misused, json_argument
from app.commands.described import document
from app.commands.opened import note, person_named
from app.domain.people import Person, Status
from app.errors import GalleryRefused

if TYPE_CHECKING:
    from app.gallery.store import Store

Moment = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Change:
    """`word` is what is written down; `since` the standings from which it may be made."""

    word: str
    help: str
    since: frozenset[Status]
    to: Status | None = None


#: Every change there is; what is not named here cannot be made.
CHANGES: dict[str, Change] = {
    "extend": Change(
        "access-extended",
        "another end of their access",
        frozenset({Status.ACTIVE, Status.SUSPENDED}),
    ),
    "suspend": Change(
        "access-suspended", "no access for now", frozenset({Status.ACTIVE}), Status.SUSPENDED
    ),
    "revoke": Change(
        "access-revoked",
        "no access any more; the record stays",
        frozenset({Status.ACTIVE, Status.SUSPENDED}),
        Status.ENDED,
    ),
    "reactivate": Change(
        "access-reactivated",
        "access again, as far as their dates allow",
        frozenset({Status.SUSPENDED, Status.ENDED}),
        Status.ACTIVE,
    ),
    "withdraw": Change(
        "face-withdrawn",
        "they no longer agree that their face is stored: it is gone at once, badge and PIN go on",
        frozenset(Status),
    ),
    "erase": Change(
        "person-erased", "the person, face, badge and PIN, for good", frozenset(Status)
    ),
}


def add_arguments(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], end: Moment
) -> None:
    """`end` reads the end of an access, a day meant whole."""
    for name, change in CHANGES.items():
        parser = actions.add_parser(name, help=change.help)
        parser.add_argument("person", metavar="ID", help="the employee number, or the id")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="why; no names")
        if name == "extend":
            parser.add_argument(
                "--until",
                dest="ends",
                metavar="ISO",
                type=end,
                required=True,
                help="the new end: a moment, or a day to its end",
            )
        json_argument(parser)


def run(context: Context, gallery: Store) -> None:
    """Raises GalleryRefused where the change cannot be made from how things stand."""
    args, change = context.args, CHANGES[context.args.action]
    if not str(args.reason).strip():
        raise Misused("A reason is needed: it is what the journal says later. Give --reason TEXT")
    person = person_named(gallery, args.person)
    entry = note(context, change.word)
    if args.action == "erase":
        gallery.remove_person(person.id, entry)
        context.print(f"Erased: {person.name}, with face templates, badge and PIN.")
        context.answer({"id": person.id, "number": person.number, "erased": True})
        return
    if args.action == "withdraw":
        gallery.care.withdraw(person.id, entry)
        context.print(f"The face of {person.name} is gone, and all that was learnt from it.")
        context.print(_ways_in(gallery, person))
        context.answer(document(person, 0))
        return
    after = gallery.put_person(_changed(person, change, context), entry)
    context.print(f"{after.name} ({after.number}) is now {after.status.value}.{_warning(after)}")
    context.answer(document(after, gallery.template_counts().get(after.id, 0)))


def _ways_in(gallery: Store, person: Person) -> str:
    """What is left to come in with, or what to do where nothing is."""
    badge, pin = gallery.carries(person.id)
    if not pin:
        return f"They have no PIN, and cannot come in: foyer people set-pin {person.number}"
    return "They come in with badge and PIN." if badge else "They come in with number and PIN."


def _changed(person: Person, change: Change, context: Context) -> Person:
    if person.status not in change.since:
        ways = [name for name, each in CHANGES.items() if person.status in each.since]
        raise GalleryRefused(
            f"{person.name} is {person.status.value}: {context.args.action} changes nothing then. "
            f"What can be done: {', '.join(ways)}."
        )
    if change.to is not None:
        return replace(person, status=change.to)
    ends_s = context.args.ends
    if not ends_s > time.time():
        raise Misused("The new end is over already. Give a later one, or revoke the access.")
    return replace(person, valid_until_s=ends_s)


def _warning(person: Person) -> str:
    """Where the dates still keep somebody out."""
    now_s = time.time()
    if person.status is not Status.ACTIVE:
        return ""
    if person.valid_until_s is not None and person.valid_until_s <= now_s:
        return " Their access is over by its date: foyer people extend"
    if person.valid_from_s is not None and person.valid_from_s > now_s:
        return " Their access has not begun yet."
    return ""
