"""The store and its model in memory, side by side: any order of things ends alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.domain.journal import Entry, EntryKind, Factor, Tally, first_break
from app.domain.lockout import LockoutPolicy
from app.domain.people import Claim, ClaimKind, Person, Status
from app.errors import GalleryRefused
from app.gallery.store import Store
from tests.fakes.gallery import MemoryGallery
from tests.fakes.keys import MemoryKeyStore

NOW = 1_800_000_000.0
CHANGE = Entry(EntryKind.PEOPLE, NOW, granted=False, detail="enrolled")
DENIED = Entry(EntryKind.VISIT, NOW, granted=False)
NUMBER = Claim(ClaimKind.NUMBER, "1")


def grant(person: Person) -> Entry:
    return Entry(
        EntryKind.VISIT,
        NOW,
        granted=True,
        factors=frozenset({Factor.FACE}),
        person=person.id,
        person_version=person.version,
    )


# -- any order of things


CLAIMS = st.sampled_from(
    [
        Claim(ClaimKind.NUMBER, "1"),
        Claim(ClaimKind.NUMBER, "2"),
        Claim(ClaimKind.NUMBER, "9"),
        Claim(ClaimKind.BADGE, "b1"),
        Claim(ClaimKind.ADMIN, ""),
    ]
)


class Twins(RuleBasedStateMachine):
    """The store and the gallery in memory do the same things and must agree on everything."""

    folder: Path

    @initialize()
    def begin(self) -> None:
        policy = LockoutPolicy(free_failures=2, first_delay_s=10.0, longest_delay_s=40.0)
        for file in self.folder.iterdir():
            file.unlink()
        self.now = NOW
        self.ids = 0
        self.real = Store(self.folder / "g.db", MemoryKeyStore(), policy)
        self.model = MemoryGallery(policy)
        for gallery in (self.real, self.model):
            gallery.open()

    def teardown(self) -> None:
        if hasattr(self, "real"):
            self.real.close()

    def both(self, work: object) -> None:
        """The same answer, or the same kind of refusal."""
        assert callable(work)
        answers = []
        for gallery in (self.real, self.model):
            try:
                answers.append(work(gallery))
            except GalleryRefused:
                answers.append(GalleryRefused)
        assert answers[0] == answers[1]

    @rule(seconds=st.floats(0, 30))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(number=st.sampled_from(["1", "2", ""]), status=st.sampled_from(list(Status)))
    def enrol(self, number: str, status: Status) -> None:
        self.ids += 1
        end_s = self.now + 60 if self.ids % 2 else None
        person = Person(f"p{self.ids}", number, "Name", status=status, valid_until_s=end_s)
        self.both(lambda gallery: gallery.put_person(person, replace(CHANGE, utc_s=self.now)))

    @rule(which=st.integers(1, 6))
    def suspend(self, which: int) -> None:
        old = self.model.person(f"p{which}")
        if old is not None:
            changed = replace(old, status=Status.SUSPENDED)
            self.both(lambda gallery: gallery.put_person(changed, CHANGE))

    @rule(which=st.integers(1, 6))
    def erase(self, which: int) -> None:
        self.both(lambda gallery: gallery.remove_person(f"p{which}", CHANGE))

    @rule(which=st.integers(1, 6), badge=st.sampled_from(["b1", "b2", ""]))
    def give_badge(self, which: int, badge: str) -> None:
        self.both(lambda gallery: gallery.set_badge(f"p{which}", badge, CHANGE))

    @rule(claim=CLAIMS)
    def attempt(self, claim: Claim) -> None:
        self.both(lambda gallery: gallery.begin_pin(claim, self.now))

    @rule(claim=CLAIMS)
    def succeed(self, claim: Claim) -> None:
        self.both(lambda gallery: gallery.clear_pin_failures(claim))

    @rule(claim=st.none() | CLAIMS, failed=st.booleans())
    def deny(self, claim: Claim | None, failed: bool) -> None:
        entry = replace(DENIED, utc_s=self.now)
        self.both(lambda gallery: gallery.record(entry, Tally(claim, failed)))

    @rule(which=st.integers(1, 6), old=st.booleans())
    def let_in(self, which: int, old: bool) -> None:
        person = self.model.person(f"p{which}") or Person(f"p{which}", "", "Nobody")
        entry = grant(replace(person, version=person.version - old))
        entry = replace(entry, utc_s=self.now)
        self.both(lambda gallery: gallery.record(entry, Tally(None, failed=False)))

    @rule()
    def start_again(self) -> None:
        self.real.close()
        self.real.open()

    @invariant()
    def they_agree(self) -> None:
        if not hasattr(self, "real"):
            return
        self.both(lambda gallery: gallery.people())
        self.both(lambda gallery: list(gallery.rows()))
        self.both(lambda gallery: gallery.change_counter())
        self.both(lambda gallery: gallery.face_lockout())
        for claim in (Claim(ClaimKind.NUMBER, "1"), Claim(ClaimKind.BADGE, "b1")):
            self.both(lambda gallery, claim=claim: gallery.resolve(claim))
        assert first_break(self.real.rows()) is None


def test_the_store_does_what_the_model_does_in_any_order(tmp_path: Path) -> None:
    class Here(Twins):
        folder = tmp_path

    run_state_machine_as_test(
        Here, settings=settings(max_examples=25, stateful_step_count=25, deadline=None)
    )
