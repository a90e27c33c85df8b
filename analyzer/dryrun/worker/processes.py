"""Process trees: who descends from whom, how much memory they hold, and how to end them all."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from typing import Callable

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
HAS_PROC = os.path.isdir("/proc/self")


def adopt_orphans() -> bool:
    """Make grandchildren that lose their parent ours, so that a double fork does not escape. Linux only."""
    return _prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> bool:
    """Be killed when the parent is. Linux only."""
    return _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    return int(ctypes.CDLL(None).prctl(option, value, 0, 0, 0)) == 0


def descendants(root: int) -> list[int]:
    """Every living process below `root`, parents first; empty where there is no /proc."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc") if HAS_PROC else ():
        if entry.isdigit():
            parent = _parent_of(entry)
            if parent is not None:
                children.setdefault(parent, []).append(int(entry))
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _parent_of(pid: str) -> int | None:
    try:
        with open("/proc/" + pid + "/stat", "rb") as stat:
            state, parent = stat.read().rpartition(b")")[2].split()[:2]
    except (OSError, ValueError):
        return None
    return None if state == b"Z" else int(parent)


def resident_bytes(pids: list[int]) -> int:
    """The memory these processes hold, pages they share with this one not counted."""
    total = 0
    for pid in pids:
        try:
            with open("/proc/%d/statm" % pid, "rb") as statm:
                resident, shared = statm.read().split()[1:3]
        except (OSError, ValueError):
            continue
        total += (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
    return total


def kill_below(root: int, group: int | None = None) -> None:
    """End every descendant of `root` (and the process group), again until none is left to fork anew."""
    for attempt in range(200):
        alive = descendants(root)
        for pid in alive:
            _kill(os.kill, pid)
        if group is not None:
            _kill(os.killpg, group)
        _reap()
        if not alive:
            return
        time.sleep(0.005 * min(attempt, 10))


def _kill(send: Callable[[int, int], None], number: int) -> None:
    try:
        send(number, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _reap() -> None:
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return
