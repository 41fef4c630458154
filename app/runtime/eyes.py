"""The camera thread and the vision thread: frames in, pictures and observations out.

    FrameSource ──camera──┬─mailbox─▶ pictures (preview)
                          └─mailbox─▶ vision ──▶ Looked, Identified

The camera is opened only while somebody chose their face; once at the start, and while it is
lost, it is opened briefly to know whether it is there.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from app.domain import agreement, anomaly, enrolment, fusion, matching, spaces
from app.domain.agreement import Track
from app.domain.anomaly import Oddity
from app.domain.effects import Adapt, Identify, LetGo, Renew, Rest, Shade, Watch
from app.domain.events import CameraOpened, EffectFailed, Event, Identified, Looked, Moment
from app.domain.matching import Embedding, Matched, MatchPolicy, Snapshot
from app.domain.observation import Pose
from app.domain.people import Person
from app.domain.picture import Picture
from app.domain.session import largest
from app.domain.source import Camera, LightProfile
from app.domain.spaces import Probe
from app.ports import Chip, FaceEngine, Frame, FrameSource
from app.runtime.beside import Asked, Beside, Cuts, Others, Store
from app.runtime.mailbox import Mailbox

log = logging.getLogger(__name__)

#: Aligned faces kept for one visit: 30 s at 20 a second, about 40 MB of 150 x 150 chips.
CHIPS_KEPT = 600
IDLE_S = 0.25
#: Faces of a visit that are looked at closer: four runs of the network each.
EXAMINED = 3
#: Pause between two faces embedded along the track, in times of what one took.
SAMPLE_REST = 5.0

NOBODY_ELSE = Others()
NO_CUTS = Cuts()

T = TypeVar("T")
Post = Callable[[Event], None]
Now = Callable[[], Moment]
Ready = Callable[[], None]


class CameraRoom:
    """Owns the FrameSource. `wake` and `rest` may be called from any thread."""

    def __init__(
        self,
        source: FrameSource,
        frames: Mailbox[Frame],
        pictures: Mailbox[Picture],
        picture_of: Callable[[Frame], Picture],
        post: Post,
        now: Now,
        light_of: Callable[[Camera], LightProfile] = lambda _: LightProfile.AS_IS,
    ) -> None:
        self._light_of = light_of
        self._light = LightProfile.AS_IS
        self._source = source
        self._frames = frames
        self._pictures = pictures
        self._picture_of = picture_of
        self._post = post
        self._now = now
        self._awake = threading.Event()
        self._turn = threading.Condition()
        self._turns = 0
        self._known = False

    def wake(self) -> None:
        """Frames read from now on are handed on; none that was under way before."""
        with self._turn:
            self._drop()
            self._awake.set()
            self._turn.notify()

    def rest(self) -> None:
        """No frame is read, kept or shown after this."""
        with self._turn:
            self._awake.clear()
            self._drop()

    def _drop(self) -> None:
        self._turns += 1
        self._frames.clear()
        self._pictures.clear()

    def _hand_on(self, turn: int, box: Mailbox[T], value: T) -> None:
        """Unless somebody went, or went and somebody else came, since `turn`."""
        with self._turn:
            if turn == self._turns:
                box.put(value)

    def work(self, stopping: threading.Event, ready: Ready) -> None:
        """Look once whether the camera is there, then sleep and wake as told."""
        try:
            if not self._known:
                self._look(ready)
            while not stopping.is_set():
                if self._awake.is_set():
                    self._watch(stopping, ready)
                with self._turn:
                    if not self._awake.is_set():
                        self._turn.wait(IDLE_S)
        except Exception:
            # Whatever it was: the camera counts as there again only once it was seen to be.
            self._known = False
            raise

    def _look(self, ready: Ready) -> None:
        try:
            self._source.open()
            self._source.read()
            camera = self._source.identity()
        finally:
            self._source.close()
        self._known = True
        self._post(CameraOpened(self._now(), camera))
        ready()

    def _watch(self, stopping: threading.Event, ready: Ready) -> None:
        try:
            self._source.open()
            named = None
            while (turn := self._turn_now()) is not None and not stopping.is_set():
                if turn != named:
                    self._name(turn)
                    named = turn
                frame = self._source.read()
                if self._light is not LightProfile.AS_IS:
                    frame = replace(frame, light=self._light)
                ready()
                self._hand_on(turn, self._frames, frame)
                self._hand_on(turn, self._pictures, self._picture_of(frame))
        finally:
            # First, as closing a device may take a second.
            self._frames.clear()
            self._pictures.clear()
            self._source.close()

    def _turn_now(self) -> int | None:
        with self._turn:
            return self._turns if self._awake.is_set() else None

    def _name(self, turn: int) -> None:
        """Say which camera it is to the visit of `turn`, once and before its first frame; also
        where the camera stayed open from the visit before."""
        camera = self._source.identity()
        self._light = self._light_of(camera)
        with self._turn:
            if turn == self._turns:
                self._post(CameraOpened(self._now(), camera))


@dataclass(frozen=True, slots=True)
class _Kept:
    """An aligned face of the present visit; `embedding` where there was time to take it."""

    track: int
    pose: Pose
    chip: Chip
    embedding: Embedding | None = None
    cuts: Cuts = NO_CUTS


Job = Watch | Rest | Identify | Shade | Adapt | Renew | LetGo


class VisionRoom:
    """Owns the FaceEngine: observes frames of the present visit and compares its chips.

    `others` are engines beside it; `store` hands the io thread what is to be kept of a visit.
    """

    def __init__(
        self,
        engine: FaceEngine,
        frames: Mailbox[Frame],
        policy: MatchPolicy,
        post: Post,
        now: Now,
        others: Others = NOBODY_ELSE,
        store: Store = lambda _job: None,
    ) -> None:
        self._engine = engine
        self._beside = Beside(others, policy, store, now)
        self._examiner = others.examiner
        self._frames = frames
        self._policy = policy
        self._post = post
        self._now = now
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._chips: OrderedDict[int, _Kept] = OrderedDict()
        self._visit: bytes | None = None
        self._sample_due_s = float("-inf")
        # A job is queued only while somebody serves it; both change under this lock.
        self._gate = threading.Lock()
        self._serving = False
        self._snapshot: Snapshot | None = None

    def use(self, snapshot: Snapshot | None) -> None:
        """Compare with this gallery from now on, or with none; called on the io thread."""
        self._snapshot = snapshot

    def use_beside(self, legacy: Snapshot | None, shadow: Snapshot | None) -> None:
        """The same of the other spaces."""
        self._beside.use(legacy, shadow)

    def ask(self, job: Job) -> None:
        """Queue a job from any thread; a part that is down answers that it failed."""
        with self._gate:
            serving = self._serving
            if serving:
                self._jobs.put(job)
        if serving:
            self._frames.nudge()
        elif isinstance(job, Identify | Renew):
            self._post(EffectFailed(self._now(), job.ticket, "vision"))

    def work(self, stopping: threading.Event, ready: Ready) -> None:
        try:
            self._engine.load()
            self._beside.load()
            with self._gate:
                self._serving = True
            ready()
            while not stopping.is_set():
                visit = self._visit
                frame = self._frames.take(IDLE_S)
                self._do_jobs()
                self._beside.expire()
                # What was taken while another visit was on is not shown to this one.
                if frame is not None and visit is not None and visit == self._visit:
                    self._observe(visit, frame)
        finally:
            with self._gate:
                self._serving = False
            self._refuse_jobs()
            self._forget()
            self._beside.let_go()

    def _do_jobs(self) -> None:
        while not self._jobs.empty():
            job = self._jobs.get()
            match job:
                case Watch(visit=visit):
                    self._forget()
                    self._beside.let_go()
                    self._visit = visit
                case Rest():
                    self._forget()
                case Identify():
                    self._answer(job)
                case Shade():
                    self._beside.shade(job)
                case Adapt():
                    self._beside.adapt(job)
                case Renew():
                    if not self._beside.renew(job):
                        self._post(EffectFailed(self._now(), job.ticket, "vision-renew"))
                case LetGo():
                    self._beside.let_go()

    def _refuse_jobs(self) -> None:
        while not self._jobs.empty():
            job = self._jobs.get()
            if isinstance(job, Identify | Renew):
                self._post(EffectFailed(self._now(), job.ticket, "vision"))

    def _forget(self) -> None:
        """Overwrite and drop every face kept in memory."""
        self._visit = None
        self._sample_due_s = float("-inf")
        while self._chips:
            self._forget_oldest()
        self._engine.forget()

    def _forget_oldest(self) -> None:
        _, kept = self._chips.popitem(last=False)
        if kept.chip.pixels.flags.writeable:
            kept.chip.pixels.fill(0)
        kept.cuts.wipe()

    def _observe(self, visit: bytes, frame: Frame) -> None:
        seen = self._engine.observe(frame)
        face = largest(seen)
        if face is None:
            self._post(Looked(self._now(), visit, seen))
            return
        chip, cuts = self._engine.align(frame, face), self._beside.cut(frame, face)
        kept = _Kept(face.track, face.pose, chip, cuts=cuts)
        self._chips[frame.number] = kept
        while len(self._chips) > CHIPS_KEPT:
            self._forget_oldest()
        self._post(Looked(self._now(), visit, seen))
        # After it was told, so that nobody waits for it; and once in a while, as it takes as long
        # as a look: on a busy machine more seldom, or the track would be lost meanwhile. The
        # decision then has few faces left to embed.
        if frame.t_s >= self._sample_due_s:
            began_s = self._now().s
            embedding = self._engine.embed(kept.chip)
            self._chips[frame.number] = replace(kept, embedding=embedding)
            took_s = self._now().s - began_s
            self._sample_due_s = frame.t_s + max(agreement.EVERY_S, SAMPLE_REST * took_s)

    def _answer(self, job: Identify) -> None:
        """Compare, or say that it failed; a fault of the engine then still ends the part."""
        try:
            answer = self._compare(job)
        except Exception:
            self._post(EffectFailed(self._now(), job.ticket, "vision"))
            raise
        if answer is None:
            self._post(EffectFailed(self._now(), job.ticket, "vision-frames"))
        else:
            self._post(answer)

    def _compare(self, job: Identify) -> Identified | None:
        """None where a frame, the visit or the gallery is not (or no longer) there."""
        snapshot = self._snapshot
        wanted = (*job.match_frames, *job.met_frames)
        missing = not job.match_frames or any(number not in self._chips for number in wanted)
        if snapshot is None or job.visit != self._visit or missing:
            return None
        tracks = {self._chips[number].track for number in wanted}
        embeddings = {n: self._embedding(n) for n in dict.fromkeys(wanted)}
        space = self._engine.space
        usable = all(matching.is_usable(each, space) for each in embeddings.values())
        if not usable or space.id != snapshot.space.id:
            return None
        probe = fusion.fuse([embeddings[number] for number in job.match_frames])
        agrees = len(tracks) == 1 and self._is_one_person(job, tracks.pop())
        claimed = job.person if job.claimed else None
        cuts = [self._chips[number].cuts for number in job.match_frames]
        asked = Asked(job.visit, claimed, Probe(probe, snapshot), cuts)
        decided, share = self._beside.decide(asked)
        found = decided.match
        person = snapshot.people.get(found.person) if isinstance(found, Matched) else None
        return Identified(
            t=self._now(),
            ticket=job.ticket,
            match=found,
            agrees=agrees,
            person=person,
            space=decided.space,
            old_space=decided.space != space.id,
            share=share,
            alike=person is not None and self._has_double(person.id, snapshot),
            odd=self._odd(job.match_frames, person, snapshot),
        )

    def _odd(
        self, frames: Sequence[int], person: Person | None, snapshot: Snapshot
    ) -> frozenset[Oddity]:
        """What is odd about the faces that were found to be somebody's, the first few of them."""
        examiner = self._examiner
        if examiner is None or person is None:
            return frozenset()
        looked = frames[:EXAMINED]
        faces = [self._embedding(number) for number in looked]
        signs = [examiner.examine(self._chips[number].chip) for number in looked]
        moved = fusion.fuse([each.moved for each in signs])
        before, after = (
            spaces.nearness(Probe(each, snapshot), person.id, self._policy)
            for each in (fusion.fuse(faces), moved)
        )
        # Who is only known in the old space has no template here to drift away from.
        drift = after - before if person.id in snapshot.places else 0.0
        usual = examiner.usual
        return anomaly.oddities(anomaly.measures(faces, signs, usual.centres, drift), usual)

    def _has_double(self, person: str, snapshot: Snapshot) -> bool:
        return bool(enrolment.doubles_of(person, snapshot, self._policy))

    def _embedding(self, number: int) -> Embedding:
        """Of a kept face, taken now where it was not before."""
        kept = self._chips[number]
        if kept.embedding is None:
            kept = replace(kept, embedding=self._engine.embed(kept.chip))
            self._chips[number] = kept
        assert kept.embedding is not None  # noqa: S101 - just taken
        return kept.embedding

    def _is_one_person(self, job: Identify, track: int) -> bool:
        """Over everything embedded of the track, up to the last look the session went by."""
        last = max((*job.match_frames, *job.met_frames))
        looks = {n: kept for n, kept in self._chips.items() if kept.track == track and n <= last}
        seen = Track(
            poses={number: kept.pose for number, kept in looks.items()},
            taken={number for number, kept in looks.items() if kept.embedding is not None},
            match=job.match_frames,
            met=job.met_frames,
        )
        return agreement.agrees(seen, self._embedding, self._engine.space, self._policy)
