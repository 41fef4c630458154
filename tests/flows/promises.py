"""What holds at every moment of every story, told without looking at how it is done.

The judges read only what the world sees: events, effects, Views and the final state. They are
written apart from the code they judge, and are used on random sequences of events as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import TypeVar

from app.domain.effects import CheckPin, Effect, Identify, Record, Release, Watch
from app.domain.events import (
    CameraOpened,
    Event,
    GalleryChanged,
    Identified,
    Looked,
    PinChecked,
    PinVerdict,
    Recorded,
)
from app.domain.journal import Entry, EntryKind, Factor, Purpose
from app.domain.kiosk import start, step
from app.domain.matching import Matched
from app.domain.people import ClaimKind
from app.domain.policy import Policy
from app.domain.source import Camera, SourceKind
from app.domain.states import Kiosk
from app.domain.tiers import FaceAlone, Tier
from app.presentation import GrantedView, OfferView, View, present
from tests.fakes.people import STAFF, Member
from tests.flows.challenged import challenged

Done = Sequence[tuple[Event, Kiosk, tuple[Effect, ...]]]


def hold(done: Done, policy: Policy, views: Sequence[View], staff: Sequence[Member]) -> None:
    """Every promise, on everything that happened."""
    released_only_after_records(done, policy)
    asks_under_new_tickets(done)
    watches_under_new_nonces(done)
    replays(done, policy)
    for view in views:
        tells_no_secret(view, staff)


def released_only_after_records(done: Done, policy: Policy) -> None:
    """P3: each release and each name follows the durable record of that very grant, in time.

    A grant is known by the visit and the person its entry names. At most one release a visit.
    """
    asked: dict[int, tuple[Record, float]] = {}
    durable: set[str] = set()
    released: list[str] = []
    for event, kiosk, effects in done:
        if isinstance(event, Recorded) and event.ticket in asked:
            record, at_s = asked[event.ticket]
            if record.entry.granted and event.t.s - at_s < policy.timing.answer_s:
                durable.add(record.entry.visit)
        for effect in effects:
            if isinstance(effect, Release):
                assert isinstance(event, Recorded), "a door opened on something else"
                assert effect.entry.granted
                assert effect.entry.visit in durable, "a door opened before its record"
                released.append(effect.entry.visit)
            if isinstance(effect, Record):
                assert effect.ticket not in asked, "a ticket was used twice"
                asked[effect.ticket] = (effect, event.t.s)
        view = present(kiosk, policy)
        if isinstance(view, GrantedView | OfferView):
            assert any(_names(record, view, kiosk) for record, _ in _only(asked, durable))
    assert len(released) == len(set(released)), "two releases for one visit"


def _only(
    asked: dict[int, tuple[Record, float]], durable: set[str]
) -> Iterator[tuple[Record, float]]:
    return (each for each in asked.values() if each[0].entry.visit in durable)


def _names(record: Record, view: GrantedView | OfferView, kiosk: Kiosk) -> bool:
    """Whether this is the record of the grant on the screen."""
    person = next((text for text in leaves(kiosk.screen) if text == record.entry.person), None)
    same_time = isinstance(view, OfferView) or record.entry.utc_s == view.utc_s
    return record.entry.granted and person is not None and same_time


def asks_under_new_tickets(done: Done) -> None:
    """No answer can be taken for that of another question."""
    tickets = [each.ticket for _, _, effects in done for each in effects if hasattr(each, "ticket")]
    assert len(tickets) == len(set(tickets)), "a ticket was used twice"


def watches_under_new_nonces(done: Done) -> None:
    """No two sessions ask for the same plan because they share a nonce."""
    nonces = [each.visit for _, _, effects in done for each in effects if isinstance(each, Watch)]
    assert len(nonces) == len(set(nonces)), "a nonce was used twice"


def replays(done: Done, policy: Policy) -> None:
    """The same events give the same states and the same effects."""
    kiosk = start(policy)
    for event, after, effects in done:
        kiosk, again = step(kiosk, event, policy)
        assert kiosk == after
        assert again == effects


def tells_no_secret(view: View, staff: Sequence[Member] = STAFF) -> None:
    """P9: no PIN, badge or id on any screen, and a name only on the screen of a grant."""
    said = list(leaves(view))
    for member in staff:
        assert member.pin not in said
        assert member.badge not in said
        assert member.person.id not in said
        if not isinstance(view, GrantedView | OfferView):
            assert member.person.name not in said
    for each in fields(view):
        assert "score" not in each.name
        assert "distance" not in each.name


def leaves(value: object) -> Iterator[str]:
    """Every text in a value, however deep, also what its `repr` hides."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.hex()
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from leaves(getattr(value, each.name))
    elif isinstance(value, tuple | list | frozenset | set):
        for each in value:
            yield from leaves(each)


# -- why somebody was let in


