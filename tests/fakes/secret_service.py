"""A real Secret Service on a private session bus: dbus-daemon and gnome-keyring."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
#: Seconds either program gets to start or stop; they take a few hundredths.
PATIENCE_S = 20


@contextmanager
def secret_service(*, unlocked: bool = True) -> Iterator[None]:
    """While it lasts, this process's session bus offers an unlocked, empty keyring.

    With `unlocked` False there is a service without any keyring in it. Skips where the programs
    are not installed.
    """
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"no Secret Service here: install {', '.join(missing)} (gnome-keyring, dbus)")
    # A socket's path has at most 107 characters; pytest's own folders come near that.
    with (
        tempfile.TemporaryDirectory(prefix="foyer-", ignore_cleanup_errors=True) as home,
        _bus(Path(home)) as address,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with _keyring(Path(home), unlocked=unlocked):
            yield


@contextmanager
def _bus(home: Path) -> Iterator[str]:
    """The address of a bus that knows no services, so that none is started behind our back."""
    config = home / "bus.conf"
    config.write_text(
        "<busconfig><type>session</type>"
        f"<listen>unix:path={home / 'bus'}</listen>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
        '<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>',
        "utf-8",
    )
    command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as bus:
        try:
            assert bus.stdout is not None
            yield bus.stdout.readline().strip()
        finally:
            bus.terminate()
            bus.wait(PATIENCE_S)


@contextmanager
def _keyring(home: Path, *, unlocked: bool) -> Iterator[None]:
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "share"),
        "XDG_RUNTIME_DIR": str(home),
    }
    command = ["gnome-keyring-daemon", "--foreground", "--components=secrets"]
    with subprocess.Popen(
        [*command, "--unlock"] if unlocked else command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
    ) as daemon:
        try:
            assert daemon.stdin is not None
            assert daemon.stdout is not None
            if unlocked:
                daemon.stdin.write("a test's own password")
            daemon.stdin.close()
            daemon.stdout.readline()  # it names its control socket once it is on the bus
            yield
        finally:
            daemon.terminate()
            daemon.wait(PATIENCE_S)
