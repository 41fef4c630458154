"""What the commands about people share: an existing gallery, a person in it, a journal entry."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.commands import asking
from app.commands.context import Context, Misused
from app.domain.events import PinVerdict
from app.domain.journal import Entry, EntryKind
from app.domain.people import Claim, ClaimKind, Person
from app.errors import GalleryRefused, KeyStoreError

if TYPE_CHECKING:
    from app.gallery.store import Store

LONGEST_REASON = 80


@contextmanager
def opened(context: Context) -> Iterator[Store]:
    """The gallery of the settings, which has to be there already; closed at the end.

    Raises a GalleryError or KeyStoreError.
    """
    from app.runtime import bootstrap  # noqa: PLC0415 - loads what a parser does not need

    bootstrap.require_gallery(context.settings)
    gallery = bootstrap.open_gallery(context.settings)
    try:
        yield gallery
    finally:
        gallery.close()


def person_named(gallery: Store, word: str) -> Person:
    """Whose employee number, or else id, this is; raises GalleryRefused."""
    person = gallery.resolve(Claim(ClaimKind.NUMBER, word)).person
    if person is None and word.isprintable():
        person = gallery.person(word)
    if person is None:
        raise GalleryRefused(f"Nobody here has the number {word}. See who is: foyer people list")
    return person


def new_number(context: Context, text: str) -> str:
    """A number for somebody new, which has to be typed at the kiosk's keypad; raises Misused."""
    longest = context.settings.policy().number_length
    if not (text.isascii() and text.isdigit() and len(text) <= longest):
        raise Misused(f"{text!r} cannot be typed at the kiosk. A number has 1 to {longest} digits.")
    return text


def require_administrator(gallery: Store, what: str) -> None:
    """Asks for the administrator's PIN, counted and journalled as at the service screen.

    Raises GalleryRefused unless it is right, Misused where none is given.
    """
    from app.runtime import bootstrap  # noqa: PLC0415
    from app.runtime.ledger import ADMINISTRATOR, Open, check_pin  # noqa: PLC0415

    if not gallery.admin_pin_hash():
        raise GalleryRefused("No administrator's PIN is set. Run: foyer gallery set-pin")
    keys = gallery.key_store.load()
    if keys is None:
        raise KeyStoreError("The key provider lost the keys. Start again.")
    pin = asking.hidden("The administrator's PIN")
    asked = Open(gallery, bootstrap.pin_hasher(keys))
    verdict, _ = check_pin(asked, ADMINISTRATOR, pin, time.time())
    if verdict is PinVerdict.RIGHT:
        return
    detail = f"{what}-{verdict}"
    gallery.record(Entry(EntryKind.ADMIN, time.time(), granted=False, detail=detail))
    if verdict is PinVerdict.LOCKED:
        raise GalleryRefused("Too many wrong PINs. Wait a while, then try again.")
    raise GalleryRefused("That is not the administrator's PIN. Try again.")


def note(context: Context, what: str, kind: EntryKind = EntryKind.PEOPLE) -> Entry:
    """The journal's entry for a change made here: a stable word, then the operator's reason."""
    reason = str(getattr(context.args, "reason", "") or "").strip()
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise Misused(
            f"A reason has at most {LONGEST_REASON} printable characters. Shorten --reason."
        )
    detail = f"{what}: {reason}" if reason else what
    return Entry(kind, time.time(), granted=True, detail=detail)
