"""One value changed in a settings file, with everything else in it left as somebody wrote it."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from pathlib import Path

from app.errors import SettingsError


def put(path: Path, key: str, value: str) -> None:
    """Set `key` ("table.name") to a text. The file is made where there is none. Raises
    SettingsError, and then nothing was changed."""
    table, _, name = key.rpartition(".")
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{path} cannot be read ({type(fault).__name__}).") from fault
    after = changed(before, table, name, json.dumps(value, ensure_ascii=False))
    try:
        read_back = tomllib.loads(after)
        for part in table.split("."):
            read_back = read_back[part]
        sound = read_back[name] == value
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        sound = False
    if not sound:
        raise SettingsError(
            f"{path} is written in a way that cannot be changed from here. Open it and set, "
            f"below [{table}]: {name} = {json.dumps(value)}"
        )
    _write(path, after)


def changed(text: str, table: str, name: str, value: str) -> str:
    """The text of a settings file with one line of it changed, switched on, or added."""
    rows = text.splitlines()
    head = next((at for at, row in enumerate(rows) if row.strip() == f"[{table}]"), None)
    line = f"{name} = {value}"
    if head is None:
        return "\n".join([*rows, *([""] if rows else []), f"[{table}]", line]) + "\n"
    after = range(head + 1, len(rows))
    end = next((at for at in after if re.match(r"\s*\[", rows[at])), len(rows))
    inside = range(head + 1, end)
    for said in (rf"\s*{re.escape(name)}\s*=", rf"\s*#\s*{re.escape(name)}\s*="):
        for at in inside:
            if re.match(said, rows[at]):
                return "\n".join([*rows[:at], line, *rows[at + 1 :]]) + "\n"
    return "\n".join([*rows[: head + 1], line, *rows[head + 1 :]]) + "\n"


def _write(path: Path, text: str) -> None:
    """Whole or not at all, with the rights the file had."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, temporary = tempfile.mkstemp(prefix=".foyer-", dir=path.parent)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as stream:
                stream.write(text)
            Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as fault:
        raise SettingsError(
            f"{path} cannot be written ({fault.strerror}). Name another with --config."
        ) from fault
