"""From one model to the next, with real packs: promote, list, re-encode, enrol twice, roll back."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from app.camera.stills import Still, installed_photo
from app.domain.journal import Entry, EntryKind, parse
from app.domain.matching import CalibrationPoint
from app.domain.shadow import Comparison, Kind
from app.domain.templates import Origin
from app.gallery.store import Store
from app.runtime import bootstrap
from app.settings import load
from app.vision import onsite
from app.vision.manifest import Evidence
from tests.cli.conftest import ADMIN_PIN, Foyer
from tests.cli.test_gallery import store_of

ASTRONAUT = str(installed_photo(Still.ASTRONAUT))
NEXT = "retail-0095-onnx"
CHANGE = Entry(EntryKind.PEOPLE, 1_800_000_000.0, granted=False, detail="test")


@pytest.fixture
def house(kiosk: Foyer, assets: Path, tmp_path: Path) -> Foyer:
    """With a second pack, a settings file, and somebody who agreed that pictures are kept."""
    kiosk.settings({"FOYER_MODELS_FOLDER": str(tmp_path / "models")})
    kiosk.ok("models", "install", NEXT, "--from", str(assets / "models"))
    pack = bootstrap.manifest_of_packs().pack(NEXT)
    evidence = Evidence("made for a test", 1000, date(2026, 11, 28), 0.01)
    points = (CalibrationPoint(1e-4, 0.5), CalibrationPoint(1e-2, 0.7))
    onsite.write(pack, tmp_path / "models", points, evidence)
    kiosk.ok("people", "add", "--number", "1001", "--name", "Eileen")
    kiosk.ok("people", "pictures", "1001", "--agreed")
    return kiosk


def keeping() -> Store:
    """The gallery of a house that keeps pictures: opened by one that does not, they would go."""
    return bootstrap.open_gallery(load(None, os.environ, {"gallery.keep_crops": "true"}))


def spaces() -> list[tuple[str, Origin]]:
    gallery = keeping()
    try:
        return [(each.space, each.origin) for each in gallery.care.stored()]
    finally:
        gallery.close()


def details() -> list[str]:
    gallery = keeping()
    try:
        return [parse(row.text).detail for row in gallery.rows()]
    finally:
        gallery.close()


def test_a_face_goes_with_its_house_to_the_next_model_and_back(
    house: Foyer, tmp_path: Path
) -> None:
    config = str(tmp_path / "kiosk.toml")
    Path(config).write_text("[gallery]\nkeep_crops = true\n", encoding="utf-8")
    here = ("--config", config)
    enrolled = house.ok(*here, "enrol", "1001", ASTRONAUT)
    assert "Kept 1 pictures" in enrolled.out
    old = spaces()
    assert len(old) == 1

    wrong = house(*here, "models", "promote", NEXT, "--reason", "better", stdin="000000\n")
    assert wrong.code == 4
    assert "promote" not in Path(config).read_text(encoding="utf-8")
    assert "models" not in Path(config).read_text(encoding="utf-8")
    done = house.ok(
        *here, "models", "promote", NEXT, "--reason", "better", "--json", stdin=f"{ADMIN_PIN}\n"
    ).document
    assert (done["pack"], done["legacy"], done["people_on_old_space"]) == (NEXT, "embedded", 1)
    assert any(each.startswith(f"model-promoted {NEXT}") for each in details())

    listed = house.ok(*here, "models", "people", "--json").document
    assert [each["number"] for each in listed["people"]] == ["1001"]
    shown = house.ok(*here, "people", "list", "--space", "old", "--json").document["people"]
    assert [each["renew"] for each in shown] == ["old-space"]

    encoded = house.ok(*here, "gallery", "re-encode", "--pack", NEXT, "--json").document
    assert (encoded["encoded"], encoded["left"]) == (1, 0)
    assert [origin for _, origin in spaces()] == [Origin.ENROLMENT, Origin.RE_ENCODED]
    assert house.ok(*here, "models", "people", "--json").document["people"] == []
    again = house.ok(*here, "gallery", "re-encode", "--pack", NEXT, "--json").document
    assert again["encoded"] == 0, "the pictures are gone"

    both = house.ok(*here, "enrol", "1001", ASTRONAUT, "--json").document
    assert both["stored"]
    assert len({space for space, _ in spaces()}) == 2
    assert len(spaces()) == 4, "one template in each of the two spaces"

    back = house.ok(
        *here, "models", "rollback", "--reason", "worse", "--json", stdin=f"{ADMIN_PIN}\n"
    ).document
    assert (back["pack"], back["legacy"]) == ("embedded", NEXT)


def test_no_picture_is_kept_by_a_house_that_keeps_none(house: Foyer) -> None:
    assert "Kept" not in house.ok("enrol", "1001", ASTRONAUT).out
    gallery = store_of(house)
    assert gallery.care.crop_counts() == {}
    gallery.close()


def test_a_setting_that_would_overrule_the_file_is_named(house: Foyer, tmp_path: Path) -> None:
    house.settings({"FOYER_MODELS_PACK": "embedded"})
    ran = house(
        "--config", str(tmp_path / "new.toml"), "models", "promote", NEXT, "--reason", "better"
    )
    assert ran.code == 3
    assert not (tmp_path / "new.toml").exists()


def test_what_cannot_be_changed_is_said(kiosk: Foyer) -> None:
    assert kiosk("models", "rollback", "--reason", "x").code == 2
    assert kiosk("models", "promote", "embedded", "--reason", "x").code == 2
    assert kiosk("models", "promote", "embedded").code == 2
    assert kiosk("models", "shadow", "report").code == 2


def test_the_shadows_report_counts_and_names_nobody(kiosk: Foyer) -> None:
    kiosk.ok("people", "add", "--number", "1001", "--name", "Eileen")
    shadowed = ("--set", f"models.shadow={NEXT}")
    none = kiosk.ok(*shadowed, "models", "shadow", "report", "--json").document
    assert none["visits"] == 0
    gallery = store_of(kiosk)
    (person,) = gallery.people()
    live, shadow = "dlib-resnet-v1-mirrored", none_space()
    for kind in (Kind.SAME_PERSON, Kind.SHADOW_NOBODY, Kind.NOBODY_BOTH):
        who = "" if kind is Kind.NOBODY_BOTH else person.id
        gallery.care.note_comparison(Comparison(live, shadow, kind, who, "", CHANGE.utc_s))
    gallery.close()
    ran = kiosk.ok(*shadowed, "models", "shadow", "report", "--json")
    assert (ran.document["visits"], ran.document["agreed"]) == (3, 2)
    assert ran.document["kinds"]["shadow-nobody"] == 1
    assert person.id not in ran.out
    assert "Eileen" not in ran.out


def none_space() -> str:
    return bootstrap.manifest_of_packs().pack(NEXT).space.id


def test_a_withdrawn_consent_erases_what_was_kept(kiosk: Foyer) -> None:
    kiosk.ok("people", "add", "--number", "1001", "--name", "Eileen")
    kiosk.ok("people", "pictures", "1001", "--agreed")
    kiosk.ok("people", "pictures", "1001", "--withdrawn", "--reason", "asked")
    assert details()[-1] == "pictures-withdrawn: asked"
    assert kiosk("people", "templates", "undo", "7").code == 4
    listed = kiosk.ok("people", "templates", "list", "1001", "--json").document
    assert (listed["templates"], listed["updates"]) == ([], [])
