"""Limits inside one process: those that the kernel keeps for it, and of time."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import threading
import time
from typing import Any, Iterator

from . import processes

THREADS_A_PROCESS = 4 + 4 * (os.cpu_count() or 1)
"""TensorFlow has pools of threads, each as large as the machine."""
DATA_SHARE = 2
"""The kernel counts what was asked for, the watcher what is used: the latter is what a program may hold."""


def bind(request: dict[str, Any]) -> None:
    """Give this process, and each that it starts, limits beside those that its watcher keeps for all of them."""
    # The processes that watch this one may have a precedence that it must not have.
    os.setpriority(os.PRIO_PROCESS, 0, max(0, os.getpriority(os.PRIO_PROCESS, 0)))
    seconds = int(request["seconds"] + 1) * (os.cpu_count() or 1)
    _lower(resource.RLIMIT_CPU, seconds)
    _lower(resource.RLIMIT_FSIZE, request["disk_bytes"])
    _lower(resource.RLIMIT_DATA, DATA_SHARE * request["memory_bytes"] + processes.asked_bytes())
    if hasattr(resource, "RLIMIT_NPROC") and processes.HAS_PROC:
        _lower(resource.RLIMIT_NPROC, processes.threads_of_user() + THREADS_A_PROCESS * request["processes"])


def _lower(kind: int, value: int) -> None:
    _, most = resource.getrlimit(kind)
    if most == resource.RLIM_INFINITY or value < most:
        resource.setrlimit(kind, (value, value))


RUNG = threading.Event()
"""Set once time was up in this process: another run may get further."""


class TimeIsUp(BaseException):
    """Not an Exception: a program that catches those must not swallow it."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TimeIsUp in the block after `seconds`; an outer limit that is nearer stays."""
    left, _ = signal.getitimer(signal.ITIMER_REAL)
    before = signal.signal(signal.SIGALRM, _ring)
    started = time.time()
    # The repeat catches a program that swallows even this exception once.
    signal.setitimer(signal.ITIMER_REAL, min(seconds, left) if left else seconds, 1.0)
    try:
        yield
    finally:
        rest = max(0.001, left - (time.time() - started)) if left else 0.0
        signal.setitimer(signal.ITIMER_REAL, rest, 1.0 if left else 0.0)
        signal.signal(signal.SIGALRM, before)


def _ring(number: int, frame: Any) -> None:
    RUNG.set()
    raise TimeIsUp("the time limit was reached")
