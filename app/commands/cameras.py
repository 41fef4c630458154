"""`foyer liveness camera`: which camera the face path goes by; an administrator says."""

from __future__ import annotations

import argparse
import re
import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from app.commands.context import Context, Misused, json_argument
from app.commands.opened import note, opened, require_administrator
from app.domain import source as rule
from app.domain.journal import EntryKind
from app.domain.source import Camera, EnrolledCamera, LightProfile, SourceFault, SourceKind
from app.errors import CameraError, CameraUnavailable, GalleryRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.ports import FrameSource

SHOWN = 12
SHORTEST_PREFIX = 4

#: What an administrator should know before going by a camera of this kind.
CAUTIONS: dict[SourceKind, str] = {
    SourceKind.NETWORK: "A stream is only as trustworthy as the network: whoever can answer in the "
    "camera's place can show a film. Use rtsps: or https: on a network of its own.",
    SourceKind.UNKNOWN: "This system does not say what the camera is: another one, or a program, "
    "in its place would not be noticed.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", nargs="?", choices=("show", "enrol", "light", "forget"), default="show",
        metavar="WHAT", help="show (as without it), enrol, light, or forget",
    )  # fmt: skip
    parser.add_argument(
        "fingerprint",
        nargs="?",
        default="",
        metavar="FINGERPRINT",
        help="its beginning, for light and forget",
    )
    parser.add_argument(
        "profile", nargs="?", default="", metavar="PROFILE",
        help="for light: as-is, or evened where faces are dark or against the light",
    )  # fmt: skip
    parser.add_argument("--reason", default="", help="why, for the journal; no names")
    json_argument(parser)


def run(context: Context) -> int:
    what, prefix, profile = context.args.what, context.args.fingerprint, context.args.profile
    wanted = {"forget": 1, "light": 2}.get(what, 0)
    given = [word for word in (prefix, profile) if word]
    if len(given) > wanted:
        raise Misused(f"{given[-1]!r} is one word too many. See: foyer liveness camera --help")
    if len(given) < wanted:
        raise Misused(
            "Say which camera to forget: foyer liveness camera forget FINGERPRINT"
            if what == "forget"
            else f"Say which camera and how: foyer liveness camera light FINGERPRINT {_PROFILES}"
        )
    match what:
        case "light":
            return _set_light(context, prefix, profile)
        case "enrol":
            return _enrol(context)
        case "forget":
            return _forget(context, prefix)
        case _:
            return _show(context)


def seen_now(source: FrameSource) -> Camera:
    """What the source is while it delivers a picture; raises a CameraError."""
    try:
        source.open()
        source.read()
        return source.identity()
    finally:
        source.close()


def _show(context: Context) -> int:
    """1 where the face path would not open with this camera."""
    from app.runtime import bootstrap  # noqa: PLC0415 - loads what a parser does not need

    source = bootstrap.frame_source(context.settings)
    with opened(context) as gallery:
        enrolled = gallery.cameras()
    trouble = ""
    try:
        camera = seen_now(source)
    except CameraError as fault:
        camera, trouble = source.identity(), str(fault)
    refused = None if trouble else rule.refusal(camera, enrolled, context.settings.policy().admits)
    devices = bootstrap.video_devices()
    _print_camera(context, f"camera.source is {source.name}", camera)
    context.print(f"  {_judged(trouble, refused)}")
    _print_lists(context, enrolled, devices)
    context.answer(
        {
            "camera": _document(camera),
            "fault": refused.value if refused is not None else "",
            "trouble": trouble,
            "enrolled": [
                {
                    **_document(each.camera),
                    "enrolled_utc_s": each.enrolled_utc_s,
                    "light": each.light.value,
                }
                for each in enrolled
            ],
            "devices": [{"path": path, **_document(each)} for path, each in devices],
        }
    )
    return 0 if not trouble and refused is None else 1


def _judged(trouble: str, refused: SourceFault | None) -> str:
    if trouble:
        return f"It could not be opened. {trouble}"
    if refused is not None:
        return f"The face path is closed: {refused}. {rule.CURES[refused]}"
    return "Enrolled: the face path may go by it."


def _print_lists(
    context: Context, enrolled: Sequence[EnrolledCamera], devices: Sequence[tuple[str, Camera]]
) -> None:
    context.print(f"\nEnrolled cameras: {len(enrolled) or 'none'}")
    for each in enrolled:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(each.enrolled_utc_s))
        light = "" if each.light is LightProfile.AS_IS else f"  (light {each.light})"
        context.print(f"  {each.camera.fingerprint[:SHOWN]}  {when}  {_line(each.camera)}{light}")
    if devices:
        context.print("\nVideo devices of this machine:")
    for path, device in devices:
        context.print(f"  {path:<14} {_line(device)}{_standing(device, enrolled)}")


