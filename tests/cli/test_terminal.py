"""`python -m app` as people start it: at a terminal, and from a script."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ADMIN_PIN, PASSPHRASE
from tests.conftest import PROJECT

FOYER = (sys.executable, "-m", "app")


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "FOYER_GALLERY_PATH": str(folder / "kiosk" / "gallery.db"),
        "FOYER_GALLERY_KEYS": "passphrase",
        **more,
    }


def run(folder: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*FOYER, *words],
        cwd=PROJECT,
        env=environment(folder, FOYER_PASSPHRASE=PASSPHRASE),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_script_makes_a_gallery_and_verifies_it(tmp_path: Path) -> None:
    made = run(tmp_path, "gallery", "init", stdin=f"{ADMIN_PIN}\n")
    assert made.returncode == 0, made.stderr
    assert ADMIN_PIN not in made.stdout + made.stderr
    added = run(tmp_path, "people", "add", "--number", "1001", "--name", "Zoë Ångström")
    assert added.returncode == 0
    assert "Zoë" in added.stdout
    assert run(tmp_path, "audit", "verify").returncode == 0


class Typist:
    """Somebody at a terminal who waits for each question and types an answer."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self.screen = ""

    def answers(self, question: str, answer: str) -> None:
        seen = len(self.screen)
        while question not in self.screen[seen:]:
            assert self._look(), self.screen
        os.write(self._terminal, f"{answer}\n".encode())

    def watches_to_the_end(self) -> None:
        while self._look():
            pass

    def _look(self) -> bool:
        """Whether more came; a terminal whose program ended has an error to say."""
        try:
            more = os.read(self._terminal, 4096).decode(errors="replace")
        except OSError:
            return False
        self.screen += more
        return bool(more)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_at_a_terminal_secrets_are_asked_for_twice_and_never_echoed(tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*FOYER, "gallery", "init"],
        cwd=PROJECT,
        env=environment(tmp_path),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        typist = Typist(ours)
        typist.answers("PIN:", ADMIN_PIN)
        typist.answers("again:", ADMIN_PIN)
        typist.answers("Passphrase", PASSPHRASE)
        typist.answers("again:", PASSPHRASE)
        typist.watches_to_the_end()
    os.close(ours)
    assert process.returncode == 0, typist.screen
    assert "Made the gallery" in typist.screen
    assert ADMIN_PIN not in typist.screen
    assert PASSPHRASE not in typist.screen
    assert run(tmp_path, "gallery", "check").returncode == 0
