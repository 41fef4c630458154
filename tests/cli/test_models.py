"""`foyer models`: licences said plainly, and only the right files pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.commands import models, packs
from app.runtime import bootstrap
from app.vision.manifest import Commercial, Manifest, ModelFile, Pack
from tests.cli.conftest import Foyer
from tests.fakes.networks import HONEST, network, pack_of

GENUINE = models._manifest()


def altered(change: Callable[[Pack], Pack]) -> Callable[[], Manifest]:
    """The manifest with every pack changed."""
    return lambda: Manifest(tuple(change(pack) for pack in GENUINE.packs))


def each_file(**change: object) -> Callable[[Pack], Pack]:
    def changed(file: ModelFile) -> ModelFile:
        return replace(file, **change)  # type: ignore[arg-type]

    return lambda pack: replace(pack, files=tuple(changed(file) for file in pack.files))


def test_every_pack_is_listed_with_what_it_may_be_used_for(foyer: Foyer) -> None:
    said = foyer.ok("models", "list").out
    for pack in GENUINE.packs:
        assert pack.name in said
        assert pack.space.id in said
        for file in pack.files:
            assert file.name in said
            assert packs.COMMERCIAL[file.licence.commercial.value] in said
        for point in pack.space.calibration:
            assert f"{point.distance:g}" in said
    assert "(in use)" in said


def test_every_answer_about_commercial_use_has_words() -> None:
    assert set(packs.COMMERCIAL) == {each.value for each in Commercial}


def test_programs_read_digests_places_licences_and_calibration(foyer: Foyer) -> None:
    packs = foyer.ok("models", "list", "--json").document["packs"]
    (pack,) = [each for each in packs if each["in_use"]]
    assert pack["installed"]
    assert pack["space"]["calibration"][0].keys() == {"fmr", "distance"}
    for file in (file for each in packs for file in each["files"]):
        assert len(file["sha256"] or file["sha384"]) in {64, 96}
        assert file["licence_text"]
    assert all(file["path"].endswith(file["name"]) for file in pack["files"])


def test_the_installed_pack_is_the_right_one_and_works(foyer: Foyer) -> None:
    shown = foyer.ok("models", "verify", "--json").document
    assert shown["sound"]
    assert shown["pack"] == "embedded"
    assert shown["checks"][-1] == {"name": "golden embedding", "ok": True, "fault": None}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (each_file(sha256="0" * 64), "SHA-256"),
        (each_file(bytes=10**9), "cut short"),
        (each_file(bytes=10), "longer"),
        (each_file(path="face_recognition_models/models/none.dat"), "not there"),
        (each_file(distribution="no-such-distribution"), "not installed"),
    ],
    ids=["altered", "cut short", "longer", "missing", "not installed"],
)
def test_files_that_are_not_the_right_ones_are_named_with_the_cure(
    foyer: Foyer, monkeypatch: pytest.MonkeyPatch, change: Callable[[Pack], Pack], word: str
) -> None:
    monkeypatch.setattr(models, "_manifest", altered(change))
    ran = foyer("models", "verify")
    assert ran.code == 1
    assert word in ran.out
    assert "pip install" in ran.out
    assert "not tried" in ran.out
    for file in GENUINE.packs[0].files:
        assert file.name in ran.out
    shown = foyer("models", "verify", "--json")
    assert shown.code == 1
    assert not any(check["ok"] for check in shown.document["checks"])


def test_a_missing_file_is_listed_as_missing(foyer: Foyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_manifest", altered(each_file(path="none.dat")))
    assert "MISSING" in foyer.ok("models", "list").out


def test_a_machine_that_computes_something_else_is_found(
    foyer: Foyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shifted(pack: Pack) -> Pack:
        if pack.golden is None:
            return pack
        values = tuple(value + 0.01 for value in pack.golden.values)
        return replace(pack, golden=replace(pack.golden, values=values))

    monkeypatch.setattr(models, "_manifest", altered(shifted))
    ran = foyer("models", "verify")
    assert ran.code == 1
    assert "golden" in ran.out
    assert "PIN or badge" in ran.out


def test_an_unknown_pack_is_told_with_those_there_are(foyer: Foyer) -> None:
    for words in (("nonesuch",), ("--set", "models.pack=nonesuch")):
        ran = foyer("models", "verify", *words)
        assert ran.code == 5
        assert "embedded" in ran.err


def test_the_anti_spoof_pack_is_listed_with_its_threshold_and_where_it_comes_from(
    foyer: Foyer,
) -> None:
    said = foyer.ok("models", "list").out
    (pack,) = GENUINE.antispoofs
    for word in (pack.name, f"{pack.threshold:g}", pack.evidence.data, "MISSING"):
        assert word in said
    (shown,) = foyer.ok("models", "list", "--json").document["antispoofs"]
    assert not shown["in_use"]
    assert shown["threshold"]["score"] == pack.threshold
    assert [file["task"] for file in shown["files"]] == ["antispoof", "antispoof"]


def test_a_pack_is_installed_verified_and_then_used(
    foyer: Foyer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = pack_of(tmp_path / "there", network(*HONEST))
    monkeypatch.setattr(bootstrap, "manifest_of_packs", lambda: Manifest(GENUINE.packs, (pack,)))
    monkeypatch.setattr(models, "_manifest", bootstrap.manifest_of_packs)
    foyer.settings({"FOYER_MODELS_FOLDER": str(tmp_path / "models")})
    assert foyer.ok("models", "verify", "--json").document["passive"] is None
    done = foyer.ok(
        "models", "install", "tiny", "--from", str(tmp_path / "there" / "tiny"), "--json"
    )
    assert done.document["sound"]
    checked = foyer.ok("models", "verify", "--json").document
    assert checked["passive"] == "tiny"
    assert checked["checks"][-1] == {"name": "golden scores", "ok": True, "fault": None}
    (tmp_path / "models" / "tiny" / "network_0.onnx").write_bytes(b"spoilt")
    assert "cut short" in foyer("models", "verify").out
    assert foyer("models", "verify", "--set", "models.passive=none").code == 0


def test_a_pack_that_does_not_work_here_is_told_at_once(
    foyer: Foyer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = pack_of(tmp_path / "there", network("Flatten"))
    monkeypatch.setattr(models, "_manifest", lambda: Manifest(GENUINE.packs, (pack,)))
    foyer.settings({"FOYER_MODELS_FOLDER": str(tmp_path / "models")})
    ran = foyer("models", "install", "tiny", "--from", str(tmp_path / "there" / "tiny"))
    assert ran.code == 1
    assert "answers with the shape" in ran.out


def test_installing_what_is_not_there_says_what_to_fetch(foyer: Foyer, tmp_path: Path) -> None:
    ran = foyer("models", "install", "minifasnet", "--from", str(tmp_path))
    assert ran.code == 5
    assert GENUINE.antispoofs[0].scorers[0].file.sha256 in ran.err
    assert "Silent-Face-Anti-Spoofing" in ran.err