def _enrol(context: Context) -> int:
    from app.runtime import bootstrap  # noqa: PLC0415

    with opened(context) as gallery:
        camera = seen_now(bootstrap.frame_source(context.settings))
        _print_camera(context, "This is the camera", camera)
        if camera.kind in rule.NEVER_ENROLLED:
            fault = rule.refusal(camera, (), context.settings.policy().admits)
            cure = rule.CURES[fault] if fault is not None else ""
            raise CameraUnavailable(f"{camera.name} is {camera.kind}: no camera to go by. {cure}")
        if camera.kind in CAUTIONS:
            context.print(f"  {CAUTIONS[camera.kind]}")
        known = rule.enrolled_as(camera, gallery.cameras()) is not None
        if not known:
            require_administrator(gallery, "camera-enrolment")
            what = f"camera-enrolled {camera.fingerprint[:SHOWN]}"
            entry = note(context, what, EntryKind.ADMIN)
            gallery.put_camera(EnrolledCamera(camera, entry.utc_s), entry)
    context.print("It was enrolled already." if known else "Enrolled. A running kiosk sees it now.")
    context.answer({"camera": _document(camera), "enrolled": True, "already": known})
    return 0


_PROFILES = "|".join(LightProfile)


def _set_light(context: Context, prefix: str, word: str) -> int:
    from app.runtime import bootstrap  # noqa: PLC0415

    if word not in set(LightProfile):
        raise Misused(f"{word!r} is no light profile. Choose one of: {', '.join(LightProfile)}")
    profile, pack = LightProfile(word), bootstrap.face_pack(context.settings)
    with opened(context) as gallery:
        camera = named(prefix, gallery.cameras())
        before = rule.enrolled_as(camera, gallery.cameras())
        if before is None:
            raise GalleryRefused(f"No camera {prefix} is enrolled. See: foyer liveness camera")
        if before.light is not profile:
            require_administrator(gallery, "camera-light")
            what = f"camera-light {profile} {camera.fingerprint[:SHOWN]}"
            gallery.put_camera(replace(before, light=profile), note(context, what, EntryKind.ADMIN))
    context.print(f"Its light is {profile}; a running kiosk goes by it from the next visit on.")
    if profile is LightProfile.EVENED and not pack.input.evens:
        context.print(f"  {_no_use(pack.name)}")
    context.answer({"camera": _document(camera), "light": profile.value, "used": pack.input.evens})
    return 0


def _no_use(pack: str) -> str:
    return (
        f"The pack {pack} was not measured to gain by it and goes on taking faces as they are: "
        "with it this changes nothing."
    )


def _forget(context: Context, prefix: str) -> int:
    with opened(context) as gallery:
        found = named(prefix, gallery.cameras())
        require_administrator(gallery, "camera-forgetting")
        what = f"camera-forgotten {found.fingerprint[:SHOWN]}"
        gallery.forget_camera(found.fingerprint, note(context, what, EntryKind.ADMIN))
    context.print(f"Forgotten: {_line(found)}. No door opens by it from now on.")
    context.answer({"forgotten": _document(found)})
    return 0


def named(prefix: str, enrolled: Sequence[EnrolledCamera]) -> Camera:
    """The one enrolled camera whose fingerprint begins so; raises Misused or GalleryRefused."""
    if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST_PREFIX},64}}", prefix):
        raise Misused(
            f"{prefix!r} begins no fingerprint. Give at least {SHORTEST_PREFIX} of its digits."
        )
    found = [each.camera for each in enrolled if each.camera.fingerprint.startswith(prefix)]
    if not found:
        raise GalleryRefused(f"No camera {prefix} is enrolled. See: foyer liveness camera")
    if len(found) > 1:
        raise Misused(f"{len(found)} fingerprints begin with {prefix}. Give more of its digits.")
    return found[0]


def _print_camera(context: Context, head: str, camera: Camera) -> None:
    context.print(head)
    for name, said in (
        ("kind", camera.kind.value),
        ("name", camera.name),
        ("driver", camera.driver),
        ("place", camera.bus),
        ("ids", camera.ids),
        ("size", f"{camera.width_px}x{camera.height_px}" if camera.width_px else ""),
        ("fingerprint", camera.fingerprint[:SHOWN] if camera.width_px else ""),
    ):
        context.print(f"  {name:<12} {said or 'not known'}")


def _line(camera: Camera) -> str:
    known = (camera.kind.value, camera.name, camera.ids, camera.bus)
    size = f"{camera.width_px}x{camera.height_px}" if camera.width_px else ""
    return " · ".join(each for each in (*known, size) if each)


def _standing(device: Camera, enrolled: Sequence[EnrolledCamera]) -> str:
    """A device that is not open has no size, which is part of what was enrolled."""
    sizes = [
        f"{each.camera.width_px}x{each.camera.height_px}"
        for each in enrolled
        if replace(each.camera, width_px=0, height_px=0) == device
    ]
    return f"  (enrolled at {', '.join(sizes)})" if sizes else ""


def _document(camera: Camera) -> dict[str, object]:
    return {**asdict(camera), "fingerprint": camera.fingerprint}
