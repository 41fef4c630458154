"""`foyer models install`, `use` and `remove`: which packs are there, and which one decides."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.context import Context, Misused, json_argument
from app.commands.packs import COMMERCIAL, loading_fault, named, passive_in_use

if TYPE_CHECKING:
    from app.vision.download import Progress
    from app.vision.manifest import AntispoofPack, Manifest, ModelFile, Pack

#: What is fetched and not yet whole lies here, below the models folder.
DOWNLOADS = ".downloads"


def add_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    install = actions.add_parser("install", help="fetch a pack, or copy it from somewhere")
    install.add_argument("pack", help="its name, from: foyer models list; or: recommended")
    install.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="DIR|FILE.zip",
        help="where its files lie already; nothing is then fetched",
    )
    install.add_argument(
        "--accept-licence",
        action="store_true",
        help="needed for packs that may not be used commercially",
    )
    use = actions.add_parser("use", help="let an installed pack decide from the next start")
    use.add_argument("pack")
    remove = actions.add_parser("remove", help="delete a pack's files")
    remove.add_argument("pack")
    for each in (install, use, remove):
        json_argument(each)


def install(context: Context, manifest: Manifest) -> int:
    from app.vision.install import install as copy  # noqa: PLC0415
    from app.vision.install import put  # noqa: PLC0415
    from app.vision.manifest import Pack  # noqa: PLC0415

    args = context.args
    pack = named(manifest, manifest.recommended if args.pack == "recommended" else args.pack)
    folder = context.settings.models.folder
    _show_licences(context, pack)
    if args.source is not None:
        paths = copy(pack, args.source, folder)
    else:
        paths = put(pack, folder, lambda file: _fetched(context, file, folder))
    for path in paths:
        context.print(f"installed {path}")
    fault = loading_fault(pack, folder)
    context.print(f"FIX   {pack.name}: {fault}" if fault else f"ok    {pack.name} works.")
    if not fault:
        context.print(_next(pack) if isinstance(pack, Pack) else _NEXT_START)
    context.answer(
        {
            "pack": pack.name,
            "files": [str(path) for path in paths],
            "sound": not fault,
            "fault": fault or None,
        }
    )
    return 1 if fault else 0


_NEXT_START = "A kiosk that is running uses it from its next start."


def _next(pack: Pack) -> str:
    if pack.space.calibration:
        return f"To let it decide: foyer models use {pack.name}"
    return (
        f"Before it may name anybody it has to be measured here: "
        f"foyer evaluate identities --data DIR --pairs FILE --pack {pack.name} --calibrate"
    )


def _show_licences(context: Context, pack: Pack | AntispoofPack) -> None:
    """Every licence, and a stop before one that has to be accepted by name."""
    licences = {file.licence.name: file.licence for file in pack.files}.values()
    for each in licences:
        context.print(f"licence {each.name}: {COMMERCIAL[each.commercial.value]}")
        for line in each.text.splitlines():
            context.print(f"  {line}")
    narrow = [each.name for each in licences if each.commercial.value == "no"]
    if narrow and not context.args.accept_licence:
        raise Misused(
            f"The pack {pack.name} may not be used commercially ({', '.join(narrow)}; the text: "
            f"foyer models list --json). Add --accept-licence if you may use it."
        )


def _fetched(context: Context, file: ModelFile, folder: Path) -> bytes:
    from tqdm import tqdm  # noqa: PLC0415

    from app.vision.download import fetch  # noqa: PLC0415 - requests comes with it

    quiet = context.as_json or not _is_terminal()
    with tqdm(desc=file.name, unit="B", unit_scale=True, disable=quiet, leave=False) as bar:
        return fetch(file, folder / DOWNLOADS, _moving(bar))


def _is_terminal() -> bool:
    import sys  # noqa: PLC0415

    return sys.stderr.isatty()


def _moving(bar: object) -> Progress:
    from tqdm import tqdm  # noqa: PLC0415

    def moved(have: int, total: int) -> None:
        if isinstance(bar, tqdm):
            bar.total = total or None
            bar.update(have - bar.n)

    return moved


def use(context: Context, manifest: Manifest) -> int:
    """Write the setting, once the pack was seen to work."""
    from app.commands import settings_file  # noqa: PLC0415
    from app.errors import ModelRejected  # noqa: PLC0415
    from app.options import default_file  # noqa: PLC0415
    from app.vision.manifest import Pack  # noqa: PLC0415

    pack = named(manifest, context.args.pack)
    fault = loading_fault(pack, context.settings.models.folder)
    if fault:
        raise ModelRejected(f"{pack.name} cannot be used. {fault}")
    key = "models.pack" if isinstance(pack, Pack) else "models.passive"
    file = context.config_file or default_file()
    before = context.settings.table[key]
    settings_file.put(file, key, pack.name)
    context.print(f"{key} = {pack.name} in {file}. {_NEXT_START}")
    overruled = before.origin not in {"default", str(file)} and before.value != pack.name
    if overruled:
        context.note(f"It does not count yet: {key} is {before.value} by {before.origin}.")
    if isinstance(pack, Pack) and pack.name != before.value:
        context.print(
            "Faces enrolled with another pack are not compared with this one's; the people stay, "
            "and use badge and PIN until their face is enrolled again."
        )
    recorded = _recorded(context, f"pack-chosen: {pack.name}")
    context.answer(
        {
            "pack": pack.name,
            "setting": key,
            "file": str(file),
            "in_force": not overruled,
            "recorded": recorded,
        }
    )
    return 0


def _recorded(context: Context, what: str) -> bool:
    """The change in the journal, where there is a gallery; says so where it cannot be opened."""
    from app.commands.opened import note, opened  # noqa: PLC0415
    from app.domain.journal import EntryKind  # noqa: PLC0415
    from app.errors import GalleryError, KeyStoreError  # noqa: PLC0415

    if not context.settings.gallery.path.exists():
        return False
    try:
        with opened(context) as gallery:
            gallery.record(note(context, what, EntryKind.ADMIN))
    except (GalleryError, KeyStoreError) as fault:
        context.note(f"The journal says nothing of this change. {fault}")
        return False
    return True


def remove(context: Context, manifest: Manifest) -> int:
    from app.vision import install  # noqa: PLC0415
    from app.vision.packs import is_complete  # noqa: PLC0415

    pack, folder = named(manifest, context.args.pack), context.settings.models.folder
    passive = passive_in_use(context)
    if pack.name in {context.settings.models.pack, passive.name if passive else ""}:
        raise Misused(f"{pack.name} is in use. Choose another first: foyer models use PACK")
    others = [each for each in manifest.packs if each != pack and is_complete(each, folder)]
    gone = install.remove(pack, others, folder)
    for path in gone:
        context.print(f"deleted {path}")
    if not gone:
        context.print(f"{pack.name} has no files of its own here.")
    context.answer({"pack": pack.name, "deleted": [str(path) for path in gone]})
    return 0
