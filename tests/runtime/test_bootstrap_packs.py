"""Which anti-spoof pack is used, and where its threshold ends up."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ModelRejected
from app.runtime import bootstrap
from app.settings import Settings, load
from app.vision.manifest import AntispoofPack, Manifest
from tests.fakes.networks import HONEST, network, pack_of


def settings(models: Path, **flags: str) -> Settings:
    named = {key.replace("_", ".", 1): text for key, text in flags.items()}
    return load(None, {}, {"models.folder": str(models), **named})


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AntispoofPack:
    """The only anti-spoof pack; its two files lie in `tmp_path`."""
    made = pack_of(tmp_path, network(*HONEST), network(*HONEST))
    known = bootstrap.manifest_of_packs()
    monkeypatch.setattr(bootstrap, "manifest_of_packs", lambda: Manifest(known.packs, (made,)))
    return made


def test_a_pack_is_used_once_it_is_installed(pack: AntispoofPack, tmp_path: Path) -> None:
    assert bootstrap.antispoof_pack(settings(tmp_path / "empty")) is None
    assert bootstrap.antispoof_pack(settings(tmp_path)) == pack
    assert bootstrap.antispoof_pack(settings(tmp_path, models_passive="none")) is None


def test_a_pack_of_which_a_file_is_gone_is_still_asked_for(
    pack: AntispoofPack, tmp_path: Path
) -> None:
    """Otherwise whoever deletes one file switches the layer off unnoticed."""
    (tmp_path / pack.files[0].path).unlink()
    assert bootstrap.antispoof_pack(settings(tmp_path)) == pack


def test_a_pack_that_is_named_is_asked_for_wherever_it_is(
    pack: AntispoofPack, tmp_path: Path
) -> None:
    named = settings(tmp_path / "empty", models_passive="tiny")
    assert bootstrap.antispoof_pack(named) == pack
    with pytest.raises(ModelRejected, match="Choose one of: auto, none, tiny"):
        bootstrap.antispoof_pack(settings(tmp_path, models_passive="tny"))


def test_the_threshold_is_the_packs_unless_one_is_set(pack: AntispoofPack, tmp_path: Path) -> None:
    own = {"policy.passive.threshold": "0.4"}
    assert bootstrap.policy_of(settings(tmp_path)).passive.threshold == pack.threshold
    assert bootstrap.policy_of(settings(tmp_path, **own)).passive.threshold == 0.4
    unused = settings(tmp_path / "empty", **own)
    assert bootstrap.policy_of(unused).passive.threshold == 0.0
