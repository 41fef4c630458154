"""A command line to try: real commands, a real encrypted gallery, a real engine loaded once."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.domain.people import Secret
from app.gallery.passphrase import Cost, PassphraseKeys
from app.ports import FaceEngine
from app.runtime import bootstrap
from app.settings import Settings, load

PASSPHRASE = "correct horse battery"
ADMIN_PIN = "905128"


@dataclass(frozen=True)
class Ran:
    """What one command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output; anything beside it fails."""
        return json.loads(self.out)


class Foyer:
    """Runs commands as `foyer` would, in this process, with nobody at the terminal."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: Any, folder: Path) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.gallery = folder / "kiosk" / "gallery.db"
        self.key_file = self.gallery.with_name("gallery.db.keys")
        self.settings({"FOYER_GALLERY_PATH": str(self.gallery)})
        self.settings({"FOYER_GALLERY_KEYS": "passphrase", "FOYER_PASSPHRASE": PASSPHRASE})

    def settings(self, variables: dict[str, str]) -> None:
        for name, text in variables.items():
            self._monkeypatch.setenv(name, text)

    def __call__(self, *words: str, stdin: str = "") -> Ran:
        self._capsys.readouterr()
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            code = cli.main(words)
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)

    def ok(self, *words: str, stdin: str = "") -> Ran:
        ran = self(*words, stdin=stdin)
        assert ran.code == 0, ran.err + ran.out
        return ran


@pytest.fixture
def foyer(monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path) -> Foyer:
    return Foyer(monkeypatch, capsys, tmp_path)


@pytest.fixture(scope="session")
def new_gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a gallery as `gallery init` leaves it, to copy.

    Its passphrase is stretched little: how much is not the point here.
    """
    folder = tmp_path_factory.mktemp("kiosk")
    cheap = Cost(passes=1, memory_kib=8, lanes=1)
    keys = PassphraseKeys(
        folder / "gallery.db.keys", folder / "gallery.db.mark", lambda: Secret(PASSPHRASE), cheap
    )
    keys.create()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOYER_GALLERY_PATH", str(folder / "gallery.db"))
        patch.setenv("FOYER_GALLERY_KEYS", "passphrase")
        patch.setenv("FOYER_PASSPHRASE", PASSPHRASE)
        patch.setattr(sys, "stdin", io.StringIO(f"{ADMIN_PIN}\n"))
        assert cli.main(("gallery", "init")) == 0
    return folder


@pytest.fixture
def kiosk(foyer: Foyer, new_gallery: Path) -> Foyer:
    """With a new gallery."""
    shutil.copytree(new_gallery, foyer.gallery.parent)
    return foyer


@pytest.fixture(scope="session")
def _engine() -> FaceEngine:
    engine = bootstrap.face_engine(load(None, {}, {}))
    engine.load()
    return engine


@pytest.fixture
def engine(_engine: FaceEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaceEngine]:
    """The embedded pack, loaded once for all tests that look at faces."""

    def loaded(_: Settings) -> FaceEngine:
        return _engine

    monkeypatch.setattr(bootstrap, "face_engine", loaded)
    monkeypatch.setattr(_engine, "load", lambda: None)
    yield _engine
    _engine.forget()
