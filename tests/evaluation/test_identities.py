"""`foyer evaluate identities`, from a folder of pictures to a document and a page."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from pathlib import Path

import pytest

from app.cli import main
from app.evaluation.pairs import PICTURES


def evaluate(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["evaluate", "identities", "--jobs", "1", *words])
    return code, *capsys.readouterr()


@pytest.fixture(scope="module")
def people(assets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve people with three pictures each, and a file that is none."""
    folder = tmp_path_factory.mktemp("people")
    lfw = assets / "identities" / "lfw"
    if not lfw.is_dir():
        pytest.skip("the assets hold no Labeled Faces in the Wild")
    found = 0
    for person in sorted(lfw.iterdir()):
        pictures = sorted(each for each in person.iterdir() if each.suffix.lower() in PICTURES)
        if len(pictures) >= 3 and found < 12:
            found += 1
            (folder / person.name).mkdir()
            for each in pictures[:3]:
                shutil.copy(each, folder / person.name / each.name)
    names = sorted(each.name for each in folder.iterdir())
    (folder / names[0] / f"{names[0]}_0009.jpg").write_bytes(b"no picture")
    rows = [f"{name} 1 2" for name in names]
    rows += [f"{name} 1 {other} 2" for name, other in itertools.pairwise(names)]
    (folder / "pairs.txt").write_text("\n".join(rows), encoding="utf-8")
    groups = [f"{name},{'odd' if place % 2 else 'even'}" for place, name in enumerate(names)]
    (folder / "groups.csv").write_text("\n".join(groups), encoding="utf-8")
    return folder


def test_the_document_has_what_programs_read(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--data", str(people), "--pairs", str(people / "pairs.txt"), "--pack", "embedded")
    more = ("--report", str(tmp_path / "out"), "--cache", str(tmp_path / "kept"), "--json")
    code, out, _ = evaluate(capsys, *words, *more)
    assert code == 0
    document = json.loads(out)
    assert document["pack"] == "embedded"
    assert document["n_images"] == 37
    assert document["failed"]["unreadable"] == 1
    assert document["fta"] == pytest.approx(sum(document["failed"].values()) / 37, abs=1e-5)
    assert document["accuracy"] > 0.8
    assert document["pairs"]["n"] == 23
    assert {"fmr", "threshold", "fnmr", "n_genuine", "n_impostor"} <= {
        *(document["verification"] or [{"fmr", "threshold", "fnmr", "n_genuine", "n_impostor"}])[0]
    }
    for row in document["identification"]:
        assert row["fpir"] <= row["fpir_interval"][1]
        assert 0 <= row["fnir"] <= 1
    for part in ("detect", "landmarks", "observe", "embed"):
        assert document["ms"][part]["median"] > 0
    assert document["ms"]["detect"]["median"] < document["ms"]["observe"]["median"]
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert not re.search(r'(src|href)="?http', page)
    assert json.loads((tmp_path / "out" / "report.json").read_text())["pack"] == "embedded"
    # What was embedded once is not embedded again, and the answer is the same.
    _, again, _ = evaluate(capsys, *words, *more)
    for each in ("verification", "accuracy", "identification"):
        assert json.loads(again)[each] == document[each]


def test_without_a_folder_for_them_no_embedding_is_written(
    people: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(people.rglob("*"))
    words = ("--data", str(people), "--pairs", str(people / "pairs.txt"))
    assert evaluate(capsys, *words)[0] == 0
    assert list(tmp_path.iterdir()) == []
    assert set(people.rglob("*")) == before


def test_so_few_people_make_no_calibration(
    people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--data", str(people), "--pairs", str(people / "pairs.txt"), "--calibrate")
    code, _, err = evaluate(capsys, *words)
    assert code == 5
    assert "more people" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--data", "nowhere", "--pairs", "nowhere"), "--data"),
        (("--data", ".", "--pairs", "nowhere"), "one folder a person"),
    ],
)
def test_what_is_not_there_is_named(
    words: tuple[str, ...],
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = evaluate(capsys, *words)
    assert code != 0
    assert says in err


def test_an_unknown_pack_is_told_before_any_work(
    people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--data", str(people), "--pairs", str(people / "pairs.txt"), "--pack", "nonesuch")
    code, _, err = evaluate(capsys, *words)
    assert code == 5
    assert "embedded" in err
