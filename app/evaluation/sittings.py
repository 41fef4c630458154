"""One visit played end to end: a FrameSource, the real engine, the real kiosk and its policy.

    source ─frame─▶ engine ─Observation─▶ kiosk.step ─prompt─▶ source
                                             └─Identify─▶ the frames compared for one person

What the screen asks is fed back to whoever plays. Nobody sleeps: time is the frames' own. The
gallery is left out on purpose: whoever is shown counts as enrolled and matched, so that only
the layers against attacks decide.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.camera.lighting import Glow, glow_of
from app.domain import agreement, layers, light, memory
from app.domain import kiosk as kiosks
from app.domain import session as sessions
from app.domain.agreement import Track
from app.domain.effects import Effect, Identify
from app.domain.events import (
    Button,
    CameraOpened,
    Condition,
    Event,
    GalleryChanged,
    Identified,
    Looked,
    Moment,
    Part,
    PartChanged,
    Pressed,
    Ticked,
)
from app.domain.evidence import Finding, Layer, Verdict
from app.domain.light import LightPolicy
from app.domain.liveness import Challenge
from app.domain.matching import Embedding, Matched, Space
from app.domain.observation import Face, Observation
from app.domain.people import Need, Person
from app.domain.policy import Policy
from app.domain.reasons import Reason
from app.domain.session import Challenging, Complete, Failed, Session, largest
from app.domain.source import Camera, EnrolledCamera, SourceKind
from app.domain.states import Denied, Identifying, Kiosk, Recording, Verifying
from app.errors import CameraError
from app.evaluation.scenes import Shine
from app.ports import CameraFormat, FaceEngine, Frame

#: From a frame's capture to the kiosk's being told, seconds: one look of the embedded pack.
LAG_S = 0.04
#: From asking for a colour to its light, seconds: two frames of a window and of its screen.
SCREEN_LAG_S = 0.07
#: No visit of the standard policy lasts as long; what does has hung.
LONGEST_S = 60.0
UTC_S = 1_800_000_000.0
VICTIM = Person("p-victim", "4711", "Bench")
#: The camera the bench plays through, enrolled; what attacks it is another matter.
TRUSTED = Camera(SourceKind.DEVICE, "bench camera", "bench", "usb-1.1", "0000:0001", 640, 480)
ENROLLED = (EnrolledCamera(TRUSTED, UTC_S - 86_400.0),)


class Played(Protocol):
    """A FrameSource that hears what the screen asks. `identity` may change while it runs."""

    name: str
    simulated: bool

    def open(self) -> CameraFormat: ...

    def read(self) -> Frame: ...

    def close(self) -> None: ...

    def identity(self) -> Camera: ...

    def ask(self, challenge: Challenge | None, t_s: float) -> None: ...

    def shine(self, shine: Shine) -> None: ...


@dataclass(frozen=True, slots=True)
class Sitting:
    """How one visit ended. `refused_by`: the layer or part that refused first, "" where nothing
    did; `also`: every layer that refuses what was seen, that one included. `reason` as the kiosk
    gives it. `tape`: what the engine saw, to be played again. `look_ms`: mean cost of a look and
    `judge_ms` of the kiosk's part in it."""

    accepted: bool
    refused_by: str
    also: tuple[str, ...]
    reason: str
    looks: int
    seconds: float
    look_ms: float = 0.0
    judge_ms: float = 0.0
    tape: tuple[Observation, ...] = ()
    prompts: tuple[tuple[float, Challenge], ...] = ()
    verdicts: tuple[Verdict, ...] = ()


