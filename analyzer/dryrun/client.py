"""Runs programs' dry runs in another interpreter: whatever a program does, an Outcome comes back.

A command asks `run_many`. A server holds `Workers` for its lifetime, and from any of its threads calls `run`, with an
event that it sets when the answer is no longer wanted:

    with Workers(python, most=2) as workers:
        outcome = workers.run(job, cancelled=event)  # raises Cancelled soon after event.set(); the worker stays warm

A worker is started when it is needed, and anew when a program ended it, when it has grown, and when its interpreter or
TensorFlow is no longer the one that it was started with. Another interpreter is another `Workers`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import LifoQueue
from typing import Self

from analyzer.dryrun import sandbox, scratch
from analyzer.dryrun.answers import Forged
from analyzer.dryrun.processes import Broken, Cancelled, located
from analyzer.dryrun.protocol import Job, Outcome
from analyzer.dryrun.remembered import Memory
from analyzer.dryrun.runs import Run
from analyzer.dryrun.seats import Seat
from analyzer.settings import Sandbox

__all__ = ["Cancelled", "Workers", "run", "run_many"]

Report = Callable[[str], None]


def _quiet(text: str) -> None:
    """Report to nobody."""


def run(job: Job, python: Path, report: Report = _quiet, converters: Sequence[Path] = ()) -> Outcome:
    """Build, convert and run one program; never raises for anything that the program or the interpreter does."""
    return next(run_many([job], python, report, converters))


def run_many(
    jobs: Iterable[Job],
    python: Path,
    report: Report = _quiet,
    converters: Sequence[Path] = (),
    most: int = 1,
    wanted: Sandbox = "auto",
    remembered: Path | None = None,
) -> Iterator[Outcome]:
    """The outcome of each job in turn, of up to `most` at a time.

    `converters`: interpreters whose TensorFlow converts, too, what that of `python` built. `remembered`: a folder for
    the outcomes of programs that are not run again while nothing that they read has changed.
    """
    asked = list(jobs)
    with Workers(python, min(most, len(asked)), wanted, converters, remembered) as workers:
        yield from workers.run_many(asked, report)


class Workers:
    """Warm workers of one interpreter, never more than `most`, each serving one program at a time."""

    def __init__(
        self,
        python: Path,
        most: int = 1,
        wanted: Sandbox = "auto",
        converters: Sequence[Path] = (),
        remembered: Path | None = None,
    ) -> None:
        self.python = located(python)
        others = [located(one) for one in converters]
        self.most = max(1, most)
        self.wanted: Sandbox = wanted
        # What is not confined may hang on anything.
        way = tuple(map(str, (self.python, *others, sandbox.chosen(wanted))))
        self._memory = Memory(remembered, way) if remembered is not None and wanted != "off" else None
        self._open = ExitStack()
        # The last that was used is the next: it is warm.
        self._idle: LifoQueue[Seat] = LifoQueue()
        self._seats = [Seat(self.python, wanted, self._open, others) for _ in range(self.most)]
        for seat in self._seats:
            self._idle.put(seat)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def run(self, job: Job, report: Report = _quiet, cancelled: threading.Event | None = None) -> Outcome:
        """The outcome of one job; waits for an idle worker. Raises Cancelled once the event is set."""
        # What is to be kept on disk must be made.
        memory = self._memory if not job.save_to else None
        known = memory.recalled(job) if memory is not None else None
        if known is not None:
            return known
        with self._seat() as seat:
            return _run_one(seat, job, report, cancelled or threading.Event(), memory)

    def run_many(self, jobs: Iterable[Job], report: Report = _quiet) -> Iterator[Outcome]:
        """The outcome of each job in turn; what still runs when nobody takes more of them is cancelled."""
        cancelled = threading.Event()
        with ThreadPoolExecutor(self.most, thread_name_prefix="dry run") as threads:
            try:
                yield from threads.map(partial(self.run, report=report, cancelled=cancelled), jobs)
            finally:
                cancelled.set()
                threads.shutdown(cancel_futures=True)

    def scratch(self) -> list[Path]:
        """The folders that exist now: of each worker one, with what its program makes in `runs`."""
        return [seat.folder for seat in self._seats if seat.folder is not None]

    @contextmanager
    def _seat(self) -> Iterator[Seat]:
        seat = self._idle.get()
        try:
            yield seat
        finally:
            self._idle.put(seat)


def _run_one(seat: Seat, job: Job, report: Report, cancelled: threading.Event, memory: Memory | None) -> Outcome:
    started, started_ns = time.monotonic(), time.time_ns()
    name = Path(job.program).name
    with seat.place() as place:
        try:
            run = Run(seat, job, place, report, cancelled)
            outcome = run.outcome()
            read = run.read()
            if memory is not None and read is not None:
                memory.keep(job, outcome, read, started_ns)
        except Broken as error:
            outcome = Outcome(stopped_at="interpreter", message=str(error))
        except (Forged, scratch.Moved):
            outcome = Outcome(
                stopped_at="crashed", message=f"{name} was stopped: it tampered with what tflint writes for its run"
            )
    return replace(outcome, seconds=round(time.monotonic() - started, 3))
