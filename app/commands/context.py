"""What every command is given: its arguments, the settings, and where to print."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.errors import FoyerError

if TYPE_CHECKING:
    from app.settings import Settings

T = TypeVar("T")


class Misused(FoyerError):
    """The command was called in a way the parser alone cannot tell; exit code 2."""

    code = "usage"


@dataclass
class Context:
    """`args` are the parsed arguments; settings are read when first asked for."""

    args: argparse.Namespace
    answered: bool = field(default=False, init=False)

    @cached_property
    def settings(self) -> Settings:
        """Raises SettingsError."""
        from app.settings import load  # noqa: PLC0415 - `foyer --help` reads no settings

        flags = dict(pair.partition("=")[::2] for pair in self.args.set)
        return load(self.config_file, os.environ, flags)

    @property
    def config_file(self) -> Path | None:
        """The settings file somebody named."""
        return Path(self.args.config) if self.args.config else None

    @property
    def as_json(self) -> bool:
        return bool(getattr(self.args, "json", False))

    def print(self, text: str) -> None:
        """A line for people; nothing where a program reads."""
        if not self.as_json:
            print(text)

    def note(self, text: str) -> None:
        """A line beside the answer, on standard error."""
        print(text, file=sys.stderr)

    def answer(self, document: object) -> None:
        """The one JSON document, where one was asked for."""
        if self.as_json and not self.answered:
            self.answered = True
            print(json.dumps(document, indent=2, ensure_ascii=False))

    def progress(self, items: Iterable[T], total: int | None, what: str) -> Iterator[T]:
        """`items`, with a bar on a terminal and none where a program reads."""
        from tqdm import tqdm  # noqa: PLC0415 - only long jobs show progress

        quiet = self.as_json or not sys.stderr.isatty()
        yield from tqdm(items, total=total, desc=what, unit="", disable=quiet, leave=False)


def json_argument(parser: argparse.ArgumentParser) -> None:
    """The flag every command has that a program may want to read."""
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
