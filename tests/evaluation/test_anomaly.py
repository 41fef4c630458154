"""`foyer evaluate anomaly` on real faces: a document, usable limits, and forged faces."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from app.cli import main
from app.domain.matching import MatchPolicy
from app.evaluation import anomaly as measuring
from app.evaluation.anomaly import Asked, measure
from app.evaluation.extraction import Job
from app.evaluation.forging import Forgery
from app.evaluation.packs import Origin
from app.evaluation.pairs import PICTURES
from app.vision import listing
from tests.fakes.vision import embedded_pack


def evaluate(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["evaluate", "anomaly", "--jobs", "1", *words])
    return code, *capsys.readouterr()


@pytest.fixture(scope="module")
def people(assets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten people with two pictures each, one of them twice without a face, and one with one."""
    lfw = assets / "identities" / "lfw"
    if not lfw.is_dir():
        pytest.skip("the assets hold no Labeled Faces in the Wild")
    folder = tmp_path_factory.mktemp("faces")
    several = [
        sorted(each for each in person.iterdir() if each.suffix.lower() in PICTURES)
        for person in sorted(lfw.iterdir())
    ]
    for files in [each for each in several if len(each) > 1][:10]:
        (folder / files[0].parent.name).mkdir()
        for file in files[:2]:
            shutil.copy(file, folder / files[0].parent.name / file.name)
    alone = folder / "Alone"
    alone.mkdir()
    shutil.copy(several[0][0], alone / "one.jpg")
    nobody = folder / "Nobody"
    nobody.mkdir()
    for number in (1, 2):
        (nobody / f"{number}.jpg").write_bytes(b"no picture")
    return folder


def test_the_document_says_what_was_noticed(
    people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--pack", "embedded", "--forged", "1", "--queries", "5")
    code, out, _ = evaluate(capsys, "--data", str(people), *words, "--json")
    assert code == 0
    document = json.loads(out)
    assert document["people"] == 10
    assert document["genuine"]["n"] == document["faces"] == 20
    assert document["genuine"]["odd"] <= 4
    assert document["limits"]["of"] == "pack"
    for kind in Forgery:
        found = document["forged"][kind.value]
        assert found["tried"] == 1
        assert found["noticed"] <= found["reached"] == found["n"] <= 1


def test_so_few_set_no_limits(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--pack", "embedded", "--forged", "0", "--set", f"models.folder={tmp_path}")
    code, _, err = evaluate(capsys, "--data", str(people), *words, "--calibrate")
    assert code != 0
    assert "people" in err
    assert list(tmp_path.iterdir()) == []


def test_limits_of_enough_people_are_what_the_kiosk_reads(
    people: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measuring, "FEWEST", 20)
    monkeypatch.setattr(measuring, "CLUSTERS", 2)
    words = ("--pack", "embedded", "--forged", "0", "--set", f"models.folder={tmp_path}")
    code, out, _ = evaluate(capsys, "--data", str(people), *words, "--calibrate", "--table")
    assert code == 0
    assert "[packs.usual]" in out
    (written,) = (tmp_path / "calibration").iterdir()
    assert str(written) in out
    origin = Origin(None, (("models.folder", str(tmp_path)),))
    again = measure(
        Asked(Job(origin, "embedded", None), people, MatchPolicy(), 10, 0, 0, 1), lambda *_: None
    )
    assert again.own
    assert again.usual.centres.shape == (2, 128)


def test_forged_faces_that_come_near_are_looked_at(people: Path) -> None:
    """A limit so wide that everybody is within it: every forger is there at once."""
    wide = MatchPolicy(claim_fmr=1e-2)
    job = Job(Origin(None, ()), "embedded", None)
    found = measure(Asked(job, people, wide, 10, 2, 300, 3), lambda *_: None)
    assert len(found.tried) == 2 * len(Forgery)
    assert all(0 <= each.queries <= 300 for each in found.tried)
    assert all(each.reached or not each.odd for each in found.tried)
    assert any(each.reached for each in found.tried)


def test_every_pack_with_a_calibration_of_ours_says_what_is_usual_or_nothing() -> None:
    pack = embedded_pack()
    assert pack.ordinary is not None
    usual = pack.ordinary.usual
    assert pack.ordinary.faces >= 1000
    assert usual.centres.shape[1] == pack.space.dimension
    text = listing.centres_text(usual.centres)
    assert max(map(len, text.splitlines())) <= 76
