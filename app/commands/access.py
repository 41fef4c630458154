"""`foyer access`: why somebody would, or would not, be let in: by the kiosk's own rules."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.commands.context import Context, Misused, json_argument
from app.commands.opened import opened, person_named
from app.domain import access, assurance
from app.domain.access import Judged, Rule
from app.domain.journal import Factor, Purpose
from app.domain.people import Person
from app.domain.tiers import Tier

if TYPE_CHECKING:
    from app.gallery.store import Store

EXAMPLES = """
examples:
  foyer access explain 1001 --factors face
  foyer access explain 1001 --factors badge,pin --at 2026-12-24T18:00+01:00
  foyer access explain 2044 --factors face --tier trusted --json

The rules are those the kiosk decides by, with its present settings and the newest self-test of its
cameras. Exit code 1 means that the person would not enter.
"""

Factors = frozenset[Factor]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    explain = actions.add_parser("explain", help="why this person would enter, or would not")
    explain.add_argument("person", metavar="ID", help="the employee number, or the id")
    explain.add_argument("--zone", default="", metavar="Z", help="where; this kiosk keeps no zones")
    explain.add_argument("--at", type=_moment, metavar="ISO-TIME", help="when; default: now")
    explain.add_argument(
        "--factors",
        type=_factors,
        required=True,
        metavar="A,B",
        help="what they show: " + ", ".join(Factor),
    )
    explain.add_argument(
        "--purpose", choices=[each.value for each in Purpose], default=Purpose.ENTER.value
    )
    explain.add_argument(
        "--tier", choices=[each.value for each in Tier], help="of the camera; default: as tested"
    )
    json_argument(explain)


def _moment(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time. Write it as 2026-12-24T18:00 or 2026-12-24T18:00+01:00"
        ) from None


def _factors(text: str) -> Factors:
    words = [word.strip() for word in text.split(",") if word.strip()]
    known = {each.value for each in Factor}
    unknown = [word for word in words if word not in known]
    if unknown or not words:
        raise argparse.ArgumentTypeError(f"give some of {', '.join(known)}, with commas between")
    return frozenset(Factor(word) for word in words)


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked about."""

    person: Person
    shown: Factors
    accepted: frozenset[Factors]
    utc_s: float


def run(context: Context) -> int:
    args = context.args
    with opened(context) as gallery:
        person = person_named(gallery, args.person)
        tier = Tier(args.tier) if args.tier else _tier(context, gallery)
    policy = context.settings.policy()
    purpose = Purpose(args.purpose)
    utc_s = time.time() if args.at is None else args.at
    sets = assurance.accepted(policy, tier, purpose, weak=False)
    if not sets:
        raise Misused("No set of factors opens anything. See policy.accepted: foyer config show")
    case = Case(person, args.factors, sets, utc_s)
    judged = access.judge(person, args.factors, sets, utc_s)
    enters = isinstance(access.decide(person, args.factors, sets, utc_s), access.Admitted)
    lost = next((each.reason for each in judged if each.reason is not None), None)
    context.print(f"{person.name} ({person.number}) {'enters' if enters else 'does not enter'}.")
    for each in judged:
        context.print(
            f"  {'yes' if each.reason is None else 'no ':<4}{each.rule}: {_said(each, case)}"
        )
    if args.zone:
        context.print(f"  -   zone: {NO_ZONES}")
    context.answer(
        {
            "person": person.id,
            "number": person.number,
            "would_enter": enters,
            "reason": lost.value if lost is not None else None,
            "at": _iso(utc_s),
            "factors": sorted(args.factors),
            "purpose": purpose.value,
            "camera_tier": tier.value,
            "zone": {"asked": args.zone, "judged": False, "said": NO_ZONES} if args.zone else None,
            "why": [
                {"rule": each.rule.value, "kept": each.reason is None, "said": _said(each, case)}
                for each in judged
            ],
        }
    )
    return 0 if enters else 1


NO_ZONES = "not judged: this version keeps no zones, every door of a kiosk is one"


def _tier(context: Context, gallery: Store) -> Tier:
    """The best that any enrolled camera was tested to, as the kiosk may have any of them."""
    from app.runtime import bootstrap  # noqa: PLC0415 - loads what a parser does not need

    policy, now_s = bootstrap.policy_of(context.settings), time.time()
    order = (Tier.TRUSTED, Tier.LIMITED, Tier.UNTESTED)
    found = {
        assurance.tier_of(
            gallery.tested(),
            assurance.conditions_of(each.camera.fingerprint, policy),
            now_s,
            policy,
        )
        for each in gallery.cameras()
    }
    return next((tier for tier in order if tier in found), Tier.UNTESTED)


def _said(judged: Judged, case: Case) -> str:
    """What was compared with what."""
    said: dict[Rule, Callable[[Case], str]] = {
        Rule.STANDING: lambda asked: f"the status is {asked.person.status.value}",
        Rule.BEGUN: lambda asked: _bound("begins", asked.person.valid_from_s, asked.utc_s),
        Rule.NOT_OVER: lambda asked: _bound("ends", asked.person.valid_until_s, asked.utc_s),
        Rule.FACTORS: lambda asked: (
            f"shown are {_set(asked.shown)}; one of these is needed: "
            + "; ".join(sorted(_set(each) for each in asked.accepted))
        ),
    }
    return said[judged.rule](case)


def _bound(word: str, bound_s: float | None, utc_s: float) -> str:
    return (
        f"access never {word}"
        if bound_s is None
        else (f"access {word} {_iso(bound_s)}, and it is {_iso(utc_s)}")
    )


def _set(factors: Factors) -> str:
    return " + ".join(sorted(factors))


def _iso(utc_s: float) -> str:
    return datetime.fromtimestamp(utc_s, UTC).isoformat(timespec="seconds")
