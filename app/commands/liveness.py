"""`foyer liveness`: what this kiosk's liveness rests on, and the cameras it goes by."""

from __future__ import annotations

import argparse

from app.commands import cameras, selftest
from app.commands.context import Context

EXAMPLES = """
examples:
  foyer liveness camera                       which camera this is, and whether it is enrolled
  foyer liveness camera enrol                 asks for the administrator's PIN
  foyer liveness camera enrol < pin.txt       takes it from the first line of a file
  foyer liveness camera forget 3f9a           by the beginning of its fingerprint
  foyer liveness selftest                     hold prints and screens before it, and count
  foyer liveness selftest --show              what was counted, and what it bears

No door opens by the face until the camera is enrolled, and by the face alone until it was tested;
badges and PINs work without.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    cameras.add_arguments(actions.add_parser("camera", help="show, enrol or forget the camera"))
    selftest.add_arguments(
        actions.add_parser("selftest", help="try prints and screens on this camera, and keep it")
    )


def run(context: Context) -> int:
    return selftest.run(context) if context.args.action == "selftest" else cameras.run(context)
