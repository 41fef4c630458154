"""A machine as `packaging/setup` sees it: programs that write down how they were called.

Nothing is installed and no network is reached. What the machine is like is said in variables:
`MISSING` (libraries its loader lacks), `NO_PYTHON`, `PIP_FAILS`, `BROKEN` (libraries that do not
load once installed), `USER_ID`, `SUDO` (allowed without a password) and `OLD_LISTS` (apt knows no
package before `update`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = {
    "python3": """
        case "$*" in
        -V) echo "Python 3.11.9" ;;
        *"venv --clear"*)
            echo venv >>"$CALLS"; rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
        *"-m pip"*)
            echo "pip ${*##*--editable }" >>"$CALLS"
            [ -z "$PIP_FAILS" ] || { echo "pip: no such distribution"; exit 1; } ;;
        *base_prefix*) ;;
        *ensurepip*) [ -z "$NO_PYTHON" ] ;;
        *ctypes*)
            while read -r name package; do
                [ -n "$name" ] || continue
                case " $MISSING " in *" $name "*) echo "$name $package" ;; esac
            done ;;
        *"import cv2"*) [ -z "$BROKEN" ] ;;
        esac
    """,
    "apt-get": """
        case "$*" in
        *update*) echo "apt-get update" >>"$CALLS"; : >"$CALLS.lists" ;;
        *) [ -z "$OLD_LISTS" ] || [ -e "$CALLS.lists" ] || exit 100
           echo "apt-get ${*#*--no-install-recommends }" >>"$CALLS" ;;
        esac
    """,
    "sudo": """
        [ -n "$SUDO" ] || exit 1
        shift; [ "$1" != true ] || exit 0
        echo sudo >>"$CALLS"; exec "$@"
    """,
    "id": 'echo "${USER_ID:-0}"',
    "uname": "echo Linux",
    "dbus-run-session": ":",
    "gnome-keyring-daemon": ":",
    "objdump": ":",
}
BORROWED = ("cat", "cksum", "cp", "dirname", "env", "mkdir", "rm")


@dataclass(frozen=True, slots=True)
class Machine:
    """`home` holds `bin`, the record of calls, and the project the script lies in."""

    home: Path
    project: Path

    def setup(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the script from a folder that is not the project's, without a terminal."""
        shell = shutil.which("dash") or "/bin/sh"
        return subprocess.run(
            [shell, str(self.project / "packaging" / "setup"), *arguments],
            cwd="/",
            env={"PATH": str(self.home / "bin"), "CALLS": str(self.home / "calls"), **variables},
            stdin=subprocess.DEVNULL,
            check=False,
            capture_output=True,
            text=True,
        )

    def calls(self) -> list[str]:
        """What was called since the last time, and forget it."""
        record = self.home / "calls"
        lines = record.read_text().splitlines() if record.exists() else []
        record.write_text("")
        return lines


def new_machine(home: Path, original: Path) -> Machine:
    """A bare machine with a copy of `original`'s setup script in a folder with an odd name."""
    programs = home / "bin"
    programs.mkdir()
    for name, body in PROGRAMS.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    for name in BORROWED:
        (programs / name).symlink_to(os.fspath(shutil.which(name) or f"/bin/{name}"))
    (programs / "sh").symlink_to("/bin/sh")
    project = home / "a kiosk's home"
    (project / "packaging").mkdir(parents=True)
    shutil.copy(original / "packaging" / "setup", project / "packaging")
    shutil.copy(original / "pyproject.toml", project)
    return Machine(home, project)
