"""A dry run where TensorFlow is imported already, as it is for every program but the first, and in an editor."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from analyzer.analysis import analyze
from analyzer.dryrun import plan
from analyzer.dryrun.client import Workers
from analyzer.dryrun.protocol import Outcome
from analyzer.reading.project import Project
from analyzer.settings import Settings

RUNS = 10


def warm(path: Path) -> tuple[float, Outcome]:
    """Seconds of the analysis and the dry run of a program, the median of some, and what came of the last."""
    taken = []
    with Workers(Path(sys.executable)) as workers:
        for _ in range(RUNS):
            began = time.perf_counter()
            followed = analyze(Project(), path)
            outcome = workers.run(plan.job(followed, Settings(), {}))
            taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:]), outcome
