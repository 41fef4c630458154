"""What acts on the outside by running a program an administrator named: the door, the cues.

A relay board, an access controller or a speech synthesiser all come with a command; naming it in
the settings needs no code here. Programs are run without a shell, and told only what they need.
"""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Sequence

from app.domain.journal import Entry
from app.errors import DoorError

log = logging.getLogger(__name__)

#: How long a cue may still speak when the kiosk closes, seconds.
CUE_S = 5.0

#: What opens the gallery is nobody else's business.
PRIVATE_VARIABLES = frozenset({"FOYER_PASSPHRASE", "CREDENTIALS_DIRECTORY"})


def inherited() -> dict[str, str]:
    """The environment a program of the administrator's is started with."""
    return {name: value for name, value in os.environ.items() if name not in PRIVATE_VARIABLES}


class NoDoor:
    """For clocks, and for doors that open by a contact elsewhere: the journal is the release."""

    name = "none"

    def release(self, entry: Entry) -> None:
        log.info("visit %s is released; no door is wired", entry.visit)


class CommandDoor:
    """Runs `command`; exit code 0 within `timeout_s` seconds is the acknowledgement.

    The visit's id is in the environment as FOYER_VISIT; who it was is not.
    """

    def __init__(self, command: Sequence[str], timeout_s: float) -> None:
        self.name = command[0]
        self._command = list(command)
        self._timeout_s = timeout_s

    def release(self, entry: Entry) -> None:
        environment = {**inherited(), "FOYER_VISIT": entry.visit}
        try:
            done = subprocess.run(
                self._command,
                env=environment,
                stdin=subprocess.DEVNULL,
                # Not read: who keeps a pipe open, as a relay that falls back later, would hold us.
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=self._timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DoorError(
                f"The door command {self.name} did not answer in {self._timeout_s:g} s. "
                "Check the controller; the visit is recorded."
            ) from None
        except OSError as fault:
            raise DoorError(
                f"The door command {self.name} could not be run ({fault.strerror}). "
                "Correct door.command in the settings."
            ) from fault
        if done.returncode != 0:
            raise DoorError(
                f"The door command {self.name} ended with code {done.returncode}. "
                "Check the controller; the visit is recorded."
            )


class SilentCues:
    """No sound."""

    def say(self, text: str) -> None:
        """Nothing is said: silence is what was chosen."""

    def close(self) -> None:
        """There is nothing to close."""


class CommandCues:
    """Runs `command` with the sentence as its last argument, one at a time, never waiting."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._speaking: subprocess.Popen[bytes] | None = None

    def say(self, text: str) -> None:
        if self._speaking is not None and self._speaking.poll() is None:
            return
        try:
            self._speaking = subprocess.Popen(
                [*self._command, text],
                env=inherited(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError as fault:
            log.warning("no cue: %s could not be run (%s)", self._command[0], fault.strerror)

    def close(self) -> None:
        if self._speaking is None:
            return
        if self._speaking.poll() is None:
            self._speaking.terminate()
        try:
            self._speaking.wait(CUE_S)
        except subprocess.TimeoutExpired:
            self._speaking.kill()
            self._speaking.wait()
        self._speaking = None
