"""What a screen needs around it: somebody to tell, a slot for pictures, and every View there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.domain.assurance import Count, Species, Trial, Trials
from app.domain.events import Button, Event, Moment
from app.domain.journal import Factor, Purpose
from app.domain.liveness import Challenge
from app.domain.people import ClaimKind
from app.domain.picture import Picture
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.states import Notice
from app.domain.tiers import Tier
from app.presentation import (
    AdminPinView,
    AttractView,
    Busy,
    BusyView,
    ClaimView,
    DeniedView,
    FaceDoor,
    GrantedView,
    OfferView,
    OutOfServiceView,
    PinView,
    SelfTestView,
    ServiceView,
    VerifyView,
    View,
    counts_of,
)
from ui.options import UiOptions
from ui.theme import ThemeName
from ui.window import Window

PORTRAIT = QSize(1080, 1920)
LANDSCAPE = QSize(1280, 800)
MORNING = datetime(2026, 11, 20, 8, 58, 3)  # noqa: DTZ001 - local time, as on the wall

LONG_NAME = "Maximiliane Wolfeschlegelstein-Hohenberger"


@dataclass
class ToldKernel:
    """Notes what the screen tells it, and can be asked what time it is."""

    presses: list[tuple[Button, str]] = field(default_factory=list)
    posted: list[Event] = field(default_factory=list)

    def press(self, button: Button, text: str = "") -> None:
        self.presses.append((button, text))

    def post(self, event: Event) -> None:
        self.posted.append(event)

    def now(self) -> Moment:
        return Moment(1.0, MORNING.timestamp())

    def buttons(self) -> list[Button]:
        return [button for button, _ in self.presses]


@dataclass
class OneSlot:
    """A mailbox that a test fills by hand; `asked` counts how often it was looked into."""

    picture: Picture | None = None
    asked: int = 0

    def put(self, picture: Picture) -> None:
        self.picture = picture

    def take(self) -> Picture | None:
        self.asked += 1
        picture, self.picture = self.picture, None
        return picture


def plain_picture(red: int = 200, green: int = 30, blue: int = 40) -> Picture:
    """One colour all over, in the shape the camera hands over."""
    width, height = 660, 840
    return Picture(width, height, bytes((red, green, blue)) * (width * height))


FACTS = (
    ("Gallery", "ready · 42 people, 96 templates"),
    ("Vision", "ready · embedded pack, space dlib-resnet-1"),
    ("Camera", "ready · 640 by 480 at 30 Hz, MJPG"),
    ("Keys", "Secret Service (keyring)"),
    ("Journal", "1,204 rows, unbroken"),
    ("Door", "log only"),
    ("Lock-out", "none"),
    ("Version", "0.1.0"),
)
LOG = tuple(
    f"08:{minute:02d}:11 INFO app.runtime.ledger visit 3f9a{minute:02d} granted, row {minute}"
    for minute in range(40)
)

TRIALS = Trials(Count(30, 1), Count(29, 0), Count(12, 0), Count(14, 0))

FACE_ONLY = frozenset({Factor.FACE})
BADGE_AND_PIN = frozenset({Factor.BADGE, Factor.PIN})

#: At least one of every View, with the longest and the emptiest of what it may carry.
VIEWS: dict[str, View] = {
    "attract": AttractView(FaceDoor.OPEN, None, choosable=False, simulated=False),
    "attract-clock": AttractView(FaceDoor.OPEN, Purpose.CLOCK_IN, choosable=True, simulated=True),
    "attract-waking": AttractView(FaceDoor.WAKING, None, choosable=False, simulated=False),
    "attract-unavailable": AttractView(
        FaceDoor.UNAVAILABLE, Purpose.CLOCK_OUT, choosable=True, simulated=False
    ),
    "attract-paused": AttractView(FaceDoor.PAUSED, None, choosable=False, simulated=False),
    "claim": ClaimView("", 10, FaceDoor.OPEN),
    "claim-typed": ClaimView("8888888888", 10, FaceDoor.UNAVAILABLE),
    "pin-badge": PinView(0, 4, 12, ClaimKind.BADGE, FaceDoor.OPEN),
    "pin-number": PinView(12, 4, 12, ClaimKind.NUMBER, FaceDoor.PAUSED),
    "verify-framing": VerifyView(
        None, 0, 2, 0.0, 0.0, Reason.TOO_BRIGHT, claimed=False, simulated=True
    ),
    "verify-masked": VerifyView(
        None, 0, 2, 0.0, 0.0, Reason.MOUTH_COVERED, claimed=False, simulated=False
    ),
    "verify-rest": VerifyView(
        None, 2, 2, 0.0, 0.5, Reason.LOOK_STRAIGHT, claimed=False, simulated=False
    ),
    "verify-left": VerifyView(
        Challenge.TURN_LEFT, 1, 2, 0.6, 0.3, None, claimed=False, simulated=False
    ),
    "verify-right": VerifyView(
        Challenge.TURN_RIGHT, 2, 2, 0.6, 0.8, Reason.CUT_OFF, claimed=True, simulated=True
    ),
    "verify-up": VerifyView(
        Challenge.LOOK_UP, 1, 2, 0.0, 0.0, None, claimed=False, simulated=False
    ),
    "verify-blink": VerifyView(
        Challenge.BLINK, 2, 2, 0.5, 0.75, None, claimed=False, simulated=False
    ),
    "verify-mouth": VerifyView(
        Challenge.OPEN_MOUTH, 3, 3, 1.0, 1.0, Reason.SEVERAL_FACES, claimed=False, simulated=False
    ),
    "busy-waking": BusyView(Busy.WAKING),
    "busy-checking": BusyView(Busy.CHECKING),
    "granted": GrantedView(
        "Eileen Collins", Purpose.ENTER, FACE_ONLY, MORNING.timestamp(), simulated=False
    ),
    "granted-long": GrantedView(
        LONG_NAME,
        Purpose.CLOCK_OUT,
        frozenset(Factor),
        MORNING.timestamp(),
        simulated=True,
    ),
    **{
        f"granted-{notice}": GrantedView(
            LONG_NAME,
            Purpose.ENTER,
            BADGE_AND_PIN,
            MORNING.timestamp(),
            simulated=True,
            notice=notice,
        )
        for notice in Notice
    },
    "offer": OfferView("Eileen Collins", Purpose.ENTER, simulated=False),
    "offer-long": OfferView(LONG_NAME, Purpose.CLOCK_OUT, simulated=True),
    "admin-pin": AdminPinView(3, 4, 12, None, checking=False),
    "admin-pin-fault": AdminPinView(0, 4, 12, Reason.WRONG_CREDENTIALS, checking=False),
    "admin-pin-checking": AdminPinView(0, 4, 12, None, checking=True),
    "service-reading": ServiceView((), ()),
    "service": ServiceView(FACTS, LOG, can_enrol=True, can_test=True),
    "trial": VerifyView(
        Challenge.TURN_LEFT,
        1,
        3,
        0.4,
        0.1,
        None,
        claimed=False,
        simulated=False,
        trial=Species.PHONE,
    ),
    "selftest-new": SelfTestView(
        counts_of(Trials(), Policy()),
        Tier.UNTESTED,
        None,
        can_try=True,
        changed=False,
        storing=False,
        not_stored=False,
    ),
    "selftest": SelfTestView(
        counts_of(TRIALS, Policy()),
        Tier.LIMITED,
        Trial(Species.GENUINE, accepted=False, reason=Reason.WRONG_CREDENTIALS),
        can_try=True,
        changed=True,
        storing=False,
        not_stored=False,
    ),
    "selftest-storing": SelfTestView(
        counts_of(Trials(*[Count(120, 100)] * 4), Policy()),
        Tier.TRUSTED,
        Trial(Species.TABLET, accepted=True),
        can_try=False,
        changed=True,
        storing=True,
        not_stored=False,
    ),
    "resting": OutOfServiceView("gallery-rolled-back"),
}
VIEWS |= {
    f"denied-{reason.value}": DeniedView(
        reason,
        FaceDoor.OPEN if index % 3 else FaceDoor.PAUSED,
        simulated=index % 2 == 0,
    )
    for index, reason in enumerate(Reason)
}


@dataclass
class Desk:
    """A window with its surroundings."""

    window: Window
    kernel: ToldKernel
    pictures: OneSlot

    def show(self, view: View) -> None:
        self.window.show_view(view)

    def showing(self, kind: type[QWidget]) -> list[QWidget]:
        """Visible widgets of a kind."""
        return [each for each in self.window.findChildren(kind) if each.isVisible()]

    def button(self, name: str) -> QAbstractButton:
        """The visible button of this accessible name."""
        found = [
            each
            for each in self.window.findChildren(QAbstractButton)
            if each.isVisible() and each.accessibleName() == name
        ]
        assert len(found) == 1, f"{name}: {len(found)} of them"
        return found[0]


def make_desk(
    size: QSize = PORTRAIT,
    *,
    theme: ThemeName = ThemeName.LIGHT,
    text_scale: float = 1.0,
    language: str = "en",
    kiosk: bool = False,
    reduced_motion: bool = True,
    now: Callable[[], datetime] = lambda: MORNING,
) -> Desk:
    """A window that is not shown yet. Needs a QApplication."""
    options = UiOptions(
        house_name="Northgate House",
        kiosk=kiosk,
        size_px=(size.width(), size.height()),
        theme=theme,
        language=language,
        text_scale=text_scale,
        reduced_motion=reduced_motion,
    )
    kernel, pictures = ToldKernel(), OneSlot()
    return Desk(Window(options, kernel.press, pictures, now), kernel, pictures)
