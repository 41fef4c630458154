"""What this machine does against the figures Foyer promises. Nothing here is estimated.

Visits, lateness and memory are measured in the demo's house: real models, gallery and window,
a simulated camera. Cold starts are measured from outside, on a fresh process each.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil

from app.camera.simulated import SimulatedCamera
from app.cv import cv2
from app.demo import show
from app.demo.cast import cast
from app.demo.player import Player, VisitKind, VisitReport
from app.domain import matching
from app.domain.index import Index, Moved
from app.domain.journal import Entry, EntryKind
from app.domain.matching import CalibrationPoint, MatchPolicy, Metric, Space
from app.domain.picture import Picture
from app.evaluation.added import PROMISE_MS, added_ms
from app.evaluation.figures import Figure, cpu_ms, figure, time_ms
from app.gallery.keys import EphemeralKeys
from app.gallery.store import Store
from app.ports import FaceEngine, Frame
from app.runtime import bootstrap
from app.runtime.house import House
from app.vision.passive import PassiveScorer

if TYPE_CHECKING:
    from app.settings import Settings

MIB = 2**20
LARGEST = 100_000
#: Promised of a gallery in memory: the time of one search of the largest, and bytes a template.
SEARCH_MS, TEMPLATE_BYTES = 10.0, 2_100.0
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """How often each thing is measured."""

    starts: int = 3
    frames: int = 150
    embeddings: int = 40
    searches: int = 50
    visits: int = 5
    appends: int = 300


def measure(settings: Settings, effort: Effort, tell: Tell) -> list[Figure]:
    """Every figure. Main thread only: it shows the window, offscreen."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="foyer-bench-") as name:
        private = Path(name)
        tell("searching")
        found += searches(effort)
        tell("appending to the journal")
        found.append(appends(private, effort))
        tell("playing visits")
        found += visits(settings, private, effort)
        tell("looking at frames")
        found += looks(settings, private, effort)
        tell("starting from cold")
        found += cold_starts(private, effort)
    return found


