"""The simulated camera: pictures that move as they should, and nothing that ever repeats."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from app.camera.acting import LOOK_UP_DEG, TURN_DEG
from app.camera.head import Stance, displacement, head_of
from app.camera.portrait import Pixels, Portrait, Sitter, portrait_of
from app.camera.puppet import Puppet
from app.camera.room import empty_room
from app.camera.simulated import (
    ARRIVAL_S,
    DEPARTURE_S,
    LiveVisitor,
    PhotoVisitor,
    SimulatedCamera,
    Visitor,
)
from app.camera.stills import Still, installed_photo, load_photo
from app.domain.liveness import Challenge
from app.domain.observation import Point
from app.domain.source import SourceKind
from app.errors import ImageError
from app.ports import Frame
from tests.fakes.clock import HandClock
from tests.fakes.sitters import astronaut


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return portrait_of(astronaut())


def camera_with(visitor: Visitor | None, seed: int = 0) -> SimulatedCamera:
    clock = HandClock(monotonic_s=100.0)
    camera = SimulatedCamera(visitor, seed=seed, monotonic_s=clock.monotonic_s, wait=clock.advance)
    camera.open()
    return camera


def watch(camera: SimulatedCamera, seconds: float) -> list[Frame]:
    return [camera.read() for _ in range(round(seconds * 30))]


def region(portrait: Portrait, first: int, last: int, grow: int = 4) -> tuple[slice, slice]:
    """Rows and columns of the frame around landmarks `first` to `last`."""
    marks = portrait.landmarks[first : last + 1] - (40, 32)
    left, top = marks.min(axis=0).astype(int) - grow
    right, bottom = marks.max(axis=0).astype(int) + grow
    return slice(top, bottom), slice(left, right)


def difference(one: Pixels, other: Pixels, where: tuple[slice, slice]) -> float:
    """Mean absolute difference in grey levels."""
    return float(np.abs(one[where].astype(float) - other[where].astype(float)).mean())


def test_the_person_is_cut_out(portrait: Portrait) -> None:
    alpha = portrait.alpha
    for x, y in portrait.landmarks[17:].round().astype(int):
        assert alpha[y, x] > 250
    assert (alpha[:, :60] < 10).mean() > 0.6
    assert not alpha[:20].any()
    # Head and shoulders of somebody at arm's length: between a fifth and a half of the picture.
    assert 0.2 < (alpha > 128).mean() < 0.5


@pytest.mark.parametrize(
    "landmarks",
    [
        astronaut().landmarks[:5],
        ((10.0, 10.0),) * 68,
        tuple((x + 400.0, y) for x, y in astronaut().landmarks),
        tuple((y, x) for x, y in astronaut().landmarks),
        tuple((x, float("nan")) for x, _ in astronaut().landmarks),
    ],
    ids=["few", "one point", "outside", "lying", "not numbers"],
)
def test_landmarks_that_are_none(landmarks: tuple[Point, ...]) -> None:
    with pytest.raises(ImageError, match="cannot be animated"):
        portrait_of(Sitter(astronaut().photo, landmarks))


@pytest.mark.parametrize(
    ("stance", "towards"),
    [
        (Stance(yaw_deg=27.0), (1, 0)),  # the person's own left is the image's right
        (Stance(yaw_deg=-27.0), (-1, 0)),
        (Stance(pitch_deg=21.0), (0, -1)),
    ],
)
def test_the_nose_leads_and_the_ears_stay(
    portrait: Portrait, stance: Stance, towards: tuple[int, int]
) -> None:
    moved = displacement(head_of(portrait), stance) @ np.array(towards)

    def at(landmark: int) -> float:
        x, y = (portrait.landmarks[landmark] // 8).astype(int)
        return float(moved[y, x])

    tip, eyes, ears = at(30), (at(39) + at(42)) / 2, (at(0) + at(16)) / 2
    assert tip > eyes > ears
    assert tip > 0.15 * portrait.face_width_px
    assert abs(ears) < 0.09 * portrait.face_width_px


@pytest.mark.parametrize(
    "stance",
    [
        Stance(yaw_deg=TURN_DEG * 1.16 + 1, pitch_deg=1),
        Stance(yaw_deg=-TURN_DEG * 1.16 - 1, pitch_deg=-1),
        Stance(pitch_deg=LOOK_UP_DEG * 1.16 + 1, yaw_deg=1),
    ],
)
def test_no_movement_tears_or_folds_the_picture(portrait: Portrait, stance: Stance) -> None:
    """Even the largest leaves the map one to one: its Jacobian is nowhere near zero."""
    moved = displacement(head_of(portrait), stance)
    (x_y, x_x), (y_y, y_x) = (np.gradient(moved[..., axis], 8.0) for axis in (0, 1))
    area = (1 + x_x) * (1 + y_y) - x_y * y_x

    assert area.min() > 0.04
    assert area.max() < 3.0


def test_the_room_stays_still_while_the_head_turns(portrait: Portrait) -> None:
    room = empty_room()
    turned = Puppet(portrait).paint(Stance(yaw_deg=27.0), 0.0, 0.0, room)

    assert np.array_equal(turned[:, :40], room[:, :40])
    assert np.array_equal(turned[:20], room[:20])


def test_eyes_close_and_nothing_else_changes(portrait: Portrait) -> None:
    puppet, room = Puppet(portrait), empty_room()
    still = puppet.paint(Stance(), 0.0, 0.0, room)
    shut = puppet.paint(Stance(), 1.0, 0.0, room)

    for first, last in ((36, 41), (42, 47)):
        eye = region(portrait, first, last, grow=-2)
        assert difference(still, shut, eye) > 12.0
        # The dark iris is gone behind skin.
        assert np.percentile(shut[eye], 10) > np.percentile(still[eye], 10) + 20
    assert difference(still, shut, region(portrait, 48, 67)) == 0.0
    assert np.array_equal(puppet.paint(Stance(), 0.0, 0.0, room), still)


def test_the_mouth_opens_dark_and_the_chin_drops(portrait: Portrait) -> None:
    puppet, room = Puppet(portrait), empty_room()
    still = puppet.paint(Stance(), 0.0, 0.0, room)
    opened = puppet.paint(Stance(), 0.0, 1.0, room)

    x, y = (portrait.landmarks[66] - (40, 32)).astype(int)
    below_teeth = slice(y + 6, y + 16), slice(x - 5, x + 5)
    assert opened[below_teeth].mean() < still[below_teeth].mean() - 50
    chin = portrait.landmarks[8].astype(int) - (40, 32)
    edge = slice(chin[1] - 2, chin[1] + 12), slice(chin[0] - 6, chin[0] + 6)
    assert opened[edge].mean() > still[edge].mean() + 20  # skin where the black collar was
    assert difference(still, opened, region(portrait, 36, 47, grow=2)) < 1.0


@pytest.mark.parametrize("kind", [LiveVisitor, PhotoVisitor])
def test_no_two_frames_are_alike(kind: type[LiveVisitor | PhotoVisitor]) -> None:
    frames = watch(camera_with(kind(astronaut())), 1.0)
    empty = watch(camera_with(None), 1.0)

    for sequence in (frames, empty):
        assert len({zlib.crc32(frame.pixels.tobytes()) for frame in sequence}) == len(sequence)


def test_the_same_seed_makes_the_same_frames() -> None:
    def run(seed: int) -> list[int]:
        camera = camera_with(LiveVisitor(astronaut(), seed), seed)
        camera.ask(Challenge.TURN_RIGHT)
        return [zlib.crc32(frame.pixels.tobytes()) for frame in watch(camera, 0.7)]

    one = run(4)
    assert one == run(4)
    assert one != run(5)


def test_thirty_frames_a_second_on_their_own_clock() -> None:
    times = [frame.t_s for frame in watch(camera_with(None), 1.0)]

    assert times == pytest.approx([100.0 + number / 30 for number in range(30)])


def test_a_late_reader_sees_the_present() -> None:
    clock = HandClock(monotonic_s=100.0)
    camera = SimulatedCamera(None, monotonic_s=clock.monotonic_s, wait=clock.advance)
    camera.open()
    camera.read()
    clock.advance(2.0)

    late, after = camera.read(), camera.read()
    assert late.t_s == pytest.approx(102.0)
    assert after.t_s == pytest.approx(102.0 + 1 / 30)


def test_people_come_and_go() -> None:
    camera = camera_with(None)
    room = camera.read().pixels
    everywhere = slice(None), slice(None)
    camera.walk_up(LiveVisitor(astronaut()))
    arriving = [difference(f.pixels, room, everywhere) for f in watch(camera, ARRIVAL_S + 0.2)]
    camera.leave()
    leaving = [difference(f.pixels, room, everywhere) for f in watch(camera, DEPARTURE_S + 0.2)]

    noise = 2.5
    assert arriving[0] < noise < arriving[15] < arriving[-1]
    assert leaving[-1] < noise < leaving[2]
    assert leaving[5] > leaving[12]


def test_leaving_an_empty_room_is_harmless() -> None:
    camera = camera_with(None)
    camera.leave()
    watch(camera, 0.1)
    camera.walk_up(PhotoVisitor(astronaut()))
    camera.leave()
    camera.leave()

    assert len(watch(camera, 1.0)) == 30


def test_whoever_comes_next_has_not_heard_the_last_prompt() -> None:
    camera = camera_with(LiveVisitor(astronaut()))
    camera.ask(Challenge.OPEN_MOUTH)
    camera.walk_up(LiveVisitor(astronaut()))
    frames = watch(camera, 3.0)

    settled = [frame.pixels for frame in frames[45:]]
    middle = slice(270, 330), slice(290, 350)
    spread = np.ptp([picture[middle].mean() for picture in settled])
    assert spread < 8.0


def test_a_photograph_does_not_answer() -> None:
    """The same trembling sheet, whatever is asked."""
    asked, left_alone = (camera_with(PhotoVisitor(astronaut(), 3)) for _ in range(2))
    asked.ask(Challenge.BLINK)

    for one, other in zip(watch(asked, 1.5), watch(left_alone, 1.5), strict=True):
        assert np.array_equal(one.pixels, other.pixels)


def test_a_photograph_moves_like_a_sheet() -> None:
    frames = watch(camera_with(PhotoVisitor(astronaut())), 4.0)
    pictures = [frames[0].pixels, frames[-1].pixels]

    # The white margin is seen in the upper half at both moments, and not in the same place.
    margins = [(picture[:240].min(axis=2) > 210) for picture in pictures]
    assert all(margin.sum() > 500 for margin in margins)
    assert (margins[0] != margins[1]).sum() > 300


def test_says_that_it_is_simulated() -> None:
    camera = SimulatedCamera()

    assert camera.identity().kind is SourceKind.SIMULATED
    assert "SIMULATED" in camera.name
    assert camera.open().encoding == "SIMULATED"


@pytest.mark.parametrize("still", list(Still))
def test_the_photographs_are_installed(still: Still) -> None:
    photo = load_photo(still)

    assert photo.dtype == np.uint8
    assert min(photo.shape[:2]) >= 500
    assert installed_photo(still).is_file()


def test_a_photograph_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(package: str, path: str) -> None:
        raise FileNotFoundError(f"{path} of {package} is missing. Install Foyer again.")

    monkeypatch.setattr("app.camera.stills.library_file", missing)
    with pytest.raises(ImageError, match="Install Foyer again"):
        load_photo(Still.ASTRONAUT)
