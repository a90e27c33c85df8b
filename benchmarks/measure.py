"""Wall time and peak memory of a command with all the processes that it starts. Linux only: it reads /proc."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.05
LOOKING_SHARE = 20
"""Of so much time, one part at most is spent on looking."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command took and said."""

    seconds: float
    peak_bytes: int
    """Highest sum of the proportional set sizes of the process tree."""
    stdout: str
    code: int
    own_bytes: int = 0
    """Peak resident size of the command's own process."""
    child_bytes: int = 0
    """That of the largest process that it started, 0 where there was none."""


def run(command: Sequence[str], cwd: Path, more: Mapping[str, str] | None = None) -> Ran:
    """Run `command`, and sample what its process tree holds."""
    began = time.perf_counter()
    with (cwd / "stdout").open("w+") as stdout, (cwd / "stderr").open("w+") as stderr:
        process = subprocess.Popen(
            command, cwd=cwd, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL, env={**os.environ, **(more or {})}
        )
        peak, resident = 0, {process.pid: 0}
        while process.poll() is None:
            looked, tree = time.perf_counter(), _tree(process.pid)
            peak = max(peak, sum(map(_pss, tree)))
            resident |= {pid: max(resident.get(pid, 0), _resident(pid)) for pid in tree}
            # Looking at gigabytes takes long, and holds up whom it looks at.
            time.sleep(max(EVERY, LOOKING_SHARE * (time.perf_counter() - looked)))
        own = resident.pop(process.pid)
        seconds = time.perf_counter() - began
        stdout.seek(0)
        return Ran(seconds, peak, stdout.read(), process.returncode, own, max(resident.values(), default=0))


def machine() -> str:
    """Cores, memory and Python, for the record."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    cpu = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    return f"{os.cpu_count()} cores ({cpu}), {pages / 1e9:.0f} GB, Linux, Python {platform.python_version()}"


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for line in _lines(children) for child in line.split()]
    return found


def _pss(pid: int) -> int:
    return _told(f"/proc/{pid}/smaps_rollup", "Pss:")


def _resident(pid: int) -> int:
    """The peak so far."""
    return _told(f"/proc/{pid}/status", "VmHWM:")


def _told(path: str, name: str) -> int:
    return sum(int(line.split()[1]) * 1024 for line in _lines(path) if line.startswith(name))


def _lines(path: str | Path) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:  # the process has ended
        return []