def searches(effort: Effort) -> list[Figure]:
    """Exact search of 512 values a template, one probe, with the whole decision around it: of
    somebody who is there and, for the largest gallery, of nobody; what the gallery weighs in
    memory, and what one change of it costs. Processor time of one thread: numpy searches in one.
    """
    found = []
    chance = np.random.default_rng(0)
    points = (CalibrationPoint(1e-5, 0.5), CalibrationPoint(1e-2, 0.7))
    space = Space("bench-512", 512, Metric.COSINE, points)
    for size in (1_000, 10_000, LARGEST):
        rows = chance.standard_normal((size, space.dimension), dtype=np.float32)
        index = Index(space)
        named = {at: (f"p{at:06d}", row) for at, row in enumerate(rows)}
        index.apply(Moved(1, 1, whole=True, people={}, templates=named))
        snapshot = index.snapshot()
        noise = chance.standard_normal(space.dimension, dtype=np.float32)
        identify = partial(matching.identify, snapshot=snapshot, policy=MatchPolicy())
        known = partial(identify, rows[size // 2] + np.float32(0.1) * noise)
        limit = SEARCH_MS if size == LARGEST else None
        samples = cpu_ms(known, effort.searches)
        found.append(figure(f"search {size} templates", "ms", samples, limit))
        if size == LARGEST:
            samples = cpu_ms(partial(identify, noise), effort.searches)
            found.append(figure(f"search {size}, nobody there", "ms", samples, limit))
            weight = [index.bytes_held / size]
            found.append(figure("memory a template", "bytes", weight, TEMPLATE_BYTES))
            found.append(figure(f"one change in {size}", "ms", _changes(index, effort)))
    return found


def _changes(index: Index, effort: Effort) -> list[float]:
    """One template goes and another comes, and the snapshot of it is made."""
    left = iter(range(LARGEST))

    def change() -> None:
        key = next(left)
        row = np.full(512, 1.0 + key, np.float32)
        new = {key: None, LARGEST + key: ("somebody", row)}
        index.apply(Moved(2 + key, 2 + key, whole=False, people={}, templates=new))
        index.snapshot()

    return cpu_ms(change, effort.searches)


def appends(private: Path, effort: Effort) -> Figure:
    """A durable, chained row in a real encrypted file, high-water mark included."""
    store = Store(private / "journal.db", EphemeralKeys(), create=True)
    store.open()
    try:
        entry = Entry(EntryKind.SYSTEM, time.time(), granted=False, detail="bench")
        return figure("journal append", "ms", time_ms(lambda: store.record(entry), effort.appends))
    finally:
        store.close()


@dataclass(slots=True)
class _Counting:
    """The preview's mailbox, with the moment of every picture that was taken to be painted."""

    house: House
    taken_s: list[float] = field(default_factory=list)

    def take(self) -> Picture | None:
        picture = self.house.pictures.take()
        if picture is not None:
            self.taken_s.append(time.perf_counter())
        return picture


def visits(settings: Settings, private: Path, effort: Effort) -> list[Figure]:
    """The employee's visit, several times, with the window painting all the while."""
    house, stage = show.furnish(settings, private, lambda _: None)
    player = Player(house, stage, show.CREDENTIALS, lambda _: None)
    pictures = _Counting(house)
    reports: list[VisitReport] = []
    memory_mib: list[float] = []
    ui = importlib.import_module("ui.application")
    ticks = importlib.import_module("ui.ticks")
    meters = []

    def play(bridge: show.Bridge) -> None:
        try:
            if player.wait_until_ready():
                reports.extend(player.play(VisitKind.EMPLOYEE) for _ in range(effort.visits))
                memory_mib.append(psutil.Process().memory_info().rss / MIB)
        finally:
            bridge.quit()

    def attach(bridge: show.Bridge) -> None:
        house.listen(bridge.deliver)
        house.listen(player.see)
        meters.append(ticks.TickMeter())
        house.start()
        threads.append(threading.Thread(target=play, args=(bridge,), name="bench"))
        threads[0].start()

    threads: list[threading.Thread] = []
    options = ui.UiOptions(size_px=(1080, 1920))
    try:
        ui.run(house.kernel, pictures, options, attach)
    finally:
        player.give_up()
        for thread in threads:
            thread.join()
        house.stop()
    meters[0].stop()
    granted = [each for each in reports if each.outcome == "granted"]
    gaps = np.diff(pictures.taken_s)
    shown = [1.0 / float(gap) for gap in gaps if 0.0 < gap < 0.5]  # noqa: PLR2004 - between visits
    deciding = [each.deciding_s for each in granted if each.deciding_s is not None]
    return [
        figure("visits granted", "share", [len(granted) / max(len(reports), 1)], 1.0,
               at_most=False),
        figure("whole visit", "s", [each.seconds for each in granted], 8.0),
        figure("last challenge to decision", "s", deciding, 1.5),
        figure("preview", "pictures/s", shown, 24.0, at_most=False),
        figure("GUI tick lateness", "ms", meters[0].lateness_ms, 25.0, "p99"),
        figure("resident memory", "MiB", memory_mib, 700.0),
    ]  # fmt: skip


def looks(settings: Settings, private: Path, effort: Effort) -> list[Figure]:
    """One frame to one observation, and one aligned face to one embedding, nothing else going."""
    engine = bootstrap.face_engine(settings)
    engine.load()
    frames = _frames(engine, effort.frames)
    samples = []
    for frame in frames:
        began = time.perf_counter()
        seen = engine.observe(frame)
        if seen.faces:
            engine.align(frame, seen.faces[0])
        samples.append((time.perf_counter() - began) * 1000.0)
    face = engine.observe(frames[0]).faces[0]
    chip = engine.align(frames[0], face)
    pack = bootstrap.antispoof_pack(settings)
    scorer = None if pack is None else PassiveScorer(pack, bootstrap.models_folder(settings))
    added = added_ms(frames, engine, scorer)
    write_recording(frames, private / "visitor.avi")
    rates = [1000.0 / sample for sample in samples]
    return [
        figure("frame to observation", "ms", samples, 25.0),
        figure("observation rate", "/s", rates, 15.0, at_most=False),
        figure("liveness, added to a look", "ms", added, PROMISE_MS),
        figure("embedding", "ms", time_ms(lambda: engine.embed(chip), effort.embeddings), 20.0),
        figure("a closer look", "ms", time_ms(lambda: engine.examine(chip), effort.embeddings)),
    ]


def _frames(engine: FaceEngine, count: int) -> list[Frame]:
    """Consecutive 640x480 frames of the simulated employee at 30 a second."""
    now_s = 0.0

    def wait(seconds: float) -> None:
        nonlocal now_s
        now_s += seconds

    camera = SimulatedCamera(cast(engine).employee, monotonic_s=lambda: now_s, wait=wait)
    camera.open()
    return [camera.read() for _ in range(count)]


def write_recording(frames: list[Frame], path: Path) -> None:
    """The frames as an MJPEG file of 30 a second, for a camera to be opened on."""
    height, width = frames[0].pixels.shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (width, height))
    for frame in frames:
        writer.write(frame.pixels)
    writer.release()


def cold_starts(private: Path, effort: Effort) -> list[Figure]:
    """From starting the process to a painted first screen, and to the face path being open."""
    usable, ready = [], []
    for attempt in range(effort.starts):
        reached = _start_once(private, attempt)
        usable.append(reached["usable"])
        ready.append(reached["ready"])
    return [
        figure("cold start to a usable screen", "s", usable, 3.0),
        figure("cold start to face-ready", "s", ready, 6.0),
    ]


def _start_once(private: Path, attempt: int) -> dict[str, float]:
    settings = {
        "gallery.path": private / f"start-{attempt}" / "gallery.db",
        "gallery.keys": "ephemeral",
        "camera.source": f"file:{private / 'visitor.avi'}",
    }
    flags = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    entry = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    began_s = time.time()
    done = subprocess.run(
        [*entry, *flags, "run", "--window", "--until-ready"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["reached"]: line["utc_s"] - began_s for line in lines}
