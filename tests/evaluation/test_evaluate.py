"""`foyer evaluate liveness`: the contract of its answer, and clear words where it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app import cli
from tests.evaluation.test_attack_bench import folder_of_two


def evaluate(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = cli.main(("evaluate", "liveness", *words))
    out, err = capsys.readouterr()
    return code, out, err


def test_the_answer_keeps_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of_two(tmp_path)
    words = ("--assets", str(folder), "--n", "2", "--jobs", "1", "--json")
    code, out, err = evaluate(capsys, *words, "--species", "print,frozen,virtual-camera")
    told: dict[str, Any] = json.loads(out)
    assert code == 0
    assert set(told["species"]) == {"print", "frozen", "virtual-camera"}
    for each in told["species"].values():
        assert (each["n"], each["accepted"]) == (2, 0)
        assert each["upper95"] == pytest.approx(0.7764, abs=1e-3)
        assert sum(each["refused_by"].values()) == 2
    assert told["genuine"]["n"] == 2
    assert set(told["genuine"]["by_condition"]) == {"plain", "glasses"}
    assert {"genuine", "attacks"} == set(told["recorded"])
    assert 0.0 < told["costs"]["liveness_ms"] < 15.0
    assert "person 2 of 2" in err


def test_an_unknown_species_is_a_wrong_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = evaluate(capsys, "--assets", str(tmp_path), "--species", "hologram")
    assert code == 2
    assert "hologram" in err
    assert "print" in err


def test_a_folder_without_faces_says_what_it_should_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = evaluate(capsys, "--assets", str(tmp_path), "--n", "1", "--jobs", "1")
    assert code == 1
    assert "identities/lfw" in err


def test_a_folder_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = evaluate(capsys, "--assets", str(tmp_path / "nowhere"))
    assert code == 1
    assert "nowhere" in err
