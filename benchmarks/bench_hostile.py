"""Two hundred hostile programs in one session: what is left of them, and whether the next honest one is answered.

`python -m benchmarks.bench_hostile` in an environment with tflint and TensorFlow 2.15. About three minutes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from analyzer.dryrun import sandbox
from analyzer.dryrun.client import Workers
from analyzer.dryrun.protocol import Job, Outcome
from benchmarks.measure import machine

RUNS = 200
SETTLED = 40
"""Runs after which everything that is loaded once has been."""
MOST_GROWTH_BYTES = 16 << 20
PRELUDE = "import ctypes, mmap, os, shutil, signal, socket, subprocess, sys, time\nimport numpy as np\n"
HOSTILE = {
    "writes outside": "open({outside!r}, 'w')",
    "deletes its folder": "shutil.rmtree(os.path.dirname(__file__))",
    "connects": "socket.create_connection(('127.0.0.1', 9))",
    "binds": "socket.socket(socket.AF_UNIX).bind('here')",
    "forks": "for _ in range(7):\n    os.fork()\ntime.sleep(60)",
    "hoards": "hoard = []\nwhile True:\n    hoard.append(np.ones(10**7))",
    "hoards shared memory": "hoard = mmap.mmap(-1, 1 << 33)\nwhile True:\n    hoard.write(b'1' * (1 << 24))",
    "loops": "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True:\n    pass",
    "leaves a daemon": "if os.fork() == 0:\n    os.setsid()\n    os.fork() and os._exit(0)\n    time.sleep(1e6)",
    "kills its parent": "os.kill(os.getppid(), 9)\ntime.sleep(1e6)",
    "reads": "input()",
    "fills the disk": "for n in range(10**6):\n    open(str(n), 'wb').write(b'1' * (1 << 22))",
    "prints": "for _ in range(256):\n    os.write(1, b'1' * (1 << 20))",
    "closes its folders": "os.makedirs('a/b')\nos.chmod('a/b', 0)\nos.chmod('a', 0)",
    "nests": "for _ in range(3000):\n    os.mkdir('d')\n    os.chdir('d')",
    "faults": "ctypes.string_at(0)",
    "aborts": "os.abort()",
}
HONEST = """\
import tensorflow as tf
v1 = tf.compat.v1

def model_fn(features, labels, mode):
    return tf.estimator.EstimatorSpec(mode, predictions={"y": v1.layers.dense(features["x"], 1)})

def receiver():
    x = v1.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})

tf.estimator.Estimator(model_fn).export_saved_model("out", receiver)
"""


def main() -> None:
    print(f"{machine()}, {sandbox.found()}")
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder, Workers(Path(sys.executable)) as workers:
        outside = Path(folder) / "outside"
        started, settled = time.perf_counter(), Held(workers)
        for number, name in zip(range(RUNS), list(HOSTILE) * RUNS, strict=False):
            text = PRELUDE + HOSTILE[name].format(outside=str(outside)) + "\n"
            outcome = workers.run(_job(Path(folder), name, text))
            if number == SETTLED:
                settled = Held(workers)
            if number < len(HOSTILE):
                print(f"{name}: {outcome.message or 'it ended'}")
        seconds, held = time.perf_counter() - started, Held(workers)
        answered = _converts(workers.run(_job(Path(folder), "honest", HONEST)))
        wrote = outside.exists()
    left = Held(workers)
    print(f"{RUNS} hostile runs in {seconds:.0f} s; before and after the last {RUNS - SETTLED}: {settled}; {held}")
    print(f"the next honest program {'is answered' if answered else 'is NOT answered'}; left of all: {left}")
    if wrote or not answered or held.has_grown(settled) or left.processes or left.files:
        sys.exit("the promise is broken")


class Held:
    """What tflint and its workers hold now."""

    def __init__(self, workers: Workers) -> None:
        folders = [folder for folder in workers.scratch() if folder.exists()]
        self.files = sum(len(list((folder / "runs").iterdir())) for folder in folders)
        self.processes = len(_below(os.getpid()))
        self.descriptors = len(list(Path("/proc/self/fd").iterdir()))
        self.bytes = _resident(os.getpid())

    def has_grown(self, before: Held) -> bool:
        return (
            self.files > 0
            or self.processes > before.processes
            or self.descriptors > before.descriptors
            or self.bytes > before.bytes + MOST_GROWTH_BYTES
        )

    def __str__(self) -> str:
        return (
            f"{self.processes} processes, {self.files} files, {self.descriptors} descriptors, {self.bytes / 1e6:.0f} MB"
        )


def _job(folder: Path, name: str, text: str) -> Job:
    program = folder / name / "program.py"
    program.parent.mkdir(exist_ok=True)
    program.write_text(text)
    job = Job(str(program), str(program.parent), memory_bytes=3 << 28, disk_bytes=64 << 20, processes=32)
    return replace(job, seconds=3.0) if name in ("loops", "kills its parent") else job


def _converts(outcome: Outcome) -> bool:
    return any(result.outcome == "converts" for model in outcome.models for result in model.as_written.results)


def _below(pid: int) -> list[int]:
    found = [int(word) for path in Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()]
    return [*found, *(below for child in found for below in _below(child))]


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
