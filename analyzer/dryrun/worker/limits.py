"""Time limits inside one process."""

from __future__ import annotations

import contextlib
import signal
import time
from typing import Any, Iterator


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
    raise TimeIsUp("the time limit was reached")
