"""Photo files for enrolment: usable ones come out upright in BGR, all others say what to do."""

from __future__ import annotations

import io
import os
import struct
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.errors import ImageError
from app.vision import images
from app.vision.images import LONGEST_PX, read
from app.vision.parts import Pixels

#: Wider than high, red in the upper left quarter, so that turns and colours show.
WIDTH, HEIGHT = 60, 40
RED_BGR, GREY_BGR = (30, 40, 220), (120, 120, 120)


def scene() -> Image.Image:
    picture = Image.new("RGB", (WIDTH, HEIGHT), GREY_BGR)
    picture.paste(RED_BGR[::-1], (0, 0, WIDTH // 2, HEIGHT // 2))
    return picture


def saved(folder: Path, picture: Image.Image, kind: str, **options: object) -> Path:
    path = folder / f"photo.{kind.lower()}"
    picture.save(path, kind, **options)
    return path


def corner(pixels: Pixels) -> tuple[int, ...]:
    return tuple(int(value) for value in pixels[5, 5])


def near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 6 for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "WEBP"])
def test_usual_files_come_out_in_bgr(tmp_path: Path, kind: str) -> None:
    options = {"quality": 95} if kind in {"JPEG", "WEBP"} else {}
    pixels = read(saved(tmp_path, scene(), kind, **options))
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert near(corner(pixels), RED_BGR)


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "RGBA", "LA", "YCbCr"])
def test_other_colours_come_out_in_bgr(tmp_path: Path, mode: str) -> None:
    kind = "JPEG" if mode in {"CMYK", "YCbCr"} else "PNG"
    pixels = read(saved(tmp_path, scene().convert(mode), kind))
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    if mode in {"P", "CMYK", "RGBA", "YCbCr"}:
        blue, _, red = corner(pixels)
        assert red > 2 * blue
    else:
        assert len(set(corner(pixels))) == 1


def test_transparent_parts_become_white(tmp_path: Path) -> None:
    clear = scene().convert("RGBA")
    clear.putalpha(0)
    assert corner(read(saved(tmp_path, clear, "PNG"))) == (255, 255, 255)


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32])
def test_deeper_greys_use_the_whole_range(tmp_path: Path, dtype: type[np.generic]) -> None:
    values = np.tile(np.linspace(0, 4095, WIDTH), (HEIGHT, 1)).astype(dtype)
    pixels = read(saved(tmp_path, Image.fromarray(values), "TIFF"))
    assert pixels.min() == 0
    assert pixels.max() >= 254
    assert (np.diff(pixels[0, :, 0].astype(int)) >= 0).all()


@pytest.mark.parametrize(
    ("orientation", "row", "column"),
    [(1, 0, 0), (3, 1, 1), (6, 0, 1), (8, 1, 0)],
)
def test_a_turned_telephone_is_honoured(
    tmp_path: Path, orientation: int, row: int, column: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = read(saved(tmp_path, scene(), "JPEG", exif=exif, quality=95))
    height, width = pixels.shape[:2]
    assert (width > height) == (orientation in {1, 3})
    quarter = pixels[row * (height - 11) :, column * (width - 11) :]
    assert near(corner(quarter), RED_BGR)


def test_large_pictures_are_brought_to_a_useful_size(tmp_path: Path) -> None:
    pixels = read(saved(tmp_path, Image.new("RGB", (4000, 2000), GREY_BGR), "JPEG"))
    assert pixels.shape == (LONGEST_PX // 2, LONGEST_PX, 3)


def png_of_size(width: int, height: int) -> bytes:
    """A small valid PNG that unfolds to width x height grey pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    row = zlib.compressobj(9)
    data = row.compress(b"\0" * (width + 1) * min(height, 64)) + row.flush()
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(content)) + name + content
        + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("size", [(20000, 20000), (8000, 5001), (100_000, 1000)])
def test_a_picture_that_unfolds_to_gigabytes_is_refused_unseen(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(png_of_size(*size))
    started_s = time.perf_counter()
    with pytest.raises(ImageError, match="more than 40 megapixels") as fault:
        read(path)
    assert time.perf_counter() - started_s < 1.0
    assert "huge.png" in str(fault.value)
    assert "Scale it down" in str(fault.value)


def jpeg_bytes() -> bytes:
    stream = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (80, 80, 3), dtype=np.uint8)
    Image.fromarray(noise).save(stream, "JPEG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "says", "cure"),
    [
        (b"", "is empty", "Copy it again"),
        (b"%PDF-1.7 not a photo", "not a picture", "JPEG or PNG"),
        (b"\xff\xd8", "not a picture", "JPEG or PNG"),
        (b"GIF89a" + bytes(40), "not a picture", "JPEG or PNG"),
        (jpeg_bytes()[: len(jpeg_bytes()) // 2], "damaged or cut short", "Copy it again"),
        (png_of_size(400, 400)[:-30], "damaged or cut short", "Copy it again"),
        (png_of_size(0, 10), "damaged|not a picture", "."),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "damaged|not a picture", "."),
    ],
    ids=["zero bytes", "a document", "two bytes", "a kind left out", "half a JPEG",
         "a PNG without its end", "no width", "a PNG of nothing"],
)  # fmt: skip
def test_what_is_no_whole_picture_says_so(
    tmp_path: Path, content: bytes, says: str, cure: str
) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=says) as fault:
        read(path)
    assert str(path) in str(fault.value)
    assert cure in str(fault.value)


def test_any_damage_inside_is_either_read_or_said(tmp_path: Path) -> None:
    """Bytes knocked over anywhere: a picture or an ImageError, nothing else."""
    path = tmp_path / "photo.bin"
    random = np.random.default_rng(7)
    exif = Image.Exif()
    exif[0x0112] = 6
    for kind in ("PNG", "JPEG", "TIFF", "BMP", "WEBP"):
        stream = io.BytesIO()
        scene().save(stream, kind, exif=exif)
        for _ in range(60):
            spoilt = bytearray(stream.getvalue())
            for place in random.integers(0, len(spoilt), 3):
                spoilt[place] ^= int(random.integers(1, 256))
            path.write_bytes(spoilt)
            try:
                pixels = read(path)
            except ImageError:
                continue
            assert pixels.dtype == np.uint8
            assert pixels.shape[2] == 3


def test_a_file_that_is_not_there_or_not_a_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="No such file"):
        read(tmp_path / "none.jpg")
    with pytest.raises(ImageError, match="is not a file"):
        read(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(ImageError, match="is not a file"):
        read(tmp_path / "pipe.jpg")


def test_a_file_of_too_many_bytes_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "MOST_BYTES", 1024 * 1024)
    path = tmp_path / "scan.tiff"
    with path.open("wb") as stream:
        stream.truncate(3 * 1024 * 1024)
    with pytest.raises(ImageError, match="larger than 1 MB"):
        read(path)
