"""`tflint check .` on a repository of 10,000 files, one in fifty with Estimator code, cold and warm.

`python -m benchmarks.bench_repository`: against a process that reads every file and parses the Estimator files, and the
start of the command against `python -c pass`; and the memory that it takes for more and more files. It exits with 1
where a promise is broken.

tflint is measured as pip installs it, compiled. With `--processor` the seconds are those that the processors spent, for
a machine that others use too; the promises are of the clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import repository
from benchmarks.measure import Ran, machine, run

FILES = 10_000
COLD_RATIO = 3.0
WARM_RATIO = 1 / 5
START_RATIO = 8.0
GROWING = (1_000, 3_000, 10_000)
GROWTH_RATIO = 1.25
"""Of a worker's peak from the second of these to the last."""
YARDSTICK = """
import ast, os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith(".py"):
            with open(os.path.join(folder, name), encoding="utf-8") as lines:
                text = lines.read()
            if "stimator" in text:
                ast.parse(text)
"""


COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def of_children() -> float:
    """The seconds that processors have spent on the processes that ended."""
    spent = os.times()
    return spent.children_user + spent.children_system


CLOCK: Callable[[], float] = of_children if "--processor" in sys.argv else time.perf_counter


def seconds(*command: str, cwd: Path, times: int) -> float:
    """The fastest of several runs: what else the machine did is no part of it."""
    spent: list[float] = []
    for _ in range(times):
        began = CLOCK()
        subprocess.run(command, cwd=cwd, env=COMPILED, capture_output=True, check=False)
        spent.append(CLOCK() - began)
    return min(spent)


def memory(files: int) -> Ran:
    """A cold check of so many files."""
    with tempfile.TemporaryDirectory(prefix="tflint-repository-") as scratch:
        here = Path(scratch) / "repository"
        repository.write(here, files)
        return run([sys.executable, "-m", "analyzer", "check", ".", "--no-cache"], here)


def main() -> None:
    tflint = str(Path(sys.executable).with_name("tflint"))
    with tempfile.TemporaryDirectory(prefix="tflint-repository-") as scratch:
        here = Path(scratch) / "repository"
        repository.write(here, FILES)
        yardstick = seconds(sys.executable, "-c", YARDSTICK, str(here), cwd=here, times=3)
        cold = seconds(tflint, "check", ".", "--no-cache", cwd=here, times=3)
        remembered = (tflint, "check", ".", "--cache-dir", f"{scratch}/cache")
        # Files as young as these count as changed until they are a few seconds old.
        time.sleep(3)
        seconds(*remembered, cwd=here, times=1)
        warm = seconds(*remembered, cwd=here, times=3)
        start = seconds(tflint, "--version", cwd=here, times=9)
        nothing = seconds(sys.executable, "-c", "pass", cwd=here, times=9)
    print(f"{FILES:,} files: reading all and ast.parse of the Estimator files {yardstick:.2f} s")
    print(f"tflint check . cold {cold:.2f} s: {cold / yardstick:.1f} times that (at most {COLD_RATIO:.0f})")
    print(f"tflint check . warm {warm:.2f} s: {warm / cold:.2f} of cold (at most {WARM_RATIO})")
    starts = f"{start / nothing:.1f} times `python -c pass` (at most {START_RATIO:.0f})"
    print(f"tflint --version {start * 1000:.0f} ms: {starts}")
    grown = {files: memory(files) for files in GROWING}
    for files, ran in grown.items():
        print(f"{files:>6,} files: {ran.own_bytes / 1e6:.0f} MB, each worker {ran.child_bytes / 1e6:.0f} MB at most")
    growth = grown[GROWING[-1]].child_bytes / grown[GROWING[-2]].child_bytes
    print(f"a worker takes {growth:.2f} times as much (at most {GROWTH_RATIO})")
    print(machine())
    if growth > GROWTH_RATIO:
        sys.exit("a promise is broken")
    if cold / yardstick > COLD_RATIO or warm / cold > WARM_RATIO or start / nothing > START_RATIO:
        sys.exit("a promise is broken")


if __name__ == "__main__":
    main()
