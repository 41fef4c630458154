"""`foyer config`: every setting, its limits and its origin; and a file to change them in."""

from __future__ import annotations

import argparse
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.context import Context, json_argument
from app.commands.tables import lines

if TYPE_CHECKING:
    from app.options import Option, Value
    from app.settings import Setting

EXAMPLES = """
examples:
  foyer config show                        every setting and what may be set
  foyer config show --origin               and whether a file, a variable or the line said so
  foyer --config kiosk.toml config init    write kiosk.toml with every setting explained
  foyer --config kiosk.toml config show    read it back
"""

HEAD = """\
# The settings of one Foyer kiosk. Every line is a default, switched off by its #: take the # away
# and change the value. `foyer config show --origin` says what is in force and why. A variable such
# as FOYER_KIOSK_THEME wins over this file, and `foyer --set kiosk.theme=dark` over both.
"""

#: User name and password of a network camera's address.
_CREDENTIALS = re.compile(r"(?<=://)[^/]*@")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="print every setting")
    show.add_argument("--origin", action="store_true", help="also say where each value came from")
    json_argument(show)
    actions.add_parser("init", help="write a settings file with every setting explained")


def run(context: Context) -> int:
    if context.args.action == "init":
        return _init(context)
    return _show(context)


def _show(context: Context) -> int:
    from app.options import options  # noqa: PLC0415 - numpy comes with it

    table, known = context.settings.table, options()
    rows = [_row(option, table[key], origin=context.args.origin) for key, option in known.items()]
    headings = ["setting", "value", *(["from"] if context.args.origin else []), "may be"]
    for line in lines(headings, rows):
        context.print(line)
    context.answer({"settings": {key: _document(each, table[key]) for key, each in known.items()}})
    return 0


def _row(option: Option, setting: Setting, *, origin: bool) -> list[str]:
    came_from = [setting.origin] if origin else []
    unit = f" {option.unit}" if option.unit else ""
    return [option.key, f"{_shown(setting.value)}{unit}", *came_from, option.allowed]


def _shown(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return " ".join(value) or "-"
        case str():
            return without_credentials(value) or "-"
        case _:
            return f"{value:g}" if isinstance(value, float) else str(value)


def without_credentials(text: str) -> str:
    """An address without user name and password."""
    return _CREDENTIALS.sub("…@", text)


def _document(option: Option, setting: Setting) -> dict[str, object]:
    value = setting.value
    return {
        "value": without_credentials(value) if isinstance(value, str) else value,
        "origin": setting.origin,
        "default": option.default,
        "kind": option.kind.value,
        "unit": option.unit,
        "low": _limit(option.low),
        "high": _limit(option.high),
        "choices": list(option.choices),
        "variable": option.variable,
        "why": option.why,
    }


def _limit(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _init(context: Context) -> int:
    from app.errors import SettingsError  # noqa: PLC0415
    from app.options import default_file  # noqa: PLC0415

    path = Path(context.args.config) if context.args.config else default_file()
    if path.exists():
        raise SettingsError(
            f"{path} is there already and stays as it is. Edit it, or move it away first."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write("\n".join(written()) + "\n")
    except OSError as fault:
        raise SettingsError(
            f"{path} cannot be written ({fault.strerror}). Name another with --config."
        ) from fault
    context.print(f"Written: {path}")
    context.print("Every line in it is a default that is switched off; change what you need.")
    return 0


def written() -> Iterator[str]:
    """The lines of a settings file with every option, its default, its limits and why."""
    from app.options import options  # noqa: PLC0415

    yield from HEAD.splitlines()
    section = ""
    for option in options().values():
        table, _, name = option.key.rpartition(".")
        if table != section:
            section = table
            yield from ("", f"[{table}]")
        yield f"# {option.why}; {option.allowed}"
        yield f"#{name} = {_toml(option.default)}"


def _toml(value: Value) -> str:
    """A value as TOML writes it; its basic strings are JSON's."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case tuple():
            return json.dumps(list(value), ensure_ascii=False)
        case _:
            return repr(value)
