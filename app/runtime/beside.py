"""The engines beside the one that decides, and what is held of a visit once it was compared.

    legacy   embeds the same kept frames, for people the new space does not know
    shadow   embeds them after the visit is written down; its answer is only counted

One detector and one landmark run serve all of them that mark faces alike; one that does not marks
them anew. Each recogniser keeps its own cut of the frame. Lives on the vision thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from app.domain import enrolment, matching, shadow, spaces
from app.domain.effects import Adapt, Renew, Shade
from app.domain.events import Moment
from app.domain.matching import Embedding, Matched, MatchPolicy, Snapshot, Space
from app.domain.observation import Face
from app.domain.shadow import Comparison
from app.domain.spaces import Decided, Probe
from app.domain.templates import Template
from app.errors import FoyerError
from app.ports import Chip, Examiner, FaceEngine, Frame
from app.runtime.tending import Follow, Silent, StoreRenewed

log = logging.getLogger(__name__)

#: Seconds after which what is held of a visit is forgotten, whatever became of it.
HELD_S = 60.0
#: Frames the shadow is asked about.
SHADOW_FRAMES = 3

Store = Callable[[Silent | StoreRenewed], None]


@dataclass(frozen=True, slots=True)
class Others:
    """The packs named in `models.legacy` and `models.shadow`, not loaded yet. `adapting`: templates
    may follow faces. `examiner`: of the engine that decides, where it is known what is usual."""

    legacy: FaceEngine | None = None
    shadow: FaceEngine | None = None
    adapting: bool = False
    examiner: Examiner | None = None


@dataclass(frozen=True, slots=True)
class Cuts:
    """One face, cut the way each other recogniser wants it."""

    legacy: Chip | None = None
    shadow: Chip | None = None

    def wipe(self) -> None:
        for chip in (self.legacy, self.shadow):
            if chip is not None and chip.pixels.flags.writeable:
                chip.pixels.fill(0)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The visit that was compared. `claimed` None: 1:N. `new`: the probe in the new space."""

    visit: bytes
    claimed: str | None
    new: Probe
    cuts: Sequence[Cuts] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    visit: bytes
    claimed: str | None
    decided: Decided
    probe: Embedding = field(repr=False)
    space: Space
    new: Probe
    shadow: tuple[Chip, ...] = field(repr=False)
    until_s: float


