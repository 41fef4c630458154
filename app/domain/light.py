"""The screen's light: a sequence of colours nobody can know before, painted around the oval.

    nonce ──SHA-256──▶ rose, sky, amber, … ──screen──▶ skin ──camera──▶ `reflection`

The four colours are equally bright, so that the screen changes its hue and does not flash
(WCAG 2.2, 2.3.1: a flash is a pair of changes of relative luminance by a tenth; here neighbours
differ by less than a hundredth, none is a saturated red, and there are never more than three
changes a second). What else is on the screen stays as it is.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from enum import StrEnum


class Hue(StrEnum):
    """One symbol of the code: more or less red, and more or less blue, against green."""

    ROSE = "rose"
    AMBER = "amber"
    SKY = "sky"
    GREEN = "green"


#: Linear light (red, green, blue), each 0..1 of the screen's own; sRGB primaries. Red and blue
#: take two values each, and green makes the relative luminance 0.45 for all four. The share of
#: red, R/(R+G+B), is 0.56 at most (amber); a saturated red begins at 0.8 (WCAG 2.2). Deeper
#: colours would say 1.4 times as much, and look like a fairground.
LINEAR: dict[Hue, tuple[float, float, float]] = {
    Hue.ROSE: (0.80, 0.311, 0.80),
    Hue.AMBER: (0.80, 0.365, 0.26),
    Hue.SKY: (0.28, 0.465, 0.80),
    Hue.GREEN: (0.28, 0.520, 0.26),
}

#: Separates these digests from those of the plan, which come from the same nonce.
_DOMAIN = b"foyer screen light"


class LightUse(StrEnum):
    """OFF: no light. WATCH: lit and judged; a replay is refused, and what cannot be told changes
    nothing. REQUIRE: what cannot be told, or was not lit, makes the face weak: it then opens
    nothing without a second factor."""

    OFF = "off"
    WATCH = "watch"
    REQUIRE = "require"


@dataclass(frozen=True, slots=True)
class LightPolicy:
    """The light layer; what is measured is described in `app.domain.reflection`.

    `symbol_s`: how long one colour stays; 0.4 s is 2.5 changes a second. `lag_s`: the longest way
    from asking for a colour to its picture: event, window, screen, exposure and transfer.
    `fewest_symbols`/`fewest_looks`: below these the code is too short to be told from others.
    `correlation`: of what the skin does beyond its surroundings with the code. `likeness`: the
    share of wrong codes that may fit as well. `gain`: the screen, all white, adds at least this
    share to the light that is on the skin.
    `replay_symbols`, `replay_correlation`, `replay_gain`: the same for another code than ours,
    which accuses and therefore has to be plainer. `unlit_share`: where the surroundings follow
    the code, what returns less than this share of their light is no skin before them.
    """

    symbol_s: float = 0.4
    lag_s: float = 0.5
    fewest_symbols: int = 4
    fewest_looks: int = 12
    correlation: float = 0.6
    likeness: float = 0.01
    gain: float = 0.005
    replay_symbols: int = 6
    replay_correlation: float = 0.95
    replay_gain: float = 0.03
    unlit_share: float = 0.1


def code(nonce: bytes, symbols: int) -> tuple[Hue, ...]:
    """The first `symbols` colours of this nonce's code, no two neighbours equal.

    Each is drawn with SHA-256(domain ‖ nonce ‖ place) reduced over the colours left; the bias of
    the reduction is below 2^-250.
    """
    hues = tuple(Hue)
    drawn: list[Hue] = []
    for place in range(symbols):
        left = [hue for hue in hues if not drawn or hue is not drawn[-1]]
        digest = hashlib.sha256(_DOMAIN + nonce + place.to_bytes(4, "big")).digest()
        drawn.append(left[int.from_bytes(digest, "big") % len(left)])
    return tuple(drawn)


def entropy_bits(symbols: int) -> float:
    """log2 of the number of equally likely codes: 2 bits, and 1.6 for each further symbol."""
    return 2.0 + (symbols - 1) * math.log2(3.0) if symbols > 0 else 0.0


def shown(nonce: bytes, since_s: float, policy: LightPolicy) -> Hue | None:
    """The colour `since_s` seconds after the light began; None before."""
    if not since_s >= 0.0:
        return None
    return code(nonce, int(since_s / policy.symbol_s) + 1)[-1]


def srgb(hue: Hue) -> tuple[int, int, int]:
    """How a screen is told to show it: red, green, blue, each 0..255 (IEC 61966-2-1)."""
    red, green, blue = (round(255 * encoded(value)) for value in LINEAR[hue])
    return red, green, blue


def luminance(hue: Hue) -> float:
    """Relative luminance as WCAG 2.2 has it, 0..1."""
    red, green, blue = LINEAR[hue]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def encoded(linear: float) -> float:
    """Linear light 0..1 as a screen is told it, 0..1."""
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055  # noqa: PLR2004
