"""`foyer models`: which face models there are, what they may be used for, and whether they work."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.context import Context, json_argument
from app.commands.tables import lines, size
from app.errors import ModelError

if TYPE_CHECKING:
    from app.vision.manifest import Manifest, ModelFile, Pack

EXAMPLES = """
examples:
  foyer models list              packs, licences, files, and what their distances mean
  foyer models verify            every digest, then load the pack in use and test it
  foyer models verify embedded   the same for a pack by name
"""

COMMERCIAL = {
    "yes": "commercial use is allowed",
    "no": "NO commercial use",
    "ask": "commercial use is disputed: ask a lawyer",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="what there is, with licences and calibration")
    verify = actions.add_parser("verify", help="check every file, then load and test")
    verify.add_argument("pack", nargs="?", help="default: the one in use")
    for each in (listing, verify):
        json_argument(each)


def run(context: Context) -> int:
    if context.args.action == "verify":
        return _verify(context)
    return _list(context)


def _manifest() -> Manifest:
    from app.resources import resource  # noqa: PLC0415
    from app.vision import manifest  # noqa: PLC0415 - numpy comes with it

    return manifest.parse(resource("models/manifest.toml").read_text(encoding="utf-8"))


def _list(context: Context) -> int:
    settings = context.settings
    documents = []
    for pack in _manifest().packs:
        in_use = pack.name == settings.models.pack
        places = {file.name: _place(file, settings.models.folder) for file in pack.files}
        documents.append(_document(pack, places, in_use=in_use))
        for line in _about(pack, places, in_use=in_use):
            context.print(line)
    context.answer({"packs": documents})
    return 0


def _place(file: ModelFile, folder: Path) -> Path | None:
    """Where the file lies, None where it is missing."""
    from app.vision.packs import locate  # noqa: PLC0415

    try:
        return locate(file, folder)
    except ModelError:
        return None


def _about(pack: Pack, places: dict[str, Path | None], *, in_use: bool) -> list[str]:
    licences = {file.licence.name: file.licence for file in pack.files}.values()
    rows = [
        (
            file.task.value,
            file.name,
            size(file.bytes),
            file.licence.name,
            str(places[file.name] or "MISSING"),
        )
        for file in pack.files
    ]
    space, evidence = pack.space, pack.evidence
    points = ", ".join(f"{each.distance:g} at {each.fmr:g}" for each in space.calibration)
    return [
        f"{pack.name}{' (in use)' if in_use else ''}: {pack.about}",
        *(f"  licence {each.name}: {COMMERCIAL[each.commercial.value]}" for each in licences),
        *(f"  {line}" for line in lines(("task", "file", "size", "licence", "where"), rows)),
        f"  space {space.id}: {space.dimension} values, {space.metric} distance",
        f"  calibration, distance at a false match rate: {points}",
        f"    from {evidence.data}, {evidence.impostor_pairs} impostor pairs, {evidence.measured}",
    ]


def _document(pack: Pack, places: dict[str, Path | None], *, in_use: bool) -> dict[str, object]:
    return {
        "name": pack.name,
        "in_use": in_use,
        "about": pack.about,
        "files": [
            {
                "name": file.name,
                "task": file.task.value,
                "bytes": file.bytes,
                "sha256": file.sha256,
                "path": str(places[file.name]) if places[file.name] else None,
                "upstream": file.upstream,
                "licence": file.licence.name,
                "licence_text": file.licence.text,
                "commercial": file.licence.commercial.value,
            }
            for file in pack.files
        ],
        "space": {
            "id": pack.space.id,
            "dimension": pack.space.dimension,
            "metric": pack.space.metric.value,
            "calibration": [
                {"fmr": each.fmr, "distance": each.distance} for each in pack.space.calibration
            ],
            "data": pack.evidence.data,
            "impostor_pairs": pack.evidence.impostor_pairs,
            "measured": pack.evidence.measured.isoformat(),
        },
    }


def _verify(context: Context) -> int:
    """Digests first, then loading and the golden embedding; each fault with what to do."""
    from app.vision.packs import verify  # noqa: PLC0415

    folder = context.settings.models.folder
    pack = _manifest().pack(context.args.pack or context.settings.models.pack)
    steps = [(each.file.name, str(each.fault or "")) for each in verify(pack, folder)]
    works = "golden embedding"
    if any(fault for _, fault in steps):
        steps.append((works, "not tried: its files are not the right ones."))
    else:
        steps.append((works, _loading_fault(pack, folder)))
    for name, fault in steps:
        context.print(f"FIX   {name}: {fault}" if fault else f"ok    {name}")
    sound = not any(fault for _, fault in steps)
    checks = [{"name": name, "ok": not fault, "fault": fault or None} for name, fault in steps]
    context.answer({"pack": pack.name, "sound": sound, "checks": checks})
    return 0 if sound else 1


def _loading_fault(pack: Pack, folder: Path) -> str:
    """Empty when the pack loads and computes what it should."""
    from app.vision.engine import Engine  # noqa: PLC0415 - OpenCV comes with it

    try:
        Engine(pack, folder).load()
    except ModelError as fault:
        return str(fault)
    return ""