@dataclass(slots=True)
class _Visit:
    """A visit under way. `frames`: the pictures of the looks, for the comparison at its end."""

    kiosk: Kiosk
    policy: Policy
    nonce: bytes
    agrees: Callable[[Complete], bool]
    session: Session | None = None
    asked: Challenge | None = None
    prompts: list[tuple[float, Challenge]] = field(default_factory=list)
    judge_s: float = 0.0

    def tell(self, event: Event) -> tuple[Effect, ...]:
        if isinstance(self.kiosk.screen, Verifying):
            self.session = self.kiosk.screen.session
        began = time.perf_counter()
        self.kiosk, effects = kiosks.step(self.kiosk, event, self.policy)
        self.judge_s += time.perf_counter() - began
        for effect in effects:
            if isinstance(effect, Identify):
                return self._compared(effect, event)
        return effects

    def _compared(self, effect: Identify, event: Event) -> tuple[Effect, ...]:
        complete = Complete(effect.match_frames, effect.met_frames)
        agrees = self.agrees(complete)
        answer = Identified(event.t, effect.ticket, Matched(VICTIM.id), agrees, VICTIM)
        return self.tell(answer)

    @property
    def is_over(self) -> bool:
        return not isinstance(self.kiosk.screen, Verifying | Identifying)

    @property
    def lit_s(self) -> float | None:
        """When the light code began, None while there is none."""
        screen = self.kiosk.screen
        return screen.session.lit_s if isinstance(screen, Verifying) else None

    def prompt(self, t_s: float) -> Challenge | None:
        """What the screen asks for now."""
        screen = self.kiosk.screen
        stage = screen.session.stage if isinstance(screen, Verifying) else None
        asking = isinstance(stage, Challenging) and stage.step.prompted_s is not None
        asked = stage.step.challenge if isinstance(stage, Challenging) and asking else None
        if asked is not None and asked is not self.asked:
            self.prompts.append((t_s, asked))
        self.asked = asked
        return asked


def light_of(nonce: bytes, lit_s: float, policy: LightPolicy) -> Shine:
    """The light of a code that began at `lit_s`, as it comes out of the screen."""

    def shine(t_s: float) -> Glow | None:
        return glow_of(light.shown(nonce, t_s - SCREEN_LAG_S - lit_s, policy))

    return shine


def ready_kiosk(policy: Policy) -> Kiosk:
    """A kiosk with every part at work and the bench's camera enrolled."""
    now = Moment(0.0, UTC_S)
    state = kiosks.start(policy)
    for part in (Part.GALLERY, Part.VISION, Part.CAMERA):
        state, _ = kiosks.step(state, PartChanged(now, part, Condition.READY), policy)
    told = GalleryChanged(now, people=1, templates=1, face_locked_until_s=0.0, cameras=ENROLLED)
    return kiosks.step(state, told, policy)[0]


def play(
    source: Played, engine: FaceEngine, policy: Policy, nonce: bytes, kiosk: Kiosk | None = None
) -> tuple[Sitting, Kiosk]:
    """One visit; also the kiosk as it is left, which remembers."""
    engine.forget()
    pictures: dict[int, Frame] = {}
    tape: list[Observation] = []
    visit = _Visit(
        kiosk or ready_kiosk(policy),
        policy,
        nonce,
        lambda complete: agreed(
            lambda number, face: engine.embed(engine.align(pictures[number], face)),
            engine.space,
            policy,
            tape,
            complete,
        ),
    )
    look_s = 0.0
    try:
        source.open()
        camera = source.identity()
        frame = source.read()
        _begin(visit, camera, frame.t_s - 0.01)
        began_s = frame.t_s
        while not visit.is_over and frame.t_s - began_s < LONGEST_S:
            began = time.perf_counter()
            seen = engine.observe(frame)
            look_s += time.perf_counter() - began
            tape.append(seen)
            pictures[frame.number] = frame
            visit.tell(Looked(moment(seen.t_s + LAG_S), nonce, seen))
            visit.tell(Ticked(moment(seen.t_s + LAG_S)))
            source.ask(visit.prompt(seen.t_s + LAG_S), seen.t_s + LAG_S)
            if visit.lit_s is not None:
                source.shine(light_of(nonce, visit.lit_s, policy.light))
            if not visit.is_over:
                frame = source.read()
    except CameraError:
        now = moment((tape[-1].t_s if tape else 0.0) + 1.0)
        visit.tell(PartChanged(now, Part.CAMERA, Condition.LOST, "camera-lost"))
    finally:
        source.close()
        engine.forget()
    return _ended(visit, tuple(tape), look_s)


