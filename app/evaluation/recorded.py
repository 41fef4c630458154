"""Real recordings, reported apart: videos of people, and pictures and videos of real attacks.

People in a video did not hear any prompt. So stretches are looked for in which they happen to
move as a plan asks, in its order, and a nonce is chosen whose plan is this one: the session then
begins before the movement, and the prompts with it. Where the challenges are met, the other layers
judge a genuine session; where no stretch fits, they judge what was seen without its answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.camera.lighting import Glow
from app.camera.portrait import FRAME_HEIGHT, FRAME_WIDTH, Pixels
from app.camera.replay import ReplayCamera
from app.cv import cv2
from app.domain.evidence import Finding, Layer
from app.domain.liveness import HEAD, Baseline, Challenge, baseline_of, deflection
from app.domain.observation import Face, Observation
from app.domain.policy import LivenessPolicy, Policy
from app.domain.session import begin, largest
from app.errors import CameraError
from app.evaluation.metrics import Rate
from app.evaluation.outcomes import counted
from app.evaluation.people import PICTURES, Skipped, observed, picture_at
from app.evaluation.scenes import Lens, SceneCamera
from app.evaluation.sittings import TRUSTED, Sitting, arriving, play, replay
from app.ports import FaceEngine

VIDEOS = (".mp4", ".avi", ".mkv", ".mov", ".webm", ".m4v")
#: Of a video this much is looked at, and this often a second: as a slow kiosk would.
LONGEST_S, LOOKS_HZ = 20.0, 12.0
#: A video with fewer looks holds no session; with fewer faces than this share it is of nobody.
FEWEST_LOOKS, FACE_SHARE = 20, 0.5
#: Sessions are begun this far apart, and how many plans are drawn for one that fits.
STRIDE_S, DRAWS = 0.4, 3000
#: Sessions tried with each video of an attack.
TRIES = 5


@dataclass(frozen=True, slots=True)
class Recording:
    """One file's sessions. `fitted`: those whose challenges were met; `judged`: what the other
    layers say where none were."""

    file: str
    fitted: tuple[Sitting, ...] = ()
    judged: Sitting | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    videos: tuple[Recording, ...]
    attacks: tuple[tuple[str, Sitting], ...]

    def as_json(self) -> dict[str, object]:
        fitted = [each for video in self.videos for each in video.fitted]
        refused = [each for each in fitted if not each.accepted]
        judged = [video.judged for video in self.videos if video.judged is not None]
        doubted = [each for each in judged if _other_layers(each)]
        sittings = [each for _, each in self.attacks]
        accepted = [each for each in sittings if each.accepted]
        return {
            "genuine": {
                **Rate(len(refused), len(fitted)).as_json("refused"),
                "refused_by": counted(each.refused_by for each in refused),
                "videos": len(self.videos),
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
        tape = tape_of(path, engine)
        if isinstance(tape, Skipped):
            skipped.append(tape)
        else:
            videos.append(_video(path, tape, policy, chance))
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


def tape_of(path: Path, engine: FaceEngine) -> tuple[Observation, ...] | Skipped:
    """What the engine sees of a video of one person, or why it cannot be used."""
    tape: list[Observation] = []
    engine.forget()
    now_s = 0.0

    def wait(seconds: float) -> None:
        nonlocal now_s
        now_s += seconds

    camera = ReplayCamera(path, monotonic_s=lambda: now_s, wait=wait)
    next_s = 0.0
    try:
        camera.open()
        while not tape or tape[-1].t_s - tape[0].t_s < LONGEST_S:
            frame = camera.read()
            if frame.t_s >= next_s:
                next_s = frame.t_s + 0.9 / LOOKS_HZ
                tape.append(engine.observe(replace(frame, number=len(tape) + 1)))
    except CameraError as fault:
        if not tape:
            return Skipped(str(path), f"unplayable: {fault.code}")
    finally:
        camera.close()
        engine.forget()
    return _fit(path, tuple(tape))


def _fit(path: Path, tape: tuple[Observation, ...]) -> tuple[Observation, ...] | Skipped:
    if len(tape) < FEWEST_LOOKS:
        return Skipped(str(path), "too short")
    if sum(bool(each.faces) for each in tape) < FACE_SHARE * len(tape):
        return Skipped(str(path), "no face")
    if sum(len(each.faces) > 1 for each in tape) > FACE_SHARE * len(tape):
        return Skipped(str(path), "several faces")
    return tape


def _video(
    path: Path, tape: tuple[Observation, ...], policy: Policy, chance: np.random.Generator
) -> Recording:
    fitted = tuple(fitting(tape, policy, chance))
    if fitted:
        return Recording(str(path), fitted)
    judged = replay(arriving(tape), policy, chance.bytes(16))[0]
    return Recording(str(path), judged=judged if judged.verdicts else None)


def fitting(
    tape: tuple[Observation, ...], policy: Policy, chance: np.random.Generator
) -> Iterator[Sitting]:
    """Sessions that do not overlap and whose challenges this person happens to meet."""
    known: dict[tuple[Challenge, ...], bytes | None] = {}
    start_s = tape[0].t_s
    while start_s < tape[-1].t_s - policy.liveness.steady_s:
        part = tuple(each for each in tape if each.t_s >= start_s)
        start_s += STRIDE_S
        acts = movements(part, policy.liveness)
        nonce = _nonce_for(acts, known, policy, chance) if acts else None
        if nonce is None:
            continue
        sitting = replay(arriving(part), policy, nonce)[0]
        if sitting.accepted or sitting.refused_by not in ("challenge", "quality", "camera"):
            yield sitting
            start_s += 5.0


def movements(tape: tuple[Observation, ...], policy: LivenessPolicy) -> tuple[Challenge, ...]:
    """What the face does from its first half second on, each movement once, in its order."""
    faces = [(seen.t_s, face) for seen in tape if (face := largest(seen)) is not None]
    first = tuple(face for t_s, face in faces if t_s - tape[0].t_s <= policy.steady_s)
    if len(first) < policy.steady_frames:
        return ()
    rest = baseline_of(first)
    found: list[Challenge] = []
    for _, face in faces:
        act = _act(face, rest, policy)
        if act is not None and (not found or found[-1] is not act):
            found.append(act)
    return tuple(found)


def _act(face: Face, rest: Baseline, policy: LivenessPolicy) -> Challenge | None:
    """The movement that is furthest past its threshold; a turned head is not said to blink."""
    asked = [each for each in Challenge if each is not Challenge.MOVE_CLOSER]
    gone: dict[Challenge, float] = {each: deflection(each, face, rest, policy) for each in asked}
    turned = max(gone[each] for each in HEAD)
    if turned >= 1.0:
        return max(HEAD, key=lambda each: gone[each])
    best = max(gone, key=lambda each: gone[each])
    return best if gone[best] >= 1.0 else None


def _nonce_for(
    acts: tuple[Challenge, ...],
    known: dict[tuple[Challenge, ...], bytes | None],
    policy: Policy,
    chance: np.random.Generator,
) -> bytes | None:
    """A nonce whose plan is how these movements begin; remembered, as drawing takes a while."""
    for length in range(min(len(acts), 5), 1, -1):
        wanted = acts[:length]
        if wanted not in known:
            known[wanted] = _drawn(wanted, policy, chance)
        if known[wanted] is not None:
            return known[wanted]
    return None


def _drawn(
    wanted: tuple[Challenge, ...], policy: Policy, chance: np.random.Generator
) -> bytes | None:
    for _ in range(DRAWS):
        nonce = chance.bytes(16)
        if begin(nonce, frozenset(), 0.0, policy.liveness).plan == wanted:
            return nonce
    return None


def _attack(
    path: Path, engine: FaceEngine, policy: Policy, chance: np.random.Generator
) -> list[Sitting] | Skipped:
    """A picture is held still before the camera; a video is one session after the other."""
    if path.suffix.lower() in VIDEOS:
        tape = tape_of(path, engine)
        if isinstance(tape, Skipped):
            return tape
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
