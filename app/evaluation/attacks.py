"""Every species of attack of FIELD's list, made from stills, parameterised and seeded.

Attackers are good ones: they answer prompts as far as their medium allows, know what the plan
will be where that helps them, and come again until a plan suits them. Whoever is shown counts as
enrolled. Rates are *synthetic attack accept rates*; they say nothing of attacks in the world.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.camera.acting import Actor
from app.camera.head import Stance
from app.camera.lighting import GLASS, Glow
from app.camera.portrait import MARGIN_X, MARGIN_Y
from app.domain.liveness import HEAD, Challenge
from app.evaluation.hasty import Hasty
from app.evaluation.holding import Hand, HandOver, HeldScene
from app.evaluation.kit import Chance, Kit, Tape, lens_of
from app.evaluation.media import Display, Held, Mask, Paper, Print, Screen
from app.evaluation.scenes import BEGINS_S, Performance, Person, SceneCamera, Shine
from app.evaluation.sittings import TRUSTED, Sitting, arriving, light_of, replay, watch

#: How long a print or a screen is filmed, seconds; sessions begin anywhere in the first part.
FILMED_S, ENTRY_S = 13.0, 4.0
#: A frame of a recorded screen is looked at this often a second.
FILM_HZ = 12.0
#: What a random recording does, how often something new, and for how long it is told to.
EVERY_S, TOLD_S = (1.5, 2.4), 0.9
#: How often two people try until both are seen. 33 first attempts showed the second in 22.
HAND_OVERS = 5


@dataclass(frozen=True, slots=True)
class Species:
    """`play`: one trial with its own chance. `gated`: nothing of it may be accepted. `needs_two`:
    people; with one alone there is no such attack. `lit_only`: without the screen's light it is
    the same as another one. `films`: how many films of each person its trials share, 0 where each
    trial is played by itself."""

    name: str
    play: Callable[[Kit, Chance], Sitting]
    gated: bool = True
    needs_two: bool = False
    lit_only: bool = False
    films: int = 0


def _hand(chance: Chance, **more: float | bool) -> Hand:
    """Somebody holding a sheet of some size at some distance."""
    jaw_px = float(chance.uniform(120.0, 185.0))
    held = Held(
        scale=jaw_px / 175.0,
        x_px=320.0 + float(chance.uniform(-25.0, 25.0)),
        y_px=252.0 + float(chance.uniform(-15.0, 20.0)),
        lens=float(chance.uniform(1.6, 3.5)),
        bend_deg=float(more.pop("bend_deg", 0.0)),
    )
    hand = Hand(
        held,
        tremor_px=float(chance.uniform(0.2, 0.9)),
        sway_deg=float(chance.uniform(0.5, 3.5)),
        sway_px=float(chance.uniform(1.0, 6.0)),
        slide_px=float(chance.uniform(-0.8, 0.8)),
        nods=bool(more.pop("nods", False)),
    )
    return replace(hand, answers=float(more.pop("answers", 0.0)))


def _paper(kit: Kit, chance: Chance) -> Paper:
    made = Print(
        ink=float(chance.uniform(0.65, 0.95)),
        paper=float(chance.uniform(10.0, 45.0)),
        gamma=float(chance.uniform(0.8, 1.3)),
        soft_px=float(chance.uniform(0.3, 0.9)),
        rough=float(chance.uniform(0.5, 4.0)),
        gloss=float(chance.uniform(0.0, 70.0)),
    )
    return Paper(kit.model.sitter, made, int(chance.integers(2**31)))


def _filmed(kit: Kit, name: str, film: Callable[[], HeldScene], chance: Chance) -> Sitting:
    """A session before something that does not hear, begun somewhere in its film. Under the
    screen's light there is no film, as what is seen depends on the nonce."""
    if kit.is_lit:
        return kit.live(film(), lens_of(chance), chance, chance.bytes(16))
    tape = kit.tape(name, lambda: _film(kit, film(), chance))
    start_s = tape[0].t_s + float(chance.uniform(0.0, ENTRY_S))
    part = tuple(each for each in tape if each.t_s >= start_s)
    return replay(arriving(part), kit.policy, chance.bytes(16))[0]