def watch(source: Played, engine: FaceEngine, lasts_s: float) -> tuple[Observation, ...]:
    """What the engine sees of `lasts_s` seconds without any session."""
    engine.forget()
    tape: list[Observation] = []
    source.open()
    try:
        while not tape or tape[-1].t_s - tape[0].t_s < lasts_s:
            tape.append(engine.observe(source.read()))
    except CameraError:
        pass
    finally:
        source.close()
        engine.forget()
    return tuple(tape)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An observation as it reaches the kiosk at `now_s`, monotonic seconds."""

    now_s: float
    seen: Observation


def arriving(tape: tuple[Observation, ...], later_s: float = 0.0) -> tuple[Arrival, ...]:
    """The same frames once more, `later_s` later."""
    shown = (replace(each, t_s=each.t_s + later_s) for each in tape)
    return tuple(Arrival(seen.t_s + LAG_S, seen) for seen in shown)


def replay(
    arrivals: tuple[Arrival, ...],
    policy: Policy,
    nonce: bytes,
    kiosk: Kiosk | None = None,
    swapped: tuple[float, Camera] | None = None,
    needs: frozenset[Need] = frozenset(),
    agrees: Callable[[Complete], bool] = lambda _: True,
) -> tuple[Sitting, Kiosk]:
    """A visit before which frames that were already looked at are shown again.

    An observation is a function of the frames, so none is computed anew; the nonce is. They count
    as showing one person, which is what an attacker would take care of, unless `agrees` says
    otherwise. `swapped`: from that moment on they come from another camera. `needs`: of whoever
    is enrolled, and has claimed to be that.
    """
    visit = _Visit(kiosk or ready_kiosk(policy), policy, nonce, agrees)
    now_s = arrivals[0].now_s if arrivals else 0.0
    _begin(visit, TRUSTED, now_s - LAG_S - 0.01, needs)
    for arrival in arrivals:
        if visit.is_over:
            break
        now_s = arrival.now_s
        if swapped is not None and now_s >= swapped[0]:
            visit.tell(CameraOpened(moment(now_s), swapped[1]))
            swapped = None
        visit.tell(Looked(moment(now_s), nonce, arrival.seen))
        visit.tell(Ticked(moment(now_s)))
        visit.prompt(now_s)
    for tick in range(1, 200):  # the frames are over: time alone goes on
        if visit.is_over:
            break
        visit.tell(Ticked(moment(now_s + 0.1 * tick)))
    return _ended(visit, tuple(each.seen for each in arrivals), 0.0)


def _begin(visit: _Visit, camera: Camera, t_s: float, needs: frozenset[Need] = frozenset()) -> None:
    """The kiosk looked once at its start, so it knows the camera; then the visit opens it."""
    visit.tell(CameraOpened(moment(t_s), camera))
    visit.tell(Pressed(moment(t_s), Button.USE_FACE, visit.nonce))
    screen = visit.kiosk.screen
    if needs and isinstance(screen, Verifying):
        begun = sessions.begin(visit.nonce, needs, t_s, visit.policy.liveness)
        visit.kiosk = replace(visit.kiosk, screen=replace(screen, session=begun))
    visit.tell(CameraOpened(moment(t_s), camera))


def moment(t_s: float) -> Moment:
    return Moment(t_s, UTC_S + t_s)


def agreed(
    embed: Callable[[int, Face], Embedding],
    space: Space,
    policy: Policy,
    tape: Sequence[Observation],
    complete: Complete,
) -> bool:
    """Whether the whole track shows one person, asked as the vision room asks it: of a face now
    and then, and of those of the challenges and of the match. `embed` gets a look's number."""
    faces = {seen.frame: face for seen in tape if (face := largest(seen)) is not None}
    wanted = tuple(dict.fromkeys((*complete.match_frames, *complete.met_frames)))
    if not complete.match_frames or any(number not in faces for number in wanted):
        return False
    tracks = {faces[number].track for number in wanted}
    if len(tracks) != 1:
        return False
    track, last = tracks.pop(), max(wanted)
    looks = {number: face for number, face in faces.items() if face.track == track}
    seen = Track(
        poses={number: face.pose for number, face in looks.items() if number <= last},
        taken=set(_now_and_then(tape, faces, last)),
        match=complete.match_frames,
        met=complete.met_frames,
    )
    return agreement.agrees(
        seen, lambda number: embed(number, looks[number]), space, policy.matching
    )


