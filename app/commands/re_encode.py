"""`foyer gallery re-encode`: templates for another pack, from pictures people agreed to be kept."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from app.commands.context import Context, json_argument
from app.commands.opened import note, opened
from app.domain.reasons import Reason

if TYPE_CHECKING:
    from app.domain.matching import Embedding
    from app.domain.policy import QualityPolicy
    from app.gallery.store import Store
    from app.ports import FaceEngine


def add_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser("re-encode", help="make another pack's templates of kept pictures")
    parser.add_argument("--pack", required=True, help="its name, from: foyer models list")
    parser.add_argument("--reason", default="", help="why, for the journal; no names")
    json_argument(parser)


def run(context: Context) -> int:
    from app.runtime import bootstrap  # noqa: PLC0415
    from app.vision.engine import Engine  # noqa: PLC0415 - models load only here

    settings = context.settings
    pack = bootstrap.face_pack(settings, context.args.pack)
    engine = Engine(pack, settings.models.folder)
    engine.load()
    with opened(context) as gallery:
        done, left = _everybody(context, gallery, engine)
    context.print(f"{done} people have templates of {pack.name} now; their pictures are erased.")
    if left:
        context.print(f"{left} people's pictures could not be used and are kept as they were.")
    context.answer({"pack": pack.name, "space": pack.space.id, "encoded": done, "left": left})
    return 0


def _everybody(context: Context, gallery: Store, engine: FaceEngine) -> tuple[int, int]:
    from app.domain.fusion import fuse  # noqa: PLC0415
    from app.domain.templates import Origin, Template  # noqa: PLC0415

    agreed, quality = gallery.care.consents(), context.settings.policy().quality
    done = left = 0
    for person in sorted(agreed & gallery.care.crop_counts().keys()):
        found = _embedded(gallery.care.crops(person), engine, quality)
        if not found:
            left += 1
            continue
        template = Template(engine.space, fuse(found), origin=Origin.RE_ENCODED)
        gallery.care.re_encode(person, [template], note(context, "face-re-encoded"))
        done += 1
    return done, left


def _embedded(
    pictures: tuple[bytes, ...], engine: FaceEngine, quality: QualityPolicy
) -> list[Embedding]:
    """What can be used of a person's pictures; all of them show one person, or none is."""
    from app.domain.matching import is_usable  # noqa: PLC0415
    from app.vision.stills import best_face  # noqa: PLC0415
    from app.vision.together import frame_of  # noqa: PLC0415

    found = []
    for picture in pictures:
        frame = frame_of(picture)
        face = best_face(engine, frame, quality)
        if not isinstance(face, Reason):
            embedding = engine.embed(engine.align(frame, face))
            found += [embedding] if is_usable(embedding, engine.space) else []
    return found
