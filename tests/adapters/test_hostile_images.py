"""Files that nobody should give for a photograph: a refusal or a right picture, soon and small.

The tests take every eighth of them; all are read by `python -m tests.fakes.hostile_reader`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.commands.pictures import photograph
from app.domain.policy import QualityPolicy
from app.errors import ImageError
from app.ports import Frame
from app.vision import images
from app.vision.engine import Engine
from tests.conftest import PROJECT
from tests.fakes.hostile import COUNT, Outcome, corpus, shows_scene
from tests.fakes.vision import embedded_engine

WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="it forks, and links to devices")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return embedded_engine()


@WINDOWS
def test_a_sample_keeps_the_promise_of_two_seconds_and_300_mib() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.fakes.hostile_reader", "--every", "8"],
        cwd=PROJECT, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_corpus_is_as_large_as_promised_and_the_same_every_time(tmp_path: Path) -> None:
    first, again = corpus(), corpus()
    assert len(first) >= COUNT
    assert [each.name for each in first] == [each.name for each in again]
    for number, (one, other) in enumerate(zip(first[-50:], again[-50:], strict=True)):
        one.make(tmp_path / f"one-{number}")
        other.make(tmp_path / f"other-{number}")
        same = (tmp_path / f"one-{number}").read_bytes()
        assert same == (tmp_path / f"other-{number}").read_bytes()


@WINDOWS
def test_enrolment_takes_what_is_right_and_says_what_is_not(engine: Engine, tmp_path: Path) -> None:
    """Through what `foyer enrol` does with each file, with the real engine: none shows a face."""
    for each in corpus()[::16]:
        path = tmp_path / each.name
        each.make(path)
        found = photograph(engine, path, QualityPolicy())
        assert not found.usable
        assert found.said.isprintable()
        assert found.name.isprintable()
        assert found.reason in {"image", "no-face"}
        if each.outcome is Outcome.REFUSED:
            assert found.reason == "image"
        if path.is_file() and not path.is_symlink():
            path.unlink()


@pytest.mark.parametrize("shape", [(1, 1), (1, 1600), (1600, 1), (2, 2), (3, 700)])
def test_the_engine_looks_at_slivers(engine: Engine, shape: tuple[int, int]) -> None:
    assert engine.observe(Frame(1, 0.0, np.full((*shape, 3), 90, np.uint8))).faces == ()


def test_a_name_cannot_reach_the_terminal() -> None:
    with pytest.raises(ImageError) as fault:
        images.read(Path("\x1b[2Jnone\n\udcff.jpg"))
    assert str(fault.value).isprintable()
    assert r"\x1b[2Jnone\n\udcff.jpg" in str(fault.value)


def test_a_name_no_file_can_have_is_refused() -> None:
    with pytest.raises(ImageError, match="no file can have this name"):
        images.read(Path("a\0b.jpg"))


@WINDOWS
def test_a_link_to_a_photograph_is_read(tmp_path: Path) -> None:
    each = next(each for each in corpus() if each.name == "link-to-photo.jpg")
    each.make(tmp_path / each.name)
    assert shows_scene(images.read(tmp_path / each.name))
