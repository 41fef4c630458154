"""Which model packs the bench judges with: those of the settings, and an anti-spoof pack that
lies in the assets where none is installed."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.policy import Policy
from app.errors import ModelError
from app.ports import FaceEngine
from app.runtime import bootstrap
from app.settings import Settings, load
from app.vision.engine import Engine
from app.vision.install import install
from app.vision.manifest import AntispoofPack
from app.vision.passive import PassiveScorer


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the settings come from: another process reads them again, as they cannot be sent."""

    file: Path | None
    flags: tuple[tuple[str, str], ...]

    def settings(self) -> Settings:
        return load(self.file, os.environ, dict(self.flags))


@dataclass(frozen=True, slots=True)
class Packs:
    """`borrowed`: the name of an anti-spoof pack out of the assets, "" where none is used, and
    `folder` where its files lie."""

    borrowed: str
    folder: Path

    @staticmethod
    def of(settings: Settings, assets: Path, private: Path) -> Packs:
        """Borrow a pack from `assets`/models/antispoof into the folder `private` where the
        settings name none and have none installed."""
        source = assets / "models" / "antispoof"
        may = settings.models.passive == "auto" and bootstrap.antispoof_pack(settings) is None
        if may and source.is_dir():
            for pack in bootstrap.manifest_of_packs().antispoofs:
                try:
                    install(pack, source, private)
                except ModelError:
                    continue
                return Packs(pack.name, private)
        return Packs("", private)

    def engine(self, settings: Settings) -> FaceEngine:
        borrowed = self._borrowed()
        if borrowed is None:
            return bootstrap.face_engine(settings)
        pack = bootstrap.manifest_of_packs().pack(settings.models.pack)
        passive = PassiveScorer(borrowed, self.folder)
        return Engine(pack, bootstrap.models_folder(settings), passive=passive)

    def scorer(self, settings: Settings) -> PassiveScorer | None:
        """The anti-spoof pack by itself, not loaded yet; None without one."""
        borrowed = self._borrowed()
        if borrowed is not None:
            return PassiveScorer(borrowed, self.folder)
        installed = bootstrap.antispoof_pack(settings)
        folder = bootstrap.models_folder(settings)
        return None if installed is None else PassiveScorer(installed, folder)

    def policy(self, settings: Settings) -> Policy:
        policy, borrowed = bootstrap.policy_of(settings), self._borrowed()
        if borrowed is None:
            return policy
        threshold = policy.passive.threshold or borrowed.threshold
        return replace(policy, passive=replace(policy.passive, threshold=threshold))

    def names(self, settings: Settings) -> tuple[str, str]:
        """The face pack and the anti-spoof pack, "none" without one."""
        installed = bootstrap.antispoof_pack(settings)
        passive = self.borrowed or (installed.name if installed is not None else "none")
        return settings.models.pack, passive

    def _borrowed(self) -> AntispoofPack | None:
        return bootstrap.manifest_of_packs().antispoof(self.borrowed) if self.borrowed else None
