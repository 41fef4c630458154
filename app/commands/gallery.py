"""`foyer gallery`: makes the encrypted gallery, describes it and checks it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from app.commands import asking, re_encode
from app.commands.context import Context, json_argument
from app.commands.opened import note, opened
from app.commands.tables import size
from app.domain.journal import EntryKind
from app.errors import GalleryRefused, GalleryRolledBack, KeyStoreError

if TYPE_CHECKING:
    from app.domain.people import Secret
    from app.gallery.inspection import GalleryInfo
    from app.gallery.store import Store

EXAMPLES = """
examples:
  foyer gallery init                          asks for the administrator's PIN, twice
  foyer gallery init < pin.txt                takes it from the first line of a file
  foyer --set gallery.keys=passphrase gallery init
  foyer gallery check && echo sound

The administrator's PIN opens the service screen of the kiosk. It is never an argument, because
other users of this machine could read it there.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    init = actions.add_parser("init", help="make keys and gallery, set the administrator's PIN")
    init.add_argument(
        "--anew",
        action="store_true",
        help="make a new one although an earlier one is lost; it will say what it replaces",
    )
    pin = actions.add_parser("set-pin", help="set another administrator's PIN")
    info = actions.add_parser("info", help="say how large it is and how it is kept")
    check = actions.add_parser("check", help="verify every page, the structure and the journal")
    for each in (init, pin, info, check):
        json_argument(each)
    re_encode.add_arguments(actions)
    for each in (init, pin):
        each.add_argument("--reason", default="", help="why, for the journal; no names")


def run(context: Context) -> int:
    match context.args.action:
        case "init":
            return _init(context)
        case "set-pin":
            return _set_pin(context)
        case "info":
            return _info(context)
        case "re-encode":
            return re_encode.run(context)
        case _:
            return _check(context)


def _init(context: Context) -> int:
    from app.runtime import bootstrap  # noqa: PLC0415 - loads what a parser does not need

    settings = context.settings
    path = settings.gallery.path
    if settings.gallery.keys == "ephemeral":
        raise KeyStoreError(
            "The key provider ephemeral forgets its keys with this program, so a gallery would be "
            "lost at once. Choose another gallery.keys, such as keyring or passphrase."
        )
    key_store = bootstrap.key_store(settings)
    gallery = bootstrap.store(settings, key_store, create=context.args.anew)
    if path.exists():
        _refuse_finished(gallery)
    # Before anything is made: an answer that does not come leaves nothing behind.
    pin = asking.new_pin(settings, "The administrator's PIN")
    try:
        gallery.open()
    except GalleryRolledBack as fault:
        raise GalleryRolledBack(f"{fault} The latter: foyer gallery init --anew") from fault
    try:
        _store_pin(context, gallery, pin, "gallery-made")
    finally:
        gallery.close()
    context.print(f"Made the gallery {path}.")
    context.print(f"Keys: {key_store.name}. {key_store.explanation}")
    context.print("The administrator's PIN is set. Next: foyer people add --help")
    context.answer(
        {"path": str(path), "keys": key_store.name, "explanation": key_store.explanation}
    )
    return 0


def _refuse_finished(gallery: Store) -> None:
    """Raises GalleryRefused unless an earlier `init` was broken off before the PIN was set."""
    gallery.open()
    try:
        finished = bool(gallery.admin_pin_hash())
    finally:
        gallery.close()
    if finished:
        raise GalleryRefused(
            f"There is a gallery {gallery.path} already, and it stays as it is. Use it, or name "
            "another gallery.path; for another administrator's PIN: foyer gallery set-pin"
        )


def _set_pin(context: Context) -> int:
    with opened(context) as gallery:
        pin = asking.new_pin(context.settings, "The administrator's new PIN")
        _store_pin(context, gallery, pin, "administrator-pin-set")
    context.print("The administrator's PIN is set.")
    context.answer({"set": True})
    return 0


def _store_pin(context: Context, gallery: Store, pin: Secret, what: str) -> None:
    from app.runtime import bootstrap  # noqa: PLC0415

    keys = gallery.key_store.load()
    if keys is None:
        raise KeyStoreError("The key provider lost the keys. Start again.")
    hashed = bootstrap.pin_hasher(keys).hash(pin)
    gallery.set_admin_pin_hash(hashed, note(context, what, EntryKind.ADMIN))


def _info(context: Context) -> int:
    with opened(context) as gallery:
        info = gallery.info()
    for name, text in _facts(info):
        context.print(f"{name:<14} {text}")
    context.answer({**asdict(info), "path": str(info.path)})
    return 0


def _facts(info: GalleryInfo) -> tuple[tuple[str, str], ...]:
    faces = ", ".join(f"{count} of {space}" for space, count in info.templates.items())
    lost = (("in place of", f"a lost one with {info.replaces.partition(':')[0]} journal rows"),)
    return (
        ("gallery", str(info.path)),
        ("size", f"{size(info.size_bytes)} and {size(info.log_bytes)} of write-ahead log"),
        ("encryption", f"SQLCipher {info.cipher}, SQLite {info.sqlite}, schema {info.schema}"),
        ("keys", f"{info.key_provider}. {info.key_explanation}"),
        ("people", f"{info.people}, and {info.erased} erased"),
        ("templates", faces or "none"),
        ("badges, PINs", f"{info.badges} and {info.pins}; {info.lockouts} counts of failures"),
        ("journal", f"{info.journal_rows} rows, head {info.journal_head[:16]}…"),
        *(lost if info.replaces else ()),
    )


def _check(context: Context) -> int:
    from app.gallery.inspection import TEMPLATES  # noqa: PLC0415 - loads SQLCipher

    with opened(context) as gallery:
        findings = gallery.check()
    for each in findings:
        context.print(f"{'ok  ' if each.ok else 'FIX '}  {each.name:<20} {each.detail}")
    sound = all(each.ok for each in findings)
    context.answer({"sound": sound, "findings": [asdict(each) for each in findings]})
    if sound:
        context.print("The gallery is sound.")
    elif all(each.ok or each.name == TEMPLATES for each in findings):
        context.print(_CURE_TEMPLATES)
    else:
        context.print(_CURE)
    return 0 if sound else 1


_CURE_TEMPLATES = (
    "Enrol the people named above again; until then badge and PIN let them in. Everybody else, and "
    "the journal, are as they were."
)
_CURE = "The gallery is damaged or was altered. Stop the kiosk and put the newest sound copy back."
