"""Trials that were played are kept as they come, so that a run that was ended goes on.

One line of JSON a person: numbers and words, nothing of a face. Lines of another plan, of other
people or of other code are not gone by.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from app.errors import FoyerError
from app.evaluation.outcomes import Outcome


class NotKept(FoyerError):
    """The file that trials are kept in cannot be read or written."""

    code = "evaluation-kept"


@dataclass(frozen=True, slots=True)
class Kept:
    """The trials in `file`, of the run called `key`; nothing is kept where there is no file."""

    file: Path | None
    key: str

    def read(self) -> dict[int, list[Outcome]]:
        """Outcomes by the place of their person. Raises NotKept."""
        if self.file is None or not self.file.exists():
            return {}
        try:
            lines = self.file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as fault:
            raise self._unusable(fault) from fault
        found = {}
        for line in lines:
            try:
                entry = json.loads(line)
                if entry["key"] == self.key:
                    found[int(entry["place"])] = [_outcome(each) for each in entry["outcomes"]]
            except (ValueError, KeyError, TypeError):
                continue  # a line that was being written when the run was ended
        return found

    def add(self, place: int, outcomes: list[Outcome]) -> None:
        """Raises NotKept."""
        if self.file is None:
            return
        entry = {"key": self.key, "place": place, "outcomes": [asdict(each) for each in outcomes]}
        try:
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(entry) + "\n")
        except OSError as fault:
            raise self._unusable(fault) from fault

    def _unusable(self, fault: Exception) -> NotKept:
        return NotKept(
            f"Trials cannot be kept in {self.file} ({type(fault).__name__}). "
            "Name a text file in a folder that can be written to with --resume."
        )


def key_of(*parts: object) -> str:
    """One word for a run: what is in `parts`, and the code that plays it."""
    seen = hashlib.sha256(repr(parts).encode())
    for source in sorted(Path(__file__).parents[1].rglob("*.py")):
        seen.update(source.read_bytes())
    return seen.hexdigest()


def _outcome(entry: dict[str, object]) -> Outcome:
    also = entry["also"]
    return Outcome(**{**entry, "also": tuple(also if isinstance(also, list) else ())})  # type: ignore[arg-type]