def _now_and_then(tape: Sequence[Observation], faces: dict[int, Face], last: int) -> Iterator[int]:
    """The looks whose face the vision room has the time to embed, up to number `last`."""
    sampled_s = float("-inf")
    for seen in tape:
        if seen.frame in faces and seen.t_s - sampled_s >= agreement.EVERY_S and seen.frame <= last:
            sampled_s = seen.t_s
            yield seen.frame


#: What the quality gate and the camera's own watch refuse; the other reasons name a layer.
_PARTS = {
    Reason.CAMERA_LOST: "camera",
    Reason.FACE_CHANGED: "agreement",
    Reason.CHALLENGE_MISSED: str(Layer.CHALLENGE),
    Reason.WRONG_MOVEMENT: str(Layer.CHALLENGE),
    Reason.FACE_UNAVAILABLE: str(Layer.SOURCE),
}


def _ended(visit: _Visit, tape: tuple[Observation, ...], look_s: float) -> tuple[Sitting, Kiosk]:
    screen = visit.kiosk.screen
    denied = screen.outcome if isinstance(screen, Recording) else None
    reason, by = "", ""
    if isinstance(denied, Denied) and denied.reason is not Reason.FACTORS_OWED:
        reason = str(denied.reason)
        by = str(denied.detail) or _PARTS.get(denied.reason, "quality")
    elif not visit.is_over:
        reason = by = "no-end"
    elif visit.session is None:
        reason, by = "not-begun", str(Layer.SOURCE)
    verdicts = _verdicts(visit, tape)
    refusing = [str(each.layer) for each in verdicts if each.finding is Finding.REFUSED]
    also = tuple(dict.fromkeys(([by] if by else []) + refusing))
    sitting = Sitting(
        accepted=not by,
        refused_by=by,
        also=also,
        reason=reason,
        looks=len(tape),
        seconds=tape[-1].t_s - tape[0].t_s if tape else 0.0,
        look_ms=1000.0 * look_s / max(len(tape), 1),
        judge_ms=1000.0 * visit.judge_s / max(len(tape), 1),
        tape=tape,
        prompts=tuple(visit.prompts),
        verdicts=verdicts,
    )
    return sitting, kiosks.first_screen(visit.kiosk, visit.policy)


def _verdicts(visit: _Visit, tape: tuple[Observation, ...]) -> tuple[Verdict, ...]:
    """What every layer says of what was seen, also where the challenge had refused before."""
    before = visit.session
    if before is None or not tape or not isinstance(before.stage, Challenging):
        return ()
    last = tape[-1]
    after = sessions.look(before, last, last.t_s + LAG_S, visit.policy)
    if isinstance(after.stage, Complete | Failed) and after.stage.verdicts:
        return after.stage.verdicts
    return layers.judge(sessions.evidence_of(_compared(before), before.stage), visit.policy)


def _compared(of: Session) -> Session:
    """With what of earlier sessions its motion resembles, which is else found at its end."""
    if of.echo is not None or not isinstance(of.stage, Challenging):
        return of
    prompted_s = of.stage.met[0].prompted_s if of.stage.met else of.stage.step.waiting_since_s
    looks = ((each.t_s, each.face) for each in sessions.looks_of(of, of.stage))
    return replace(of, echo=memory.echo_of(looks, prompted_s, of.earlier))
