"""`foyer models`: which model packs this version knows, and whether their files are the right ones.

Nothing is downloaded here, and nothing at run time.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from app.commands.context import Context, json_argument
from app.commands.tables import lines, size
from app.errors import ModelError, SettingsError
from app.resources import resource

if TYPE_CHECKING:
    from app.vision.manifest import ModelFile, Pack

EXAMPLES = """
examples:
  foyer models list              packs, their licences and whether their files are here
  foyer models verify            every digest of the pack in use, and its golden embedding
  foyer models verify embedded   the same for a pack by name
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    json_argument(actions.add_parser("list", help="print every pack of the manifest"))
    verify = actions.add_parser("verify", help="compare files with the manifest, and try them")
    verify.add_argument("pack", nargs="?", help="default: the one in the settings")
    json_argument(verify)


def run(context: Context) -> int:
    return _list(context) if context.args.action == "list" else _verify(context)


def _packs() -> tuple[Pack, ...]:
    from app.vision import manifest  # noqa: PLC0415 - numpy comes with it

    return manifest.parse(resource("models/manifest.toml").read_text(encoding="utf-8")).packs


def _list(context: Context) -> int:
    from app.vision import packs  # noqa: PLC0415

    folder, chosen = context.settings.models.folder, context.settings.models.pack
    documents, rows = [], []
    for pack in _packs():
        for file in pack.files:
            try:
                where = str(packs.locate(file, folder))
            except ModelError:
                where = ""
            mark = "*" if pack.name == chosen else ""
            rows.append(_cells(mark + pack.name, file, here=bool(where)))
            documents.append({"pack": pack.name, **_document(file), "path": where or None})
    context.answer({"chosen": chosen, "folder": str(folder), "files": documents})
    headings = ["pack", "task", "file", "size", "here", "commercial use", "licence"]
    for line in lines(headings, rows):
        context.print(line)
    context.print("* in use. Licences in full: models/manifest.toml")
    return 0


def _cells(pack: str, file: ModelFile, *, here: bool) -> list[str]:
    return [
        pack,
        file.task.value,
        file.name,
        size(file.bytes),
        "yes" if here else "no",
        file.licence.commercial.value,
        file.licence.name,
    ]


def _document(file: ModelFile) -> dict[str, object]:
    return {
        "name": file.name,
        "task": file.task.value,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "upstream": file.upstream,
        "licence": file.licence.name,
        "commercial": file.licence.commercial.value,
    }


def _verify(context: Context) -> int:
    """Digests first; only what has the right ones is loaded and tried."""
    from app.vision import packs  # noqa: PLC0415

    folder = context.settings.models.folder
    pack = _pack_named(context.args.pack or context.settings.models.pack)
    checked = packs.verify(pack, folder)
    for each in checked:
        context.print(f"{each.file.name}: {each.fault or 'the right one'}")
    sound = all(each.fault is None for each in checked)
    golden = _golden_fault(pack, context) if sound else None
    if sound:
        context.print(f"golden embedding: {golden or 'right on this machine'}")
    sound = sound and golden is None
    files = [
        {"name": each.file.name, "fault": str(each.fault) if each.fault else None}
        for each in checked
    ]
    context.answer({"pack": pack.name, "sound": sound, "files": files, "golden": golden})
    return 0 if sound else 1


def _pack_named(name: str) -> Pack:
    found = [pack for pack in _packs() if pack.name == name]
    if not found:
        known = ", ".join(pack.name for pack in _packs())
        raise SettingsError(f"There is no model pack named {name!r}. Choose one of: {known}.")
    return found[0]


def _golden_fault(pack: Pack, context: Context) -> str | None:
    from app.vision.engine import Engine  # noqa: PLC0415 - loads OpenCV

    try:
        Engine(pack, context.settings.models.folder).load()
    except ModelError as fault:
        return str(fault)
    return None