def granted_for_a_reason(done: Done, policy: Policy) -> None:
    """P1 and P2: every grant that is asked to be recorded was earned in its own visit.

    Each factor it names is looked for in what happened: a face in one unbroken, challenged
    session (see `challenged.py`) that was compared with the right person in time; a PIN in a
    right answer in time; a badge or a number in a claim that stood when it was proved.
    """
    for at, (event, _, effects) in enumerate(done):
        for effect in effects:
            if isinstance(effect, Record) and effect.entry.granted:
                assert effect.entry.kind in {EntryKind.VISIT, EntryKind.ADMIN}
                if effect.entry.kind is EntryKind.VISIT:
                    _earned(done[: at + 1], effect.entry, event, policy)


def _earned(done: Done, entry: Entry, event: Event, policy: Policy) -> None:
    assert any(wanted and wanted <= entry.factors for wanted in policy.accepted)
    if Factor.FACE in entry.factors:
        _earned_by_face(done, entry, policy)
        _assured(entry, policy)
    if Factor.PIN in entry.factors:
        assert isinstance(event, PinChecked)
        assert event.verdict is PinVerdict.RIGHT
        asked, at_s = asked_for(done, CheckPin, event.ticket)
        assert event.t.s - at_s < policy.timing.answer_s
        assert event.person is not None
        assert event.person.id == entry.person
        kinds = {ClaimKind.BADGE: Factor.BADGE, ClaimKind.NUMBER: Factor.NUMBER}
        owed = Factor.FACE in entry.factors
        assert owed or kinds[asked.claim.kind] in entry.factors
    assert entry.factors & {Factor.FACE, Factor.PIN}, "a user name alone let somebody in"


def _assured(entry: Entry, policy: Policy) -> None:
    """A face with no second factor: only by what is known about the camera it was shown to."""
    if entry.factors - {Factor.FACE, Factor.NUMBER}:
        return
    assert policy.face_alone is FaceAlone.BY_TIER
    if entry.purpose is Purpose.ENTER:
        assert policy.assumed_tier in {Tier.TRUSTED, Tier.LIMITED}
        assert policy.assumed_tier is Tier.TRUSTED or Factor.NUMBER in entry.factors


def _earned_by_face(done: Done, entry: Entry, policy: Policy) -> None:
    answers = [
        (event, asked_for(done, Identify, event.ticket))
        for event, _, _ in done
        if isinstance(event, Identified) and was_asked(done, Identify, event.ticket)
    ]
    earned = [
        asked
        for event, (asked, at_s) in answers
        if asked.visit.hex()[:16] == entry.visit
        and event.agrees
        and event.match == Matched(entry.person)
        and event.person is not None
        and event.person.id == entry.person
        and event.t.s - at_s < policy.timing.answer_s
    ]
    assert earned, "nobody recognised this face in this visit"
    asked = earned[-1]
    claimed = entry.factors & {Factor.BADGE, Factor.NUMBER}
    assert bool(claimed) is asked.claimed
    assert not asked.claimed or asked.person == entry.person
    challenged(done, asked, policy)
    _by_one_named_camera(done, asked)


def _by_one_named_camera(done: Done, asked: Identify) -> None:
    """Between the waking and the answer one camera named itself, once, and before every frame
    that was used; it was enrolled all that time, and of a kind that can be."""
    enrolled: set[str] = set()
    named: list[Camera] = []
    unnamed_frames: set[int] = set()
    watching = False
    for event, _, effects in done:
        match event:
            case GalleryChanged(cameras=cameras):
                enrolled = {each.camera.fingerprint for each in cameras}
            case CameraOpened(camera=camera) if watching:
                named.append(camera)
            case Looked(visit=visit, observation=seen) if visit == asked.visit and not named:
                unnamed_frames.add(seen.frame)
            case _:
                pass
        assert all(camera.fingerprint in enrolled for camera in named)
        if isinstance(event, Identified) and event.ticket == asked.ticket:
            break
        watching |= any(isinstance(each, Watch) and each.visit == asked.visit for each in effects)
    assert len(named) == 1, "no camera, or more than one, saw this visit"
    assert named[0].kind in {SourceKind.DEVICE, SourceKind.NETWORK, SourceKind.UNKNOWN}
    assert not unnamed_frames & {*asked.match_frames, *asked.met_frames}


A = TypeVar("A", Identify, CheckPin)


def was_asked(done: Done, kind: type[A], ticket: int) -> bool:
    return any(
        isinstance(effect, kind) and effect.ticket == ticket
        for _, _, effects in done
        for effect in effects
    )


def asked_for(done: Done, kind: type[A], ticket: int) -> tuple[A, float]:
    """The effect with this ticket, and when it was asked for."""
    for event, _, effects in done:
        for effect in effects:
            if isinstance(effect, kind) and effect.ticket == ticket:
                return effect, event.t.s
    raise AssertionError(f"nobody asked under ticket {ticket}")
