"""The screen's own light: wide, equally bright, gone at once, and never where nothing may move."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.domain import light
from app.domain.light import Hue
from app.domain.liveness import Challenge
from app.domain.reasons import Reason
from app.presentation import VerifyView
from tests.fakes.screen import LANDSCAPE, PORTRAIT, VIEWS, Desk, plain_picture
from tests.ui.conftest import MakeDesk
from tests.ui.test_catalogue import faults
from tests.ui.test_theme import contrast, luminance
from ui.components.glow import FADE_FRAMES, Glow
from ui.theme import ThemeName, Tone, load_palette

KEPT = os.environ.get("FOYER_CATALOGUE", "")
SHAPES = [PORTRAIT, LANDSCAPE, QSize(1920, 1080), QSize(1000, 1000)]


def lit(
    hue: Hue | None,
    prompt: Challenge | None = Challenge.BLINK,
    hint: Reason | None = None,
    *,
    simulated: bool = False,
) -> VerifyView:
    return VerifyView(prompt, 2, 3, 0.5, 0.5, hint, claimed=False, simulated=simulated, light=hue)


LIT_VIEWS = {
    "rest": lit(Hue.SKY, None, Reason.LOOK_STRAIGHT, simulated=True),
    "left": lit(Hue.AMBER, Challenge.TURN_LEFT),
    "right": lit(Hue.ROSE, Challenge.TURN_RIGHT, Reason.SEVERAL_FACES),
    "up": lit(Hue.ROSE, Challenge.LOOK_UP, Reason.CUT_OFF, simulated=True),
    "blink": lit(Hue.GREEN),
}


def glow_of(desk: Desk) -> Glow:
    (glow,) = desk.window.findChildren(Glow)
    return glow


def picture_of(desk: Desk) -> QImage:
    desk.window.settle()
    return desk.window.grab().toImage()


def share_of(image: QImage, colour: QColor) -> float:
    """Of the picture's pixels, on a grid of 10."""
    spots = [(x, y) for x in range(0, image.width(), 10) for y in range(0, image.height(), 10)]
    return sum(image.pixelColor(*spot) == colour for spot in spots) / len(spots)


@pytest.mark.parametrize("theme", list(ThemeName))
@pytest.mark.parametrize("size", SHAPES, ids=lambda size: f"{size.width()}x{size.height()}")
def test_the_light_covers_what_is_not_read_or_looked_at(
    desks: MakeDesk, size: QSize, theme: ThemeName
) -> None:
    desk = desks(size, theme=theme, reduced_motion=False)
    for name, view in LIT_VIEWS.items():
        desk.pictures.put(plain_picture())
        desk.show(view)
        assert not faults(desk.window), name
        image = picture_of(desk)
        assert view.light is not None
        assert share_of(image, QColor(*light.srgb(view.light))) > 0.35
        if KEPT:
            look = f"{size.width()}x{size.height()}-{theme}"
            assert image.save(str(Path(KEPT, f"verify-lit-{name}-{look}.png")))


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_what_is_read_stands_on_the_page_and_not_on_the_light(desks: MakeDesk, size: QSize) -> None:
    """The contrast of text on the page is proved in test_theme; here, that it is the page."""
    desk = desks(size, reduced_motion=False, text_scale=1.5, language="de")
    desk.show(lit(Hue.AMBER))
    image = picture_of(desk)
    page = desk.window.look().colour(Tone.PAGE)
    verify, header = desk.window._verify, desk.window._header
    for part in (verify._instruction, verify._step, verify._note, header._name, header._time):
        box = QRect(part.mapTo(desk.window, QPoint(0, 0)), part.size())
        middle = box.center()
        for spot in (
            QPoint(box.left(), middle.y()),
            QPoint(box.right(), middle.y()),
            QPoint(middle.x(), box.top()),
            QPoint(middle.x(), box.bottom()),
        ):
            assert image.pixelColor(spot) == page, part.text()


@pytest.mark.parametrize("theme", list(ThemeName))
def test_the_ring_is_seen_before_every_colour(desks: MakeDesk, theme: ThemeName) -> None:
    desk = desks(theme=theme, reduced_motion=False)
    page, accent = (load_palette(theme).colour(tone) for tone in (Tone.PAGE, Tone.ACCENT))
    assert contrast(page, accent) >= 3.0
    desk.show(lit(Hue.GREEN))
    image = picture_of(desk)
    oval = desk.window._verify._oval
    ring = oval._ring_area()
    edge = oval.mapTo(desk.window, ring.center())
    edge.setX(oval.mapTo(desk.window, ring.topLeft()).x() + 3)
    assert image.pixelColor(edge) == page


def test_all_colours_are_equally_bright_on_the_screen_too() -> None:
    shown = [luminance(QColor(*light.srgb(hue))) for hue in Hue]
    assert max(shown) - min(shown) < 0.01
    assert shown[0] == pytest.approx(light.luminance(Hue.ROSE), abs=0.005)


def test_on_the_way_from_one_colour_to_the_next_it_stays_as_bright(desks: MakeDesk) -> None:
    desk = desks(reduced_motion=False)
    glow = glow_of(desk)
    desk.show(lit(Hue.ROSE))
    desk.show(lit(Hue.GREEN))
    seen = []
    for _ in range(FADE_FRAMES + 1):
        colour = glow.colour()
        assert colour is not None
        seen.append(colour)
        glow._advance()
    assert seen[0] == QColor(*light.srgb(Hue.ROSE))
    assert seen[-1] == QColor(*light.srgb(Hue.GREEN))
    assert len({colour.rgb() for colour in seen}) == FADE_FRAMES + 1
    bright = [luminance(colour) for colour in seen]
    assert max(bright) - min(bright) < 0.01


def test_the_way_ends_by_itself(desks: MakeDesk, qtbot: QtBot) -> None:
    desk = desks(reduced_motion=False)
    glow = glow_of(desk)
    desk.show(lit(Hue.ROSE))
    desk.show(lit(Hue.SKY))
    assert glow._timer.isActive()
    qtbot.waitUntil(lambda: not glow._timer.isActive(), timeout=2000)
    assert glow.colour() == QColor(*light.srgb(Hue.SKY))


def test_nothing_shines_where_nothing_may_move(desk: Desk) -> None:
    assert desk.window.look().reduced_motion
    desk.show(VIEWS["verify-blink"])
    dark = picture_of(desk)
    desk.show(lit(Hue.ROSE))
    assert not glow_of(desk).isVisible()
    assert share_of(picture_of(desk), QColor(*light.srgb(Hue.ROSE))) == 0.0
    assert dark.pixelColor(4, 4) == picture_of(desk).pixelColor(4, 4)


@pytest.mark.parametrize("after", ["busy-checking", "granted", "verify-framing"])
def test_the_light_is_gone_with_the_movements(desks: MakeDesk, after: str) -> None:
    desk = desks(reduced_motion=False)
    desk.show(VIEWS[after])
    before = picture_of(desk)
    desk.show(lit(Hue.ROSE))
    desk.show(VIEWS[after])
    assert not glow_of(desk).isVisible()
    assert not glow_of(desk)._timer.isActive()
    assert picture_of(desk).pixelColor(4, 4) == before.pixelColor(4, 4)
    assert share_of(picture_of(desk), QColor(*light.srgb(Hue.ROSE))) == 0.0
