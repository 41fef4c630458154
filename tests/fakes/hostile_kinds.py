"""Kinds of files: bombs, lies in headers, polyglots, odd pixels, and good pictures among them."""

from __future__ import annotations

import io
import itertools
import struct
import zlib
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.fakes import hostile_jpeg, hostile_png, hostile_tiff
from tests.fakes.hostile import Outcome, Specimen, raw, scene

READS, REFUSED, EITHER = Outcome.READS, Outcome.REFUSED, Outcome.EITHER
ADAPTIVE = Image.Palette.ADAPTIVE
KINDS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP")
ORIENTATION = 0x0112
#: How to store the upright scene so that this orientation puts it right.
STORED = {
    1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
}  # fmt: skip


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


@cache
def good_files() -> list[tuple[str, bytes]]:
    exif = Image.Exif()
    exif[ORIENTATION] = 1
    found = [
        (kind.lower(), saved(scene(), kind, exif=exif) if kind != "BMP" else saved(scene(), kind))
        for kind in KINDS
    ]
    return [
        *found,
        ("tif", saved(scene(), "TIFF", compression="tiff_lzw")),
        ("jpg", saved(scene(), "JPEG", progressive=True)),
        ("png", saved(scene().convert("P"), "PNG")),
        ("webp", saved(scene(), "WEBP", lossless=True)),
    ]


def every() -> Iterator[Specimen]:
    yield from _usual()
    yield from _turned()
    yield from _small()
    yield from _deep()
    yield from _moving()
    yield from _truncated()
    yield from _other_kinds()
    yield from _polyglots()
    yield from _webp()
    yield from _bmp()
    yield from hostile_png.every()
    yield from hostile_jpeg.every()
    yield from hostile_tiff.every()


def _usual() -> Iterator[Specimen]:
    """Every mode a format takes, each also under the name of another format."""
    modes = {"JPEG": ("RGB", "CMYK", "YCbCr", "L"), "PNG": ("RGB", "RGBA", "P", "L", "LA", "1"),
             "WEBP": ("RGB", "RGBA"), "BMP": ("RGB", "P", "L", "1"),
             "TIFF": ("RGB", "RGBA", "CMYK", "P", "L", "LA", "YCbCr", "LAB", "1")}  # fmt: skip
    lossless = {"quality": 95}
    for kind, mode in ((kind, mode) for kind, many in modes.items() for mode in many):
        options = lossless if kind in {"JPEG", "WEBP"} else {}
        picture = _lab() if mode == "LAB" else scene().convert(mode, palette=ADAPTIVE)
        content = saved(picture, kind, **options)
        coloured = mode in {"RGB", "RGBA", "P", "CMYK", "YCbCr"}
        outcome = READS if mode != "LAB" else EITHER
        for end in (kind.lower(), "jpg", "txt"):
            yield raw(f"usual-{kind}-{mode}.{end}", content, outcome, scene=coloured)


def _lab() -> Image.Image:
    return Image.frombytes("LAB", (64, 48), bytes(64 * 48 * 3))


def _turned() -> Iterator[Specimen]:
    for kind, (value, turn) in itertools.product(("JPEG", "PNG", "WEBP", "TIFF"), STORED.items()):
        exif = Image.Exif()
        exif[ORIENTATION] = value
        stored = scene() if turn is None else scene().transpose(turn)
        options = {"quality": 95} if kind in {"JPEG", "WEBP"} else {}
        content = saved(stored, kind, exif=exif, **options)
        yield raw(f"turned-{value}.{kind.lower()}", content, READS, scene=True)


def _small() -> Iterator[Specimen]:
    sizes = ((1, 1), (1, 2), (2, 1), (3, 3), (1, 500), (500, 1), (1, 16000), (16000, 1))
    for kind, size in itertools.product(KINDS, sizes):
        picture = Image.new("RGB", size, (90, 120, 200))
        yield raw(f"small-{size[0]}x{size[1]}.{kind.lower()}", saved(picture, kind), READS)


