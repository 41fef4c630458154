"""Reads a SQLCipher 4 file page by page, as somebody with the key and a hex editor would.

Independent of SQLCipher on purpose: what SQLite no longer reaches (free pages, slack, old log
frames) is exactly what a proof of erasure has to look at. Page layout: AES-256-CBC content, then
16 bytes of IV and 64 of HMAC-SHA512 (https://www.zetetic.net/sqlcipher/design/); the first page
starts with a 16-byte salt in the clear.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE = 8192
RESERVED = 80
SALT = 16
LOG_HEADER = 32
FRAME_HEADER = 24


def _decrypted(page: bytes, key: bytes, *, first: bool) -> bytes:
    iv = page[-RESERVED:][:16]
    body = page[SALT if first else 0 : -RESERVED]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return decryptor.update(body) + decryptor.finalize()


def main_pages(path: Path, key: bytes) -> Iterator[bytes]:
    content = path.read_bytes()
    assert len(content) % PAGE == 0
    for start in range(0, len(content), PAGE):
        yield _decrypted(content[start : start + PAGE], key, first=start == 0)


def log_pages(path: Path, key: bytes) -> Iterator[bytes]:
    """Every frame of the write-ahead log, also those no longer valid."""
    log = path.with_name(path.name + "-wal")
    content = log.read_bytes() if log.exists() else b""
    for start in range(LOG_HEADER, len(content), FRAME_HEADER + PAGE):
        number = int.from_bytes(content[start : start + 4], "big")
        page = content[start + FRAME_HEADER : start + FRAME_HEADER + PAGE]
        if len(page) == PAGE:
            yield _decrypted(page, key, first=number == 1)


def occurrences(path: Path, key: bytes, needle: bytes) -> int:
    """How many pages of file and log hold these bytes, decrypted."""
    pages = [*main_pages(path, key), *log_pages(path, key)]
    return sum(needle in page for page in pages)
