"""Installing a pack: the right bytes under any name, all of them or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ModelMissing, ModelRejected
from app.vision.install import install
from app.vision.manifest import AntispoofPack
from app.vision.packs import is_begun, verify
from tests.fakes.networks import HONEST, network, pack_of
from tests.fakes.vision import embedded_pack

CONTENTS = (network(*HONEST), network(*HONEST, "Neg"))


@pytest.fixture
def pack(tmp_path: Path) -> AntispoofPack:
    """Its right files lie in `there`, the second under a name of somebody's own."""
    made = pack_of(tmp_path / "made", *CONTENTS)
    (tmp_path / "there").mkdir()
    for name, content in zip(("network_0.onnx", "saved as (1).bin"), CONTENTS, strict=True):
        (tmp_path / "there" / name).write_bytes(content)
    return made


def test_files_are_known_by_their_content(pack: AntispoofPack, tmp_path: Path) -> None:
    models = tmp_path / "models"
    assert not is_begun(pack, models)
    paths = install(pack, tmp_path / "there", models)
    assert [path.read_bytes() for path in paths] == list(CONTENTS)
    assert [each.fault for each in verify(pack, models)] == [None, None]
    assert {path.name for path in (models / "tiny").iterdir()} == {
        "network_0.onnx",
        "network_1.onnx",
    }


def test_a_damaged_file_is_replaced(pack: AntispoofPack, tmp_path: Path) -> None:
    models = tmp_path / "models"
    install(pack, tmp_path / "there", models)
    (models / "tiny" / "network_0.onnx").write_bytes(b"spoilt")
    install(pack, tmp_path / "there", models)
    assert not any(each.fault for each in verify(pack, models))


def test_one_missing_file_leaves_everything_as_it_was(pack: AntispoofPack, tmp_path: Path) -> None:
    (tmp_path / "there" / "saved as (1).bin").unlink()
    with pytest.raises(ModelMissing, match=r"holds no network_1\.onnx .*SHA-256"):
        install(pack, tmp_path / "there", tmp_path / "models")
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    "content", [CONTENTS[0][:-1], CONTENTS[0] + b"x", CONTENTS[0][:-1] + b"\x00"]
)
def test_a_file_with_the_right_name_and_other_content_is_refused(
    pack: AntispoofPack, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "there" / "network_0.onnx").write_bytes(content)
    with pytest.raises(ModelRejected, match="altered or cut short"):
        install(pack, tmp_path / "there", tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_a_folder_that_is_not_there_and_one_that_cannot_be_written_are_named(
    pack: AntispoofPack, tmp_path: Path
) -> None:
    with pytest.raises(ModelMissing, match="cannot be read"):
        install(pack, tmp_path / "nowhere", tmp_path / "models")
    (tmp_path / "models").write_text("a file in the way")
    with pytest.raises(ModelMissing, match="cannot be written"):
        install(pack, tmp_path / "there", tmp_path / "models")


def test_a_pack_that_a_package_carries_is_not_installed_from_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelRejected, match="comes with the package face_recognition_models"):
        install(embedded_pack(), tmp_path, tmp_path / "models")
