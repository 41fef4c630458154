"""Colours that can be read, and measures that follow the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.resources import resource
from ui import theme
from ui.theme import Look, Palette, Role, ThemeName, Tone, load_face, load_palette, unit_for

#: Every pair of text and ground that components paint.
TEXT_ON_GROUND = [
    (text, ground)
    for text, grounds in {
        Tone.INK: (Tone.PAGE, Tone.CARD, Tone.TINT),
        Tone.SOFT: (Tone.PAGE, Tone.CARD),
        Tone.ACCENT: (Tone.PAGE, Tone.CARD, Tone.TINT),
        Tone.ON_ACCENT: (Tone.ACCENT,),
        Tone.AMBER: (Tone.AMBER_TINT,),
        Tone.RED: (Tone.PAGE, Tone.CARD),
    }.items()
    for ground in grounds
]


def luminance(colour: QColor) -> float:
    """Relative luminance, WCAG 2.2."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    parts = (linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF()))
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast(QColor("#000000"), QColor("#FFFFFF")) == pytest.approx(21.0)
    assert contrast(QColor("#767676"), QColor("#FFFFFF")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", list(ThemeName))
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read(name: ThemeName, text: Tone, ground: Tone) -> None:
    palette = load_palette(name)
    assert contrast(palette.colour(text), palette.colour(ground)) >= 4.5


@pytest.mark.parametrize("name", list(ThemeName))
def test_the_ring_and_the_doors_stand_out(name: ThemeName) -> None:
    """Graphics need 3:1 (WCAG 1.4.11)."""
    palette = load_palette(name)
    for ground in (Tone.PAGE, Tone.CARD, Tone.TRACK):
        assert contrast(palette.colour(Tone.ACCENT), palette.colour(ground)) >= 3.0


@pytest.mark.parametrize(
    ("line", "complaint"),
    [('page = "greenish"', "not a colour"), ("", "these tokens differ"), ("page = 3", "colour")],
)
def test_a_broken_theme_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, complaint: str
) -> None:
    good = resource("resources/theme/light.toml").read_text(encoding="utf-8").splitlines()
    kept = [each for each in good if not each.startswith("page")]
    broken = tmp_path / "light.toml"
    broken.write_text("\n".join([*kept, line]), encoding="utf-8")
    monkeypatch.setattr(theme, "resource", lambda _path: broken)
    with pytest.raises(ValueError, match=complaint):
        load_palette(ThemeName.LIGHT)


@pytest.mark.parametrize(
    ("size", "unit", "portrait"),
    [
        (QSize(1080, 1920), 1.0, True),
        (QSize(800, 1280), 800 / 1080, True),
        (QSize(1280, 800), 0.8, False),
        (QSize(1920, 1080), 1.08, False),
        (QSize(1000, 1000), 0.625, False),
    ],
)
def test_the_unit_follows_the_window(size: QSize, unit: float, *, portrait: bool) -> None:
    found, upright = unit_for(size)
    assert found == pytest.approx(unit, abs=0.02)
    assert upright is portrait


def look_of(scale: float) -> Look:
    palette: Palette = load_palette(ThemeName.LIGHT)
    return Look(palette, load_face(), unit=1.0, portrait=True, text_scale=scale)


def test_what_is_read_grows_by_half_and_headlines_less(qapp: QApplication) -> None:
    for role in Role:
        before = look_of(1.0).font(role).pixelSize()
        after = look_of(1.5).font(role).pixelSize()
        assert after > before
        if role in {Role.BODY, Role.SMALL, Role.LEAD, Role.LABEL}:
            assert after == pytest.approx(before * 1.5, abs=1)


def test_nothing_public_is_set_smaller_than_can_be_read(qapp: QApplication) -> None:
    """26 px on a screen 1080 wide, by the height of the letters: DejaVu's are 5 % taller."""
    for role in Role:
        assert look_of(1.0).font(role).pixelSize() >= 26 * theme.DEJAVU_SIZE


def test_the_last_face_comes_from_a_file(qapp: QApplication) -> None:
    assert load_face() in {*theme.PREFERRED_FACES, theme.LAST_FACE}
