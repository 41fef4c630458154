"""The house: every part, wired to the one loop. It knows ports, never an adapter.

`House` is what a front end gets: `kernel` to tell what was pressed, `pictures` for the preview,
`listen` for Views. The same house runs with a window, headless, in the demo and in tests.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from app.domain import kiosk
from app.domain.effects import (
    Adapt,
    CheckAdminPin,
    CheckPin,
    Effect,
    EnrolCamera,
    Identify,
    LetGo,
    NoteAsked,
    Quit,
    ReadStatus,
    Record,
    Release,
    Renew,
    Resolve,
    Rest,
    Shade,
    Sound,
    StoreTrials,
    Tend,
    Watch,
)
from app.domain.events import BadgeRead, Condition, Event, Part, PartChanged
from app.domain.picture import Picture
from app.domain.policy import Policy
from app.ports import BadgeReader, Clock, Cues, Door, FaceEngine, Frame, FrameSource
from app.presentation import View
from app.runtime.beside import Others
from app.runtime.cameras import LightWatch, SourceWatch
from app.runtime.eyes import NOBODY_ELSE, CameraRoom, VisionRoom
from app.runtime.hands import DoorHand, ReaderHand
from app.runtime.kernel import NONCE_BYTES, Kernel
from app.runtime.ledger import LedgerRoom, Open
from app.runtime.mailbox import Mailbox
from app.runtime.supervisor import AGAIN_S, Service, Supervised, Supervisor
from app.runtime.tending import Silent, StoreRenewed, Tending

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """One adapter for every port. `open_gallery` runs on the io thread."""

    source: FrameSource
    engine: FaceEngine
    open_gallery: Callable[[], Open]
    door: Door
    cues: Cues
    clock: Clock
    picture_of: Callable[[Frame], Picture]
    readers: tuple[BadgeReader, ...] = ()
    status: Callable[[], tuple[tuple[str, str], ...]] = tuple
    others: Others = NOBODY_ELSE


def _tending(parts: Parts, policy: Policy, vision: VisionRoom) -> Tending:
    legacy, shadow = parts.others.legacy, parts.others.shadow
    return Tending(
        policy,
        parts.engine.space,
        legacy.space if legacy is not None else None,
        shadow.space if shadow is not None else None,
        vision.use_beside,
    )


class House:
    """Builds every room and passes effects to the one that carries them out."""

    def __init__(self, parts: Parts, policy: Policy, again_s: float = AGAIN_S) -> None:
        self.pictures: Mailbox[Picture] = Mailbox()
        self.frames: Mailbox[Frame] = Mailbox()
        self._listeners: list[Callable[[View], None]] = []
        self._on_quit: list[Callable[[], None]] = []
        self._cues = parts.cues
        self.kernel = Kernel(kiosk.start(policy), policy, parts.clock, self._perform, self._publish)
        post, now = self.kernel.post, self.kernel.now
        self._source = SourceWatch(policy)
        self._light = LightWatch()
        self._camera = CameraRoom(
            parts.source,
            self.frames,
            self.pictures,
            parts.picture_of,
            self._note,
            now,
            self._light.of,
        )
        others = replace(parts.others, adapting=policy.adapting.enabled)
        self._vision = VisionRoom(
            parts.engine, self.frames, policy.matching, post, now, others, self._keep
        )
        self._ledger = LedgerRoom(
            parts.open_gallery,
            parts.engine.space,
            self._vision.use,
            parts.status,
            self._note,
            now,
            _tending(parts, policy, self._vision),
        )
        self._door = DoorHand(parts.door, self._tell, now)
        self._readers = [ReaderHand(reader, self.badge_read) for reader in parts.readers]
        rooms = [
            (Part.GALLERY, self._ledger.work),
            (Part.VISION, self._vision.work),
            (Part.CAMERA, self._camera.work),
            *((Part.READER, reader.work) for reader in self._readers),
        ]
        services: list[Service] = [self._door]
        services += [Supervised(part, work, self._tell, again_s) for part, work in rooms]
        self._supervisor = Supervisor([*services, self.kernel])

    def listen(self, on_view: Callable[[View], None]) -> None:
        """Call `on_view` on the kernel thread with every new View; before `start`."""
        self._listeners.append(on_view)

    def when_quit(self, on_quit: Callable[[], None]) -> None:
        """Call `on_quit` on the kernel thread when an administrator asks to close."""
        self._on_quit.append(on_quit)

    def start(self) -> None:
        self._supervisor.start()

    def stop(self) -> None:
        """Readers' devices first, so that nothing new comes in; then everything, in reverse."""
        for reader in self._readers:
            reader.close()
        self._camera.rest()
        self._supervisor.stop()
        self._cues.close()

    def badge_read(self, badge: str) -> None:
        """A badge, from any reader or from keys told apart from typing."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        self.kernel.post(BadgeRead(self.kernel.now(), badge, nonce))

    def _keep(self, job: Silent | StoreRenewed) -> None:
        """What the vision room wants kept of a visit."""
        self._ledger.ask(job)

    def _note(self, event: Event) -> None:
        self._source.see(event)
        self._light.see(event)
        self.kernel.post(event)

    def _tell(self, part: Part, condition: Condition, code: str) -> None:
        self.kernel.post(PartChanged(self.kernel.now(), part, condition, code))

    def _publish(self, view: View) -> None:
        for listener in self._listeners:
            try:
                listener(view)
            except Exception:
                log.exception("a listener failed at a %s", type(view).__name__)

    def _perform(self, effect: Effect) -> None:
        """Hand an effect to its room; returns at once."""
        match effect:
            case Watch():
                self.frames.clear()
                self._vision.ask(effect)
                self._camera.wake()
            case Rest():
                self._camera.rest()
                self._vision.ask(effect)
            case Identify() | Shade() | Adapt() | Renew() | LetGo():
                self._vision.ask(effect)
            case Tend() | NoteAsked():
                self._ledger.ask(Silent(effect))
            case (
                Resolve()
                | CheckPin()
                | CheckAdminPin()
                | Record()
                | EnrolCamera()
                | StoreTrials()
                | ReadStatus()
            ):
                self._ledger.ask(effect)
            case Release():
                self._door.ask(effect)
            case Sound(cue=cue):
                self._cues.say(cue.value)
            case Quit():
                for on_quit in self._on_quit:
                    on_quit()
            case _ as never:
                assert_never(never)
