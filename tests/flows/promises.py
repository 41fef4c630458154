"""What holds at every moment of every story, told without looking at how it is done.

The judges read only what the world sees: events, effects, Views and the final state. They are
written apart from the code they judge, and are used on random sequences of events as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass

from app.domain.effects import Effect, Record, Release
from app.domain.events import Event, Recorded
from app.domain.kiosk import start, step
from app.domain.policy import Policy
from app.domain.states import Kiosk
from app.presentation import GrantedView, View, present
from tests.fakes.people import STAFF, Member

Done = Sequence[tuple[Event, Kiosk, tuple[Effect, ...]]]


def hold(done: Done, policy: Policy, views: Sequence[View], staff: Sequence[Member]) -> None:
    """Every promise, on everything that happened."""
    released_only_after_records(done, policy)
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
        if isinstance(view, GrantedView):
            assert any(_names(record, view, kiosk) for record, _ in _only(asked, durable))
    assert len(released) == len(set(released)), "two releases for one visit"


def _only(
    asked: dict[int, tuple[Record, float]], durable: set[str]
) -> Iterator[tuple[Record, float]]:
    return (each for each in asked.values() if each[0].entry.visit in durable)


def _names(record: Record, view: GrantedView, kiosk: Kiosk) -> bool:
    """Whether this is the record of the grant on the screen."""
    person = next((text for text in leaves(kiosk.screen) if text == record.entry.person), None)
    return record.entry.granted and person is not None and record.entry.utc_s == view.utc_s


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
        if not isinstance(view, GrantedView):
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
