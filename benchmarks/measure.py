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


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command took and said."""

    seconds: float
    peak_bytes: int
    """Highest sum of the proportional set sizes of the process tree."""
    stdout: str
    code: int


def run(command: Sequence[str], cwd: Path, more: Mapping[str, str] | None = None) -> Ran:
    """Run `command`, and sample what its process tree holds."""
    began = time.perf_counter()
    with (cwd / "stdout").open("w+") as stdout, (cwd / "stderr").open("w+") as stderr:
        process = subprocess.Popen(
            command, cwd=cwd, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL, env={**os.environ, **(more or {})}
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(map(_pss, _tree(process.pid))))
            time.sleep(EVERY)
        seconds = time.perf_counter() - began
        stdout.seek(0)
        return Ran(seconds, peak, stdout.read(), process.returncode)


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
    return sum(int(line.split()[1]) * 1024 for line in _lines(f"/proc/{pid}/smaps_rollup") if line.startswith("Pss:"))


def _lines(path: str | Path) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:  # the process has ended
        return []
