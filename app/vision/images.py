"""Photo files for enrolment, read without trusting them.

Size and kind come from the header before anything is decoded, because a 389 kB file can unfold
to gigabytes (FIELD: 8.5 s and 2.3 GiB for 20000 x 20000 pixels). Every fault is an ImageError
that names the file, what is wrong with it and what to do.
"""

from __future__ import annotations

import io
import stat
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from app.errors import ImageError
from app.vision.parts import Pixels

MOST_BYTES = 40 * 1024 * 1024
MOST_PIXELS = 40_000_000
#: The picture is brought to this; a face of the least useful size is then still 200 px wide.
LONGEST_PX = 1600

#: What cameras, telephones and scanners write. Every decoder left out is one less to attack.
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP")
ADVICE = "Give a JPEG or PNG photograph instead."


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
                _refuse_huge(path, image.size)
                return _pixels(image)
        except ImageError:
            raise
        except Image.DecompressionBombError as fault:
            raise _huge(path) from fault
        except UnidentifiedImageError as fault:
            raise ImageError(f"{path} is not a picture this program can read. {ADVICE}") from fault
        # A damaged file makes decoders raise nearly anything; all of it means the same here.
        except Exception as fault:
            raise ImageError(
                f"{path} is damaged or cut short and cannot be decoded. "
                "Copy it again from where it came from, or give another photograph."
            ) from fault


def _content(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ImageError(f"{path} is not a file. {ADVICE}")
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as fault:
        raise ImageError(
            f"{path} cannot be read ({fault.strerror}). Check its name and that you may read it."
        ) from fault
    if not content:
        raise ImageError(f"{path} is empty (0 bytes). Copy it again from where it came from.")
    if len(content) > MOST_BYTES:
        raise ImageError(
            f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB. "
            "Save it as a JPEG, or smaller, and try again."
        )
    return content


def _refuse_huge(path: Path, size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise _huge(path)


def _huge(path: Path) -> ImageError:
    return ImageError(
        f"{path} has more than {MOST_PIXELS // 1_000_000} megapixels. "
        "Scale it down, for example to 2000 pixels on the longer side, and try again."
    )


def _pixels(image: Image.Image) -> Pixels:
    image.draft("RGB", (LONGEST_PX, LONGEST_PX))  # a JPEG can be decoded smaller than it is
    picture = _eight_bit_rgb(ImageOps.exif_transpose(image))
    picture.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.BOX)
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])


def _eight_bit_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_eight_bits(np.asarray(image))).convert("RGB")
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("RGB")
    return image.convert("RGB")


def _eight_bits(values: NDArray[np.generic]) -> Pixels:
    """Deeper greys as bytes: scanners use any part of their 16 bits, so the brightest is white."""
    levels = np.maximum(np.nan_to_num(values.astype(np.float32), posinf=0.0), 0.0)
    return np.asarray(levels * (255.0 / max(float(levels.max()), 1e-6)), dtype=np.uint8)
