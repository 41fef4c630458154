"""`foyer`: reads the command line, runs one command, turns every error into one clear line."""

from __future__ import annotations

import argparse
import importlib
import io
import logging
import os
import sys
import traceback
from collections.abc import Sequence

from app import __version__
from app.commands.context import Context, Misused
from app.errors import (
    CameraError,
    FoyerError,
    GalleryError,
    ImageError,
    KeyStoreError,
    ModelError,
    SettingsError,
)

#: Every command, in the order of the help, with the line it is listed with.
COMMANDS: dict[str, str] = {
    "run": "start the kiosk",
    "demo": "play a day's visits with a simulated visitor, real models and a real gallery",
    "doctor": "check this machine and say what to do",
    "enrol": "add a person's face from photographs or from the camera",
    "people": "list, show, add and remove people; set badges and PINs",
    "gallery": "make, describe and check the encrypted gallery",
    "audit": "verify the journal",
    "models": "list and verify model packs",
    "bench": "measure this machine against the figures Foyer promises",
    "config": "show every setting, its limits and where it came from",
}

EXIT_USAGE = 2
EXIT_DEFECT = 70
EXIT_CODES: tuple[tuple[type[FoyerError], int], ...] = (
    (SettingsError, 3),
    (GalleryError, 4),
    (KeyStoreError, 4),
    (ModelError, 5),
    (CameraError, 6),
    (ImageError, 6),
    (FoyerError, 1),
)


def parser_for(command: str | None) -> argparse.ArgumentParser:
    """The parser; only the chosen command's module is imported, so that help is quick."""
    parser = argparse.ArgumentParser(
        prog="foyer",
        description="A reception kiosk that signs people in by face, and lets them refuse.",
        epilog="Exit codes: 0 done, 1 fault found, 2 usage, 3 settings, 4 gallery or keys, "
        "5 models, 6 camera or picture, 70 defect.",
    )
    parser.add_argument("--version", action="version", version=f"foyer {__version__}")
    parser.add_argument("--config", metavar="FILE", help="settings file (TOML)")
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="one setting, now"
    )
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, line in COMMANDS.items():
        sub = commands.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        sub.set_defaults(command=name)
        if name == command:
            importlib.import_module(f"app.commands.{name}").add_arguments(sub)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    chosen = next((word for word in words if word in COMMANDS), None)
    parser = parser_for(chosen)
    args = parser.parse_args(words)
    if args.command is None:
        parser.print_help()
        return EXIT_USAGE
    bad = [pair for pair in args.set if "=" not in pair]
    if bad:
        parser.error(f"--set takes KEY=VALUE, not {bad[0]!r}")
    _never_fail_to_print()
    level = logging.DEBUG if os.environ.get("FOYER_DEBUG") else logging.WARNING
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    command = importlib.import_module(f"app.commands.{args.command}")
    try:
        code = int(command.run(Context(args)))
        sys.stdout.flush()
    except Misused as fault:
        return _told(str(fault), EXIT_USAGE)
    except FoyerError as fault:
        return _told(str(fault), next(code for kind, code in EXIT_CODES if isinstance(fault, kind)))
    except KeyboardInterrupt:
        return _told("Stopped.", 130)
    except BrokenPipeError:
        # Whoever read this has seen enough; Python's own flush at the end must not say otherwise.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as fault:  # noqa: BLE001 - the last place that can say it plainly
        return _told(
            f"A defect of Foyer's: {type(fault).__name__}: {fault}. "
            "Run it again with FOYER_DEBUG=1 and report what it prints.",
            EXIT_DEFECT,
        )
    return code


def _never_fail_to_print() -> None:
    """A file's name, or a terminal without UTF-8, may hold what cannot be printed as it is."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _told(message: str, code: int) -> int:
    print(f"foyer: {message}", file=sys.stderr)
    if os.environ.get("FOYER_DEBUG"):
        traceback.print_exc()
    return code


if __name__ == "__main__":
    sys.exit(main())
