"""What goes wrong with a zip archive that is cut, altered or of a kind that cannot be read."""

from __future__ import annotations

import lzma
import zipfile
import zlib

#: Everything that opening or reading one raises: a stream altered inside is told by its decoder.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
)
