"""The manifest and the files it names: nothing wrong is ever loaded, and the cure is named."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import ModelError, ModelMissing, ModelRejected
from app.resources import resource
from app.vision import listing
from app.vision.engine import Engine
from app.vision.manifest import Commercial, ModelFile, Task
from app.vision.packs import as_path, load_verified, locate, verify
from tests.fakes.vision import embedded_pack

TEXT = resource("models/manifest.toml").read_text(encoding="utf-8")
CONTENT = bytes(range(256)) * 4


@pytest.fixture
def own_file(tmp_path: Path) -> ModelFile:
    """A good model file in a models folder of the test's own."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "model.bin").write_bytes(CONTENT)
    return replace(
        embedded_pack().file(Task.RECOGNISER),
        name="model.bin",
        bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        distribution="",
        path="tiny/model.bin",
    )


def test_the_embedded_pack_is_complete_and_right() -> None:
    pack = embedded_pack()
    assert [each.fault for each in verify(pack, Path("nowhere"))] == [None, None]
    assert pack.space.dimension == 128
    assert pack.evidence is not None
    assert pack.evidence.impostor_pairs * min(p.fmr for p in pack.space.calibration) >= 10


def test_the_landmarks_licence_is_not_glossed_over() -> None:
    """Its author says that the data it was trained on excludes commercial use."""
    licence = embedded_pack().file(Task.LANDMARKS).licence
    assert licence.commercial is Commercial.ASK
    assert "commercial" in licence.text


def test_a_right_file_gives_its_bytes(own_file: ModelFile, tmp_path: Path) -> None:
    assert load_verified(own_file, tmp_path) == CONTENT


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        (CONTENT[:-1], "cut short"),
        (b"", "cut short"),
        (CONTENT + b"x", "longer"),
        (CONTENT[:100] + bytes([CONTENT[100] ^ 1]) + CONTENT[101:], "SHA-256"),
        (bytes(reversed(CONTENT)), "SHA-256"),
    ],
    ids=["truncated", "empty", "longer", "one bit altered", "swapped"],
)
def test_a_wrong_file_is_rejected(
    own_file: ModelFile, tmp_path: Path, spoilt: bytes, says: str
) -> None:
    (tmp_path / own_file.path).write_bytes(spoilt)
    with pytest.raises(ModelRejected, match=says) as fault:
        load_verified(own_file, tmp_path)
    assert "Put tiny/model.bin from https://" in str(fault.value)


def test_a_missing_file_is_missing(own_file: ModelFile, tmp_path: Path) -> None:
    (tmp_path / own_file.path).unlink()
    with pytest.raises(ModelMissing, match="is not there") as fault:
        load_verified(own_file, tmp_path)
    assert "into the models folder" in str(fault.value)


