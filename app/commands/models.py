"""`foyer models`: which face models there are, what they may be used for, and whether they work."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands import model_change, pack_change
from app.commands.context import Context, json_argument
from app.commands.packs import COMMERCIAL, loading_fault, named, passive_in_use
from app.commands.tables import lines, size
from app.errors import ModelError

if TYPE_CHECKING:
    from app.vision.manifest import AntispoofPack, Manifest, ModelFile, Pack

EXAMPLES = """
examples:
  foyer models list              packs, licences, files, and what their distances mean
  foyer models verify            every digest, then load the pack in use and test it
  foyer models verify embedded   the same for a pack by name
  foyer models install recommended
                                 fetch the best pack that may be used commercially
  foyer models install minifasnet --from DIR
                                 copy a pack's files out of a folder, if they are the right ones
  foyer models use retail-0095   let it decide from the next start
  foyer models promote retail-0095 --reason "shadow agreed"
                                 the same, with the pack before it as legacy, journalled
  foyer models people            who is known only by a pack that is being left
  foyer models shadow report     what the pack in models.shadow would have said
"""

UNMEASURED = "It names nobody until it was measured: foyer evaluate identities --calibrate."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="what there is, with licences and calibration")
    verify = actions.add_parser("verify", help="check every file, then load and test")
    verify.add_argument("pack", nargs="?", help="default: those in use")
    for each in (listing, verify):
        json_argument(each)
    pack_change.add_arguments(actions)
    model_change.add_arguments(actions)


def run(context: Context) -> int:
    match context.args.action:
        case "verify":
            return _verify(context)
        case "install":
            return pack_change.install(context, _manifest())
        case "use":
            return pack_change.use(context, _manifest())
        case "remove":
            return pack_change.remove(context, _manifest())
        case "promote":
            return model_change.promote(context)
        case "rollback":
            return model_change.rollback(context)
        case "people":
            return model_change.people(context)
        case "shadow":
            return model_change.shadow_report(context)
        case _:
            return _list(context)


def _manifest() -> Manifest:
    from app.resources import resource  # noqa: PLC0415
    from app.vision import listing  # noqa: PLC0415 - numpy comes with it

    return listing.parse(resource("models/manifest.toml").read_text(encoding="utf-8"))


def _list(context: Context) -> int:
    settings = context.settings
    documents = []
    for pack in _manifest().packs:
        in_use = pack.name == settings.models.pack
        places = {file.name: _place(file, settings.models.folder) for file in pack.files}
        documents.append(_document(pack, places, in_use=in_use))
        for line in _about(pack, places, in_use=in_use):
            context.print(line)
    passive = passive_in_use(context)
    antispoofs = []
    for antispoof in _manifest().antispoofs:
        in_use = antispoof == passive
        places = {file.name: _place(file, settings.models.folder) for file in antispoof.files}
        antispoofs.append(_antispoof_document(antispoof, places, in_use=in_use))
        for line in _about_antispoof(antispoof, places, in_use=in_use):
            context.print(line)
    context.answer({"packs": documents, "antispoofs": antispoofs})
    return 0


def _place(file: ModelFile, folder: Path) -> Path | None:
    """Where the file lies, None where it is missing."""
    from app.vision.packs import locate  # noqa: PLC0415

    try:
        return locate(file, folder)
    except ModelError:
        return None


def _about(pack: Pack, places: dict[str, Path | None], *, in_use: bool) -> list[str]:
    space = pack.space
    return [
        f"{pack.name}{' (in use)' if in_use else ''}: {pack.about}",
        *_about_files(pack.files, places),
        f"  space {space.id}: {space.dimension} values, {space.metric} distance",
        *_about_calibration(pack),
    ]


def _about_calibration(pack: Pack) -> list[str]:
    evidence = pack.evidence
    if evidence is None:
        return [f"  calibration: none. {UNMEASURED}"]
    points = ", ".join(f"{each.distance:g} at {each.fmr:g}" for each in pack.space.calibration)
    return [
        f"  calibration, distance at a false match rate: {points}",
        f"    from {evidence.data}, {evidence.impostor_pairs} impostor pairs, {evidence.measured}",
    ]


def _about_files(files: tuple[ModelFile, ...], places: dict[str, Path | None]) -> list[str]:
    licences = {file.licence.name: file.licence for file in files}.values()
    rows = [
        (
            file.task.value,
            file.name,
            size(file.bytes),
            file.licence.name,
            str(places[file.name] or "MISSING"),
        )
        for file in files
    ]
    return [
        *(f"  licence {each.name}: {COMMERCIAL[each.commercial.value]}" for each in licences),
        *(f"  {line}" for line in lines(("task", "file", "size", "licence", "where"), rows)),
    ]


def _about_antispoof(
    pack: AntispoofPack, places: dict[str, Path | None], *, in_use: bool
) -> list[str]:
    evidence = pack.evidence
    return [
        f"{pack.name}{' (in use)' if in_use else ''}: {pack.about}",
        *_about_files(pack.files, places),
        f"  threshold: a median score under {pack.threshold:g} is refused",
        f"    from {evidence.data}, {evidence.measured}:",
        f"    {evidence.genuine} genuine and {evidence.attacks} attack sequences",
    ]


def _document(pack: Pack, places: dict[str, Path | None], *, in_use: bool) -> dict[str, object]:
    evidence = pack.evidence
    return {
        "name": pack.name,
        "in_use": in_use,
        "installed": all(places.values()),
        "commercial": pack.commercial.value,
        "about": pack.about,
        "detector": pack.detector.value,
        "landmarks": pack.landmarks.value,
        "recogniser": pack.recogniser.value,
        "files": _file_documents(pack.files, places),
        "space": {
            "id": pack.space.id,
            "dimension": pack.space.dimension,
            "metric": pack.space.metric.value,
            "calibration": [
                {"fmr": each.fmr, "distance": each.distance} for each in pack.space.calibration
            ],
            "data": evidence.data if evidence else None,
            "impostor_pairs": evidence.impostor_pairs if evidence else 0,
            "measured": evidence.measured.isoformat() if evidence else None,
        },
    }


def _antispoof_document(
    pack: AntispoofPack, places: dict[str, Path | None], *, in_use: bool
) -> dict[str, object]:
    evidence = pack.evidence
    return {
        "name": pack.name,
        "in_use": in_use,
        "about": pack.about,
        "files": _file_documents(pack.files, places),
        "threshold": {
            "score": pack.threshold,
            "data": evidence.data,
            "genuine": evidence.genuine,
            "attacks": evidence.attacks,
            "measured": evidence.measured.isoformat(),
        },
    }


def _file_documents(
    files: tuple[ModelFile, ...], places: dict[str, Path | None]
) -> list[dict[str, object]]:
    return [
        {
            "name": file.name,
            "task": file.task.value,
            "bytes": file.bytes,
            "sha256": file.sha256 or None,
            "sha384": file.sha384 or None,
            "path": str(places[file.name]) if places[file.name] else None,
            "upstream": file.upstream,
            "licence": file.licence.name,
            "licence_text": file.licence.text,
            "commercial": file.licence.commercial.value,
        }
        for file in files
    ]


def _verify(context: Context) -> int:
    """Digests first, then loading and the golden answers; each fault with what to do."""
    name, passive = context.args.pack or context.settings.models.pack, None
    packs = [named(_manifest(), name)]
    if not context.args.pack and (passive := passive_in_use(context)) is not None:
        packs.append(passive)
    steps = [step for pack in packs for step in _steps(pack, context.settings.models.folder)]
    for what, fault in steps:
        context.print(f"FIX   {what}: {fault}" if fault else f"ok    {what}")
    sound = not any(fault for _, fault in steps)
    checks = [{"name": what, "ok": not fault, "fault": fault or None} for what, fault in steps]
    beside = passive.name if passive is not None else None
    context.answer({"pack": name, "passive": beside, "sound": sound, "checks": checks})
    return 0 if sound else 1


def _steps(pack: Pack | AntispoofPack, folder: Path) -> list[tuple[str, str]]:
    """What was checked about one pack, and each fault, empty where there is none."""
    from app.vision.manifest import Pack  # noqa: PLC0415
    from app.vision.packs import verify  # noqa: PLC0415

    steps = [(each.file.name, str(each.fault or "")) for each in verify(pack, folder)]
    works = "golden embedding" if isinstance(pack, Pack) else "golden scores"
    if any(fault for _, fault in steps):
        return [*steps, (works, "not tried: its files are not the right ones.")]
    return [*steps, (works, loading_fault(pack, folder))]
