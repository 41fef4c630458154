"""What this process never leaves behind: no core dump, no debugger, private new files."""

from __future__ import annotations

import ctypes
import logging
import os
import sys

log = logging.getLogger(__name__)

PR_SET_DUMPABLE = 4  # linux/prctl.h


def harden() -> list[str]:
    """Switch core dumps and tracing off and make new files private; what could not be done.

    Templates, keys and camera frames live in this process's memory, so it must not be dumped
    (P5). On systems without a call the gap is returned and shown by `foyer doctor`.
    """
    os.umask(0o077)
    gaps: list[str] = []
    try:
        import resource  # noqa: PLC0415 - POSIX only

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError) as fault:
        gaps.append(f"core dumps could not be switched off ({fault})")
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            gaps.append("tracing could not be switched off")
    return gaps
