"""The attack bench: every species can be played, the same way every time, and is counted right."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.camera.room import empty_room
from app.camera.stills import Still, installed_photo
from app.cv import cv2
from app.domain.liveness_policy import LivenessPolicy
from app.domain.observation import Observation
from app.domain.policy import Policy
from app.domain.session import begin
from app.evaluation import fitting, genuine
from app.evaluation.attacks import Species
from app.evaluation.films import Film, film_of
from app.evaluation.fitting import search
from app.evaluation.kit import Kit
from app.evaluation.media import Held, figure_of
from app.evaluation.outcomes import Outcome, attack_json, genuine_json
from app.evaluation.people import Model, Skipped, cannot_act, model_at, photographs
from app.evaluation.protocol import ALL_SPECIES, chance_for, shares
from app.evaluation.scenes import Lens, SceneCamera
from app.evaluation.sittings import TRUSTED, Sitting, watch
from app.vision.engine import Engine
from tests.domain import sitting as sittings
from tests.domain.sitting import NONCES
from tests.fakes.faces import Actor
from tests.fakes.vision import ScriptedEngine, embedded_engine

FIELD = {
    "print", "bent-print", "moved-print", "screen-replay", "mask", "session-replay", "injected",
    "hand-over", "frozen", "looped", "stale", "unknown-camera", "virtual-camera",
    "swapped-camera", "early-answer", "injected-trusted",
}  # fmt: skip


def folder_of_two(folder: Path) -> Path:
    """The layout of the assets, with the two photographs that installed libraries carry."""
    for still in Still:
        person = folder / "identities" / "lfw" / still.name.title()
        person.mkdir(parents=True)
        source = installed_photo(still)
        shutil.copy(source, person / f"{person.name}_0001{source.suffix}")
    return folder


@pytest.fixture(scope="module")
def engine() -> Engine:
    return embedded_engine()


@pytest.fixture(scope="module")
def models(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> list[Model]:
    paths = photographs(folder_of_two(tmp_path_factory.mktemp("assets")))
    found = [model_at(path, engine) for path in paths]
    made = [each for each in found if isinstance(each, Model)]
    assert [each.name for each in made] == ["Admiral", "Astronaut"]
    return made


def blind() -> ScriptedEngine:
    """Sees nobody, so that trials end at once where they need nobody seen."""
    engine = ScriptedEngine()
    engine.load()
    return engine


#: Nobody seen for a second ends a trial, where the engine is blind anyway.
IMPATIENT = Policy(liveness=LivenessPolicy(absent_s=1.0))


def blind_kit(models: list[Model]) -> Kit:
    return Kit(blind(), IMPATIENT, empty_room(), models[1], models[0], 7)


@pytest.fixture(scope="module")
def kit(models: list[Model], engine: Engine) -> Kit:
    """With one genuine session that was accepted."""
    made = Kit(engine, Policy(), empty_room(), models[1], models[0], 7)
    assert made.earlier(0).sitting.accepted
    made.sessions[1] = made.sessions[0]
    return made


def test_the_list_is_that_of_the_field() -> None:
    assert {each.name for each in ALL_SPECIES} >= FIELD
    assert {each.name for each in ALL_SPECIES if not each.gated} == {
        "injected-trusted",
        "injected-relit",
        "session-replay-forgotten",
    }


@pytest.mark.parametrize("species", ALL_SPECIES, ids=lambda each: each.name)
def test_every_species_is_made_from_two_photographs(species: Species, models: list[Model]) -> None:
    found = species.play(blind_kit(models), chance_for(1, species.name, 0))
    assert not found.accepted
    assert found.refused_by


@pytest.mark.parametrize("condition", genuine.CONDITIONS, ids=lambda each: each.name)
def test_every_condition_is_made(condition: genuine.Condition, models: list[Model]) -> None:
    found = genuine.sit(blind_kit(models), condition, chance_for(1, "genuine", 0))
    assert not found.accepted
    assert found.refused_by == "quality"


def test_figures_can_do_what_will_be_asked_of_them(models: list[Model], engine: Engine) -> None:
    policy = Policy()
    assert [cannot_act(each, engine, policy, empty_room()) for each in models] == ["", ""]


def test_a_trial_repeats_exactly(kit: Kit) -> None:
    def numbers(trial: int) -> list[object]:
        """What was seen, without track numbers, which are never given twice."""
        chance = chance_for(3, "genuine", trial)
        camera = SceneCamera(kit.visitor(chance), Lens(rate_hz=10.0), trial, TRUSTED)
        tape = watch(camera, kit.engine, 0.5)
        assert all(len(each.faces) == 1 for each in tape)
        return [(seen.t_s, [face.landmarks for face in seen.faces]) for seen in tape]

    first = numbers(0)
    assert len(first) in (5, 6, 7)
    assert first == numbers(0)
    assert first != numbers(1)


def test_a_print_answers_nothing(kit: Kit) -> None:
    found = [played(kit, "print", number) for number in range(4)]
    assert {each.refused_by for each in found} == {"challenge"}
    assert list(kit.tapes) == ["print"]  # filmed once, shown to four nonces


@pytest.mark.parametrize("name", ["frozen", "stale", "swapped-camera", "virtual-camera"])
def test_streams_that_are_tampered_with_are_refused(name: str, kit: Kit) -> None:
    found = [played(kit, name, number) for number in range(12)]
    assert [each.accepted for each in found] == [False] * 12
    if name.endswith("camera"):
        assert {each.refused_by for each in found} == {"source"}


def played(kit: Kit, name: str, number: int) -> Sitting:
    species = next(each for each in ALL_SPECIES if each.name == name)
    return species.play(kit, chance_for(2, name, number))


def test_a_bent_sheet_lies_where_the_flat_one_does() -> None:
    texture = np.zeros((240, 200, 4), np.uint8)
    texture[..., 3] = 255
    texture[100:140, 80:120, :3] = 255
    flat = figure_of(texture, Held(yaw_deg=20.0, pitch_deg=-10.0, roll_deg=5.0))
    barely = figure_of(texture, Held(yaw_deg=20.0, pitch_deg=-10.0, roll_deg=5.0, bend_deg=0.5))
    assert np.abs(flat.astype(int) - barely).mean() < 2.0


def test_bending_takes_the_edges_away_from_the_lens() -> None:
    texture = np.full((240, 200, 4), 255, np.uint8)

    def width_px(bend_deg: float) -> int:
        return int(np.count_nonzero(figure_of(texture, Held(bend_deg=bend_deg))[262, :, 3]))

    assert width_px(0.0) > width_px(60.0) > width_px(120.0) > 80


def test_work_is_shared_out_once_and_evenly() -> None:
    photos = [Path(f"{name}.jpg") for name in "abc"]
    split = shares(photos, 8)
    assert sorted(number for each in split for number in each.numbers) == list(range(8))
    assert all(each.photo != each.other for each in split)
    assert len(shares(photos, 2)) == 2


def outcome(refused_by: str, *also: str, condition: str = "") -> Outcome:
    layers = (refused_by, *also) if refused_by else ()
    return Outcome("x", condition, "off", not refused_by, refused_by, layers, "", 10, 20.0, 0.5)


def test_counting_names_the_first_layer_and_who_stood_alone() -> None:
    found = [outcome("solidity", "passive"), outcome("solidity"), outcome("challenge"), outcome("")]
    told = attack_json(found, gated=True)
    assert (told["n"], told["accepted"]) == (4, 1)
    assert told["refused_by"] == {"solidity": 2, "challenge": 1}
    assert told["also_refused_by"] == {"solidity": 2, "passive": 1, "challenge": 1}
    assert told["one_layer_only"] == {"solidity": 1, "challenge": 1}
    assert told["upper95"] == pytest.approx(0.7514, abs=1e-3)


def test_genuine_refusals_are_counted_by_condition() -> None:
    found = [outcome("", condition="plain"), outcome("quality", condition="low-light")]
    told = genuine_json(found)
    assert (told["n"], told["refused"]) == (2, 1)
    by = told["by_condition"]
    assert isinstance(by, dict)
    assert (by["plain"]["refused"], by["low-light"]["refused"]) == (0, 1)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).bytes(5000))


def _one_frame(path: Path) -> None:
    _film(path, 1)


def _film(path: Path, frames: int) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 12.0, (640, 480))
    for _ in range(frames):
        writer.write(empty_room())
    writer.release()


@pytest.mark.parametrize(
    ("make", "why"),
    [(_empty, "unplayable"), (_noise, "unplayable"), (_one_frame, "too short"), (None, "no face")],
)
def test_videos_that_cannot_be_used_are_named(
    make: Callable[[Path], None] | None, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "video.avi"
    if make is None:
        _film(path, 24)
    else:
        make(path)
    found = film_of(path, blind())
    assert isinstance(found, Skipped)
    assert found.why.startswith(why)


def test_pictures_that_cannot_be_used_are_named(tmp_path: Path, engine: Engine) -> None:
    broken, empty, crowd = (tmp_path / name for name in ("broken.jpg", "empty.png", "crowd.png"))
    broken.write_bytes(b"\xff\xd8\xff no picture")
    cv2.imwrite(str(empty), empty_room())
    one = cv2.imread(str(installed_photo(Still.ASTRONAUT)))
    assert one is not None
    cv2.imwrite(str(crowd), np.hstack([one, one]))
    whys = [model_at(path, engine) for path in (broken, empty, crowd)]
    assert [each.why if isinstance(each, Skipped) else "" for each in whys] == [
        "unreadable",
        "no face",
        "several faces",
    ]


def filmed(nonce: bytes) -> tuple[Observation, ...]:
    """What a camera saw of somebody who did all that this nonce asks."""
    session = sittings.perform(Actor(seed=3), nonce)
    assert sittings.outcome(session) == "Complete"
    return tuple(told.seen for told in session.told)


def test_a_stretch_of_a_video_that_fits_a_plan_is_found_and_judged() -> None:
    tape, policy = filmed(NONCES[0]), Policy()
    wanted = begin(NONCES[0], frozenset(), 0.0, policy.liveness).plan
    fit = search(tape, policy).fits[0]
    assert fit.plan == wanted
    found = fitting.played(tape, fit, policy, np.random.default_rng(1), lambda _, __: True)
    assert found is not None
    assert [challenge for _, challenge in found.prompts] == list(wanted)
    other = fitting.played(tape, fit, policy, np.random.default_rng(1), lambda _, __: False)
    assert other is not None
    assert other.refused_by == "agreement"


def test_somebody_who_does_not_move_answers_nothing() -> None:
    tape = filmed(NONCES[0])
    still = tuple(replace(tape[0], frame=n, t_s=n / 15.0) for n in range(1, 60))
    found = search(still, Policy())
    assert found.fits == ()
    assert set(found.unfit) <= {"no movement", "hold-still"}


def test_a_video_that_was_cut_together_is_several_films(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "video.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 12.0, (640, 480))
    shots = [cv2.imread(str(installed_photo(still))) for still in Still]
    for shot in (shots[0], shots[1], shots[0]):
        assert shot is not None
        frame = cv2.resize(shot, (640, 480))
        for number in range(24):
            writer.write(np.roll(frame, number, axis=1))  # moves, and is no cut
    writer.release()
    found = film_of(path, engine)
    assert isinstance(found, Film)
    assert [len(shot) for shot in found.shots] == [24, 24, 24]


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe cannot be waited for there")
def test_a_worker_ends_when_its_parent_is_gone() -> None:
    gone = "import os; from app.evaluation.protocol import _end_with; r, w = os.pipe()"
    program = [sys.executable, "-c", f"{gone}; os.close(w); _end_with(r)"]
    ended = subprocess.run(program, timeout=60, check=False)
    assert ended.returncode == 1
