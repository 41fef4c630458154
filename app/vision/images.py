"""Photo files for enrolment, read without trusting them.

Size and kind come from the header before anything is decoded, because a 389 kB file can unfold
to gigabytes (FIELD: 8.5 s and 2.3 GiB for 20000 x 20000 pixels). What a header cannot hide is
bounded too: passes over a JPEG, tiles of a TIFF, the copies a decoder makes. Every fault is an
ImageError that names the file, what is wrong with it and what to do.

Colour profiles are not applied: they change a hue a little, and would be one decoder more.
"""

from __future__ import annotations

import io
import os
import re
import stat
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from app.errors import ImageError
from app.vision.parts import Pixels

MOST_BYTES = 40 * 1024 * 1024
#: What telephones and cameras write is below. A TIFF may come as one strip, held beside the
#: picture, and the WebP decoder holds four copies: these are less for the same memory.
MOST_PIXELS = 40_000_000
MOST_PIXELS_OF = {"TIFF": 25_000_000, "WEBP": 12_000_000}
#: The picture is brought to this; a face of the least useful size is then still 200 px wide.
LONGEST_PX = 1600
#: Palettes, transparency and deep greys cannot be averaged as they are stored, and are brought to
#: this first, by leaving pixels out: converting them whole would take a copy or two.
LONGEST_COPIED_PX = 2 * LONGEST_PX
#: Pixels a progressive JPEG may go over, each of its scans over all of them. Usual ones have ten
#: scans; thousands fit into a small file, and each takes 10 ms per megapixel.
MOST_SCANNED = 400_000_000
#: A tile of a TIFF is unpacked whole, however small the picture is.
MOST_TILE_BYTES = 64 * 1024 * 1024

#: What cameras, telephones and scanners write. Every decoder left out is one less to attack.
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP")
ADVICE = "Give a JPEG or PNG photograph instead."

#: EXIF 2.32, 4.6.4: how to turn what is stored to see it upright.
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

#: TIFF 6.0: width and height of a tile, samples of a pixel, bits of a sample.
TILE_WIDTH, TILE_HEIGHT, SAMPLES, BITS = 322, 323, 277, 258
#: JPEG: the next marker that is not part of a scan's data (T.81, B.1.1.2).
MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9


def read(path: Path) -> Pixels:
    """The picture as uint8 [h, w, 3] BGR, upright by its EXIF orientation; raises ImageError.

    The first page or frame where there are several. Transparent parts become white. Larger
    pictures are scaled down to 1600 pixels on the longer side.
    """
    content = _content(path)
    # Pillow only knows an unusual picture by a warning; the limit below is lower than its own.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                _refuse_huge(path, image, content)
                return _pixels(image)
        except ImageError:
            raise
        except Image.DecompressionBombError as fault:
            raise _huge(path, MOST_PIXELS) from fault
        except UnidentifiedImageError as fault:
            raise ImageError(
                f"{named(path)} is not a picture this program can read. {ADVICE}"
            ) from fault
        # A damaged file makes decoders raise nearly anything; all of it means the same here.
        except Exception as fault:
            raise ImageError(
                f"{named(path)} is damaged or cut short and cannot be decoded. "
                "Copy it again from where it came from, or give another photograph."
            ) from fault


