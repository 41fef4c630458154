"""The face engine: detect, follow, mark, measure; align and embed when asked.

    frame ─▶ search ─▶ tracker ─▶ landmarks ─▶ pose, openness, quality ─▶ Observation
    face  ─▶ align ─▶ Chip ─▶ embed ─▶ Embedding

One engine serves one thread. What differs between model packs is in `parts`; `loading`
chooses them by the kinds the pack names.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from app.cv import cv2
from app.domain.anomaly import Signs
from app.domain.matching import Embedding, Space
from app.domain.observation import Box, Face, Observation
from app.domain.source import LightProfile
from app.errors import ModelMissing, ModelRejected
from app.ports import Chip, Frame
from app.vision import golden, light, quality
from app.vision.loading import load_parts
from app.vision.manifest import Pack
from app.vision.parts import LiveScorer, Parts, Points
from app.vision.pixels import stretched
from app.vision.pose import pose_of
from app.vision.relief import relief_of
from app.vision.search import Search
from app.vision.signs import signs_of
from app.vision.tracking import Tracker

#: Distance of the eyes over the width of the box that a face can have, turned or not; measured
#: 0.22 to 0.55 on 6,891 photographs and 3,402 video frames.
EYES_SHARE = (0.1, 0.9)
#: Landmarks may lie outside the box by this share of its width, and outside the frame by half.
OUTSIDE = 0.5


class Engine:
    """A FaceEngine over one model pack; `models` is the models folder. `passive`, where there is
    an anti-spoof pack, scores the largest face."""

    def __init__(
        self,
        pack: Pack,
        models: Path,
        loader: Callable[[Pack, Path], Parts] = load_parts,
        passive: LiveScorer | None = None,
        *,
        measured: bool = False,
        beside: Pack | None = None,
    ) -> None:
        """`measured`: a pack whose distances nobody measured does not load, as it may name
        nobody. `beside`: the pack that finds and marks the faces this one only cuts and embeds;
        where it marks them otherwise, they are marked anew, as the distances were measured."""
        self._measured = measured
        self._marks_anew = beside is not None and not beside.landmarks.agrees_with(pack.landmarks)
        self.space: Space = pack.space
        self._pack = pack
        self._models = models
        self._loader = loader
        self._passive = passive
        self._parts: Parts | None = None
        self._search: Search | None = None
        self._tracker = Tracker()
        self._chance = np.random.default_rng()  # seeded by the system: nobody foresees it

    def load(self) -> None:
        if self._measured and not self._pack.space.calibration:
            raise ModelRejected(
                f"What the distances of the model pack {self._pack.name} mean was never measured, "
                "so that it names nobody. Measure it once: foyer evaluate identities --data DIR "
                f"--pairs FILE --pack {self._pack.name} --calibrate. Until then use PIN or badge."
            )
        _leave_a_core()
        parts = self._loader(self._pack, self._models)
        convention = self._pack.input
        chip = golden.chip(convention.width_px, convention.height_px)
        golden.check(self._pack, parts.recogniser.embed(chip))
        if self._passive is not None:
            self._passive.load()
        self._parts, self._search = parts, Search(parts.detector)

    def observe(self, frame: Frame) -> Observation:
        parts, search = self._loaded()
        height, width = frame.pixels.shape[:2]
        whole = Box(0.0, 0.0, width, height)
        seen: list[tuple[Box, Points]] = []
        for found in search.look(frame.pixels, frame.t_s, self._tracker.expected(frame.t_s)):
            if not found.box.overlap(whole) > 0.0:
                continue
            landmarks = parts.landmarker.mark(frame.pixels, found.box)
            if landmarks is not None and _is_plausible(landmarks, found.box, whole):
                seen.append((found.box, landmarks))
        tracks = self._tracker.assign([box for box, _ in seen], frame.t_s)
        faces = [
            _face(frame, track, box, landmarks, parts.yaw_share)
            for track, (box, landmarks) in zip(tracks, seen, strict=True)
        ]
        return Observation(
            frame.number,
            frame.t_s,
            width,
            height,
            self._scored(frame, sorted(faces, key=lambda face: -face.box.area)),
            digest=light.digest_of(frame.pixels),
            backdrop=light.backdrop_of(frame.pixels, [face.box for face in faces]),
        )

    def align(self, frame: Frame, face: Face) -> Chip:
        parts, _ = self._loaded()
        landmarks = self._marks_of(frame, face) if self._marks_anew else np.array(face.landmarks)
        chip = parts.recogniser.align(frame.pixels, landmarks)
        even = frame.light is LightProfile.EVENED and self._pack.input.evens
        return Chip(stretched(chip) if even else chip)

    def embed(self, chip: Chip) -> Embedding:
        parts, _ = self._loaded()
        return parts.recogniser.embed(chip.pixels)

    def examine(self, chip: Chip) -> Signs:
        """A closer look at a face, for whom its embedding alone does not say enough."""
        parts, _ = self._loaded()
        return signs_of(parts.recogniser, chip.pixels, self._chance)

    def forget(self) -> None:
        self._tracker.forget()
        if self._passive is not None:
            self._passive.forget()

    def _marks_of(self, frame: Frame, face: Face) -> Points:
        """This pack's own landmarks of a face found by another; that one's where it sees none: a
        cut that is a little off matches nobody sooner than somebody else."""
        height, width = frame.pixels.shape[:2]
        own = self._loaded()[0].landmarker.mark(frame.pixels, face.box)
        if own is None or not _is_plausible(own, face.box, Box(0.0, 0.0, width, height)):
            return np.array(face.landmarks)
        return own

    def _scored(self, frame: Frame, faces: list[Face]) -> tuple[Face, ...]:
        """The faces, largest first, and that one with what only one face is asked: its passive
        score, and what the second camera saw of it."""
        if not faces:
            return ()
        ours, landmarks = faces[0], np.array(faces[0].landmarks)
        if self._passive is not None:
            ours = replace(ours, live_score=self._passive.score(frame.pixels, landmarks))
        if frame.second is not None:
            ours = replace(ours, relief=relief_of(frame.second, landmarks))
        return (ours, *faces[1:])

    def _loaded(self) -> tuple[Parts, Search]:
        if self._parts is None or self._search is None:
            raise ModelMissing("The face models are not loaded. Load the engine before its use.")
        return self._parts, self._search


def _leave_a_core() -> None:
    """Native libraries get all cores but one, so that the window keeps moving.

    More is also slower where the machine is busy: OpenBLAS's threads wait for each other by
    spinning, and an embedding took 400 ms instead of 40 beside five other busy processes.
    """
    threads = max((os.cpu_count() or 1) - 1, 1)
    cv2.setNumThreads(threads)
    threadpool_limits(limits=threads, user_api="blas")


def _is_plausible(landmarks: Points, box: Box, whole: Box) -> bool:
    """Whether these can be the landmarks of a face in `box` of the `whole` frame."""
    if landmarks.shape != (68, 2) or not np.isfinite(landmarks).all():
        return False
    corner, size = np.array([box.left, box.top]), np.array([box.width, box.height])
    inside_box = (landmarks >= corner - OUTSIDE * size) & (
        landmarks <= corner + (1 + OUTSIDE) * size
    )
    inside_frame = (landmarks >= 0) & (landmarks <= (whole.width, whole.height))
    eyes = landmarks[quality.LEFT_EYE].mean(axis=0) - landmarks[quality.RIGHT_EYE].mean(axis=0)
    share = float(np.hypot(*eyes)) / max(box.width, 1.0)
    return bool(
        inside_box.all()
        and inside_frame.all(axis=1).mean() >= OUTSIDE
        and EYES_SHARE[0] <= share <= EYES_SHARE[1]
    )


def _face(frame: Frame, track: int, box: Box, landmarks: Points, yaw_share: float) -> Face:
    pose = pose_of(landmarks)
    return Face(
        track=track,
        box=box,
        landmarks=tuple((float(x), float(y)) for x, y in landmarks),
        pose=replace(pose, yaw_deg=yaw_share * pose.yaw_deg),
        eye_openness=quality.eye_openness(landmarks),
        mouth_openness=quality.mouth_openness(landmarks),
        quality=quality.quality_of(frame.pixels, box, landmarks),
        skin=light.skin_of(frame.pixels, landmarks),
    )
