"""A running stage seen from the process that started it: its end, or the limit that it broke."""

from __future__ import annotations

import os
import select
import time
from typing import Any, Callable

from . import processes
from .disk import used_bytes

TAIL = 8000
"""Of what a stage prints, the bytes that are kept."""
STEP_SECONDS = 0.02
LOOK_SECONDS = 0.1
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
            time.sleep(STEP_SECONDS)
        elif select.select([self._reading], [], [], STEP_SECONDS)[0]:
            chunk = os.read(self._reading, 1 << 16)
            self._tail = (self._tail + chunk)[-TAIL:]
            if not chunk:
                self._reading = None

    def _broken_limit(self) -> str:
        now = time.monotonic()
        if now >= self._next_look and processes.HAS_PROC:
            self._next_look = now + LOOK_SECONDS
            alive = processes.descendants(os.getpid())
            if len(alive) > self.request["processes"]:
                return "processes"
            if processes.held_bytes(alive, self.request["memory_bytes"]) > self.request["memory_bytes"]:
                return "memory"
        if now >= self._next_measure:
            used = used_bytes(self.request["measured"], processes.descendants(os.getpid()))
            done = time.monotonic()
            self._next_measure = done + max(LOOK_SECONDS, (done - now) / LOOK_SHARE)
            if used > self.request["disk_bytes"]:
                return "disk"
        return ""
