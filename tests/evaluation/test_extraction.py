"""Embeddings that are kept between runs: what was cut short is made again, a full disk is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.evaluation.extraction import CacheUnusable, Sample, _read, _write


def sample() -> Sample:
    return Sample(np.arange(4, dtype=np.float32), "", 1.5, 20.0, 10.0, 12.0, 3.0)


def test_what_is_kept_comes_back_whole(tmp_path: Path) -> None:
    kept = tmp_path / "ab" / "abcd.npz"
    _write(kept, sample())
    found = _read(kept)
    assert found is not None
    assert found.embedding is not None
    assert found.embedding.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert (found.worth, found.detect_ms, found.mark_ms) == (1.5, 12.0, 3.0)
    assert [each.name for each in kept.parent.iterdir()] == ["abcd.npz"]


def test_a_picture_without_a_face_is_not_looked_at_again(tmp_path: Path) -> None:
    _write(tmp_path / "a.npz", Sample(None, "no-face", observe_ms=20.0))
    found = _read(tmp_path / "a.npz")
    assert found is not None
    assert (found.embedding, found.reason) == (None, "no-face")


@pytest.mark.parametrize("size", [0, 1, 30, 200, 400])
def test_what_was_cut_short_is_made_again(tmp_path: Path, size: int) -> None:
    kept = tmp_path / "a.npz"
    _write(kept, sample())
    kept.write_bytes(kept.read_bytes()[:size])
    assert _read(kept) is None
    assert _read(tmp_path / "nothing.npz") is None


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CacheUnusable, match="--cache"):
        _write(tmp_path / "file" / "ab" / "a.npz", sample())
