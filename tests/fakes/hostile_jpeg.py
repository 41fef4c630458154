"""JPEG files that lie: sizes, passes, and what stands in their EXIF, ICC and Adobe segments."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from functools import cache

import numpy as np
from PIL import Image

from tests.fakes.hostile import Outcome, Specimen, raw, scene

READS, REFUSED, EITHER = Outcome.READS, Outcome.REFUSED, Outcome.EITHER
SOI = b"\xff\xd8"


@cache
def jpeg(
    width: int = 64, height: int = 48, *, progressive: bool = False, mode: str = "RGB"
) -> bytes:
    stream = io.BytesIO()
    scene(width, height).convert(mode).save(stream, "JPEG", quality=95, progressive=progressive)
    return stream.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def beside(*segments: bytes) -> bytes:
    return SOI + b"".join(segments) + jpeg()[2:]


def every() -> Iterator[Specimen]:
    yield from _sizes()
    yield from _passes()
    yield from _exif()
    yield from _segments()


def _sizes() -> Iterator[Specimen]:
    for progressive in (False, True):
        good = jpeg(progressive=progressive)
        frame = good.index(b"\xff\xc2" if progressive else b"\xff\xc0")
        kind = "passes" if progressive else "plain"
        for height, width in ((65500, 65500), (65535, 65535), (65535, 700), (9000, 9000), (0, 64),
                              (48, 0), (1, 65535)):  # fmt: skip
            content = good[: frame + 5] + struct.pack(">HH", height, width) + good[frame + 9 :]
            outcome = EITHER if (height, width) in {(1, 65535), (0, 64)} else REFUSED
            yield raw(f"size-{kind}-{height}x{width}.jpg", content, outcome)
    good = jpeg()
    frame = good.index(b"\xff\xc0")
    for marker in (0xC1, 0xC3, 0xC5, 0xC9, 0xCA, 0xCB, 0xCF, 0xF7):
        content = good[: frame + 1] + bytes([marker]) + good[frame + 2 :]
        yield raw(f"coding-{marker:x}.jpg", content, EITHER)
    for place, name, values in ((4, "bits", (0, 1, 12, 16, 255)), (9, "parts", (0, 2, 5, 255)),
                                (11, "sampling", (0, 0x44, 0xFF))):  # fmt: skip
        for value in values:
            content = good[: frame + place] + bytes([value]) + good[frame + place + 1 :]
            yield raw(f"{name}-{value}.jpg", content, EITHER)


def _passes() -> Iterator[Specimen]:
    """The last scan of a progressive picture, again and again."""
    for width, height, times in ((4000, 3000, 1000), (6000, 6000, 30), (6000, 6000, 2000)):
        yield raw(f"drawn-{times}-times-{width}.jpg", _drawn(width, height, times), REFUSED)
    yield raw("drawn-3-times-more.jpg", _drawn(640, 480, 3), EITHER)
    yield raw("limit.jpg", jpeg(7200, 5400), READS, scene=True)
    yield raw("limit-passes.jpg", jpeg(7200, 5400, progressive=True), READS, scene=True)
    yield raw("limit-ink.jpg", jpeg(7200, 5400, mode="CMYK"), READS, scene=True)


def _drawn(width: int, height: int, times: int) -> bytes:
    whole = jpeg(width, height, progressive=True)
    last = whole.rindex(b"\xff\xda")
    tables = whole.rindex(b"\xff\xc4", 0, last)
    scan = whole[tables:-2] if last - tables < 200 else whole[last:-2]
    return whole[:-2] + scan * times + whole[-2:]


def _exif() -> Iterator[Specimen]:
    """Nothing in EXIF may keep a picture from being read, or turn it wrongly."""
    for value in (0, 9, 42, 65535):
        yield raw(f"exif-orientation-{value}.jpg", beside(_exif_of(value)), READS, scene=True)
    entry = struct.Struct("<HHII")
    strange = {
        "text": entry.pack(0x112, 2, 4, 0x36363636),
        "float": entry.pack(0x112, 11, 1, 0x7FC00000),
        "fraction": entry.pack(0x112, 5, 1, 8),
        "no-count": entry.pack(0x112, 3, 0, 6),
        "large-count": entry.pack(0x112, 3, 0xFFFFFFFF, 8),
        "kind-99": entry.pack(0x112, 99, 1, 6),
        "outside": entry.pack(0x112, 4, 9, 0xFFFFFFF0),
        "itself": entry.pack(0x8769, 4, 1, 8),
    }
    for name, content in strange.items():
        tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + content + struct.pack("<I", 8)
        yield raw(f"exif-{name}.jpg", beside(segment(0xE1, b"Exif\0\0" + tiff)), READS, scene=True)
    many = struct.pack("<H", 5000) + entry.pack(0x112, 3, 1, 1) * 5000
    for name, tiff in {
        "none": b"", "short": b"II*\0", "noise": np.random.default_rng(3).bytes(60_000),
        "far": b"II*\0\xff\xff\xff\xff", "loop": b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
        "many": b"II*\0\x08\0\0\0" + many, "thumbnail": b"II*\0\x08\0\0\0\0\0\0\0\0\0" + jpeg(),
        "big": b"MM\0+\0\x08\0\0" + bytes(50), "other-order": b"XX*\0\x08\0\0\0",
    }.items():  # fmt: skip
        yield raw(f"exif-{name}.jpg", beside(segment(0xE1, b"Exif\0\0" + tiff)), READS, scene=True)
    yield raw("exif-40-times.jpg", beside(*[_exif_of(1)] * 40), READS, scene=True)


def _exif_of(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return segment(0xE1, b"Exif\0\0" + exif.tobytes()[6:])


def _segments() -> Iterator[Specimen]:
    profile = b"ICC_PROFILE\0"
    yield from (
        raw(f"segment-{name}.jpg", beside(*segments), READS, scene=True)
        for name, segments in {
            "icc-noise": [segment(0xE2, profile + b"\1\1" + bytes(range(200)))],
            "icc-many": [segment(0xE2, profile + bytes([n, 255]) + bytes(9)) for n in range(255)],
            "icc-no-count": [segment(0xE2, profile + b"\1\0")],
            "icc-doubled": [segment(0xE2, profile + b"\1\2" + bytes(9))] * 2,
            "comments": [segment(0xFE, b"c" * 60_000)] * 300,
            "photoshop": [segment(0xED, b"Photoshop 3.0\x008BIM\4\4\0\0\xff\xff\xff\xff")],
            "jfif-zero": [segment(0xE0, b"JFIF\0\1\1\1\0\0\0\0\0\0")],
            "xmp": [segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + b"<a>" * 9000)],
            "pictures": [segment(0xE2, b"MPF\0II*\0\x08\0\0\0\0\0")],
        }.items()
    )
    for transform in (0, 1, 2, 255):
        adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))
        yield raw(f"adobe-{transform}.jpg", beside(adobe), EITHER)
    good = jpeg()
    for name, content in {
        "short": SOI + b"\xff\xe1\0\0" + good[2:], "shorter": SOI + b"\xff\xe1\0\1" + good[2:],
        "long": SOI + b"\xff\xe1\xff\xff" + good[2:], "twice": good[:-2] + good[2:],
        "starts": SOI * 100 + good, "no-end": good[:-2], "fill": SOI + b"\xff" * 5000 + good[2:],
        "restarts": good[:-2] + b"\xff\xd0" * 1000 + good[-2:],
        "no-tables": good.replace(b"\xff\xc4", b"\xff\xfe"),
        "no-quanta": good.replace(b"\xff\xdb", b"\xff\xfe"),
    }.items():  # fmt: skip
        yield raw(f"stream-{name}.jpg", content, EITHER)
