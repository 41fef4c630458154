"""PNG files that lie: sizes, chunks that unfold, orders and counts that no writer makes."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterator
from functools import cache

from tests.fakes.hostile import HEIGHT, WIDTH, Outcome, Specimen, raw, scene

READS, REFUSED, EITHER = Outcome.READS, Outcome.REFUSED, Outcome.EITHER
SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, COLOUR, INDEXED, GREY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6
SAMPLES = {GREY: 1, COLOUR: 3, INDEXED: 1, GREY_ALPHA: 2, COLOUR_ALPHA: 4}
END = (b"IEND", b"")


def chunk(name: bytes, content: bytes, crc: int | None = None) -> bytes:
    sum_ = zlib.crc32(name + content) if crc is None else crc
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", sum_)


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    return SIGNATURE + b"".join(chunk(*each) for each in chunks)


def header(
    width: int, height: int, kind: int = COLOUR, depth: int = 8, interlaced: int = 0
) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)


@cache
def zeros(size: int) -> bytes:
    """This many noughts, packed: about a thousandth of it. A mebibyte is packed once and repeated,
    which a stream that is flushed fully allows; only the checksum goes over all of them."""
    block = bytes(1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    repeated = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = packer.compress(bytes(size & 0xFFFFF)) + packer.flush()
    checksum = 1
    for _ in range(size >> 20):
        checksum = zlib.adler32(block, checksum)
    checksum = zlib.adler32(block[: size & 0xFFFFF], checksum)
    return b"\x78\xda" + repeated * (size >> 20) + rest + struct.pack(">I", checksum)


def image() -> list[tuple[bytes, bytes]]:
    """The scene as the chunks of a small PNG."""
    rows = scene().tobytes()
    stride = WIDTH * 3
    lines = b"".join(b"\0" + rows[at : at + stride] for at in range(0, len(rows), stride))
    return [header(WIDTH, HEIGHT), (b"IDAT", zlib.compress(lines)), END]


def every() -> Iterator[Specimen]:
    yield from _bombs()
    yield from _at_the_limit()
    yield from _chunks()
    yield from _orders()


def _bombs() -> Iterator[Specimen]:
    some = (b"IDAT", zeros(1 << 20))
    palette = (b"PLTE", bytes(768))
    sizes = ((20000, 20000), (65535, 65535), (2**31 - 1, 2**31 - 1), (2**31 - 1, 1), (7000, 6000),
             (1, 2**31 - 1), (2**32 - 1, 2**32 - 1))  # fmt: skip
    for (width, height), kind in itertools.product(sizes, SAMPLES):
        content = png(header(width, height, kind), palette, some, END)
        yield raw(f"bomb-{width}x{height}-{kind}.png", content, REFUSED)
    for interlaced, depth in ((1, 8), (1, 16), (0, 16)):
        content = png(header(30000, 30000, COLOUR, depth, interlaced), some, END)
        yield raw(f"bomb-{depth}-bits-{interlaced}.png", content, REFUSED)


def _at_the_limit() -> Iterator[Specimen]:
    """As large as is read: these cost the most time and memory of all that are not refused."""
    width, height = 8000, 5000
    for kind, depth in ((GREY, 1), (GREY, 16), (COLOUR, 8), (COLOUR, 16), (INDEXED, 8),
                        (COLOUR_ALPHA, 8)):  # fmt: skip
        row = 1 + width * SAMPLES[kind] * depth // 8
        chunks = [header(width, height, kind, depth), (b"PLTE", bytes(768)), (b"tRNS", bytes(6)),
                  (b"IDAT", zeros(row * height)), END]  # fmt: skip
        if kind != INDEXED:
            del chunks[1:3]
        yield raw(f"limit-{kind}-{depth}.png", png(*chunks), READS)
    for kind in (COLOUR, COLOUR_ALPHA):
        content = png(header(width, height, kind, 8, 1), (b"IDAT", zeros(250_000_000)), END)
        yield raw(f"limit-interlaced-{kind}.png", content, EITHER)


def _chunks() -> Iterator[Specimen]:
    """Whole pictures with something beside them that unfolds, repeats or makes no sense."""
    start, *rest = image()
    unfolds = zeros(300 << 20)
    exif = b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0"
    beside = {
        "text-bomb": [(b"zTXt", b"a\0\0" + unfolds)],
        "text-bombs": [(b"zTXt", b"a\0\0" + zeros(1 << 20))] * 100,
        "international-bomb": [(b"iTXt", b"a\0\1\0\0\0" + unfolds)],
        "profile-bomb": [(b"iCCP", b"a\0\0" + unfolds)],
        "profile-noise": [(b"iCCP", b"a\0\0" + bytes(range(200)))],
        "profile-none": [(b"iCCP", b"")],
        "many-texts": [(b"tEXt", b"a\0b")] * 20_000,
        "long-text": [(b"tEXt", b"a\0" + b"b" * 5_000_000)],
        "exif-cut": [(b"eXIf", exif[:12])],
        "exif-noise": [(b"eXIf", bytes(range(256)) * 20)],
        "exif-raw-profile": [(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"\n\n9\nzz"))],
        "xmp-orientation": [(b"iTXt", b'XML:com.adobe.xmp\0\0\0\0\0tiff:Orientation="9')],
        "animation": [(b"acTL", struct.pack(">II", 2**31 - 1, 0))],
        "animation-none": [(b"acTL", struct.pack(">II", 0, 0))],
        "gamma": [(b"gAMA", struct.pack(">I", 1))],
        "chroma": [(b"cHRM", bytes(32))],
        "colour-bits": [(b"sBIT", b"\0\0\0")],
        "transparent": [(b"tRNS", b"\0\0")],
        "unknown": [(b"zzZz", bytes(1000))],
        "physical": [(b"pHYs", struct.pack(">IIB", 0, 0, 9))],
    }  # fmt: skip
    for name, chunks in beside.items():
        yield raw(f"beside-{name}.png", png(start, *chunks, *rest), EITHER)


def _orders() -> Iterator[Specimen]:
    start, pixels, end = image()
    unfolds = (b"IDAT", zeros(400 << 20))
    for name, content, outcome in (
        ("pixels-unfold", png(start, unfolds, end), EITHER),
        ("pixels-then-more", png(start, pixels, unfolds, end), EITHER),
        ("no-pixels", png(start, end), REFUSED),
        ("no-header", png(pixels, end), REFUSED),
        ("no-end", png(start, pixels), EITHER),
        ("two-headers", png(start, start, pixels, end), EITHER),
        ("second-header-huge", png(start, header(2**30, 2**30), pixels, end), EITHER),
        ("header-after", png(pixels, start, end), REFUSED),
        ("no-palette", png(header(64, 48, INDEXED), pixels, end), EITHER),
        ("kind-5", png(header(64, 48, 5), pixels, end), REFUSED),
        ("depth-3", png(header(64, 48, COLOUR, 3), pixels, end), REFUSED),
        ("packing-9", png((b"IHDR", start[1][:10] + b"\x09\0\0"), pixels, end), EITHER),
        ("pixels-noise", png(start, (b"IDAT", bytes(range(256))), end), REFUSED),
        ("empty-pixels", png(start, *[(b"IDAT", b"")] * 10_000, pixels, end), EITHER),
        ("wrong-sum", SIGNATURE + chunk(*start, 0) + chunk(*pixels) + chunk(*end), REFUSED),
        ("long-chunk", png(start) + struct.pack(">I", 2**32 - 1) + b"IDAT", REFUSED),
        ("negative-chunk", png(start) + struct.pack(">I", 2**31) + b"tEXt" + bytes(99), REFUSED),
    ):
        yield raw(f"order-{name}.png", content, outcome)
