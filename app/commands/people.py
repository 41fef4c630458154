"""`foyer people`: who is known here, and their badges and PINs."""

from __future__ import annotations

import argparse
import time as clock
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from app.commands import asking, lifecycle, people_care, roster
from app.commands.context import Context, json_argument
from app.commands.described import document
from app.commands.opened import new_number, note, opened, person_named
from app.commands.tables import lines
from app.domain.journal import EntryKind, parse
from app.domain.people import Need, Person, PersonKind, Secret
from app.errors import KeyStoreError

if TYPE_CHECKING:
    from app.gallery.store import Store

EXAMPLES = """
examples:
  foyer people list
  foyer people add --number 1001 --name "Amara Okafor"
  foyer people add --number 2044 --name "Bo Lind" --kind contractor --until 2026-12-31
  foyer people import staff.csv --photos pictures
  foyer people set-pin 1001            asks for the PIN, twice
  foyer people set-badge 1001          hold the badge to the reader, or type what is on it
  foyer people extend 2044 --until 2027-03-31 --reason "second phase"
  foyer people suspend 2044 --reason "badge lost"
  foyer people list --expiring 7
  foyer people remove 2044 --reason "contract over"

PINs and badges are asked for, or taken from standard input; they are never arguments and never
shown. A person is named by employee number, or by the id that `show` prints.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="everybody, with how many face templates they have")
    listing.add_argument(
        "--expiring", type=_days, metavar="DAYS", help="only whose access ends within so many days"
    )
    listing.add_argument("--opted-out", action="store_true", help="only who has no face stored")
    listing.add_argument(
        "--never-verified", action="store_true", help="only who was never let in here"
    )
    show = actions.add_parser("show", help="one person")
    people_care.add_arguments(actions)
    roster.add_arguments(actions)
    lifecycle.add_arguments(actions, _end)
    listing.add_argument("--due", action="store_true", help="only whose face should be renewed")
    listing.add_argument(
        "--space", choices=("old",), help="old: only who is known by no template of the pack in use"
    )
    add = actions.add_parser("add", help="a new person, who has no badge, PIN or face yet")
    _add_details(add)
    remove = actions.add_parser("remove", help="erase a person, with face, badge and PIN")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    pin = actions.add_parser("set-pin", help="set a PIN, or take it away")
    badge = actions.add_parser("set-badge", help="set a badge, or take it away")
    for each in (pin, badge):
        each.add_argument("--none", action="store_true", help="take it away")
    for each in (show, remove, pin, badge):
        each.add_argument("person", metavar="NUMBER", help="the employee number")
    for each in (add, remove, pin, badge):
        each.add_argument("--reason", default="", help="why, for the journal; no names")
    for each in (listing, show, add, remove, pin, badge):
        json_argument(each)


def _add_details(parser: argparse.ArgumentParser) -> None:
    kinds = [kind.value for kind in PersonKind]
    needs = [need.value for need in Need]
    parser.add_argument("--number", required=True, help="employee number, digits")
    parser.add_argument("--name", required=True, help="as it is greeted on the screen")
    parser.add_argument("--kind", choices=kinds, default=PersonKind.EMPLOYEE.value)
    parser.add_argument(
        "--from",
        dest="begins",
        metavar="ISO",
        type=_moment,
        help="may enter from this day or moment, such as 2026-03-01 or 2026-03-01T08:00",
    )
    parser.add_argument(
        "--until",
        dest="ends",
        metavar="ISO",
        type=_end,
        help="may enter until this moment, or to the end of this day",
    )
    parser.add_argument(
        "--needs",
        nargs="+",
        default=[],
        choices=needs,
        metavar="NEED",
        help="what must not be asked of them: " + ", ".join(needs),
    )


def _moment(text: str) -> float:
    """UTC seconds of an ISO date or time; without a zone it is this machine's."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no date. Write it as 2026-12-31 or 2026-12-31T18:00"
        ) from None


def _end(text: str) -> float:
    """The same, but a day is meant whole: access is before the midnight after it."""
    moment = _moment(text)
    day = datetime.fromisoformat(text)
    if len(text) > len("2026-12-31") or day.time() != time():
        return moment
    return (day + timedelta(days=1)).timestamp()


def run(context: Context) -> int:
    actions: dict[str, Callable[[Context, Store], None]] = {
        "list": _list,
        "show": _show,
        "add": _add,
        "remove": _remove,
        "set-pin": _set_pin,
        "templates": people_care.templates,
        "pictures": people_care.pictures,
        "set-badge": _set_badge,
        **dict.fromkeys(lifecycle.CHANGES, lifecycle.run),
    }
    with opened(context) as gallery:
        if context.args.action == "import":
            return _import(context, gallery)
        actions[context.args.action](context, gallery)
    return 0


def _import(context: Context, gallery: Store) -> int:
    from app.commands import importing  # noqa: PLC0415 - numpy comes with it

    return importing.run(context, gallery)


def _list(context: Context, gallery: Store) -> None:
    people, counts = gallery.people(), gallery.template_counts()
    due = people_care.due(context, gallery)
    if context.args.space:
        people = [person for person in people if due.get(person.id) == "old-space"]
    elif context.args.due:
        people = [person for person in people if person.id in due]
    people = _filtered(context, gallery, people, counts)
    rows = [
        (
            person.number or f"id {person.id}",
            person.name,
            person.kind.value,
            person.status.value,
            _shown(person.valid_from_s),
            _shown(person.valid_until_s),
            str(counts.get(person.id, 0)),
            due.get(person.id, "-"),
        )
        for person in people
    ]
    for line in lines(
        ("number", "name", "kind", "status", "from", "until", "faces", "renew"), rows
    ):
        context.print(line)
    documents = [
        {**document(person, counts.get(person.id, 0)), "renew": due.get(person.id)}
        for person in people
    ]
    context.answer({"people": documents})


