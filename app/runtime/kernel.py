"""The one loop: events in, effects and Views out, on one thread that does no I/O.

Anybody may `post` an event from any thread. The kernel thread runs the pure `step`, hands each
effect to the executor of its kind, and publishes the View when it changed. Should `step` itself
raise, or its state have no screen, the visit is over: the state falls back to the first screen
and nothing is released. Nothing that is called from here can end the loop.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
from collections.abc import Callable

from app.domain.effects import (
    CheckAdminPin,
    CheckPin,
    Effect,
    EnrolCamera,
    Identify,
    ReadStatus,
    Record,
    Renew,
    Resolve,
    Rest,
    StoreTrials,
)
from app.domain.events import Button, EffectFailed, Event, Moment, Pressed, Ticked
from app.domain.kiosk import first_screen, step
from app.domain.policy import Policy
from app.domain.states import Kiosk
from app.ports import Clock
from app.presentation import OutOfServiceView, View, present

log = logging.getLogger(__name__)

#: How often time itself is an event. Ten a second keeps deadlines to the tenth.
TICK_S = 0.1
NONCE_BYTES = 16
JOIN_S = 5.0

#: Effects that are answered by an event with their ticket.
Answered = (
    Identify
    | Renew
    | Resolve
    | CheckPin
    | CheckAdminPin
    | Record
    | EnrolCamera
    | StoreTrials
    | ReadStatus
)


class Kernel:
    """Owns the state. `perform` and `on_view` are called on its thread and must not block."""

    def __init__(
        self,
        start: Kiosk,
        policy: Policy,
        clock: Clock,
        perform: Callable[[Effect], None],
        on_view: Callable[[View], None],
    ) -> None:
        self._kiosk = start
        self._policy = policy
        self._clock = clock
        self._perform = perform
        self._on_view = on_view
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="kernel", daemon=False)
        self._view: View | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the event in hand and end the thread; events still queued are dropped."""
        self._events.put(None)
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)
        if self._thread.is_alive():
            log.error("the kernel did not stop within %.0f s", JOIN_S)

    def post(self, event: Event) -> None:
        """Tell the kernel what happened; returns at once, from any thread."""
        self._events.put(event)

    def press(self, button: Button, text: str = "") -> None:
        """A finger or a key, stamped with now and a fresh nonce."""
        self.post(Pressed(self.now(), button, secrets.token_bytes(NONCE_BYTES), text))

    def now(self) -> Moment:
        return Moment(self._clock.monotonic_s(), self._clock.utc_s())

    def _run(self) -> None:
        self._publish(self._screen())
        due = self._clock.monotonic_s()
        while True:
            wait_s = min(max(due - self._clock.monotonic_s(), 0.0), TICK_S)
            try:
                event = self._events.get(timeout=wait_s)
            except queue.Empty:
                due = self._clock.monotonic_s() + TICK_S
                event = Ticked(self.now())
            if event is None:
                return
            self.handle(event)

    def handle(self, event: Event) -> None:
        """One event, on the calling thread: what the loop does, and what tests call."""
        effects: tuple[Effect, ...]
        try:
            kiosk, effects = step(self._kiosk, event, self._policy)
            view = present(kiosk, self._policy)
        except Exception:
            log.exception("a step failed: the visit is denied")
            self._kiosk = first_screen(self._kiosk, self._policy)
            effects, view = (Rest(),), self._screen()
        else:
            self._kiosk = kiosk
        for effect in effects:
            self._carry_out(effect)
        self._publish(view)

    def _carry_out(self, effect: Effect) -> None:
        """What cannot even be handed over did not happen, and whoever waits for it is told so."""
        try:
            self._perform(effect)
        except Exception:
            log.exception("%s could not be handed over", type(effect).__name__)
            if isinstance(effect, Answered):
                self.post(EffectFailed(self.now(), effect.ticket, "defect"))

    def _screen(self) -> View:
        try:
            return present(self._kiosk, self._policy)
        except Exception:
            log.exception("there is no screen for this state")
            return OutOfServiceView("defect")

    def _publish(self, view: View) -> None:
        if view == self._view:
            return
        self._view = view
        try:
            self._on_view(view)
        except Exception:
            log.exception("a %s could not be shown", type(view).__name__)
