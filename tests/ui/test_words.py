"""Everything that can reach the screen has its words, in every language there is."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.domain.journal import Factor, Purpose
from app.domain.liveness import Challenge
from app.domain.people import ClaimKind
from app.domain.reasons import Reason
from app.domain.states import Notice
from app.presentation import Busy, FaceDoor
from tests.conftest import PROJECT
from ui import text
from ui.language import Languages, available, read_ts
from ui.words import words_now

LOCALE = PROJECT / "resources" / "locale"


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    owner = QObject()
    languages = Languages(owner)
    code: str = request.param
    languages.use(code)
    assert languages.code == code
    yield code
    languages.drop()


def test_every_member_has_its_words(language: str) -> None:
    for reason in Reason:
        said = text.reason(reason)
        assert said.title, reason
        assert said.sentence.endswith("."), reason
        assert len(said.title) <= 45, reason
        assert text.hint(reason), reason
    for challenge in Challenge:
        assert text.challenge(challenge)
    for door in FaceDoor:
        assert text.face_door(door)
    for busy in Busy:
        assert text.busy(busy).title
    for purpose in Purpose:
        assert "Ada" in text.welcome(purpose, "Ada")
        assert "08:58" in text.done_at(purpose, "08:58")
        assert text.invitation(purpose)
        assert text.purpose(purpose)
    for notice in Notice:
        assert text.notice(notice).endswith(".")
    assert text.offer()
    for factor in Factor:
        assert text.factors(frozenset({factor}))
    for kind in ClaimKind:
        assert text.claimed_by(kind)
    for hour in range(24):
        assert text.greeting(hour)
    assert all(astuple(words_now()))


def test_reasons_can_be_told_apart() -> None:
    titles = [text.reason(reason).title for reason in Reason]
    assert len(set(titles)) == len(titles)


FORBIDDEN = re.compile(r"spoof|fake|attack|score|threshold|liveness|[0-9]+ ?%", re.IGNORECASE)


def test_a_refusal_gives_no_score_and_accuses_nobody(language: str) -> None:
    for reason in Reason:
        said = text.reason(reason)
        assert not FORBIDDEN.search(said.title + said.sentence)


def test_factors_are_named_together_in_one_order(qapp: QApplication) -> None:
    assert text.factors(frozenset({Factor.PIN, Factor.BADGE})) == "Badge + PIN"
    assert text.factors(frozenset({Factor.FACE})) == "Face + prompts"
    assert text.factors(frozenset({Factor.FACE, Factor.NUMBER})) == "Number + Face"


def test_a_name_is_shown_as_it_is(qapp: QApplication) -> None:
    hostile = "{time} <b>Bobby</b> %1"
    assert hostile in text.welcome(Purpose.ENTER, hostile)


def test_the_switch_offers_only_languages_that_exist(qapp: QApplication) -> None:
    assert available() == {"en": "English", "de": "Deutsch"}


def test_a_language_that_is_not_here_is_english(qapp: QApplication) -> None:
    languages = Languages(QObject())
    languages.use("tlh")
    assert languages.code == "en"


def sources_now(folder: Path) -> set[str]:
    """Every English text that Qt's own tool finds in the sources."""
    target = folder / "now.ts"
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    if not tool.exists():
        pytest.skip("pyside6-lupdate is not beside this Python")
    sources = ["ui/text.py", "ui/words.py", "ui/selftest_text.py"]
    command = [str(tool), *sources, "-ts", str(target)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, timeout=60)
    root = ET.parse(target).getroot()  # noqa: S314 - written by Qt's own tool just now
    return {message.findtext("source") or "" for message in root.iter("message")}


def test_translations_are_complete_and_nothing_more(tmp_path: Path) -> None:
    wanted = sources_now(tmp_path)
    assert len(wanted) > 100
    for path in LOCALE.glob("foyer_*.ts"):
        there = {source for _, source in read_ts(path)}
        assert there == wanted, f"{path.name}: run pyside6-lupdate as ui/text.py says"


def test_translations_keep_what_is_filled_in() -> None:
    for path in LOCALE.glob("foyer_*.ts"):
        for (_, source), translation in read_ts(path).items():
            held = set(re.findall(r"\{\w+\}", source))
            assert held == set(re.findall(r"\{\w+\}", translation)), source
