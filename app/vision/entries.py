"""Entries of a TOML table read as what they must be; whatever else they are is a ValueError."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

Table = Mapping[str, object]


def only(within: Table, allowed: set[str]) -> None:
    unknown = sorted(set(within) - allowed)
    if unknown:
        raise ValueError(f"unknown entry {unknown[0]!r}")


def table(within: Table, key: str) -> Table:
    value = within.get(key)
    if not isinstance(value, dict):
        raise ValueError(f"table {key!r} is missing")  # noqa: TRY004
    return value


def tables(within: Table, key: str) -> list[Table]:
    value = within.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
        raise ValueError(f"list of tables {key!r} is missing")
    return value


def text(within: Table, key: str) -> str:
    value = within.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"text {key!r} is missing")
    return value.strip()


def texts(within: Table, key: str) -> tuple[str, ...]:
    value = within.get(key)
    if not isinstance(value, list) or not value:
        raise ValueError(f"{key!r} must be a list of texts")
    return tuple(text({key: each}, key) for each in value)


def switch(within: Table, key: str) -> bool:
    value = within.get(key)
    if not isinstance(value, bool):
        raise ValueError(f"{key!r} must be true or false")  # noqa: TRY004
    return value


def count(within: Table, key: str) -> int:
    value = within.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{key!r} must be a whole number of at least 1")
    return value


def index(within: Table, key: str) -> int:
    value = within.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{key!r} must be a whole number of at least 0")
    return value


def number(within: Table, key: str) -> float:
    value = within.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(f"{key!r} must be a number")  # noqa: TRY004
    return float(value)


def numbers(within: Table, key: str) -> tuple[float, ...]:
    value = within.get(key)
    if not isinstance(value, list) or not value:
        raise ValueError(f"{key!r} must be a list of numbers")
    return tuple(number({key: each}, key) for each in value)


def day(within: Table, key: str) -> date:
    value = within.get(key)
    if not isinstance(value, date):
        raise ValueError(f"{key} must be a date")  # noqa: TRY004 - all faults are ValueErrors
    return value
