"""P3 and P8: what was acknowledged is there whatever happens; what cannot be written is refused."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.journal import Entry, EntryKind, Factor, first_break, parse
from app.domain.people import Claim, ClaimKind, Person
from app.domain.reasons import Reason
from app.errors import GalleryRefused, GalleryUnwritable
from app.gallery.credential import FILE_NAME, VARIABLE, SystemdCredential
from app.gallery.reserve import Reserve
from app.gallery.store import Store
from app.gallery.wrapping import bytes_of, new_keys
from tests.conftest import PROJECT
from tests.fakes.keys import MemoryKeyStore
from tests.fakes.pages import occurrences

NOW = 1_800_000_000.0
CHANGE = Entry(EntryKind.PEOPLE, NOW, granted=False, detail="enrolled")
DENIED = Entry(EntryKind.VISIT, NOW, granted=False)
NUMBER = Claim(ClaimKind.NUMBER, "1")


def grant(person: Person) -> Entry:
    return Entry(
        EntryKind.VISIT,
        NOW,
        granted=True,
        factors=frozenset({Factor.FACE}),
        person=person.id,
        person_version=person.version,
    )


def write_until_refused(write: Callable[[int], object]) -> str:
    """The message of the refusal; there may be some room left in the log before it comes."""
    for number in range(1000):
        try:
            write(number)
        except GalleryUnwritable as refusal:
            return str(refusal)
    pytest.fail("a thousand writes went through")


# -- killed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the writer to be killed is forked")
def test_nothing_acknowledged_is_lost_when_the_program_is_killed(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.fakes.crashing", str(tmp_path), "36"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout)
    assert result["rounds"] == 36
    assert result["acknowledged"] > 100
    names = {file.name for file in tmp_path.iterdir()}
    assert names <= {"g.db", "g.db-reserve", "mark", "mark.new", FILE_NAME}


# -- full


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MiB of its own, where one may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if not mount or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no small disk here: mounting one needs root")
    yield folder
    subprocess.run([umount or "umount", str(folder)], check=True)


@pytest.fixture
def small_store(small_disk: Path) -> Iterator[Store]:
    """Gallery and mark both on the small disk, with Ada in it."""
    (small_disk / FILE_NAME).write_bytes(bytes_of(new_keys()))
    keys = SystemdCredential({VARIABLE: str(small_disk)}, small_disk / "mark")
    store = Store(small_disk / "g.db", keys)
    store.open()
    store.put_person(Person("ada", "1", "Ada Lovelace"), CHANGE)
    yield store
    store.close()


def fill(disk: Path) -> Path:
    """Takes up every last byte."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return filler


def test_on_a_full_disk_nobody_is_let_in_and_refusals_are_still_written(
    small_store: Store, small_disk: Path
) -> None:
    (ada,) = small_store.people()
    filler = fill(small_disk)
    assert "full" in write_until_refused(lambda _: small_store.record(grant(ada)))
    assert first_break(small_store.rows()) is None
    before = len(list(small_store.rows()))
    receipt = small_store.record(DENIED)
    assert receipt.sequence == before + 1
    assert not small_store._reserve.is_held(), "the reserve was given up for the refusal"
    fill(small_disk)
    with pytest.raises(GalleryUnwritable):
        small_store.record(grant(ada))
    filler.unlink()
    assert small_store.record(grant(ada)).sequence > receipt.sequence
    assert small_store._reserve.is_held(), "the reserve is kept back again"
    assert all(finding.ok for finding in small_store.check())


def test_on_a_full_disk_a_person_can_still_be_erased(small_store: Store, small_disk: Path) -> None:
    fill(small_disk)
    write_until_refused(
        lambda number: small_store.put_person(Person("", "", f"Somebody {number}"), CHANGE)
    )
    small_store.remove_person("ada", CHANGE)
    keys = small_store.key_store.load()
    assert keys is not None
    assert occurrences(small_store.path, keys.data, b"Lovelace") == 0
    assert all(finding.ok for finding in small_store.check())


def test_on_a_full_disk_pin_failures_are_still_counted(
    small_store: Store, small_disk: Path
) -> None:
    fill(small_disk)
    for _ in range(5):
        small_store.begin_pin(NUMBER, NOW)
    assert small_store.begin_pin(NUMBER, NOW).locked


def test_a_gallery_on_a_full_disk_can_be_opened_to_make_room(
    small_store: Store, small_disk: Path
) -> None:
    small_store.close()
    fill(small_disk)
    small_store.open()
    small_store.remove_person("ada", CHANGE)
    assert small_store.people() == []


def test_no_new_gallery_on_a_full_disk_and_no_litter(small_disk: Path) -> None:
    filler = fill(small_disk)
    with pytest.raises(GalleryUnwritable, match="full"):
        Store(small_disk / "g.db", MemoryKeyStore()).open()
    filler.unlink()
    Store(small_disk / "g.db", MemoryKeyStore()).open()
    names = {file.name for file in small_disk.iterdir()}
    assert names <= {"g.db", "g.db-wal", "g.db-shm", "g.db-reserve"}


def test_a_database_that_may_not_grow_refuses_and_stays_whole(tmp_path: Path) -> None:
    """A full disk as SQLite sees it, wherever this runs."""
    store = Store(tmp_path / "g.db", MemoryKeyStore())
    store.open()
    connection = store._open().connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    assert "full" in write_until_refused(
        lambda number: store.record(replace(DENIED, visit=str(number)))
    )
    rows = list(store.rows())
    assert first_break(rows) is None
    connection.execute("PRAGMA max_page_count = 100000")
    assert store.record(DENIED).sequence == len(rows) + 1
    store.close()


