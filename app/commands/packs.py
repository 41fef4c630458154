"""What the commands about packs share: a pack by its name, whether it works, and its licence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.context import Context
from app.errors import ModelError, ModelRejected

if TYPE_CHECKING:
    from app.vision.manifest import AntispoofPack, Manifest, Pack

COMMERCIAL = {
    "yes": "commercial use is allowed",
    "no": "NO commercial use",
    "ask": "commercial use is disputed: ask a lawyer",
}


def named(manifest: Manifest, name: str) -> Pack | AntispoofPack:
    """A pack of either kind; raises ModelRejected with the names there are."""
    every: tuple[Pack | AntispoofPack, ...] = (*manifest.packs, *manifest.antispoofs)
    found = next((pack for pack in every if pack.name == name), None)
    if found is None:
        known = ", ".join(pack.name for pack in every)
        raise ModelRejected(f"There is no model pack named {name!r}. Choose one of: {known}.")
    return found


def passive_in_use(context: Context) -> AntispoofPack | None:
    from app.runtime import bootstrap  # noqa: PLC0415

    return bootstrap.antispoof_pack(context.settings)


def loading_fault(pack: Pack | AntispoofPack, folder: Path) -> str:
    """Empty when the pack loads and computes what it should."""
    from app.vision.engine import Engine  # noqa: PLC0415 - OpenCV comes with it
    from app.vision.manifest import Pack  # noqa: PLC0415
    from app.vision.passive import PassiveScorer  # noqa: PLC0415

    part = Engine(pack, folder) if isinstance(pack, Pack) else PassiveScorer(pack, folder)
    try:
        part.load()
    except ModelError as fault:
        return str(fault)
    return ""
