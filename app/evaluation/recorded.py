"""Real recordings, reported apart: videos of people, and pictures and videos of real attacks.

People in a video did not hear any prompt. So `fitting` looks for stretches in which they happen to
move as a plan of one to three steps asks. There all layers judge a genuine session, which the
challenge cannot refuse as it was chosen by it; where no stretch fits, the other layers judge what
was seen without its answers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.camera.lighting import Glow
from app.camera.portrait import FRAME_HEIGHT, FRAME_WIDTH, Pixels
from app.cv import cv2
from app.domain.evidence import Finding, Layer
from app.domain.liveness import Challenge
from app.domain.matching import Embedding
from app.domain.observation import Face
from app.domain.policy import Policy
from app.domain.session import Complete
from app.evaluation.films import Film, Tape, film_of
from app.evaluation.fitting import Fit, played, search
from app.evaluation.metrics import Rate
from app.evaluation.outcomes import counted
from app.evaluation.people import PICTURES, Skipped, observed, picture_at
from app.evaluation.scenes import Lens, SceneCamera
from app.evaluation.sittings import TRUSTED, Sitting, agreed, arriving, play, replay
from app.ports import FaceEngine

VIDEOS = (".mp4", ".avi", ".mkv", ".mov", ".webm", ".m4v")
#: Sessions tried with each video of an attack.
TRIES = 5


@dataclass(frozen=True, slots=True)
class Recording:
    """One file's sessions. `fitted`: those whose challenges were met; `judged`: what the other
    layers say where none were, and `unfit` what the kiosk mostly missed there."""

    file: str
    fitted: tuple[tuple[Fit, Sitting], ...] = ()
    judged: Sitting | None = None
    unfit: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    videos: tuple[Recording, ...]
    attacks: tuple[tuple[str, Sitting], ...]

    def as_json(self) -> dict[str, object]:
        fitted = [each for video in self.videos for each in video.fitted]
        judged = [video.judged for video in self.videos if video.judged is not None]
        doubted = [each for each in judged if _other_layers(each)]
        sittings = [each for _, each in self.attacks]
        accepted = [each for each in sittings if each.accepted]
        return {
            "genuine": {
                **_refusals(fitted),
                "by_steps": {
                    str(steps): _refusals([one for one in fitted if len(one[0].plan) == steps])
                    for steps in sorted({len(fit.plan) for fit, _ in fitted}, reverse=True)
                },
                "with_a_turn": _refusals([one for one in fitted if one[0].turns]),
                "plans": counted(" ".join(fit.plan) for fit, _ in fitted),
                "videos": len(self.videos),
                "unfit": counted(video.unfit for video in self.videos if video.unfit),
                "without_challenge": {
                    **Rate(len(doubted), len(judged)).as_json("refused"),
                    "refused_by": counted(by for each in doubted for by in _other_layers(each)),
                },
            },
            "attacks": {
                **Rate(len(accepted), len(sittings)).as_json("accepted"),
                "refused_by": counted(each.refused_by for each in sittings if each.refused_by),
                "also_refused_by": counted(by for each in sittings for by in each.also),
                "files": sorted({Path(file).name for file, _ in self.attacks}),
            },
        }


def _refusals(played: list[tuple[Fit, Sitting]]) -> dict[str, object]:
    refused = [each for _, each in played if not each.accepted]
    return {
        **Rate(len(refused), len(played)).as_json("refused"),
        "refused_by": counted(each.refused_by for each in refused),
    }


def _other_layers(sitting: Sitting) -> tuple[str, ...]:
    """The layers beside the challenge that refuse what was seen."""
    refusing = (each for each in sitting.verdicts if each.finding is Finding.REFUSED)
    return tuple(str(each.layer) for each in refusing if each.layer is not Layer.CHALLENGE)


def play_all(
    assets: Path, engine: FaceEngine, policy: Policy, seed: int, skipped: list[Skipped]
) -> Recorded:
    """Every video and every recorded attack of the folder; unusable ones join `skipped`."""
    chance = np.random.default_rng((seed, 4))
    videos = []
    for path in _files(assets / "videos", VIDEOS):
        film = film_of(path, engine)
        if isinstance(film, Skipped):
            skipped.append(film)
        else:
            videos.append(_video(path, film, engine, policy, chance))
    attacks: list[tuple[str, Sitting]] = []
    for path in _files(assets / "attacks", (*PICTURES, *VIDEOS)):
        played = _attack(path, engine, policy, chance)
        if isinstance(played, Skipped):
            skipped.append(played)
        else:
            attacks += [(str(path), each) for each in played]
    return Recorded(tuple(videos), tuple(attacks))


def _files(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(each for each in folder.rglob("*") if each.suffix.lower() in endings)


def _video(
    path: Path, film: Film, engine: FaceEngine, policy: Policy, chance: np.random.Generator
) -> Recording:
    """Its sessions; what is seen of the longest shot where there is none."""

    def embed(number: int, face: Face) -> Embedding:
        _ = face  # the chips are of the largest face, which is the one compared
        return engine.embed(film.chips[number])

    def agrees(part: Tape, complete: Complete) -> bool:
        return agreed(embed, engine.space, policy, part, complete)

    fitted: list[tuple[Fit, Sitting]] = []
    unfit: Counter[str] = Counter()
    for shot in film.shots:
        found = search(shot, policy)
        unfit += found.unfit
        for fit in found.fits:
            sitting = played(shot, fit, policy, chance, agrees)
            if sitting is not None:
                fitted.append((fit, sitting))
    if fitted:
        return Recording(str(path), tuple(fitted))
    longest = max(film.shots, key=len)
    judged = replay(arriving(longest), policy, chance.bytes(16))[0]
    why = unfit.most_common(1)[0][0] if unfit else "no plan"
    return Recording(str(path), (), judged if judged.verdicts else None, why)


def _attack(
    path: Path, engine: FaceEngine, policy: Policy, chance: np.random.Generator
) -> list[Sitting] | Skipped:
    """A picture is held still before the camera; a video is one session after the other."""
    if path.suffix.lower() in VIDEOS:
        film = film_of(path, engine)
        if isinstance(film, Skipped):
            return film
        tape = max(film.shots, key=len)
        return [replay(arriving(tape), policy, chance.bytes(16))[0] for _ in range(TRIES)]
    pixels = picture_at(path)
    if pixels is None:
        return Skipped(str(path), "unreadable")
    if not observed(engine, pixels).faces:
        return Skipped(str(path), "no face")
    scene = _Still(pixels)
    camera = SceneCamera(scene, Lens(rate_hz=10.0), int(chance.integers(2**31)), TRUSTED)
    return [play(camera, engine, policy, chance.bytes(16))[0]]


class _Still:
    """A picture that fills the frame, whatever is asked."""

    def __init__(self, pixels: Pixels) -> None:
        height, width = pixels.shape[:2]
        scale = min(FRAME_WIDTH / width, FRAME_HEIGHT / height)
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        across, down = FRAME_WIDTH - size[0], FRAME_HEIGHT - size[1]
        edges = (down // 2, down - down // 2, across // 2, across - across // 2)
        self._frame = np.asarray(cv2.copyMakeBorder(small, *edges, cv2.BORDER_REPLICATE), np.uint8)

    def ask(self, challenge: Challenge | None, t_s: float) -> None:
        """A picture does not hear."""

    def paint(self, t_s: float, glow: Glow | None = None) -> Pixels:
        _ = t_s, glow
        return self._frame
