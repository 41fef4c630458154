"""How the window is to be; everything here has a working default."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.wedge import WedgePolicy
from ui.theme import ThemeName

#: Half of a portrait kiosk: fits a desk's screen while trying things out.
WINDOW_PX = (540, 960)


@dataclass(frozen=True, slots=True)
class UiOptions:
    """`kiosk`: full screen, frameless, and closed by nobody but an administrator.

    `size_px`: width and height of the window where it is not full screen; its shape decides
    between the portrait and the landscape layout. `language`: a code such as "de"; one that is
    not here is English. `text_scale`: 1.0 to 1.5. `wedge`: how a badge reader that types is told
    from a person.
    """

    house_name: str = "Foyer"
    kiosk: bool = False
    size_px: tuple[int, int] = WINDOW_PX
    theme: ThemeName = ThemeName.LIGHT
    language: str = "en"
    text_scale: float = 1.0
    reduced_motion: bool = False
    wedge: WedgePolicy = field(default_factory=WedgePolicy)
