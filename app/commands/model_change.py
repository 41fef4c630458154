"""`foyer models promote`, `rollback`, `people` and `shadow report`: from one model to the next.

shadow    the new pack is asked beside the old one; nothing depends on it
promote   the new pack decides, and the old one still knows whoever is not in the new space
rollback  the other way round again
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from app.commands.context import Context, Misused, json_argument
from app.commands.packs import loading_fault
from app.commands.tables import lines
from app.errors import ModelRejected, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.people import Person
    from app.gallery.store import Store
    from app.settings import Settings

KEYS = ("models.pack", "models.legacy", "models.shadow")


def add_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    promote = actions.add_parser("promote", help="let a pack decide; the old one becomes legacy")
    promote.add_argument("pack")
    rollback = actions.add_parser("rollback", help="let the legacy pack decide again")
    for each in (promote, rollback):
        each.add_argument("--reason", required=True, help="why, for the journal; no names")
    people = actions.add_parser("people", help="who is known only by a pack that is being left")
    shadow = actions.add_parser("shadow", help="what the shadow pack would have said")
    report = shadow.add_subparsers(dest="shadow", required=True).add_parser(
        "report", help="visits, agreements, disagreements by kind"
    )
    for each in (promote, rollback, people, report):
        json_argument(each)


def promote(context: Context) -> int:
    """Asks for the administrator's PIN; the journal first, then the settings file."""
    settings, name = context.settings, context.args.pack
    old = settings.models.pack
    if name == old:
        raise Misused(f"{name} decides already.")
    shadow = "" if settings.models.shadow == name else settings.models.shadow
    return _change(context, "promoted", {KEYS[0]: name, KEYS[1]: old, KEYS[2]: shadow})


def rollback(context: Context) -> int:
    models = context.settings.models
    if not models.legacy:
        raise Misused("There is no legacy pack to go back to: models.legacy is empty.")
    shadow = "" if models.shadow == models.legacy else models.shadow
    back = {KEYS[0]: models.legacy, KEYS[1]: models.pack, KEYS[2]: shadow}
    return _change(context, "rolled-back", back)


def _change(context: Context, what: str, wanted: dict[str, str]) -> int:
    from app.commands import settings_file  # noqa: PLC0415
    from app.commands.opened import note, opened, require_administrator  # noqa: PLC0415
    from app.domain.journal import EntryKind  # noqa: PLC0415

    if not context.args.reason.strip():
        raise Misused("Give a reason, for the journal: --reason TEXT")
    file = _file(context, wanted)
    pack, legacy = wanted[KEYS[0]], wanted[KEYS[1]]
    _refuse_unfit(context.settings, pack)
    with opened(context) as gallery:
        require_administrator(gallery, f"model-{what}")
        entry = note(context, f"model-{what} {pack}, legacy {legacy}", EntryKind.ADMIN)
        gallery.record(entry)
        try:
            for key, value in wanted.items():
                if value != context.settings.table[key].value:
                    settings_file.put(file, key, value)
        except SettingsError:
            gallery.record(note(context, f"model-change-failed {pack}", EntryKind.ADMIN))
            raise
        old = _only_old(gallery, _space(context.settings, pack))
    context.print(f"{pack} decides and {legacy} is legacy, from the next start ({file}).")
    context.print(f"{len(old)} people are known only by another pack: foyer models people")
    context.answer(
        {"pack": pack, "legacy": legacy, "file": str(file), "people_on_old_space": len(old)}
    )
    return 0


def _file(context: Context, wanted: dict[str, str]) -> Path:
    """The settings file, if it has the last word about these settings."""
    from app.options import default_file  # noqa: PLC0415

    file = context.config_file or default_file()
    for key in wanted:
        origin = context.settings.table[key].origin
        if origin not in {"default", str(file)}:
            raise SettingsError(f"{key} is set by {origin}, which would overrule {file}. Unset it.")
    return file


def _refuse_unfit(settings: Settings, name: str) -> None:
    """Raises ModelRejected for a pack that does not work here, or was never measured."""
    from app.runtime import bootstrap  # noqa: PLC0415

    pack = bootstrap.manifest_of_packs().pack(name)
    fault = loading_fault(pack, settings.models.folder)
    if fault:
        raise ModelRejected(f"{name} cannot decide. {fault}")
    if not bootstrap.face_pack(settings, name).space.calibration:
        raise ModelRejected(
            f"{name} was never measured, so it may not decide. First: foyer evaluate identities "
            f"--pack {name} --calibrate"
        )


def _space(settings: Settings, name: str) -> str:
    from app.runtime import bootstrap  # noqa: PLC0415

    return bootstrap.face_pack(settings, name).space.id


def _only_old(gallery: Store, space: str) -> list[Person]:
    """Who has templates, and none in this space; by name."""
    held: dict[str, set[str]] = {}
    for each in gallery.care.stored():
        held.setdefault(each.person, set()).add(each.space)
    return [each for each in gallery.people() if space not in held.get(each.id, {space})]


def people(context: Context) -> int:
    from app.commands.opened import opened  # noqa: PLC0415

    space = _space(context.settings, context.settings.models.pack)
    with opened(context) as gallery:
        old = _only_old(gallery, space)
    for line in lines(("number", "name"), [(each.number or each.id, each.name) for each in old]):
        context.print(line)
    context.print(f"{len(old)} people have no template of {space}. They renew it at their next")
    context.print("visit, where they agree, or at reception: foyer enrol NUMBER …")
    documents = [{"id": each.id, "number": each.number, "name": each.name} for each in old]
    context.answer({"space": space, "people": documents})
    return 0


def shadow_report(context: Context) -> int:
    from app.commands.opened import opened  # noqa: PLC0415

    models = context.settings.models
    if not models.shadow:
        raise Misused("No pack is in the shadow: models.shadow is empty.")
    live, shadow = _space(context.settings, models.pack), _space(context.settings, models.shadow)
    with opened(context) as gallery:
        report = gallery.care.comparison_report(live, shadow)
    context.print(f"{models.shadow} beside {models.pack}: {report.visits} visits with a face.")
    rows = [(kind.value, str(count)) for kind, count in report.kinds.items()]
    for line in lines(("how they stand to each other", "visits"), rows):
        context.print(line)
    context.print(f"{report.agreed} agreed. {report.uncompared} people could not be compared,")
    context.print("as they have no template of the shadow's space.")
    context.answer(
        {
            "pack": models.pack,
            "shadow": models.shadow,
            "visits": report.visits,
            "agreed": report.agreed,
            "kinds": {kind.value: count for kind, count in report.kinds.items()},
            "people_not_compared": report.uncompared,
        }
    )
    return 0
