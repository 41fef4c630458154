"""Reads every file of the corpus in a process of its own, and measures it.

`python -m tests.fakes.hostile_reader` does all of it in about a minute and prints what broke the
promise; `--every 8` takes each eighth file, as the tests do. Each file is read by a fork of one
process that has everything imported, so that the peak of its memory (the whole process, not only
what was added) is that file's own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from app.errors import ImageError
from app.vision import images
from tests.fakes.hostile import Outcome, Specimen, corpus, shows_scene

LONGEST_S = 2.0
MOST_MIB = 300.0
#: What one read may take before it is ended: it has broken its promise long before.
ENDED_S = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """`came`: "read", "scene", "refused", or the name of what was raised. `seconds` of this
    process's own processor time; `mib` the peak of its resident memory."""

    name: str
    wanted: str
    came: str
    seconds: float
    mib: float

    @property
    def keeps(self) -> bool:
        right = {
            Outcome.READS: {"read", "scene"},
            Outcome.REFUSED: {"refused"},
            Outcome.EITHER: {"read", "scene", "refused"},
            "scene": {"scene"},
        }
        return (
            self.came in right[self.wanted] and self.seconds <= LONGEST_S and self.mib <= MOST_MIB
        )


def read_all(specimens: list[Specimen], folder: Path) -> Iterator[Reading]:
    for each in specimens:
        path = folder / each.name
        each.make(path)
        yield _read_apart(each, path)
        if path.is_file() and not path.is_symlink():
            path.unlink()


def _read_apart(each: Specimen, path: Path) -> Reading:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (ENDED_S, ENDED_S))
        came = _came(path)
        os.write(writing, came.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        came = pipe.read()
    _, status, used = os.wait4(child, 0)
    wanted = "scene" if each.scene and each.outcome is Outcome.READS else each.outcome
    seconds = used.ru_utime + used.ru_stime
    return Reading(each.name, wanted, came or f"ended by {status}", seconds, used.ru_maxrss / 1024)


def _came(path: Path) -> str:
    try:
        pixels = images.read(path)
    except ImageError as fault:
        said = str(fault)
        return "refused" if said.isprintable() else f"said {said!a}"
    except BaseException as fault:  # noqa: BLE001 - this is what is looked for
        return repr(fault)[:200]
    return "scene" if shows_scene(pixels) else "read"


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1)
    every = parser.parse_args().every
    started_s = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="foyer-hostile-") as name:
        readings = list(read_all(corpus()[::every], Path(name)))
    broken = [each for each in readings if not each.keeps]
    for each in broken:
        tell(json.dumps(asdict(each)))
    longest, largest = max(r.seconds for r in readings), max(r.mib for r in readings)
    tell(
        f"{len(readings)} files, {len(broken)} broke the promise; at most {longest:.2f} s and "
        f"{largest:.0f} MiB; {time.perf_counter() - started_s:.0f} s altogether"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
