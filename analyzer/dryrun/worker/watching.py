"""A running stage seen from the process that started it: its end, or the limit that it broke."""

from __future__ import annotations

import contextlib
import os
import select
import time
from typing import Any, Callable, Iterator

from . import processes
from .disk import used_bytes

TAIL = 8000
"""Of what a stage prints, the bytes that are kept."""
STEP_SECONDS = 0.02
"""Between two looks at whether it has ended."""
ENDING_SECONDS = 0.005
"""The same for one that has closed its output: most of these end at once."""
LOOK_SECONDS = 0.05
"""Between two looks at processes and memory."""
LOOK_SHARE = 0.1
"""Of the time, the most that is spent on measuring a scratch folder."""


class Watch:
    """One stage; `how` it ended is "done", "died", "cancelled", or the limit: "timeout", "memory", ..."""

    def __init__(self, child: int, printed: int, request: dict[str, Any]) -> None:
        self.child = child
        self.request = request
        self.how = ""
        self.status = 0
        self._reading: int | None = printed
        self._tail = b""
        self._deadline = time.monotonic() + request["seconds"]
        self._next_look = self._next_measure = time.monotonic()
        self._before: list[int] = []

    @property
    def printed(self) -> str:
        """The end of what it wrote to its standard output and error."""
        return self._tail.decode("utf-8", "replace")

    def until_end(self, is_cancelled: Callable[[], bool]) -> None:
        """Wait; the stage and what it started may still be running when a limit is why this returns."""
        while not self.how:
            self._read()
            ended, self.status = os.waitpid(self.child, os.WNOHANG)
            if ended:
                self.how = "done" if self.status == 0 else "died"
            elif time.monotonic() > self._deadline:
                self.how = "timeout"
            elif is_cancelled():
                self.how = "cancelled"
            else:
                self.how = self._broken_limit()

    def _read(self) -> None:
        if self._reading is None:
            time.sleep(ENDING_SECONDS)
        elif select.select([self._reading], [], [], STEP_SECONDS)[0]:
            chunk = os.read(self._reading, 1 << 16)
            self._tail = (self._tail + chunk)[-TAIL:]
            if not chunk:
                self._reading = None

    def _broken_limit(self) -> str:
        now = time.monotonic()
        if now < self._next_look:
            return ""
        self._next_look = now + LOOK_SECONDS
        alive = processes.descendants(os.getpid()) if processes.HAS_PROC else []
        if len(alive) > self.request["processes"]:
            return "processes"
        if self._holds_too_much(alive):
            return "memory"
        self._before = alive
        if now >= self._next_measure:
            with self._rarely():
                if used_bytes(self.request["measured"], alive) > self.request["disk_bytes"]:
                    return "disk"
        return ""

    def _holds_too_much(self, alive: list[int]) -> bool:
        most = self.request["memory_bytes"]
        if processes.held_bytes(alive) <= most:
            return False
        if len(alive) == 1:
            return True
        # Among forks that go on forking, their number is what to look at.
        return alive == self._before and processes.held_bytes_together(alive) > most

    @contextlib.contextmanager
    def _rarely(self) -> Iterator[None]:
        """Let what is done here take a small share of the time."""
        started = time.monotonic()
        yield
        done = time.monotonic()
        self._next_measure = done + max(LOOK_SECONDS, (done - started) / LOOK_SHARE)
