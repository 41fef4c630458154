"""A gallery in memory and one on SQLCipher: whatever is asked of one is asked of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.gallery.store import Store
from app.ports import Gallery
from tests.fakes.gallery import MemoryGallery
from tests.fakes.keys import MemoryKeyStore


@pytest.fixture(params=["memory", "sqlcipher"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Gallery]:
    if request.param == "memory":
        return MemoryGallery
    return lambda: Store(tmp_path / "g.db", MemoryKeyStore())


@pytest.fixture
def gallery(make: Callable[[], Gallery]) -> Iterator[Gallery]:
    gallery = make()
    gallery.open()
    yield gallery
    gallery.close()