def _deep() -> Iterator[Specimen]:
    ramp = np.tile(np.linspace(0, 1, 64), (48, 1))
    kinds: dict[str, NDArray[np.generic]] = {
        "u16": (ramp * 65535).astype(np.uint16),
        "u12-in-16": (ramp * 4095).astype(np.uint16),
        "zeros": np.zeros((48, 64), np.uint16),
        "i32": (ramp * 2e9).astype(np.int32),
        "below-zero": (-ramp * 2e9).astype(np.int32),
        "f32": ramp.astype(np.float32),
        "nan": np.full((48, 64), np.nan, np.float32),
        "inf": np.full((48, 64), np.inf, np.float32),
        "huge": (ramp * 3e38).astype(np.float32),
    }
    for name, values in kinds.items():
        yield raw(f"deep-{name}.tiff", saved(Image.fromarray(values), "TIFF"), READS)
        if values.dtype == np.uint16:
            yield raw(f"deep-{name}.png", saved(Image.fromarray(values), "PNG"), READS)


def _moving() -> Iterator[Specimen]:
    frames = [Image.new("RGB", (64, 48), (20 * n, 80, 80)) for n in range(10)]
    for kind, end in (("PNG", "png"), ("WEBP", "webp"), ("TIFF", "tiff")):
        content = saved(scene(), kind, save_all=True, append_images=frames, **_lossless(kind))
        yield raw(f"moving.{end}", content, READS, scene=True)
    yield raw("moving.gif", saved(scene(), "GIF", save_all=True, append_images=frames), REFUSED)
    two = saved(scene(), "MPO", save_all=True, append_images=frames[:1], quality=95)
    yield raw("two-lenses.jpg", two, READS, scene=True)


def _lossless(kind: str) -> dict[str, object]:
    return {"lossless": True} if kind == "WEBP" else {}


def _truncated() -> Iterator[Specimen]:
    for (end, content), share in itertools.product(good_files()[:5], (0.02, 0.2, 0.5, 0.8, 0.97)):
        outcome = EITHER if share > 0.9 or end in {"tiff", "webp", "bmp"} else REFUSED
        name = f"cut-{round(100 * share):02}-percent.{end}"
        yield raw(name, content[: max(int(share * len(content)), 1)], outcome)


