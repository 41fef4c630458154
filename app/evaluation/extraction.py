"""Every picture of a folder of people through one pack: embeddings, qualities, and what failed.

Embeddings are held in memory. They are written to a disk only into a folder somebody named for
it, because those of real people are biometric data, whoever's they are.
"""

from __future__ import annotations

import hashlib
import io
import os
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from app.cv import cv2
from app.domain.matching import is_usable
from app.domain.observation import Box, Face, Observation
from app.errors import FoyerError, ImageError
from app.evaluation.packs import Origin
from app.ports import FaceEngine, Frame
from app.runtime import bootstrap
from app.runtime.workers import workers
from app.vision import images
from app.vision.engine import Engine
from app.vision.loading import load_parts
from app.vision.manifest import Pack
from app.vision.parts import Detector, Found, Landmarker, Parts, Pixels, Points

#: Pictures handed to a process at a time.
BATCH = 16
#: A small picture is enlarged to this, so that the detector's smallest face is found in it.
LEAST_SIDE_PX = 480
NO_FACE, UNREADABLE, UNUSABLE = "no-face", "unreadable", "unusable"


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One picture. `embedding` is None where it failed, for the `reason`. `worth` orders pictures
    by quality, higher is better; costs are milliseconds of one core, of `observe_ms` those of
    finding faces and of marking them."""

    embedding: NDArray[np.float32] | None
    reason: str = ""
    worth: float = 0.0
    observe_ms: float = 0.0
    embed_ms: float = 0.0
    detect_ms: float = 0.0
    mark_ms: float = 0.0


class CacheUnusable(FoyerError):
    """The folder for embeddings cannot be written to."""

    code = "evaluation-cache"


@dataclass(frozen=True, slots=True)
class Job:
    """Which pack looks, and which folder embeddings may be kept in, None for no folder."""

    origin: Origin
    pack: str
    cache: Path | None


@dataclass(slots=True)
class Costs:
    """Milliseconds of one core that a pack's parts took since they were last set back."""

    detect_ms: float = 0.0
    mark_ms: float = 0.0

    def parts(self, pack: Pack, models: Path) -> Parts:
        """The pack's parts, each of them timed."""
        own = load_parts(pack, models)
        detector, marks = _Timed(own.detector, self), _TimedMarks(own.landmarker, self)
        return replace(own, detector=detector, landmarker=marks)


@dataclass(frozen=True, slots=True)
class _Timed:
    detector: Detector
    costs: Costs

    def find(self, pixels: Pixels, smallest_px: float, *, eager: bool) -> list[Found]:
        began_s = time.thread_time()
        found = self.detector.find(pixels, smallest_px, eager=eager)
        self.costs.detect_ms += 1000.0 * (time.thread_time() - began_s)
        return found


@dataclass(frozen=True, slots=True)
class _TimedMarks:
    landmarker: Landmarker
    costs: Costs

    def mark(self, pixels: Pixels, box: Box) -> Points | None:
        began_s = time.thread_time()
        points = self.landmarker.mark(pixels, box)
        self.costs.mark_ms += 1000.0 * (time.thread_time() - began_s)
        return points


def engine_of(job: Job, costs: Costs | None = None) -> Engine:
    """The named pack, loaded; raises ModelMissing or ModelRejected. `costs` hears what its parts
    take."""
    settings = job.origin.settings()
    pack, folder = bootstrap.face_pack(settings, job.pack), bootstrap.models_folder(settings)
    engine = Engine(pack, folder, load_parts if costs is None else costs.parts)
    engine.load()
    return engine


def extract(
    job: Job, pictures: Sequence[Path], jobs: int, tell: Callable[[int], None]
) -> list[Sample]:
    """One sample for each picture, in their order; `tell` hears how many are done."""
    batches = [pictures[at : at + BATCH] for at in range(0, len(pictures), BATCH)]
    found: list[Sample] = []
    for samples in _worked(job, batches, jobs):
        found += samples
        tell(len(found))
    return found


def _worked(job: Job, batches: list[Sequence[Path]], jobs: int) -> Iterator[list[Sample]]:
    if jobs <= 1:
        worker = _Worker(job)
        for batch in batches:
            yield worker.look(batch)
        return
    with workers(jobs, _start, job) as pool:
        yield from pool.map(_look, batches)


