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
from app.runtime.hardening import harden

#: Every command, in the order of the help, with the line it is listed with.
COMMANDS: dict[str, str] = {
    "run": "start the kiosk",
    "demo": "play a day's visits with a simulated visitor, real models and a real gallery",
    "doctor": "check this machine and say what to do",
    "enrol": "add a person's face from photographs or from the camera",
    "verify": "say whether two pictures show one person",
    "identify": "say who of the enrolled people pictures show",
    "people": "list, show, add and remove people; set badges and PINs",
    "access": "why somebody would be let in, or would not",
    "gallery": "make, describe and check the encrypted gallery",
    "audit": "verify and read the journal",
    "report": "who is here, hours worked, and whether every way in is as quick",
    "models": "list and verify model packs",
    "liveness": "show and enrol the camera the face path goes by",
    "evaluate": "play synthetic attacks and genuine visits, and count what passes",
    "bench": "measure this machine against the figures Foyer promises",
    "config": "show every setting, its limits and where it came from",
}

EXIT_CANNOT = 1
EXIT_USAGE = 2
EXIT_DEFECT = 70
LIBRARY_CURE = "Run: sh packaging/setup, or see which with: foyer doctor"
EXIT_STOPPED = 130
EXIT_CODES: tuple[tuple[type[FoyerError], int], ...] = (
    (Misused, EXIT_USAGE),
    (SettingsError, 3),
    (GalleryError, 4),
    (KeyStoreError, 4),
    (ModelError, 5),
    (CameraError, 6),
    (ImageError, 6),
    (FoyerError, EXIT_CANNOT),
)


def parser_for(command: str | None) -> argparse.ArgumentParser:
    """The parser; only the chosen command's module is imported, so that help is quick."""
    parser = argparse.ArgumentParser(
        prog="foyer",
        description="A reception kiosk that signs people in by face, and lets them refuse.",
        epilog="Exit codes: 0 done, 1 fault found, 2 usage, 3 settings, 4 gallery or keys, "
        "5 models, 6 camera or picture, 70 defect.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"foyer {__version__}")
    _add_shared(parser, "")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, line in COMMANDS.items():
        said = line[0].upper() + line[1:] + "."
        sub = commands.add_parser(name, help=line, description=said, allow_abbrev=False)
        sub.set_defaults(command=name)
        if name == command:
            module = importlib.import_module(f"app.commands.{name}")
            module.add_arguments(sub)
            for last in _leaves(sub):
                _add_shared(last, "after_")
    return parser


def _add_shared(parser: argparse.ArgumentParser, prefix: str) -> None:
    """What every command understands, before its name as well as after it."""
    parser.add_argument(
        "--config", metavar="FILE", dest=f"{prefix}config", help="settings file (TOML)"
    )
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        dest=f"{prefix}set",
        action="append",
        help="one setting, for now; may be repeated",
    )


def _leaves(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parsers that end a command line: of `people`, those of its own commands."""
    for action in parser._actions:  # noqa: SLF001 - argparse offers no other way to ask
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return [leaf for each in action.choices.values() for leaf in _leaves(each)]
    return [parser]


def _chosen(words: Sequence[str]) -> str | None:
    """The command among the words: the first that is no option and no option's value."""
    rest = iter(words)
    for word in rest:
        if word in ("--config", "--set"):
            next(rest, None)
        elif not word.startswith("-"):
            return word if word in COMMANDS else None
    return None


def _parsed(words: Sequence[str]) -> argparse.Namespace:
    """The arguments, with what was said before and after the command's name in one place."""
    parser = parser_for(_chosen(words))
    args, late = parser.parse_known_args(words)
    if args.command is None:
        parser.print_help()
        parser.exit(EXIT_USAGE)
    # argparse closes a list of words at the first option after it; here it may go on.
    if late and (not hasattr(args, "photos") or any(word.startswith("-") for word in late)):
        parser.error(f"unrecognised: {' '.join(late)}")
    if late:
        args.photos.extend(late)
    args.set = [*(args.set or []), *(getattr(args, "after_set", None) or [])]
    args.config = getattr(args, "after_config", None) or args.config
    for pair in args.set:
        if "=" not in pair:
            parser.error(f"--set takes KEY=VALUE, not {pair!r}")
    return args


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; its exit code. Raises SystemExit(2) for a line that cannot be parsed.

    Without `argv` this is the whole process, which is then hardened: enrolment and the doctor
    hold keys and faces in memory as the kiosk does.
    """
    args = _parsed(list(sys.argv[1:] if argv is None else argv))
    if argv is None:
        harden()
    _never_fail_to_print()
    level = logging.DEBUG if os.environ.get("FOYER_DEBUG") else logging.WARNING
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    command = importlib.import_module(f"app.commands.{args.command}")
    context = Context(args)
    try:
        code = int(command.run(context))
        sys.stdout.flush()
    except FoyerError as fault:
        code = next(code for kind, code in EXIT_CODES if isinstance(fault, kind))
        return _told(context, fault.code, str(fault), code)
    except KeyboardInterrupt:
        return _told(context, "stopped", "Stopped.", EXIT_STOPPED)
    except BrokenPipeError:
        # Whoever read the output went away. Python would complain once more while it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_CANNOT
    except Exception as fault:  # noqa: BLE001 - the last place that can say it plainly
        if isinstance(fault, ImportError) and ".so" in str(fault):
            said = f"A library of the system is missing: {fault}. "
            return _told(context, "library", said + LIBRARY_CURE, EXIT_CANNOT)
        said = f"A defect of Foyer's: {type(fault).__name__}: {fault}. "
        cure = "Run it again with FOYER_DEBUG=1 and report what it prints."
        return _told(context, "defect", said + cure, EXIT_DEFECT)
    return code


def _never_fail_to_print() -> None:
    """A file's name, or a terminal without UTF-8, may hold what cannot be printed as it is."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _told(context: Context, code: str, message: str, exit_code: int) -> int:
    """One line for people and, where a program reads, one document."""
    if os.environ.get("FOYER_DEBUG"):
        traceback.print_exc()
    print(f"foyer: {message}", file=sys.stderr)
    context.answer({"error": {"code": code, "message": message}})
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