def test_a_folder_in_place_of_a_file_is_missing(own_file: ModelFile, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        locate(replace(own_file, path="tiny"), tmp_path)


def test_a_distribution_that_is_not_installed_is_named(own_file: ModelFile, tmp_path: Path) -> None:
    file = replace(own_file, distribution="foyer-no-such-thing")
    with pytest.raises(ModelMissing, match=r"pip install .*foyer-no-such-thing"):
        load_verified(file, tmp_path)


def test_in_a_bundle_the_files_lie_under_its_folder(
    own_file: ModelFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = replace(own_file, distribution="face_recognition_models")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert load_verified(file, Path("nowhere")) == CONTENT
    (tmp_path / file.path).unlink()
    with pytest.raises(ModelMissing, match="Install this version of the kiosk again"):
        load_verified(file, Path("nowhere"))


def test_a_distribution_is_found_without_importing_it() -> None:
    """It uses pkg_resources, which newer Pythons do not have."""
    code = (
        "import sys; from pathlib import Path; from tests.fakes.vision import embedded_pack;"
        "from app.vision.packs import verify;"
        "assert all(each.fault is None for each in verify(embedded_pack(), Path('nowhere')));"
        "assert 'face_recognition_models' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_the_engine_does_not_start_on_a_spoilt_landmark_file(tmp_path: Path) -> None:
    pack = embedded_pack()
    real = load_verified(pack.file(Task.LANDMARKS), tmp_path)
    (tmp_path / "marks.dat").write_bytes(real[:5000] + bytes([real[5000] ^ 8]) + real[5001:])
    moved = replace(pack.file(Task.LANDMARKS), distribution="", path="marks.dat")
    spoilt = replace(pack, files=(pack.file(Task.RECOGNISER), moved))
    with pytest.raises(ModelRejected, match="altered or swapped"):
        Engine(spoilt, tmp_path).load()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("format = 2", "format = 3", "format is 3"),
        ("format = 2", "", "format is None"),
        ("format = 2", "format = 2\nextra = 1", "unknown entry 'extra'"),
        ('detector = "dlib-frontal"', "", "'detector' is missing"),
        ('detector = "dlib-frontal"', "detector = 3", "'detector' is missing"),
        ('detector = "dlib-frontal"', 'detector = "haar"', "haar"),
        ('landmarks = "dlib-68"', 'landmarks = "dlib-68"\ncolour = 1', "unknown entry 'colour'"),
        ('recogniser = "openvino"', 'recogniser = "tensorflow"', "tensorflow"),
        ('recommended = "retail-0095"', 'recommended = "best"', "no pack 'best'"),
        ('name = "det_10g.onnx"', 'name = "det_500m.onnx"', "two files are named"),
        ('files = ["dlib_face', 'files = ["dlob_face', "is not described"),
        ('sha384 = "689f', 'sha384 = "689', "hexadecimal"),
        ('url = "https://media', 'url = "http://media', "https"),
        ("points = [\n  [40", "points = [\n  [1.0, 2.0],\n  [40", "five of eyes"),
        ("points = [\n  [40", "margin = 1.2\npoints = [\n  [40", "not both"),
        ("scale = [0.0171", "scale = [0.5, 0.0171", "one or three"),
        ('commercial = "ask"', 'commercial = "perhaps"', "perhaps"),
        ('channels = "rgb"', 'channels = "rbg"', "rbg"),
        ('metric = "cosine"', 'metric = "manhattan"', "manhattan"),
        ("bytes = 22466066", "bytes = 0", "at least 1"),
        ("bytes = 22466066", "bytes = true", "at least 1"),
        ('sha256 = "5553', 'sha256 = "555', "hexadecimal"),
        ('path = "face_recognition_models/models/s', 'path = "../s', "downwards"),
        ('path = "face_recognition_models/models/s', 'path = "/etc/s', "downwards"),
        ('licence = "CC0-1.0"\n', 'licence = "none"\n', "not described"),
        ("mean = [122.782, 117.001, 104.298]", "mean = [1, 2]", "three numbers"),
        ("fmr = 1e-2, distance = 0.0806", "fmr = 1e-2, distance = 0.01", "rise with distance"),
        ("measured = 2026-11-21", "measured = 7", "must be a date"),
        ("tolerance = 0.001", 'tolerance = "small"', "must be a number"),
        ("[packs.space]", "[packs.space", "manifest"),
    ],
)
def test_a_manifest_that_is_not_exactly_right_is_refused(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(ModelRejected, match=says) as fault:
        listing.parse(TEXT.replace(old, new, 1))
    assert "Put back the models/manifest.toml" in str(fault.value)


def test_a_pack_is_asked_for_by_a_name_that_exists() -> None:
    with pytest.raises(ModelRejected, match=r"Choose one of: buffalo_l, .*embedded"):
        listing.parse(TEXT).pack("nonesuch")


def test_a_pack_without_one_file_for_a_task_is_refused() -> None:
    with pytest.raises(ModelRejected, match="0 files for the task detector"):
        embedded_pack().file(Task.DETECTOR)


def test_verified_bytes_under_a_path_cannot_be_changed_and_do_not_stay() -> None:
    with as_path(CONTENT) as path:
        assert Path(path).read_bytes() == CONTENT
        if sys.platform == "linux":
            with pytest.raises(OSError, match="not permitted"), Path(path).open("r+b") as stream:
                stream.write(b"other")
            assert Path(path).read_bytes() == CONTENT
    assert not Path(path).exists()


def test_where_there_is_no_file_in_memory_the_bytes_lie_in_a_folder_of_ours_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with as_path(CONTENT) as path:
        assert Path(path).read_bytes() == CONTENT
        assert Path(path).parent.stat().st_mode & 0o077 == 0
    assert not Path(path).parent.exists()


def test_every_fault_is_of_the_kind_that_switches_only_the_face_path_off() -> None:
    assert {ModelMissing.consequence, ModelRejected.consequence} == {ModelError.consequence}