def named(path: Path) -> str:
    """The path as text any terminal and log can show: what is no printable character is escaped,
    so that a file's name can neither move the cursor nor fail to be encoded."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape", "surrogatepass").decode()
        for each in str(path)
    )


def _content(path: Path) -> bytes:
    try:
        # Looked at before it is opened, as opening a device can already do something; and again
        # once it is open, as it may be another file by then. Not waiting: a pipe has no end.
        _require_file(path, path.stat())
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
        with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor, not a path
            _require_file(path, os.fstat(descriptor))
            content = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "no file can have this name"
        raise ImageError(
            f"{named(path)} cannot be read ({why}). Check its name and that you may read it."
        ) from fault
    if not content:
        raise ImageError(
            f"{named(path)} is empty (0 bytes). Copy it again from where it came from."
        )
    if len(content) > MOST_BYTES:
        raise ImageError(
            f"{named(path)} is larger than {MOST_BYTES // 1024 // 1024} MB. "
            "Save it as a JPEG, or smaller, and try again."
        )
    return content


_BINARY = getattr(os, "O_BINARY", 0)


def _require_file(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ImageError(f"{named(path)} is not a file. {ADVICE}")


def _refuse_huge(path: Path, image: Image.Image, content: bytes) -> None:
    most = MOST_PIXELS_OF.get(image.format or "", MOST_PIXELS)
    pixels = image.width * image.height
    if pixels > most:
        raise _huge(path, most)
    if image.format in {"JPEG", "MPO"} and pixels * _scans(content) > MOST_SCANNED:
        raise ImageError(
            f"{named(path)} is drawn in more passes than a photograph has. "
            "Save it anew as a plain JPEG, and try again."
        )
    if image.format == "TIFF" and _tile_bytes(image) > MOST_TILE_BYTES:
        raise ImageError(f"{named(path)} is stored in tiles that are too large. {ADVICE}")


def _huge(path: Path, most: int) -> ImageError:
    return ImageError(
        f"{named(path)} has more than {most // 1_000_000} megapixels. "
        "Scale it down, for example to 2000 pixels on the longer side, and try again."
    )


def _scans(content: bytes) -> int:
    """How many passes the first image of a JPEG file is drawn in."""
    scans, place = 0, 2
    while (found := MARKER.search(content, place)) is not None:
        marker, place = found.group()[1], found.end()
        if marker == END_OF_IMAGE:
            break
        scans += marker == START_OF_SCAN
        place += int.from_bytes(content[place : place + 2], "big")
    return scans


def _tile_bytes(image: Image.Image) -> int:
    tags = getattr(image, "tag_v2", {})
    bits = tags.get(BITS, (8,))
    deepest = max(bits) if isinstance(bits, tuple) else int(bits)
    width, height, samples = (int(tags.get(tag, 1)) for tag in (TILE_WIDTH, TILE_HEIGHT, SAMPLES))
    return width * height * samples * (deepest + 7) // 8


def _pixels(image: Image.Image) -> Pixels:
    image.draft("RGB", (LONGEST_PX, LONGEST_PX))  # a JPEG can be decoded smaller than it is
    image.load()
    turn = UPRIGHT.get(_orientation(image))
    picture = _eight_bit_rgb(image)
    picture.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.BOX)
    picture = picture.convert("RGB")
    if turn is not None:
        picture = picture.transpose(turn)
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])


def _orientation(image: Image.Image) -> int:
    """By EXIF; 1, upright as it is stored, where that is missing, damaged or makes no sense.

    Only once it is loaded: a TIFF is turned while it is, and then says so no more.
    """
    try:
        found = image.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - anything may be in there, and the picture is whole without
        return 1
    return found if isinstance(found, int) else 1


def _eight_bit_rgb(image: Image.Image) -> Image.Image:
    """In a mode of eight bits whose neighbours can be averaged; as it was, where it is one."""
    deep, clear = image.mode.startswith(("I", "F")), image.has_transparency_data
    if not (deep or clear or image.mode in {"1", "P", "PA"}):
        return image
    image.thumbnail((LONGEST_COPIED_PX, LONGEST_COPIED_PX), Image.Resampling.NEAREST)
    if deep:
        return Image.fromarray(_eight_bits(np.asarray(image)))
    if not clear:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen)
    return paper


def _eight_bits(values: NDArray[np.generic]) -> Pixels:
    """Deeper greys as bytes: scanners use any part of their 16 bits, so the brightest is white."""
    levels = np.maximum(np.nan_to_num(values.astype(np.float32), posinf=0.0), 0.0)
    return np.asarray(levels * (255.0 / max(float(levels.max()), 1e-6)), dtype=np.uint8)
