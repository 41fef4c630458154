"""TIFF files that lie: sizes, strips, tiles, samples, and directories that go in circles."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterator

from tests.fakes.hostile import HEIGHT, WIDTH, Outcome, Specimen, raw, scene
from tests.fakes.hostile_png import zeros

READS, REFUSED, EITHER = Outcome.READS, Outcome.REFUSED, Outcome.EITHER
SHORT, LONG = 3, 4
PLAIN, DEFLATE, CCITT4 = 1, 8, 4


def tiff(changes: dict[int, int], pixels: bytes, following: int = 0) -> bytes:
    """A little-endian file of one strip; `changes` are tags, -1 takes one out."""
    tags = {256: WIDTH, 257: HEIGHT, 258: 8, 259: PLAIN, 262: 2, 273: 8, 277: 3, 278: HEIGHT,
            279: len(pixels)}  # fmt: skip
    tags |= changes
    entries = b"".join(
        struct.pack("<HHII", tag, LONG, 1, value & 0xFFFFFFFF)
        for tag, value in sorted(tags.items())
        if value != -1
    )
    count = struct.pack("<H", len(entries) // 12)
    start = struct.pack("<I", 8 + len(pixels))
    return b"II*\0" + start + pixels + count + entries + struct.pack("<I", following)


def every() -> Iterator[Specimen]:
    pixels = scene().tobytes()
    yield raw("plain.tif", tiff({}, pixels), READS, scene=True)
    yield raw("packed.tif", tiff({259: DEFLATE}, zlib.compress(pixels)), READS, scene=True)
    for width, height in ((60000, 60000), (2**31 - 1, 2**31 - 1), (2**32 - 2, 1), (5100, 5000)):
        for packing in (PLAIN, DEFLATE):
            content = tiff({256: width, 257: height, 259: packing}, zlib.compress(pixels))
            yield raw(f"size-{width}x{height}-{packing}.tif", content, REFUSED)
    white = tiff({256: 30000, 257: 30000, 258: 1, 259: CCITT4, 262: 0, 277: 1}, b"\0\x10\x01" * 99)
    yield raw("fax.tif", white, REFUSED)
    yield from _tags(pixels)
    yield from _tiles()
    yield from _circles(pixels)
    limit = tiff({256: 5000, 257: 5000, 259: DEFLATE, 278: 5000}, zeros(75_000_000))
    yield raw("limit-one-strip.tif", limit, READS)
    yield raw("unfolds.tif", tiff({259: DEFLATE}, zeros(400 << 20)), EITHER)


def _tags(pixels: bytes) -> Iterator[Specimen]:
    packed = zlib.compress(pixels)
    names = {258: "bits", 259: "packing", 262: "colours", 273: "offset", 277: "samples",
             278: "strip", 279: "length", 284: "planes", 266: "order", 339: "format"}  # fmt: skip
    for (tag, name), value in itertools.product(names.items(), (0, 2, 5, 32, 65535, 2**32 - 2)):
        yield raw(f"{name}-{value}.tif", tiff({tag: value}, pixels), EITHER)
    for tag in (256, 257, 273, 279, 262):
        yield raw(f"without-{tag}.tif", tiff({tag: -1}, pixels), EITHER)
    for strip in (1, 2**32 - 1):
        yield raw(f"packed-strip-{strip}.tif", tiff({259: DEFLATE, 278: strip}, packed), EITHER)


def _tiles() -> Iterator[Specimen]:
    """A tile is unpacked whole, and may be larger than its picture."""
    for side in (64, 20000, 65520, 2**31 - 16):
        changes = {259: DEFLATE, 322: side, 323: side, 324: 8, 325: 1000, 273: -1, 278: -1, 279: -1}
        content = tiff(changes, zeros(64 << 20))
        yield raw(f"tile-{side}.tif", content, EITHER if side == 64 else REFUSED)


def _circles(pixels: bytes) -> Iterator[Specimen]:
    yield raw("next-is-itself.tif", tiff({}, pixels, following=8 + len(pixels)), READS, scene=True)
    yield raw("below-is-itself.tif", tiff({330: 8 + len(pixels)}, pixels), READS, scene=True)
    yield raw("exif-is-itself.tif", tiff({34665: 8 + len(pixels)}, pixels), READS, scene=True)
    yield raw("next-is-nowhere.tif", tiff({}, pixels, following=2**32 - 2), READS, scene=True)
    yield raw("directory-far.tif", b"II*\0" + struct.pack("<I", 2**32 - 2), REFUSED)
    yield raw("directory-empty.tif", b"II*\0\x08\0\0\0\0\0\0\0\0\0", REFUSED)
    yield raw("directory-long.tif", b"II*\0\x08\0\0\0\xff\xff" + bytes(400), REFUSED)
    yield raw("big.tif", b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2**63) + bytes(99), REFUSED)
