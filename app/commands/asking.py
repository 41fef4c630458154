"""Asking the operator: at a terminal by a prompt, otherwise one line of standard input.

Secrets never come as arguments, which every other user of the machine can read, and are never
shown while they are typed.
"""

from __future__ import annotations

import sys
from getpass import getpass
from typing import TYPE_CHECKING

from app.commands.context import Misused
from app.domain.people import Secret

if TYPE_CHECKING:
    from app.settings import Settings

LONGEST_LINE = 4096


def new_pin(settings: Settings, whose: str) -> Secret:
    """A PIN the policy allows, asked for twice at a terminal; raises Misused."""
    from app.credentials.pin import pin_fault  # noqa: PLC0415 - loads Argon2

    pin = hidden(whose)
    fault = pin_fault(pin.text, *settings.policy().pin_lengths)
    if fault:
        raise Misused(f"{whose} cannot be this one. {fault}")
    if sys.stdin.isatty() and hidden(f"{whose}, again") != pin:
        raise Misused("The two were not the same. Try again.")
    return pin


def hidden(what: str) -> Secret:
    """What was typed without showing it, or the next line of standard input; raises Misused."""
    try:
        typed = getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline(LONGEST_LINE)
    except (UnicodeDecodeError, EOFError):
        typed = ""
    text = typed.strip()
    if not text:
        raise Misused(f"{what}: nothing was given. Type it, or hand it over on standard input.")
    return Secret(text)


def agreed(question: str) -> bool:
    """Whether somebody at a terminal answered yes; raises Misused where nobody sits there."""
    if not sys.stdin.isatty():
        raise Misused("Nobody is here to be asked. Add --yes if this is meant.")
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False