def _filtered(
    context: Context, gallery: Store, people: list[Person], counts: Mapping[str, int]
) -> list[Person]:
    """Those that all the filters leave."""
    args, now_s = context.args, clock.time()
    if args.expiring is not None:
        until_s = now_s + args.expiring * 86_400.0
        people = [each for each in people if now_s < (each.valid_until_s or 0.0) <= until_s]
    if args.opted_out:
        people = [each for each in people if not counts.get(each.id, 0)]
    if args.never_verified:
        seen = _let_in(gallery)
        people = [each for each in people if each.id not in seen]
    return people


def _let_in(gallery: Store) -> frozenset[str]:
    """The ids of everybody whom a visit in the journal let in."""
    seen = set()
    for row in gallery.rows():
        try:
            entry = parse(row.text)
        except (ValueError, KeyError, TypeError):
            continue  # `foyer audit verify` says what that means
        if entry.kind is EntryKind.VISIT and entry.granted:
            seen.add(entry.person)
    return frozenset(seen)


def _days(text: str) -> float:
    if not text.isascii() or not text.isdigit() or len(text) > len("99999"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days")
    return float(text)


def _show(context: Context, gallery: Store) -> None:
    person = person_named(gallery, context.args.person)
    count = gallery.template_counts().get(person.id, 0)
    badge, pin = gallery.carries(person.id)
    facts = {
        "number": person.number or "-",
        "name": person.name,
        "kind": person.kind.value,
        "status": person.status.value,
        "from": _shown(person.valid_from_s),
        "until": _shown(person.valid_until_s),
        "needs": " ".join(sorted(person.needs)) or "-",
        "faces": str(count),
        "badge": "set" if badge else "none",
        "PIN": "set" if pin else "none",
        "id": person.id,
    }
    for name, text in facts.items():
        context.print(f"{name:<8}{text}")
    alike = _alike(context, gallery, person)
    if alike:
        names = ", ".join(f"{each.name} ({each.number or each.id})" for each in alike)
        context.print(f"Looks like {names}: the face alone is never enough for any of them.")
    numbers = [each.number or each.id for each in alike]
    context.answer({**document(person, count), "badge": badge, "pin": pin, "alike": numbers})


def _alike(context: Context, gallery: Store, person: Person) -> list[Person]:
    """Everybody whose stored face could be taken for this person's, as the kiosk judges it."""
    from app.domain.enrolment import doubles_of  # noqa: PLC0415 - numpy comes with it
    from app.runtime import bootstrap  # noqa: PLC0415

    snapshot = gallery.snapshot(bootstrap.face_pack(context.settings).space)
    policy = context.settings.policy().matching
    return [snapshot.people[each] for each in doubles_of(person.id, snapshot, policy)]


def _shown(utc_s: float | None) -> str:
    """This machine's local time, to the minute."""
    if utc_s is None:
        return "-"
    return datetime.fromtimestamp(utc_s).astimezone().strftime("%Y-%m-%d %H:%M")


def _add(context: Context, gallery: Store) -> None:
    args = context.args
    person = gallery.put_person(
        Person(
            id="",
            number=new_number(context, args.number),
            name=args.name.strip(),
            kind=PersonKind(args.kind),
            valid_from_s=args.begins,
            valid_until_s=args.ends,
            needs=frozenset(Need(word) for word in args.needs),
        ),
        note(context, "person-added"),
    )
    context.print(f"Added {person.name}, number {person.number}.")
    if person.valid_until_s is not None:
        context.print(f"May enter until {_shown(person.valid_until_s)}, local time.")
    context.print(f"Next: foyer enrol {person.number} PHOTO…, or foyer people set-pin/set-badge")
    context.answer(document(person, 0))


def _remove(context: Context, gallery: Store) -> None:
    person = person_named(gallery, context.args.person)
    entry = note(context, "person-erased")
    if not context.args.yes and not asking.agreed(
        f"Erase {person.name} ({person.number or person.id}) with face, badge and PIN, for good?"
    ):
        context.print("Nothing was changed.")
        context.answer({"erased": False, "id": person.id})
        return
    gallery.remove_person(person.id, entry)
    context.print("Erased: the person, face templates, badge and PIN.")
    context.print("The journal keeps its rows, which name them only by a random id.")
    context.answer({"erased": True, "id": person.id})


def _set_pin(context: Context, gallery: Store) -> None:
    from app.runtime import bootstrap  # noqa: PLC0415 - loads what a parser does not need

    person = person_named(gallery, context.args.person)
    pin = Secret("") if context.args.none else asking.new_pin(context.settings, "The PIN")
    keys = gallery.key_store.load()
    if keys is None:
        raise KeyStoreError("The key provider lost the keys. Start again.")
    hashed = "" if context.args.none else bootstrap.pin_hasher(keys).hash(pin)
    what = "pin-taken-away" if context.args.none else "pin-set"
    gallery.set_pin_hash(person.id, hashed, note(context, what))
    _told(context, person, "PIN")


def _set_badge(context: Context, gallery: Store) -> None:
    person = person_named(gallery, context.args.person)
    badge = "" if context.args.none else asking.hidden("The badge").text
    what = "badge-taken-away" if context.args.none else "badge-set"
    gallery.set_badge(person.id, badge, note(context, what))
    _told(context, person, "badge")


def _told(context: Context, person: Person, what: str) -> None:
    done = "taken away" if context.args.none else "set"
    context.print(f"The {what} of {person.name} is {done}.")
    context.answer({"number": person.number, what.lower(): not context.args.none})