def _film(kit: Kit, scene: HeldScene, chance: Chance) -> Tape:
    lens = replace(lens_of(chance), rate_hz=FILM_HZ)
    camera = SceneCamera(scene, lens, int(chance.integers(2**31)), TRUSTED)
    return watch(camera, kit.engine, FILMED_S)


def _print(kit: Kit, chance: Chance) -> Sitting:
    def film() -> HeldScene:
        seed = int(chance.integers(2**31))
        return HeldScene(_paper(kit, chance), _hand(chance), kit.room, seed, hears=False)

    return _filmed(kit, "print", film, chance)


def _answering_print(kit: Kit, chance: Chance, bend_deg: float) -> Sitting:
    answers = float(chance.uniform(1.1, 1.8))
    hand = _hand(chance, bend_deg=bend_deg, answers=answers, nods=True)
    scene = HeldScene(_paper(kit, chance), hand, kit.room, int(chance.integers(2**31)))
    nonce = kit.nonce_within(chance, HEAD)
    return kit.live(scene, lens_of(chance), chance, nonce)


def _moved_print(kit: Kit, chance: Chance) -> Sitting:
    return _answering_print(kit, chance, 0.0)


def _bent_print(kit: Kit, chance: Chance) -> Sitting:
    return _answering_print(kit, chance, float(chance.uniform(25.0, 120.0)))


def _mask(kit: Kit, chance: Chance) -> Sitting:
    """Worn as it was cut: flat, or bent round the wearer's face a little."""
    marks = kit.model.portrait.landmarks - (MARGIN_X, MARGIN_Y)
    surface = Mask(kit.model.puppet, marks, kit.room)
    bend_deg = float(chance.choice([0.0, chance.uniform(10.0, 60.0)]))
    hand = _hand(chance, bend_deg=bend_deg, answers=float(chance.uniform(1.0, 1.6)))
    jaw_px = float(chance.uniform(120.0, 165.0))
    hand = replace(hand, held=replace(hand.held, scale=jaw_px / 138.0))
    wearer = kit.other.puppet.paint(Stance(), 0.0, 0.0, kit.room)
    scene = HeldScene(surface, hand, wearer, int(chance.integers(2**31)))
    nonce = kit.nonce_within(chance, frozenset(Challenge))
    return kit.live(scene, lens_of(chance), chance, nonce)


def _screen(kit: Kit, chance: Chance) -> Sitting:
    """The right person on a phone: every other time moving at random, else in a whole earlier
    session."""
    earlier = bool(chance.integers(2))

    def film() -> HeldScene:
        script = _session_script(kit, chance) if earlier else _random_script(chance)
        own_light = _session_light(kit, chance) if earlier and kit.is_lit else _unlit
        actor = Actor(int(chance.integers(2**31)), blinks=True)
        person = Person(
            kit.model.puppet, actor, kit.room, stronger=1.1, script=script, own_light=own_light
        )
        made = Display(
            gamma=float(chance.uniform(0.8, 1.3)),
            bright=float(chance.uniform(0.75, 1.1)),
            cold=float(chance.uniform(0.0, 0.12)),
            grid=float(chance.uniform(0.0, 0.12)),
            bands=float(chance.uniform(0.0, 0.08)),
            gloss=float(chance.uniform(0.0, 50.0)),
        )
        surface = Screen(person, made, int(chance.integers(2**31)))
        seed = int(chance.integers(2**31))
        return HeldScene(surface, _hand(chance), kit.room, seed, hears=False, returns=GLASS)

    return _filmed(kit, "screen-earlier" if earlier else "screen-random", film, chance)


def _random_script(chance: Chance) -> Performance:
    """One movement after the other, at random, with a rest between them."""
    every_s = float(chance.uniform(*EVERY_S))
    acts = [Challenge(str(each)) for each in chance.choice([str(c) for c in Challenge], 64)]

    def script(t_s: float) -> Challenge | None:
        turn, since_s = divmod(t_s, every_s)
        return acts[int(turn) % len(acts)] if since_s < TOLD_S else None

    return script


