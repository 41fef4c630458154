"""The one window: header, the screen of the present View, and what belongs to all screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from PySide6.QtCore import QLocale, Qt, QTime, QTimer
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.domain.events import Button
from app.presentation import (
    AdminPinView,
    AttractView,
    BusyView,
    ClaimView,
    DeniedView,
    GrantedView,
    OfferView,
    OutOfServiceView,
    PinView,
    SelfTestView,
    ServiceView,
    VerifyView,
    View,
)
from ui.components.focus import FocusRing
from ui.components.glow import Glow
from ui.components.header import HEIGHT_DU, Header
from ui.language import Languages
from ui.layout import Box, place
from ui.options import UiOptions
from ui.screens.attract import AttractScreen
from ui.screens.busy import BusyScreen
from ui.screens.claim import ClaimScreen
from ui.screens.pin import PinScreen
from ui.screens.resting import RestingScreen
from ui.screens.result import DeniedScreen, GrantedScreen, OfferScreen
from ui.screens.screen import Press
from ui.screens.selftest import SelfTestScreen
from ui.screens.service import AdminPinScreen, ServiceScreen
from ui.screens.verify import Pictures, VerifyScreen
from ui.theme import Look, Tone, load_face, load_palette, unit_for
from ui.words import words_now

LARGE_TEXT = 1.5
#: A visitor's language and text size are theirs for as long as somebody is there.
FORGET_CHOICES_MS = 30_000

MARGIN_DU = 64
LYING_MARGIN_DU = 80
TOP_DU = 48
BOTTOM_DU = 64
LYING_EDGE_DU = 40
BELOW_HEADER_DU = 32


AnyScreen = (
    AttractScreen
    | ClaimScreen
    | PinScreen
    | VerifyScreen
    | BusyScreen
    | GrantedScreen
    | OfferScreen
    | DeniedScreen
    | AdminPinScreen
    | ServiceScreen
    | SelfTestScreen
    | RestingScreen
)


class Window(QWidget):
    """`press` tells the kernel; `pictures` is the preview's mailbox; `now` the local time."""

    def __init__(
        self,
        options: UiOptions,
        press: Press,
        pictures: Pictures,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__()
        self._options = options
        self._press = press
        self._now = now
        self._palette = load_palette(options.theme)
        self._face = load_face()
        self._languages = Languages(self)
        self._text_scale = options.text_scale
        self._view: View | None = None
        self._screen: AnyScreen | None = None
        self._simulated = False
        self._may_close = not options.kiosk
        self.setWindowTitle(options.house_name)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        if options.kiosk:
            self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self._header = Header(self, self._ask_for_service)
        self._attract = AttractScreen(
            self,
            self.pressed,
            self._languages.names,
            self.use_language,
            self.toggle_text_size,
            lambda: self._now().hour,
        )
        self._claim = ClaimScreen(self, self.pressed)
        self._pin = PinScreen(self, self.pressed)
        self._verify = VerifyScreen(self, self.pressed, pictures)
        self._busy = BusyScreen(self)
        self._granted = GrantedScreen(self, self.pressed, self._time_of)
        self._offer = OfferScreen(self, self.pressed)
        self._denied = DeniedScreen(self, self.pressed)
        self._admin_pin = AdminPinScreen(self, self.pressed)
        self._service = ServiceScreen(self, self.pressed)
        self._selftest = SelfTestScreen(self, self.pressed)
        self._resting = RestingScreen(self, self.pressed)
        for screen in self._screens():
            screen.hide()
        self._glow = Glow(self, self._verify.stand_on)
        self._ring = FocusRing(self)
        self._minute = QTimer(self)
        self._minute.setSingleShot(True)
        self._minute.timeout.connect(self._on_minute)
        self._choices = QTimer(self)
        self._choices.setSingleShot(True)
        self._choices.setInterval(FORGET_CHOICES_MS)
        self._choices.timeout.connect(self.forget_choices)
        self.resize(*options.size_px)
        self.use_language(options.language)
        self._on_minute()

    # -- what the kernel says -------------------------------------------------------------

    def show_view(self, view: View) -> None:
        """Show it. Screens that are left, and all of them at the beginning, hold nothing."""
        self._note_simulated(view)
        before = self._screen
        self._view = view
        screen = self._say(view)
        if screen is not before and before is not None:
            before.hide()
            before.forget()
        self._screen = screen
        if isinstance(view, AttractView):
            self._forget_visit(screen)
        self._glow.shine(view.light if isinstance(view, VerifyView) else None)
        self._say_header()
        if screen is not before or not isinstance(view, VerifyView):
            self._arrange_screen()
        if screen is not before:
            screen.show()
            self._move_focus()
        self._follow_focus()

    def _say(self, view: View) -> AnyScreen:
        """Hand the View to its screen; a View without one is a type error."""
        match view:
            case AttractView():
                self._attract.show_view(view)
                return self._attract
            case ClaimView():
                self._claim.show_view(view)
                return self._claim
            case PinView():
                self._pin.show_view(view)
                return self._pin
            case VerifyView():
                self._verify.show_view(view)
                return self._verify
            case BusyView():
                self._busy.show_view(view)
                return self._busy
            case GrantedView():
                self._granted.show_view(view)
                return self._granted
            case OfferView():
                self._offer.show_view(view)
                return self._offer
            case DeniedView():
                self._denied.show_view(view)
                return self._denied
            case AdminPinView():
                self._admin_pin.show_view(view)
                return self._admin_pin
            case ServiceView():
                self._service.show_view(view)
                return self._service
            case SelfTestView():
                self._selftest.show_view(view)
                return self._selftest
            case OutOfServiceView():
                self._resting.show_view(view)
                return self._resting
            case _ as never:
                assert_never(never)

    def leave(self) -> None:
        """The kernel said so: close, in kiosk mode too."""
        self._may_close = True
        self.close()

    def settle(self) -> None:
        """Show the newest picture and the end of every motion, for a picture of the screen."""
        self._verify.settle()
        self._glow.finish()
        self._granted.settle()

    def _note_simulated(self, view: View) -> None:
        """Views that cannot tell leave it as it was said last."""
        match view:
            case AttractView() | VerifyView() | GrantedView() | OfferView() | DeniedView():
                self._simulated = view.simulated
            case _:
                pass

    def _screens(self) -> tuple[AnyScreen, ...]:
        return (
            self._attract,
            self._claim,
            self._pin,
            self._verify,
            self._busy,
            self._granted,
            self._offer,
            self._denied,
            self._admin_pin,
            self._service,
            self._selftest,
            self._resting,
        )

    def _forget_visit(self, shown: AnyScreen) -> None:
        for screen in self._screens():
            if screen is not shown:
                screen.forget()
        if self._has_choices():
            self._choices.start()

    # -- what a person does ---------------------------------------------------------------

    def pressed(self, button: Button, words: str) -> None:
        if self._choices.isActive():
            self._choices.stop()
        self._press(button, words)

    def _ask_for_service(self) -> None:
        self.pressed(Button.SERVICE, "")

    def use_language(self, code: str) -> None:
        """Say everything in this language from now on."""
        self._languages.use(code)
        self.setLayoutDirection(self._languages.direction())
        self._attract.use_language(self._languages.code)
        self._say_again()

    def toggle_text_size(self) -> None:
        self._text_scale = 1.0 if self._text_scale > 1.0 else LARGE_TEXT
        self._say_again()

    def forget_choices(self) -> None:
        """Back to the house's own language and text size."""
        self._text_scale = self._options.text_scale
        self.use_language(self._options.language)

    def _has_choices(self) -> bool:
        mine = (self._languages.code, self._text_scale)
        return mine != (self._options.language, self._options.text_scale)

    def _say_again(self) -> None:
        if self._view is not None:
            self._say(self._view)
            if isinstance(self._view, AttractView) and self._has_choices():
                self._choices.start()
        self._say_header()
        self._arrange()

    # -- time -----------------------------------------------------------------------------

    def _on_minute(self) -> None:
        """Once a minute, just after it began: the clock, and the greeting that goes with it."""
        now = self._now()
        self._minute.start((60 - now.second) * 1000 - now.microsecond // 1000 + 20)
        self._say_header()
        if isinstance(self._view, AttractView):
            self._attract.show_view(self._view)

    def _time_of(self, utc_s: float) -> str:
        return self._clock_text(datetime.fromtimestamp(utc_s))  # noqa: DTZ006 - as the wall clock

    def _clock_text(self, at: datetime) -> str:
        locale = QLocale(self._languages.code)
        return locale.toString(QTime(at.hour, at.minute), "HH:mm")

    def _say_header(self) -> None:
        simulated = words_now().simulated if self._simulated else ""
        if self._header.say(self._options.house_name, self._clock_text(self._now()), simulated):
            self._arrange_header()

    # -- where everything stands ----------------------------------------------------------

    def look(self) -> Look:
        """The measures for the window as it is now."""
        unit, portrait = unit_for(self.size())
        return Look(
            palette=self._palette,
            face=self._face,
            unit=unit,
            portrait=portrait,
            text_scale=self._text_scale,
            reduced_motion=self._options.reduced_motion,
        )

    def _frame(self, look: Look) -> tuple[Box, Box]:
        """(header, screen): everything within the margins."""
        top, bottom = (TOP_DU, BOTTOM_DU) if look.portrait else (LYING_EDGE_DU, LYING_EDGE_DU)
        across = look.px(MARGIN_DU if look.portrait else LYING_MARGIN_DU)
        box = Box(0, 0, self.width(), self.height()).inset(across, 0)
        _, box = box.cut_top(look.px(top))
        _, box = box.cut_bottom(look.px(bottom))
        return box.cut_top(look.px(HEIGHT_DU), look.px(BELOW_HEADER_DU))

    def _arrange(self) -> None:
        self._arrange_header()
        self._ring.apply(self.look())
        self._arrange_screen()
        self._follow_focus()
        self.update()

    def _arrange_header(self) -> None:
        look = self.look()
        self._header.apply(look)
        self._header.arrange(self._frame(look)[0])

    def _arrange_screen(self) -> None:
        if self._screen is not None:
            look = self.look()
            place(self._screen, self._frame(look)[1])
            self._screen.arrange(look)
            self._arrange_glow(look)

    def _arrange_glow(self, look: Look) -> None:
        """Everywhere but behind what is read."""
        header = self._header.geometry().adjusted(-look.px(20), 0, look.px(20), 0)
        here = self._verify.pos()
        panels = [panel.translated(here) for panel in self._verify.panels(look)]
        self._glow.arrange(look, self.rect(), [header, *panels])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._palette.colour(Tone.PAGE))
        painter.end()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_close:
            event.ignore()
            return
        for screen in self._screens():
            screen.forget()
        self._minute.stop()
        self._choices.stop()
        self._languages.drop()
        event.accept()

    # -- keyboard -------------------------------------------------------------------------

    def on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """The keyboard's place moved (connected to the application)."""
        inside = now is not None and now is not self and self.isAncestorOf(now)
        self._ring.follow(now if inside else None)

    def _follow_focus(self) -> None:
        if self._ring.isVisible():
            self.on_focus(None, self.focusWidget())

    def _move_focus(self) -> None:
        """On a new screen a keyboard starts at the first control; a finger starts nowhere."""
        by_keyboard = self._ring.isVisible()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if by_keyboard:
            self.focusNextChild()
