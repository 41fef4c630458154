"""Fixtures for the contract suites."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder with a short path: a socket's may have 107 characters, pytest's is near that."""
    with tempfile.TemporaryDirectory(prefix="foyer-") as name:
        yield Path(name)
