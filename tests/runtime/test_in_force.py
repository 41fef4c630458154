"""By which rules somebody was let in can be read in the journal."""

from __future__ import annotations

from app.domain.journal import parse
from app.runtime import in_force
from app.settings import Settings, load
from tests.fakes.gallery import MemoryGallery


def settings(**changed: str) -> Settings:
    return load(None, {}, {key.replace("__", "."): value for key, value in changed.items()})


def written(gallery: MemoryGallery) -> list[str]:
    return [parse(row.text).detail for row in gallery.rows()]


def opened() -> MemoryGallery:
    gallery = MemoryGallery()
    gallery.open()
    return gallery


def test_what_is_in_force_is_written_once_and_again_when_it_changed() -> None:
    gallery = opened()
    for given in (
        {},
        {},
        {"policy__matching__fpir": "0.0005"},
        {"policy__matching__fpir": "0.0005"},
        {},
    ):
        in_force.note(gallery, settings(**given), 5.0)
    first, second, third = written(gallery)
    assert first == third
    assert first.endswith("all defaults")
    assert "policy.matching.fpir=0.0005" in second


def test_how_a_kiosk_looks_is_no_rule() -> None:
    gallery = opened()
    in_force.note(gallery, settings(), 5.0)
    in_force.note(gallery, settings(kiosk__theme="dark", models__folder="/elsewhere"), 6.0)
    assert len(written(gallery)) == 1


def test_a_line_stays_readable_and_still_tells_settings_apart() -> None:
    many = {
        "policy__liveness__step_s": "7",
        "policy__liveness__turn_deg": "16",
        "policy__liveness__look_up_deg": "11",
        "policy__quality__min_brightness": "50",
        "policy__matching__margin": "0.1",
        "models__pack": "x" * 400,
    }
    said = in_force.said_of(settings(**many).table)
    assert len(said) <= in_force.LONGEST
    assert said != in_force.said_of(settings(**{**many, "models__pack": "x" * 401}).table)