def _other_kinds() -> Iterator[Specimen]:
    """What other programs would open, under the name of a photograph."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    laughs = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY a{n} "{"&a;" * 10}">' for n in range(10)
    ) + "]><svg>&a9;</svg>"  # fmt: skip
    contents = {
        "svg": svg.encode(), "laughs": laughs.encode(), "html": b"<!DOCTYPE html><h1>photo</h1>",
        "php": b"<?php system($_GET['c']); ?>", "pdf": b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF",
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n",
        "zip": b"PK\x05\x06" + bytes(18), "gzip": b"\x1f\x8b\x08" + bytes(100),
        "elf": b"\x7fELF" + bytes(300), "exe": b"MZ" + bytes(300), "shell": b"#!/bin/sh\nreboot\n",
        "mp4": b"\0\0\0\x18ftypmp42" + bytes(200), "wav": b"RIFF\x24\0\0\0WAVEfmt " + bytes(30),
        "avi": b"RIFF\xff\xff\xff\xffAVI LIST" + bytes(99),
        "sqlite": b"SQLite format 3\0" + bytes(99),
        "psd": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 30000, 30000, 8, 3),
        "ico": b"\0\0\1\0\1\0" + bytes(60), "pcx": b"\n\5\1\x08" + bytes(124),
        "tga": bytes(2) + b"\2" + bytes(9) + b"\xff\xff\xff\xff\x18\0",
        "fits": b"SIMPLE  =" + bytes(99),
        "ppm": b"P6 60000 60000 255 ", "hdf5": b"\x89HDF\r\n\x1a\n" + bytes(99),
        "xbm": b"#define im_width 60000\n",
        "gif-huge": b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\x80\0\0" + bytes(6) + b",",
        "jp2-huge": _jpeg_2000(), "text": b"not a photograph" * 9, "zeros": bytes(5000),
        "ones": b"\xff" * 5000, "noise": np.random.default_rng(1).bytes(5000),
        "avif": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1" + bytes(99), "bom": b"\xef\xbb\xbf{}",
    }  # fmt: skip
    for name, content in contents.items():
        yield raw(f"other-{name}.jpg", content, REFUSED)
    for kind in ("GIF", "JPEG2000", "AVIF", "ICO", "PPM", "TGA", "PCX", "SGI", "DDS"):
        yield raw(f"unread-{kind}.png", saved(scene(), kind), REFUSED)


def _jpeg_2000() -> bytes:
    size = struct.pack(">HHIIIIIIIIH", 47, 0, 60000, 60000, 0, 0, 60000, 60000, 0, 0, 3)
    return b"\xff\x4f\xff\x51" + size + b"\7\1\1" * 3


def _polyglots() -> Iterator[Specimen]:
    """Two kinds in one: what is a whole picture first is read as that, and as nothing else."""
    tails = {"zip": b"PK\x05\x06" + bytes(18), "html": b"<script>alert(1)</script>",
             "php": b"<?php ?>", "jpeg": saved(Image.new("RGB", (9, 9)), "JPEG"),
             "megabyte": bytes(1 << 20), "exe": b"MZ" + bytes(99)}  # fmt: skip
    for (end, content), (tail, more) in itertools.product(good_files()[:5], tails.items()):
        clean = saved(scene(), "JPEG", quality=95) if end == "jpeg" else content
        yield raw(f"then-{tail}.{end}", clean + more, READS, scene=True)
        if tail in {"html", "zip", "exe"}:
            yield raw(f"first-{tail}.{end}", more + content, REFUSED)


def _webp() -> Iterator[Specimen]:
    extended = b"VP8X" + struct.pack("<I", 10)
    for width, height, flags in itertools.product((16384, 1 << 24), (16384, 2), (0, 2, 0x12)):
        size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        body = extended + bytes([flags, 0, 0, 0]) + size + saved(scene(), "WEBP")[12:]
        riff = b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
        yield raw(f"canvas-{width}x{height}-{flags}.webp", riff, REFUSED)
    good = saved(scene(), "WEBP", lossless=True)
    for length in (0, 4, 0x7FFFFFFF, 0xFFFFFFFE):
        yield raw(f"riff-{length}.webp", good[:4] + struct.pack("<I", length) + good[8:], EITHER)
    large = Image.new("RGBA", (3900, 3000), (90, 120, 200, 128))
    yield raw("large-clear.webp", saved(large, "WEBP", lossless=True, method=0), READS)
    yield raw("too-large.webp", saved(large.resize((4100, 3000)), "WEBP", method=0), REFUSED)


def _bmp() -> Iterator[Specimen]:
    good = saved(scene(), "BMP")
    for name, width, height in (("huge", 60000, 60000), ("most", 2**31 - 1, 2**31 - 1),
                                ("flat", 2**31 - 1, 1), ("upside", 64, -48), ("mirrored", -64, 48),
                                ("least", -(2**31), -(2**31)), ("none", 0, 0)):  # fmt: skip
        content = good[:18] + struct.pack("<ii", width, height) + good[26:]
        yield raw(f"{name}.bmp", content, EITHER if name == "upside" else REFUSED)
    for place, name in (
        (10, "offset"),
        (14, "header"),
        (28, "bits"),
        (30, "packing"),
        (46, "palette"),
    ):
        for value in (0, 1, 2, 0x7FFFFFFF, 0xFFFFFFFF):
            content = good[:place] + struct.pack("<I", value) + good[place + 4 :]
            yield raw(f"{name}-{value}.bmp", content, EITHER)
    packed = zlib.crc32(good).to_bytes(4, "big")
    yield raw("runs.bmp", good[:28] + struct.pack("<HI", 8, 1) + good[34:] + packed * 99, EITHER)
