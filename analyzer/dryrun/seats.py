"""The place of one worker: the folder that it may write to, and the worker as long as it serves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from analyzer.dryrun import sandbox, scratch
from analyzer.dryrun.processes import Broken, Worker
from analyzer.settings import Sandbox


class Seat:
    """The place of one worker: the folder that it may write to, and the worker once it is needed."""

    def __init__(self, python: Path, wanted: Sandbox, open_: ExitStack) -> None:
        self.python = python
        self.mechanisms = sandbox.chosen(wanted)
        self.refused = sandbox.why_refused(wanted)
        self._open = open_
        self.folder: Path | None = None
        self._worker: Worker | None = None
        self._broken: Broken | None = None
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

    def worker(self, needed: tuple[Path, ...], cancelled: threading.Event) -> Worker:
        """The worker, warm if it can be. Raises Broken, and the same again where there can be none."""
        if self._broken is not None:
            raise self._broken
        if self.refused is not None:
            raise Broken(self.refused)
        assert self.folder is not None
        confinement = self.mechanisms.confinement(self.folder / "runs", needed)
        if self._worker is not None and self._worker.serves(confinement):
            return self._worker
        self.close()
        try:
            self._worker = Worker(self.python, self.folder / "worker.log", confinement, cancelled)
        except Broken as error:
            self._broken = error
            raise
        return self._worker

    @property
    def is_warm(self) -> bool:
        return self._worker is not None and self._worker.is_fresh

    def close(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None
