"""Processes that share a measurement's work, and end with whoever started them."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait


def workers(jobs: int, start: Callable[..., None], *given: object) -> ProcessPoolExecutor:
    """A pool of `jobs` processes, each begun with `start(*given)`; to be used as a context."""
    # Read by native libraries when a worker loads them; ours are loaded already. Processes share
    # the cores; libraries that each take all of them wait for each other.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(
        jobs, mp_context=context, initializer=_begin, initargs=(start, given)
    )


def _begin(start: Callable[..., None], given: tuple[object, ...]) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        # Nothing joins it: a worker ends with its parent, whatever either is doing then.
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    start(*given)


def _end_with(sentinel: int) -> None:
    """End this process as soon as its parent has ended, were it killed."""
    wait([sentinel])
    os._exit(1)
