"""One job on its way through the stages: build, convert, invoke."""

from __future__ import annotations

import secrets
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from analyzer.dryrun import conversions
from analyzer.dryrun.processes import Broken, Ended, Limits, Worker
from analyzer.dryrun.protocol import (
    BuildAnswer,
    Forged,
    Job,
    ModelFiles,
    ModelRun,
    Outcome,
    outcome_from_json,
    read,
)
from analyzer.dryrun.scratch import Place, working_folder
from analyzer.dryrun.seats import Seat

MOST_LOST = 3
"""Workers that one program may end before it gets no other."""


@dataclass(frozen=True, slots=True)
class _Built:
    """What one build stage came to."""

    ended: Ended
    answer: BuildAnswer
    outcome: Outcome


class Run:
    """One job, its folder and the worker that serves it."""

    def __init__(
        self, seat: Seat, job: Job, place: Place, report: Callable[[str], None], cancelled: threading.Event
    ) -> None:
        self.seat = seat
        self.job = job
        self.place = place
        self.report = report
        self.cancelled = cancelled
        self.limits = Limits(job.seconds, job.memory_bytes, job.disk_bytes, job.processes)
        self.needed = (Path(job.program), Path(job.project), *map(Path, job.overlay), seat.python, Path(sys.prefix))
        self.lost = 0
        self.version = ""

    def outcome(self) -> Outcome:
        """What happened. Raises Broken, Cancelled, and Forged or Moved for a program that tampers with its run."""
        worker = self._worker()
        self.version = worker.greeting["tensorflow"]
        self.report(f"building {Path(self.job.program).name}")
        built, as_v1 = self._build(bool(self.job.present_as_v1)), bool(self.job.present_as_v1)
        names: tuple[str, ...] = ()
        if self.job.present_as_v1 is None and built.answer.wants_v1:
            names = built.answer.v1_names
            self.report("building it as a TensorFlow 1 program")
            other = self._build(True)
            if other.answer.models or not built.answer.models:
                built, as_v1 = other, True
        models = tuple(
            self._as_called(self._convert(model, files), files)
            for model, files in zip(built.outcome.models, built.answer.models, strict=True)
        )
        return replace(
            _stopped(built, self.job),
            tensorflow=self.version,
            python=worker.greeting["python"],
            not_enforced=self.seat.mechanisms.not_enforced,
            presented_as_v1=as_v1,
            v1_names=names,
            models=models,
        )

    def _worker(self) -> Worker:
        if not self.seat.is_warm:
            self.report(f"importing TensorFlow in {self.seat.python}")
        return self.seat.worker(self.needed, self.cancelled)

    def _build(self, as_v1: bool) -> _Built:
        built = self._ask_build(as_v1, run_program=True)
        if not built.answer.finished and not built.answer.models and self.job.entry_points:
            other = self._ask_build(as_v1, run_program=False)
            if other.answer.models:
                return replace(other, ended=replace(other.ended, how=built.ended.how, signal=built.ended.signal))
        return built

    def _ask_build(self, as_v1: bool, run_program: bool) -> _Built:
        folder = self.place.folder()
        cwd = working_folder(Path(self.job.program), Path(self.job.project), folder)
        more = {"job": asdict(self.job) | {"as_v1": as_v1}, "scratch": str(folder), "cwd": str(cwd)}
        ended = self._ask("build", run_program=run_program, **more)
        told = ended.result or {}
        return _Built(ended, read(BuildAnswer, told), outcome_from_json(told))

    def _ask(self, stage: str, **more: Any) -> Ended:
        if self.lost > MOST_LOST:
            raise Broken("the worker was ended by the program again and again")
        result = self.place.new(f"{stage}-{secrets.token_hex(8)}.json")
        ended = self._worker().ask(stage, result, self.limits, self.cancelled, **more)
        self.lost += ended.how == "lost"
        return ended

    def _convert(self, model: ModelRun, files: ModelFiles) -> ModelRun:
        profiles, version = self.job.profiles, self.version
        if files.as_written.saved is not None:
            saved = self._inside(files.as_written.saved)
            built = conversions.convert(model.as_written, saved, profiles, version, self._stage)
            return replace(model, as_written=built)
        if files.mended is not None and files.mended.saved is not None and model.mended is not None:
            saved = self._inside(files.mended.saved)
            return replace(model, mended=conversions.convert(model.mended, saved, profiles, version, self._stage))
        return model

    def _as_called(self, model: ModelRun, files: ModelFiles) -> ModelRun:
        """The conversions that the program makes itself, of the SavedModel that stood in for its export."""
        saved = files.as_written.saved or (files.mended.saved if files.mended is not None else None)
        if saved is None:
            return model
        built = model.as_written if files.as_written.saved else model.mended or model.as_written
        calls = tuple(
            conversions.as_called(call, built, self._inside(saved), asked.pickle, self._stage)
            for call, asked in zip(model.calls, files.calls, strict=True)
        )
        return replace(model, calls=calls)

    def _inside(self, path: str) -> Path:
        if self.place.path not in Path(path).resolve().parents:
            raise Forged(path)
        return Path(path)

    def _stage(self, stage: str, what: str, **more: Any) -> Ended:
        self.report(what)
        return self._ask(stage, **more)


def _stopped(built: _Built, job: Job) -> Outcome:
    """What the build stage as a whole came to; models that could be tried outweigh the program's own end."""
    name = Path(job.program).name
    outcome, ended = built.outcome, built.ended
    tried = any(model.as_written.stopped_at or model.as_written.ops for model in outcome.models)
    if ended.how == "done":
        return replace(outcome, stopped_at=None) if tried else outcome
    if tried:
        return replace(outcome, stopped_at=None, message=f"{name} was not followed to its end: {ended.words}")
    kind = "timeout" if ended.how == "timeout" else "crashed"
    return replace(outcome, stopped_at=kind, message=f"{name} was stopped: {ended.words}")
