"""The place of one worker, and of those that convert what it builds: the folder they write to, each while it serves."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from analyzer.dryrun import sandbox, scratch
from analyzer.dryrun.processes import Broken, Worker
from analyzer.settings import Sandbox


class Seat:
    """The place of one worker: the folder that it may write to, and the worker once it is needed.

    `converters`: interpreters whose workers share the folder, to convert what the first one builds.
    """

    def __init__(self, python: Path, wanted: Sandbox, open_: ExitStack, converters: Sequence[Path] = ()) -> None:
        self.python = python
        self.converters = converters
        self.mechanisms = sandbox.chosen(wanted)
        self.refused = sandbox.why_refused(wanted)
        self._open = open_
        self.folder: Path | None = None
        self._workers: dict[Path, Worker] = {}
        self._broken: dict[Path, Broken] = {}
        self._jobs = 0

    @contextmanager
    def place(self) -> Iterator[scratch.Place]:
        """A folder for one job, that is gone afterwards."""
        if self.folder is None:
            self.folder = self._open.enter_context(scratch.scratch(self.mechanisms.base()))
            (self.folder / "runs").mkdir()
            self._open.callback(self.close)
        self._jobs += 1
        place = scratch.Place(self.folder / "runs" / f"job{self._jobs}")
        try:
            yield place
        finally:
            scratch.empty(self.folder / "runs")

    def worker(self, python: Path, needed: tuple[Path, ...], cancelled: threading.Event) -> Worker:
        """The worker of an interpreter, warm if it can be. Raises Broken, the same again where there can be none."""
        if python in self._broken:
            raise self._broken[python]
        if self.refused is not None:
            raise Broken(self.refused)
        assert self.folder is not None
        confinement = self.mechanisms.confinement(self.folder / "runs", needed)
        known = self._workers.pop(python, None)
        if known is not None and known.serves(confinement):
            self._workers[python] = known
            return known
        if known is not None:
            known.close()
        log = self.folder / f"worker{len(self._broken) + len(self._workers)}.log"
        try:
            self._workers[python] = Worker(python, log, confinement, cancelled)
        except Broken as error:
            self._broken[python] = error
            raise
        return self._workers[python]

    def is_warm(self, python: Path) -> bool:
        return python in self._workers and self._workers[python].is_fresh

    def close(self) -> None:
        while self._workers:
            self._workers.popitem()[1].close()
