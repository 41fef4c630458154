"""A zip archive that was altered inside, by any way of packing, is refused in words."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import ModelRejected
from app.vision.download import member_of
from app.vision.manifest import Task
from app.vision.mesh import MEMBER, network_in
from tests.fakes.vision import embedded_pack

CONTENT = bytes(range(256)) * 64


def altered(way: int) -> bytes:
    """The packed stream overwritten, the archive's own lists left as they were."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", way) as archive:
        archive.writestr(MEMBER, CONTENT)
    whole = bytearray(packed.getvalue())
    begins = 30 + len(MEMBER)
    whole[begins : begins + 24] = b"\xff" * 24
    return bytes(whole)


@pytest.mark.parametrize(
    "way", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_what_was_altered_inside_is_refused_and_no_defect(way: int, tmp_path: Path) -> None:
    with pytest.raises(ModelRejected, match="unpacked"):
        network_in(altered(way), "mesh")
    archive = tmp_path / "pack.zip"
    archive.write_bytes(altered(way))
    file = replace(embedded_pack().file(Task.RECOGNISER), bytes=len(CONTENT))
    with pytest.raises(ModelRejected, match="unpacked"):
        member_of(archive, file, Path(MEMBER).name)
