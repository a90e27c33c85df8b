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


def held_bytes(pids: list[int]) -> int:
    """The memory that these processes hold, in files of RAM too; pages that forks share count for each of them."""
    return sum(_lines(pid, "status", ("RssAnon", "RssShmem")) for pid in pids)


def held_bytes_together(pids: list[int]) -> int:
    """The same with shared pages counted once. It waits for each process that is just being forked."""
    return sum(_lines(pid, "smaps_rollup", ("Pss_Anon", "Pss_Shmem")) for pid in pids)


def asked_bytes() -> int:
    """The memory of its own that this process may write to, used or not; 0 where there is no /proc."""
    return _lines(os.getpid(), "status", ("VmData",))


def _lines(pid: int, file: str, names: tuple[str, ...]) -> int:
    """The sum, in bytes, of some lines of a file in /proc, which are in kB."""
    try:
        with open("/proc/%d/%s" % (pid, file)) as lines:
            told = [line.split() for line in lines]
    except OSError:  # it has ended, or may not be looked at
        return 0
    return sum(int(words[1]) << 10 for words in told if words and words[0][:-1] in names)


def threads_of_user() -> int:
    """How many threads the processes of this user have, by which RLIMIT_NPROC counts."""
    total = 0
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and os.stat("/proc/" + entry).st_uid == os.getuid():
                total += len(os.listdir("/proc/" + entry + "/task"))
        except OSError:  # it has ended
            continue
    return total


class Outside:
    """The process outside the sandbox that watches it, as it is known there: what tells whether there is a sandbox."""

    def __init__(self, pid: int, namespace: str) -> None:
        self.pid = pid
        self.namespace = namespace

    @classmethod
    def of(cls, told: list[str]) -> Outside:
        return cls(int(told[0]), told[1])

    def told(self) -> list[str]:
        return [str(self.pid), self.namespace]

    def is_out_of_reach(self) -> bool:
        """Whether no signal of this process gets out, so that all that it can reach is below it."""
        if not self.namespace:
            return False
        if namespace() != self.namespace:
            return True
        try:
            os.kill(self.pid, 0)
        except PermissionError:
            return True
        except ProcessLookupError:
            return False
        return False


def namespace() -> str:
    """The kernel's name of this process's PID namespace; "" where there are none."""
    return os.readlink("/proc/self/ns/pid") if HAS_PROC else ""


def kill_below(root: int, group: int | None = None, outside: Outside | None = None) -> None:
    """End every descendant of `root` (and the process group), again until none is left to fork anew.

    With `outside` out of reach all of them are ended at one moment, between which and the next none can fork.
    """
    is_sealed = outside is not None and outside.is_out_of_reach()
    for attempt in range(200):
        if is_sealed:
            _kill(os.kill, -1)
        elif group is not None:
            _kill(os.killpg, group)
        alive = descendants(root)
        for pid in alive:
            _kill(os.kill, pid)
        _reap()
        if not alive:
            return
        time.sleep(0.001 * min(attempt, 10))


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
