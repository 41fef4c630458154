"""`foyer doctor`: what is well on this machine, and what to do about the rest."""

from __future__ import annotations

import argparse

from app.commands.context import Context

MARKS = {"ok": "ok  ", "warning": "note", "fault": "FIX "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")


def run(context: Context) -> int:
    """1 when something has to be mended before a kiosk can run here."""
    from app import doctor  # noqa: PLC0415 - loads what it looks at

    findings = []
    for finding in doctor.examine(lambda: context.settings):
        findings.append(finding)
        context.print(f"{MARKS[finding.state]}  {finding.name:<17} {finding.said}")
        if finding.cure:
            context.print(f"      {'':<17} → {finding.cure}")
    faults = [each for each in findings if each.state is doctor.State.FAULT]
    context.answer(
        {
            "healthy": not faults,
            "checks": [
                {
                    "name": each.name,
                    "state": each.state.value,
                    "said": each.said,
                    "cure": each.cure,
                }
                for each in findings
            ],
        }
    )
    context.print("")
    context.print(
        f"{len(faults)} to mend before a kiosk can run here." if faults else "Ready to run."
    )
    return 1 if faults else 0