def test_a_file_size_limit_is_a_refusal_not_a_crash(tmp_path: Path) -> None:
    store = Store(tmp_path / "g.db", MemoryKeyStore())
    store.open()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        write_until_refused(lambda number: store.record(replace(DENIED, visit=str(number))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert first_break(store.rows()) is None
    store.record(DENIED)
    assert all(finding.ok for finding in store.check())
    store.close()


def test_the_reserve_is_real_space_and_all_or_nothing(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "r", size=100_000)
    assert not reserve.release()
    assert reserve.hold()
    assert reserve.hold()
    assert (tmp_path / "r").stat().st_blocks * 512 >= 100_000
    assert reserve.release()
    assert not reserve.is_held()
    assert not reserve.release()
    assert not Reserve(tmp_path / "absent" / "r").hold()


# -- the mark


def test_a_record_whose_mark_cannot_move_is_not_acknowledged(tmp_path: Path) -> None:
    keys = MemoryKeyStore()
    store = Store(tmp_path / "g.db", keys)
    store.open()
    ada = store.put_person(Person("", "1", "Ada"), CHANGE)
    keys.refuses_marks = True
    for write in (
        lambda: store.record(grant(ada)),
        lambda: store.begin_pin(NUMBER, NOW),
        lambda: store.clear_pin_failures(NUMBER),
        lambda: store.remove_person(ada.id, CHANGE),
    ):
        with pytest.raises(GalleryUnwritable, match="high-water mark"):
            write()
    last = [parse(row.text) for row in store.rows()][1:3]
    assert [(each.granted, each.reason) for each in last] == [
        (True, None),
        (False, Reason.CANNOT_RECORD),
    ], "a grant that was not acknowledged is taken back in the journal"
    store.close()


# -- two processes


def test_another_connections_changes_are_seen(tmp_path: Path) -> None:
    """As the command line enrols while the kiosk runs."""
    keys = MemoryKeyStore()
    kiosk, command = Store(tmp_path / "g.db", keys), Store(tmp_path / "g.db", keys)
    kiosk.open()
    command.open()
    before = kiosk.change_counter()
    ada = command.put_person(Person("", "1", "Ada"), CHANGE)
    assert kiosk.change_counter() > before
    assert kiosk.people() == [ada]
    kiosk.record(grant(ada))
    command.set_badge(ada.id, "1", CHANGE)
    with pytest.raises(GalleryRefused):
        kiosk.record(grant(ada))
    assert first_break(command.rows()) is None
    assert keys.mark is not None
    assert keys.mark.sequence == len(list(kiosk.rows()))
    command.close()
    kiosk.record(DENIED)
    kiosk.close()


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there")
def test_two_first_starts_make_one_gallery_and_one_set_of_keys(tmp_path: Path) -> None:
    """The service starts the kiosk while an administrator already enrols."""
    for attempt in range(10):
        folder = tmp_path / str(attempt)
        keys = MemoryKeyStore()
        faults: list[BaseException] = []
        together = threading.Barrier(2)

        def start(
            path: Path = folder / "g.db",
            keys: MemoryKeyStore = keys,
            together: threading.Barrier = together,
            faults: list[BaseException] = faults,
        ) -> None:
            try:
                together.wait()
                store = Store(path, keys)
                store.open()
                store.record(DENIED)
                store.close()
            except BaseException as fault:  # noqa: BLE001 - looked at below
                faults.append(fault)

        starts = [threading.Thread(target=start) for _ in range(2)]
        for each in starts:
            each.start()
        for each in starts:
            each.join()
        assert faults == []
        store = Store(folder / "g.db", keys)
        store.open()
        assert [row.sequence for row in store.rows()] == [1, 2]
        store.close()


def test_two_writers_make_one_chain(tmp_path: Path) -> None:
    """Each with its own connection on its own thread, as two processes would have."""
    keys = MemoryKeyStore()
    first = Store(tmp_path / "g.db", keys)
    first.open()
    faults: list[BaseException] = []

    def write(name: str) -> None:
        try:
            store = Store(tmp_path / "g.db", keys)
            store.open()
            for number in range(50):
                store.record(replace(DENIED, visit=f"{name}{number}"))
            store.close()
        except BaseException as fault:  # noqa: BLE001 - looked at below
            faults.append(fault)

    writers = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert faults == []
    rows = list(first.rows())
    assert first_break(rows) is None
    visits = [parse(row.text).visit for row in rows]
    assert sorted(visits) == sorted(f"{name}{number}" for name in "ab" for number in range(50))
    assert keys.mark is not None
    assert keys.mark.sequence == 100
    assert keys.mark.head == rows[-1].hash
    first.close()


def test_a_writer_that_holds_on_too_long_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.gallery.sql.BUSY_MS", 20)
    keys = MemoryKeyStore()
    kiosk, other = Store(tmp_path / "g.db", keys), Store(tmp_path / "g.db", keys)
    kiosk.open()
    other.open()
    connection = other._open().connection
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(GalleryUnwritable, match="Another program"):
        kiosk.record(DENIED)
    connection.execute("ROLLBACK")
    kiosk.record(DENIED)
    other.close()
    kiosk.close()
