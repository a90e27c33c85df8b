"""The processes below a server, and how a test ends them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

LINUX = pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="processes are listed in /proc")


def below(pid: int) -> dict[int, str]:
    """Every living process below one, with its command line."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (told := _stat(entry)) is not None:
            parents[int(entry.name)] = told
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        children = [child for child, of in parents.items() if of == parent]
        waiting += children
        found |= {child: _command(child) for child in children}
    return found


def named(pid: int, words: str) -> list[int]:
    """Those below a process whose command line holds these words."""
    return [child for child, command in below(pid).items() if words in command]


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def left(pids: list[int], seconds: float = 30.0) -> list[int]:
    """Those that still live after at most so long."""
    end = time.monotonic() + seconds
    while (alive := [pid for pid in pids if _stat(Path(f"/proc/{pid}")) is not None]) and time.monotonic() < end:
        time.sleep(0.05)
    return alive


def _stat(entry: Path) -> int | None:
    try:
        state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return None
    return None if state == "Z" else int(parent)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""