class Beside:
    def __init__(
        self, others: Others, policy: MatchPolicy, store: Store, now: Callable[[], Moment]
    ) -> None:
        self._legacy = others.legacy
        self._shadow = others.shadow
        self._adapting = others.adapting
        self._policy = policy
        self._store = store
        self._now = now
        self._known: tuple[Snapshot | None, Snapshot | None] = (None, None)
        self._held: _Held | None = None

    def use(self, legacy: Snapshot | None, shadowed: Snapshot | None) -> None:
        """Called on the io thread."""
        self._known = (legacy, shadowed)

    def load(self) -> None:
        """What cannot be loaded is gone without: its people have badge and PIN meanwhile."""
        self._legacy = _loaded(self._legacy, "legacy")
        self._shadow = _loaded(self._shadow, "shadow")

    def cut(self, frame: Frame, face: Face) -> Cuts:
        return Cuts(
            self._legacy.align(frame, face) if self._legacy is not None else None,
            self._shadow.align(frame, face) if self._shadow is not None else None,
        )

    def decide(self, asked: Asked) -> tuple[Decided, float | None]:
        """The decision over both spaces, and the share for the trend; holds what may be needed."""
        legacy = self._legacy_probe(asked.cuts)
        decided = spaces.decide(asked.new, legacy, asked.claimed, self._policy)
        old = legacy is not None and decided.space == legacy.snapshot.space.id
        probe = legacy if old and legacy is not None else asked.new
        self.let_go()
        if self._adapting or self._legacy is not None or self._shadow is not None:
            self._held = self._hold(asked, decided, probe)
        if not isinstance(decided.match, Matched):
            return decided, None
        return decided, spaces.nearness(probe, decided.match.person, self._policy)

    def _hold(self, asked: Asked, decided: Decided, probe: Probe) -> _Held:
        chips = [cuts.shadow for cuts in asked.cuts[:SHADOW_FRAMES]]
        return _Held(
            visit=asked.visit,
            claimed=asked.claimed,
            decided=decided,
            probe=probe.embedding,
            space=probe.snapshot.space,
            new=asked.new,
            shadow=tuple(Chip(chip.pixels.copy()) for chip in chips if chip is not None),
            until_s=self._now().s + HELD_S,
        )

    def _legacy_probe(self, cuts: Sequence[Cuts]) -> Probe | None:
        engine, snapshot = self._legacy, self._known[0]
        if engine is None or snapshot is None or not snapshot.size or not _may_decide(snapshot):
            return None
        chips = [each.legacy for each in cuts if each.legacy is not None]
        probe = _fused(engine, chips)
        return None if probe is None else Probe(probe, snapshot)

    # -- after the decision

    def let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            _wipe(held.shadow)

    def expire(self) -> None:
        if self._held is not None and self._now().s >= self._held.until_s:
            self.let_go()

    def shade(self, job: Shade) -> None:
        """Ask the shadow once; whatever goes wrong with it never reaches anybody."""
        held, snapshot = self._held, self._known[1]
        if held is None or held.visit != job.visit or not held.shadow:
            return
        self._held = replace(held, shadow=())
        try:
            if self._shadow is not None and snapshot is not None and _may_decide(snapshot):
                self._compare(held, self._shadow, snapshot)
        except Exception:
            log.exception("the shadow pack failed and is not asked again until the next start")
            self._shadow = None
        finally:
            _wipe(held.shadow)

    def _compare(self, held: _Held, engine: FaceEngine, snapshot: Snapshot) -> None:
        probe = _fused(engine, held.shadow)
        if probe is None:
            return
        live = held.decided.match
        answer = spaces.decide(Probe(probe, snapshot), None, held.claimed, self._policy).match
        comparable = isinstance(live, Matched) and live.person in snapshot.places
        comparison = Comparison(
            live=held.new.snapshot.space.id,
            shadow=snapshot.space.id,
            kind=shadow.kind_of(live, answer, comparable=comparable),
            person=live.person if isinstance(live, Matched) else "",
            other=shadow.other_of(live, answer),
            utc_s=self._now().utc_s,
        )
        self._store(Silent(comparison))

    def adapt(self, job: Adapt) -> None:
        held = self._held
        if held is not None and held.visit == job.visit and _names(held, job.person):
            self._store(Silent(Follow(job.person, held.space, held.probe)))

    def renew(self, job: Renew) -> bool:
        """Hand the template on; False where it cannot be, or looks like somebody else's."""
        held = self._held
        if held is None or held.visit != job.visit or not _names(held, job.person):
            return False
        template, known = held.new.embedding, held.new.snapshot
        if enrolment.lookalikes([template], job.person, known, self._policy):
            return False
        new = Template(known.space, template)
        self._store(StoreRenewed(job.ticket, job.person, job.version, new))
        return True


def _loaded(engine: FaceEngine | None, what: str) -> FaceEngine | None:
    try:
        if engine is not None:
            engine.load()
    except FoyerError as fault:
        log.warning("the %s pack is gone without: %s", what, fault)
        return None
    return engine


def _may_decide(snapshot: Snapshot) -> bool:
    """Whether the space was ever measured; one that was not names nobody."""
    return len(snapshot.space.calibration) > 1


def _fused(engine: FaceEngine, chips: Sequence[Chip]) -> Embedding | None:
    found = [engine.embed(chip) for chip in chips]
    usable = [each for each in found if matching.is_usable(each, engine.space)]
    return matching.fuse(usable) if usable and len(usable) == len(found) else None


def _names(held: _Held, person: str) -> bool:
    match = held.decided.match
    return isinstance(match, Matched) and match.person == person


def _wipe(chips: Sequence[Chip]) -> None:
    for chip in chips:
        chip.pixels.fill(0)
