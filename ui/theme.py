"""Tokens: colours, type sizes and the unit of length. Screens say which, never how much.

Lengths are *design units* (du). On a portrait screen 1080 px wide, and on a landscape screen of
1600 x 1000, one du is one pixel; anywhere else everything grows or shrinks together.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from enum import Enum, StrEnum

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase

from app.resources import library_file, resource


class Tone(StrEnum):
    """A colour by its job; the names of the tokens in `resources/theme`."""

    PAGE = "page"
    CARD = "card"
    INK = "ink"
    SOFT = "soft"
    LINE = "line"
    ACCENT = "accent"
    ON_ACCENT = "on_accent"
    TINT = "tint"
    TRACK = "track"
    AMBER = "amber"
    AMBER_TINT = "amber_tint"
    RED = "red"


class ThemeName(StrEnum):
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Palette:
    """Each token as "#RRGGBB"."""

    page: str
    card: str
    ink: str
    soft: str
    line: str
    accent: str
    on_accent: str
    tint: str
    track: str
    amber: str
    amber_tint: str
    red: str

    def colour(self, tone: Tone) -> QColor:
        value: str = getattr(self, tone.value)
        return QColor(value)


def load_palette(name: ThemeName) -> Palette:
    """Read a theme; raises ValueError when a token is missing, unknown or no colour."""
    path = resource(f"resources/theme/{name}.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    wanted = {field.name for field in fields(Palette)}
    if set(table) != wanted:
        raise ValueError(f"{path.name}: these tokens differ: {sorted(set(table) ^ wanted)}")
    for token, value in table.items():
        if not (isinstance(value, str) and QColor.isValidColorName(value)):
            raise ValueError(f"{path.name}: {token} = {value!r} is not a colour like #10231C")
    return Palette(**table)


class Role(Enum):
    """A size of type. The value is (size in du, weight, share of the text scale it follows).

    What is already large grows less than what is small, so that 150 % still fits the screen.
    """

    HERO = (100, QFont.Weight.Bold, 0.4)
    DISPLAY = (84, QFont.Weight.Bold, 0.5)
    TITLE = (44, QFont.Weight.Bold, 0.8)
    LEAD = (37, QFont.Weight.Normal, 1.0)
    LABEL = (34, QFont.Weight.Bold, 1.0)
    BODY = (31, QFont.Weight.Normal, 1.0)
    BODY_LABEL = (31, QFont.Weight.DemiBold, 1.0)
    SMALL = (27, QFont.Weight.Normal, 1.0)
    SMALL_LABEL = (27, QFont.Weight.DemiBold, 1.0)
    DIGITS = (64, QFont.Weight.Bold, 0.5)
    KEY = (50, QFont.Weight.DemiBold, 0.5)


PREFERRED_FACES = ("Inter", "Noto Sans", "Segoe UI", "Cantarell")
LAST_FACE = "DejaVu Sans"
DEJAVU_FILES = ("mpl-data/fonts/ttf/DejaVuSans.ttf", "mpl-data/fonts/ttf/DejaVuSans-Bold.ttf")

#: DejaVu is drawn wider than the faces above; set a little smaller and tighter it fills the
#: same room and keeps the same grey.
DEJAVU_SIZE = 0.95
DEJAVU_DISPLAY_SPACING = 97.0


def load_face() -> str:
    """The first text face there is, loading our last resort from its file where none is.

    Needs a QGuiApplication. A bare machine has no fonts at all: without this it shows boxes.
    Raises FileNotFoundError where matplotlib is not installed.
    """
    installed = set(QFontDatabase.families())
    for name in PREFERRED_FACES:
        if name in installed:
            return name
    for file in DEJAVU_FILES:
        QFontDatabase.addApplicationFont(str(library_file("matplotlib", file)))
    return LAST_FACE if LAST_FACE in QFontDatabase.families() else QFont().defaultFamily()


#: Portrait layouts are made for 1080 x 1920 and still fit 1080 x 1700; landscape for 1600 x 1000.
PORTRAIT_DU = (1080.0, 1700.0)
LANDSCAPE_DU = (1600.0, 1000.0)


@dataclass(frozen=True, slots=True)
class Look:
    """Everything a component needs to know to size and colour itself.

    `unit`: pixels in one du. `text_scale`: 1.0 or what the visitor chose. `reduced_motion`: no
    animation. `screen_du`: the window's size in du.
    """

    palette: Palette
    face: str
    unit: float
    portrait: bool
    text_scale: float = 1.0
    reduced_motion: bool = False

    def px(self, du: float) -> int:
        """Whole pixels, at least 1 for anything that is there at all."""
        return max(round(du * self.unit), 1) if du > 0 else 0

    def colour(self, tone: Tone) -> QColor:
        return self.palette.colour(tone)

    def font(self, role: Role, share: float = 1.0) -> QFont:
        """The face at a role's size; `share` shrinks it where a long word has to fit."""
        size_du, weight, follows = role.value
        scale = 1.0 + (self.text_scale - 1.0) * follows
        font = QFont(self.face)
        if self.face == LAST_FACE:
            scale *= DEJAVU_SIZE
            if role in {Role.HERO, Role.DISPLAY, Role.TITLE, Role.DIGITS}:
                font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, DEJAVU_DISPLAY_SPACING)
        font.setPixelSize(max(round(size_du * scale * share * self.unit), 8))
        font.setWeight(weight)
        font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font


def unit_for(size: QSize) -> tuple[float, bool]:
    """(pixels in one du, whether the screen is portrait) for a window of `size` pixels."""
    portrait = size.height() > size.width()
    wide, high = PORTRAIT_DU if portrait else LANDSCAPE_DU
    return min(size.width() / wide, size.height() / high), portrait


#: Every text may hold a stranger's name: never rich text.
PLAIN = Qt.TextFormat.PlainText