class _Worker:
    def __init__(self, job: Job) -> None:
        self._costs = Costs()
        self._engine = engine_of(job, self._costs)
        self._cache = None if job.cache is None else job.cache / self._engine.space.id
        cv2.setNumThreads(1)
        threadpool_limits(limits=1)

    def look(self, batch: Sequence[Path]) -> list[Sample]:
        return [self._sample(path) for path in batch]

    def _sample(self, path: Path) -> Sample:
        kept = self._kept(path)
        if kept is not None and (known := _read(kept)) is not None:
            return known
        self._costs.detect_ms = self._costs.mark_ms = 0.0
        sample = sample_of(self._engine, path)
        if sample.observe_ms:
            costs = self._costs
            sample = replace(sample, detect_ms=costs.detect_ms, mark_ms=costs.mark_ms)
        if kept is not None:
            _write(kept, sample)
        return sample

    def _kept(self, path: Path) -> Path | None:
        """Where this picture's sample lies, by its content."""
        if self._cache is None:
            return None
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            return None
        return self._cache / digest[:2] / f"{digest}.npz"


def _read(kept: Path) -> Sample | None:
    """None where nothing is kept, or what is kept was cut short: the picture is looked at again."""
    try:
        with np.load(io.BytesIO(kept.read_bytes()), allow_pickle=False) as arrays:
            numbers, reason = arrays["numbers"], str(arrays["reason"])
            embedding = None if reason else np.asarray(arrays["embedding"], dtype=np.float32)
        return Sample(embedding, reason, *(float(each) for each in numbers))
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def _write(kept: Path, sample: Sample) -> None:
    embedding = np.zeros(0, np.float32) if sample.embedding is None else sample.embedding
    costs = (sample.observe_ms, sample.embed_ms, sample.detect_ms, sample.mark_ms)
    numbers = np.array([sample.worth, *costs])
    whole = kept.with_name(f".{kept.name}.{os.getpid()}.npz")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(whole, embedding=embedding, numbers=numbers, reason=np.array(sample.reason))
        whole.replace(kept)
    except OSError as fault:
        with suppress(OSError):
            whole.unlink(missing_ok=True)
        raise CacheUnusable(
            f"{kept.parent} cannot be written to ({fault.strerror}). Name another folder with "
            "--cache, or none; what is kept there already stays."
        ) from fault


#: The worker of this process, where it is one of several.
_own: list[_Worker] = []


def _start(job: Job) -> None:
    _own.append(_Worker(job))


def _look(batch: Sequence[Path]) -> list[Sample]:
    return _own[0].look(batch)


def sample_of(engine: FaceEngine, path: Path) -> Sample:
    """The face a picture is of: the largest, weighed by how near to the middle it is."""
    try:
        pixels = images.read(path)
    except ImageError:
        return Sample(None, UNREADABLE)
    frame = Frame(1, 0.0, enlarged(pixels))
    began_s = time.thread_time()
    engine.forget()
    seen = engine.observe(frame)
    engine.forget()
    observed_s = time.thread_time()
    face = subject_of(seen)
    if face is None:
        return Sample(None, NO_FACE, observe_ms=1000.0 * (observed_s - began_s))
    embedding = engine.embed(engine.align(frame, face))
    embedded_s = time.thread_time()
    usable = is_usable(embedding, engine.space)
    return Sample(
        embedding if usable else None,
        "" if usable else UNUSABLE,
        worth_of(face),
        1000.0 * (observed_s - began_s),
        1000.0 * (embedded_s - observed_s),
    )


def enlarged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """At least so large that the smallest face a detector looks for is found in it."""
    shorter = min(pixels.shape[:2])
    if shorter >= LEAST_SIDE_PX:
        return pixels
    scale = min(LEAST_SIDE_PX / max(shorter, 1), 8.0)
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale), dtype=np.uint8)


def subject_of(seen: Observation) -> Face | None:
    """Whom the picture is of."""

    def weight(face: Face) -> float:
        across = (face.box.left + face.box.width / 2.0) / seen.width_px - 0.5
        down = (face.box.top + face.box.height / 2.0) / seen.height_px - 0.5
        return face.box.area * float(1.0 - min(np.hypot(across, down), 0.9))

    return max(seen.faces, key=weight, default=None)


def worth_of(face: Face) -> float:
    """A picture's quality in one number, only to order pictures by: nearness to a straight look,
    sharpness and size, each up to where more does not help."""
    off_axis = abs(face.pose.yaw_deg) + 0.5 * abs(face.pose.pitch_deg)
    sharp = min(face.quality.sharpness, 200.0) / 200.0
    large = min(face.quality.eye_distance_px, 90.0) / 90.0
    return float(-off_axis / 30.0 + sharp + large)
