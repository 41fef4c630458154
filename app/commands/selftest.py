"""`foyer liveness selftest`: what this camera, where it stands, lets through; signed and kept."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from app.commands import tables, trying
from app.commands.cameras import SHOWN, seen_now
from app.commands.context import Context, Misused, json_argument
from app.commands.opened import note, opened, require_administrator
from app.domain import assurance, rates, selftest
from app.domain import source as rule
from app.domain.assurance import ATTACKS, Species, Tested, Trial, Trials
from app.domain.journal import EntryKind
from app.domain.light import LightUse
from app.domain.policy import Policy
from app.domain.source import NEVER_ENROLLED, Camera
from app.domain.tiers import Tier
from app.errors import CameraError, CameraUnavailable
from app.evaluation.metrics import Rate

if TYPE_CHECKING:
    from app.gallery.store import Store
    from app.ports import FrameSource

KEYS: dict[str, Species] = {
    "g": Species.GENUINE,
    "p": Species.PRINT,
    "h": Species.PHONE,
    "t": Species.TABLET,
}
CHOICES = (
    "g real person   p printed photo   h phone   t tablet   "
    "u take the last one back   a start anew   s store   q leave"
)
BEARS: dict[Tier, str] = {
    Tier.UNTESTED: "untested: at a door, a face needs the PIN as well",
    Tier.LIMITED: "limited: a door opens to a face with its number, otherwise with the PIN",
    Tier.TRUSTED: "trusted: a face alone may open a door",
}
LONGEST_LINE = 80


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--show", action="store_true", help="only print what is stored, and what it bears now"
    )
    parser.add_argument("--reason", default="", help="why, for the journal; no names")
    json_argument(parser)


def run(context: Context) -> int:
    return _show(context) if context.args.show else _test(context)


# -- what is stored


def _show(context: Context) -> int:
    """1 where no result holds for the camera that is there now."""
    from app.runtime import bootstrap  # noqa: PLC0415 - loads what a parser does not need

    with opened(context) as gallery:
        tested, enrolled = gallery.tested(), gallery.cameras()
    policy = bootstrap.policy_of(context.settings)
    camera, trouble = _present(bootstrap.frame_source(context.settings))
    fault = rule.refusal(camera, enrolled, policy.admits)
    now = assurance.conditions_of(camera.fingerprint if fault is None else "", policy)
    tier = assurance.tier_of(tested, now, time.time(), policy)
    for each in tested:
        context.print(_when(each, now))
        _print_counts(context, each.trials)
        context.print("")
    if not tested:
        context.print("No camera was tested here. Run: foyer liveness selftest\n")
    context.print(trouble or (f"{fault}. {rule.CURES[fault]}" if fault else f"{camera.name}:"))
    context.print(f"This camera now is {BEARS[tier]}.")
    context.answer(
        {
            "tier": tier.value,
            "camera": camera.fingerprint,
            "fault": fault.value if fault else "",
            "trouble": trouble,
            "face_alone": policy.face_alone.value,
            "results": [_document(each, now, policy) for each in tested],
        }
    )
    return 0 if tier is not Tier.UNTESTED else 1


def _present(source: FrameSource) -> tuple[Camera, str]:
    try:
        return seen_now(source), ""
    except CameraError as fault:
        return source.identity(), f"The camera could not be opened. {fault}"


def _when(tested: Tested, now: assurance.Conditions) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(tested.utc_s))
    stale = [
        said
        for said, same in (
            ("another camera", tested.conditions.camera == now.camera),
            ("another version or model pack", tested.conditions.engine == now.engine),
            ("other limits", tested.conditions.limits == now.limits),
        )
        if not same
    ]
    said = f" (made with {', '.join(stale)})" if stale else ""
    return f"{tested.conditions.camera[:SHOWN]}  {when}{said}"


def _document(tested: Tested, now: assurance.Conditions, policy: Policy) -> dict[str, object]:
    return {
        "camera": tested.conditions.camera,
        "utc_s": tested.utc_s,
        "holds": assurance.standing([tested], now, time.time(), policy) is not None,
        "bears": assurance.shown_by(tested.trials, policy.assurance).value,
        **_rates(tested.trials),
    }


def _rates(trials: Trials) -> dict[str, object]:
    return {
        "species": {each.value: _rate(trials, each).as_json("accepted") for each in ATTACKS},
        "genuine": _rate(trials, Species.GENUINE).as_json("refused"),
    }


def _rate(trials: Trials, species: Species) -> Rate:
    count = trials.of(species)
    return Rate(count.errors, count.n)


def _print_counts(context: Context, trials: Trials) -> None:
    heads = ("", "trials", "errors", "rate", "95 % exact", "at most")
    rows = []
    for species in Species:
        rate = _rate(trials, species)
        both = rate.interval95
        seen = "–" if rate.value is None else _percent(rate.value)  # noqa: RUF001 - a dash
        between = f"{_percent(both.low)} to {_percent(both.high)}"
        what = "refused" if species is Species.GENUINE else "let through"
        rows.append(
            (f"{species} {what}", str(rate.n), str(rate.events), seen, between,
             _percent(rate.upper95))
        )  # fmt: skip
    for line in tables.lines(heads, rows):
        context.print(line)


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f} %"


# -- testing


@dataclass
class _Sitting:
    """What was counted so far, and whether any of it is not stored yet."""

    trials: Trials
    last: Trial | None = None
    changed: bool = False

    def count(self, trial: Trial) -> None:
        self.last = trial
        if trial.counted:
            self.trials, self.changed = self.trials.plus(trial), True

    def take_back(self) -> bool:
        if self.last is None or not self.last.counted:
            return False
        self.trials, self.last = self.trials.plus(self.last, -1), None
        return True

    def start_anew(self) -> None:
        self.trials, self.last, self.changed = Trials(), None, True


Once = Callable[[Species, Policy, Callable[[str], None]], Trial]


def _test(context: Context) -> int:
    from app.runtime import bootstrap  # noqa: PLC0415

    policy = bootstrap.policy_of(context.settings)
    if policy.light_use is not LightUse.OFF:
        raise Misused(
            "This kiosk lights the face, which a terminal cannot. Test the camera at the kiosk's "
            "own service screen."
        )
    # Before anything is tried: a reason that cannot be written down is not found out at the end.
    note(context, "selftest")
    source = bootstrap.frame_source(context.settings)
    with opened(context) as gallery:
        camera = _enrolled(gallery, source, policy)
        require_administrator(gallery, "selftest")
        engine = bootstrap.face_engine(context.settings)
        engine.load()
        now = assurance.conditions_of(camera.fingerprint, policy)
        before = assurance.standing(gallery.tested(), now, time.time(), policy)
        sitting = _Sitting(before.trials if before is not None else Trials())
        stored = _sit(context, sitting, policy, partial(trying.trial, source, engine, camera))
        if stored:
            tested = selftest.result(sitting.trials, camera, time.time(), policy)
            detail = selftest.entry_of(tested, policy).detail
            gallery.put_tested(tested, note(context, detail, EntryKind.ADMIN))
    return _told(context, sitting, policy, stored=stored)


def _enrolled(gallery: Store, source: FrameSource, policy: Policy) -> Camera:
    """The camera that is there; raises CameraUnavailable unless it may be gone by."""
    camera = seen_now(source)
    fault = rule.refusal(camera, gallery.cameras(), policy.admits)
    if fault is not None:
        raise CameraUnavailable(f"{camera.name} cannot be tested: {fault}. {rule.CURES[fault]}")
    if camera.kind in NEVER_ENROLLED:
        raise CameraUnavailable(f"{camera.name} is {camera.kind}. Choose a real camera to test.")
    return camera


def _sit(context: Context, sitting: _Sitting, policy: Policy, once: Once) -> bool:
    """Trial after trial, as long as somebody answers; whether to store what was counted."""
    _print_state(context, sitting, policy)
    while True:
        match _asked(context):
            case "s" if sitting.changed:
                return True
            case "s":
                context.note("There is nothing to store yet.")
            case "q":
                return False
            case "u" if sitting.take_back():
                _print_state(context, sitting, policy)
            case "a":
                sitting.start_anew()
                _print_state(context, sitting, policy)
            case key if key in KEYS:
                _try(context, sitting, KEYS[key], policy, once)
                _print_state(context, sitting, policy)
            case _:
                context.note(f"Choose one of: {CHOICES}")


def _asked(context: Context) -> str:
    """One letter; where nobody answers any more, the one to leave."""
    if sys.stdin.isatty():
        context.note(CHOICES)
    try:
        line = sys.stdin.readline(LONGEST_LINE)
    except UnicodeDecodeError:
        return ""
    return line.strip().lower() if line else "q"


def _try(context: Context, sitting: _Sitting, species: Species, policy: Policy, once: Once) -> None:
    """A camera that fails in a trial says nothing about anything; the next one may go well."""
    try:
        trial = once(species, policy, context.note)
    except CameraError as fault:
        context.note(f"Not counted. {fault}")
        return
    sitting.count(trial)
    why = f" ({trial.reason}{f', {trial.layer}' if trial.layer else ''})" if trial.reason else ""
    ended = "let through" if trial.accepted else "refused"
    counted = "" if trial.counted else ", not counted"
    context.note(f"{species}: {ended}{counted}{why}{' – an ERROR' if _is_error(trial) else ''}")  # noqa: RUF001


def _is_error(trial: Trial) -> bool:
    return trial.counted and trial.wrong


def _print_state(context: Context, sitting: _Sitting, policy: Policy) -> None:
    context.print("")
    _print_counts(context, sitting.trials)
    context.print(f"This bears: {BEARS[assurance.shown_by(sitting.trials, policy.assurance)]}.")
    limits = policy.assurance
    context.print(
        f"Trusted takes {rates.fewest_without(limits.trusted_apcer)} trials of each instrument "
        f"with nothing let through, and {rates.fewest_without(limits.trusted_bpcer)} of people."
    )


def _told(context: Context, sitting: _Sitting, policy: Policy, *, stored: bool) -> int:
    """1 where nothing was stored."""
    tier = assurance.shown_by(sitting.trials, policy.assurance)
    context.print("Stored. A running kiosk goes by it now." if stored else "Nothing was stored.")
    context.answer({"stored": stored, "bears": tier.value, **_rates(sitting.trials)})
    return 0 if stored else 1
