"""Recordings: their own times, and every way a file can be wrong."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from app.camera.replay import ReplayCamera
from app.cv import cv2
from app.errors import CameraMisbehaved, CameraUnavailable
from app.ports import Frame
from tests.fakes.camera import noisy_picture, write_video
from tests.fakes.clock import HandClock


def replay(path: Path, rate_hz: float | None = None, *, loop: bool = False) -> ReplayCamera:
    clock = HandClock(monotonic_s=50.0)
    return ReplayCamera(
        path, rate_hz=rate_hz, loop=loop, monotonic_s=clock.monotonic_s, wait=clock.advance
    )


def read_all(camera: ReplayCamera, most: int = 200) -> list[Frame]:
    """What there is to read, up to `most` frames; any end but the recording's is an error."""
    camera.open()
    frames: list[Frame] = []
    try:
        while len(frames) < most:
            frames.append(camera.read())
    except CameraUnavailable as error:
        if "has ended" not in str(error):
            raise
    finally:
        camera.close()
    return frames


def test_a_video_keeps_its_times(tmp_path: Path) -> None:
    camera = replay(write_video(tmp_path / "walk.avi", 6, rate_hz=20.0))

    times = [frame.t_s for frame in read_all(camera)]

    assert times == pytest.approx([50.0 + number / 20.0 for number in range(6)], abs=1e-3)


def test_a_set_rate_overrides_the_videos(tmp_path: Path) -> None:
    camera = replay(write_video(tmp_path / "walk.avi", 4, rate_hz=20.0), rate_hz=2.0)

    assert [frame.t_s for frame in read_all(camera)] == pytest.approx([50.0, 50.5, 51.0, 51.5])


def test_it_waits_for_each_picture(tmp_path: Path) -> None:
    clock = HandClock()
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock.advance(seconds)

    path = write_video(tmp_path / "walk.avi", 5, rate_hz=10.0)
    camera = ReplayCamera(path, monotonic_s=clock.monotonic_s, wait=wait)
    read_all(camera)

    assert waits == pytest.approx([0.1] * 4, abs=1e-3)


def test_a_slow_reader_misses_nothing(tmp_path: Path) -> None:
    clock = HandClock()
    path = write_video(tmp_path / "walk.avi", 5, rate_hz=10.0)
    camera = ReplayCamera(path, monotonic_s=clock.monotonic_s, wait=clock.advance)
    camera.open()
    began_s = clock.monotonic_s()
    times = []
    for _ in range(5):
        clock.advance(3.0)
        times.append(camera.read().t_s - began_s)
    camera.close()

    assert times == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4], abs=1e-3)


def test_the_same_recording_is_the_same_frames(tmp_path: Path) -> None:
    path = write_video(tmp_path / "walk.avi", 5)
    first, second = read_all(replay(path)), read_all(replay(path))

    assert [f.t_s for f in first] == [f.t_s for f in second]
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(first, second, strict=True))


def test_a_folder_of_pictures_in_the_order_of_their_names(tmp_path: Path) -> None:
    for number in (2, 0, 1):
        picture = np.full((120, 160, 3), 40 * number + 40, np.uint8)
        cv2.imwrite(str(tmp_path / f"{number}.png"), picture)
    (tmp_path / "notes.txt").write_text("not a picture")

    frames = read_all(replay(tmp_path, rate_hz=4.0))

    assert [int(frame.pixels[0, 0, 0]) for frame in frames] == [40, 80, 120]
    assert [frame.t_s for frame in frames] == pytest.approx([50.0, 50.25, 50.5])


def test_a_loop_goes_on_in_time(tmp_path: Path) -> None:
    camera = replay(write_video(tmp_path / "walk.avi", 3, rate_hz=10.0), loop=True)

    frames = read_all(camera, most=8)

    times = [frame.t_s for frame in frames]
    assert times == pytest.approx([50.0 + number / 10.0 for number in range(8)], abs=1e-3)
    assert [frame.number for frame in frames] == list(range(1, 9))
    assert np.array_equal(frames[0].pixels, frames[3].pixels)


def test_the_end_is_said_again_and_again(tmp_path: Path) -> None:
    camera = replay(write_video(tmp_path / "walk.avi", 1))
    camera.open()
    assert camera.read().number == 1

    for _ in range(2):
        with pytest.raises(CameraUnavailable, match=r"recording walk\.avi has ended"):
            camera.read()
    camera.open()
    assert camera.read().number == 1
    camera.close()


def test_one_picture_can_be_looped(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "one.png"), noisy_picture(0))

    frames = read_all(replay(tmp_path, rate_hz=5.0, loop=True), most=4)

    assert [frame.t_s for frame in frames] == pytest.approx([50.0, 50.2, 50.4, 50.6])


def test_a_truncated_video_plays_as_far_as_it_goes(tmp_path: Path) -> None:
    path = write_video(tmp_path / "walk.avi", 20)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    frames = read_all(replay(path))

    assert 1 <= len(frames) < 20


def test_times_rise_whatever_the_file_says(tmp_path: Path, assets: Path) -> None:
    """A real recording of another make, with its own ideas of time."""
    frames = read_all(replay(assets / "videos" / "inspireface_810_1684206192.mp4"), most=40)

    times = [frame.t_s for frame in frames]
    assert len(times) == 40
    assert all(earlier < later for earlier, later in itertools.pairwise(times))


@pytest.mark.parametrize("content", [b"", b"RIFF\0\0\0\0AVI LIST", b"nothing like a video" * 50])
def test_a_file_that_is_no_video(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.avi"
    path.write_bytes(content)
    camera = replay(path)

    for _ in range(2):
        with pytest.raises(CameraUnavailable, match=r"broken\.avi"):
            camera.open()
    with pytest.raises(CameraUnavailable, match="closed"):
        camera.read()


def test_a_recording_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CameraUnavailable, match="is not there"):
        replay(tmp_path / "gone.avi").open()


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(CameraUnavailable, match="holds no picture"):
        replay(tmp_path).open()
    with pytest.raises(CameraUnavailable, match="holds no picture"):
        replay(tmp_path, loop=True).open()


def test_a_broken_picture_is_named(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "0.png"), noisy_picture(0))
    (tmp_path / "1.png").write_bytes(b"\x89PNG and no more")
    camera = replay(tmp_path)
    camera.open()
    camera.read()

    with pytest.raises(CameraUnavailable, match=r"1\.png cannot be read"):
        camera.read()


def test_pictures_of_two_sizes(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "0.png"), noisy_picture(0))
    cv2.imwrite(str(tmp_path / "1.png"), noisy_picture(1, width=320))
    camera = replay(tmp_path)
    camera.open()
    camera.read()

    with pytest.raises(CameraMisbehaved, match="one size"):
        camera.read()
    camera.close()
