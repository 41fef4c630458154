"""Nothing that the kernel calls can end it, and what failed in it denies."""

from __future__ import annotations

import pytest

from app.domain.effects import CheckPin, Effect
from app.domain.events import Button
from app.domain.people import Secret
from app.domain.policy import Policy
from app.domain.states import Kiosk
from app.presentation import AttractView, BusyView, DeniedView, GrantedView, PinView, View
from app.runtime import kernel as kernel_module
from tests.conftest import Logged
from tests.runtime.rig import BADGE, PIN, Rig
from tests.runtime.test_faults import assert_nobody_was_let_in, settled, use_badge


class DeafCues:
    def say(self, text: str) -> None:
        raise RuntimeError("no sound")

    def close(self) -> None: ...


def test_a_cue_that_raises_does_not_end_the_kernel(logged: Logged) -> None:
    rig = Rig(cues=DeafCues())
    with rig.running() as house:
        assert rig.wait_for(settled)
        use_badge(rig, house)
        assert isinstance(rig.result(), GrantedView)
        house.kernel.press(Button.DONE)
        assert rig.wait_for(lambda view: isinstance(view, AttractView))
    logged.expect("app.runtime.kernel", "Sound could not be handed over")


def test_an_effect_that_cannot_be_handed_over_is_a_refusal(logged: Logged) -> None:
    rig = Rig()
    with rig.running() as house:
        assert rig.wait_for(settled)
        perform = house.kernel._perform

        def failing(effect: Effect) -> None:
            if isinstance(effect, CheckPin):
                raise OSError("no memory")
            perform(effect)

        house.kernel._perform = failing
        use_badge(rig, house)
        assert isinstance(rig.result(0.5), DeniedView), "at once, not at a deadline"
    assert_nobody_was_let_in(rig)
    logged.expect("app.runtime.kernel", "CheckPin could not be handed over")


def test_a_listener_that_raises_neither_ends_the_kernel_nor_keeps_the_others(
    logged: Logged,
) -> None:
    """As a broken pipe does to the Views of `foyer run --headless`."""
    rig = Rig()

    def broken(view: View) -> None:
        raise BrokenPipeError

    see, rig._see = rig._see, broken  # type: ignore[method-assign]
    with rig.running() as house:
        house.listen(see)
        house.badge_read(BADGE)
        assert rig.wait_for(lambda view: isinstance(view, PinView))
    logged.expect("app.runtime.house", "a listener failed")


def test_a_state_without_a_screen_is_not_entered(
    monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    """Nobody is let in behind a screen that cannot say so, and the next visitor finds a kiosk."""
    rig = Rig()
    from app.presentation import present

    def incomplete(kiosk: Kiosk, policy: Policy) -> View:
        view = present(kiosk, policy)
        if isinstance(view, GrantedView):
            raise KeyError("granted")
        return view

    with monkeypatch.context() as broken:
        broken.setattr(kernel_module, "present", incomplete)
        with rig.running() as house:
            assert rig.wait_for(settled)
            use_badge(rig, house)
            assert rig.wait_for(lambda view: isinstance(view, BusyView))
            assert rig.wait_for(lambda view: isinstance(view, AttractView))
    assert_nobody_was_let_in(rig)
    logged.expect("app.runtime.kernel", "a step failed")


def test_a_pin_is_in_no_printed_event_effect_or_state() -> None:
    from app.domain.events import Moment, Pressed
    from app.domain.people import Claim, ClaimKind
    from app.domain.states import AskingAdmin

    claim = Claim(ClaimKind.NUMBER, "77123")
    pressed = Pressed(Moment(0.0, 0.0), Button.DIGIT, bytes(16), "9")
    said = repr((CheckPin(1, claim, Secret(PIN)), AskingAdmin(0.0, Secret(PIN)), pressed))
    assert PIN not in said
    assert "77123" not in said
    assert "'9'" not in said
