"""Plays visits at a running house the way people would: by what the screen asks for.

It sees only Views and uses only buttons and the badge reader, so whatever it manages, a person
in front of the kiosk manages too.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.domain.events import Button
from app.domain.journal import Factor
from app.domain.light import Hue
from app.domain.liveness import Challenge
from app.presentation import (
    AttractView,
    BusyView,
    ClaimView,
    DeniedView,
    FaceDoor,
    GrantedView,
    PinView,
    VerifyView,
    View,
)
from app.runtime.house import House

#: A visit that takes longer than this has failed, whatever the reason.
PATIENCE_S = 45.0
#: The share of a movement that can be seen in a picture.
MOVING = 0.5


class VisitKind(StrEnum):
    """`NUMBER` types an employee number; `CLAIM` reads a badge and then shows the face."""

    EMPLOYEE = "employee"
    STRANGER = "stranger"
    PHOTO = "photo"
    BADGE = "badge"
    NUMBER = "number"
    CLAIM = "claim"


#: Visits that take the face door on the first screen, which may be shut for a while.
BY_FACE = frozenset({VisitKind.EMPLOYEE, VisitKind.STRANGER, VisitKind.PHOTO})

#: How each visit must end for the demo to have shown what it promises.
EXPECTED: dict[VisitKind, str] = {
    VisitKind.EMPLOYEE: "granted",
    VisitKind.STRANGER: "denied",
    VisitKind.PHOTO: "denied",
    VisitKind.BADGE: "granted",
    VisitKind.NUMBER: "granted",
    VisitKind.CLAIM: "granted",
}


class Stage(Protocol):
    """Who stands in front of the camera."""

    def enter(self, who: VisitKind) -> None: ...

    def leave(self) -> None: ...

    def ask(self, challenge: Challenge | None) -> None: ...

    def shine(self, hue: Hue | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Credentials:
    badge: str
    number: str
    pin: str


@dataclass(frozen=True, slots=True)
class VisitReport:
    """`reason` is empty for a grant. `deciding_s`: from the last movement met to the answer."""

    visit: VisitKind
    outcome: str
    factor: str
    reason: str
    seconds: float
    deciding_s: float | None

    @property
    def as_expected(self) -> bool:
        return self.outcome == EXPECTED[self.visit]

    def as_json(self) -> dict[str, object]:
        return {
            "visit": self.visit.value,
            "outcome": self.outcome,
            "factor": self.factor,
            "reason": self.reason,
            "seconds": round(self.seconds, 2),
        }


@dataclass(frozen=True, slots=True)
class Seen:
    """A View and when it came, monotonic seconds."""

    t_s: float
    view: View


class Player:
    """Let `see` listen to the house before it starts; play on a thread that is not the house's.

    `on_scene` is called with a short name whenever the screen shows something worth keeping.
    """

    def __init__(
        self,
        house: House,
        stage: Stage,
        credentials: Credentials,
        on_scene: Callable[[str], None],
    ) -> None:
        self._house = house
        self._stage = stage
        self._credentials = credentials
        self._on_scene = on_scene
        self._views: queue.SimpleQueue[Seen | None] = queue.SimpleQueue()
        self._face = FaceDoor.WAKING
        self.goes_on = True

    def see(self, view: View) -> None:
        """On the kernel thread, once the screen was told: people move by what is asked now."""
        shown = view if isinstance(view, VerifyView) else None
        self._stage.ask(shown.prompt if shown is not None else None)
        self._stage.shine(shown.light if shown is not None else None)
        self._views.put(Seen(time.monotonic(), view))

    def give_up(self) -> None:
        """Nobody shows Views any more: every wait ends at once. From any thread."""
        self.goes_on = False
        self._views.put(None)

    def wait_for(
        self, wanted: Callable[[View], bool], patience_s: float = PATIENCE_S
    ) -> Seen | None:
        """The first View that is `wanted`, or None when patience ran out."""
        deadline_s = time.monotonic() + patience_s
        while self.goes_on:
            try:
                seen = self._views.get(timeout=max(deadline_s - time.monotonic(), 0.0))
            except queue.Empty:
                return None
            if seen is not None and isinstance(seen.view, AttractView):
                self._face = seen.view.face
            if seen is not None and wanted(seen.view):
                return seen
        return None

    def wait_until_ready(self) -> bool:
        """Whether the first screen came up with the face path open."""
        ready = self.wait_for(_is_ready)
        if ready is not None:
            self._on_scene("attract")
        return ready is not None

    def play(self, kind: VisitKind) -> VisitReport:
        """One visit from the first screen to the result, and back to the first screen."""
        began_s = time.monotonic()
        if kind in BY_FACE and self._face is not FaceDoor.OPEN:
            return VisitReport(kind, "denied", Factor.FACE, f"face-{self._face}", 0.0, None)
        self._stage.enter(kind)
        match kind:
            case VisitKind.EMPLOYEE | VisitKind.STRANGER | VisitKind.PHOTO:
                self._house.kernel.press(Button.USE_FACE)
            case VisitKind.BADGE:
                self._house.badge_read(self._credentials.badge)
                self._type_pin(kind)
            case VisitKind.NUMBER:
                self._type_number(kind)
                self._type_pin(kind)
            case VisitKind.CLAIM:
                self._house.badge_read(self._credentials.badge)
                self.wait_for(lambda view: isinstance(view, PinView))
                self._house.kernel.press(Button.USE_FACE)
        report = self._watch(kind, began_s)
        self._stage.leave()
        self._house.kernel.press(Button.DONE)
        self.wait_for(lambda view: isinstance(view, AttractView))
        return report

    def _type_number(self, kind: VisitKind) -> None:
        self._house.kernel.press(Button.USE_BADGE_OR_PIN)
        if self.wait_for(lambda view: isinstance(view, ClaimView)) is not None:
            self._on_scene(f"{kind}-number")
        self._type(self._credentials.number)

    def _type_pin(self, kind: VisitKind) -> None:
        self.wait_for(lambda view: isinstance(view, PinView))
        for digit in self._credentials.pin:
            self._house.kernel.press(Button.DIGIT, digit)
        fewest = len(self._credentials.pin)
        self.wait_for(lambda view: isinstance(view, PinView) and view.typed == fewest)
        self._on_scene(f"{kind}-pin")
        self._house.kernel.press(Button.CONFIRM)

    def _type(self, digits: str) -> None:
        for digit in digits:
            self._house.kernel.press(Button.DIGIT, digit)
        self._house.kernel.press(Button.CONFIRM)

    def _watch(self, kind: VisitKind, began_s: float) -> VisitReport:
        """Follow the screen to its result, keeping a picture of each new prompt."""
        deadline_s = began_s + PATIENCE_S
        shown: set[str] = set()
        met_s: float | None = None
        while True:
            left_s = max(deadline_s - time.monotonic(), 0.0)
            seen = self.wait_for(lambda _: True, left_s)
            if seen is None:
                return VisitReport(kind, "denied", "", "no-answer", PATIENCE_S, None)
            match seen.view:
                case VerifyView() as view:
                    met_s = None
                    scene = _scene(view)
                    if scene not in shown:
                        shown.add(scene)
                        self._on_scene(f"{kind}-{scene}")
                case BusyView():
                    met_s = met_s or seen.t_s
                case GrantedView() | DeniedView():
                    return self._conclude(kind, seen, began_s, met_s)
                case _:
                    pass

    def _conclude(
        self, kind: VisitKind, seen: Seen, began_s: float, met_s: float | None
    ) -> VisitReport:
        self._on_scene(f"{kind}-result")
        granted = isinstance(seen.view, GrantedView)
        factors = seen.view.factors if isinstance(seen.view, GrantedView) else _used(kind)
        return VisitReport(
            visit=kind,
            outcome="granted" if granted else "denied",
            factor="+".join(sorted(factors)),
            reason=seen.view.reason.value if isinstance(seen.view, DeniedView) else "",
            seconds=seen.t_s - began_s,
            deciding_s=None if met_s is None else seen.t_s - met_s,
        )


def _scene(view: VerifyView) -> str:
    """What is worth a picture: each prompt, and the movement that answers it."""
    if view.prompt is None:
        return f"{view.step}-rest" if view.step else "framing"
    return f"{view.step}-{view.prompt}{'-moving' if view.progress >= MOVING else ''}"


def _is_ready(view: View) -> bool:
    return isinstance(view, AttractView) and view.face is FaceDoor.OPEN


def _used(kind: VisitKind) -> frozenset[Factor]:
    match kind:
        case VisitKind.EMPLOYEE | VisitKind.STRANGER | VisitKind.PHOTO:
            return frozenset({Factor.FACE})
        case VisitKind.BADGE:
            return frozenset({Factor.BADGE, Factor.PIN})
        case VisitKind.NUMBER:
            return frozenset({Factor.NUMBER, Factor.PIN})
        case VisitKind.CLAIM:
            return frozenset({Factor.BADGE, Factor.FACE})
