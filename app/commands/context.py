"""What every command is given: its arguments, the settings, and where to print."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from app.settings import Settings

T = TypeVar("T")


class Misused(Exception):
    """The command was called in a way the parser alone cannot tell; exit code 2."""


@dataclass
class Context:
    """`args` are the parsed arguments; settings are read when first asked for."""

    args: argparse.Namespace

    @cached_property
    def settings(self) -> Settings:
        """Raises SettingsError."""
        import os  # noqa: PLC0415 - `foyer --help` reads no settings

        from app.settings import load  # noqa: PLC0415

        flags = dict(pair.partition("=")[::2] for pair in self.args.set)
        file = Path(self.args.config) if self.args.config else None
        return load(file, os.environ, flags)

    @property
    def as_json(self) -> bool:
        return bool(getattr(self.args, "json", False))

    def print(self, text: str) -> None:
        """A line for people; nothing where a program reads."""
        if not self.as_json:
            print(text)

    def answer(self, document: object) -> None:
        """The one JSON document, where one was asked for."""
        if self.as_json:
            print(json.dumps(document, indent=2, ensure_ascii=False))

    def progress(self, items: Iterable[T], total: int, what: str) -> Iterator[T]:
        """`items`, with a bar on a terminal and none where a program reads."""
        from tqdm import tqdm  # noqa: PLC0415 - only long jobs show progress

        quiet = self.as_json or not sys.stderr.isatty()
        yield from tqdm(items, total=total, desc=what, unit="", disable=quiet, leave=False)
