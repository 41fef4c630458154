"""What came out of the trials, counted: values, and the one JSON document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.evaluation.metrics import Rate
from app.evaluation.sittings import Sitting


@dataclass(frozen=True, slots=True)
class Outcome:
    """One trial. `group`: species or "genuine"; `condition`: of a genuine visit; `light`: "on" or
    "off"; `also`: every layer that refuses what was seen. Costs are milliseconds a look.
    `left_out`: why it was not played, "" where it was."""

    group: str
    condition: str
    light: str
    accepted: bool
    refused_by: str
    also: tuple[str, ...]
    reason: str
    looks: int
    look_ms: float
    judge_ms: float
    left_out: str = ""


def left_out(why: str, group: str, light: str, condition: str) -> Outcome:
    """A trial that was not played."""
    no = Outcome(group, condition, light, False, "", (), "", 0, 0.0, 0.0)
    return replace(no, left_out=why)


def outcome_of(sitting: Sitting, group: str, light: str, condition: str = "") -> Outcome:
    return Outcome(
        group,
        condition,
        light,
        sitting.accepted,
        sitting.refused_by,
        sitting.also,
        sitting.reason,
        sitting.looks,
        sitting.look_ms,
        sitting.judge_ms,
    )


def attack_json(outcomes: list[Outcome], *, gated: bool) -> dict[str, object]:
    """A species: how many were accepted, and by what the others were refused."""
    return {
        **_attack(outcomes),
        "measure": "synthetic attack accept rate",
        "gated": gated,
        "by_light": {
            light: _attack([each for each in outcomes if each.light == light])
            for light in sorted({each.light for each in outcomes})
        },
    }


def _attack(outcomes: list[Outcome]) -> dict[str, object]:
    refused = [each for each in outcomes if not each.accepted]
    accepted = len(outcomes) - len(refused)
    return {
        **Rate(accepted, len(outcomes)).as_json("accepted"),
        "refused_by": counted(each.refused_by for each in refused),
        "also_refused_by": counted(layer for each in refused for layer in each.also),
        "one_layer_only": counted(each.also[0] for each in refused if len(each.also) == 1),
        "reasons": counted(each.reason for each in refused),
    }


def genuine_json(outcomes: list[Outcome]) -> dict[str, object]:
    """Genuine visits: how many were refused, by what, and under which condition."""
    return {
        **_refusals(outcomes),
        "by_condition": {
            name: _refusals([each for each in outcomes if each.condition == name])
            for name in dict.fromkeys(each.condition for each in outcomes)
        },
        "by_light": {
            light: _refusals([each for each in outcomes if each.light == light])
            for light in sorted({each.light for each in outcomes})
        },
    }


def _refusals(outcomes: list[Outcome]) -> dict[str, object]:
    played = [each for each in outcomes if not each.left_out]
    refused = [each for each in played if not each.accepted]
    return {
        **Rate(len(refused), len(played)).as_json("refused"),
        "refused_by": counted(each.refused_by for each in refused),
        "reasons": counted(each.reason for each in refused),
        "left_out": counted(each.left_out for each in outcomes if each.left_out),
    }


def costs_json(outcomes: list[Outcome], liveness_ms: float | None) -> dict[str, object]:
    """Mean milliseconds a look: the engine's whole look, and what kiosk and layers take of it.
    `liveness_ms`: what the layers' measures add to a look, of one core's time; see `added`."""
    seen = [each for each in outcomes if each.looks and each.look_ms > 0.0]
    looks = sum(each.looks for each in seen)
    if not looks:
        return {"looks": 0, "look_ms": None, "judge_ms": None, "liveness_ms": liveness_ms}
    return {
        "looks": looks,
        "look_ms": round(sum(each.look_ms * each.looks for each in seen) / looks, 2),
        "judge_ms": round(sum(each.judge_ms * each.looks for each in seen) / looks, 2),
        "liveness_ms": liveness_ms,
    }


def counted(words: Iterable[str]) -> dict[str, int]:
    """How often each word comes, the most frequent first."""
    return dict(Counter(words).most_common())
