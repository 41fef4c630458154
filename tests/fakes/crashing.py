"""A program that is killed in the middle of writing, again and again.

Run as `python -m tests.fakes.crashing FOLDER ROUNDS`. Each round forks a writer that changes one
gallery and says on a pipe what was acknowledged, kills it without warning, opens the gallery
again and checks that nothing acknowledged is missing. Prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from pathlib import Path

from app.domain.journal import Entry, EntryKind, Tally, first_break, parse
from app.domain.people import Claim, ClaimKind, Person
from app.gallery.credential import FILE_NAME, VARIABLE, SystemdCredential
from app.gallery.store import Store
from app.gallery.wrapping import bytes_of, new_keys

NOW = 1_800_000_000.0
NUMBER = Claim(ClaimKind.NUMBER, "1")


def gallery(folder: Path) -> Store:
    """With a key provider whose mark is a real file."""
    keys = SystemdCredential({VARIABLE: str(folder)}, folder / "mark")
    return Store(folder / "g.db", keys)


def write_for_ever(folder: Path, pipe: int, seed: int) -> None:
    """Acknowledges each record as "row sequence", each counted PIN failure as "pin count"."""
    draw = random.Random(seed)
    store = gallery(folder)
    store.open()
    os.write(pipe, b"open\n")
    while True:
        if draw.random() < 0.7:
            entry = Entry(EntryKind.VISIT, NOW, granted=False, visit=str(draw.random()))
            receipt = store.record(entry, Tally(None, failed=draw.random() < 0.5))
            os.write(pipe, f"row {receipt.sequence} {entry.visit}\n".encode())
        elif draw.random() < 0.5:
            store.begin_pin(NUMBER, NOW)
            count = store.resolve(NUMBER).lockout.failures
            os.write(pipe, f"pin {count}\n".encode())
        else:
            change = Entry(EntryKind.PEOPLE, NOW, granted=False)
            person = store.put_person(Person("", "", f"Name {draw.random()}"), change)
            if draw.random() < 0.7:
                store.remove_person(person.id, change)


def one_round(folder: Path, seed: int) -> list[str]:
    """What a writer acknowledged before it was killed."""
    read, write = os.pipe()
    writer = os.fork()
    if writer == 0:
        os.close(read)
        try:
            write_for_ever(folder, write, seed)
        finally:
            os._exit(1)
    os.close(write)
    enough = random.Random(seed).randrange(0, 400)
    said = b""
    while len(said) < enough and (chunk := os.read(read, 64)):
        said += chunk
    os.kill(writer, signal.SIGKILL)
    _, status = os.waitpid(writer, 0)
    assert os.WIFSIGNALED(status), "the writer ended by itself"
    while chunk := os.read(read, 4096):
        said += chunk
    os.close(read)
    return said.decode().splitlines()


def verify(folder: Path, said: list[str], before: tuple[int, int]) -> tuple[int, int]:
    """Opens the gallery and compares; returns its rows and PIN failures."""
    store = gallery(folder)
    store.open()
    rows = list(store.rows())
    assert first_break(rows) is None
    visits = {row.sequence: parse(row.text).visit for row in rows}
    failures = store.resolve(NUMBER).lockout.failures
    counted = before[1]
    for line in said:
        match line.split():
            case ["row", sequence, visit]:
                assert visits[int(sequence)] == visit
            case ["pin", count]:
                counted = int(count)
    assert len(rows) >= before[0]
    assert failures >= counted
    assert all(finding.ok for finding in store.check())
    store.close()
    return len(rows), failures


def main() -> None:
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    acknowledged = 0
    reached = (0, 0)
    (folder / FILE_NAME).write_bytes(bytes_of(new_keys()))
    for number in range(rounds):
        said = one_round(folder, number)
        acknowledged += sum(line != "open" for line in said)
        reached = verify(folder, said, reached)
    json.dump({"rounds": rounds, "acknowledged": acknowledged, "rows": reached[0]}, sys.stdout)


if __name__ == "__main__":
    main()