def _session_script(kit: Kit, chance: Chance) -> Performance:
    """The movements of an earlier session at its own times, over and over."""
    earlier = kit.earlier(int(chance.integers(2))).sitting
    length_s = max(earlier.seconds, 2.0) + 0.5
    begins_s = earlier.tape[0].t_s if earlier.tape else 0.0

    def script(t_s: float) -> Challenge | None:
        at_s = (t_s - begins_s) % length_s + begins_s
        acts = [c for told_s, c in earlier.prompts if told_s <= at_s < told_s + TOLD_S]
        return acts[-1] if acts else None

    return script


def _session_light(kit: Kit, chance: Chance) -> Shine:
    """The light of another visit's code, on and on."""
    return light_of(chance.bytes(16), BEGINS_S, kit.policy.light)


def _unlit(t_s: float) -> Glow | None:
    _ = t_s
    return None


def _injected_trusted(kit: Kit, chance: Chance) -> Sitting:
    """An animated photograph that does all that is asked, in the place of the trusted camera."""
    scene = kit.visitor(chance, returns=0.0)
    return kit.live(scene, lens_of(chance), chance, chance.bytes(16))


def _injected_relit(kit: Kit, chance: Chance) -> Sitting:
    """The same by somebody whose renderer watches the screen and lights the face as it does."""
    return kit.live(kit.visitor(chance), lens_of(chance), chance, chance.bytes(16))


def _hand_over(kit: Kit, chance: Chance) -> Sitting:
    """Two people, by a cut, a cross-fade or walking, around one of the prompts. A visit that was
    over before the second was seen is a genuine one: they try again, and take turns sooner."""
    scene, sitting = _handed_over(kit, chance, 1.0)
    for attempt in range(1, HAND_OVERS):
        if scene.is_shown:
            break
        scene, sitting = _handed_over(kit, chance, 0.5**attempt)
    return sitting


def _handed_over(kit: Kit, chance: Chance, share: float) -> tuple[HandOver, Sitting]:
    """One attempt; the second comes after this share of the usual time."""
    way = int(chance.integers(3))
    other = Person(kit.other.puppet, Actor(int(chance.integers(2**31)), blinks=True), kit.room)
    both = (kit.visitor(chance), other)
    nonce = chance.bytes(16)
    steps = max(len(kit.plan(nonce)), 1)
    scene = HandOver(
        *(both if chance.integers(2) else both[::-1]),
        kit.room,
        prompt=int(chance.integers(1, steps + 1)),
        wait_s=share * float(chance.uniform(0.0, 1.3)),
        takes_s=share
        * (0.0, float(chance.uniform(0.2, 1.2)), float(chance.uniform(0.6, 1.5)))[way],
        walks=way == 2,  # noqa: PLR2004 - of the three ways
    )
    return scene, kit.live(scene, lens_of(chance), chance, nonce)


def _early_answer(kit: Kit, chance: Chance) -> Sitting:
    nonce = chance.bytes(16)
    plan = kit.plan(nonce)
    scene = Hasty(
        kit.model.puppet,
        Actor(int(chance.integers(2**31))),
        kit.room,
        plan,
        int(chance.integers(max(len(plan), 1))),
        snaps=bool(chance.integers(2)),
        hold_s=float(chance.choice([0.1, 0.4, 4.0])),
        lead_s=float(chance.uniform(0.1, 0.6)),
    )
    # They only sit there once they were too soon, so that few looks a second are enough.
    lens = replace(lens_of(chance), rate_hz=float(chance.choice([10.0, 12.0, 15.0])))
    return kit.live(scene, lens, chance, nonce)


#: Those whose pictures are made; `streams` has those whose stream is.
PICTURED = (
    Species("print", _print, films=1),
    Species("bent-print", _bent_print),
    Species("moved-print", _moved_print),
    Species("screen-replay", _screen, films=2),
    Species("mask", _mask),
    Species("hand-over", _hand_over, needs_two=True),
    Species("early-answer", _early_answer),
    Species("injected-trusted", _injected_trusted, gated=False),
    Species("injected-relit", _injected_relit, gated=False, lit_only=True),
)
